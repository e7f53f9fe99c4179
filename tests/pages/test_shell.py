"""The frame around every page: who sees what in it, and that it never breaks."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from clinic.models import Role, StaffMember
from tests.factories import House, at, make_appointment, make_clinic, make_user

# Mail programs read no stylesheet: the two templates of an e-mail carry their styles.
E_MAIL = {"messages/mail.html", "messages/_block.html"}
FOLDER = Path(settings.BASE_DIR / "templates")
TEMPLATES = sorted(
    path for path in FOLDER.rglob("*.html") if str(path.relative_to(FOLDER)) not in E_MAIL
)
INLINE = re.compile(r"""\sstyle=["']|\son[a-z]+=["']|<script(?![^>]*\ssrc=)|javascript:""")
ERROR_PAGES = [
    "400.html",
    "403.html",
    "403_csrf.html",
    "404.html",
    "405.html",
    "429.html",
    "500.html",
]


def headings(text: str) -> list[str]:
    return re.findall(r"<h1\b", text)


def test_a_page_can_be_reached_past_the_bar(desk: Client) -> None:
    text = desk.get("/patients/").text
    assert 'class="skip-link" href="#main"' in text
    assert '<main id="main"' in text
    assert len(headings(text)) == 1
    assert '<html lang="fr">' in text


def test_the_place_one_is_at_is_marked_once(desk: Client) -> None:
    text = desk.get("/patients/").text
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', text) == ["/patients/"]


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.MANAGER, True),
        (Role.RECEPTION, False),
        (Role.PRACTITIONER, False),
        (Role.ASSISTANT, False),
    ],
)
def test_only_managers_see_the_settings(
    house: House, client: Client, role: Role, sees: bool
) -> None:
    client.force_login(make_user(house.clinic, role=role))
    assert ('href="/settings/"' in client.get("/patients/").text) is sees


def test_nobody_signed_in_sees_no_bar(db: None, client: Client) -> None:
    text = client.get("/login/").text
    assert "shell-bar" not in text
    assert len(headings(text)) == 1


def test_a_fragment_asked_for_after_the_session_sends_the_whole_page_to_sign_in(
    db: None, client: Client
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/patients/?page=2"}
    response = client.get("/search/", {"q": "dupont"}, headers=headers)
    assert response.headers["HX-Redirect"] == "/login/?next=/patients/%3Fpage%3D2"
    assert response.text == ""


def test_somebody_without_a_clinic_can_still_sign_out(db: None, client: Client) -> None:
    client.force_login(make_user())
    refused = client.get("/patients/")
    assert refused.status_code == 403
    assert 'action="/logout/"' in refused.text
    client.post("/logout/")
    assert client.get("/patients/").status_code == 302


# --- Language ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_language_is_chosen_by_post_and_kept(desk: Client, language: str) -> None:
    form = {"language": language, "next": "/patients/?q=a"}
    assert desk.post("/language/", form).headers["Location"] == "/patients/?q=a"
    assert f'<html lang="{language}">' in desk.get("/patients/").text


def test_a_get_changes_no_language(desk: Client) -> None:
    assert desk.get("/language/", {"language": "en"}).status_code in {302, 405}
    assert '<html lang="fr">' in desk.get("/patients/").text


# --- Clinics -------------------------------------------------------------------------------------


def test_a_person_of_one_clinic_has_nothing_to_choose(desk: Client) -> None:
    assert 'action="/clinic/"' not in desk.get("/patients/").text


def test_choosing_a_clinic_shows_it_from_then_on(desk: Client, house: House) -> None:
    other = make_clinic(name="Zeta")
    StaffMember.objects.create(user=house.user, clinic=other, role=Role.MANAGER)
    assert desk.get("/patients/").context["clinic"] == house.clinic
    desk.post("/clinic/", {"clinic": other.public_id})
    response = desk.get("/patients/")
    assert response.context["clinic"] == other
    assert 'href="/settings/"' in response.text  # the role there counts


@pytest.mark.parametrize("chosen", ["", "nobody", "\0"])
def test_a_clinic_that_is_not_ones_own_is_not_found(
    desk: Client, house: House, chosen: str
) -> None:
    foreign = make_clinic()
    assert desk.post("/clinic/", {"clinic": chosen}).status_code == 404
    assert desk.post("/clinic/", {"clinic": foreign.public_id}).status_code == 404
    assert desk.get("/patients/").context["clinic"] == house.clinic


def test_choosing_asks_for_a_post_and_says_so_calmly(desk: Client, house: House) -> None:
    answer = desk.get("/clinic/", {"clinic": house.clinic.public_id})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")
    assert answer.templates[0].name == "405.html"


def test_a_message_that_names_a_patient_stands_in_no_cookie(desk: Client, house: House) -> None:
    visit = make_appointment(house, house.patient, "2026-02-27 10:00", "2026-02-27 10:30")
    answer = desk.post(f"/appointments/{visit.public_id}/mark/", {"mark": "fulfilled"})
    assert set(desk.cookies) <= {"clinic", "csrftoken"}
    assert house.patient.name in desk.get(answer.headers["Location"]).text


# --- Time zone -----------------------------------------------------------------------------------


def test_hours_are_the_clinics_and_its_zone_ends_with_the_request(
    client: Client, db, clock
) -> None:
    house = House()
    house.clinic.timezone = "America/Montreal"
    house.clinic.save()
    make_appointment(house, house.patient, "2026-03-10 15:00", "2026-03-10 15:30")
    client.force_login(house.user)
    text = client.get(f"/patients/{house.patient.public_id}/").text
    assert f"{at('2026-03-10 15:00'):%H:%M}" == "15:00"
    assert "10:00" in text  # the clocks in Montréal have already changed
    assert 'data-clinic-zone="America/Montreal"' in text
    assert timezone.get_current_timezone_name() == "UTC"


# --- When something is wrong ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_an_error_page_needs_neither_request_nor_database(
    name: str, db: None, django_assert_num_queries
) -> None:
    with django_assert_num_queries(0):
        text = render_to_string(name)
    assert len(headings(text)) == 1
    assert "Traceback" not in text


def test_an_unknown_address_is_answered_calmly(desk: Client) -> None:
    response = desk.get("/no/such/page/")
    assert response.status_code == 404
    assert len(headings(response.text)) == 1


def test_a_form_open_too_long_is_answered_calmly(house: House) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(house.user)
    response = strict.post("/patients/new/", {"family_name": "Martin"})
    assert response.status_code == 403
    assert len(headings(response.text)) == 1


# --- What the content security policy would refuse -----------------------------------------------


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR))
)
def test_no_template_has_inline_scripts_or_styles(path: Path) -> None:
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color:red">',
        '<a onclick="x()">',
        "<script>x()</script>",
        '<a href="javascript:x">',
    ],
)
def test_an_inline_script_or_style_is_caught(bad: str) -> None:
    assert INLINE.search(bad)
