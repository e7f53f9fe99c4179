"""Problems as Hypothesis draws them: small, but with all that makes planning hard."""

from datetime import date, datetime, timedelta

from hypothesis import strategies as st

# Zones, each with dates around which something happens.
DATES = {
    "Europe/Paris": ["2026-03-29", "2026-10-25", "2028-02-29", "2027-12-31"],
    "Indian/Reunion": ["2026-12-31", "2028-02-29"],
    "America/Montreal": ["2026-03-08", "2026-11-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Pacific/Apia": ["2011-12-30"],
    # Clocks that change at midnight, over midnight, or show midnight twice.
    "America/Sao_Paulo": ["2018-02-18", "2018-11-04"],
    "America/Havana": ["2025-11-02"],
    "America/St_Johns": ["2010-11-07"],
}
STAFF = "practitioner"
NEEDS = [[STAFF], [STAFF, "room"], ["room"], [], ["room", "led"], ["led", STAFF, STAFF]]
MINUTES = [5, 7, 10, 15, 20, 30, 45, 60, 90, 240]


def clock(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


def often(likely, strategy):
    """One of a few likely values, or anything the strategy has."""
    return st.one_of(st.sampled_from(likely), st.sampled_from(likely), strategy)


@st.composite
def gaps(draw):
    if draw(st.integers(0, 4)):
        days = sorted(draw(st.lists(st.integers(1, 6), min_size=3, max_size=3)))
        return dict(zip(("min", "ideal", "max"), [f"P{n}D" for n in days], strict=True))
    return draw(
        st.sampled_from(
            [
                {"min": "P1W", "ideal": "P1W", "max": "P9D"},
                {"min": "P27D", "ideal": "P4W", "max": "P1M"},
                {"min": "P1M", "ideal": "P1M", "max": "P32D"},
            ]
        )
    )


segments = st.builds(
    lambda minutes, needs: {"minutes": minutes, "needs": needs},
    st.sampled_from(MINUTES),
    st.sampled_from(NEEDS),
)
steps = st.builds(
    lambda phase, gap, parts: {"phase": phase, "gap": gap, "segments": parts},
    st.sampled_from(["attack", "maintenance"]),
    gaps(),
    st.lists(segments, min_size=1, max_size=3),
)


@st.composite
def hours(draw):
    """A few weekdays with the same hours, and perhaps an odd one: open at night, at odd minutes."""
    begin = draw(often([480, 540], st.integers(0, 1300)))
    end = min(1440, begin + draw(often([120, 600], st.integers(1, 1440))))
    weekdays = draw(st.lists(st.integers(0, 6), min_size=3, max_size=7, unique=True))
    found = [{"weekday": day, "from": clock(begin), "to": clock(end)} for day in weekdays]
    if draw(st.booleans()):
        begin = draw(often([0, 60, 120, 150], st.integers(0, 1438)))
        end = draw(often([1440], st.integers(begin + 1, 1440)))
        found.append({"weekday": draw(st.integers(0, 6)), "from": clock(begin), "to": clock(end)})
    return found


@st.composite
def busy(draw, start):
    midnight = datetime.combine(start, datetime.min.time())
    day, minute = draw(st.integers(-2, 14)), draw(often([0, 120, 540, 720], st.integers(0, 1439)))
    begin = midnight + timedelta(days=day, minutes=minute)
    end = begin + timedelta(minutes=draw(st.sampled_from([0, 7, 30, 75, 300, 700, 3000])))
    suffix = draw(st.sampled_from(["", "", "", "", "Z", "+03:30"]))
    return [begin.isoformat(timespec="minutes") + suffix, end.isoformat() + suffix]


@st.composite
def resources(draw, start):
    found = []
    for kind, most in ((STAFF, 3), ("room", 2), ("led", 1)):
        for number in range(draw(st.integers(1 if kind != "led" else 0, most))):
            identity = f"{kind}-{number}"
            spans = st.lists(busy(start), max_size=8)
            found += [{"id": identity, "kind": kind, "hours": draw(hours()), "busy": draw(spans)}]
    return draw(st.permutations(found))


@st.composite
def wishes(draw, staff):
    return draw(
        st.fixed_dictionaries(
            {},
            optional={
                "weekdays": st.lists(st.integers(0, 6), min_size=1, max_size=6),
                "from": st.sampled_from(["00:00", "02:00", "09:00", "10:05"]),
                "to": st.sampled_from(["02:30", "12:00", "17:00", "24:00"]),
                "practitioner": st.sampled_from(staff),
            },
        )
    )


@st.composite
def problems(draw, max_steps=4):
    zone = draw(st.sampled_from(sorted(DATES)))
    start = date.fromisoformat(draw(st.sampled_from(DATES[zone])))
    start -= timedelta(days=draw(st.integers(0, 6)))
    near = st.integers(-1, 12).map(lambda days: (start + timedelta(days=days)).isoformat())
    found = {
        "timezone": zone,
        "start_on": start.isoformat(),
        "grid_minutes": draw(st.sampled_from([5, 10, 15, 15, 30, 60, 90, 7])),
        "first_within_days": draw(st.integers(0, 7)),
        "steps": draw(st.lists(steps, min_size=0, max_size=max_steps)),
        "resources": draw(resources(start)),
        "closed_on": draw(st.lists(near, max_size=3)),
    }
    staff = [one["id"] for one in found["resources"] if one["kind"] == STAFF]
    if draw(st.booleans()):
        ago = timedelta(days=draw(st.integers(-2, 5)))
        found["previous_on"] = (start - ago).isoformat()
    if draw(st.booleans()):
        found["previous_practitioner"] = draw(st.sampled_from([*staff, "gone"]))
    if not draw(st.integers(0, 3)):
        found["until"] = draw(near)
    if not draw(st.integers(0, 3)):
        found["require"] = draw(wishes(staff))
    if draw(st.booleans()):
        found["prefer"] = draw(wishes(staff))
    return found
