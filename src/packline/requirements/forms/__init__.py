"""Reading what comes from outside: program folders, checked to the last key."""

from packline.requirements.forms.program import read_program

__all__ = ["read_program"]
