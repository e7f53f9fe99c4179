"""The leaflet's rules: of one protocol as a practitioner published it, or the general ones.

`general()` reads the shipped files and asks no database; `of_protocol` reads rows that
`with_leaflet` fetched. Hours are whole hours since the end of the session.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.db.models import QuerySet

from protocols.catalogue import files
from protocols.leaflet.cited import Cited, Stated
from protocols.models import AlertSign, CareInstruction, Protocol
from protocols.translated import Translated

FOLDER = Path(__file__).parent
# The leaflets that the page on reactions after a session gave (user-001).
ALERTS, REACTIONS, AFTER = "alerts", ("skin-reactions", "scalp-back-pain"), "skin-after"
EMERGENCY, CHECK = AlertSign.Urgency.EMERGENCY.value, AlertSign.Urgency.CHECK.value
URGENCIES = AlertSign.Urgency.values


@dataclass(frozen=True)
class Symptom:
    """Something that can be ticked; `topic` is the one of `ExpectedReaction`, or nothing."""

    code: str
    topic: str
    name_fr: str
    name_en: str

    name = Translated("name")


@dataclass(frozen=True)
class Alert:
    """Said when all of `all`, and one of `any`, are ticked, past `after_hours`."""

    rule: str
    urgency: str
    said: Stated
    any: frozenset[str]
    all: frozenset[str] = frozenset()
    after_hours: int | None = None

    @property
    def signs(self) -> frozenset[str]:
        return self.all | self.any


@dataclass(frozen=True)
class Reaction:
    """What usually happens: from `least` to `most` hours, None where the page gives none.

    `limit` is where the clinic is to be asked: `most`, or what `limit_said` says instead. Only in
    `zones`, where there are some.
    """

    topic: str
    said: Stated
    least: int | None
    most: int | None
    limit: int
    limit_said: Stated | None = None
    sensitive: int | None = None
    zones: frozenset[str] = frozenset()

    def limit_for(self, *, is_sensitive: bool) -> int:
        return self.sensitive if is_sensitive and self.sensitive else self.limit

    def is_in(self, zone: str) -> bool:
        return not self.zones or zone in self.zones


@dataclass(frozen=True)
class Instruction:
    """What to do after; `until` None where no page says for how long."""

    topic: str
    said: Stated
    until: int | None


@dataclass(frozen=True)
class Rules:
    """`reactions` by topic, the strictest first; `values` what each page says of a topic."""

    alerts: tuple[Alert, ...]
    reactions: dict[str, tuple[Reaction, ...]] = field(default_factory=dict)
    values: dict[str, tuple[Stated, ...]] = field(default_factory=dict)
    after: tuple[Instruction, ...] = ()


@cache
def shipped() -> files.Table:
    return tomllib.loads((FOLDER / "rules.toml").read_text(encoding="utf-8"))


@cache
def symptoms() -> tuple[Symptom, ...]:
    return tuple(Symptom(**table) for table in shipped()["symptoms"])


@cache
def alert_signs() -> tuple[Symptom, ...]:
    return tuple(Symptom(topic="", **table) for table in shipped()["alert_signs"])


def stated(name: str) -> Stated:
    """A sentence of `rules.toml`."""
    return Stated.of_table(shipped()[name])


# --- One protocol's, as it stands in the database ------------------------------------------------


def with_leaflet(protocols: QuerySet[Protocol]) -> QuerySet[Protocol]:
    """With what `of_protocol` reads: four queries more, however many protocols."""
    return protocols.prefetch_related(
        "alert_signs__source",
        "expected_reactions__source",
        "sourced_values__source",
        "care_instructions__source",
    )


def of_protocol(protocol: Protocol) -> Rules:
    """A protocol's own hours and words; the general alert signs hold beside them."""
    rows = [
        (row.topic, Stated.of_row(row), row.hours_min, row.hours_max)
        for row in protocol.expected_reactions.all()
    ]
    values = [(row.topic, Stated.of_row(row)) for row in protocol.sourced_values.all()]
    return Rules(
        alerts=_alerts(
            (row.topic, row.urgency, Stated.of_row(row), row.after_hours)
            for row in protocol.alert_signs.all()
        ),
        reactions=_reactions(rows),
        values=_by_topic(values),
        after=tuple(
            Instruction(row.topic, Stated.of_row(row), row.hours_until)
            for row in protocol.care_instructions.all()
            if row.phase == CareInstruction.When.AFTER
        ),
    )


# --- The general ones, as they are shipped -------------------------------------------------------


@cache
def general() -> Rules:
    leaflets = files.table("leaflets")
    values = [row for name in REACTIONS for row in leaflets[name].get("values", [])]
    return Rules(
        alerts=_alerts(_shipped_alerts()),
        reactions=_reactions(_shipped_reactions()),
        values=_by_topic((row["topic"], Stated.of_table(row)) for row in values),
        after=tuple(
            Instruction(row["topic"], Stated.of_table(row), row.get("hours_until"))
            for row in leaflets[AFTER]["care"]
        ),
    )


AlertRow = tuple[str, str, Stated, int | None]
ReactionRow = tuple[str, Stated, int | None, int | None]


def _shipped_alerts() -> list[AlertRow]:
    rows = files.table("leaflets")[ALERTS]["alerts"]
    return [
        (row["topic"], row["urgency"], Stated.of_table(row), row.get("after_hours")) for row in rows
    ]


def _shipped_reactions() -> list[ReactionRow]:
    leaflets = files.table("leaflets")
    rows = [row for name in REACTIONS for row in leaflets[name]["reactions"]]
    return [
        (row["topic"], Stated.of_table(row), row.get("hours_min"), row.get("hours_max"))
        for row in rows
    ]


@cache
def _shipped_limits() -> dict[str, int]:
    """The strictest limit of each topic in the general leaflet."""
    limits: dict[str, int] = {}
    for topic, _said, _least, most in _shipped_reactions():
        if most is not None:
            limits[topic] = min(most, limits.get(topic, most))
    return limits


def pain_hours() -> int:
    """The one time that a page gives for a pain; our choice for a pain that no page names."""
    return _shipped_limits()["pain"]


@cache
def week_of_nodules() -> int:
    """Until when a gentle massage is named: as long as a nodule is none of the alert signs."""
    return next(
        most
        for topic, urgency, _said, most in _shipped_alerts()
        if (topic, urgency) == ("nodule", CHECK) and most is not None
    )


# --- Rows and the rules made of them -------------------------------------------------------------


def _alerts(rows: Iterable[AlertRow]) -> tuple[Alert, ...]:
    """In the order in which they are said: the most urgent first.

    A rule that these rows lack is the general one: no version of a protocol takes an alert away.
    """
    given = list(rows)
    lacking = {row[:2] for row in _shipped_alerts()} - {row[:2] for row in given}
    given += [row for row in _shipped_alerts() if row[:2] in lacking]
    alerts = [_alert(row) for row in given]
    return tuple(sorted(alerts, key=lambda alert: URGENCIES.index(alert.urgency)))


def _alert(row: AlertRow) -> Alert:
    topic, urgency, said, after_hours = row
    for table in shipped()["alerts"]:
        if (table["topic"], table["urgency"]) == (topic, urgency):
            ticked = frozenset(table["any"]), frozenset(table.get("all", ()))
            return Alert(table["rule"], urgency, said, *ticked, after_hours)
    every = frozenset(sign.code for sign in alert_signs())
    own = frozenset(shipped()["own"].get(topic, every))
    return Alert("P", urgency, said, own, after_hours=after_hours)


def _reactions(rows: Iterable[ReactionRow]) -> dict[str, tuple[Reaction, ...]]:
    found: dict[str, list[Reaction]] = {}
    for topic, said, least, most in rows:
        refined = _refined(said.cited, topic)
        for each in (topic, *refined.get("also", ())):
            found.setdefault(each, []).append(_reaction(each, said, least, most, refined))
    return {
        topic: tuple(sorted(group, key=lambda one: one.limit)) for topic, group in found.items()
    }


def _reaction(
    topic: str, said: Stated, least: int | None, most: int | None, refined: files.Table
) -> Reaction:
    limit, limit_said = most, None
    if limit is None and topic in _shipped_limits():
        limit, limit_said = _shipped_limits()[topic], stated("other_limit")
    elif limit is None:
        limit, limit_said = shipped()["gap_hours"], stated("no_limit")
    # Somebody who changed the figure of the page meant it for every skin.
    sensitive = refined.get("sensitive") if most == refined.get("usual") else None
    zones = frozenset(refined.get("zones", ()))
    return Reaction(topic, said, least, most, limit, limit_said, sensitive, zones)


def _refined(cited: Cited, topic: str) -> files.Table:
    for table in shipped()["refined"]:
        if (table["source"], table["at"], table["topic"]) == (cited.code, cited.at, topic):
            return dict(table)
    return {}


def _by_topic(rows: Iterable[tuple[str, Stated]]) -> dict[str, tuple[Stated, ...]]:
    found: dict[str, list[Stated]] = {}
    for topic, said in rows:
        found.setdefault(topic, []).append(said)
    return {topic: tuple(group) for topic, group in found.items()}
