"""`{% house_first %}`: on pages to book from, what a clinic without people or rooms needs first."""

from typing import Any

from django import template
from django.template import RequestContext

from clinic.models import Role
from clinic.pages.house import is_unfurnished

register = template.Library()


@register.inclusion_tag("_house_first.html", takes_context=True)
def house_first(context: RequestContext) -> dict[str, Any]:
    staff = context["staff"]
    is_manager = staff.role == Role.MANAGER
    return {"is_unfurnished": is_unfurnished(staff.clinic), "is_manager": is_manager}
