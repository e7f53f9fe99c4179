"""The contract once more: minute by minute, by sets, slowly, and sharing nothing with the planner.

Time is a whole number of minutes since the epoch, UTC. What the clocks of a zone show is not
computed but looked up, minute by minute (`Clock`). Visits are tried one by one. The best series is
the least of all of them, compared as the contract says it: (costs, starts, resources).
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)


def minutes_of(moment):
    return (moment - EPOCH) // timedelta(minutes=1)


class Clock:
    """What the clocks of a zone show, and when."""

    def __init__(self, name):
        # From the pinned package, as the contract says, not from the machine.
        with (resources.files("tzdata") / "zoneinfo" / name).open("rb") as data:
            self.zone = ZoneInfo.from_file(data, key=name)

    def aware(self, minute):
        return (EPOCH + timedelta(minutes=minute)).astimezone(self.zone)

    def shows(self, minute):
        return self.aware(minute).replace(tzinfo=None, fold=0)

    @lru_cache(maxsize=400)  # noqa: B019 - there is one clock to a zone
    def around(self, day):
        """All that is shown on a date and the day after it: {reading: (first, last) minute}."""
        noon = minutes_of(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
        found = {}
        for minute in range(noon - 2 * 1440, noon + 4 * 1440):
            reading = self.shows(minute)
            if reading.date() in (day, day + ONE_DAY):
                first, _ = found.setdefault(reading, (minute, minute))
                found[reading] = first, minute
        return found

    def when(self, reading, *, last):
        shown = self.around(reading.date())
        if reading in shown:
            return shown[reading][1 if last else 0]
        return min(first for later, (first, _) in shown.items() if later > reading)


@cache
def clock(zone):
    return Clock(zone)


def wall(day, text):
    if text == "24:00":
        return datetime.combine(day + ONE_DAY, datetime.min.time())
    return datetime.combine(day, datetime.strptime(text, "%H:%M").time())


def add(day, duration):
    n, unit = int(duration[1:-1]), duration[-1]
    unit = {"D": "days", "W": "weeks", "M": "months", "Y": "years"}[unit]
    return day + relativedelta(**{unit: n})


def days_between(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


class BruteForce:
    def __init__(self, document):
        given = {key: value for key, value in document.items() if value is not None}
        self.clock = clock(given["timezone"])
        self.start_on = date.fromisoformat(given["start_on"])
        self.until = date.fromisoformat(given["until"]) if "until" in given else date.max
        previous = given.get("previous_on")
        self.previous_on = date.fromisoformat(previous) if previous else None
        self.previous_practitioner = given.get("previous_practitioner")
        self.first_within = timedelta(days=given.get("first_within_days", 60))
        self.grid = given.get("grid_minutes", 15)
        self.steps = given["steps"]
        self.resources = given["resources"]
        self.closed = {date.fromisoformat(day) for day in given.get("closed_on", ())}
        self.require = given.get("require") or {}
        self.prefer = given.get("prefer") or {}
        self.busy = {one["id"]: self.busy_minutes(one) for one in self.resources}

    # What may be booked

    def busy_minutes(self, resource):
        minutes = set()
        for begin, end in resource["busy"]:
            minutes.update(range(self.moment(begin, last=False), self.moment(end, last=True)))
        return minutes

    def moment(self, text, *, last):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo:
            return minutes_of(moment)
        return self.clock.when(moment, last=last)

    @cache  # noqa: B019
    def working_minutes(self, number, day):
        minutes = set()
        for hours in self.resources[number]["hours"]:
            if hours["weekday"] == day.weekday():
                begin = self.clock.when(wall(day, hours["from"]), last=False)
                minutes.update(range(begin, self.clock.when(wall(day, hours["to"]), last=True)))
        return minutes

    def serves(self, number, step, day, start, *, even_if_busy):
        resource = self.resources[number]
        available = self.working_minutes(number, day)
        if not even_if_busy:
            available = available - self.busy[resource["id"]]
        for segment in step["segments"]:
            end = start + segment["minutes"]
            if resource["kind"] in segment["needs"] and not available.issuperset(range(start, end)):
                return False
            start = end
        return True

    def kinds(self, step):
        return list(dict.fromkeys(k for segment in step["segments"] for k in segment["needs"]))

    def starts(self, step, day):
        """(start, reading at the start, reading at the end) of a visit on a day, clock and grid."""
        if day in self.closed:
            return
        length = sum(segment["minutes"] for segment in step["segments"])
        for minute in range(0, 1440, self.grid):
            reading = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
            if reading not in self.clock.around(day):
                continue
            start = self.clock.when(reading, last=False)
            ends = self.clock.shows(start + length)
            if ends.date() == day:
                yield start, reading.strftime("%H:%M"), ends.strftime("%H:%M")
            elif self.clock.shows(start + length - 1).date() == day:
                yield start, reading.strftime("%H:%M"), "24:00"

    def meets(self, wishes, day, begins, ends, practitioner):
        return (
            (wishes.get("weekdays") is None or day.weekday() in wishes["weekdays"])
            and (wishes.get("from") is None or begins >= wishes["from"])
            and (wishes.get("to") is None or ends <= wishes["to"])
            and (None in (wishes.get("practitioner"), practitioner)
                 or practitioner == wishes["practitioner"])
        )  # fmt: skip

    def visits(self, index, day, *, even_if_busy=False, require=None):
        """All visits of a step on a day: (start, ranks of the resources, practitioner, unmet)."""
        return self._visits(index, day, even_if_busy, require is not False)

    @cache  # noqa: B019
    def _visits(self, index, day, even_if_busy, required):
        step, found = self.steps[index], []
        for start, begins, ends in self.starts(step, day):
            choices = [()]
            for kind in self.kinds(step):
                able = [
                    number
                    for number, resource in enumerate(self.resources)
                    if resource["kind"] == kind
                    and self.serves(number, step, day, start, even_if_busy=even_if_busy)
                ]
                # Only of practitioners does it matter which; of others the one listed first.
                able = able if kind == "practitioner" else able[:1]
                choices = [(*chosen, number) for chosen in choices for number in able]
            for chosen in choices:
                who = self.practitioner(chosen)
                if not required or self.meets(self.require, day, begins, ends, who):
                    unmet = not self.meets(self.prefer, day, begins, ends, who)
                    found.append((start, chosen, who, int(unmet)))
        return found

    def practitioner(self, chosen):
        staff = [self.resources[n]["id"] for n in chosen
                 if self.resources[n]["kind"] == "practitioner"]  # fmt: skip
        return staff[0] if staff else None

    def window(self, index, previous):
        if previous is None:
            return self.start_on, self.start_on, self.start_on + self.first_within
        gap = self.steps[index]["gap"]
        opens, due, closes = (add(previous, gap[key]) for key in ("min", "ideal", "max"))
        return (max(opens, self.start_on) if index == 0 else opens), due, closes

    def days(self, index, previous):
        opens, _, closes = self.window(index, previous)
        return days_between(max(opens, self.start_on), min(closes, self.until))

    # What is best

    @cache  # noqa: B019
    def best(self, index, previous, practitioner, length):
        """The least ((off, unmet, changes), starts, resources) of the steps from ``index`` on."""
        if index == length:
            return (0, 0, 0), (), ()
        series = (
            self.series(index, previous, practitioner, length, day, visit)
            for day in self.days(index, previous)
            for visit in self.visits(index, day)
        )
        return min((one for one in series if one is not None), default=None)

    def series(self, index, previous, practitioner, length, day, visit):
        start, chosen, who, unmet = visit
        rest = self.best(index + 1, day, who or practitioner, length)
        if rest is None:
            return None
        due = self.window(index, previous)[1]
        changes = int(who is not None and practitioner is not None and who != practitioner)
        (off, missed, changed), starts, resources = rest
        cost = off + abs((day - due).days), missed + unmet, changed + changes
        return cost, (start, *starts), (chosen, *resources)

    def blocked(self):
        """(index of the first step out of reach, all days that could be opened for it)."""
        reached = {self.previous_on}
        for index in range(len(self.steps)):
            opened = {day for previous in reached for day in self.days(index, previous)}
            reached = {day for day in opened if self.visits(index, day)}
            if not reached:
                return index, opened
        return len(self.steps), set()

    # The answer

    def answer(self):
        length, opened = self.blocked()
        infeasible = length < len(self.steps)
        cost, starts, resources = self.best(0, self.previous_on, self.previous_practitioner, length)
        return {
            "status": "infeasible" if infeasible else "planned",
            "blocked_at": length + 1 if infeasible else None,
            "why": self.why(length, opened) if infeasible else None,
            "cost": costs(cost),
            "sessions": self.sessions(starts, resources, length),
        }

    def sessions(self, starts, resources, length):
        previous, before, spent = self.previous_on, self.previous_practitioner, (0, 0, 0)
        found = []
        for index, (start, chosen) in enumerate(zip(starts, resources, strict=True)):
            day = self.clock.shows(start).date()
            opens, due, closes = self.window(index, previous)
            step, who = self.steps[index], self.practitioner(chosen)
            end = start + sum(segment["minutes"] for segment in step["segments"])
            found.append({
                "number": index + 1,
                "phase": step["phase"],
                "starts_at": self.clock.aware(start).isoformat(),
                "ends_at": self.clock.aware(end).isoformat(),
                "practitioner": who,
                "resources": {self.resources[n]["kind"]: self.resources[n]["id"] for n in chosen},
                "window": {
                    "opens": opens.isoformat(), "due": due.isoformat(),
                    "closes": closes.isoformat(),
                },
                "days_off_ideal": abs((day - due).days),
                "reason": self.reason(index, day, due, opens),
                "alternatives": self.alternatives(index, previous, before, spent, day, length),
            })  # fmt: skip
            unmet = min(v[3] for v in self.visits(index, day) if v[:2] == (start, chosen))
            changed = int(None not in (who, before) and who != before)
            spent = plus(spent, (abs((day - due).days), unmet, changed))
            previous, before = day, who or before
        return found

    def alternatives(self, index, previous, before, spent, planned_on, length):
        found = []
        for day in self.days(index, previous):
            if day == planned_on:
                continue
            whole = [
                (plus(spent, series[0]), visit[0], visit[1], visit[2])
                for visit in self.visits(index, day)
                if (series := self.series(index, previous, before, length, day, visit))
            ]
            if whole:
                found.append(min(whole, key=lambda one: (one[0], one[1], self.rank(one[3]))))
        best = sorted(found, key=lambda one: one[:2])[:5]
        return [
            {
                "starts_at": self.clock.aware(start).isoformat(),
                "practitioner": who,
                "cost": costs(cost),
            }
            for cost, start, _, who in best
        ]

    def rank(self, practitioner):
        return [one["id"] for one in self.resources].index(practitioner) if practitioner else 0

    def why(self, index, opened):
        if not opened:
            return "window_empty"
        if opened <= self.closed:
            return "closed"
        if not any(self.visits(index, day, even_if_busy=True, require=False) for day in opened):
            return "outside_hours"
        if not any(self.visits(index, day, even_if_busy=True) for day in opened):
            return "require"
        return "all_busy"

    def reason(self, index, day, due, opens):
        if day == due:
            return None
        if due < opens or due > self.until:
            return "due_outside_window"
        if due in self.closed:
            return "due_closed"
        if not self.visits(index, due, even_if_busy=True, require=False):
            return "due_outside_hours"
        if not self.visits(index, due, even_if_busy=True):
            return "due_required_otherwise"
        return "better_in_all" if self.visits(index, due) else "due_full"


def plus(one, other):
    return tuple(a + b for a, b in zip(one, other, strict=True))


def costs(cost):
    return dict(
        zip(("days_off_ideal", "preferences_unmet", "practitioner_changes"), cost, strict=True)
    )


def brute_force(document):
    return BruteForce(document).answer()
