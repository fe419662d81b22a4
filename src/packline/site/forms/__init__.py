"""What people fill in on the pages: read, checked by field, and shown again as it was typed."""
