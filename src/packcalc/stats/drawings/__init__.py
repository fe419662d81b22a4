"""Statistics as pictures for a report: functions that give SVG text and touch no file."""
