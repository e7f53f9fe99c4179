"""The shipped catalogue: idempotent, well-formed, and its figures are those of the sources."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from protocols import editing
from protocols.catalogue import files, loader
from protocols.models import (
    Contraindication,
    Product,
    Protocol,
    ProtocolContraindication,
    ResourceKind,
    Source,
    Step,
)
from tests.protocols.making import NOW, make_draft

pytestmark = pytest.mark.django_db

WEEKLY, FORTNIGHTLY = ("P6D", "P1W", "P8D"), ("P12D", "P2W", "P16D")
FOUR_WEEKLY = ("P24D", "P4W", "P32D")

# phase by phase: how many steps and the gap before each but the very first
FIGURES = {
    "skin-quality": [
        ("attack", 4, [("P2W", "P3W", "P4W")] * 3),
        ("maintenance", 2, [("P3M", "P4M", "P6M")] * 2),
    ],
    "face-revitalising": [
        ("attack", 5, [("P2W", "P2W", "P1M")] * 4),
        ("maintenance", 2, [("P11W", "P3M", "P15W")] * 2),
    ],
    "rejuvenation": [
        ("attack", 4, [("P2W", "P3W", "P4W")] * 3),
        ("consolidation", 6, [("P2M", "P10W", "P3M")] * 6),
    ],
    "pain-locomotor": [("attack", 5, [("P1W", "P10D", "P2W")] * 4)],
    "pain-weekly": [("attack", 4, [WEEKLY, WEEKLY, ("P13D", "P15D", "P17D")])],
    "hair-mesopecie": [
        ("attack", 8, [WEEKLY] * 3 + [FORTNIGHTLY] * 4),
        ("maintenance", 2, [("P4W", "P1M", "P5W")] * 2),
    ],
    "face-polycomponent": [("attack", 5, [FORTNIGHTLY] * 2 + [FOUR_WEEKLY] * 2)],
    "prp-hair": [
        ("attack", 4, [("P3W", "P1M", "P6W")] * 3),
        ("maintenance", 2, [("P6M", "P6M", "P1Y")] * 2),
    ],
    "skin-booster": [
        ("attack", 3, [FOUR_WEEKLY] * 2),
        ("maintenance", 2, [("P22W", "P6M", "P30W"), FOUR_WEEKLY]),
    ],
    "superficial-peel": [
        ("attack", 3, [("P2W", "P3W", "P1M")] * 2),
        ("maintenance", 1, [("P45W", "P1Y", "P59W")]),
    ],
    "laser-hair-removal": [
        ("attack", 8, [("P4W", f"P{weeks}W", "P12W") for weeks in range(6, 13)]),
    ],
}
# sessions in the sources, minutes of a visit
RANGES = {
    "skin-quality": (3, 4, 60),
    "face-revitalising": (3, 6, 45),
    "rejuvenation": (3, 5, 60),
    "pain-locomotor": (3, 6, 30),
    "pain-weekly": (4, 4, 30),
    "hair-mesopecie": (8, 8, 30),
    "face-polycomponent": (5, 5, 30),
    "prp-hair": (3, 4, 55),
    "skin-booster": (3, 3, 30),
    "superficial-peel": (2, 4, 30),
    "laser-hair-removal": (5, 10, 45),
}
IDEAL_DAYS = {
    "hair-mesopecie": [0, 7, 14, 21, 35, 49, 63, 77],
    "pain-weekly": [0, 7, 14, 29],
    "face-polycomponent": [0, 14, 28, 56, 84],
}


def told(protocol: Protocol) -> list[tuple[str, int, list[tuple[str | None, ...]]]]:
    return [
        (
            phase.kind,
            phase.steps.count(),
            [
                (step.gap_min, step.gap_ideal, step.gap_max)
                for step in phase.steps.all()
                if step.number > 1
            ],
        )
        for phase in protocol.phases.all()
    ]


def test_the_first_run_publishes_every_file(shipped: loader.Report) -> None:
    assert sorted(shipped.published) == sorted(f"{slug} v1" for slug in FIGURES)
    assert (shipped.unchanged, shipped.drafted, shipped.kept_back) == (0, [], [])
    assert Protocol.objects.bookable().count() == len(FIGURES)


def test_the_figures_are_those_of_the_sources(shipped: loader.Report) -> None:
    assert {p.slug: told(p) for p in Protocol.objects.bookable()} == FIGURES


def test_the_ranges_and_lengths_are_those_of_the_sources(shipped: loader.Report) -> None:
    rows = Protocol.objects.bookable()
    assert {p.slug: (p.sessions_min, p.sessions_max, p.minutes) for p in rows} == RANGES


@pytest.mark.parametrize("slug", IDEAL_DAYS)
def test_the_ideal_days_are_those_of_the_sources(shipped: loader.Report, slug: str) -> None:
    steps = Protocol.objects.get(slug=slug).steps.filter(phase__kind="attack")
    day, days = 0, []
    for step in steps:
        day += step.gap.ideal.days if step.gap else 0
        days.append(day)
    assert days == IDEAL_DAYS[slug]


def test_every_shipped_protocol_is_well_formed(shipped: loader.Report) -> None:
    for protocol in Protocol.objects.bookable():
        assert [problem.code for problem in editing.problems(protocol)] == ["not_a_draft"]
        for step in protocol.steps.all():
            step.full_clean()
        Protocol.full_clean(protocol)


def test_every_text_is_in_both_languages(shipped: loader.Report) -> None:
    catalogue = files.read()
    tables = [row for rows in catalogue.terms.values() for row in rows.values()]
    for sheet in catalogue.sheets:
        tables += [sheet.content, *sheet.content["phases"]]
        tables += [row for name in files.LISTS for row in sheet.content[name]]
        tables += [part for visit in sheet.content["visits"].values() for part in visit]
    french = {(id(row), key[:-3]) for row in tables for key in row if key.endswith("_fr")}
    english = {(id(row), key[:-3]) for row in tables for key in row if key.endswith("_en")}
    assert french == english
    assert all(row[key] for row in tables for key in row if key.endswith(("_fr", "_en")))


def test_only_the_last_steps_of_an_open_ended_phase_are_planned(shipped: loader.Report) -> None:
    open_ended = Protocol.objects.bookable().filter(phases__open_ended=True)
    assert {protocol.slug for protocol in open_ended} == {
        "skin-quality", "face-revitalising", "hair-mesopecie", "prp-hair", "skin-booster",
        "superficial-peel",
    }  # fmt: skip


def test_what_is_ours_says_so(shipped: loader.Report) -> None:
    led = Protocol.objects.get(slug="face-revitalising").steps.all()[0].segments.all()[1]
    assert (led.minutes, led.source.code) == (15, "ours")
    assert set(Step.objects.filter(gap_ideal="P3W").values_list("our_part")) == {("ideal",)}
    assert set(Step.objects.filter(gap_ideal="P1W").values_list("our_part")) == {("window",)}


def test_an_injected_hyaluronic_acid_is_for_physicians(shipped: loader.Report) -> None:
    product = Product.objects.get(code="non-cross-linked-ha")
    assert product.performer_qualification == "physician"
    assert {tuple(p.performers) for p in product.protocols.all()} == {("physician",)}


def test_the_season_of_the_peel(shipped: loader.Report) -> None:
    seasonal = Protocol.objects.exclude(season_from_month=None)
    months = seasonal.values_list("slug", "season_from_month", "season_until_month")
    assert list(months) == [("superficial-peel", 11, 4)]


def test_a_second_run_changes_nothing(shipped: loader.Report) -> None:
    again = loader.load(now=NOW)
    assert again.changed_nothing
    assert again == loader.Report(unchanged=len(FIGURES))


def test_the_command_says_what_it_did(db: None) -> None:
    first, second = StringIO(), StringIO()
    call_command("load_catalogue", stdout=first)
    call_command("load_catalogue", stdout=second)
    assert "published skin-quality v1" in first.getvalue()
    assert second.getvalue() == "Nothing to change: 11 protocols are as shipped.\n"


def test_the_command_is_quiet_when_asked(db: None) -> None:
    said = StringIO()
    call_command("load_catalogue", verbosity=0, stdout=said)
    assert said.getvalue() == ""
    assert Protocol.objects.count() == len(FIGURES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped files, free to be changed."""
    for part in ("shared", "protocols"):
        shutil.copytree(files.FOLDER / part, tmp_path / part)
    return tmp_path


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


PAIN = "protocols/pain-weekly.toml"
CHANGE = ('["P13D", "P15D", "P17D"]', '["P14D", "P15D", "P16D"]')


def test_a_changed_file_becomes_the_next_version(shipped: loader.Report, folder: Path) -> None:
    edit(folder, PAIN, *CHANGE)
    report = loader.load(now=NOW, folder=folder)
    assert (report.published, report.unchanged) == (["pain-weekly v2"], len(FIGURES) - 1)
    gaps = {
        (p.version, p.status, p.steps.get(number=4).gap_min)
        for p in Protocol.objects.filter(slug="pain-weekly")
    }
    assert gaps == {(1, "retired", "P13D"), (2, "active", "P14D")}
    assert loader.load(now=NOW, folder=folder).changed_nothing


def test_a_changed_leaflet_is_a_change_of_what_includes_it(
    shipped: loader.Report, folder: Path
) -> None:
    edit(folder, "shared/leaflets.toml", "pendant quelques jours", "quelques jours")
    report = loader.load(now=NOW, folder=folder)
    assert sorted(report.published) == ["pain-locomotor v2", "pain-weekly v2"]


def test_comments_and_order_are_no_change(shipped: loader.Report, folder: Path) -> None:
    edit(folder, PAIN, 'slug = "pain-weekly"\n', '# A comment.\n\nslug   = "pain-weekly"\n')
    assert loader.load(now=NOW, folder=folder).changed_nothing


def test_a_file_changed_back_is_one_more_version(shipped: loader.Report, folder: Path) -> None:
    edit(folder, PAIN, *CHANGE)
    loader.load(now=NOW, folder=folder)
    assert loader.load(now=NOW).published == ["pain-weekly v3"]


def test_the_clinics_own_version_is_left_in_use(shipped: loader.Report, folder: Path) -> None:
    own = editing.revise(Protocol.objects.get(slug="pain-weekly"), by="Dr Vidal")
    editing.publish(own, by="Dr Vidal", now=NOW)
    assert loader.load(now=NOW).changed_nothing
    edit(folder, PAIN, *CHANGE)
    report = loader.load(now=NOW, folder=folder)
    assert (report.published, report.drafted) == ([], ["pain-weekly v3"])
    assert Protocol.objects.bookable().get(slug="pain-weekly") == own
    assert loader.load(now=NOW, folder=folder).changed_nothing


def test_a_retired_protocol_does_not_come_back(shipped: loader.Report, folder: Path) -> None:
    editing.retire(Protocol.objects.get(slug="pain-weekly"), by="Dr Vidal", now=NOW)
    edit(folder, PAIN, *CHANGE)
    assert loader.load(now=NOW, folder=folder).drafted == ["pain-weekly v2"]
    assert not Protocol.objects.bookable().filter(slug="pain-weekly").exists()


def test_a_draft_in_work_is_left_alone(shipped: loader.Report, folder: Path) -> None:
    draft = editing.revise(Protocol.objects.get(slug="pain-weekly"), by="Dr Vidal")
    edit(folder, PAIN, *CHANGE)
    assert loader.load(now=NOW, folder=folder).kept_back == ["pain-weekly"]
    draft.refresh_from_db()
    assert (draft.version, draft.steps.get(number=4).gap_min) == (2, "P13D")


def test_a_protocol_of_the_clinic_with_a_shipped_name_is_left_alone(db: None) -> None:
    own = make_draft(slug="pain-weekly")
    report = loader.load(now=NOW)
    assert report.kept_back == ["pain-weekly"]
    assert list(Protocol.objects.filter(slug="pain-weekly")) == [own]


def test_a_fault_in_a_file_writes_nothing(db: None, folder: Path) -> None:
    edit(folder, PAIN, CHANGE[0], '["P3W", "P15D", "P17D"]')
    with pytest.raises(loader.CatalogueError, match="pain-weekly"):
        loader.load(now=NOW, folder=folder)
    assert not Protocol.objects.exists()
    assert not Source.objects.exists()


def test_shared_words_follow_the_files(shipped: loader.Report, folder: Path) -> None:
    edit(folder, "shared/kinds.toml", "Lampe LED", "Panneau LED")
    assert loader.load(now=NOW, folder=folder).terms_written == 1
    with translation.override("fr"):
        assert ResourceKind.objects.get(code="led").name == "Panneau LED"


def test_every_contraindication_has_a_question_and_a_severity(shipped: loader.Report) -> None:
    rows = Contraindication.objects.values_list("code", "severity")
    assert dict(rows) == {
        "allergy": "blocking",
        "skin-infection": "blocking",
        "active-cancer": "blocking",
        "clotting-disorder": "blocking",
        "pregnancy": "blocking",
        "breast-feeding": "blocking",
        "blood-thinner": "warning",
        "fragile-skin": "warning",
        "dark-skin-sun": "warning",
        "last-painkiller": "wait",
        "history": "warning",
    }
    assert not Contraindication.objects.filter(question_fr="").exists()


def test_every_question_says_how_it_is_answered_and_for_how_long(shipped: loader.Report) -> None:
    rows = Contraindication.objects.values_list("code", "answer_type", "asked_again_days")
    assert {code: (kind, days) for code, kind, days in rows} == {
        "allergy": ("boolean", 365),
        "skin-infection": ("boolean", 0),
        "active-cancer": ("boolean", 90),
        "clotting-disorder": ("boolean", 365),
        "pregnancy": ("boolean", 0),
        "breast-feeding": ("boolean", 0),
        "blood-thinner": ("choice", 0),
        "fragile-skin": ("boolean", 365),
        "dark-skin-sun": ("boolean", 0),
        "last-painkiller": ("date", 0),
        "history": ("text", 90),
    }
    for question in Contraindication.objects.all():
        question.full_clean()


def test_the_answers_of_a_list_are_those_that_its_source_names(shipped: loader.Report) -> None:
    options = Contraindication.objects.get(code="blood-thinner").options
    codes = ["anticoagulant", "aspirin", "anti-inflammatory", "vitamin-e"]
    assert [(option["code"], option["raises"]) for option in options] == [
        (code, True) for code in codes
    ]


def test_what_must_wait_waits_as_long_as_its_source_says(shipped: loader.Report) -> None:
    waiting = ProtocolContraindication.objects.filter(severity="wait")
    assert list(
        waiting.values_list("protocol__slug", "contraindication__code", "wait", "source__code")
    ) == [("pain-weekly", "last-painkiller", "P2D", "docteur-katz")]


def test_what_the_clinic_set_itself_stays(shipped: loader.Report, folder: Path) -> None:
    Contraindication.objects.filter(code="history").update(asked_again_days=30)
    assert loader.load(now=NOW).changed_nothing
    edit(folder, "shared/contraindications.toml", "ou suivez-vous", "ou prenez-vous")
    assert loader.load(now=NOW, folder=folder).terms_written == 1
    assert Contraindication.objects.get(code="history").asked_again_days == 30


def test_every_protocol_says_what_is_consented_to_in_both_languages(
    shipped: loader.Report,
) -> None:
    french, english = (
        {row.slug: len(getattr(row, column).split("\n\n")) for row in Protocol.objects.bookable()}
        for column in ("consent_fr", "consent_en")
    )
    assert french == english
    assert min(english.values()) >= 3


def test_every_paragraph_of_a_consent_is_used(shipped: loader.Report) -> None:
    shared = files._table(files.FOLDER / "shared" / "consents.toml")
    written = "\n".join(Protocol.objects.values_list("consent_fr", flat=True))
    assert [name for name, said in shared.items() if said["fr"] not in written] == []
