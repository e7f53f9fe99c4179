"""An empty clinic for real use: its name, its zone, its first manager."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from clinic import audit
from clinic.models import Clinic, Role, StaffMember, User
from clinic.models.places import validate_zone
from clinic.serving import preparation

NEXT = """
{clinic} is ready, and empty. Sign in once `make run` (or `manage.py serve`) is up:

  e-mail    {email}
  password  {password}   (change it at once: menu with your name, "Change the password")

Then, under Settings:
  1. Clinics: address, telephone, public holidays, how often appointments start.
  2. Resources: practitioners, rooms and devices, each with its hours.
  3. Users: one for each person, with their role.
  4. Absences and closures; kinds of visit, if consultation and review are not enough.
Read the protocols that you use before you book: a practitioner signs off every number.
"""


class Command(BaseCommand):
    help = "Starts an empty clinic for real use: asks its name, time zone and first manager."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", help="what the clinic is called")
        parser.add_argument("--timezone", help="such as Europe/Paris")
        parser.add_argument("--email", help="of the first manager")

    def handle(self, **options: Any) -> None:
        try:
            preparation.check_data_folder(settings.DATA_DIR)
        except preparation.NotReady as reason:
            raise CommandError(str(reason)) from reason
        preparation.migrate(self.say)
        if Clinic.objects.exists():
            raise CommandError("There is a clinic already: its manager adds others under Settings.")
        name = options["name"] or asked("Name of the clinic")
        zone = options["timezone"] or asked("Time zone", "Europe/Paris")
        email = options["email"] or asked("E-mail of the first manager")
        preparation.load_catalogue()
        clinic, password = start(name.strip(), zone.strip(), email.strip())
        self.stdout.write(NEXT.format(clinic=clinic, email=email, password=password))

    def say(self, line: str) -> None:
        self.stdout.write(f"· {line}")


def asked(question: str, default: str = "") -> str:
    try:
        answer = input(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
    except EOFError:
        answer = default
    if not answer:
        raise CommandError(f"{question}: an answer is needed.")
    return answer


@transaction.atomic
def start(name: str, zone: str, email: str) -> tuple[Clinic, str]:
    clinic = Clinic(name=name, neutral_label=name[:60], timezone=zone)
    try:
        validate_zone(zone)
        validate_email(email)
        clinic.full_clean()
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    if User.objects.filter(email__iexact=email).exists():
        raise CommandError(f"{email} has an account already.")
    clinic.save()
    password = secrets.token_urlsafe(12)
    manager = User.objects.create_user(email, password)
    StaffMember.objects.create(user=manager, clinic=clinic, role=Role.MANAGER)
    audit.record("clinic.start", by=None, now=timezone.now(), clinic=clinic)
    return clinic, password
