"""Default-deny, and pages about patients that no cache keeps."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect

from clinic import current, handover
from clinic.care import access, changing
from clinic.policy import Policy, policy_of
from clinic.portal import visitor as visitors

GetResponse = Callable[[HttpRequest], HttpResponse]


class PolicyMiddleware:
    """Lets a request through to its view only where a policy says so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(None):  # the clinic's zone ends with the request
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        del view, args, kwargs
        policy = policy_of(request.resolver_match) if request.resolver_match else None
        if policy is None:
            raise PermissionDenied
        request.policy = policy  # type: ignore[attr-defined]
        refusal = None if policy.is_public else self._admit(request, policy)
        return refusal or self._by_method(request, policy)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Whoever is outside a patient's care is asked for a reason first; what is another clinic's
        to change is said to be."""
        if isinstance(error, changing.Elsewhere):
            return render(request, "access/elsewhere.html", {"elsewhere": error}, status=403)
        if not isinstance(error, access.OutsideCare):
            return None
        address = reverse("record_access", args=[error.patient.public_id])
        back = page_asked_from(request)
        return whole_page(request, f"{address}?{urlencode({'next': back})}" if back else address)

    def _admit(self, request: HttpRequest, policy: Policy) -> HttpResponse | None:
        if policy.is_for_patients:
            return admit_visitor(request)
        if not request.user.is_authenticated:
            return sign_in_first(request)
        staff = current.staff_member(request)
        if staff is None or staff.role not in policy.roles:
            raise PermissionDenied
        if policy.is_clinical and not access.may_see_records(staff):
            raise PermissionDenied
        request.staff = staff  # type: ignore[attr-defined]
        request.today = staff.clinic.today(now=timezone.now())  # type: ignore[attr-defined]
        timezone.activate(staff.clinic.zone)
        if handover.is_closed(request) and not is_way_back(request):
            return whole_page(request, reverse("take_back"))
        return None

    def _by_method(self, request: HttpRequest, policy: Policy) -> HttpResponse | None:
        """Only the declared methods reach a view; OPTIONS asks for them and shows nothing."""
        if request.method == "OPTIONS":
            return HttpResponse(headers={"Allow": ", ".join(policy.allowed)})
        if request.method not in policy.allowed:
            page = render_to_string("405.html", request=request)
            return HttpResponseNotAllowed(policy.allowed, content=page)
        return None


def admit_visitor(request: HttpRequest) -> HttpResponse | None:
    """Whoever came by a link, in their language; everybody else is told how to come in."""
    now = timezone.now()
    visitor = visitors.of(request, now=now)
    if visitor is None:
        return render(request, "portal/gone.html", status=404)
    request.visitor = visitor  # type: ignore[attr-defined]
    request.today = visitor.clinic.today(now=now)  # type: ignore[attr-defined]
    timezone.activate(visitor.clinic.zone)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(visitor.patient.language)
    return None


def page_asked_from(request: HttpRequest) -> str:
    """The page to come back to: what was sent is not sent again."""
    if request.htmx:  # type: ignore[attr-defined]
        return request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    return request.get_full_path() if request.method == "GET" else ""


def whole_page(request: HttpRequest, address: str) -> HttpResponse:
    """Lead on; a fragment's request leads the whole page on."""
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)  # type: ignore[attr-defined]


def is_way_back(request: HttpRequest) -> bool:
    return bool(request.resolver_match and request.resolver_match.url_name == "take_back")


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """A fragment asked for after the session ended must not be the sign-in page inside a page."""
    if request.htmx:  # type: ignore[attr-defined]
        here = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(redirect_to_login(here).url)
    return redirect_to_login(request.get_full_path())


class PrivatePagesMiddleware:
    """Nothing that a signed-in person or a patient saw stays in a cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if hasattr(request, "staff"):
            response.headers.setdefault("Cache-Control", "no-store, private")
        if is_hushed(request):
            hush(response)
        if hasattr(request, "visitor"):
            keep_visit(request, response)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        return response


def is_hushed(request: HttpRequest) -> bool:
    """Asked of the address: a request that was refused before any policy was read counts too."""
    policy = policy_of(request.resolver_match) if request.resolver_match else None
    return policy is not None and policy.is_hushed


def hush(response: HttpResponse) -> None:
    """Neither the address nor the page goes anywhere else."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"


def keep_visit(request: HttpRequest, response: HttpResponse) -> None:
    """Each page lengthens the visit; one that its patient ended is forgotten."""
    if request.visitor is None:  # type: ignore[attr-defined]
        visitors.forget(response)
    else:
        visitors.remember(response, request.visitor)  # type: ignore[attr-defined]
