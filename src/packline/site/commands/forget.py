"""`packline forget`: what is kept only for a while is forgotten now."""

from __future__ import annotations

from datetime import UTC, datetime

from packline.site.options import DatabaseOption, DataOption, ends_well, out
from packline.site.prepare import point_at, require_record, start_django


@ends_well
def forget(data: DataOption = None, database: DatabaseOption = None) -> None:
    """Forget answers to idempotency keys and delivered webhooks older than PACKLINE_KEEP_DAYS.

    `packline serve` does so every hour. Nothing of the record is touched: events, readings and
    files are kept for ever.

    Exit code 0: done.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.site import forgetting

    gone = forgetting.forget(datetime.now(UTC))
    out().print(f"Forgot {gone['answers']} answers and {gone['deliveries']} deliveries")
