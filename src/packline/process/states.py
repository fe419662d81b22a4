"""The closed lists that the tables of this stage are held to."""

from __future__ import annotations

PER = ("cell", "group", "pack", "joint", "fastener", "sensor", "channel")
PRIORITIES = ("H", "M", "L")
SPECIAL = ("", "SC", "CC")  # significant, critical (safety or regulation)
EFFECTIVE_KINDS = ("recipe", "instruction", "limit", "firmware")
