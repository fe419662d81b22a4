"""Acceptance sampling: how many to look at, when to accept the lot, and what that risks."""
