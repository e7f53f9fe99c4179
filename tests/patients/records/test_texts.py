"""Notes of any length and script are kept byte for byte, wherever they end up."""

import pytest
from django.utils.translation import override

from patients import records
from patients.models import RecordVersion, SessionRecord
from patients.records.seals import verify
from tests.patients.records.making import Treatment

pytestmark = pytest.mark.django_db

TEXTS = {
    "1 MB": "Peau souple, sans douleur. " * 38_900,
    "1 MB of four bytes a sign": "😀" * 262_144,
    "100,000 lines": "ligne\n" * 100_000,
    "line ends of every kind": "a\r\nb\rc\n\u2028d\u2029\x85e\x0b\x0c",
    "right to left": "\u202bשלום\u202c مرحبا \u200f\u2067abc\u2069",
    "zero width": "a\u200bb\u200c\u200d\ufeffc\u2060",
    "combining": "e\u0301 \u00e9 a\u030a\u0323 \u1ea1\u030a Z̷̢͝a̶l̵g̴o̸",
    "emoji": "👩🏽\u200d⚕️ 🏳️\u200d🌈 🇫🇷 1️⃣",
    "every control but one": "".join(chr(code) for code in range(1, 32)) + "\x7f\x80",
    "not characters": "\ufffe\uffff\U0010ffff\ufffd",
    "outer blanks": "  \t texte \u00a0\u3000\n",
    "looks like something": "'; DROP TABLE x; -- \\u0000 {{ x }} %s %% <b>&amp;",
}


@pytest.fixture
def treatment() -> Treatment:
    return Treatment()


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_comes_back_byte_for_byte(treatment: Treatment, name: str) -> None:
    text = TEXTS[name]
    record = treatment.open()
    saved = treatment.save(record, notes=text)
    assert isinstance(saved, records.Saved)
    assert SessionRecord.objects.get(pk=record.pk).notes.encode() == text.encode()
    assert RecordVersion.objects.get(record=record, version=2).content == {"notes": text}


@pytest.mark.parametrize("name", TEXTS)
def test_a_kept_text_comes_back_byte_for_byte(treatment: Treatment, name: str) -> None:
    record = treatment.open()
    treatment.save(record, notes="mine")
    conflict = treatment.save(record, base=1, notes=TEXTS[name])
    (kept,) = records.kept(record=record, by=treatment.doctor)
    assert kept == conflict.kept
    assert kept.content["notes"].encode() == TEXTS[name].encode()


def test_what_is_signed_in_any_script_verifies(treatment: Treatment) -> None:
    text = "".join(text for name, text in TEXTS.items() if len(text) < 1000)
    treatment.sign(treatment.open(), notes=text)
    assert SessionRecord.objects.get().notes == text
    assert verify().broken is None


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "x\udfff"])
def test_what_no_database_keeps_has_a_sentence(text: str) -> None:
    with override("en"):
        assert "cannot be stored" in str(records.content.unwritable(text))


@pytest.mark.parametrize("text", [t for t in TEXTS.values() if len(t) < 1000])
def test_everything_else_has_none(text: str) -> None:
    assert records.content.unwritable(text) is None
