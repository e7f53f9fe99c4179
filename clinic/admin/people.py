"""Users and their roles."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.admin.views import AuditedAdmin, managed, plain_choice
from clinic.models import Role, StaffMember, User


class UserForm(forms.ModelForm):
    new_password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "Leave it empty to keep the present one. A new one ends that person’s open sessions."
        ),
    )

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "is_active")

    acting: User  # set by the admin: who is filling in the form

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        same = User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk)
        if same.exists():
            raise ValidationError(_("Somebody has an account with this address already."))
        return email

    def clean_new_password(self) -> str:
        password = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        elif not self.instance.pk:
            raise ValidationError(_("Give a first password; the person changes it afterwards."))
        return password

    def clean_is_active(self) -> bool:
        is_active = self.cleaned_data["is_active"]
        if not is_active and self.instance == self.acting:
            raise ValidationError(
                _("You cannot lock yourself out. Another manager can take you out of use.")
            )
        return is_active

    def save(self, commit: bool = True) -> User:
        if password := self.cleaned_data.get("new_password"):
            self.instance.set_password(password)
        return super().save(commit)


class AccountOfOthersForm(UserForm):
    """Without what the account opens elsewhere; `ACCOUNT` is shown and cannot be changed."""

    new_password = None  # type: ignore[assignment]  # Django's way to leave out a field


class StaffFormSet(forms.BaseInlineFormSet):
    acting: User

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or self.instance != self.acting:
            return
        kept = [form for form in self.initial_forms + self.extra_forms if self._stays(form)]
        if not any(form.cleaned_data["role"] == Role.MANAGER for form in kept):
            raise ValidationError(
                _("You would no longer manage any clinic. Another manager can change your role.")
            )

    def _stays(self, form: forms.ModelForm) -> bool:
        return bool(form.cleaned_data.get("role")) and not form.cleaned_data.get("DELETE")


class StaffInline(admin.TabularInline):
    model = StaffMember
    formset = StaffFormSet
    extra = 0
    min_num = 0
    verbose_name = gettext_lazy("role at a clinic")
    verbose_name_plural = gettext_lazy("roles at clinics")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffMember]:
        return super().get_queryset(request).filter(clinic__in=managed(request.user))  # type: ignore[arg-type]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.acting = request.user  # type: ignore[attr-defined]
        return formset

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "clinic":
            kwargs["queryset"] = managed(request.user)  # type: ignore[arg-type]
            kwargs["label"] = _("clinic")  # a key has the name of its field, in no language
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


ACCOUNT = ("email", "first_name", "last_name", "is_active")


@admin.register(User)
class UserAdmin(AuditedAdmin):
    """Colleagues at the clinics that the manager manages, and people without any clinic yet.

    Of somebody who also works where the manager does not, the manager changes the role here only:
    with a new password or address one could enter that other clinic as that person.
    """

    form = UserForm
    inlines = (StaffInline,)
    list_display = ("__str__", "email", "roles", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("email", "first_name", "last_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows = super().get_queryset(request).prefetch_related("staff_members__clinic")
        own = rows.filter(staff_members__clinic__in=managed(request.user))  # type: ignore[arg-type]
        return (own | rows.filter(staff_members=None)).distinct()

    def get_form(
        self,
        request: HttpRequest,
        obj: Any | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[forms.ModelForm]:
        if self.works_elsewhere(request, obj):
            kwargs["form"] = AccountOfOthersForm
        form = super().get_form(request, obj, change, **kwargs)
        form.acting = request.user  # type: ignore[attr-defined]
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ACCOUNT if self.works_elsewhere(request, obj) else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self.works_elsewhere(request, obj):
            return super().get_fieldsets(request, obj)
        why = _("Also works at a clinic that you do not manage: here only the role can change.")
        return ((None, {"fields": ACCOUNT, "description": why}),)

    def works_elsewhere(self, request: HttpRequest, user: User | None) -> bool:
        if user is None or user == request.user:
            return False
        managed_here = managed(request.user)  # type: ignore[arg-type]
        return user.staff_members.exclude(clinic__in=managed_here).exists()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """No filter by hash: its first letters could be guessed one by one."""
        return "password" not in lookup and super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(f"{m.get_role_display()} ({m.clinic})" for m in user.staff_members.all())
