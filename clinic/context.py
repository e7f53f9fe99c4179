"""What every page needs to know about the person reading it."""

from typing import Any

from django.http import HttpRequest

from clinic import handover
from clinic.care import access
from clinic.messages import channels


def staff(request: HttpRequest) -> dict[str, Any]:
    """`staff`: the reader's role at the current clinic; `staff_members`: at each of theirs.

    `visitor`: a patient who came by a link, never both.
    """
    member, visitor = getattr(request, "staff", None), getattr(request, "visitor", None)
    somebody = member or visitor
    return {
        "staff": member,
        "visitor": visitor,
        "clinic": somebody.clinic if somebody else None,
        "today": getattr(request, "today", None),  # the clinic's; a page may say its own
        "may_see_records": bool(member and access.may_see_records(member)),
        "has_mailbox": bool(member) and channels.any_local(),
        "handed_over": handover.handed_over(request) if member else "",
        "staff_members": getattr(request, "staff_members", []),
    }
