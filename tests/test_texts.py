"""Every text of a page has its French: the product is written in English, read in French first."""

import importlib.util
import re
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
FRENCH = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def collector():
    spec = importlib.util.spec_from_file_location("messages", ROOT / "bin" / "messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def untranslated(found, catalogue):
    """The texts that the sources say and the catalogue does not, or not in every plural form."""
    missing = []
    for message in found:
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        known = catalogue.get(key, message.context) if key else message
        forms = known.string if known is not None else ()
        if key and not all(forms if isinstance(forms, tuple) and forms else [forms]):
            missing.append(key)
    return missing


def french():
    with FRENCH.open("rb") as text:
        return read_po(text, locale="fr")


def test_every_text_has_its_french():
    assert untranslated(collector().collect(), french()) == []


def test_a_text_without_french_would_be_found():
    found = collector().collect()
    found.add("A text that nobody has put into French")
    assert untranslated(found, french()) == ["A text that nobody has put into French"]


def test_a_translation_keeps_what_is_filled_in():
    wrong = []
    for message in french():
        if not message.id or isinstance(message.id, tuple):
            continue
        if set(PLACEHOLDER.findall(message.id)) != set(PLACEHOLDER.findall(message.string)):
            wrong.append(message.id)
    assert wrong == []
