"""Writers of one process queue, but nobody who holds the database waits for one who wants it."""

import threading
from types import SimpleNamespace

import pytest

from packline.foundation import turns


@pytest.mark.parametrize(
    ("vendor", "within", "waits"),
    [("sqlite", False, True), ("sqlite", True, False), ("postgresql", False, False)],
)
def test_a_second_writer_waits_only_outside_a_transaction_of_sqlite(
    monkeypatch, vendor, within, waits
):
    connection = SimpleNamespace(vendor=vendor, in_atomic_block=False)
    monkeypatch.setattr(turns, "connection", connection)
    entered, left = threading.Event(), []

    def other():
        with turns.own_turn():
            left.append("second")
            entered.set()

    with turns.own_turn():
        connection.in_atomic_block = within
        thread = threading.Thread(target=other)
        thread.start()
        assert entered.wait(0.05 if waits else 10) is not waits
        left.append("first")
    thread.join(timeout=10)
    assert left == (["first", "second"] if waits else ["second", "first"])
    with turns.own_turn(), turns.own_turn():  # a command within a command goes on
        pass
