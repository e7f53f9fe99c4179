"""A protocol's own rows stand in place of the general rules: each figure is a new version away."""

import pytest

from protocols import editing, leaflet
from protocols.leaflet import Level
from protocols.models import AlertSign, ExpectedReaction, Protocol
from tests.protocols.making import NOW, make_draft, make_source


def of(slug: str) -> leaflet.Rules:
    found = leaflet.with_leaflet(Protocol.objects.bookable()).get(slug=slug)
    return leaflet.of_protocol(found)


def told(rules: leaflet.Rules, *symptoms: str, hours: int, zone: str = "") -> list[str]:
    return [one.rule for one in leaflet.look_up(rules, symptoms, hours, zone=zone)]


def revised(slug: str, model: type, topic: str, **fields: object) -> leaflet.Rules:
    """The figure of one row changed in a new version, by whoever may."""
    draft = editing.revise(Protocol.objects.bookable().get(slug=slug), by="the test")
    model._default_manager.filter(protocol=draft, topic=topic).update(**fields)
    assert editing.publish(draft, by="the test", now=NOW) == []
    return of(slug)


def test_the_shipped_skin_protocol_says_what_the_general_leaflet_says(shipped) -> None:
    rules, general = of("rejuvenation"), leaflet.general()
    assert rules.reactions == general.reactions
    assert rules.alerts == general.alerts


def test_a_new_version_changes_each_figure(shipped) -> None:
    rules = revised("rejuvenation", ExpectedReaction, "redness", hours_min=12, hours_max=36)
    assert told(rules, "redness", hours=36) == ["E1"]
    assert told(rules, "redness", hours=37) == ["D"]
    # The figure for sensitive skin was that of the page; another figure is meant for every skin.
    assert leaflet.look_up(rules, {"redness"}, 37, is_sensitive=True)[0].level == Level.CONTACT
    found = leaflet.recovery(rules, {"redness"}, is_sensitive=True)
    assert (found.least, found.most) == (12, 36)


def test_a_new_version_changes_from_when_on_a_sign_alarms(shipped) -> None:
    draft = editing.revise(Protocol.objects.bookable().get(slug="skin-quality"), by="the test")
    AlertSign.objects.filter(protocol=draft, urgency="check").update(after_hours=120)
    assert editing.publish(draft, by="the test", now=NOW) == []
    rules = of("skin-quality")
    assert told(rules, "nodule", hours=120) == ["W1"]
    assert told(rules, "nodule", hours=121) == ["A4"]


def test_no_version_takes_an_alert_sign_away(db: None) -> None:
    draft = make_draft(slug="bare")
    ExpectedReaction.objects.create(
        protocol=draft, topic="redness", hours_max=10, text_fr="Rougeur", source=make_source()
    )
    assert editing.publish(draft, by="the test", now=NOW) == []
    rules = of("bare")
    assert told(rules, "redness", "pus", "intense_redness", hours=1) == ["A1"]
    assert [alert.rule for alert in rules.alerts] == ["A0", "A1", "A2", "A3", "A4"]


def test_what_a_protocol_does_not_list_is_for_the_clinic_to_say(shipped) -> None:
    rules = of("laser-hair-removal")
    assert told(rules, "redness", hours=1) == ["D"]
    assert leaflet.recovery(rules, {"redness"}).parts[0].said is None


def test_a_protocols_own_alert_sign_is_said(shipped) -> None:
    assert told(of("laser-hair-removal"), "rising_pain", "redness", hours=1) == ["P"]
    # An abscess that stays: no delay is given, so it is said from the first hour on.
    assert told(of("pain-locomotor"), "nodule", hours=1) == ["P"]


def test_one_sentence_may_speak_of_several_reactions(shipped) -> None:
    """The page on pain gives “a few days” for bruise, pain and redness; the general limits hold."""
    rules = of("pain-locomotor")
    for code, limit in (("bruise", 168), ("pain", 48), ("redness", 48)):
        (said,) = leaflet.look_up(rules, {code}, limit)
        assert (said.level, said.cited[0].code) == (Level.EXPECTED, "user-004"), code
        assert [note.cited.is_ours for note in said.notes] == [True]
        assert told(rules, code, hours=limit + 1)[0] == "D"
    assert leaflet.recovery(rules, {"bruise"}).most is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_rules_of_many_protocols_are_five_queries(
    shipped, rows: int, django_assert_num_queries
) -> None:
    with django_assert_num_queries(9):
        for protocol in leaflet.with_leaflet(Protocol.objects.bookable())[:rows]:
            leaflet.of_protocol(protocol)
