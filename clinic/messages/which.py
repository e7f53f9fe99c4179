"""Which text: of one kind, by one channel, in one language."""

from dataclasses import dataclass
from typing import Any

from clinic.models import Clinic, Kind
from patients.models import Channel, Language


@dataclass(frozen=True)
class Which:
    kind: Kind
    channel: Channel
    language: Language

    @property
    def fields(self) -> dict[str, Any]:
        """As the columns of `MessageText`."""
        return {"kind": self.kind, "channel": self.channel, "language": self.language}

    @property
    def audited(self) -> dict[str, Any]:
        return {"subject": self.kind, "channel": self.channel, "language": self.language}

    def key(self, clinic: Clinic) -> tuple[int, str, str, str]:
        """Where `wording.own_texts` keeps it."""
        return clinic.pk, self.kind, self.channel, self.language
