"""Tables of requirements. They hold what was asked for; services decide."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packline.requirements.states import METHOD_NAMES, OPERATORS, PROGRAM


class Program(models.Model):
    """What one customer asks for, as it was read. `spec_text` is the whole of it."""

    code = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=500)
    customer = models.CharField(max_length=500)
    playbook = models.CharField(max_length=20)
    volume_per_year = models.PositiveIntegerField()
    revision = models.CharField(max_length=10)
    spec_sha256 = models.CharField(max_length=64)
    spec_text = models.TextField()  # canonical JSON, hashed as it stands
    state = models.CharField(max_length=12, default=PROGRAM.initial)

    class Meta:
        default_permissions = ()
        permissions = [
            ("open_program", "Can open a program"),
            ("close_program", "Can close a program"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=PROGRAM.condition(), name="program_state_is_declared"
            ),
            models.CheckConstraint(condition=Q(volume_per_year__gte=1), name="program_has_volume"),
        ]

    def __str__(self) -> str:
        return self.code


class Requirement(models.Model):
    """One measurable requirement, bound to the key of its proof."""

    key_relations = ("program",)

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="requirements")
    ref = models.CharField(max_length=40)
    group = models.CharField(max_length=20)
    quantity = models.CharField(max_length=60)
    operator = models.CharField(max_length=8)
    value = models.FloatField()
    high = models.FloatField(null=True)  # of the operator between
    unit_code = models.CharField(max_length=40)
    si_value = models.FloatField()
    si_high = models.FloatField(null=True)
    method = models.CharField(max_length=16)
    verified_by = models.CharField(max_length=80)
    by_stage = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["program", "ref"], name="requirement_once_per_program"
            ),
            models.CheckConstraint(
                condition=Q(operator__in=OPERATORS), name="requirement_operator_is_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=METHOD_NAMES), name="requirement_method_is_known"
            ),
            models.CheckConstraint(
                condition=Q(operator="between", high__isnull=False, si_high__isnull=False)
                | (~Q(operator="between") & Q(high__isnull=True, si_high__isnull=True)),
                name="requirement_between_has_two_ends",
            ),
            models.CheckConstraint(
                condition=Q(si_high__isnull=True) | Q(si_high__gt=F("si_value")),
                name="requirement_low_below_high",
            ),
            models.CheckConstraint(
                condition=~Q(verified_by=""), name="requirement_traces_to_a_proof"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program}/{self.ref}"
