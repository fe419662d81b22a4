"""Pure parts of resources: gauge studies as values, and what follows from them."""
