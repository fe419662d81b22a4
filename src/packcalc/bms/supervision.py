"""What a protection does with a measured value: alarm, trip after a delay, release."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import isfinite

from packcalc.bms.conventions import ProtectionLimit

__all__ = ["Stage", "Watch", "watch"]


class Stage(Enum):
    """How far a protection has gone."""

    NORMAL = "normal"
    ALARM = "alarm"
    TRIPPED = "tripped"


@dataclass(frozen=True, slots=True)
class Watch:
    """State of a protection.

    Parameters
    ----------
    stage : Stage
        How far it has gone. [-]
    beyond : float
        For how long the value has been beyond the trip without a break. [s]
    """

    stage: Stage = Stage.NORMAL
    beyond: float = 0.0


def watch(limit: ProtectionLimit, state: Watch, value: float, dt: float) -> Watch:
    """Look at one more measured value and say how far the protection has gone.

    Parameters
    ----------
    limit : ProtectionLimit
        Alarm, trip, delay and release. Without a release it stays tripped. [-]
    state : Watch
        Its state before. [-]
    value : float
        The measured value, held for `dt`; one that is not finite (a broken sensor) counts as
        beyond the trip. [unit of the limit]
    dt : float
        Time since the last look. [s]

    Returns
    -------
    state : Watch
        Its state now. [-]

    Raises
    ------
    ValueError
        If `dt` is not positive.

    Derivation
    ----------
    A trip needs the value beyond the limit for the whole delay; a tripped protection lets go only
    past its release, so that it does not chatter; a missing value is never good news.

    Examples
    --------
    >>> over = ProtectionLimit("cell_over", "cell voltage", "V", 4.22, 4.25, 4.15, 1.0, True, "")
    >>> state, seen = Watch(), []
    >>> for volts in (4.20, 4.23, 4.26, 4.26, 4.20, 4.14):
    ...     state = watch(over, state, volts, 0.6)
    ...     seen.append(state.stage.value)
    >>> seen
    ['normal', 'alarm', 'alarm', 'tripped', 'tripped', 'normal']
    """
    if not (isfinite(dt) and dt > 0):
        raise ValueError(f"time since the last look, {dt:g} s, is not above zero")
    sign = 1.0 if limit.upper else -1.0
    broken = not isfinite(value)
    beyond = state.beyond + dt if broken or sign * value > sign * limit.trip else 0.0
    if state.stage is Stage.TRIPPED:
        safe = limit.release is not None and sign * value <= sign * limit.release
        return Watch() if safe and not broken else Watch(Stage.TRIPPED, beyond)
    if beyond > 0 and beyond >= limit.delay:
        return Watch(Stage.TRIPPED, beyond)
    warned = limit.alarm is not None and sign * value > sign * limit.alarm
    return Watch(Stage.ALARM if beyond > 0 or warned else Stage.NORMAL, beyond)
