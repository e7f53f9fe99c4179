"""Is the house alive? For a monitor, without a word about anybody."""

import datetime as dt

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from clinic.models import WorkerBeat
from clinic.policy import ANYONE, policy

OLDEST_BEAT = dt.timedelta(minutes=5)


@policy(roles=ANYONE)
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and the worker beats; 503 says which does not."""
    del request
    database, worker = database_state(), worker_state(now=timezone.now())
    healthy = database == "ok" and worker["state"] == "ok"
    return JsonResponse(
        {
            "status": "ok" if healthy else "degraded",
            "database": database,
            "worker": worker,
            "version": settings.VERSION,
        },
        status=200 if database == "ok" else 503,
    )


def database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def worker_state(*, now: dt.datetime) -> dict[str, str | None]:
    try:
        beat = WorkerBeat.objects.order_by("-at").first()
    except DatabaseError:
        return {"state": "unknown", "last_beat": None}
    if beat is None:
        return {"state": "never seen", "last_beat": None}
    state = "ok" if now - beat.at <= OLDEST_BEAT else "late"
    return {"state": state, "last_beat": beat.at.isoformat()}
