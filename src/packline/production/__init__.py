"""What was built: orders, serialised units, their cells, steps, readings, joints and holds."""
