"""Freezing limits and answering a signal, as a person does it in a browser without scripts."""

from datetime import timedelta

import pytest

from packline.production.models import ToolUse, Unit
from packline.quality.models import ControlLimits, Reaction
from packline.quality.services import acknowledge_reaction
from packline.resources.models import Tool
from tests.packline.quality.readings import quiet
from tests.packline.site.conftest import text_of

OCV = "/orders/O1/charts/pack_ocv/"
ONE = "/signals/SR-000001/"


@pytest.fixture
def as_(client, people, afterwards):
    def sign_in(role):
        client.force_login(getattr(people, role))
        return client

    return sign_in


def test_limits_are_looked_at_before_they_are_frozen(as_, world, people, now):
    quiet(world, people, now)
    engineer = as_("engineer")
    typed = {
        "stream": "|",
        "exclude": "3: probe fell off\n",
        "reason": "set up",
        "rule": ["1", "5"],
    }
    said = text_of(engineer.post(f"{OCV}freeze/", {**typed, "look": "1"}))
    assert "Not frozen yet" in said
    assert "Proposed limits" in said
    assert "3: probe fell off" in said  # what was typed stands there still
    assert not ControlLimits.objects.exists()
    response = engineer.post(f"{OCV}freeze/", typed, follow=True)
    said = text_of(response)
    assert "CL-000001 frozen as version 1" in said
    assert "Frozen limits (Phase II)" in said
    assert "its point 3 (probe fell off)" in said
    assert "by Emil Eng" in said
    assert "rules 1, 5 open the reaction plan" in said
    assert ControlLimits.objects.get().points.exclude(excluded_because="").count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"exclude": "three: x"}, "is no point of the chart; there are 1 to 14"),
        ({"exclude": "3 probe fell off"}, "write each point as NUMBER: REASON"),
        ({"exclude": "3:"}, "needs a reason why it does not count"),
        ({"since": "99"}, "is no point of the chart"),
        ({"since": "9"}, "6 points count for its limits"),
        ({"reason": ""}, "say why these limits are frozen"),
        ({"stream": "S-9|"}, "there is no station S-9"),
        ({"ways": "guess"}, "allowed: within, between"),
        ({"rule": "7a"}, "no rule 7a; allowed: 1, 2, 3, 4, 5, 6, 7, 8"),
    ],
)
def test_what_cannot_be_frozen_says_why_and_keeps_what_was_typed(
    typed, words, as_, world, people, now
):
    quiet(world, people, now)
    response = as_("engineer").post(
        f"{OCV}freeze/", {"reason": "because I say so", "rule": "1", **typed}
    )
    assert response.status_code in (409, 422)
    said = text_of(response)
    assert words in said.replace("&quot;", '"')
    assert typed.get("reason", "because I say so") in said
    assert not ControlLimits.objects.exists()


def test_a_chart_on_frozen_limits_names_its_version_and_leads_to_the_reaction(as_, signal):
    said = text_of(as_("auditor").get(f"{OCV}?point=PX-101/1"))
    assert "Frozen limits (Phase II) <strong>CL-000001</strong>" in said
    assert 'class="frozen"' in said
    assert f'Collected in <a href="{ONE}">SR-000001</a>' in said
    assert "and no reaction plan opens" not in said
    assert "Freeze limits" not in said  # an auditor only looks
    assert as_("auditor").get(f"{OCV}?limits=CL-000009").status_code == 404


def test_the_page_of_a_signal_says_what_to_do_and_what_stands_around_it(as_, signal):
    said = text_of(as_("inspector").get(ONE))
    for fact in (
        "SR-000001: pack_ocv: one point beyond three sigma, PX-101", "<p>hold</p>",
        "<strong>1</strong> on the value", "7.38", "G-eol_tester at S-eol_bench",
        "PX-014", "nobody yet", "I look after it", "<svg",
    ):  # fmt: skip
        assert fact in said, fact
    assert "Answer and close" not in said  # somebody takes it on first
    assert "SR-000001" in text_of(as_("inspector").get("/signals/?state=open"))
    assert "No signal is closed" in text_of(as_("inspector").get("/signals/?state=closed"))


def test_a_signal_is_taken_on_contained_cleared_and_answered(as_, signal, people, now):
    inspector = as_("inspector")
    assert "You look after this signal" in text_of(
        inspector.post(f"{ONE}acknowledge/", follow=True)
    )
    said = text_of(
        inspector.post(
            f"{ONE}contain/", {"unit": ["PX-014", "PX-101"], "reason": "same probe"}, follow=True
        )
    )
    assert "2 units held" in said
    assert Unit.objects.get(serial="PX-014").state == "held"
    answer = {"verdict": "removed", "found": "probe loose", "done": "probe replaced"}
    refused = inspector.post(f"{ONE}close/", answer)
    assert refused.status_code == 409
    assert "unit PX-014: is held for it" in text_of(refused)
    assert "probe loose" in text_of(refused)  # what was typed stands there still
    inspector.post(f"{ONE}let-go/", {"because": "measured again"})
    assert Unit.objects.get(serial="PX-014").state == "building"
    said = text_of(inspector.post(f"{ONE}close/", answer, follow=True))
    assert "A special cause was found and removed" in said
    assert Reaction.objects.get().state == "closed"
    # the next freezing leaves this point out already, with the answer as its reason
    assert "15: SR-000001: probe loose" in text_of(as_("engineer").get(OCV))


def test_an_empty_answer_is_refused(as_, signal, people, now):
    acknowledge_reaction(reaction=signal, by=people.inspector, at=signal.opened_at)
    response = as_("inspector").post(
        f"{ONE}close/", {"verdict": "removed", "found": "", "done": ""}
    )
    assert response.status_code == 422
    assert "cannot be closed without saying what was found" in text_of(response)
    assert Reaction.objects.get().state == "acknowledged"


def test_a_unit_of_somebody_else_is_not_held(as_, signal):
    response = as_("inspector").post(f"{ONE}contain/", {"unit": ["nobody"], "reason": "x"})
    assert response.status_code == 422
    assert "name the units" in text_of(response)


def test_a_point_stands_among_those_of_the_same_tool(as_, world, people, now):
    steps = quiet(world, people, now)
    heads = [
        Tool.objects.create(
            code=f"HEAD-{n}", kind="weld_head", serviced_on=now.date(),
            due_on=now.date() + timedelta(days=90), virtual=False,
        )
        for n in (1, 2)
    ]  # fmt: skip
    ToolUse.objects.bulk_create(
        ToolUse(step=step, tool=heads[k % 2], used_at=now) for k, step in enumerate(steps)
    )
    response = as_("engineer").get(f"{OCV}?point={steps[6].unit.serial}/1")
    why = response.context["why"]
    assert why.tools == ("HEAD-1",)
    assert [a.number for a in why.around] == [1, 3, 5, 7, 9, 11, 13]
    assert "and HEAD-1 before and after" in text_of(response)
