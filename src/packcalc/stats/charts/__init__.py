"""Control charts: limits found in Phase I and kept, run rules, streams, run lengths."""
