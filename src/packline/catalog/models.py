"""Table of the catalogue: the cells that a design may name, each with the sheet it rests on."""

from __future__ import annotations

from django.db import models

from packline.catalog.states import CHEMISTRIES, FORMATS


class CellModel(models.Model):
    """A cell that can be bought, with the text of its sheet as it was when last registered."""

    code = models.CharField(max_length=60, unique=True)
    maker = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    chemistry = models.CharField(max_length=10)
    format = models.CharField(max_length=12)
    sheet_sha256 = models.CharField(max_length=64)
    sheet_text = models.TextField()  # TOML, as it was read
    spec_text = models.TextField()  # canonical JSON, SI: what designs are drawn from
    parameters_text = models.TextField(blank=True)  # TOML of the identified circuit, if any
    parameters_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()
        permissions = [("register_cell", "Can register a cell of the catalogue")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(chemistry__in=CHEMISTRIES), name="cellmodel_chemistry_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(format__in=FORMATS), name="cellmodel_format_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(parameters_text="", parameters_sha256="")
                | (~models.Q(parameters_text="") & ~models.Q(parameters_sha256="")),
                name="cellmodel_parameters_are_named",
            ),
        ]

    def __str__(self) -> str:
        return self.code
