"""`{% load states %}{% state appointment %}`: the badge of an appointment, session or series."""

from django import template

from clinic import states
from clinic.models import Appointment, Message
from patients.models import Series, TreatmentSession

register = template.Library()

Shown = Appointment | TreatmentSession | Series | Message | states.State


@register.inclusion_tag("_state.html")
def state(thing: Shown) -> dict[str, states.State]:
    return {"state": state_of(thing)}


@register.filter
def state_of(thing: Shown) -> states.State:
    """For an SVG or a class: `{{ appointment|state_of }}` gives code, icon and word."""
    if isinstance(thing, Appointment):
        return states.of_appointment(thing)
    if isinstance(thing, Message):
        return states.of_message(thing)
    if isinstance(thing, TreatmentSession):
        return states.of_session(thing)
    return states.of_series(thing) if isinstance(thing, Series) else thing


@register.inclusion_tag("_state.html")
def past_state(appointment: Appointment) -> dict[str, states.State]:
    """Of a visit whose hour is over: nobody said yet whether the patient came."""
    return {"state": states.TO_CLOSE if appointment.is_open else states.of_appointment(appointment)}


@register.inclusion_tag("_state.html")
def deviation() -> dict[str, states.State]:
    """Beside a session that stands outside its window."""
    return {"state": states.DEVIATION}
