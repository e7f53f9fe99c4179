import pytest

from protocols.catalogue import loader
from tests.protocols.making import NOW


@pytest.fixture
def shipped(db: None) -> loader.Report:
    """The whole shipped catalogue, loaded."""
    return loader.load(now=NOW)
