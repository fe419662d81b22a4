"""What can be asked about production. Reads only."""
