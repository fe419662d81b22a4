"""Plain values of production, and the way to packcalc and back."""
