"""The worker's part, done at once and in this process."""

from django.utils.module_loading import import_string
from django_q.models import OrmQ


def work_off() -> None:
    """What the worker would do."""
    for job in OrmQ.objects.order_by("pk"):
        import_string(job.func())(*job.task["args"])
        job.delete()
