"""What the leaflet's pages show: the general rules, or those of a protocol. Reads only."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models import Clinic, Price
from clinic.portal.last_session import LastSession, last_session
from clinic.portal.visitor import Visitor
from protocols import leaflet, wording
from protocols.leaflet import Count, Question, Range, Rules, Said, Symptom
from protocols.models import Phase, Protocol, Zone

DAYS_BEFORE_WEEKS, WEEKS_BEFORE_MONTHS = 21, 16
DAYS_OF_A_MONTH = 30.4


@dataclass(frozen=True)
class Reader:
    """Who reads: `visitor` gave the birth date, and is at this clinic; else nobody is known."""

    clinic: Clinic
    visitor: Visitor | None
    now: dt.datetime

    @cached_property
    def last(self) -> LastSession | None:
        return last_session(self.visitor.patient, now=self.now) if self.visitor else None

    @cached_property
    def protocol(self) -> Protocol | None:
        """The version that the last session's series is on."""
        return with_rules(pk=self.last.protocol.pk) if self.last else None

    @property
    def hours(self) -> int | None:
        return self.last.hours(now=self.now) if self.last else None


def with_rules(**chosen: Any) -> Protocol | None:
    return leaflet.with_leaflet(Protocol.objects.filter(**chosen)).first()


def rules_of(protocol: Protocol | None) -> Rules:
    return leaflet.of_protocol(protocol) if protocol else leaflet.general()


def protocol_choices(also: Protocol | None = None) -> list[tuple[str, str]]:
    """Those in use; `also` the one of the reader's series, where it is in use no more."""
    found = {one.slug: one.name for one in Protocol.objects.bookable().order_by("name_fr")}
    return list(({also.slug: also.name} | found if also else found).items())


def zone_choices() -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in Zone.objects.all()]


# --- A reaction looked up ------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One sentence with the words of what it is about."""

    said: Said
    signs: str

    @property
    def word(self) -> str:
        return str(LEVELS[self.said.level])


LEVELS = {
    leaflet.Level.URGENT: gettext_lazy("Without delay"),
    leaflet.Level.CONTACT: gettext_lazy("Contact the clinic"),
    leaflet.Level.WATCH: gettext_lazy("To watch"),
    leaflet.Level.EXPECTED: gettext_lazy("Usual, says the leaflet"),
}


def lines(said: tuple[Said, ...]) -> list[Line]:
    names = names_of_signs()
    return [Line(one, ", ".join(names[code] for code in one.signs)) for one in said]


def names_of_signs() -> dict[str, str]:
    every: tuple[Symptom, ...] = (*leaflet.alert_signs(), *leaflet.symptoms())
    return {one.code: one.name for one in every}


# --- The quiz ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One question; `chosen` is a place among the answers, None where none was ticked."""

    question: Question
    chosen: int | None
    is_answered: bool

    @property
    def name(self) -> str:
        return f"q{self.question.number}"

    @property
    def answers(self) -> list[tuple[int, str, bool]]:
        return [
            (place, answer, place == self.chosen)
            for place, answer in enumerate(self.question.answers)
        ]

    @property
    def is_right(self) -> bool:
        return self.chosen == self.question.right


def asked(answers: Mapping[str, int | None], *, is_answered: bool) -> list[Asked]:
    return [Asked(one, answers.get(f"q{one.number}"), is_answered) for one in leaflet.questions()]


# --- How many sessions ---------------------------------------------------------------------------


def count(clinic: Clinic, goal: str, zone: str) -> Count:
    """With the clinic's own figures and prices. Seven queries, however many protocols."""
    protocols = Protocol.objects.bookable().prefetch_related(
        "phases__source",
        "steps",
        "indication_links__indication",
        "sourced_values__source",
    )
    return leaflet.session_count(
        goal,
        zone,
        protocols=protocols,
        cents=prices(clinic),
        quote_from_cents=clinic.quote_from_euros * 100,
    )


def prices(clinic: Clinic) -> Mapping[str, int]:
    """What a session of the first phase costs, by protocol."""
    rows = Price.objects.filter(clinic=clinic, phase__in=["", Phase.Kind.ATTACK])
    return {row.protocol: row.cents for row in rows.order_by("phase")}  # the phase's own wins


def span(days: Range) -> str:
    """“4 weeks to 5 months”: as a person says it, the longer part rounded up."""
    return _("%(least)s to %(most)s") % {"least": about(days.least), "most": about(days.most)}


def about(days: int) -> str:
    if days < DAYS_BEFORE_WEEKS:
        return wording.days(days)
    weeks = -(-days // 7)
    if weeks < WEEKS_BEFORE_MONTHS:
        return ngettext("%(n)d week", "%(n)d weeks", weeks) % {"n": weeks}
    months = round(days / DAYS_OF_A_MONTH)
    return ngettext("%(n)d month", "%(n)d months", months) % {"n": months}
