"""What was answered, agreed to, done and followed up: the records upon the lived appointments."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from random import Random

from clinic.demo import aftermath, pictures, prices, reviewed, shelf
from clinic.demo.agreements import Agreements
from clinic.demo.answers import Answers
from clinic.demo.lives import DAY, Lives
from clinic.demo.quoted import Quotes
from clinic.demo.records import Records
from clinic.demo.rows import BATCH, Writer
from clinic.demo.treated import Told, Treated, sessions_done, stories
from clinic.demo.verdicts import Verdicts
from clinic.models import AuditEntry
from patients.models import Patient
from protocols.models import Protocol

CONSULTED = 4 * DAY  # ago: who thinks it over


def write(
    rng: Random,
    lives: Lives,
    writer: Writer,
    *,
    first: dt.date,
    now: dt.datetime,
    say: Callable[[str], None],
) -> int:
    """Answers how many records were written. `first` is the first day of the demonstration."""
    prices.write(writer.house.clinics)
    stock = shelf.fill(rng, writer.house, first=first, now=now)
    told = stories(rng, lives.courses, writer)
    done = list(sessions_done(told, writer))
    say(f"recording {len(done)} sessions")
    records = Records(stock, now, rng)
    records.write(done)
    say("asking, agreeing and following up")
    trail = [*records.audit(), *around(rng, told, done, lives, writer, now)]
    trail += after(rng, told, done, records, writer, now)
    AuditEntry.objects.bulk_create(sorted(trail, key=lambda entry: entry.at), BATCH)
    return len(records.every)


def around(
    rng: Random,
    told: Sequence[Told],
    done: Sequence[Treated],
    lives: Lives,
    writer: Writer,
    now: dt.datetime,
) -> Iterator[AuditEntry]:
    """What comes before a session: answers, consents, quotes."""
    answers = Answers(rng, writer.house, now)
    answers.ask(told, done)
    verdicts = Verdicts(answers)
    verdicts.write(told)
    agreements = Agreements(rng, writer.house, now)
    agreements.write(told, verdicts.taken)
    protocols = {one.course.protocol.slug: one.course.protocol for one in told}
    quotes = Quotes(rng, writer.house, now, protocols)
    quotes.write(told, asked_for_advice(lives, now))
    yield from (*answers.audit, *agreements.audit, *quotes.audit)


def after(
    rng: Random,
    told: Sequence[Told],
    done: Sequence[Treated],
    records: Records,
    writer: Writer,
    now: dt.datetime,
) -> Iterator[AuditEntry]:
    records.keep_a_text()
    protocols = {row.slug: row for row in Protocol.objects.bookable()}
    yield from reviewed.write(rng, told, records, protocols, now)
    yield from aftermath.react(records, now)
    yield from aftermath.ask_for_files(done, writer.house, now)
    yield from pictures.write(rng, told, records)


def asked_for_advice(lives: Lives, now: dt.datetime) -> list[Patient]:
    """Who came to a consultation, the latest first."""
    came = sorted(lives.singles, key=lambda visit: visit.starts_at, reverse=True)
    over = [v.patient for v in came if v.status == "fulfilled" and v.starts_at < now - CONSULTED]
    return list({patient.pk: patient for patient in over}.values())
