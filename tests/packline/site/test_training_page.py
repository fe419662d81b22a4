"""The training matrix: expiry, revisions, and the form that grants."""

from datetime import date, timedelta

from packline.resources.calc.training import Trained, matrix
from packline.resources.models import Qualification

DAY = date(2026, 11, 23)


def trained(person, operation, days, revision=1, granted=-10):
    ends = DAY + timedelta(days)
    return Trained(person, operation, revision, DAY + timedelta(granted), ends)


def test_of_several_trainings_the_best_counts_and_old_revisions_do_not():
    rows = [
        trained(1, "welding", -1), trained(1, "welding", 30), trained(1, "eol", 31),
        trained(2, "welding", -1), trained(2, "eol", 90, granted=1), trained(3, "eol", 90),
        trained(3, "welding", 5, revision=2), trained(4, "welding", 300),
    ]  # fmt: skip
    found = matrix([1, 2, 3, 4], ["welding", "eol"], rows, {"welding": 1}, DAY)
    assert [[s.state for s in row] for row in found] == [
        ["soon", "current"], ["lapsed", "none"], ["soon", "current"], ["current", "none"],
    ]  # fmt: skip
    revised = matrix([1, 3, 4], ["welding"], rows, {"welding": 2}, DAY)
    assert [row[0].state for row in revised] == ["outdated", "soon", "outdated"]


def test_training_is_granted_by_another_on_the_page(client, people, world):
    client.force_login(people.engineer)
    told = {"person": "otto", "operation": "gluing", "granted_on": "2026-11-23"}
    assert "is no day" in client.post("/training/grant/", told, follow=True).content.decode()
    told["expires_on"] = "2027-11-22"
    shown = client.post("/training/grant/", told, follow=True).content.decode()
    assert "may do gluing until 2027-11-22" in shown
    assert Qualification.objects.filter(operation_code="gluing").count() == 1
    client.force_login(people.operator)
    assert "Record a training" not in client.get("/training/").content.decode()
    told["operation"] = "welding2"
    assert client.post("/training/grant/", told).status_code == 403
    client.force_login(people.customer)
    assert client.get("/training/").status_code == 404


def test_more_people_and_trainings_ask_no_more_questions(
    client, people, world, now, django_assert_max_num_queries
):
    client.force_login(people.engineer)
    for k in range(20):
        Qualification.objects.create(
            person=people.operator, operation_code=f"op{k}", granted_on=now.date(),
            expires_on=now.date() + timedelta(9),
        )  # fmt: skip
    with django_assert_max_num_queries(9):
        assert client.get("/training/").status_code == 200
