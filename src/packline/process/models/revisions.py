"""Which revision of what a station works by: recipes, instructions, and for whom they hold."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packline.design.models import Design
from packline.foundation.models import StoredFile
from packline.process.states import EFFECTIVE_KINDS


class Recipe(models.Model):
    """One revision of what a machine has loaded: a weld program, a torque program."""

    code = models.CharField(max_length=40)
    revision = models.CharField(max_length=20)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        permissions = [("register_recipe", "Can register a recipe of a machine")]
        constraints = [
            models.UniqueConstraint(fields=["code", "revision"], name="recipe_once"),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(revision=""), name="recipe_has_code_and_revision"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}@{self.revision}"


class Instruction(models.Model):
    """A revision of the instruction of an operation; the first is the one that is shipped."""

    append_only = True

    operation_code = models.CharField(max_length=20)
    revision = models.PositiveIntegerField()
    text = models.TextField()
    trained_from = models.PositiveIntegerField()  # training on this revision or later suffices
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        permissions = [("revise_instruction", "Can revise the instruction of an operation")]
        constraints = [
            models.UniqueConstraint(
                fields=["operation_code", "revision"], name="instruction_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="instruction_instructs"),
            models.CheckConstraint(
                condition=Q(revision__gte=2, trained_from__gte=1)
                & Q(trained_from__lte=F("revision")),
                name="instruction_revisions_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation_code}@{self.revision}"


class InstructionPicture(models.Model):
    """A picture of a revision of an instruction, shown at the station beside its text."""

    append_only = True

    operation_code = models.CharField(max_length=20)
    revision = models.PositiveIntegerField()
    number = models.PositiveIntegerField()  # place among the pictures, from 1
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(max_length=200, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["operation_code", "revision", "number"], name="instruction_picture_once"
            ),
            models.CheckConstraint(
                condition=Q(revision__gte=1, number__gte=1),
                name="instruction_picture_counts_from_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation_code}@{self.revision}/picture/{self.number}"


class Effectivity(models.Model):
    """Which serials of a design are made by which revision, from when until when.

    Of all that cover a unit at a moment the one with the highest number is effective.
    """

    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="effectivities")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)  # recipe, instruction, limit, firmware
    operation_code = models.CharField(max_length=20)
    code = models.CharField(max_length=40)  # of the recipe or characteristic; else the operation
    revision = models.CharField(max_length=40)
    first_serial = models.CharField(max_length=40, blank=True)  # both blank: every serial
    last_serial = models.CharField(max_length=40, blank=True)
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True)  # up to, not including
    reason = models.CharField(max_length=300)

    key_relations = ("design__program",)

    class Meta:
        default_permissions = ()
        permissions = [
            ("make_effective", "Can make a revision effective for serials of a design"),
            ("end_effectivity", "Can end the effectivity of a revision"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["design", "number"], name="effectivity_once"),
            models.CheckConstraint(
                condition=Q(kind__in=EFFECTIVE_KINDS), name="effectivity_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(first_serial="", last_serial="")
                | (~Q(first_serial="") & ~Q(last_serial="")),
                name="effectivity_range_has_both_ends",
            ),
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True)
                | Q(effective_until__gte=F("effective_from")),
                name="effectivity_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=~Q(revision="") & ~Q(reason=""), name="effectivity_says_what_and_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.design}/effectivity/{self.number}"
