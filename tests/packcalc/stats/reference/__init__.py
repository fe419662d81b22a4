"""The reference set: published answers, and how our functions are asked for them."""
