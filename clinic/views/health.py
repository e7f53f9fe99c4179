"""Is the house alive? For a monitor, without a word about anybody."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from clinic.alive import OK, database_state, sender_state, worker_state
from clinic.policy import ANYONE, policy


@policy(roles=ANYONE)
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers; 503 when not. Who does not beat stands in it as degraded:
    pages and bookings work without them, so nobody should take this server away.
    """
    del request
    now = timezone.now()
    database, worker, sender = database_state(), worker_state(now=now), sender_state(now=now)
    healthy = database == worker["state"] == sender["state"] == OK and not sender["overdue"]
    return JsonResponse(
        {
            "status": "ok" if healthy else "degraded",
            "database": database,
            "worker": worker,
            "messages": sender,
            "version": settings.VERSION,
        },
        status=200 if database == OK else 503,
    )


@policy(roles=ANYONE)
def worker(request: HttpRequest) -> JsonResponse:
    """For a dead man's switch: 200 while both processes beat and no message waits too long."""
    del request
    now = timezone.now()
    worker, sender = worker_state(now=now), sender_state(now=now)
    healthy = worker["state"] == sender["state"] == OK and not sender["overdue"]
    answer = {"status": "ok" if healthy else "dead", "worker": worker, "messages": sender}
    return JsonResponse(answer, status=200 if healthy else 503)
