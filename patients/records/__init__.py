"""The record of a session: draft, save, sign, amend, and the chain that seals what was signed.

Every verb is keyword-only and one transaction; `by` whom and `now` when. The audit row is written
a floor higher (`clinic.recording`, `clinic.signing`), in the same transaction: pages call those.
"""

from patients.records.amendments import amend
from patients.records.content import (
    CODES,
    PRODUCTS,
    SAVED,
    Content,
    ProductLine,
    content_at,
    content_of,
    lines,
    typed_content,
    validate,
    values,
)
from patients.records.drafts import (
    Closed,
    Conflict,
    Differing,
    Overtaken,
    Saved,
    kept,
    open_draft,
    save_draft,
    settle,
)
from patients.records.problems import Problem, Problems, problems_before_signing
from patients.records.signing import sign
from patients.records.waiting import wait, waiting

__all__ = [
    "CODES",
    "PRODUCTS",
    "SAVED",
    "Closed",
    "Conflict",
    "Content",
    "Differing",
    "Overtaken",
    "Problem",
    "Problems",
    "ProductLine",
    "Saved",
    "amend",
    "content_at",
    "content_of",
    "kept",
    "lines",
    "open_draft",
    "problems_before_signing",
    "save_draft",
    "settle",
    "sign",
    "typed_content",
    "validate",
    "values",
    "wait",
    "waiting",
]
