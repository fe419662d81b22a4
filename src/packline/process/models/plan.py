"""What is done in which order, what is checked, and what can go wrong."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packline.design.models import Design
from packline.process.states import PER, PRIORITIES, SPECIAL


class Routing(models.Model):
    """How one design is built, at one revision. A changed plan is a new revision."""

    key_relations = ("design__program",)

    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="routings")
    revision = models.PositiveIntegerField()
    plan_sha256 = models.CharField(max_length=64)  # of all its operations, checks and risks

    class Meta:
        default_permissions = ()
        permissions = [("plan_process", "Can plan how a design is built")]
        constraints = [
            models.UniqueConstraint(fields=["design", "revision"], name="routing_revision_once"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="routing_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.design}/routing/{self.revision}"


class Operation(models.Model):
    """One step of the routing, with the instruction that is shown at the station."""

    key_relations = ("routing__design__program",)

    routing = models.ForeignKey(Routing, on_delete=models.PROTECT, related_name="operations")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=80)
    instruction = models.TextField()
    instruction_revision = models.PositiveIntegerField(default=1)
    trained_from = models.PositiveIntegerField(default=1)  # first revision to be trained on
    station_kind = models.CharField(max_length=30)
    tool_kind = models.CharField(max_length=30, blank=True)  # blank: no tool is identified
    recipe_code = models.CharField(max_length=40, blank=True)  # blank: no machine program
    cells_go_in = models.BooleanField(default=False)  # it ends when all of a unit are installed

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["routing", "number"], name="operation_number_once"),
            models.UniqueConstraint(fields=["routing", "code"], name="operation_code_once"),
            models.CheckConstraint(condition=~Q(instruction=""), name="operation_is_instructed"),
            models.CheckConstraint(
                condition=Q(trained_from__gte=1) & Q(trained_from__lte=F("instruction_revision")),
                name="operation_training_on_a_revision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.routing}/{self.number}-{self.code}"


class Characteristic(models.Model):
    """One row of the control plan: what is measured, within which limits, and what if not."""

    key_relations = ("operation__routing__design__program",)

    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, related_name="characteristics"
    )
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    per = models.CharField(max_length=12)
    unit_code = models.CharField(max_length=12)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    target = models.FloatField(null=True)
    gauge_kind = models.CharField(max_length=30)  # "none": worked out, or seen
    sample = models.CharField(max_length=60)
    reaction = models.TextField()
    ctq = models.BooleanField()
    special = models.CharField(max_length=2, blank=True)
    revision = models.CharField(max_length=12)
    source = models.TextField()  # where the limits come from

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "code"], name="characteristic_once_per_operation"
            ),
            models.CheckConstraint(condition=Q(per__in=PER), name="characteristic_per_is_known"),
            models.CheckConstraint(
                condition=Q(special__in=SPECIAL), name="characteristic_special_is_known"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=False) | Q(high__isnull=False),
                name="characteristic_has_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")),
                name="characteristic_low_below_high",
            ),
            models.CheckConstraint(
                condition=~Q(reaction="") & ~Q(source=""), name="characteristic_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation}/{self.code}"


class FailureMode(models.Model):
    """One row of the process FMEA, and the characteristic that controls it."""

    key_relations = ("operation__routing__design__program",)

    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, related_name="failure_modes"
    )
    characteristic = models.ForeignKey(
        Characteristic, on_delete=models.PROTECT, related_name="failure_modes"
    )
    ref = models.CharField(max_length=20)
    mode = models.TextField()
    effect = models.TextField()
    cause = models.TextField()
    prevention = models.TextField()
    detection = models.TextField()
    s = models.PositiveSmallIntegerField()
    o = models.PositiveSmallIntegerField()
    d = models.PositiveSmallIntegerField()
    rpn = models.PositiveSmallIntegerField()
    ap = models.CharField(max_length=1)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["operation", "ref"], name="failuremode_once"),
            models.CheckConstraint(
                condition=Q(s__range=(1, 10), o__range=(1, 10), d__range=(1, 10)),
                name="failuremode_ratings_one_to_ten",
            ),
            models.CheckConstraint(
                condition=Q(rpn=F("s") * F("o") * F("d")), name="failuremode_rpn_is_the_product"
            ),
            models.CheckConstraint(
                condition=Q(ap__in=PRIORITIES), name="failuremode_priority_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation}/{self.ref}"
