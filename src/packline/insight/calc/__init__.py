"""Figures of an order, from rows to packcalc.stats and on to pictures and pages."""
