"""What a program says, and what can be said about it without a database."""
