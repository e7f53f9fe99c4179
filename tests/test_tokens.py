"""The colours of assets/tokens.css can be read by everybody: WCAG 2.1 AA, by day and by night."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parent.parent / "assets" / "tokens.css").read_text(encoding="utf-8")
TEXT, SHAPE = 4.5, 3.0


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", css))


DAY = colours(CSS.split("@media")[0])
NIGHT = DAY | colours(CSS.split("prefers-color-scheme: dark")[1].split("@media")[0])

GROUNDS = ("ground", "surface")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-2") for ground in (*GROUNDS, "surface-2")),
    *((ink, ground, TEXT) for ink in ("accent", "accent-strong") for ground in GROUNDS),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("accent-strong", "accent-soft", TEXT),
    ("ink", "accent-soft", TEXT),
    ("ink-2", "accent-soft", TEXT),
    *((name, f"{name}-soft", TEXT) for name in ("good", "warn", "bad", "blue", "plum", "grey")),
    ("accent", "accent-soft", TEXT),
    *(("ink", f"{name}-soft", TEXT) for name in ("good", "warn", "bad", "blue")),
    *((name, "surface", TEXT) for name in ("good", "warn", "bad", "blue", "plum", "grey")),
    *((name, ground, SHAPE) for name in ("line-strong", "focus") for ground in GROUNDS),
]  # fmt: skip


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_contrast_is_enough(theme: dict[str, str], ink: str, ground: str, least: float) -> None:
    assert contrast(theme[ink], theme[ground]) >= least


def test_night_has_colours_of_its_own() -> None:
    assert {name for name in DAY if DAY[name] == NIGHT[name]} == set()


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < TEXT
