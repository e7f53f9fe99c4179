"""Where managers edit drafts until a comfortable editor comes, under the same rules.

A published version is shown and cannot be changed; its state changes by the verbs of
`protocols.editing` alone.
"""

from protocols.admin.protocols import ProtocolAdmin
from protocols.admin.steps import StepAdmin
from protocols.admin.terms import TermAdmin

__all__ = ["ProtocolAdmin", "StepAdmin", "TermAdmin"]
