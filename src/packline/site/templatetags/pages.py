"""How pages write figures, limits, moments and states, and where pictures come in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from packline.assurance.calc import wording
from packline.site import charts

register = template.Library()

NOTHING = 1e-9  # of a limit

TONES = {
    "good": (
        "accepted active closed conceded current delivered effective feasible good inspected "
        "installed pass passed released running verified"
    ),
    "bad": (
        "down error fail failed held infeasible lapsed on-hold parked quarantined rejected "
        "scrapped"
    ),
    "warn": (
        "acknowledged contained dropped guarded maintenance note open outdated paused removed "
        "returned sample setup soon warning"
    ),
    "busy": "review allotted building dispositioned draft matched placed received started used",
}
TONE_OF = {word: tone for tone, words in TONES.items() for word in words.split()}


@register.simple_tag
def pill(state: str, words: str = "", tone: str = "") -> SafeString:
    """Write a state as a pill: a sign, the word and a colour."""
    chosen = tone or TONE_OF.get(state, "")
    return format_html('<span class="pill {}">{}</span>', chosen, words or state.replace("_", " "))


@register.filter
def figure(value: float | None, unit_code: str = "") -> str:
    """Write a number with its unit."""
    return wording.figure(value, unit_code)


@register.filter
def hours(seconds: float) -> str:
    """Write a length of time in hours and minutes."""
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


@register.filter
def study_figure(value: float | str, unit_code: str = "") -> str:
    """Write a figure of a study: a number to five digits, or words."""
    if isinstance(value, str):
        return value
    return wording.figure(float(f"{value:.5g}"), unit_code)


@register.filter
def rounded(value: float | None, digits: int) -> str:
    """Write a number with so many significant digits; no number is a dash."""
    return (
        "–"
        if value is None
        else f"{value:.{digits}g}"
        if abs(value) < 10**digits
        else (f"{value:.0f}")
    )


@register.filter
def percent(share: float | None, decimals: int = 1) -> str:
    """Write a share between 0 and 1 in per cent."""
    return "–" if share is None else f"{share * 100:.{decimals}f} %"


@register.filter
def symbol(unit_code: str) -> str:
    """Write a unit code as it is printed."""
    return wording.unit_symbol(unit_code)


@register.filter
def within(row: Any) -> str:
    """Write the limits of whatever has low, high and unit_code."""
    return wording.limits(row.low, row.high, row.unit_code)


@register.filter
def guarded(row: Any) -> SafeString:
    """Write what the gauge's error leaves of the limits, and which study says so."""
    if row.guard_study is None or (row.accept_low is None and row.accept_high is None):
        return SafeString("")
    left = wording.limits(row.accept_low, row.accept_high, row.unit_code)
    said = '<br><span title="less the guard band of the gauge, study {}">accepted {}</span>'
    return format_html(said, row.guard_study, left)


@register.filter
def reading(row: Any) -> str:
    """Write a reading: good or not good for an attribute, else the number with its unit."""
    if wording.is_attribute(row.low, row.high, row.unit_code):
        return "good" if row.value >= 1 else "not good"
    scale = max(abs(row.low or 0), abs(row.high or 0))
    if row.value and abs(row.value) < NOTHING * scale:
        return f"≈ {wording.figure(0, row.unit_code)}"  # the rest of a sum, not a measurement
    return wording.figure(row.value, row.unit_code)


@register.filter
def words(key: str) -> str:
    """Write a key with spaces."""
    return str(key).replace("_", " ")


@register.filter
def moment(at: datetime | date | str | None) -> SafeString | str:
    """Write a moment to the minute, or a day; for machines as exactly as it is known."""
    if not at:
        return "–"
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    said = f"{at:%Y-%m-%d %H:%M} UTC" if isinstance(at, datetime) else f"{at:%Y-%m-%d}"
    return format_html('<time datetime="{}" class="nowrap">{}</time>', at.isoformat(), said)


@register.simple_tag
def bullet(row: Any) -> SafeString:
    """Draw where within its limits a reading lies; an attribute needs no picture."""
    if wording.is_attribute(row.low, row.high, row.unit_code):
        return SafeString("")
    return mark_safe(
        charts.bullet(
            row.value,
            low=row.low,
            high=row.high,
            name=row.characteristic.name,
            limits=within(row),
            passed=row.passed,
            accepted=(getattr(row, "accept_low", None), getattr(row, "accept_high", None)),
        )
    )
