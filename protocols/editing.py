"""The only doors through which a version of a protocol changes its state."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from protocols.models import Phase, Protocol, Segment, SegmentNeed, Step

# What a version carries besides its phases and steps, copied row by row into the next draft.
CARRIED = (
    "indication_links", "zone_links", "product_links", "contraindication_links",
    "care_instructions", "expected_reactions", "alert_signs", "sourced_values",
)  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """Why a draft cannot be published; `step` is the number of the step it is about."""

    code: str
    text: str
    step: int | None = None


def problems(protocol: Protocol) -> list[Problem]:
    """All that stands between this draft and its publication."""
    steps = list(protocol.steps.select_related("phase").prefetch_related("segments"))
    found = [] if protocol.is_draft else [Problem("not_a_draft", _("Only a draft is published."))]
    if not steps:
        found.append(Problem("no_steps", _("There is no step.")))
    if [step.number for step in steps] != list(range(1, len(steps) + 1)):
        found.append(Problem("numbers", _("The steps are not numbered 1, 2, 3 and so on.")))
    found += _phase_problems(protocol, steps)
    for step in steps:
        found += _step_problems(step)
    return found + _wait_problems(protocol)


def _wait_problems(protocol: Protocol) -> list[Problem]:
    """A question whose days to wait cannot be counted."""
    links = protocol.contraindication_links.select_related("contraindication")
    reasons = ((link.contraindication.name, link.wait_problem()) for link in links)
    text = _("“%(name)s”: %(reason)s")
    return [
        Problem("wait", text % {"name": name, "reason": reason})
        for name, reason in reasons
        if reason
    ]


def _phase_problems(protocol: Protocol, steps: list[Step]) -> list[Problem]:
    found = []
    phases = list(protocol.phases.all())
    if {phase.pk for phase in phases} - {step.phase_id for step in steps}:
        found.append(Problem("empty_phase", _("A phase has no step.")))
    positions = [step.phase.position for step in steps]
    if positions != sorted(positions):
        found.append(Problem("phase_order", _("The steps do not follow the order of the phases.")))
    if any(phase.open_ended for phase in phases[:-1]):
        found.append(Problem("open_ended", _("Only the last phase may be open-ended.")))
    return found


def _step_problems(step: Step) -> list[Problem]:
    found = []
    if step.phase.protocol_id != step.protocol_id:
        text = _("Step %(number)s stands in a phase of another protocol.")
        found.append(Problem("foreign_phase", text % {"number": step.number}, step.number))
    if step.number > 1 and step.gap_ideal is None:
        text = _("Step %(number)s has no gap to the one before.")
        found.append(Problem("no_gap", text % {"number": step.number}, step.number))
    if reason := step.gap_problem():
        text = _("The gap of step %(number)s is not well formed: %(reason)s.")
        values = {"number": step.number, "reason": reason}
        found.append(Problem("gap", text % values, step.number))
    if not step.segments.all():
        text = _("Step %(number)s has no segment.")
        found.append(Problem("no_segments", text % {"number": step.number}, step.number))
    return found


@transaction.atomic
def publish(protocol: Protocol, *, by: object, now: datetime) -> list[Problem]:
    """Fix this draft and make it the version that new series start on; the one before is retired.

    Answers what stands in the way, and then nothing has changed; an empty list is a success. The
    row is locked first: whoever still edits the draft is waited for, or waits.
    """
    locked = Protocol.objects.select_for_update().get(pk=protocol.pk)
    found = problems(locked)
    if found:
        return found
    for current in Protocol.objects.bookable().filter(slug=locked.slug):
        retire(current, by=by, now=now)
    protocol.status = Protocol.Status.ACTIVE
    protocol.published_at, protocol.published_by = now, actor(by)
    protocol.save(update_fields=["status", "published_at", "published_by"])
    return []


def retire(protocol: Protocol, *, by: object, now: datetime) -> list[Problem]:
    """Take a version out of use; series that started on it keep it."""
    retired = Protocol.objects.bookable().filter(pk=protocol.pk)
    if not retired.update(status=Protocol.Status.RETIRED, retired_at=now, retired_by=actor(by)):
        return [Problem("not_active", _("Only a version in use is retired."))]
    protocol.refresh_from_db(fields=["status", "retired_at", "retired_by"])
    return []


@transaction.atomic
def revise(protocol: Protocol, *, by: object) -> Protocol:
    """The draft of the next version: the one in work, or else a deep copy of this version."""
    versions = Protocol.objects.filter(slug=protocol.slug).order_by("-version")
    in_work = versions.drafts().first()
    if in_work:
        return in_work
    draft = Protocol.objects.get(pk=protocol.pk)
    draft.pk, draft.version = None, versions.values_list("version", flat=True)[0] + 1
    draft.status, draft.content_hash, draft.drafted_by = Protocol.Status.DRAFT, "", actor(by)
    draft.published_at, draft.published_by = None, ""
    draft.retired_at, draft.retired_by = None, ""
    draft._state.adding = True
    draft.save()
    _copy_rules(protocol, draft)
    return draft


def _copy_rules(old: Protocol, draft: Protocol) -> None:
    for name in CARRIED:
        manager = getattr(old, name)
        manager.model.objects.bulk_create(_copies(manager.all(), protocol=draft))
    phases = dict(_paired(old.phases.all(), protocol=draft))
    Phase.objects.bulk_create(phases.values())
    new_phase = {phase.pk: copy for phase, copy in phases.items()}
    steps = _paired(old.steps.all(), protocol=draft)
    for step, copy in steps:
        copy.phase = new_phase[step.phase_id]
    Step.objects.bulk_create(copy for _step, copy in steps)
    for step, copy in steps:
        _copy_segments(step, copy)


def _copy_segments(old: Step, new: Step) -> None:
    segments = _paired(old.segments.prefetch_related("need_links"), step=new)
    Segment.objects.bulk_create(copy for _segment, copy in segments)
    SegmentNeed.objects.bulk_create(
        SegmentNeed(segment=copy, kind_id=need.kind_id)
        for segment, copy in segments
        for need in segment.need_links.all()
    )


Row = TypeVar("Row", bound=models.Model)


def _paired(rows: models.QuerySet[Row], **owner: models.Model) -> list[tuple[Row, Row]]:
    """Each row with its unsaved copy, which belongs to another owner."""
    originals = list(rows)
    return list(zip(originals, _copies(originals, **owner), strict=True))


def _copies(rows: models.QuerySet[Row] | list[Row], **owner: models.Model) -> list[Row]:
    fields = [field.attname for field in rows[0]._meta.concrete_fields[1:]] if rows else []
    copies = [type(row)(**{name: getattr(row, name) for name in fields}) for row in rows]
    for copy in copies:
        for name, value in owner.items():
            setattr(copy, name, value)
    return copies


def actor(by: object) -> str:
    """Who did it, as text: protocols know nothing of the clinic's users."""
    return str(by)[:200]
