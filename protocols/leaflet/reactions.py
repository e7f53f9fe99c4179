"""What the leaflet says about what was ticked, so many hours after the session.

It repeats sentences; it judges nobody. Alert signs come first, and where there is one nothing else
is said: not what is usual, nor what may help.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from protocols.leaflet import rules as leaflet
from protocols.leaflet.cited import Cited, Stated
from protocols.leaflet.rules import EMERGENCY, Alert, Reaction, Rules
from protocols.models import AlertSign
from protocols.translated import Translated


class Level(StrEnum):
    """In the order in which sentences are said."""

    URGENT = "urgent"
    CONTACT = "contact"
    WATCH = "watch"
    EXPECTED = "expected"


ORDER = list(Level)
URGENT = {AlertSign.Urgency.EMERGENCY.value, AlertSign.Urgency.URGENT.value}


@dataclass(frozen=True)
class Said:
    """One sentence, about the codes in `signs`. `others` is what other pages say on the same."""

    rule: str
    level: Level
    text_fr: str
    text_en: str
    cited: tuple[Cited, ...]
    signs: tuple[str, ...]
    is_alert: bool = False
    is_emergency: bool = False
    notes: tuple[Stated, ...] = ()
    others: tuple[Stated, ...] = ()

    text = Translated("text")


def look_up(
    rules: Rules,
    symptoms: Collection[str],
    hours_since: int,
    *,
    is_sensitive: bool = False,
    is_thin_or_anticoagulant: bool = False,
    zone: str = "",
    has_ha: bool = False,
) -> tuple[Said, ...]:
    """Something about everything that was ticked; with an alert sign, the alerts alone."""
    ticked = frozenset(symptoms)
    alerts = tuple(_alerts(rules, ticked, hours_since, has_ha=has_ha))
    if alerts:
        return alerts
    said: list[Said] = []
    for code, topic in ((one.code, one.topic) for one in leaflet.symptoms()):
        if code not in ticked:
            continue
        if topic == "nodule":
            said.append(_of_nodule(hours_since))
            continue
        found = [one for one in rules.reactions.get(topic, ()) if one.is_in(zone)]
        said += _of_reaction(rules, code, found, hours_since, is_sensitive=is_sensitive)
    if is_thin_or_anticoagulant:
        said = [_with_note(one, "thin", "bruise") for one in said]
    return tuple(sorted(said, key=lambda one: ORDER.index(one.level)))


# --- Alert signs ---------------------------------------------------------------------------------


def _alerts(rules: Rules, ticked: frozenset[str], hours: int, *, has_ha: bool) -> Iterator[Said]:
    told: set[str] = set()
    for alert in rules.alerts:
        if _holds(alert, ticked, hours):
            told |= alert.signs & ticked
            yield _alarm(alert, ticked, has_ha=has_ha)
    codes = [sign.code for sign in leaflet.alert_signs()]
    alone = tuple(code for code in codes if code in ticked - told)
    if alone:
        yield _said("alone", Level.CONTACT, alone, is_alert=True)


def _holds(alert: Alert, ticked: frozenset[str], hours: int) -> bool:
    if alert.after_hours is not None and hours <= alert.after_hours:
        return False
    return alert.all <= ticked and bool(alert.any & ticked)


def _alarm(alert: Alert, ticked: frozenset[str], *, has_ha: bool) -> Said:
    with_filler = has_ha and alert.rule == leaflet.shipped()["filler"]["rule"]
    return Said(
        alert.rule,
        Level.URGENT if alert.urgency in URGENT else Level.CONTACT,
        alert.said.text_fr,
        alert.said.text_en,
        (alert.said.cited,),
        _in_order(alert.signs & ticked),
        is_alert=True,
        is_emergency=alert.urgency == EMERGENCY,
        notes=(leaflet.stated("filler"),) if with_filler else (),
    )


def _in_order(codes: frozenset[str]) -> tuple[str, ...]:
    every = (*leaflet.alert_signs(), *leaflet.symptoms())
    return tuple(one.code for one in every if one.code in codes)


# --- What usually happens ------------------------------------------------------------------------


def _of_nodule(hours: int) -> Said:
    """No page says what a nodule of the first days is; past a week it is an alert sign."""
    until = leaflet.week_of_nodules()
    if leaflet.shipped()["massage_from"] <= hours <= until:
        return _said("massage", Level.WATCH, ("nodule",))
    return _said("unlisted", Level.CONTACT, ("nodule",))


def _of_reaction(
    rules: Rules, code: str, found: list[Reaction], hours: int, *, is_sensitive: bool
) -> Iterator[Said]:
    """The strictest of the pages counts, and what the others say stands beside it."""
    is_over = any(hours > one.limit_for(is_sensitive=is_sensitive) for one in found)
    others = _others(rules, found)
    if is_over:
        yield _said("past", Level.CONTACT, (code,), others=(found[0].said, *others))
    elif found:
        yield _usual(code, found[0], others)
    elif code != "pain" or hours > leaflet.pain_hours():
        yield _said("unlisted", Level.CONTACT, (code,))
    if code == "pain" and (is_over or not found):
        yield _said("soothing", Level.WATCH, (code,))


def _usual(code: str, reaction: Reaction, others: tuple[Stated, ...]) -> Said:
    said = reaction.said
    notes = (reaction.limit_said,) if reaction.limit_said else ()
    return Said(
        RULES_OF_TOPICS.get(reaction.topic, "E"),
        Level.EXPECTED,
        said.text_fr,
        said.text_en,
        (said.cited,),
        (code,),
        notes=notes,
        others=others,
    )


RULES_OF_TOPICS = {
    "redness": "E1",
    "swelling": "E2",
    "papules": "E3",
    "bruise": "E4",
    "tingling": "E5",
    "pain": "E6",
}


def _others(rules: Rules, found: list[Reaction]) -> tuple[Stated, ...]:
    """What is said on the same topic elsewhere than in the strictest sentence."""
    if not found:
        return ()
    values = rules.values.get(found[0].topic, ())
    pages = [one.said for one in found[1:]] + list(values)
    return tuple(page for page in pages if page.cited != found[0].said.cited)


def _with_note(said: Said, name: str, code: str) -> Said:
    if code not in said.signs or said.level != Level.EXPECTED:
        return said
    return replace(said, notes=(leaflet.stated(name), *said.notes))


def _said(
    name: str,
    level: Level,
    signs: tuple[str, ...],
    *,
    is_alert: bool = False,
    others: tuple[Stated, ...] = (),
) -> Said:
    """A sentence of `rules.toml`."""
    said, rule = leaflet.stated(name), leaflet.shipped()[name]["rule"]
    cited = (said.cited,)
    return Said(
        rule, level, said.text_fr, said.text_en, cited, signs, is_alert=is_alert, others=others
    )
