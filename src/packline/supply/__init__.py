"""From whom: cell lots as they were received and measured, incoming inspection, stock."""
