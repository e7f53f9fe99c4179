"""The leaflet made searchable: what it says on a reaction, how long, how many, and a quiz.

It shows what pages say, with their source, and judges nobody: no score, no verdict, nothing kept.
See `docs/decisions/0018-the-leaflet-is-looked-up.md`.
"""

from protocols.leaflet.cited import Cited, Stated
from protocols.leaflet.counting import GOALS, Count, Plan, Range, session_count
from protocols.leaflet.quiz import Question, questions
from protocols.leaflet.reactions import Level, Said, look_up
from protocols.leaflet.recovery import Lasting, Recovery, Running, recovery, running
from protocols.leaflet.rules import (
    Rules,
    Symptom,
    alert_signs,
    general,
    of_protocol,
    symptoms,
    with_leaflet,
)

__all__ = [
    "GOALS",
    "Cited",
    "Count",
    "Lasting",
    "Level",
    "Plan",
    "Question",
    "Range",
    "Recovery",
    "Rules",
    "Running",
    "Said",
    "Stated",
    "Symptom",
    "alert_signs",
    "general",
    "look_up",
    "of_protocol",
    "questions",
    "recovery",
    "running",
    "session_count",
    "symptoms",
    "with_leaflet",
]
