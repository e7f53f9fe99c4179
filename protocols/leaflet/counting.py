"""How many sessions, over how long, and what they cost: always a range, and whose it is.

The nature and the age of a pain count too (user-004, l. 49), but no page says how: they are not
asked for, and the page says so.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from protocols.catalogue import files
from protocols.leaflet.cited import Cited, Stated
from protocols.leaflet.rules import FOLDER
from protocols.models import Phase, Protocol, Topic
from protocols.planning import Duration
from protocols.translated import Translated

GOALS = ("pain", "skin", "hair")
# A calendar month and year, at the shortest and at the longest, in days.
SHORTEST, LONGEST = {"D": 1, "W": 7, "M": 28, "Y": 365}, {"D": 1, "W": 7, "M": 31, "Y": 366}
IN_A_YEAR = {"D": 365, "W": 52, "M": 12, "Y": 1}


@dataclass(frozen=True)
class Range:
    least: int
    most: int

    @property
    def is_one(self) -> bool:
        return self.least == self.most


@dataclass(frozen=True)
class Plan:
    """What one page, or one protocol of the clinic, gives. None is a gap, and no zero.

    `span` is days from the first to the last session, `cents` what one session costs.
    """

    slug: str
    name_fr: str
    name_en: str
    cited: Cited
    sessions: Range | None = None
    span: Range | None = None
    upkeep: Range | None = None
    upkeep_said: Stated | None = None
    zones: frozenset[str] = frozenset()
    cents: int | None = None

    name = Translated("name")

    @property
    def cost(self) -> Range | None:
        if self.sessions is None or self.cents is None:
            return None
        return Range(self.sessions.least * self.cents, self.sessions.most * self.cents)


@dataclass(frozen=True)
class Count:
    """The widest range over all plans; each of them stands beside it."""

    sessions: Range | None
    span: Range | None
    cost: Range | None
    plans: tuple[Plan, ...]
    is_zone_named: bool
    needs_quote: bool


def session_count(
    goal: str,
    zone: str,
    *,
    protocols: Iterable[Protocol] = (),
    cents: Mapping[str, int] | None = None,
    quote_from_cents: int = 30_000,
) -> Count:
    """A zone that no page names has no number.

    `protocols` are those in use, with phases, steps, indications and values fetched; `cents` is
    what a session costs, by slug.
    """
    every = plans_of(goal, protocols, cents or {})
    fitting = [plan for plan in every if not zone or not plan.zones or zone in plan.zones]
    cost = _widest(plan.cost for plan in fitting)
    return Count(
        _widest(plan.sessions for plan in fitting),
        _widest(plan.span for plan in fitting),
        cost,
        tuple(fitting),
        is_zone_named=bool(fitting),
        needs_quote=cost is not None and cost.most >= quote_from_cents,
    )


def _widest(ranges: Iterable[Range | None]) -> Range | None:
    known = [one for one in ranges if one is not None]
    if not known:
        return None
    return Range(min(one.least for one in known), max(one.most for one in known))


# --- Plans of the pages, and of the clinic's own protocols ---------------------------------------


@cache
def shipped() -> files.Table:
    return tomllib.loads((FOLDER / "sessions.toml").read_text(encoding="utf-8"))


def plans_of(
    goal: str, protocols: Iterable[Protocol], cents: Mapping[str, int]
) -> tuple[Plan, ...]:
    return tuple(_plans_of(goal, {protocol.slug: protocol for protocol in protocols}, cents))


def _plans_of(
    goal: str, running: Mapping[str, Protocol], prices: Mapping[str, int]
) -> Iterator[Plan]:
    for table in shipped()["plans"]:
        if table["goal"] != goal:
            continue
        protocol = running.get(table["protocol"])
        zones = frozenset(table.get("zones", ()))
        price = prices.get(table["protocol"])
        yield _of_protocol(protocol, zones, price) if protocol else _of_table(table, zones, price)
    if goal == "hair":
        code = shipped()["hair"]["indication"]
        for slug, protocol in running.items():
            if code in {link.indication.code for link in protocol.indication_links.all()}:
                yield _of_protocol(protocol, frozenset(), prices.get(slug))


def _of_table(table: files.Table, zones: frozenset[str], cents: int | None) -> Plan:
    sessions = Range(table["least"], table["most"]) if "least" in table else None
    upkeep = table["upkeep"]
    return Plan(
        table["protocol"],
        table["name_fr"],
        table["name_en"],
        Cited.of_table(table),
        sessions,
        _span(sessions, [(table["gap_least"], table["gap_most"])]) if sessions else None,
        Range(upkeep["least"], upkeep["most"]) if "least" in upkeep else None,
        Stated.of_table(upkeep),
        zones,
        cents,
    )


def _of_protocol(protocol: Protocol, zones: frozenset[str], cents: int | None) -> Plan:
    """A count that is no range is none that the leaflet may give: it is decided together."""
    phases = list(protocol.phases.all())
    attack = next((phase for phase in phases if phase.kind == Phase.Kind.ATTACK), phases[0])
    later = next((phase for phase in phases if phase.kind != Phase.Kind.ATTACK), None)
    counted = Range(protocol.sessions_min, protocol.sessions_max)
    sessions = None if counted.is_one else counted
    return Plan(
        protocol.slug,
        protocol.name_fr,
        protocol.name_en,
        Cited.of_row(attack),
        sessions,
        _span(sessions, _gaps(protocol, attack)) if sessions else None,
        _a_year(_gaps(protocol, later)) if later else None,
        _upkeep_said(protocol),
        zones,
        cents,
    )


def _upkeep_said(protocol: Protocol) -> Stated | None:
    """What the protocol settled on, where pages differ."""
    for value in protocol.sourced_values.all():
        if value.topic == Topic.MAINTENANCE and value.is_default:
            return Stated.of_row(value)
    return None


def _gaps(protocol: Protocol, phase: Phase) -> list[tuple[str, str]]:
    steps = [step for step in protocol.steps.all() if step.phase_id == phase.pk]
    return [(step.gap_min, step.gap_max) for step in steps if step.gap_min and step.gap_max]


def _span(sessions: Range, gaps: list[tuple[str, str]]) -> Range | None:
    if not gaps:
        return None
    shortest = min(_days(least, SHORTEST) for least, _most in gaps)
    longest = max(_days(most, LONGEST) for _least, most in gaps)
    return Range((sessions.least - 1) * shortest, (sessions.most - 1) * longest)


def _a_year(gaps: list[tuple[str, str]]) -> Range | None:
    """So many whole gaps in a year, one at least."""
    if not gaps:
        return None
    most = max(_times_a_year(least) for least, _most in gaps)
    return Range(min(_times_a_year(longest) for _least, longest in gaps), most)


def _times_a_year(text: str) -> int:
    duration = Duration.parse(text)
    return max(1, IN_A_YEAR[duration.unit] // duration.n)


def _days(text: str, lengths: Mapping[str, int]) -> int:
    duration = Duration.parse(text)
    return duration.n * lengths[duration.unit]
