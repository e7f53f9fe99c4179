import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from protocols import planning
from protocols.models import CareInstruction, Phase, Protocol, ResourceKind, Segment, Step
from tests.protocols.making import make_draft, make_protocol, make_source

pytestmark = pytest.mark.django_db


def refused(act: object) -> str:
    """The name of the rule that the database refuses with."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()  # type: ignore[operator]
    return str(error.value)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"version": 0}, "version_from_1"),
        ({"status": "active"}, "published_unless_draft"),
        ({"status": "unknown"}, "status_known"),
        ({"on_missed": "shrug"}, "on_missed_known"),
        ({"performers": []}, "somebody_performs"),
        ({"sessions_min": 0}, "sessions_in_order"),
        ({"sessions_min": 4, "sessions_max": 3}, "sessions_in_order"),
        ({"season_from_month": 11}, "season_whole_or_none"),
        ({"season_from_month": 11, "season_until_month": 13}, "season_whole_or_none"),
    ],
)
def test_the_database_refuses_a_protocol_with(values: dict[str, object], rule: str) -> None:
    create = lambda: Protocol.objects.create(slug="a", name_fr="a", summary_fr="a", **values)  # noqa: E731
    if values.get("status") == "unknown":
        assert "protocols_protocol" in refused(create)
    else:
        assert f"protocols_protocol_{rule}" in refused(create)


def test_one_draft_and_one_active_version_at_most() -> None:
    protocol = make_protocol(slug="a")
    make_draft(slug="a", version=2)
    assert refused(lambda: make_draft(slug="a", version=3))
    assert Protocol.objects.bookable().get(slug="a") == protocol


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        (
            {"number": 0, "gap_min": "P1W", "gap_ideal": "P1W", "gap_max": "P1W"},
            "number_from_1",
        ),
        ({"number": 3}, "gap_whole_or_first"),
        ({"number": 3, "gap_min": "P1W"}, "gap_whole_or_first"),
        ({"number": 1, "gap_min": "P1W"}, "gap_whole_or_first"),
    ],
)
def test_the_database_refuses_a_step_with(values: dict[str, object], rule: str) -> None:
    draft = make_draft(gaps=[])
    draft.steps.all().delete()
    create = lambda: Step.objects.create(  # noqa: E731
        protocol=draft, phase=draft.phases.get(), source=make_source(), **values
    )
    assert f"protocols_step_{rule}" in refused(create)


@pytest.mark.parametrize("minutes", [0, 1441])
def test_the_database_refuses_a_segment_of_minutes(minutes: int) -> None:
    step = make_draft().steps.all()[0]
    create = lambda: Segment.objects.create(  # noqa: E731
        step=step, position=9, name_fr="x", minutes=minutes, source=make_source()
    )
    assert "protocols_segment_minutes_within_a_day" in refused(create)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"phase": "after", "hours_from": 5, "hours_until": 4}, "hours_in_order"),
        ({"phase": "after", "hours_from": -1}, "hours_on_their_side"),
        ({"phase": "before", "hours_until": 1}, "hours_on_their_side"),
        ({"phase": "during"}, "hours_on_their_side"),
    ],
)
def test_the_database_refuses_an_instruction_with(values: dict[str, object], rule: str) -> None:
    draft = make_draft()
    create = lambda: CareInstruction.objects.create(  # noqa: E731
        protocol=draft, topic="sun", text_fr="x", source=make_source(), **values
    )
    assert f"protocols_careinstruction_{rule}" in refused(create)


def test_planning_steps_are_what_the_planner_takes() -> None:
    protocol = make_protocol(
        gaps=[("P2W", "P3W", "P1M")],
        segments=[(30, ("prep",)), (20, ("gun", "room", "practitioner")), (5, ())],
    )
    segments = (
        planning.Segment(30, ("prep",)),
        planning.Segment(20, ("practitioner", "room", "gun")),
        planning.Segment(5, ()),
    )
    gap = planning.Gap(*(planning.Duration.parse(text) for text in ("P2W", "P3W", "P1M")))
    assert protocol.planning_steps() == (
        planning.Step("attack", None, segments),
        planning.Step("attack", gap, segments),
    )
    assert protocol.minutes == 55


@pytest.mark.parametrize("count", [1, 3])
def test_planning_steps_cost_the_same_for_one_and_three(
    count: int, django_assert_num_queries: object
) -> None:
    for _protocol in range(count):
        make_protocol()
    with django_assert_num_queries(6):  # type: ignore[operator]
        for protocol in Protocol.objects.bookable().with_steps():
            assert len(protocol.planning_steps()) == 2


def test_the_season_may_run_over_the_new_year() -> None:
    winter = Protocol(season_from_month=11, season_until_month=4)
    summer = Protocol(season_from_month=5, season_until_month=9)
    assert [month for month in range(1, 13) if winter.in_season(month)] == [1, 2, 3, 4, 11, 12]
    assert [month for month in range(1, 13) if summer.in_season(month)] == [5, 6, 7, 8, 9]
    assert all(Protocol().in_season(month) for month in range(1, 13))


def test_clean_says_what_is_wrong_with_a_step() -> None:
    draft, other = make_draft(), make_draft()
    step = draft.steps.get(number=2)
    step.gap_ideal = "P2W"
    with pytest.raises(ValidationError) as error:
        step.clean()
    assert list(error.value.message_dict) == ["gap_ideal"]
    step.phase = other.phases.get()
    with pytest.raises(ValidationError) as error:
        step.clean()
    assert list(error.value.message_dict) == ["phase"]


@pytest.mark.parametrize("value", [[], ["plumber"], "physician", None])
def test_performers_are_qualifications(value: object) -> None:
    field = Protocol._meta.get_field("performers")
    with pytest.raises(ValidationError):
        field.clean(value, None)


def test_text_is_read_in_the_language_of_the_reader() -> None:
    kind = ResourceKind(code="room", name_fr="Salle", name_en="Room")
    for language, expected in [("fr", "Salle"), ("en", "Room"), ("en-gb", "Room"), ("de", "Salle")]:
        with translation.override(language):
            assert kind.name == str(kind) == expected


def test_french_stands_in_for_a_text_that_is_missing() -> None:
    kind = ResourceKind(code="room", name_fr="Salle")
    with translation.override("en"):
        assert kind.name == "Salle"
    with translation.override(None):
        assert kind.name == "Salle"


def test_a_phase_of_an_unknown_kind_is_refused() -> None:
    draft = make_draft()
    create = lambda: Phase.objects.create(  # noqa: E731
        protocol=draft, position=2, kind="later", source=make_source()
    )
    assert "protocols_phase_kind_known" in refused(create)
