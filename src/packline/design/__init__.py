"""Which pack meets the requirements: studies over the catalogue, and designs with their limits."""
