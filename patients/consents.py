"""The patient's agreement to one version of a protocol: its text, given, withdrawn.

The text that was shown is kept word for word with its SHA-256. It is written with two marks: `# `
begins a heading, `- ` an item of a list; everything else is a paragraph.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from patients.actor import Actor
from patients.models import CareConsent, Patient
from patients.refusal import Refusal
from protocols.models import AlertSign, Protocol

HEADING, ITEM = "# ", "- "
# A drawing: strokes of an SVG path on a sheet of 600 by 200, as assets/modules/signature.js writes
# them. Nothing else may stand in it.
SHEET = (600, 200)
DRAWING = re.compile(r"(?:M[0-9]{1,4} [0-9]{1,4}(?: L[0-9]{1,4} [0-9]{1,4})+ ?)+")
LONGEST_DRAWING = 60_000
SHORTEST_DRAWING = 4  # points: a slip of the finger is no signature


@dataclass(frozen=True)
class Signature:
    """How it was signed. `drawing` is an SVG path, `file` a name in the private store."""

    how: str
    signer: str
    drawing: str = ""
    file: str = ""


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, or a list of items."""

    kind: str  # "heading", "paragraph" or "list"
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return self.lines[0]


# --- The text ------------------------------------------------------------------------------------


def text_of(protocol: Protocol, language: str) -> str:
    """What the patient reads before signing: the protocol's own words, then its lists.

    Read the protocol with `expected_reactions` and `alert_signs` where many are written.
    """
    with translation.override(language):
        parts = [
            f"{HEADING}{protocol.name}",
            protocol.consent.strip() or _general(),
            *_listed(_("What usually follows"), protocol.expected_reactions.all()),
            *_listed(_("When to ask for help at once"), _by_urgency(protocol)),
            HEADING + _("My agreement"),
            _(
                "I have read this text, or it was read to me. I could ask my questions and had "
                "answers that I understood. I agree to the treatment. I may change my mind at any "
                "time, also between two sessions, without giving a reason and without losing the "
                "care I need."
            ),
        ]
    return "\n\n".join(parts)


def _general() -> str:
    """For a protocol of the clinic's own that has no text yet."""
    return _(
        "The practitioner explained to me what this treatment is for, how the sessions go, what "
        "benefit may be expected and that it is not certain, the other ways to treat and what "
        "happens without treatment, the usual effects and the rare but serious ones."
    )


def _listed(heading: str, rules: Iterable[Any]) -> list[str]:
    items = list(dict.fromkeys(" ".join(rule.text.split()) for rule in rules))
    return [f"{HEADING}{heading}", "\n".join(f"{ITEM}{item}" for item in items)] if items else []


def _by_urgency(protocol: Protocol) -> list[AlertSign]:
    """The most urgent first."""
    order = list(AlertSign.Urgency.values)
    return sorted(protocol.alert_signs.all(), key=lambda sign: order.index(sign.urgency))


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def blocks(text: str) -> list[Block]:
    """The text as a page or a paper shows it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found: list[Block] = []
    for kind, group in groupby(lines, key=_kind):
        bare = tuple(line.removeprefix(HEADING).removeprefix(ITEM) for line in group)
        found += [Block(kind, bare)] if kind == "list" else [Block(kind, (one,)) for one in bare]
    return found


def _kind(line: str) -> str:
    return {HEADING: "heading", ITEM: "list"}.get(line[:2], "paragraph")


def is_drawing(path: str) -> bool:
    """Strokes on the sheet and nothing else, enough of them to be somebody's hand."""
    if len(path) > LONGEST_DRAWING or not DRAWING.fullmatch(path):
        return False
    points = [(int(x), int(y)) for x, y in re.findall(r"(\d+) (\d+)", path)]
    on_sheet = all(x <= SHEET[0] and y <= SHEET[1] for x, y in points)
    return on_sheet and len(set(points)) >= SHORTEST_DRAWING


# --- Given and withdrawn -------------------------------------------------------------------------


@transaction.atomic
def give(
    *,
    patient: Patient,
    protocol: Protocol,
    language: str,
    seen: str,
    signature: Signature,
    off_label_told: bool,
    by: Actor,
    now: dt.datetime,
) -> CareConsent | Refusal:
    """Keep the text with the signature. `seen` is the hash of the text that was on the screen.

    Signed twice by a finger that pressed twice, it is given once: the one that stands is answered.
    """
    Patient.objects.select_for_update().get(pk=patient.pk)
    text = text_of(protocol, language)
    if hash_of(text) != seen:
        return Refusal("stale", _("The text changed meanwhile. Please read it again."))
    standing = latest(patient, protocol)
    if standing is not None and standing.is_given:
        return Refusal("given", _("A consent to this protocol is given already."))
    return CareConsent.objects.create(
        patient=patient,
        protocol=protocol,
        text=text,
        text_hash=seen,
        language=language,
        off_label_told=off_label_told,
        how=signature.how,
        signer=signature.signer,
        drawing=signature.drawing,
        file=signature.file,
        given_at=now,
        recorded_by=by,
    )


def withdraw(
    *, consent: CareConsent, note: str, by: Actor, now: dt.datetime
) -> CareConsent | Refusal:
    """The patient changed their mind; said twice, the first time counts."""
    standing = CareConsent.objects.filter(pk=consent.pk, withdrawn_at__isnull=True)
    if not standing.update(withdrawn_at=now, withdrawn_by=by, withdrawal_note=note):
        return Refusal("withdrawn", _("This consent was withdrawn already."))
    consent.refresh_from_db()
    return consent


def latest(patient: Patient, protocol: Protocol) -> CareConsent | None:
    """The last word of the patient on this version: given when it was not withdrawn."""
    return CareConsent.objects.filter(patient=patient, protocol=protocol).first()


def is_intact(consent: CareConsent) -> bool:
    """Whether the kept text is still the one that was signed."""
    return consent.text_hash == hash_of(consent.text)
