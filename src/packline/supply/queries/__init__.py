"""What there is to know about lots, cells and holds."""
