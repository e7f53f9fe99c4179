"""The paper a patient takes home, parsed back."""

import datetime as dt
import io

import pytest
from django.utils import translation
from pypdf import PdfReader

from clinic import booking
from clinic.pages import series as series_page
from clinic.papers import documents
from protocols import editing
from protocols.models import AlertSign, CareInstruction
from tests.factories import NOW, House, loaded, make_clinic, make_patient, make_protocol
from tests.protocols import making


@pytest.fixture
def house(db: None) -> House:
    house = House()
    house.clinic.neutral_label, house.clinic.phone = "Cabinet Bleu", "+33123456789"
    house.clinic.save()
    return house


def paper(house: House, series, language: str = "fr", now: dt.datetime = NOW) -> documents.Paper:
    shown = series_page.loaded().get(pk=series.pk)
    with translation.override(language):
        return documents.paper_of(
            shown,
            series_page.every_attempt(shown),
            clinic=house.clinic,
            language=language,
            now=now,
        )


def read(content: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(content))
    return reader, "\n".join(page.extract_text() for page in reader.pages)


def with_advice(protocol_slug: str, lines: int = 1):
    """A published protocol with so many instructions after the visit."""
    draft = making.make_draft(slug=protocol_slug, gaps=[("P2W", "P3W", "P4W")] * 2)
    for number in range(lines):
        CareInstruction.objects.create(
            protocol=draft, phase="after", topic="sun", text_fr=f"Consigne {number}.",
            text_en=f"Instruction {number}.", source=making.make_source(), position=number,
        )  # fmt: skip
    AlertSign.objects.create(
        protocol=draft, topic="allergy", urgency="check", text_fr="À contrôler.",
        source=making.make_source(),
    )  # fmt: skip
    AlertSign.objects.create(
        protocol=draft, topic="allergy", urgency="emergency", text_fr="Appelez le 15.",
        source=making.make_source(),
    )  # fmt: skip
    assert editing.publish(draft, by="the test", now=NOW) == []
    return draft


def test_the_pdf_holds_every_date_hour_and_the_name(house: House) -> None:
    series = house.book_series().series
    shown = paper(house, series)
    reader, text = read(documents.pdf(shown, now=NOW))
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert reader.metadata is not None
    assert reader.metadata.author == "Cabinet Bleu"
    assert "DUPONT Marie" in text
    assert [visit.day for visit in shown.visits] == [
        "lundi 2 mars 2026",
        "lundi 23 mars 2026",
        "lundi 13 avril 2026",
    ]
    for visit in shown.visits:
        assert visit.day in text
        assert visit.hours in text
    assert {visit.hours for visit in shown.visits} == {"09:00–09:30"}


def test_the_hour_on_paper_is_the_clinics_across_the_clock_change(house: House) -> None:
    booked = house.book_series()
    assert len({a.starts_at.astimezone(dt.UTC).hour for a in booked.appointments}) == 2
    assert {v.hours for v in paper(house, booked.series).visits} == {"09:00–09:30"}


def test_the_paper_speaks_the_patients_language(house: House) -> None:
    series = house.book_series().series
    _reader, text = read(documents.pdf(paper(house, series, "en"), now=NOW))
    assert "Your appointments" in text
    assert "Monday 23 March 2026" in text


@pytest.mark.parametrize(
    ("language", "number"), [("fr", "01 23 45 67 89"), ("en", "+33 1 23 45 67 89")]
)
def test_the_clinics_number_is_on_paper_as_it_is_dialled(
    house: House, language: str, number: str
) -> None:
    _reader, text = read(documents.pdf(paper(house, house.book_series().series, language), now=NOW))
    assert text.count(number) == 2  # at the top, and where it says what to do if one cannot come


def test_cancelled_appointments_are_not_on_paper(house: House) -> None:
    booked = house.book_series()
    gone = booked.appointments[1]
    booking.cancel(appointment=gone, reason="patient", note="", by=house.user, now=NOW)
    days = [visit.day for visit in paper(house, booked.series).visits]
    assert days == ["lundi 2 mars 2026", "lundi 13 avril 2026"]


def test_instructions_stand_on_paper_and_the_most_urgent_sign_first(house: House) -> None:
    protocol = with_advice("soins")
    series = house.book_series(protocol=loaded(protocol)).series
    advice = paper(house, series).advice
    assert [block.lines for block in advice] == [
        ("Consigne 0.",),
        ("Appelez le 15.", "À contrôler."),
    ]
    assert [block.is_alert for block in advice] == [False, True]


def test_a_long_leaflet_goes_on_to_a_second_page(house: House) -> None:
    protocol = with_advice("longs", lines=60)
    series = house.book_series(protocol=loaded(protocol)).series
    reader, text = read(documents.pdf(paper(house, series), now=NOW))
    assert len(reader.pages) == 2
    assert "Consigne 59." in text
    assert "2/2" in text


@pytest.mark.parametrize(
    "name", ["#strong[x] \\ $x$ // *a* _b_", '"}], "visits": [', "<b>&amp;", "Zoë Łukasz Ñandú"]
)
def test_a_name_is_printed_as_it_is_typed(house: House, name: str) -> None:
    house.patient = make_patient("Martin", name)
    _reader, text = read(documents.pdf(paper(house, house.book_series().series), now=NOW))
    flat = "".join(text.split())
    assert "".join(f"MARTIN {name}".split()) in flat


def test_a_name_that_no_font_draws_does_not_keep_the_paper_back(house: House) -> None:
    house.patient = make_patient("Martin", "🙂\U0001f9ff")
    reader, text = read(documents.pdf(paper(house, house.book_series().series), now=NOW))
    assert "MARTIN" in text
    assert len(reader.pages) == 1


def test_the_same_moment_gives_the_same_file(house: House) -> None:
    shown = paper(house, house.book_series().series)
    assert documents.pdf(shown, now=NOW) == documents.pdf(shown, now=NOW)


def test_a_series_of_another_protocol_lends_no_advice(house: House) -> None:
    with_advice("autre")
    series = house.book_series(protocol=make_protocol(slug="sans")).series
    assert paper(house, series).advice == ()


def test_a_visit_at_another_clinic_says_where(house: House) -> None:
    series = house.book_series().series
    other = make_clinic(neutral_label="Cabinet Vert")
    shown = series_page.loaded().get(pk=series.pk)
    places = documents.paper_of(
        shown, series_page.every_attempt(shown), clinic=other, language="fr", now=NOW
    ).visits
    assert {visit.where for visit in places} == {"Salle 1, Cabinet Bleu"}
    assert {visit.where for visit in paper(house, series).visits} == {"Salle 1"}
