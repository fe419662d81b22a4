"""How a design is made: routing, work instructions, control plan and process FMEA."""
