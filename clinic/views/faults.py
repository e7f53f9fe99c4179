"""What is said when a page cannot be shown: to patients as patients, who have no sign-in."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import page_not_found

OF_PATIENTS = ("/my/", "/r/", "/cal/", "/leaflet/")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 Django's
    """A form that was open too long, or that another site sent. Nothing was changed."""
    return of(request, "403_csrf.html", "portal/expired.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path.startswith(OF_PATIENTS):
        return page_not_found(request, exception)
    return of(request, "404.html", "portal/absent.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return of(request, "500.html", "portal/broken.html", status=500)


def of(request: HttpRequest, for_staff: str, for_patients: str, *, status: int) -> HttpResponse:
    """Without anything that asks the database: perhaps that is what broke."""
    if not request.path.startswith(OF_PATIENTS):
        return HttpResponse(render_to_string(for_staff), status=status)
    page = render_to_string(for_patients, {"again": start_of(request.path)})
    return HttpResponse(page, status=status)


def start_of(path: str) -> str:
    """Where a patient goes on: their page, or the leaflet of the clinic."""
    first, _slash, rest = path.removeprefix("/").partition("/")
    return f"/{first}/{rest.partition('/')[0]}/" if first == "leaflet" else "/my/"
