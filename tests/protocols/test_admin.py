"""Managers edit drafts in the admin site, under the same rules."""

import pytest
from django.contrib import admin
from django.test import Client

from clinic.models import Role
from protocols import editing
from protocols.models import Protocol, Segment, Step
from tests.factories import make_clinic, make_user
from tests.protocols.making import make_draft, make_protocol, make_question

pytestmark = pytest.mark.django_db

LIST = "/settings/protocols/protocol/"


@pytest.fixture
def manager() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        make_user(make_clinic(), Role.MANAGER, email="chef@example.test"),
    )
    return client


def act(client: Client, action: str, *rows: Protocol) -> list[str]:
    """The messages that the manager reads afterwards."""
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    response = client.post(LIST, data, follow=True)
    return [str(message) for message in response.context["messages"]]


def fields(client: Client, address: str) -> dict[str, object]:
    """What the page's forms hold, as a browser would send it back."""
    context = client.get(address).context
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.initial_forms]
    sent = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                sent[bound.html_name] = value
    return sent


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.ASSISTANT, Role.PRACTITIONER])
def test_nobody_but_managers_gets_in(role: str) -> None:
    client = Client()
    client.force_login(make_user(make_clinic(), role))
    assert client.get(LIST).status_code in {302, 403}


def test_a_draft_is_edited(manager: Client) -> None:
    draft = make_draft(slug="a")
    address = f"{LIST}{draft.pk}/change/"
    response = manager.post(address, fields(manager, address) | {"name_fr": "Nouveau nom"})
    assert response.status_code == 302, response.context["errors"]
    draft.refresh_from_db()
    assert draft.name_fr == "Nouveau nom"
    assert draft.steps.count() == 2


def test_a_gap_that_is_not_well_formed_is_refused_at_its_field(manager: Client) -> None:
    draft = make_draft(slug="a")
    address = f"{LIST}{draft.pk}/change/"
    response = manager.post(address, fields(manager, address) | {"steps-1-gap_ideal": "P9W"})
    assert response.status_code == 200
    errors = [formset.formset.errors for formset in response.context["inline_admin_formsets"]]
    assert [error for formset in errors for error in formset if error] == [
        {"gap_ideal": ["expected ideal <= max on any date, but P9W may pass P8D"]}
    ]


def test_the_segments_of_a_step_are_edited_with_what_they_need(manager: Client) -> None:
    step = make_draft(segments=[(20, ("practitioner", "room"))]).steps.all()[0]
    room = step.segments.get().needs.get(code="room")
    address = f"/settings/protocols/step/{step.pk}/change/"
    sent = fields(manager, address) | {"segments-0-minutes": 25, "segments-0-needs": [room.pk]}
    assert manager.post(address, sent).status_code == 302
    segment = step.segments.get()
    assert (segment.minutes, [kind.code for kind in segment.needs.all()]) == (25, ["room"])


def test_a_published_version_is_only_shown(manager: Client) -> None:
    protocol = make_protocol(slug="a")
    step = protocol.steps.all()[0]
    for address in (f"{LIST}{protocol.pk}/change/", f"/settings/protocols/step/{step.pk}/change/"):
        response = manager.get(address)
        assert response.status_code == 200
        assert 'name="_save"' not in response.content.decode()
        assert manager.post(address, {"name_fr": "Nouveau nom"}).status_code == 403
    assert manager.post(f"{LIST}{protocol.pk}/delete/", {"post": "yes"}).status_code == 403
    protocol.refresh_from_db()
    assert (protocol.name_fr, Step.objects.count(), Segment.objects.count()) == ("a", 2, 2)


def test_publish_from_the_list(manager: Client) -> None:
    draft = make_draft(slug="a")
    assert act(manager, "publish_drafts", draft) == ["a (v1) is published."]
    draft.refresh_from_db()
    assert draft.status == "active"
    assert draft.published_by != ""


def test_publish_shows_what_stands_in_the_way(manager: Client) -> None:
    draft = make_draft(slug="a")
    draft.steps.get(number=2).segments.all().delete()
    assert act(manager, "publish_drafts", draft) == ["a (v1): Step 2 has no segment."]
    assert "Step 2 has no segment." in manager.get(f"{LIST}{draft.pk}/change/").content.decode()


def test_revise_and_retire_from_the_list(manager: Client) -> None:
    protocol = make_protocol(slug="a")
    assert act(manager, "revise_versions", protocol) == ["The draft a (v2) is open."]
    assert act(manager, "retire_versions", protocol) == ["a (v1) is retired."]
    assert act(manager, "retire_versions", protocol) == [
        "a (v1): Only a version in use is retired."
    ]
    assert list(Protocol.objects.values_list("version", "status").order_by("version")) == [
        (1, "retired"),
        (2, "draft"),
    ]


def test_a_draft_is_deleted(manager: Client) -> None:
    draft = editing.revise(make_protocol(slug="a"), by="me")
    response = manager.post(f"{LIST}{draft.pk}/delete/", {"post": "yes"})
    assert response.status_code == 302
    assert list(Protocol.objects.values_list("version", flat=True)) == [1]


def test_deleting_from_the_list_takes_drafts_alone(manager: Client) -> None:
    protocol = make_protocol(slug="a")
    draft = editing.revise(protocol, by="me")
    data = {
        "action": "delete_selected",
        "_selected_action": [protocol.pk, draft.pk],
        "post": "yes",
    }
    manager.post(LIST, data)
    assert list(Protocol.objects.all()) == [protocol]


def test_every_model_a_manager_may_need_has_a_page(manager: Client) -> None:
    shown = {model._meta.model_name for model in admin.site._registry}
    assert {
        "protocol", "step", "source", "indication", "contraindication", "zone", "product",
        "resourcekind",
    } <= shown  # fmt: skip
    for name in ("source", "product", "resourcekind", "protocol"):
        assert manager.get(f"/settings/protocols/{name}/").status_code == 200
        assert manager.get(f"/settings/protocols/{name}/add/").status_code == 200


QUESTIONS = "/settings/protocols/contraindication/"
LINES = "!aspirin | De l’aspirine | Aspirin\nnone | Rien | Nothing"


def test_the_answers_of_a_list_are_written_one_a_line(manager: Client) -> None:
    question = make_question(make_draft(), "blood-thinner", answer_type="boolean")
    address = f"{QUESTIONS}{question.pk}/change/"
    sent = fields(manager, address) | {"answer_type": "choice", "options": LINES}
    assert manager.post(address, sent).status_code == 302
    question.refresh_from_db()
    assert question.options == [
        {"code": "aspirin", "fr": "De l’aspirine", "en": "Aspirin", "raises": True},
        {"code": "none", "fr": "Rien", "en": "Nothing", "raises": False},
    ]
    assert fields(manager, address)["options"] == LINES


@pytest.mark.parametrize(
    ("answer_type", "options", "error"),
    [
        ("choice", "", "A list has at least one answer, and no code twice."),
        ("choice", "a | A | A\na | B | B", "A list has at least one answer, and no code twice."),
        ("choice", "aspirin", "Each answer has a code, a text in French and one in English."),
        ("choice", "a,b | A | A", "Each answer has a code, a text in French and one in English."),
        ("boolean", "a | A | A", "Only a list has answers to choose from."),
    ],
)
def test_a_list_that_is_not_well_formed_is_refused_at_its_field(
    manager: Client, answer_type: str, options: str, error: str
) -> None:
    question = make_question(make_draft(), "blood-thinner")
    address = f"{QUESTIONS}{question.pk}/change/"
    sent = fields(manager, address) | {"answer_type": answer_type, "options": options}
    response = manager.post(address, sent)
    assert response.context["adminform"].form.errors == {"options": [error]}
