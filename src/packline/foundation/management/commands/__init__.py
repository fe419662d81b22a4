"""Django commands of the foundation."""
