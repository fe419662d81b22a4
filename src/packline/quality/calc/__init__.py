"""Defects by code, and what a nonconformance still waits for: values in, values out."""
