"""When each kind of message goes at a clinic, in sentences, and where that was chosen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models import Clinic, Kind, MessageRule, MessageText, clock
from clinic.outbox.timing import HOUSE, Timing
from protocols.models import Protocol

AT_ONCE = frozenset({Kind.BOOKED, Kind.MOVED, Kind.CANCELLED})
AFTER = frozenset({Kind.CHECK_IN})
WITHOUT_HOUR = AT_ONCE | {Kind.AFTERCARE}
FIXED_DAYS = {Kind.EVE: 1, Kind.DAY: 0, Kind.RECALL_DUE: 0}

# For whom it is, beside when it goes.
ABOUT: dict[Kind, Promise] = {
    Kind.BOOKED: gettext_lazy("With the appointment as a calendar file; a whole series in one."),
    Kind.EARLY: gettext_lazy(
        "Only where it was booked more than 30 days ahead, where something is to be done so early,"
        " or after two visits that were missed."
    ),
    Kind.REMINDER: gettext_lazy("With a way to confirm, move or cancel."),
    Kind.EVE: gettext_lazy("With a way to confirm, move or cancel."),
    Kind.DAY: gettext_lazy("Only where something is to be done on the day itself before coming."),
    Kind.MOVED: gettext_lazy(
        "Calendars that took the first one in change by themselves; of several at once the first"
        " does, the others come as files."
    ),
    Kind.CANCELLED: gettext_lazy(
        "Calendars that took the first one in drop it by themselves; of several at once the first"
        " goes, the others come as files."
    ),
    Kind.AFTERCARE: gettext_lazy("Leads to what is to be done afterwards."),
    Kind.CHECK_IN: gettext_lazy("Asks how the patient is, and leads to whom to tell."),
    Kind.RECALL: gettext_lazy("Only where the signed plan says so and the patient agreed."),
    Kind.RECALL_DUE: gettext_lazy("Only where the signed plan says so and the patient agreed."),
}


@dataclass(frozen=True)
class Row:
    """`source`: "house", "clinic" or "protocol", whichever has the last word."""

    kind: Kind
    timings: tuple[Timing, ...]
    source: str
    own_texts: int = 0

    @property
    def label(self) -> str:
        return str(self.kind.label)

    @property
    def about(self) -> str:
        return str(ABOUT[self.kind])

    @property
    def follows_the_protocol(self) -> bool:
        """No figure of the house: the day comes from the protocol's expected reactions."""
        return self.kind == Kind.CHECK_IN and self.source == "house"

    @property
    def is_on(self) -> bool:
        return self.follows_the_protocol or any(timing.is_on for timing in self.timings)

    @property
    def sentence(self) -> str:
        if self.follows_the_protocol:
            return _("When the longest expected reaction of the protocol should be over")
        return sentence(self.kind, self.timings)


def rows(clinic: Clinic, protocol: str = "") -> list[Row]:
    """One a kind. Two queries."""
    rules = list(MessageRule.objects.filter(clinic=clinic, protocol__in={"", protocol}))
    texts = [row.kind for row in MessageText.objects.filter(clinic=clinic)]
    return [
        Row(kind, *effective(kind, rules, protocol), own_texts=texts.count(kind)) for kind in Kind
    ]


def row(clinic: Clinic, kind: Kind, protocol: str = "") -> Row:
    return next(each for each in rows(clinic, protocol) if each.kind == kind)


def effective(
    kind: Kind, rules: Sequence[MessageRule], protocol: str
) -> tuple[tuple[Timing, ...], str]:
    """A protocol's own rules before the clinic's, those before the house's."""
    for wanted, source in ((protocol, "protocol"), ("", "clinic")):
        own = [each for each in rules if each.kind == kind and each.protocol == wanted]
        if own and (wanted or source == "clinic"):
            timings = [Timing(each.days, each.at_minute, each.is_on) for each in own]
            return tuple(sorted(timings, key=lambda each: each.days)), source
    return HOUSE.get(kind, ()), "house"


def sentence(kind: Kind, timings: Sequence[Timing]) -> str:
    """3 days before, at 10:00"""
    going = [timing for timing in timings if timing.is_on]
    if not going:
        return _("Not sent")
    if kind in AT_ONCE:
        return _("At once")
    if kind == Kind.AFTERCARE:
        return _("Right after the session")
    hours = {timing.at_minute for timing in going}
    if kind in AFTER and len(going) > 1 and len(hours) == 1:
        days = ", ".join(str(timing.days) for timing in going)
        return _("%(days)s days after, at %(time)s") % {"days": days, "time": clock(hours.pop())}
    return ", ".join(_sentences(kind, going))


def _sentences(kind: Kind, timings: Sequence[Timing]) -> Iterator[str]:
    for timing in timings:
        told = {"n": timing.days, "time": clock(timing.at_minute)}
        yield _pattern(kind, timing.days) % told


def _pattern(kind: Kind, days: int) -> str:
    if kind == Kind.RECALL_DUE:
        return _("On the day it is due, at %(time)s")
    if not days:
        return _("The same day, at %(time)s")
    if kind in AFTER:
        return ngettext("%(n)d day after, at %(time)s", "%(n)d days after, at %(time)s", days)
    if kind == Kind.RECALL:
        return ngettext(
            "%(n)d day before its time begins, at %(time)s",
            "%(n)d days before its time begins, at %(time)s",
            days,
        )
    return ngettext("%(n)d day before, at %(time)s", "%(n)d days before, at %(time)s", days)


def protocols() -> list[tuple[str, str]]:
    """Slug and name of what may be booked, in the reader's language."""
    found = {each.slug: each.name for each in Protocol.objects.bookable()}
    return sorted(found.items(), key=lambda item: item[1].casefold())
