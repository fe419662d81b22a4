"""How a process plan follows from a design: operations, control plan, risks."""
