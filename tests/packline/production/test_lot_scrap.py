"""What is lost of a lot is on record, and a lot never gives more than was booked."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from packline.foundation.errors import DomainError, Refused
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.production.models import LotScrap
from packline.production.queries.lots import lots_by_quantity
from packline.production.queries.trace import trace
from packline.production.services import book_lot, merge_lots, scrap_from_lot, split_lot


@pytest.fixture
def lot(people, now):
    return book_lot(
        kind="adhesive", number="AD/7", amount=500, unit="ml", by=people.planner, at=now
    )


def scrap(people, now, amount, **more):
    told = {"unit": "ml", "reason": "left open"} | more
    return scrap_from_lot(
        kind="adhesive", number="AD/7", amount=amount, by=people.operator, at=now, **told
    )


def test_what_is_scrapped_is_left_for_nothing(lot, people, now):
    scrap(people, now, "20.5")
    with pytest.raises(Refused, match="has 479500 mm3 left, not 480000 mm3"):
        scrap(people, now, 480)
    with pytest.raises(Refused, match="has 479500 mm3 left"):
        split_lot(
            kind="adhesive", number="AD/7", into=[("AD/8", 480)], unit="ml", by=people.planner,
            at=now,
        )  # fmt: skip
    scrap(people, now, "479.5")
    book_lot(kind="adhesive", number="AD/9", amount=1, unit="ml", by=people.planner, at=now)
    with pytest.raises(Refused, match="nothing is left of adhesive-lot:AD/7"):
        merge_lots(
            kind="adhesive", numbers=["AD/7", "AD/9"], into="AD/10", by=people.planner, at=now
        )
    assert [(s.number, s.quantity) for s in lot.scraps.order_by("number")] == [
        (1, 20_500), (2, 479_500),
    ]  # fmt: skip


def test_the_list_of_lots_counts_used_scrapped_and_left(lot, people, now):
    scrap(people, now, 20)
    split_lot(
        kind="adhesive", number="AD/7", into=[("AD/8", 100)], unit="ml", by=people.planner, at=now
    )
    rows = {row.number: row for row in lots_by_quantity()}
    assert (rows["AD/7"].used, rows["AD/7"].scrapped) == (100_000, 20_000)
    assert (rows["AD/8"].used, rows["AD/8"].scrapped) == (0, 0)


def test_a_trace_of_the_lot_shows_what_was_scrapped_and_stays_complete(lot, people, now):
    scrap(people, now, 500)
    found = trace("AD/7")
    assert found.complete
    assert [(p.state, p.quantity, p.unit_code) for p in found.not_installed] == [
        ("scrapped", 500_000, "mm3")
    ]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"reason": "  "}, "say why"),
        ({"amount": "0"}, "is not a whole number of mm3"),
        ({"unit": "g"}, "is kept in mm3, not in mg"),
    ],
)
def test_what_says_nothing_is_refused(lot, people, now, told, said):
    with pytest.raises(DomainError, match=said):
        scrap(people, now, told.pop("amount", 1), **told)
    assert not LotScrap.objects.exists()


def test_cells_with_serials_are_not_scrapped_by_quantity(world, people, now):
    with pytest.raises(Refused, match="the cells of lot L1 have serials"):
        scrap_from_lot(
            kind="cell", number="L1", amount=1, reason="dented", by=people.operator, at=now
        )


def test_the_event_tells_the_row_and_the_chain_holds(lot, people, now, data_dir):
    scrap(people, now, 20)
    event = Event.objects.get(verb="production.lot.scrapped")
    assert (event.subject, event.by) == ("production.part:adhesive-lot:AD/7", people.operator)
    assert not verify_record().differences


def test_the_database_refuses_a_scrap_of_nothing_or_for_no_reason(lot, people, now):
    for told in ({"quantity": 0, "reason": "x"}, {"quantity": 1, "reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LotScrap.objects.create(
                lot=lot, number=1, scrapped_at=now, scrapped_by=people.operator, **told
            )


def test_the_lot_is_locked_before_its_rest_is_counted(lot, people, now):
    """So two who take the same rest queue: on SQLite writers do so for the whole database."""
    with CaptureQueriesContext(connection) as asked:
        scrap(people, now, 20)
    statements = [q["sql"] for q in asked.captured_queries]
    found = next(k for k, sql in enumerate(statements) if 'FROM "production_part"' in sql)
    counted = next(k for k, sql in enumerate(statements) if "SUM(" in sql)
    assert found < counted
    assert ("FOR UPDATE" in statements[found]) == (connection.vendor == "postgresql")
