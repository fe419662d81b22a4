"""Prepared queries answer as Django's own do, and read afresh each time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from packline.foundation.events import record
from packline.foundation.models import Event, Person
from packline.foundation.permissions import Permissions
from packline.foundation.prepared import Prepared

pytestmark = pytest.mark.django_db

told = Prepared(
    lambda person, since: (
        Event.objects.filter(by=person, at__gte=since).select_related("by").order_by("-pk")
    )
)


def test_a_prepared_query_answers_as_the_query_set_does_with_related_rows(people, now):
    for verb in ("a.b.c", "a.b.d"):
        record(verb, people.operator, by=people.operator, at=now)
    record("a.b.e", people.operator, by=people.planner, at=now)
    plain = Event.objects.filter(by=people.operator, at__gte=now).order_by("-pk")
    assert told(person=people.operator, since=now) == list(plain)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = told(person=people.operator.pk, since=now)
        assert [(e.verb, e.by.username, e.at) for e in found] == [
            ("a.b.d", people.operator.username, now),
            ("a.b.c", people.operator.username, now),
        ]
    assert len(asked) == 1


def test_a_prepared_query_sees_what_was_written_since_and_other_values(people, now):
    assert told(person=people.operator, since=now) == []
    record("a.b.c", people.operator, by=people.operator, at=now)
    assert len(told(person=people.operator, since=now)) == 1
    assert told.first(person=people.planner, since=now) is None


@pytest.mark.parametrize("value", [None, [1, 2]])
def test_none_and_lists_do_not_fit_into_a_hole(people, now, value):
    with pytest.raises(TypeError, match="does not fit into a hole"):
        told(person=value, since=now)


def test_a_name_that_is_no_hole_is_named(people):
    with pytest.raises(TypeError, match="takes person, since, not person, until"):
        told(person=people.operator, until=1)


THREADS = 4


def test_threads_share_what_was_compiled_and_each_asks_on_its_own_connection(db):
    built, start = [], threading.Barrier(THREADS)

    def build(name):
        built.append(threading.get_ident())
        return Group.objects.filter(name=name).prefetch_related("permissions")

    named = Prepared(build)
    names = sorted(Group.objects.values_list("name", flat=True))

    def ask(_):
        start.wait(timeout=10)  # the first time all of them find it not compiled yet
        with CaptureQueriesContext(connection) as context:
            found = [named.first(name=name).name for name in names]
        mine = connection.connection
        connection.close()
        return found, len(context), mine

    with ThreadPoolExecutor(THREADS) as pool:
        rounds = [list(pool.map(ask, range(THREADS))) for _ in range(2)]
    for told in rounds:
        assert [found for found, *_ in told] == [names] * THREADS
        assert [asked for _, asked, _ in told] == [2 * len(names)] * THREADS  # permissions too
        assert len({id(mine) for *_, mine in told}) == THREADS
    assert 1 <= len(built) == len(set(built)) <= THREADS  # by some at the same time, then never


def test_permissions_are_those_that_django_works_out(people):
    person = Person.objects.get(pk=people.operator.pk)
    person.user_permissions.add(Permission.objects.get(codename="place_order"))
    mine = Permissions().get_all_permissions(person)
    theirs = {
        f"{p.content_type.app_label}.{p.codename}"
        for p in Permission.objects.filter(group__user=person).select_related("content_type")
    } | {"production.place_order"}
    assert mine == theirs


def test_a_role_that_is_taken_away_and_a_closed_account_lose_their_permissions(people):
    person = Person.objects.get(pk=people.operator.pk)
    assert person.has_perm("production.start_step")
    person.groups.remove(Group.objects.get(name="operator"))
    assert not Person.objects.get(pk=person.pk).has_perm("production.start_step")
    people.planner.is_active = False
    assert Permissions().get_all_permissions(people.planner) == set()
