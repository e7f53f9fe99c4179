"""A patient's series with all that their papers name."""

from django.db.models import Prefetch, QuerySet

from clinic.models import Appointment, Hold
from patients.models import Patient, Series, TreatmentSession


def loaded(patient: Patient) -> QuerySet[Series]:
    """A fixed number of queries, however long the series."""
    holds = Prefetch("holds", Hold.objects.select_related("resource__kind"))
    appointments = Appointment.objects.select_related("clinic").prefetch_related(holds)
    sessions = (
        TreatmentSession.objects.select_related("step__phase")
        .prefetch_related(Prefetch("appointments", appointments.order_by("booked_at")))
        .order_by("number")
    )
    return (
        Series.objects.filter(patient=patient)
        .select_related("patient", "protocol")
        .prefetch_related(Prefetch("sessions", sessions), "protocol__indications")
    )


def attempts_of(series: Series) -> list[Appointment]:
    every = [a for session in series.sessions.all() for a in session.appointments.all()]
    return sorted(every, key=lambda appointment: (appointment.starts_at, appointment.pk))
