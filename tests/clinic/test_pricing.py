"""What sessions cost: by phase, at one clinic, the phase's own price first."""

import pytest

from clinic import pricing
from protocols.models import Phase, Protocol
from tests.factories import House, loaded, make_clinic
from tests.protocols.making import make_draft, make_source, make_step
from tests.quoting import make_price

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def two_phases() -> Protocol:
    """Two sessions of attack, two of maintenance."""
    protocol = make_draft()
    phase = Phase.objects.create(
        protocol=protocol, position=2, kind="maintenance", source=make_source()
    )
    for number in (3, 4):
        make_step(phase, number, ("P3M", "P3M", "P3M"), [(20, ("practitioner",))])
    return loaded(protocol)


def parts(price: pricing.SeriesPrice) -> list[tuple[str, int, int]]:
    return [(part.phase, part.sessions, part.total_cents) for part in price.parts]


def test_a_general_price_counts_for_every_phase(house: House, two_phases: Protocol) -> None:
    make_price(house.clinic, two_phases, 15_000)
    price = pricing.of_sessions(house.clinic, two_phases, [1, 2, 3])
    assert parts(price) == [("attack", 2, 30_000), ("maintenance", 1, 15_000)]
    assert (price.total_cents, price.sessions, price.unpriced) == (45_000, 3, 0)


def test_a_phase_of_its_own_price(house: House, two_phases: Protocol) -> None:
    make_price(house.clinic, two_phases, 15_000)
    make_price(house.clinic, two_phases, 9_000, phase="maintenance")
    price = pricing.of_sessions(house.clinic, two_phases, range(1, 5))
    assert parts(price) == [("attack", 2, 30_000), ("maintenance", 2, 18_000)]


def test_a_phase_without_a_price_is_counted_as_such(house: House, two_phases: Protocol) -> None:
    make_price(house.clinic, two_phases, 15_000, phase="attack")
    price = pricing.of_sessions(house.clinic, two_phases, range(1, 5))
    assert (price.total_cents, price.unpriced) == (30_000, 2)


def test_prices_are_the_clinics_own(house: House) -> None:
    make_price(make_clinic(), house.protocol)
    price = pricing.of_sessions(house.clinic, house.protocol, [1, 2, 3])
    assert (price.parts, price.unpriced) == ((), 3)


def test_of_sessions_is_two_queries_and_one_once_the_steps_are_read(
    house: House, django_assert_num_queries
) -> None:
    make_price(house.clinic, house.protocol)
    for numbers in ([1], [1, 2, 3]):
        bare = Protocol.objects.get(pk=house.protocol.pk)
        for queries in (2, 1):
            with django_assert_num_queries(queries):
                pricing.of_sessions(house.clinic, bare, numbers)
