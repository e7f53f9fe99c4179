"""The file of a patient: due dates, and that nothing of it is left out."""

import dataclasses
import datetime as dt
import io
import json
import unicodedata
from collections.abc import Iterator

import pytest
import time_machine
import typst
from django.conf import settings
from django.utils import translation
from pypdf import PdfReader

from clinic.papers import file as file_paper
from clinic.papers import glyphs, typesetting
from patients.file import asking
from patients.models import (
    AccessRequest,
    AdverseEvent,
    AdverseEventEntry,
    Article,
    CareConsent,
    Lot,
    Patient,
    Photo,
    RecordVersion,
    Seal,
    WaitingProducts,
)
from tests.canaries import Cage
from tests.factories import NOW, House, make_file_request, make_patient
from tests.patients import file_format
from tests.patients.names import NAMES

pytestmark = pytest.mark.django_db

# Stock is the clinic's; what of it went into the patient is copied onto ProductUse.
NOT_IN_THE_FILE = {
    *[(Article, "name"), (Article, "maker"), (Lot, "number"), (Lot, "recall_note")],
    # Names of files in the private store: the photo itself is in the archive.
    *[(CareConsent, "file"), (Photo, "file")],
}
# In the JSON only: for machines, or the same words while they were being written.
NOT_PRINTED = NOT_IN_THE_FILE | {
    *[(CareConsent, "drawing"), (RecordVersion, "content"), (WaitingProducts, "rows")],
    *[(Seal, "content_hash"), (Seal, "previous_hash")],
}


# Tables in which a text may stand; of the others no word can be missed.
WITH_TEXTS = [t.key for t in file_paper.tables.TABLES[1:] if t.key != "messageConsents"]


@pytest.fixture
def cage() -> Iterator[Cage]:
    with time_machine.travel(NOW, tick=False):
        house = House()
        yield Cage(house, house.patient)


def json_of(cage: Cage) -> str:
    with translation.override(cage.patient.language):
        found = file_paper.gathered(cage.patient)
        return file_paper.as_json(cage.patient, found, now=NOW).decode()


def pdf_of(cage: Cage) -> str:
    with translation.override(cage.patient.language):
        found = file_paper.gathered(cage.patient)
        made = file_paper.as_pdf(cage.patient, found, clinic=cage.house.clinic, now=NOW)
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)


def lacking(cage: Cage, text: str) -> set[tuple[object, str]]:
    return {(c.model, c.field) for c in cage.canaries if c.word not in text.lower()}


def test_every_text_of_every_table_is_in_the_json(cage: Cage) -> None:
    assert len(cage.canaries) > 60
    assert lacking(cage, json_of(cage)) == NOT_IN_THE_FILE


def test_every_text_of_every_table_is_printed(cage: Cage) -> None:
    assert lacking(cage, pdf_of(cage)) == NOT_PRINTED


@pytest.mark.parametrize("left_out", WITH_TEXTS)
def test_control_a_table_that_is_left_out_is_missed(
    cage: Cage, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    fewer = tuple(table for table in file_paper.TABLES if table.key != left_out)
    monkeypatch.setattr(file_paper, "TABLES", fewer)
    assert lacking(cage, json_of(cage)) > NOT_IN_THE_FILE


def test_control_a_column_that_is_left_out_is_missed(
    cage: Cage, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = [
        dataclasses.replace(t, columns=tuple(c for c in t.columns if c.key != "description"))
        for t in file_paper.TABLES
    ]
    monkeypatch.setattr(file_paper, "TABLES", tuple(short))
    assert lacking(cage, json_of(cage)) == NOT_IN_THE_FILE | {(AdverseEvent, "description")}


def test_nobody_elses_file_is_in_it(cage: Cage) -> None:
    other = make_patient("Autre", "Une")
    with translation.override("fr"):
        found = file_paper.gathered(other)
        said = file_paper.as_json(other, found, now=NOW).decode()
    assert lacking(cage, said) == {(c.model, c.field) for c in cage.canaries}


def test_the_json_keeps_its_shape_whatever_is_in_it(cage: Cage) -> None:
    full, empty = json.loads(json_of(cage)), make_patient("Vide")
    with translation.override("fr"):
        said = json.loads(file_paper.as_json(empty, file_paper.gathered(empty), now=NOW).decode())
    assert list(full) == list(said)
    assert list(full["patient"]) == list(said["patient"])
    assert said["carePlans"] == said["photos"] == []
    (procedure,) = full["carePlans"][0]["activities"][0]["procedures"]
    assert [key for key, value in procedure.items() if isinstance(value, list)] == [
        *["bodySites", "techniques", "reactions"],
        *["used", "amendments", "seals", "keptTexts", "waitingProducts", "versions"],
    ]


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_database_is_asked_as_often_for_three_records_as_for_one(
    django_assert_num_queries, how_many: int
) -> None:
    house = House()
    cage = Cage(house, house.patient)
    for _ in range(how_many - 1):
        cage.fill(
            AdverseEvent, patient=house.patient, source="phone", noticed_at=NOW, severity="mild",
            channel="none", reported_at=NOW, reported_by=house.user,
        )  # fmt: skip
        make_file_request(house.patient, house.user)
    tables = sum(1 for top in file_paper.TABLES for _table in top.all())
    with django_assert_num_queries(tables + 1):  # and the names of those who wrote
        file_paper.gathered(house.patient)


@pytest.mark.parametrize(
    ("value", "is_short"),
    [("Chlorhexidine alcoolique", True), ("f" * 64, False), ("mot " * 30, False), ("a\nb", False)],
)
def test_what_no_column_holds_has_a_line_of_its_own(value: str, is_short: bool) -> None:
    """A seal's hash would leave the sheet."""
    assert file_paper.is_short(value) is is_short


# --- Due dates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "is_old", "due"),
    [
        ("2026-03-02", False, "2026-03-10"),
        ("2026-02-25", False, "2026-03-05"),
        ("2026-12-28", False, "2027-01-05"),
        ("2026-03-02", True, "2026-05-02"),
        ("2026-12-31", True, "2027-02-28"),
        ("2027-12-31", True, "2028-02-29"),
        ("2026-07-31", True, "2026-09-30"),
    ],
)
def test_a_request_is_due_in_eight_days_or_two_calendar_months(
    received: str, is_old: bool, due: str
) -> None:
    on = asking.due_on(dt.date.fromisoformat(received), is_old=is_old)
    assert on == dt.date.fromisoformat(due)


@pytest.mark.parametrize(
    ("days", "urgency"), [(-1, "late"), (0, "soon"), (2, "soon"), (3, "open"), (8, "open")]
)
def test_a_request_is_late_from_the_day_after(days: int, urgency: str) -> None:
    house = House()
    request = make_file_request(house.patient, house.user)
    today = request.due_on - dt.timedelta(days=days)
    assert asking.urgency(request, today=today) == urgency


def test_a_request_is_answered_once() -> None:
    house = House()
    request = make_file_request(house.patient, house.user)
    first = {"status": "delivered", "how": "Remis au cabinet", "by": house.user, "now": NOW}
    assert asking.answer(request=request, **first)
    assert not asking.answer(request=request, **first | {"status": "refused", "how": "Non"})
    request.refresh_from_db()
    assert (request.status, request.answer, request.answered_at) == (
        "delivered",
        "Remis au cabinet",
        NOW,
    )
    assert asking.urgency(request, today=dt.date(2030, 1, 1)) == ""


def test_what_is_due_first_is_listed_first_and_the_answered_no_more(
    django_assert_num_queries,
) -> None:
    house = House()
    later = make_file_request(house.patient, house.user, is_old=True)
    sooner = make_file_request(make_patient("Autre"), house.user)
    done = make_file_request(house.patient, house.user)
    asking.answer(request=done, status="refused", how="x", by=house.user, now=NOW)
    with django_assert_num_queries(1):
        listed = [(request, request.patient.name) for request in asking.requests_due()]
    assert listed == [(sooner, "AUTRE Marie"), (later, house.patient.name)]
    assert AccessRequest.objects.count() == 3


# --- Names in any script (N5) --------------------------------------------------------------------


def printed(patient: Patient) -> str:
    return flat(file_of(patient, House()))


def file_of(patient: Patient, house: House) -> bytes:
    with translation.override(patient.language):
        found = file_paper.gathered(patient)
        return file_paper.as_pdf(patient, found, clinic=house.clinic, now=NOW)


def flat(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)


@pytest.mark.parametrize(
    ("family", "given"),
    [
        *[("Nguyễn", "Thị Ánh"), ("O’Brien", "Seán"), ("Łukasz", ""), ("Ó", ""), ("Şahin", "İpek")],
        *[("Иванова", "Ольга"), ("Παπαδοπούλου", "Ελένη"), ("Dvořák", "Žofie"), ("Đặng", "Ư")],
    ],
)
def test_a_name_in_a_script_that_the_fonts_have_is_drawn(family: str, given: str) -> None:
    text = printed(make_patient(family, given))
    assert family.upper() in text
    assert given in text


@pytest.mark.parametrize(
    ("family", "given"),
    [
        *[("محمد", "فاطمة"), ("כהן", "שרה"), ("王", "小明"), ("山田", "花子"), ("김", "민준")],
        *[("ประเสริฐ", "สมชาย"), ("शर्मा", "आशा"), ("🙂", "👩‍⚕️"), ("a" * 100, "b" * 100)],
        *[("\u202eTurned", "round"), ("e\u0301" * 40, "Zoe\u0308")],
    ],
)
def test_a_name_in_any_other_script_is_no_fault(family: str, given: str) -> None:
    assert "Identité" in printed(make_patient(family, given))


def test_what_no_font_draws_is_spelled_or_a_question_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the fonts of a bare machine; the file keeps the standard for screen readers."""
    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(typesetting, "fonts", lambda: bare)
    names = {
        "김 민준": "gim minjun",
        "やまだ": "yamada",
        "王小明": "???",
        "สมชาย": "?????",
        "فاطمة": "فاطمة",
        "כהן": "כהן",
        "Ольга 山": "Ольга ?",
        "आशा": "आशा",
    }
    house = House()
    for typed, drawn in names.items():
        made = file_of(make_patient("Nom", typed), house)
        assert drawn in flat(made), typed
        assert b"pdfuaid" in made


def test_without_the_spelling_the_file_claims_no_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it is printed all the same, with a box."""
    monkeypatch.setattr(glyphs, "undrawn", lambda _diagnostic: set())
    made = file_of(make_patient("Nom", "王小明"), House())
    assert "Identité" in flat(made)
    assert b"pdfuaid" not in made


def test_two_hundred_names_are_printed_and_which_letters_no_font_draws_is_known() -> None:
    """Each in an event's text; only letters of these scripts may be replaced on a bare machine."""
    house = House()
    event = AdverseEvent.objects.create(
        patient=house.patient, source="phone", noticed_at=NOW, severity="mild", channel="none",
        reported_at=NOW, reported_by=house.user, description="Noms",
    )  # fmt: skip
    AdverseEventEntry.objects.bulk_create(
        AdverseEventEntry(event=event, text=f"{family} / {given}", at=NOW, by=house.user)
        for family, given in NAMES
    )
    lines = "".join(printed(house.patient).split())
    missing = {name for name in NAMES if "".join(f"{name[0]}/{name[1]}".split()) not in lines}
    scripts = {
        unicodedata.name(letter).split()[0] for family, _given in missing for letter in family
    }
    assert len(NAMES) == 200
    assert scripts <= {"ARABIC", "HEBREW", "CJK", "HANGUL", "DEVANAGARI", "THAI", "ARMENIAN"}


def test_the_document_of_the_format_is_that_of_the_tables() -> None:
    """After a change: write `file_format.document()` into it."""
    kept = (settings.BASE_DIR / "docs" / "file-format.md").read_text()
    with translation.override("en"):
        assert kept == file_format.document()
