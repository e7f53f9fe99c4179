"""The planner's codes and figures, as a person at the desk would say them."""

import datetime as dt
from typing import Protocol as Shape

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from clinic.dates import written
from patients import phones
from protocols.planning import Cost, Gap
from protocols.wording import duration

# Why a session does not stand on its ideal day.
REASONS: dict[str, Promise] = {
    "due_outside_window": gettext_lazy("the ideal day is outside the window"),
    "due_closed": gettext_lazy("closed on the ideal day"),
    "due_outside_hours": gettext_lazy("hours too short on the ideal day"),
    "due_required_otherwise": gettext_lazy("the ideal day is not one you asked for"),
    "due_full": gettext_lazy("the ideal day is full"),
    "better_in_all": gettext_lazy("better for the series as a whole"),
}

# Why a session cannot be placed at all.
BLOCKS: dict[str, Promise] = {
    "window_empty": gettext_lazy("its window is over before it can begin"),
    "closed": gettext_lazy("the clinic is closed on every day of its window"),
    "outside_hours": gettext_lazy(
        "no day of its window has working hours long enough for the visit, with all that it needs"
    ),
    "require": gettext_lazy("there are free times, but none that keeps what you asked for"),
    "all_busy": gettext_lazy("everything is taken on every day of its window"),
}


class Choice(Shape):
    """What `difference` asks of an alternative: how much more it costs the whole series."""

    @property
    def days_more(self) -> int: ...
    @property
    def preferences_more(self) -> int: ...
    @property
    def changes_more(self) -> int: ...


def day(on: dt.date) -> str:
    """mardi 14 avril 2026"""
    return written(on, "l j F Y")


def moment(at: dt.datetime) -> str:
    """mardi 14 avril 2026, 09:30, in the zone that `at` carries."""
    return f"{written(at.date(), 'l j F Y')}, {at:%H:%M}"


def hours(starts: dt.datetime, ends: dt.datetime) -> str:
    """09:30–10:00"""
    return f"{starts:%H:%M}–{ends:%H:%M}"


def stretch(starts: dt.datetime, ends: dt.datetime) -> str:
    """From one moment to another, both in one zone; from midnight to midnight it is whole days."""
    first, last = starts.date(), (ends - dt.timedelta(microseconds=1)).date()
    if starts.time() == ends.time() == dt.time():
        if first == last:
            return _("%(day)s, all day") % {"day": day(first)}
        return _("%(first)s to %(last)s, whole days") % {"first": day(first), "last": day(last)}
    if starts.date() == ends.date():
        return f"{day(first)}, {hours(starts, ends)}"
    return f"{moment(starts)} – {moment(ends)}"


def phone(number: PhoneNumber | None) -> str:
    """For a patient: as it is dialled at home for those who read French, else from anywhere."""
    if not number:
        return ""
    is_french = (get_language() or "").startswith("fr")
    return phones.dialled(number) if is_french else str(number.as_international)


def reason(code: str | None, *, is_today: bool = False) -> str:
    """`is_today`: the ideal day is today, of which no time may be left rather than all be taken."""
    if code == "due_full" and is_today:
        return _("today, the ideal day, has no time left")
    return str(REASONS[code]) if code else ""


def block(code: str | None) -> str:
    return str(BLOCKS[code]) if code else ""


def short_days(n: int) -> str:
    """21 j: for narrow places."""
    return pgettext("days, abbreviated", "%(n)d d") % {"n": n}


def gap(allowed: Gap | None) -> str:
    """7–14 j, idéal 10: in days where it can be, for the days between are shown beside it."""
    if allowed is None:
        return ""
    least, ideal, most = allowed.min, allowed.ideal, allowed.max
    if least == most:
        return duration(ideal)
    if least.days and ideal.days and most.days:
        return pgettext("days, abbreviated", "%(least)d–%(most)d d, ideally %(ideal)d") % {
            "least": least.days,
            "most": most.days,
            "ideal": ideal.days,
        }
    return _("%(least)s to %(most)s, ideally %(ideal)s") % {
        "least": duration(least),
        "most": duration(most),
        "ideal": duration(ideal),
    }


def further(days: int) -> str:
    """How much further from the ideal the whole series gets."""
    if days > 0:
        return ngettext(
            "%(n)d day further from the ideal", "%(n)d days further from the ideal", days
        ) % {"n": days}
    if days < 0:
        return ngettext(
            "%(n)d day nearer to the ideal", "%(n)d days nearer to the ideal", -days
        ) % {"n": -days}
    return _("as near to the ideal")


def wishes(more: int) -> str:
    """How many more sessions miss a wish; nothing to say when it is the same."""
    if more > 0:
        return ngettext(
            "%(n)d more session outside the wishes", "%(n)d more sessions outside the wishes", more
        ) % {"n": more}
    if more < 0:
        return ngettext(
            "%(n)d more session within the wishes", "%(n)d more sessions within the wishes", -more
        ) % {"n": -more}
    return ""


def changes(more: int) -> str:
    if more > 0:
        return ngettext(
            "%(n)d more change of practitioner", "%(n)d more changes of practitioner", more
        ) % {"n": more}
    if more < 0:
        return ngettext(
            "%(n)d change of practitioner less", "%(n)d changes of practitioner less", -more
        ) % {"n": -more}
    return ""


def difference(choice: Choice, *, same_practitioner: bool, practitioner: str = "") -> str:
    """What an alternative costs the rest: “2 days further from the ideal; same practitioner”."""
    # Beside "1 more change of practitioner" it would read as its opposite.
    who = _("same practitioner") if same_practitioner and choice.changes_more <= 0 else ""
    if practitioner and not same_practitioner:
        who = _("with %(name)s") % {"name": practitioner}
    parts = [
        further(choice.days_more),
        wishes(choice.preferences_more),
        changes(choice.changes_more),
        who,
    ]
    return joined(parts)


def joined(parts: list[str]) -> str:
    return pgettext("between two facts", "; ").join(filter(None, parts))


def change_of_cost(before: Cost, after: Cost) -> str:
    """What a pick did to the whole series."""
    parts = [
        further(after.days_off_ideal - before.days_off_ideal),
        wishes(after.preferences_unmet - before.preferences_unmet),
        changes(after.practitioner_changes - before.practitioner_changes),
    ]
    return joined(parts)


def off_ideal(days: int) -> str:
    """How far one session stands from its ideal day."""
    if not days:
        return _("on the ideal day")
    return ngettext("%(n)d day from the ideal", "%(n)d days from the ideal", days) % {"n": days}


def summary(cost: Cost) -> str:
    """The cost of a whole proposal in one line."""
    parts = [
        _("every session on its ideal day")
        if not cost.days_off_ideal
        else ngettext(
            "%(n)d day from the ideal in all",
            "%(n)d days from the ideal in all",
            cost.days_off_ideal,
        )
        % {"n": cost.days_off_ideal},
        ngettext(
            "%(n)d session outside the wishes",
            "%(n)d sessions outside the wishes",
            cost.preferences_unmet,
        )
        % {"n": cost.preferences_unmet}
        if cost.preferences_unmet
        else "",
        ngettext(
            "%(n)d change of practitioner",
            "%(n)d changes of practitioner",
            cost.practitioner_changes,
        )
        % {"n": cost.practitioner_changes}
        if cost.practitioner_changes
        else "",
    ]
    return joined(parts)
