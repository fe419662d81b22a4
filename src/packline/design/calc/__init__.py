"""From requirements to targets, and from a chosen pack to its figures and limits."""
