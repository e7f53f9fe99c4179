"""A patient's quotes, one quote, and what a proposal needs of them. Nothing here is clinical."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clinic.booking import Proposal
from clinic.care.obstacles import Confirming
from clinic.care.quote_gate import Need, need_of
from clinic.models import Clinic
from clinic.papers import quote as paper
from clinic.papers.quote import Paper
from clinic.states import State
from patients import quotes
from patients.models import Patient, Quote, QuoteLine
from protocols.translated import active_language

JUST_GIVEN = dt.timedelta(minutes=2)  # so long its PDF comes by itself

STATES = {
    Quote.Status.DRAFT: State("proposed", "bi-pencil", _("Draft")),
    Quote.Status.GIVEN: State("booked", "bi-envelope-paper-fill", pgettext_lazy("quote", "Given")),
    Quote.Status.SIGNED: State("done", "bi-pen-fill", _("Signed")),
    Quote.Status.REFUSED: State("cancelled", "bi-x-circle", _("Refused")),
    Quote.Status.EXPIRED: State("to-close", "bi-hourglass-bottom", _("Expired")),
}


@dataclass(frozen=True)
class QuoteShown:
    """A quote as it stands today, whether the worker has said so yet or not."""

    quote: Quote
    today: dt.date

    @property
    def is_draft(self) -> bool:
        return self.quote.status == Quote.Status.DRAFT

    @property
    def stands(self) -> bool:
        return quotes.stands(self.quote, today=self.today)

    @property
    def is_waiting(self) -> bool:
        """For the patient's answer."""
        return self.quote.status == Quote.Status.GIVEN

    @property
    def state(self) -> State:
        over = self.is_waiting and not self.stands
        return STATES[Quote.Status.EXPIRED if over else Quote.Status(self.quote.status)]


def of_patient(patient: Patient) -> QuerySet[Quote]:
    """The newest first; one query for a page of them."""
    return Quote.objects.filter(patient=patient).select_related("protocol", "series")


def shown(rows: list[Quote], *, today: dt.date) -> list[QuoteShown]:
    return [QuoteShown(row, today) for row in rows]


def found() -> QuerySet[Quote]:
    return Quote.objects.select_related("patient", "protocol", "series", "given_by", "answered_by")


def lines_of(quote: Quote) -> list[QuoteLine]:
    return list(quote.lines.order_by("position", "id"))


def as_paper(quote: Quote, *, clinic: Clinic, language: str = "") -> Paper:
    """In the language that is active."""
    lines = lines_of(quote)
    return paper.paper_of(quote, lines, clinic=clinic, language=language or active_language())


@dataclass(frozen=True)
class Panel:
    """What a proposal says of its quote. Nothing where none is needed and none was given."""

    need: Need
    first: int
    last: int
    practitioner: str
    starts_too_early: bool
    is_new: bool  # given just now: its PDF comes by itself, once

    codes = ("quote-missing", "reflection")  # of the obstacles that the panel itself tells

    @property
    def quote(self) -> Quote | None:
        return self.need.quote

    @property
    def is_missing(self) -> bool:
        return self.need.is_needed and self.need.quote is None

    @property
    def has_prices(self) -> bool:
        return bool(self.need.price.parts)

    @property
    def is_of_another_price(self) -> bool:
        """The proposal costs more than what the quote says."""
        return self.quote is not None and self.need.price.total_cents > self.quote.total_cents

    @property
    def is_shown(self) -> bool:
        return self.need.is_needed or self.quote is not None or self.need.price.unpriced > 0


def panel_of(proposal: Proposal, *, now: dt.datetime) -> Panel | None:
    """None where there is nothing to book. Four queries at most, however long the series."""
    sessions, ask = proposal.sessions, proposal.ask
    if not sessions:
        return None
    asked = Confirming(
        clinic=ask.clinic,
        patient=ask.patient,
        protocol=ask.protocol,
        numbers=tuple(session.number for session in sessions),
        first_on=sessions[0].on,
        today=ask.clinic.today(now=now),
        series=ask.series,
    )
    need, who = need_of(asked), sessions[0].practitioner
    given_at = need.quote.given_at if need.quote else None
    return Panel(
        need=need,
        first=sessions[0].number,
        last=sessions[-1].number,
        practitioner=who.public_id if who else "",
        starts_too_early=need.earliest is not None and sessions[0].on < need.earliest,
        is_new=given_at is not None and now - given_at < JUST_GIVEN,
    )
