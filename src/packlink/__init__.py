"""Connects: runs beside the machines of a line, and stands in for them where there are none."""
