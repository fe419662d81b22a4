"""What stations did all day, and their upkeep: the state log, maintenance planned and done."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from packline.resources.models.stations import Station
from packline.resources.states import STATION_STATES


class StationLog(models.Model):
    """That a station went into a state; it stays in it until its next entry. Never changed."""

    append_only = True

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="log")
    number = models.PositiveIntegerField()
    condition = models.CharField(max_length=12)
    reason = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    key_relations = ("station",)

    class Meta:
        default_permissions = ()
        permissions = [("log_station", "Can log the state of a station")]
        constraints = [
            models.UniqueConstraint(fields=["station", "number"], name="stationlog_number_once"),
            models.UniqueConstraint(
                fields=["station", "began_at"], name="stationlog_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="stationlog_from_one"),
            models.CheckConstraint(
                condition=Q(condition__in=STATION_STATES), name="stationlog_condition_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(condition="down") | ~Q(reason=""), name="stationlog_down_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station}/log/{self.number}"


class MaintenancePlan(models.Model):
    """What has to be done at a station again and again: every so many days, cycles, or both."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="maintenance")
    code = models.CharField(max_length=40)
    task = models.CharField(max_length=300)
    interval_days = models.PositiveIntegerField(null=True)
    interval_cycles = models.PositiveIntegerField(null=True)  # steps finished at the station
    counted_from = models.DateTimeField()  # until it was done for the first time
    retired = models.BooleanField(default=False)

    key_relations = ("station",)

    class Meta:
        default_permissions = ()
        permissions = [("plan_maintenance", "Can plan the maintenance of a station")]
        constraints = [
            models.UniqueConstraint(fields=["station", "code"], name="maintenanceplan_once"),
            models.CheckConstraint(
                condition=Q(interval_days__isnull=False, interval_days__gte=1)
                | Q(interval_cycles__isnull=False, interval_cycles__gte=1),
                name="maintenanceplan_comes_again",
            ),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(task=""), name="maintenanceplan_says_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station}/maintenance/{self.code}"


class MaintenanceDone(models.Model):
    """That planned maintenance was done. Never changed."""

    append_only = True

    plan = models.ForeignKey(MaintenancePlan, on_delete=models.PROTECT, related_name="done")
    number = models.PositiveIntegerField()
    done_at = models.DateTimeField()
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)

    key_relations = ("plan__station",)

    class Meta:
        default_permissions = ()
        permissions = [("record_maintenance", "Can record that maintenance was done")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="maintenancedone_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="maintenancedone_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}/{self.number}"
