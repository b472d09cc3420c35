"""What tests of the core share."""

from collections.abc import Iterator

import pytest
from redis import Redis


@pytest.fixture
def quiet(shop) -> Iterator[Redis]:
    """A Redis with nothing in it."""
    redis = shop.extensions["doorbell"].redis
    redis.flushdb()
    yield redis
    redis.flushdb()
