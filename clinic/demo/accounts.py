"""Who may sign in to the demonstration clinic. The password is public: never where patients are."""

from dataclasses import dataclass

from clinic.models import Role, User

PASSWORD = "demonstration-2026"  # noqa: S105 printed by `make run` on purpose


@dataclass(frozen=True)
class Account:
    email: str
    first_name: str
    last_name: str
    role: str
    is_shown: bool = False  # printed when the product starts


ACCOUNTS = (
    Account("reception@demo.test", "Inès", "Carpentier", Role.RECEPTION, is_shown=True),
    Account("praticien@demo.test", "Hélène", "Roux", Role.PRACTITIONER, is_shown=True),
    Account("manager@demo.test", "Bruno", "Delmas", Role.MANAGER, is_shown=True),
    Account("assistant@demo.test", "Maïa", "Etcheverry", Role.ASSISTANT, is_shown=True),
    Account("accueil2@demo.test", "Loïc", "Guéguen", Role.RECEPTION),
    Account("a.benali@demo.test", "Amine", "Benali", Role.PRACTITIONER),
    Account("c.nguyen@demo.test", "Claire", "Nguyễn", Role.PRACTITIONER),
    Account("s.faure@demo.test", "Sandrine", "Faure", Role.PRACTITIONER),
    Account("vincennes@demo.test", "Paul", "Marchetti", Role.PRACTITIONER),
)


def lines() -> list[str]:
    """What `make run` says, where the demonstration clinic is the one that runs."""
    shown = [account for account in ACCOUNTS if account.is_shown]
    if not User.objects.filter(email=shown[0].email, is_active=True).exists():
        return []
    emails = ", ".join(account.email for account in shown)
    return [
        f"Demonstration clinic, nobody in it exists. Sign in as {emails}",
        f"Password: {PASSWORD}",
    ]
