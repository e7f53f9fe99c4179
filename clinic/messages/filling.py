"""Texts with words in braces: which there are, what is wrong with a text, and filling it.

A sentence in which a word has nothing to say is left out: "{phone}." where there is no phone.
"""

import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models import Kind
from patients.models import Channel

# Each word in braces, and what stands there. `visits` is in e-mails only.
WORDS: dict[str, Promise] = {
    "label": gettext_lazy("the neutral label of the clinic"),
    "address": gettext_lazy("its address"),
    "place": gettext_lazy("its label and address"),
    "phone": gettext_lazy("its phone"),
    "date": gettext_lazy("the date, with the year"),
    "day": gettext_lazy("the date without the year"),
    "time": gettext_lazy("the hour"),
    "count": gettext_lazy("how many appointments it is about"),
    "visits": gettext_lazy("the appointments, one a line"),
    "link": gettext_lazy("the patient’s own page"),
    "stop": gettext_lazy("the page where the patient stops these messages"),
}
RECALLS = frozenset({Kind.RECALL, Kind.RECALL_DUE})
NO_LINK_NEEDED = frozenset({Kind.CANCELLED})
# Of these the hour and the day are not known, or they are not what is said.
DATELESS = RECALLS
OF_A_VISIT = frozenset({"time", "visits", "count"})
SENTENCE = re.compile(r"(?<=[.?!])[ \t]+")


def allowed(kind: str, channel: str) -> list[str]:
    """The words that a text of this kind may hold."""
    left_out = set(OF_A_VISIT) if kind in DATELESS else set()
    if channel == Channel.SMS:
        left_out.add("visits")
    return [word for word in WORDS if word not in left_out]


def needs_link(kind: str) -> bool:
    return kind not in NO_LINK_NEEDED


def words_in(template: str) -> list[str]:
    """The words in braces. Raises ValueError on braces that do not close, or that hold more."""
    words = []
    for _literal, name, spec, conversion in string.Formatter().parse(template):
        if name is None:
            continue
        if spec or conversion or not re.fullmatch(r"[a-z_]+", name):
            raise ValueError(name)
        words.append(name)
    return words


def problems(template: str, *, kind: str, channel: str, is_subject: bool = False) -> list[str]:
    """What is wrong with a text, as sentences for whoever wrote it."""
    may = [word for word in allowed(kind, channel) if not is_subject or word in SUBJECT_WORDS]
    try:
        words = words_in(template)
    except ValueError:
        return [_("A brace does not close, or holds no word. Allowed: %(words)s.") % listed(may)]
    found = list(_unknown(words, may))
    if not is_subject and needs_link(kind) and "link" not in words:
        found.append(_("The patient needs {link}: their page opens by it."))
    return found


SUBJECT_WORDS = frozenset({"label", "date", "day", "time", "count"})


def _unknown(words: Iterable[str], may: Sequence[str]) -> Iterator[str]:
    unknown = [f"{{{word}}}" for word in dict.fromkeys(words) if word not in may]
    if unknown:
        yield ngettext(
            "%(unknown)s is not known here. Allowed: %(words)s.",
            "%(unknown)s are not known here. Allowed: %(words)s.",
            len(unknown),
        ) % (listed(may) | {"unknown": ", ".join(unknown)})


def listed(words: Iterable[str]) -> dict[str, str]:
    return {"words": ", ".join(f"{{{word}}}" for word in words)}


def filled(template: str, words: Mapping[str, str]) -> str:
    """One paragraph or line. Raises ValueError or KeyError on a text that `problems` refuses."""
    said = []
    for sentence in SENTENCE.split(template):
        holds = words_in(sentence)
        if all(words[word] for word in holds):
            said.append(sentence.format_map(words))
    return " ".join(said)


def paragraphs(template: str) -> list[str]:
    """Parted by empty lines, however the browser sent them."""
    text = template.replace("\r\n", "\n").replace("\r", "\n")
    return [part.strip() for part in re.split(r"\n[ \t]*\n", text) if part.strip()]
