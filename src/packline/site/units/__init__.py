"""What the page of a unit is made of, one module per part of it."""
