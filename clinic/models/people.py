"""Who works here, and in which role at which clinic."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Whoever acts on a patient's own page, see `clinic.portal.actor`; nobody can sign in with it.
THE_PATIENT = "patient@portal.invalid"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Somebody who signs in with an e-mail address. What they may do is on `StaffMember`."""

    email = models.EmailField(_("e-mail"), unique=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Unticked: can no longer sign in; nothing is lost.")
    )
    link: int | None = None  # no column: the key of the patient's link by which this act came

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering: ClassVar = ["last_name", "first_name", "email"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="clinic_user_email_once_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        if self.email == THE_PATIENT:
            return gettext("the patient, online")
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def get_short_name(self) -> str:
        return self.first_name or self.email

    # What Django's admin site asks. Nothing else does: pages ask `clinic.policy`.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.staff_members.filter(role=Role.MANAGER).exists()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        del perm, obj
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        del app_label
        return self.is_staff


class Role(models.TextChoices):
    RECEPTION = "reception", _("Reception")
    ASSISTANT = "assistant", _("Assistant")
    PRACTITIONER = "practitioner", _("Practitioner")
    MANAGER = "manager", _("Manager")


class StaffMember(models.Model):
    """One user's role at one clinic."""

    user = models.ForeignKey(User, models.PROTECT, related_name="staff_members")
    clinic = models.ForeignKey("clinic.Clinic", models.PROTECT, related_name="staff_members")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff members")
        ordering: ClassVar = ["clinic", "user"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "clinic"], name="clinic_staffmember_one_role"),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="clinic_staffmember_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.clinic}"
