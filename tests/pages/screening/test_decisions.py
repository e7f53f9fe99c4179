"""The practitioner's page: what was answered, and what is decided about it."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEntry, Role, StaffMember
from patients.models import Screening, ScreeningDecision
from patients.standing import standing
from tests.factories import NOW, House, make_patient, make_user, open_record
from tests.screening import CANARIES, NOTHING, TODAY, answer, decide, latest, sent


def pk(house: House, code: str) -> int:
    return latest(house.patient, code).pk


def test_the_practitioner_sees_answers_findings_and_decisions(
    practitioner: Client, house: House, record: str, told: None
) -> None:
    decide(latest(house.patient, "history"), "cleared", TODAY, by=house.user, reason=CANARIES[2])
    page = practitioner.get(record)
    assert all(canary in page.text for canary in CANARIES)
    shown = page.context["shown"]
    found = [(row.question.code, str(row.state.code)) for row in shown.rows if row.state]
    assert found == [("infection", "blocked"), ("history", "done")]
    assert [course.standing.status for course in shown.courses] == ["not_cleared"]
    assert AuditEntry.objects.filter(action="record.screening", patient=house.patient).count() == 1


def test_somebody_outside_the_care_is_asked_why(house: House, record: str, told: None) -> None:
    client = Client()
    client.force_login(make_user(house.clinic, Role.PRACTITIONER))
    answered = client.get(record)
    assert answered.status_code == 302
    assert answered["Location"].startswith(reverse("record_access", args=[house.patient.public_id]))


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.MANAGER, Role.ASSISTANT])
@pytest.mark.parametrize("name", ["screening", "decide", "hold", "lift", "fill"])
def test_nobody_else_reads_or_decides(house: House, told: None, role: str, name: str) -> None:
    client = Client()
    client.force_login(make_user(house.clinic, role))
    args: list[object] = [house.patient.public_id]
    if name == "screening":
        assert client.get(reverse("screening", args=args)).status_code == 403
        return
    args += [house.protocol.pk] if name == "fill" else []
    assert client.post(reverse(f"screening_{name}", args=args), {}).status_code == 403


def test_an_assistant_who_may_read_may_not_decide(house: House, record: str, told: None) -> None:
    house.clinic.assistants_see_records = True
    house.clinic.save()
    user = make_user(house.clinic, Role.ASSISTANT)
    open_record(user, house.patient, house.clinic)
    client = Client()
    client.force_login(user)
    page = client.get(record)
    assert CANARIES[0] in page.text
    assert "screening/decide" not in page.text
    decision = {"answers": pk(house, "infection"), "kind": "cleared", "until": "2026-03-09"}
    address = reverse("screening_decide", args=[house.patient.public_id])
    assert client.post(address, decision | {"reason": "x"}).status_code == 403


def test_only_a_practitioner_decides_whoever_calls(house: House, told: None) -> None:
    from django.core.exceptions import PermissionDenied

    from clinic import screening as verbs

    for decided in (
        lambda by: verbs.decide(
            patient=house.patient,
            answers=[latest(house.patient, "infection")],
            kind="cleared",
            until=TODAY,
            reason="x",
            by=by,
            now=NOW,
        ),
        lambda by: verbs.lift(patient=house.patient, reason="x", by=by, now=NOW),
    ):
        with pytest.raises(PermissionDenied):
            decided(StaffMember.objects.get(user=house.user))
    assert not ScreeningDecision.objects.exists()


def test_a_decision_clears_and_leaves_its_row(
    practitioner: Client, house: House, record: str, told: None
) -> None:
    decision = {
        "answers": [pk(house, "infection"), pk(house, "history")],
        "kind": "cleared",
        "until": "2026-03-09",
        "reason": "vu, la zone est saine",
    }
    answered = practitioner.post(f"{record}decide/", decision)
    assert (answered.status_code, answered["Location"]) == (302, record)
    assert standing(house.patient, house.protocol, on=TODAY).status == "cleared"
    rows = ScreeningDecision.objects.values_list("kind", "until", "reason", "at")
    assert set(rows) == {("cleared", dt.date(2026, 3, 9), "vu, la zone est saine", NOW)}
    entries = AuditEntry.objects.filter(action="screening.cleared")
    subjects = {f"screening-decision:{d.pk}" for d in ScreeningDecision.objects.all()}
    assert {entry.subject for entry in entries} == subjects


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"until": "2026-03-01"}, "until"),
        ({"until": "2026-02-31"}, "until"),
        ({"until": ""}, "until"),
        ({"until": "9999-12-31"}, "until"),
        ({"until": "2026-03-02", "kind": "not_before"}, "until"),
        ({"kind": ""}, "kind"),
        ({"kind": "lifted"}, "kind"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 10_000}, "reason"),
        ({"reason": "a\0b"}, "reason"),
        ({"answers": []}, "answers"),
        ({"answers": ["\0"]}, "answers"),
        ({"answers": [str(10**30)]}, "answers"),
    ],
)
def test_a_bad_decision_is_named_at_its_field_and_nothing_is_decided(
    practitioner: Client,
    house: House,
    record: str,
    told: None,
    change: dict[str, object],
    field: str,
) -> None:
    decision = {"answers": [pk(house, "infection")], "kind": "cleared", "until": "2026-03-09"}
    page = practitioner.post(f"{record}decide/", decision | {"reason": "vu"} | change)
    assert page.status_code == 409
    assert list(page.context["decision"].errors) == [field]
    assert not ScreeningDecision.objects.exists()


def test_nobody_elses_answer_is_decided_about(
    practitioner: Client, house: House, record: str
) -> None:
    other = make_patient()
    answer(other, house.protocol, {"infection": "yes"}, by=house.user)
    foreign = latest(other, "infection").pk
    decision = {"answers": [foreign], "kind": "cleared", "until": "2026-03-09", "reason": "x"}
    page = practitioner.post(f"{record}decide/", decision)
    assert list(page.context["decision"].errors) == ["answers"]


def test_an_answer_that_was_given_again_is_looked_at_first(
    practitioner: Client, house: House, record: str, told: None
) -> None:
    old = pk(house, "infection")
    answer(house.patient, house.protocol, {"infection": ("yes", "autre")}, by=house.user)
    decision = {"answers": [old], "kind": "cleared", "until": "2026-03-09", "reason": "x"}
    page = practitioner.post(f"{record}decide/", decision)
    assert list(page.context["decision"].errors) == ["answers"]


def test_a_hold_is_set_and_lifted_with_a_reason(
    practitioner: Client, house: House, record: str
) -> None:
    held = {"hold-until": "2026-03-10", "hold-reason": CANARIES[2]}
    assert practitioner.post(f"{record}hold/", held).status_code == 302
    assert standing(house.patient, house.protocol, on=TODAY).not_before == dt.date(2026, 3, 10)
    assert CANARIES[2] in practitioner.get(record).text
    assert practitioner.post(f"{record}lift/", {"lift-reason": ""}).status_code == 409
    assert practitioner.post(f"{record}lift/", {"lift-reason": "annulé"}).status_code == 302
    assert standing(house.patient, house.protocol, on=TODAY).not_before is None


@pytest.mark.parametrize("until", ["2026-03-02", "2020-01-01", "2099-01-01", "demain", ""])
def test_a_hold_until_a_bad_day_is_refused_at_its_field(
    practitioner: Client, record: str, until: str
) -> None:
    page = practitioner.post(f"{record}hold/", {"hold-until": until, "hold-reason": "x"})
    assert (page.status_code, list(page.context["hold"].errors)) == (409, ["until"])


def test_the_practitioner_asks_and_leaves_out_what_still_counts(
    practitioner: Client, house: House, clock: time_machine.Traveller
) -> None:
    answer(house.patient, house.protocol, NOTHING, by=house.user)
    clock.move_to(NOW + dt.timedelta(hours=16))  # the next day begins at midnight
    practitioner.force_login(StaffMember.objects.get(role=Role.PRACTITIONER).user)
    address = reverse("screening_fill", args=[house.patient.public_id, house.protocol.pk])
    asked = [one.question.must_be_asked for one in practitioner.get(address).context["form"].asked]
    assert asked == [True] * 4 + [False] * 2
    form = sent(allergy=None, history=None, sun="yes")
    assert practitioner.post(address, form).status_code == 302
    kept = Screening.objects.first()
    assert kept is not None
    assert (kept.by_patient, kept.answers.count()) == (False, 4)
    assert standing(house.patient, house.protocol, on=dt.date(2026, 3, 3)).status == "cleared"
