"""What is asked of the planner, as an address: it survives a reload, and being shared.

`clinic.forms.series` reads such an address, and says what is wrong with it.
"""

import datetime as dt
from collections.abc import Sequence

from django.http import QueryDict

from clinic.booking import Pick, SeriesAsk
from clinic.models import Clinic, clock
from protocols.planning import Wishes

WISH, MUST = "wish", "must"
MOST_PICKED_AHEAD = dt.timedelta(days=3660)


def picks_of(written: Sequence[str], start: dt.date, clinic: Clinic) -> tuple[Pick, ...]:
    """Picks as `2@2026-05-12T09:30~practitioner`; what cannot be read is left out."""
    picks = {}
    for text in written[:100]:
        number, _at, rest = text.partition("@")
        local, _tilde, practitioner = rest.partition("~")
        try:
            at = dt.datetime.fromisoformat(local).replace(tzinfo=clinic.zone)
            pick = Pick(int(number), at, practitioner)
        except ValueError:
            continue
        if start <= at.date() <= start + MOST_PICKED_AHEAD:
            picks[pick.number] = pick
    return tuple(picks[number] for number in sorted(picks))


def written_pick(pick: Pick, clinic: Clinic) -> str:
    """A pick as it stands in the address, in the clinic's wall-clock time."""
    local = pick.starts_at.astimezone(clinic.zone)
    return f"{pick.number}@{local:%Y-%m-%dT%H:%M}~{pick.practitioner}"


def address_of(ask: SeriesAsk) -> str:
    """The query string that shows this ask again."""
    address = QueryDict(mutable=True)
    if ask.series is None:
        address["patient"] = ask.patient.public_id
        address["protocol"] = str(ask.protocol.pk)
        address["previous"] = ask.previous_on.isoformat() if ask.previous_on else ""
        address["first"] = str(ask.from_number)
    address["start"] = ask.start_on.isoformat()
    address["last"] = str(ask.through)
    for how, wishes in ((WISH, ask.prefer), (MUST, ask.require)):
        if wishes is not None:
            _write_wishes(address, wishes, how)
    address.setlist("pick", [written_pick(pick, ask.clinic) for pick in ask.picks])
    for name in [name for name, values in address.lists() if not any(values)]:
        del address[name]
    return address.urlencode(safe=":@~")


def _write_wishes(address: QueryDict, wishes: Wishes, how: str) -> None:
    if wishes.weekdays is not None:
        address.setlist("weekday", [str(weekday) for weekday in sorted(wishes.weekdays)])
        address["weekdays"] = how
    for name, value in (("after", wishes.from_minute), ("before", wishes.to_minute)):
        if value is not None:
            address[name] = clock(value)
            address["hours"] = how
    if wishes.practitioner is not None:
        address["practitioner"] = wishes.practitioner
        address["who"] = how
