"""Pure parts of supply: cell files as values, incoming limits, what looks implausible."""
