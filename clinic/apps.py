from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ClinicConfig(AppConfig):
    name = "clinic"

    def ready(self) -> None:
        from clinic import checks  # noqa: F401  registers the system checks


class ClinicAdminConfig(AdminConfig):
    """Django's admin site, for managers only."""

    default_site = "clinic.admin_site.ManagersSite"
