"""Keeps: the record of every pack, from what the customer asked for to what became of it."""
