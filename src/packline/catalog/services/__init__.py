"""What can be done to the catalogue. The only code that writes its table."""

from packline.catalog.services.register import register_cell

__all__ = ["register_cell"]
