"""The questionnaire in the patient's hands, the practitioner's page, and the desk's one word."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Appointment, AuditEntry, Role, StaffMember
from clinic.pages.desk import to_move
from patients import screening
from patients.models import Patient, Screening, ScreeningAnswer, ScreeningDecision, Series
from patients.standing import standing
from protocols.models import Contraindication
from tests.factories import NOW, House, make_patient, make_user, open_record
from tests.screening import NOTHING, TODAY, answer, asking, decide, eight, latest

FRENCH = {"HTTP_ACCEPT_LANGUAGE": "fr"}
CANARIES = ("Canaribouton", "Canarinote", "Canariraison")


@pytest.fixture
def house(db: None, clock: time_machine.Traveller) -> House:
    """Its protocol asks everything, and its patient reads English: tests name what stands there."""
    house = House()
    house.protocol = asking()
    Patient.objects.filter(pk=house.patient.pk).update(language="en")
    return house


@pytest.fixture
def practitioner(house: House) -> Client:
    """Who cares for the house's patient."""
    user = make_user(house.clinic, Role.PRACTITIONER)
    open_record(user, house.patient, house.clinic)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def tablet(house: House) -> str:
    return reverse("questionnaire", args=[house.patient.public_id, house.protocol.pk])


@pytest.fixture
def record(house: House) -> str:
    return reverse("screening", args=[house.patient.public_id])


def q(code: str) -> str:
    return f"q{Contraindication.objects.get(code=code).pk}"


def sent(**answers: object) -> dict[str, object]:
    """No to everything, unless said otherwise; `more_…` is what is written below a question."""
    no = {
        "infection": "no",
        "allergy": "no",
        "sun": "no",
        "medicines": ["none"],
        "painkiller": "no",
        "history": "no",
    }
    more = {key.removeprefix("more_"): v for key, v in answers.items() if key.startswith("more_")}
    plain = {key: v for key, v in answers.items() if not key.startswith("more_")}
    named = {q(code): value for code, value in (no | plain).items() if value is not None}
    return named | {f"{q(code)}_more": value for code, value in more.items()}


def errors(page) -> dict[str, list[str]]:
    """By the code of the question."""
    return {
        asked.question.term.code: asked.errors
        for asked in page.context["form"].asked
        if asked.errors
    }


# --- The tablet ----------------------------------------------------------------------------------


def test_the_tablet_asks_everything_once_and_leads_nowhere(
    desk: Client, house: House, tablet: str
) -> None:
    page = desk.get(tablet)
    assert page.status_code == 200
    assert [asked.question.term.code for asked in page.context["form"].asked] == [
        link.contraindication.code for link in screening.links_of(house.protocol)
    ]
    assert re.findall(r'<a [^>]*href="([^"]*)"', page.text) == []
    assert "app.js" not in page.text
    assert page["Cache-Control"] == "no-store, private"


def test_it_speaks_the_patients_language(desk: Client, house: House, tablet: str) -> None:
    for language in ("fr", "en"):
        Patient.objects.filter(pk=house.patient.pk).update(language=language)
        assert f'<html lang="{language}">' in desk.get(tablet).text


def test_what_is_sent_is_kept_and_the_tablet_is_handed_back(
    desk: Client, house: House, tablet: str
) -> None:
    told = sent(
        infection="yes",
        more_infection="bouton de fièvre",
        medicines=["vitamin-e", "aspirin"],
        painkiller="yes",
        more_painkiller="2026-03-01",
        history="yes",
        more_history="asthme",
    )
    page = desk.post(tablet, told, follow=True)
    assert page.redirect_chain == [(tablet, 302)]
    assert "hand the tablet back" in page.text
    kept = Screening.objects.get()
    assert (kept.by_patient, kept.by, kept.answered_at) == (True, house.user, NOW)
    rows = kept.answers.values_list("contraindication__code", "value", "note")
    assert {code: (value, note) for code, value, note in rows} == {
        "infection": ("yes", "bouton de fièvre"),
        "allergy": ("no", ""),
        "sun": ("no", ""),
        "medicines": ("aspirin,vitamin-e", ""),
        "painkiller": ("2026-03-01", ""),
        "history": ("asthme", ""),
    }
    entry = AuditEntry.objects.get(action="screening.answer")
    assert (entry.patient, entry.by, entry.subject, entry.detail) == (
        house.patient, house.user, f"screening:{kept.public_id}", {},
    )  # fmt: skip


def test_what_is_written_below_a_no_is_not_kept(desk: Client, tablet: str) -> None:
    desk.post(tablet, sent(more_infection="oublié", more_history="oublié"))
    assert set(ScreeningAnswer.objects.values_list("note")) == {("",)}
    assert ScreeningAnswer.objects.get(contraindication__code="history").value == ""


def test_the_next_day_asks_only_what_may_have_changed_and_shows_no_answer(
    desk: Client, house: House, tablet: str, clock: time_machine.Traveller
) -> None:
    desk.post(tablet, sent(infection="yes", more_infection=CANARIES[0]))
    clock.move_to(NOW + dt.timedelta(days=1))
    desk.force_login(house.user)
    page = desk.get(tablet)
    asked = {one.question.term.code for one in page.context["form"].asked}
    assert asked == {"infection", "sun", "medicines", "painkiller"}
    assert CANARIES[0] not in page.text
    assert "checked" not in page.text


def test_nothing_to_ask_is_said_at_once(desk: Client, house: House, tablet: str) -> None:
    answer(house.patient, house.protocol, NOTHING, by=house.user)
    assert desk.get(tablet).templates[0].name == "screening/thanks.html"


def test_sent_twice_is_one_screening(desk: Client, tablet: str) -> None:
    form = sent() | {"key": "k1"}
    assert [desk.post(tablet, form).status_code for _ in range(2)] == [302, 302]
    assert Screening.objects.count() == 1


def test_the_same_key_with_other_answers_is_refused(desk: Client, tablet: str) -> None:
    desk.post(tablet, sent() | {"key": "k1"})
    assert desk.post(tablet, sent(sun="yes") | {"key": "k1"}).status_code == 409
    assert Screening.objects.count() == 1


def test_an_answer_that_somebody_else_wrote_meanwhile_loses_none(
    desk: Client, house: House, tablet: str
) -> None:
    told = sent(sun="yes")
    answer(house.patient, house.protocol, NOTHING, by=house.user, by_patient=False)
    desk.post(tablet, told)
    assert standing(house.patient, house.protocol, on=TODAY).status == "to_be_seen"


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"infection": None}, "infection"),
        ({"medicines": None}, "medicines"),
        ({"medicines": ["none", "aspirin"]}, "medicines"),
        ({"medicines": ["heroin"]}, "medicines"),
        ({"infection": "perhaps"}, "infection"),
        ({"infection": "\0"}, "infection"),
        ({"infection": "yes", "more_infection": "a\0b"}, "infection"),
        ({"infection": "yes", "more_infection": "x" * 10_000}, "infection"),
        ({"history": "yes"}, "history"),
        ({"history": "yes", "more_history": "   "}, "history"),
        ({"history": "yes", "more_history": "x" * 10_000}, "history"),
        ({"painkiller": "yes"}, "painkiller"),
        ({"painkiller": "yes", "more_painkiller": "2026-02-31"}, "painkiller"),
        ({"painkiller": "yes", "more_painkiller": "hier"}, "painkiller"),
        ({"painkiller": "yes", "more_painkiller": "2026-03-03"}, "painkiller"),
        ({"painkiller": "yes", "more_painkiller": "0001-01-01"}, "painkiller"),
        ({"painkiller": "yes", "more_painkiller": "99999-01-01"}, "painkiller"),
    ],
)
def test_a_bad_answer_is_named_at_its_question_and_nothing_is_lost(
    desk: Client, tablet: str, told: dict[str, object], wrong: str
) -> None:
    page = desk.post(tablet, sent(sun="yes", more_sun="l’été à Nice", **told))
    assert page.status_code == 409
    assert list(errors(page)) == [wrong]
    (anchor,) = [a.anchor for a in page.context["form"].asked if a.errors]
    assert f'href="#{anchor}"' in page.text
    assert f'id="{anchor}"' in page.text
    assert not Screening.objects.exists()


def test_what_was_typed_is_still_there(desk: Client, tablet: str) -> None:
    text = "مرحبا 🙂 <b>"
    page = desk.post(tablet, sent(infection=None, sun="yes", more_sun=text))
    assert "مرحبا 🙂 &lt;b&gt;" in page.text


@pytest.mark.parametrize("text", ["🙂👩‍⚕️", "\u202eאבג", "Ω≈ç", "' OR 1=1 --"])
def test_any_script_is_kept_as_it_was_typed(desk: Client, tablet: str, text: str) -> None:
    desk.post(tablet, sent(history="yes", more_history=text))
    assert ScreeningAnswer.objects.get(contraindication__code="history").value == text


def test_a_draft_asks_nobody(desk: Client, house: House) -> None:
    from protocols import editing

    draft = editing.revise(house.protocol, by="me")
    for protocol in (draft.pk, 10**30):
        address = f"/patients/{house.patient.public_id}/questionnaire/{protocol}/"
        assert desk.get(address).status_code == 404


def test_a_protocol_that_asks_nothing_thanks_at_once(desk: Client) -> None:
    plain = House()
    address = reverse("questionnaire", args=[plain.patient.public_id, plain.protocol.pk])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {}).status_code == 302


# --- The practitioner's page ---------------------------------------------------------------------


@pytest.fixture
def told(house: House) -> None:
    """A blocker, a warning and nothing else, with words that reception must not see."""
    words = {"infection": ("yes", CANARIES[1]), "history": CANARIES[0]}
    answer(house.patient, house.protocol, NOTHING | words, by=house.user)


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


# --- What the desk sees --------------------------------------------------------------------------


@pytest.fixture
def booked(house: House) -> Series:
    series = house.book_series().series
    assert series is not None
    return series


def desk_pages(house: House) -> dict[str, str]:
    """Every page of reception's that says how the patient stands."""
    series = Series.objects.get(patient=house.patient)
    ask = f"?patient={house.patient.public_id}&protocol={house.protocol.pk}"
    first = Appointment.objects.filter(session__series=series).earliest("starts_at")
    return {
        "patient": reverse("patient", args=[house.patient.public_id]),
        "series": reverse("series", args=[series.public_id]),
        "appointment": reverse("appointment", args=[first.public_id]),
        "proposal": reverse("series_new") + ask,
        "desk": reverse("desk"),
    }


PAGES = ("patient", "series", "appointment", "proposal", "desk")
SHIELDS = {
    "cleared": "bi-shield-fill-check",
    "not_cleared": "bi-shield-fill-x",
    "to_be_seen": "bi-shield-fill-exclamation",
}


def shields(text: str) -> set[str]:
    return {status for status, icon in SHIELDS.items() if icon in text}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({}, "cleared"),
        ({"infection": "yes"}, "not_cleared"),
        ({"painkiller": "2026-03-02"}, "not_cleared"),
        ({"history": "asthme"}, "to_be_seen"),
        (None, "to_be_seen"),
    ],
)
def test_the_desk_is_told_one_word(
    desk: Client, house: House, booked: Series, name: str, answers: dict | None, status: str
) -> None:
    if answers is not None:
        answer(house.patient, house.protocol, NOTHING | answers, by=house.user)
    text = desk.get(desk_pages(house)[name]).text
    assert shields(text) == {status}
    # The questionnaire is offered while something is to be asked.
    assert ("/questionnaire/" in text) == (answers is None)
    assert reverse("screening", args=[house.patient.public_id]) not in text


@pytest.mark.parametrize("name", PAGES)
def test_the_desk_is_told_nothing_else(
    desk: Client, house: House, booked: Series, told: None, name: str
) -> None:
    """Neither in what it is sent nor in what is read for it."""
    about = latest(house.patient, "infection")
    decide(about, "not_before", dt.date(2026, 3, 10), by=house.user, reason=CANARIES[2])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = desk.get(desk_pages(house)[name])
    assert page.status_code == 200
    questions = Contraindication.objects.values_list("name_fr", "question_fr")
    words = [*CANARIES, *(text for row in questions for text in row)]
    assert [word for word in words if word in page.text] == []
    assert fetched(asked) == []


@pytest.mark.parametrize("name", PAGES)
def test_the_canaries_would_be_seen(house: House, told: None, name: str) -> None:
    """The control: a page that reads answers is caught by the same look at its queries."""
    with CaptureQueriesContext(connection) as asked:
        list(ScreeningAnswer.objects.select_related("contraindication"))
        list(ScreeningDecision.objects.values_list("reason"))
    assert fetched(asked) == ["note", "reason", "value"]


def fetched(asked: CaptureQueriesContext) -> list[str]:
    """The columns of answers and decisions that hold words, among those selected."""
    selected = " ".join(selected_columns(query["sql"]) for query in asked.captured_queries)
    found = re.findall(r'"patients_screening(?:answer|decision)"\."(value|note|reason)"', selected)
    return sorted(set(found))


def selected_columns(sql: str) -> str:
    """What a SELECT hands over; the texts that it compares inside EXISTS stay in the database."""
    without = re.sub(r"EXISTS\(SELECT.*?LIMIT 1\)", "", sql, flags=re.S)
    return " ".join(re.findall(r"SELECT(.*?)FROM", without, flags=re.S))


def test_the_json_of_the_agenda_says_nothing(
    desk: Client, house: House, booked: Series, told: None
) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = desk.get(reverse("agenda_events"))
    assert [word for word in CANARIES if word in page.text] == []
    assert fetched(asked) == []


def test_those_who_treat_are_led_to_the_reasons(
    practitioner: Client, house: House, booked: Series, record: str
) -> None:
    for name, address in desk_pages(house).items():
        assert f'href="{record}"' in practitioner.get(address).text, name


def test_a_blocked_series_cannot_be_confirmed_on_the_page(
    desk: Client, house: House, told: None
) -> None:
    ask = f"?patient={house.patient.public_id}&protocol={house.protocol.pk}"
    page = desk.get(reverse("series_new") + ask)
    assert "btn-book" not in page.text
    (problem,) = page.context["page"].proposal.obstacles
    assert problem.message in page.text
    token = page.context["page"].proposal.token
    refused = desk.post(reverse("series_new") + ask, {"token": token, "key": "k"})
    assert (refused.status_code, Series.objects.count()) == (409, 0)


def test_a_cleared_series_is_confirmed(desk: Client, house: House) -> None:
    answer(house.patient, house.protocol, NOTHING, by=house.user)
    ask = f"?patient={house.patient.public_id}&protocol={house.protocol.pk}"
    assert "btn-book" in desk.get(reverse("series_new") + ask).text


# --- What must move ------------------------------------------------------------------------------


def hold(house: House, patient: Patient, until: dt.date = dt.date(2026, 3, 10)) -> None:
    screening.hold(
        patient=patient, until=until, reason=CANARIES[2], by=house.user, now=eight(TODAY)
    )


def test_what_is_booked_before_the_day_is_to_be_moved(
    desk: Client, house: House, booked: Series
) -> None:
    first = house.book_series(patient=make_patient("Libre")).appointments[0]
    hold(house, house.patient, dt.date(2026, 3, 24))
    found = to_move(house.clinic, now=NOW)
    dates = [(visit.on, visit.not_before, visit.missing) for visit in found]
    assert dates == [
        (dt.date(2026, 3, 2), dt.date(2026, 3, 24), ()),
        (dt.date(2026, 3, 23), dt.date(2026, 3, 24), ()),
    ]
    assert first.public_id not in {visit.public_id for visit in found}
    text = desk.get(reverse("desk")).text
    assert "move-title" in text
    assert CANARIES[2] not in text
    assert desk.get(reverse("desk_list", args=["move"])).context["page"].paginator.count == 2


def test_nothing_is_to_be_moved_from_the_day_on(house: House, booked: Series) -> None:
    hold(house, house.patient, dt.date(2026, 3, 2) + dt.timedelta(days=1))
    assert [visit.on for visit in to_move(house.clinic, now=NOW)] == [TODAY]
    assert to_move(house.clinic, now=NOW + dt.timedelta(days=1)) == []


@pytest.mark.parametrize("many", [1, 3])
def test_holds_are_asked_for_as_often_for_one_as_for_three(
    house: House, many: int, django_assert_num_queries
) -> None:
    for _ in range(many):
        patient = make_patient()
        house.book_series(patient=patient, through=1)
        hold(house, patient)
    with django_assert_num_queries(13):
        assert len(to_move(house.clinic, now=NOW)) == many


@pytest.mark.parametrize("many", [1, 3])
def test_the_patients_page_asks_as_often_for_one_series_as_for_three(
    desk: Client, house: House, many: int
) -> None:
    for _ in range(many):
        house.protocol = asking()
        house.book_series(through=1, start_on=TODAY + dt.timedelta(days=7 * _))
    with CaptureQueriesContext(connection) as asked:
        desk.get(reverse("patient", args=[house.patient.public_id]))
    assert len(about_screening(asked)) == 3


@pytest.mark.parametrize("many", [1, 3])
def test_the_desk_asks_as_often_for_one_visit_as_for_three(
    desk: Client, house: House, many: int
) -> None:
    for _ in range(many):
        house.book_series(patient=make_patient(), through=1)
    with CaptureQueriesContext(connection) as asked:
        page = desk.get(reverse("desk"))
    assert len(page.context["lists"].next_in.rows) == many
    assert len(about_screening(asked)) == 5  # two of them: is somebody held, for agenda and list


def about_screening(asked: CaptureQueriesContext) -> list[str]:
    named = ("protocols_protocolcontraindication", "patients_screening")
    return [q["sql"] for q in asked.captured_queries if any(name in q["sql"] for name in named)]


@pytest.fixture(autouse=True)
def _english(client: Client) -> None:
    """The desk of these tests reads English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
