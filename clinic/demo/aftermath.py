"""What came after: unwanted reactions, some still followed; and patients who ask for their file."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clinic.demo.house import House
from clinic.demo.lives import DAY, HOUR
from clinic.demo.records import SHOWN, Records
from clinic.demo.treated import Treated
from clinic.models import AuditEntry, Clinic, User
from patients.models import AccessRequest, AdverseEvent, AdverseEventEntry, Patient, ProductUse

Channel = AdverseEvent.Channel


@dataclass(frozen=True)
class Reaction:
    """`product`: a part of the suspected product's name. `hours` after the session; `days` ago."""

    kind: str
    days: int
    hours: int
    signs: tuple[str, ...]
    said: str
    done: str
    severity: str
    outcome: str
    source: str = "phone"
    product: str = ""
    seriousness: str = "non-serious"
    channel: str = Channel.NONE
    receipt: str = ""
    entries: tuple[str, ...] = ()
    is_open: bool = False


REACTIONS = (
    Reaction(
        "skin", 3, 30, ("abnormal_swelling", "local_heat"),
        "Œdème de la joue droite apparu le lendemain, chaud, peu douloureux.",
        "Vue en photo, froid local, antihistaminique conseillé. À revoir demain.",
        "moderate", "ongoing", product="Complexe", channel=Channel.DEVICE, is_open=True,
        entries=("Rappelée : l’œdème n’augmente pas. Consultation fixée.",),
    ),
    Reaction(
        "pain", 2, 6, ("general_rash", "itching"),
        "Plaques rouges sur les bras le soir de la séance, sans gêne pour respirer.",
        "Antihistaminique, arrêt du mélange jusqu’à l’avis.",
        "moderate", "recovering", product="Piroxicam", channel=Channel.DRUG, is_open=True,
    ),
    Reaction(
        "hair", 8, 48, ("rising_pain", "intense_redness"),
        "Point douloureux et rouge au sommet du crâne, sans écoulement.",
        "Vu au cabinet : désinfection, surveillance.",
        "mild", "recovering", source="visit", is_open=True,
    ),
    Reaction(
        "skin", 34, 72, ("hard_nodule",),
        "Nodule ferme de la pommette gauche, indolore.",
        "Massage, contrôle à quinze jours puis à un mois.",
        "moderate", "resolved", source="visit", product="Bruyèrelle", channel=Channel.DEVICE,
        seriousness="other-serious", receipt="DEMO-MV-0417",
        entries=(
            "Déclaré en matériovigilance, accusé de réception classé.",
            "Nodule plus petit de moitié.",
            "Disparu au contrôle. Clos.",
        ),
    ),
    Reaction(
        "pain", 20, 1, ("faintness",),
        "Malaise vagal en se relevant, sans perte de connaissance.",
        "Allongement vingt minutes, collation, départ accompagné.",
        "mild", "resolved", source="record",
        entries=("Appel le lendemain : tout va bien.",),
    ),
    Reaction(
        "skin", 47, 20, ("bruise",),
        "Ecchymose étendue sous l’œil gauche.",
        "Conseils, aucun traitement.", "mild", "resolved",
        entries=("Résorbée en neuf jours.",),
    ),
    Reaction(
        "peel", 60, 26, ("intense_redness", "pain"),
        "Rougeur marquée et brûlure des joues le lendemain du peeling.",
        "Émollient, éviction solaire stricte.", "moderate", "resolved",
        product="Peel", channel=Channel.COSMETIC,
        entries=("Peau calme au cinquième jour, sans trace.",),
    ),
)  # fmt: skip


def react(records: Records, now: dt.datetime) -> Iterator[AuditEntry]:
    """One reaction each of some sessions; what was learnt later stands below it."""
    taken: set[Treated] = set()
    told: list[AdverseEventEntry] = []
    rows: list[tuple[Reaction, Treated, AdverseEvent]] = []
    for reaction in REACTIONS:
        one = session_for(reaction, records, taken, now)
        if one is None:
            continue
        taken.add(one)
        event = event_of(reaction, one, records, now)
        rows.append((reaction, one, event))
        told += entries_of(reaction, one, event, now)
    AdverseEvent.objects.bulk_create(event for _reaction, _one, event in rows)
    AdverseEventEntry.objects.bulk_create(told)
    for _reaction, one, event in rows:
        subject = f"event:{event.public_id}"
        clinic = one.visit.site.clinic
        yield entry("event.report", event.reported_at, one.by, clinic, event.patient, subject)
        if event.closed_at:
            yield entry("event.close", event.closed_at, one.by, clinic, event.patient, subject)


def session_for(
    reaction: Reaction,
    records: Records,
    taken: set[Treated],
    now: dt.datetime,
) -> Treated | None:
    """The signed session closest to so many days ago, with the suspected product; shown first."""
    after = [
        one
        for one in records.signed
        if one.told.practice.kind == reaction.kind
        and one not in taken
        and one.ended_at + reaction.hours * HOUR < now - HOUR
        and (not reaction.product or suspected(reaction, one, records))
    ]
    wanted = now - reaction.days * DAY

    def distance(one: Treated) -> tuple[dt.timedelta, str]:
        theirs = 0 if one.by.email == SHOWN else 4
        return abs(one.ended_at - wanted) + theirs * DAY, one.by.email

    return min(after, key=distance, default=None)


def suspected(reaction: Reaction, one: Treated, records: Records) -> ProductUse | None:
    uses = records.uses[one]
    return next((use for use in uses if reaction.product and reaction.product in use.name), None)


def event_of(reaction: Reaction, one: Treated, records: Records, now: dt.datetime) -> AdverseEvent:
    noticed_at = one.ended_at + reaction.hours * HOUR
    reported_at = min(noticed_at + 2 * HOUR, now)
    closed_at = None if reaction.is_open else min(reported_at + 12 * DAY, now - HOUR)
    return AdverseEvent(
        patient=one.visit.patient,
        session=one.session,
        product_use=suspected(reaction, one, records),
        source=reaction.source,
        noticed_at=noticed_at,
        hours_since=reaction.hours,
        signs=sorted(reaction.signs),
        description=reaction.said,
        severity=reaction.severity,
        seriousness=reaction.seriousness,
        outcome=reaction.outcome,
        action_taken=reaction.done,
        channel=reaction.channel,
        declared_on=(reported_at + DAY).date() if reaction.receipt else None,
        declaration=reaction.receipt,
        status="open" if reaction.is_open else "closed",
        reported_at=reported_at,
        reported_by=one.by,
        closed_at=closed_at,
        closed_by=one.by if closed_at else None,
    )


def entries_of(
    reaction: Reaction, one: Treated, event: AdverseEvent, now: dt.datetime
) -> Iterator[AdverseEventEntry]:
    """Spread between the report and its end."""
    until = event.closed_at or now - HOUR / 2
    step = (until - event.reported_at) / (len(reaction.entries) or 1)
    for place, text in enumerate(reaction.entries, 1):
        yield AdverseEventEntry(
            event=event, text=text, at=event.reported_at + place * step, by=one.by
        )


# --- Files asked for -----------------------------------------------------------------------------

# Received so many days ago; due within so many; how it was answered, and how many days ago.
REQUESTS = ((6, 8, "", 0), (19, 61, "", 0), (40, 8, "Remis en main propre, contre signature", 34))


def ask_for_files(done: Sequence[Treated], house: House, now: dt.datetime) -> Iterator[AuditEntry]:
    """Of patients long known; the first one is nearly due."""
    by, today = house.receptionist, now.date()
    patients = list({one.visit.patient.pk: one.visit.patient for one in done}.values())
    rows = []
    for patient, (ago, within, answer, answered_ago) in zip(
        patients[20::31], REQUESTS, strict=False
    ):
        received_on = today - ago * DAY
        answered_at = now - answered_ago * DAY if answer else None
        rows.append(
            AccessRequest(
                patient=patient,
                received_on=received_on,
                is_old=within > 8,
                due_on=received_on + within * DAY,
                identity="Carte d’identité vue au cabinet",
                status="delivered" if answer else "open",
                at=now - ago * DAY,
                by=by,
                answered_at=answered_at,
                answered_by=by if answer else None,
                answer=answer,
            )
        )
    AccessRequest.objects.bulk_create(rows)
    for row in rows:
        subject = f"access:{row.public_id}"
        yield entry("file.ask", row.at, by, house.main, row.patient, subject)
        if row.answered_at:
            yield entry("file.answer", row.answered_at, by, house.main, row.patient, subject)


def entry(
    action: str, at: dt.datetime, by: User, clinic: Clinic, patient: Patient, subject: str
) -> AuditEntry:
    return AuditEntry(at=at, by=by, clinic=clinic, action=action, patient=patient, subject=subject)
