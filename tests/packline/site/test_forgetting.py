"""What is kept for a while is forgotten by itself, and never so soon that work is done twice."""

from datetime import timedelta

import pytest

from packline.foundation.answers import KEEP_DAYS
from packline.foundation.errors import InputError
from packline.foundation.models import Answer
from packline.production.api.rows import EARLIEST
from packline.site.forgetting import KEEP, Forgetting, forget, keep_days


@pytest.mark.django_db
def test_answers_are_forgotten_only_when_they_are_old(now, monkeypatch):
    for n, days in enumerate((1, KEEP_DAYS - 1, KEEP_DAYS + 1, 400)):
        Answer.objects.create(
            owner="t", key=f"key-{n}", request_sha256="0" * 64, answered_at=now - timedelta(days)
        )
    monkeypatch.setenv(KEEP, "90")
    assert forget(now)["answers"] == 1
    monkeypatch.delenv(KEEP)
    assert forget(now)["answers"] == 1
    assert set(Answer.objects.values_list("key", flat=True)) == {"key-0", "key-1"}


def test_an_answer_is_kept_longer_than_the_interface_takes_old_work():
    assert timedelta(days=KEEP_DAYS) > EARLIEST


@pytest.mark.parametrize("said", ["31", "0", "-40", "many", "4e9", "1000000"])
def test_a_setting_that_would_let_work_be_done_twice_is_refused_at_the_start(said, monkeypatch):
    monkeypatch.setenv(KEEP, said)
    with pytest.raises(InputError, match="at least 32"):
        keep_days()
    with pytest.raises(InputError, match="at least 32"), Forgetting():
        pass
