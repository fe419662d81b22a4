"""What comes from outside to resources: files of gauge studies."""

from packline.resources.forms.study_file import COLUMNS, read_study

__all__ = ["COLUMNS", "read_study"]
