"""An empty clinic for real use."""

import io

import pytest
from django.core.management import CommandError, call_command

from clinic.models import Clinic, Role, User, VisitType


@pytest.mark.django_db
def test_start_clinic_makes_one_manager_who_can_sign_in():
    out = io.StringIO()
    call_command(
        "start_clinic",
        name="Cabinet du Port",
        timezone="Europe/Paris",
        email="chef@example.test",
        stdout=out,
    )
    manager = User.objects.get()
    word = next(line for line in out.getvalue().splitlines() if "password" in line).split()[1]
    assert manager.check_password(word)
    assert manager.staff_members.get().role == Role.MANAGER
    assert list(VisitType.objects.values_list("name_fr", "minutes")) == [
        ("Consultation", 30),
        ("Contrôle", 15),
    ]
    with pytest.raises(CommandError, match="already"):
        call_command("start_clinic", name="Autre", timezone="UTC", email="x@example.test")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "zone", "email"),
    [("C", "Paris", "a@example.test"), ("C", "UTC", "nobody"), ("C" * 200, "UTC", "a@b.test")],
)
def test_start_clinic_with_what_cannot_be_says_so(name, zone, email):
    with pytest.raises(CommandError):
        call_command("start_clinic", name=name, timezone=zone, email=email, stdout=io.StringIO())
    assert not Clinic.objects.exists()


@pytest.mark.django_db
def test_start_clinic_makes_the_folder_for_its_data(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "var"
    call_command(
        "start_clinic",
        name="Cabinet du Port",
        timezone="Europe/Paris",
        email="chef@example.test",
        stdout=io.StringIO(),
    )
    assert settings.DATA_DIR.is_dir()


@pytest.mark.django_db
def test_start_clinic_where_nothing_can_be_written_says_so(settings, tmp_path):
    (tmp_path / "var").write_text("a file where the folder should be")
    settings.DATA_DIR = tmp_path / "var"
    with pytest.raises(CommandError, match="DATA_DIR"):
        call_command("start_clinic", name="C", timezone="UTC", email="a@example.test")
