"""The outbox: how fast rows are leased, and how fast mail leaves beside a send-and-save loop.

`python -m benchmarks.messages`. All send the same worded letters to the same local SMTP server (a
process of its own), in turn, in one run, on SQLite and on PostgreSQL. The loop is what one writes
first, as Django's documentation has it: read what is due, word it, `send()` (which opens a
connection), `save()`. Ours asks of each message whether anything about it moved, holds one
connection a batch, and commits once a message, so that a killed sender leaves one in doubt; and as
it leases, two may send, which is what `make run` starts. A second loop would send all a second
time. Medians of so many rounds.
"""

import datetime as dt
import functools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.slots import databases

LEASED, SENT, ROUNDS = 20_000, 400, 5
LEASE_BATCH, SEND_BATCH = 1_000, 50
GOAL_A_SECOND, GOAL_RATIO = 10_000, 2.0
CHILD = "--child"
SINK = """
import time
from aiosmtpd.controller import Controller

class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 taken"

sink = Controller(Sink(), hostname="127.0.0.1", port={port})
sink.start()
time.sleep(600)
"""


def main() -> None:
    if CHILD in sys.argv:
        child()
        return
    print(f"{LEASED:,} rows leased by {LEASE_BATCH:,}; {SENT} letters sent, {ROUNDS} rounds")
    with tempfile.TemporaryDirectory() as folder, serving() as port:
        for name, address in databases(folder):
            found = asked(folder, address, port)
            mark = "" if found["leased"] >= GOAL_A_SECOND else "  under"
            print(
                f"{name}: {found['leased']:>9,.0f} rows leased a second ({GOAL_A_SECOND:,}){mark}"
            )
            for who in ("one sender", "two senders"):
                ratio = found[who] / found["loop"]
                mark = "" if ratio >= GOAL_RATIO else "  under"
                print(
                    f"{name}: {found[who]:>9,.0f} letters a second by {who}, loop"
                    f" {found['loop']:,.0f}: {ratio:.1f} times ({GOAL_RATIO:.0f}){mark}"
                )


@contextmanager
def serving(port: int = 8925) -> Iterator[int]:
    server = subprocess.Popen([sys.executable, "-c", SINK.format(port=port)])
    time.sleep(2)
    try:
        yield port
    finally:
        server.kill()


def asked(folder: str, address: str, port: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=folder) as data:
        environment = os.environ | {
            "DATA_DIR": data,
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}?tls=0",
        }
        environment.pop("DATABASE_URL", None)
        if address:
            environment["DATABASE_URL"] = address
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.messages", CHILD],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            check=False,
        )
    if done.returncode:
        sys.exit("benchmarks.messages failed")
    return json.loads(done.stdout.strip().splitlines()[-1])


# --- In a process of its own ----------------------------------------------------------------------


def child() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_catalogue", verbosity=0, stdout=sys.stderr)
    ways = {
        "loop": send_naively,
        "one sender": functools.partial(send_ours, 1),
        "two senders": functools.partial(send_ours, 2),
    }
    rates = {name: [] for name in ways}
    for _round in range(ROUNDS):
        for name, way in ways.items():
            rates[name].append(SENT / way(fill(SENT)))
    found = {name: statistics.median(each) for name, each in rates.items()}
    print(json.dumps(found | {"leased": lease(fill(LEASED))}))


def fill(count: int):
    """Reminders that are due, each of another patient; what was there before is out of the way."""
    from clinic.models import Message
    from tests.faults.outboxes import Outbox

    Message.objects.filter(status__in=["due", "retry"]).update(
        status="cancelled", settled_at=dt.datetime.now(dt.UTC)
    )
    return Outbox.of(count)


def lease(outbox) -> float:
    from clinic.outbox import leasing

    sender, begin, leased = leasing.Sender("bench", late_a_minute=None), time.perf_counter(), 0
    while found := leasing.claim(sender, limit=LEASE_BATCH, now=outbox.clock()):
        leased += len(found)
    assert leased == LEASED, leased
    return leased / (time.perf_counter() - begin)


def send_ours(senders: int, outbox) -> float:
    """Seconds that so many processes took, which were running already."""
    from tests.faults.processes import errors, together

    answers = together([functools.partial(work, outbox)] * senders)
    assert errors(answers) == [], errors(answers)
    assert sum(answer.value for answer in answers) == SENT
    return max(answer.seconds for answer in answers)


def work(outbox) -> int:
    from clinic.messages.sending import Dispatcher
    from clinic.outbox.leasing import Sender

    at_work = Dispatcher(Sender(os.urandom(8).hex(), late_a_minute=None), outbox.clock)
    while at_work.run(limit=SEND_BATCH):
        pass
    return at_work.done["accepted"]


def send_naively(outbox) -> float:
    """As Django's documentation has it: a loop, `EmailMultiAlternatives.send()`, `save()`."""
    from tests.faults.processes import errors, together

    (answer,) = together([functools.partial(loop, outbox)])
    assert errors([answer]) == [], answer.error
    assert answer.value == SENT
    return answer.seconds


def loop(outbox) -> int:
    from clinic.models import Message

    now, sent = outbox.now, 0
    for message in Message.objects.filter(status="due", due_at__lte=now):
        link, stop_link = new_link(message, now=now)
        said = send_letter(message, link, stop_link, now=now)
        message.status, message.settled_at, message.text = "accepted", now, said.kept
        message.save()
        sent += 1
    return sent


def new_link(message, *, now: dt.datetime) -> tuple[str, str]:
    from clinic.models import PatientLink
    from clinic.outbox import links

    key = links.new_key()
    PatientLink.objects.create(
        key_hash=links.fingerprint(key),
        purpose="page",
        patient=message.patient,
        clinic=message.clinic,
        message=message,
        created_at=now,
        expires_at=message.starts_at,
    )
    return links.address_of(key), links.stop_address_of(key)


def send_letter(message, link: str, stop_link: str, *, now: dt.datetime):
    """The same letter as ours: text, HTML, the calendar as a part and as a file, headers."""
    from django.core.mail import EmailMultiAlternatives

    from clinic.messages import letters
    from clinic.messages.channels import Parcel
    from clinic.messages.wording import worded

    said = worded([message], link=link, stop_link=stop_link, now=now)
    (invitation,) = said.invitations
    letter = EmailMultiAlternatives(
        said.subject,
        said.text,
        letters.sender(message.clinic),
        [message.patient.email],
        headers=letters.headers(Parcel(message, message.patient.email, said, stop_link)),
    )
    letter.attach_alternative(said.html, "text/html")
    calendar = invitation.content.decode()
    letter.attach_alternative(calendar, f"text/calendar; method={invitation.method}")
    letter.attach("appointment.ics", calendar, "text/calendar")
    letter.send()
    return said


if __name__ == "__main__":
    main()
