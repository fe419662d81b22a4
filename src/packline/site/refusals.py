"""What a refused command means for a browser: one table from errors to HTTP statuses."""

from __future__ import annotations

from packline.foundation.errors import (
    DomainError,
    IllegalTransition,
    NotAllowed,
    Refused,
    StaleObject,
)

__all__ = ["status_of"]

# The first that fits; whatever else breaks a rule is input that cannot be used.
STATUSES: tuple[tuple[type[DomainError], int], ...] = (
    (NotAllowed, 403),
    (StaleObject, 409),
    (IllegalTransition, 409),
    (Refused, 409),
    (DomainError, 422),
)


def status_of(error: DomainError) -> int:
    """Return the status that a page answers with when a command was refused."""
    return next(status for kind, status in STATUSES if isinstance(error, kind))
