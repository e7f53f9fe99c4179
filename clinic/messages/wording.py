"""One message, or several of one patient that go out as one, put into the patient's own words.

Only the clinic's neutral label, date, hour, address, phone and a link: never an act, a zone, a
product, a practitioner, the number of a session, and no name of a patient in what travels openly.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from clinic.messages import filling, invitations, sms, texts
from clinic.messages.clean import on_one_line
from clinic.messages.facts import facts_of, moment_of, place_of, shorter
from clinic.messages.invitations import Invitation
from clinic.models import Appointment, Clinic, Kind, Message, MessageText
from clinic.models.messages import AHEAD, LONGEST_SUBJECT
from patients.models import Channel

log = logging.getLogger(__name__)
MAIL = "messages/mail.html"
HIDDEN = "…"  # in place of the key of a link, where a text is kept

Own = Mapping[tuple[int, str, str, str], MessageText]


@dataclass(frozen=True)
class Block:
    """A part of an e-mail: a paragraph, the list of appointments, or the way to the page."""

    text: str = ""
    visits: tuple[str, ...] = ()
    link: str = ""
    button: str = ""

    @property
    def plain(self) -> str:
        if self.visits:
            return "\n".join(f"– {visit}" for visit in self.visits)
        return f"{self.button}\n{self.link}" if self.link else self.text


@dataclass(frozen=True)
class Worded:
    """What goes out. An e-mail has `html` and `parts` 0; a text message has no subject.

    `kept` is `text` without the keys of its links: what the clinic may look at later.
    """

    subject: str
    text: str
    html: str
    kept: str
    language: str
    parts: int = 0
    invitations: tuple[Invitation, ...] = ()

    @property
    def calendar(self) -> bytes | None:
        return self.invitations[0].content if self.invitations else None

    @property
    def method(self) -> str:
        return self.invitations[0].method if self.invitations else ""


def own_texts(clinics: Iterable[Clinic]) -> Own:
    """What these clinics say in their own words; one query for a whole batch."""
    rows = MessageText.objects.filter(clinic__in=list(clinics))
    return {(row.clinic_id, row.kind, row.channel, row.language): row for row in rows}


def worded(
    group: Sequence[Message],
    *,
    link: str,
    stop_link: str,
    now: dt.datetime,
    own: Own | None = None,
) -> Worded:
    """`group`: of one patient by one channel, the first carries the others. All with `clinic`,
    `patient` and, but for recalls, `appointment` with its `clinic`. No `link`: what needs it is
    left out."""
    first = group[0]
    own = own_texts([first.clinic]) if own is None else own
    with translation.override(first.patient.language):
        said = _said(group, link=link, stop_link=stop_link, own=own)
        if first.channel == Channel.SMS:
            return said.text_message()
        return said.mail(now=now)


def _said(group: Sequence[Message], *, link: str, stop_link: str, own: Own) -> "Said":
    kinds = list(dict.fromkeys(Kind(message.kind) for message in group))
    first = group[0]
    mine = {
        kind: row
        for kind in kinds
        if (row := own.get((first.clinic_id, kind, first.channel, first.patient.language)))
        and _is_sound(row)
    }
    return Said(tuple(group), tuple(kinds), link, stop_link, mine)


def _is_sound(row: MessageText) -> bool:
    """Whether a stored text can be filled; one that cannot gives way to the house's (R9)."""
    wrong = filling.problems(row.text, kind=row.kind, channel=row.channel)
    wrong += filling.problems(row.subject, kind=row.kind, channel=row.channel, is_subject=True)
    if wrong:
        log.error("Text %s of messages cannot be used: the house's stands in for it.", row.pk)
    return not wrong


@dataclass(frozen=True)
class Said:
    """A group on its way into words, in the language that is active."""

    group: tuple[Message, ...]
    kinds: tuple[Kind, ...]
    link: str
    stop_link: str
    own: Mapping[Kind, MessageText]

    @property
    def clinic(self) -> Clinic:
        return self.group[0].clinic

    @property
    def is_mixed(self) -> bool:
        return len({texts.HOUSE[kind] for kind in self.kinds}) > 1

    def visits(self, kinds: Iterable[Kind] = ()) -> list[Appointment]:
        """The appointments it is about, each once, in their order."""
        wanted = set(kinds or self.kinds)
        found = {
            message.appointment.pk: message.appointment
            for message in self.group
            if message.appointment and message.kind in wanted
        }
        return sorted(found.values(), key=lambda visit: (visit.starts_at, visit.pk))

    @cached_property
    def words(self) -> dict[str, str]:
        """Those of all of it."""
        return self.facts()

    def facts(self, kinds: Iterable[Kind] = ()) -> dict[str, str]:
        wanted = set(kinds or self.kinds)
        return facts_of(
            self.clinic,
            self.visits(wanted),
            tells_of=next(one.starts_at for one in self.group if one.kind in wanted),
            link=self.link,
            stop=self.stop_link,
        )

    # --- A text message ---------------------------------------------------------------------------

    def text_message(self) -> Worded:
        words = self._sms_facts()
        template = self._sms_template()
        tries = [filling.filled(template, words | change) for change in shorter(words)]
        line = on_one_line(sms.fitted(tries, keep=self.link))
        language = translation.get_language()
        return Worded(
            subject="",
            text=line,
            html="",
            kept=self._kept(line),
            language=language,
            parts=sms.size(line).parts,
        )

    def _sms_template(self) -> str:
        many = len(self.visits()) > 1
        if self.is_mixed:
            return str(texts.MIXED_SMS)
        kind = self.kinds[0]
        mine = self.own.get(kind)
        # One that does not count them speaks of one.
        if mine and (not many or "count" in filling.words_in(mine.text)):
            return " ".join(mine.text.split())
        return texts.HOUSE[kind].text_message(many=many)

    def _sms_facts(self) -> dict[str, str]:
        ahead = [kind for kind in self.kinds if kind in AHEAD]
        words = self.facts(ahead if self.is_mixed else ())
        if self.is_mixed and not ahead:
            words |= {"date": "", "day": "", "time": ""}
        # Written so since 1990 as well, and in the letters that every phone counts as one.
        return words | {name: words[name].replace("août", "aout") for name in ("date", "day")}

    # --- An e-mail --------------------------------------------------------------------------------

    def mail(self, *, now: dt.datetime) -> Worded:
        blocks = tuple(self._blocks())
        words = self.words
        context: dict[str, Any] = {
            "subject": self._subject(),
            "language": translation.get_language(),
            "blocks": blocks,
            "sender": [words["label"], words["address"], words["phone"]],
            "stop": self.stop_link,
            "stop_line": texts.stop_line(),
            "by_itself": texts.sent_by_itself(),
        }
        text = self._plain(blocks, words)
        return Worded(
            subject=context["subject"],
            text=text,
            html=render_to_string(MAIL, context),
            kept=self._kept(text),
            language=context["language"],
            invitations=tuple(invitations.of(self.group, now=now)),
        )

    def _subject(self) -> str:
        many = len(self.visits()) > 1
        template = str(texts.MIXED_SUBJECT)
        if not self.is_mixed:
            mine = self.own.get(self.kinds[0])
            is_own = mine is not None and mine.subject and not many
            house = texts.HOUSE[self.kinds[0]].title(many=many)
            template = mine.subject if mine is not None and is_own else house
        return on_one_line(filling.filled(template, self.words), LONGEST_SUBJECT)

    def _blocks(self) -> Iterator[Block]:
        """Kind after kind, what was said once is not said again; the way to the page at the end."""
        said: set[str] = set()
        for saying in dict.fromkeys(texts.HOUSE[kind] for kind in self.kinds):
            kinds = [kind for kind in self.kinds if texts.HOUSE[kind] is saying]
            for block in self._blocks_of(saying, kinds):
                if block.visits or block.text not in said:
                    said.add(block.text)
                    yield block
        button = str(texts.OPEN_PAGE if self.is_mixed else texts.HOUSE[self.kinds[0]].button)
        if self.link:
            yield Block(link=self.link, button=button)

    def _blocks_of(self, saying: texts.Saying, kinds: list[Kind]) -> Iterator[Block]:
        visits = self.visits(kinds)
        mine = self.own.get(kinds[0])
        template = mine.text if mine else saying.mail(many=len(visits) > 1)
        lines = tuple(self._lines(visits))
        facts = self.facts(kinds) if self.is_mixed else self.words
        words = facts | {"visits": "\n".join(f"– {line}" for line in lines)}
        parts = filling.paragraphs(template)
        # An own text that names no dates would leave out the others of a series.
        if mine and len(visits) > 1 and "{visits}" not in mine.text:
            parts.append("{visits}")
        for part in parts:
            if part == "{visits}":
                yield Block(visits=lines)
            elif part != "{link}" and (text := filling.filled(part, words)):
                yield Block(text=text)

    def _lines(self, visits: list[Appointment]) -> Iterator[str]:
        """One for each appointment; its place too where they are not all at one."""
        is_spread = len({visit.clinic_id for visit in visits} | {self.clinic.pk}) > 1
        for visit in visits:
            when = moment_of(visit)
            yield f"{when} – {place_of(visit.clinic)}" if is_spread else when

    def _plain(self, blocks: Iterable[Block], words: Mapping[str, str]) -> str:
        foot = [words["label"], words["address"], words["phone"], texts.sent_by_itself()]
        parts = [block.plain for block in blocks]
        parts.append("\n".join(filter(None, foot)))
        if self.stop_link:
            parts.append(f"{texts.stop_line()}\n{self.stop_link}")
        return "\n\n".join(parts) + "\n"

    def _kept(self, text: str) -> str:
        """Without what opens the patient's page: the last part of each address."""
        for address in filter(None, (self.link, self.stop_link)):
            text = text.replace(address, without_key(address))
        return text


def without_key(address: str) -> str:
    head, _slash, _key = address.rstrip("/").rpartition("/")
    return f"{head}/{HIDDEN}"
