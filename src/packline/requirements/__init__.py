"""Programs and what the customer asked for, each line measurable and bound to its proof."""
