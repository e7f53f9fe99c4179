"""What the sessions of a series cost at a clinic, by phase, in euro cents."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from clinic.models import Clinic, Price
from protocols.models import Protocol


@dataclass(frozen=True)
class Priced:
    """So many sessions of one phase at one price, tax included."""

    phase: str
    sessions: int
    price: Price

    @property
    def total_cents(self) -> int:
        return self.sessions * self.price.cents


@dataclass(frozen=True)
class SeriesPrice:
    """`unpriced` counts the sessions for which the clinic has entered no price."""

    parts: tuple[Priced, ...]
    unpriced: int

    @property
    def total_cents(self) -> int:
        return sum(part.total_cents for part in self.parts)

    @property
    def sessions(self) -> int:
        return sum(part.sessions for part in self.parts) + self.unpriced


def of_sessions(clinic: Clinic, protocol: Protocol, numbers: Iterable[int]) -> SeriesPrice:
    """The sessions with these numbers of the protocol, in the order of its phases.

    Two queries; one where the protocol was read with its steps.
    """
    asked = set(numbers)
    steps = (step for step in protocol.phased_steps() if step.number in asked)
    phases = Counter(step.phase.kind for step in steps)
    rows = Price.objects.filter(clinic=clinic, protocol=protocol.slug).order_by()
    prices = {row.phase: row for row in rows}
    general = prices.get("")
    parts, unpriced = [], 0
    for phase, sessions in phases.items():
        price = prices.get(phase, general)
        if price is None:
            unpriced += sessions
        else:
            parts.append(Priced(phase, sessions, price))
    return SeriesPrice(tuple(parts), unpriced)
