import pytest

from tests.factories.hands import Hands


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)
