"""Cell sheets and chemistry conventions as values, and what a design takes from them."""
