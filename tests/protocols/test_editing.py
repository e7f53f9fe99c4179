import pytest
from django.db import models

from protocols import editing
from protocols.models import Phase, Protocol, Segment, Step
from tests.protocols.making import (
    NOW,
    make_draft,
    make_protocol,
    make_question,
    make_source,
    make_step,
)

pytestmark = pytest.mark.django_db


def codes(protocol: Protocol) -> list[str]:
    return [problem.code for problem in editing.problems(protocol)]


def test_publish_fixes_the_draft_and_says_by_whom() -> None:
    protocol = make_draft()
    assert editing.publish(protocol, by="Dr Vidal", now=NOW) == []
    protocol.refresh_from_db()
    assert (protocol.status, protocol.published_by, protocol.published_at) == (
        "active", "Dr Vidal", NOW
    )  # fmt: skip
    assert protocol.is_fixed


def test_publish_retires_the_version_before() -> None:
    first = make_protocol()
    second = editing.revise(first, by="me")
    editing.publish(second, by="Dr Vidal", now=NOW)
    first.refresh_from_db()
    assert (first.status, first.retired_by, first.retired_at) == ("retired", "Dr Vidal", NOW)
    assert list(Protocol.objects.bookable()) == [second]


def test_publish_with_a_problem_changes_nothing() -> None:
    current = make_protocol(slug="a")
    draft = editing.revise(current, by="me")
    draft.steps.get(number=2).segments.all().delete()
    assert [p.code for p in editing.publish(draft, by="me", now=NOW)] == ["no_segments"]
    assert list(Protocol.objects.values_list("version", "status").order_by("version")) == [
        (1, "active"),
        (2, "draft"),
    ]


def test_problems_of_an_empty_draft() -> None:
    assert codes(Protocol.objects.create(slug="a", name_fr="a", summary_fr="a")) == ["no_steps"]


def test_problems_of_a_published_version() -> None:
    assert codes(make_protocol()) == ["not_a_draft"]


def test_problems_of_a_gap_that_is_not_well_formed_on_every_date() -> None:
    draft = make_draft(gaps=[("P30D", "P1M", "P1M")])  # February is shorter
    found = editing.problems(draft)
    assert [(problem.code, problem.step) for problem in found] == [("gap", 2)]


def test_problems_of_a_gap_that_is_no_duration() -> None:
    assert codes(make_draft(gaps=[("deux", "P1M", "P1M")])) == ["gap"]


def test_problems_of_numbers_with_a_hole() -> None:
    draft = make_draft()
    draft.steps.filter(number=2).update(number=3)
    assert codes(draft) == ["numbers"]


def test_problems_of_phases() -> None:
    draft = make_draft()
    Phase.objects.create(protocol=draft, position=2, kind="maintenance", source=make_source())
    draft.phases.filter(position=1).update(open_ended=True)
    assert codes(draft) == ["empty_phase", "open_ended"]


def test_problems_of_a_phase_of_another_protocol() -> None:
    draft, other = make_draft(), make_draft()
    draft.steps.filter(number=2).update(phase=other.phases.get())
    assert codes(draft) == ["foreign_phase"]


def test_problems_of_steps_out_of_the_order_of_their_phases() -> None:
    draft = make_draft()
    second = Phase.objects.create(protocol=draft, position=2, kind="attack", source=make_source())
    draft.steps.filter(number=1).update(phase=second)
    assert codes(draft) == ["phase_order"]


def test_retire_takes_it_out_of_use() -> None:
    protocol = make_protocol()
    assert editing.retire(protocol, by="me", now=NOW) == []
    assert (protocol.status, protocol.retired_by) == ("retired", "me")
    assert not Protocol.objects.bookable().exists()


def test_retire_a_draft_is_a_problem() -> None:
    draft = make_draft()
    assert [p.code for p in editing.retire(draft, by="me", now=NOW)] == ["not_active"]
    draft.refresh_from_db()
    assert draft.status == "draft"


def content(protocol: Protocol) -> dict[str, object]:
    """All that a version says, without keys and state."""
    shown = Protocol.objects.with_rules().get(pk=protocol.pk)
    rows = {name: [values(row) for row in getattr(shown, name).all()] for name in editing.CARRIED}
    steps = [
        (values(step), step.phase.kind, [
            (values(segment), [kind.code for kind in segment.needs.all()])
            for segment in step.segments.all()
        ])
        for step in shown.steps.all()
    ]  # fmt: skip
    own = {name: getattr(shown, name) for name in ("name_fr", "summary_fr", "performers")}
    return rows | own | {"steps": steps, "phases": [values(row) for row in shown.phases.all()]}


def values(row: models.Model) -> dict[str, object]:
    left_out = {"id", "protocol_id", "step_id", "phase_id"}
    names = {field.attname for field in row._meta.concrete_fields} - left_out
    return {name: getattr(row, name) for name in names}


def test_revise_copies_everything_into_the_next_draft(shipped: object) -> None:
    for protocol in Protocol.objects.bookable():
        draft = editing.revise(protocol, by="Dr Vidal")
        assert (draft.slug, draft.version, draft.status) == (protocol.slug, 2, "draft")
        assert (draft.drafted_by, draft.content_hash, draft.published_at) == ("Dr Vidal", "", None)
        assert content(draft) == content(protocol)


def test_revise_gives_the_draft_that_is_in_work() -> None:
    protocol = make_protocol()
    assert editing.revise(protocol, by="me") == editing.revise(protocol, by="somebody else")
    assert Protocol.objects.count() == 2


def test_revise_leaves_the_version_it_started_from() -> None:
    protocol = make_protocol()
    before = content(protocol)
    draft = editing.revise(protocol, by="me")
    make_step(draft.phases.get(), 3, ("P1W", "P1W", "P1W"), [(10, ())])
    Segment.objects.filter(step__protocol=draft).update(minutes=99)
    assert content(protocol) == before
    assert Step.objects.filter(protocol=protocol).count() == 2


@pytest.mark.parametrize(
    ("answer_type", "wait", "expected"),
    [
        ("date", "P2D", []),
        ("date", "P2Y", []),
        ("date", "deux jours", ["wait"]),
        ("date", "P3Y", ["wait"]),
        ("date", "P999999999Y", ["wait"]),
        ("boolean", "P2D", ["wait"]),
    ],
)
def test_problems_of_days_to_wait(answer_type: str, wait: str, expected: list[str]) -> None:
    draft = make_draft()
    make_question(draft, severity="wait", answer_type=answer_type, wait=wait)
    assert codes(draft) == expected


def test_a_question_is_copied_with_its_days_to_wait() -> None:
    draft = make_draft()
    make_question(draft, severity="wait", answer_type="date", wait="P2D")
    editing.publish(draft, by="me", now=NOW)
    copied = editing.revise(draft, by="me").contraindication_links.get()
    assert (copied.severity, copied.wait) == ("wait", "P2D")
