"""What a manager sends, and what the page answers."""

import datetime as dt

from django.utils import timezone

from clinic.models import (
    Appointment,
    Hold,
)
from clinic.moments import to_minute
from tests.factories import (
    PARIS,
    House,
    make_patient,
    make_visit_type,
)


def errors(response) -> dict[str, list[str]]:
    """The field errors of the first row of hours, or of the form."""
    context = response.context
    rows = [form.errors for group in context["inline_admin_formsets"] for form in group.formset]
    return context["adminform"].form.errors or next((row for row in rows if row), {})


def book_ahead(house: House, weeks: int = 2) -> Appointment:
    """A visit on a weekday some weeks from now, 10:00 to 10:30 in Paris."""
    today = timezone.now().astimezone(PARIS).date()
    on = today + dt.timedelta(weeks=weeks, days=-today.weekday())
    start = dt.datetime.combine(on, dt.time(10), PARIS)
    end = start + dt.timedelta(minutes=30)
    visit = Appointment.objects.create(
        clinic=house.clinic,
        patient=make_patient("Absente"),
        visit_type=make_visit_type(),
        starts_at=start,
        ends_at=end,
        booked_at=timezone.now(),
        booked_by=house.user,
        changed_at=timezone.now(),
        changed_by=house.user,
    )
    Hold.objects.create(
        appointment=visit,
        resource=house.practitioner,
        starts=to_minute(start),
        ends=to_minute(end),
    )
    return visit
