"""Who may use which page: default-deny.

Every view says it beside itself:

    @policy(roles=STAFF, methods=("GET", "POST"))
    def patient(request, public_id): …

A view without a policy is refused by `clinic.middleware.PolicyMiddleware` and fails the system
check in `clinic.checks`. Views of other packages stand in `FOREIGN_POLICIES`, by route name. What
each role gets on each route is written once more, by hand, in `tests/pages/policy_table.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.urls import ResolverMatch

from clinic.models.people import Role

ANYONE = frozenset({"anyone"})
STAFF = frozenset({Role.RECEPTION, Role.ASSISTANT, Role.PRACTITIONER, Role.MANAGER})
MANAGERS = frozenset({Role.MANAGER})
# Who reads and writes records; assistants only where their clinic grants it (`clinic.care.access`).
CLINICAL = frozenset({Role.PRACTITIONER, Role.ASSISTANT})
PRACTITIONERS = frozenset({Role.PRACTITIONER})
# Nobody who signs in: whoever came by a link of a message, see `clinic.portal.visitor`.
PATIENT = frozenset({"patient"})

READING = ("GET",)
WRITING = ("POST",)
FORM = ("GET", "POST")


@dataclass(frozen=True)
class Policy:
    """`roles` who may; `patient_data`: the page shows a patient, so it is never cached.

    `keyed`: its address holds a key, which must reach nobody else.
    """

    roles: frozenset[str]
    methods: tuple[str, ...] = READING
    patient_data: bool = False
    keyed: bool = False

    @property
    def allowed(self) -> tuple[str, ...]:
        """What is let through, HEAD with GET."""
        return (*self.methods, *(("HEAD",) if "GET" in self.methods else ()), "OPTIONS")

    @property
    def is_clinical(self) -> bool:
        """Nobody but those who treat: an assistant's clinic must grant it too."""
        return self.roles <= CLINICAL

    @property
    def is_public(self) -> bool:
        return self.roles == ANYONE

    @property
    def is_for_patients(self) -> bool:
        return self.roles == PATIENT

    @property
    def is_hushed(self) -> bool:
        """No cache, no search engine and no other site learns of it."""
        return self.is_for_patients or self.keyed


View = TypeVar("View", bound=Callable[..., object])


def policy(
    *,
    roles: frozenset[str],
    methods: tuple[str, ...] = READING,
    patient_data: bool = False,
    keyed: bool = False,
) -> Callable[[View], View]:
    """Declare a view's policy beside it."""

    def declare(view: View) -> View:
        view.policy = Policy(roles, methods, patient_data, keyed)  # type: ignore[attr-defined]
        return view

    return declare


FOREIGN_POLICIES = {
    "account_login": Policy(ANYONE, FORM),
    "account_logout": Policy(ANYONE, FORM),  # also for somebody who has no clinic any more
    "account_reset_password": Policy(ANYONE, FORM),
    "account_reset_password_done": Policy(ANYONE),
    "account_reset_password_from_key": Policy(ANYONE, FORM),
    "account_reset_password_from_key_done": Policy(ANYONE),
    "account_change_password": Policy(STAFF, FORM),
    "set_language": Policy(ANYONE, WRITING),
}
ADMIN_POLICY = Policy(MANAGERS, FORM, patient_data=True)


def policy_of(match: ResolverMatch) -> Policy | None:
    """The policy of the view that a request resolved to; None where nobody declared one."""
    if match.app_name == "admin":
        return ADMIN_POLICY
    declared = getattr(match.func, "policy", None)
    return declared or FOREIGN_POLICIES.get(match.view_name)
