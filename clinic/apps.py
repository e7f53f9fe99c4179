from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = _("Clinic")

    def ready(self) -> None:
        from clinic import checks  # noqa: F401  registers the system checks


class ClinicAdminConfig(AdminConfig):
    """Django's admin site, for managers only."""

    default_site = "clinic.admin_site.ManagersSite"
