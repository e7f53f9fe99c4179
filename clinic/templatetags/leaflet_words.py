"""The leaflet's figures as a person says them."""

from django import template
from django.utils.translation import gettext as _

from clinic.pages import leaflet as page
from protocols import wording
from protocols.leaflet import Lasting, Range, Recovery

register = template.Library()


@register.filter
def lasting(found: Recovery | Lasting) -> str:
    return wording.hour_span(found.least, found.most)


@register.filter
def hours_said(hours: int) -> str:
    return wording.hours(hours)


@register.filter
def span_said(days: Range) -> str:
    return page.span(days)


@register.filter
def sessions_said(count: Range) -> str:
    return _("%(least)d to %(most)d sessions") % {"least": count.least, "most": count.most}


@register.filter
def times_said(times: Range) -> str:
    """A rhythm of whole months is one figure a year, and the only single one that is said."""
    if times.is_one:
        return _("about %(n)d") % {"n": times.least}
    return _("%(least)d to %(most)d") % {"least": times.least, "most": times.most}
