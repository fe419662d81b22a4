"""How it goes: yields, defects and capability, each figure with the units behind it."""
