"""Parts and alphabets of text messages, and what gives way in one that is too long."""

import pytest

from clinic.messages import sms
from clinic.messages.clean import on_one_line


@pytest.mark.parametrize(
    ("text", "parts", "units", "alphabet"),
    [
        ("", 0, 0, "GSM-7"),
        ("a" * 160, 1, 160, "GSM-7"),
        ("a" * 161, 2, 161, "GSM-7"),
        ("a" * 306, 2, 306, "GSM-7"),
        ("a" * 307, 3, 307, "GSM-7"),
        ("à é è ù ì ò Ç É", 1, 15, "GSM-7"),
        ("€" * 80, 1, 160, "GSM-7"),
        ("€" * 81, 2, 162, "GSM-7"),
        # 76 of two septets fill 152 of 153: the last septet stays empty, the sign is not torn.
        ("€" * 152, 2, 304, "GSM-7"),
        ("€" * 153, 3, 306, "GSM-7"),
        ("ê" + "a" * 69, 1, 70, "UCS-2"),
        ("ê" + "a" * 70, 2, 71, "UCS-2"),
        ("ê" * 134, 2, 134, "UCS-2"),
        ("ê" * 135, 3, 135, "UCS-2"),
        ("🙂" * 35, 1, 70, "UCS-2"),
        # 33 pairs fill 66 of 67.
        ("🙂" * 66, 2, 132, "UCS-2"),
        ("🙂" * 67, 3, 134, "UCS-2"),
        ("ç", 1, 1, "UCS-2"),  # only its capital is in the alphabet
    ],
)
def test_parts_are_counted_as_networks_do(text: str, parts: int, units: int, alphabet: str) -> None:
    found = sms.size(text)
    assert (found.parts, found.units, found.alphabet) == (parts, units, alphabet)


def test_the_alphabet_has_its_128_places() -> None:
    assert len(sms.BASIC) == 127  # and the escape to the extension
    assert set() == sms.BASIC & sms.EXTENSION


def test_signs_become_plainer_and_letters_stay() -> None:
    plain = sms.plainer("L’été – « 9 h »…")
    assert plain == 'L\'été - " 9 h "...'
    assert sms.size(sms.plainer("être à Nîmes, ça va")).alphabet == "UCS-2"
    assert sms.plainer("être à Nîmes, ça va") == "être à Nîmes, ça va"


def test_the_first_that_fits_is_taken() -> None:
    tries = ["a" * 400, "b" * 306, "c"]
    assert sms.fitted(tries, keep="") == "b" * 306


def test_what_cannot_fit_is_cut_before_the_link() -> None:
    link = "https://clinic.example/p/0123456789/"
    cut = sms.fitted([f"{'é' * 400} {link}"], keep=link)
    assert cut.endswith(f"... {link}")
    assert sms.size(cut).parts == 2
    # Not a letter more would go.
    assert not sms.fits(f"é{cut}")


def test_a_pair_of_halves_is_not_cut_in_two() -> None:
    cut = sms.fitted(["🙂" * 200], keep="")
    assert sms.fits(cut)
    cut.encode()  # half a pair could not be


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Cabinet\r\nBcc: x@example.org", "Cabinet Bcc: x@example.org"),
        ("Cabinet\0 \x07Bleu", "Cabinet Bleu"),
        ("Cabinet \N{RIGHT-TO-LEFT OVERRIDE}uelB", "Cabinet uelB"),
        ("\N{LEFT-TO-RIGHT ISOLATE}a\N{POP DIRECTIONAL ISOLATE}", "a"),
        ("Cabinet\N{LINE SEPARATOR}Bleu\N{NEXT LINE}x", "Cabinet Bleu x"),
        ("Café 🙂 \N{ZERO WIDTH SPACE}Été", "Café 🙂 Été"),
        ("א ב", "א ב"),
    ],
)
def test_names_are_cleaned_of_what_is_not_seen(typed: str, kept: str) -> None:
    assert on_one_line(typed) == kept


def test_a_long_name_ends_at_a_word() -> None:
    assert on_one_line("Cabinet des Tilleuls et des Roses", 20) == "Cabinet des Tilleuls"
    assert on_one_line("x" * 500, 60) == "x" * 60


def test_accents_that_no_basic_phone_knows_give_way_before_words_do() -> None:
    long = "Cabinet de la Forêt, cœur du Luçon: " + "a" * 100
    assert sms.fitted([long, "short"], keep="") == long.replace("ê", "e").replace(
        "œ", "oe"
    ).replace("ç", "c")


def test_accents_stay_where_there_is_room() -> None:
    assert sms.fitted(["Forêt, cœur"], keep="") == "Forêt, cœur"


def test_a_script_without_plain_letters_is_shortened_as_before() -> None:
    assert sms.fitted(["عيادة" * 40, "عيادة"], keep="") == "عيادة"
