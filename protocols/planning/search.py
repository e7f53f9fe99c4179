"""The least cost of a series, by dynamic programming over (step, date), as lazily as can be.

Costs are compared in order: days off the ideal, then preferences unmet, then changes of
practitioner. They are packed into one int (`Scale`), so that comparing is comparing numbers.

A change of practitioner is the smallest unit of cost, and who gave the session before can cost no
more than one change. The least cost of all that follows is therefore, as a function of that
practitioner, ``value`` for some and ``value + 1`` for all others: one number and one set of
practitioners say it all, and no practitioner need be enumerated.
"""

import sys
from functools import lru_cache
from typing import NamedTuple

from protocols.planning.plans import Cost
from protocols.planning.problems import Problem
from protocols.planning.visits import Rooms


class Scale:
    """Packs a cost into an int: a change weighs 1, a preference more than all changes, etc."""

    def __init__(self, sessions: int) -> None:
        # A cost may be compared with one that has a change more than there are sessions.
        self.preference = sessions + 2
        self.day = self.preference * self.preference

    def cost(self, packed: int) -> Cost:
        days, rest = divmod(packed, self.day)
        return Cost(days, *divmod(rest, self.preference))


class Least(NamedTuple):
    """The least cost of what follows: ``value`` if the practitioner before is in ``friends``.

    Otherwise ``value + 1``. ``friends`` is a set of practitioners as bits.
    """

    value: int
    friends: int

    def after(self, practitioner: int) -> int:
        """The cost when the practitioner before is the one of this bit; 0: there was none."""
        if practitioner & self.friends or not practitioner:
            return self.value
        return self.value + 1


def existing(least: Least | None) -> Least:
    """A least cost where there must be one."""
    if least is None:
        raise AssertionError("asked for the cost of a series that cannot be held")
    return least


class Span(NamedTuple):
    """A window as proleptic ordinals, both ends included."""

    opens: int
    due: int
    closes: int


class Search:
    """The least costs of the first ``length`` steps of a problem (all, unless told).

    Steps are numbered from 0 here, days are proleptic ordinals. `follow` and `hold` call each
    other and remember what they found; only days that can matter are ever looked at.
    """

    def __init__(self, problem: Problem, rooms: Rooms, length: int | None = None) -> None:
        self.problem, self.rooms = problem, rooms
        self.steps = problem.steps[:length]
        self.scale = Scale(len(self.steps))
        self.visits = [rooms.visit(step) for step in self.steps]
        # One bit more than there are practitioners: the one before may have left the clinic.
        self.everyone = (1 << len(rooms.practitioners) + 1) - 1
        self._begin = problem.start_on.toordinal()
        end = problem.frame.last_ordinal
        self._end = min(problem.until.toordinal(), end) if problem.until else end
        self._follow: list[dict[int, Least | None]] = [{} for _ in self.steps]
        self._hold: list[dict[int, Least | None]] = [{} for _ in self.steps]
        _allow_depth(2 * len(self.steps))

    def window(self, step: int, previous: int) -> Span:
        """The window of a step after a session on ``previous`` (not used by a first-ever step)."""
        if step == 0 and self.problem.previous_on is None:
            return Span(self._begin, self._begin, self._begin + self.problem.first_within_days)
        gap = self.steps[step].gap
        if gap is None:
            raise ValueError("only a first step may go without a gap")
        span = Span(*gap.ordinals(previous))
        return span._replace(opens=max(span.opens, self._begin)) if step == 0 else span

    @property
    def before_first(self) -> int:
        """What stands for the date of the session before the first step."""
        previous = self.problem.previous_on
        return previous.toordinal() if previous else 0

    @property
    def practitioner_before(self) -> int:
        """The practitioner before the first step as a bit; 0 if there was none."""
        known = [one.id for one in self.rooms.practitioners]
        name = self.problem.previous_practitioner
        if name is None:
            return 0
        return 1 << (known.index(name) if name in known else len(known))

    def days(self, span: Span) -> range:
        """The days of a window inside `Problem.start_on` .. `Problem.until`, in order."""
        return range(max(span.opens, self._begin), min(span.closes, self._end) + 1)

    def nearest_first(self, span: Span) -> list[int]:
        """The same days as distances from the due day: 0, -1, 1, -2, ..."""
        days = self.days(span)
        return _nearest_first(days.start - span.due, days.stop - span.due)

    def follow(self, step: int, previous: int) -> Least | None:
        """The least cost of ``step`` and all after it, the session before being on ``previous``.

        None: they cannot all be held.
        """
        if step == len(self.steps):
            return Least(0, self.everyone)
        known = self._follow[step]
        if previous not in known:
            known[previous] = self._best_day(step, self.window(step, previous))
        return known[previous]

    def _best_day(self, step: int, span: Span) -> Least | None:
        due, day_weighs = span.due, self.scale.day
        best, friends = -1, 0
        for off in self.nearest_first(span):
            weight = abs(off) * day_weighs
            if 0 <= best < weight:
                break
            held = self.hold(step, due + off)
            if held is None:
                continue
            value = held.value + weight
            if value == best:
                friends |= held.friends
            elif value < best or best < 0:
                best, friends = value, held.friends
        return Least(best, friends) if best >= 0 else None

    def hold(self, step: int, day: int) -> Least | None:
        """`follow`, the session of ``step`` being on ``day``, whose distance is not counted."""
        known = self._hold[step]
        if day not in known:
            known[day] = self._best_staff(step, day)
        return known[day]

    def _best_staff(self, step: int, day: int) -> Least | None:
        visit = self.visits[step]
        offer = visit.offer(day)
        if not offer.staff:
            return None
        rest = self.follow(step + 1, day)
        if rest is None:
            return None
        value = rest.value if offer.preferred else rest.value + self.scale.preference
        if not visit.staffed:
            return Least(value, rest.friends)
        staff = offer.preferred or offer.staff
        staying = staff & rest.friends
        return Least(value, staying) if staying else Least(value + 1, staff)

    def successors(self, step: int, day: int, before: int) -> int:
        """Who can give ``step`` on ``day`` in a best series, ``before`` being who gave the last.

        All as bits; for a visit without a practitioner, ``before`` goes on. ``before`` 0: nobody.
        """
        visit, held = self.visits[step], existing(self.hold(step, day))
        rest = existing(self.follow(step + 1, day))
        if not visit.staffed:
            return before
        if not before:
            return held.friends
        if before & held.friends:
            return before
        offer = visit.offer(day)
        staff = offer.preferred or offer.staff
        # With a change to be paid in any case, it may be paid now or by who comes next.
        return (staff & rest.friends or staff) | (staff & before)


@lru_cache(maxsize=1024)
def _nearest_first(begin: int, end: int) -> list[int]:
    return sorted(range(begin, end), key=lambda off: (abs(off), off))


def _allow_depth(calls: int) -> None:
    """Make room for the recursion of a very long series; never take room away."""
    needed = calls + 1000
    if sys.getrecursionlimit() < needed:
        sys.setrecursionlimit(needed)
