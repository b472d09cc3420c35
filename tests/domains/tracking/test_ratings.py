"""What customers thought: once, when they have it, for the store to read."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import transaction
from app.core.errors import Conflict, NotFound, Refusal
from app.tracking import ratings
from app.tracking import service as tracking
from tests.factories.kitchen import lived
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE, placed
from tests.races import HANDS, race


def rate(order_id: int, stars: int = 4, words: str = "") -> None:
    with transaction():
        ratings.rate(order_id, stars, words)


def test_it_is_kept_shown_and_counted(hands, work_off):
    (order_id,) = lived(hands, work_off, 1)
    assert tracking.follow(order_id).rateable
    rate(order_id, 5, "Still hot")
    (found,) = ratings.latest(ELM_STREET, 10)
    assert (found.order_id, found.stars, found.words) == (order_id, 5, "Still hot")
    assert tracking.follow(order_id).rating == found
    assert ratings.counted(ELM_STREET, clock.now() - timedelta(days=1)) == {5: 1, 4: 0, 3: 0, 2: 0, 1: 0}
    assert ratings.latest(MILWAUKEE_AVENUE, 10) == ()


def test_an_order_is_rated_once(hands, work_off):
    (order_id,) = lived(hands, work_off, 1)
    rate(order_id, 5)
    with pytest.raises(Conflict, match="already"):
        rate(order_id, 1)
    assert tracking.follow(order_id).rating.stars == 5


def test_of_many_at_once_one_is_kept(shop, hands, work_off):
    (order_id,) = lived(hands, work_off, 1)
    outcomes = race(shop, *[lambda: rate(order_id)] * HANDS)
    assert sum(outcome is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == HANDS - 1


def test_nobody_rates_what_they_do_not_have_or_had_long_ago(hands, work_off):
    waiting = placed()
    work_off()
    with pytest.raises(Refusal, match="when you have it"):
        rate(waiting)
    (order_id,) = lived(hands, work_off, 1)
    hands.now += timedelta(days=15)
    assert not tracking.follow(order_id).rateable
    with pytest.raises(Refusal, match="two weeks"):
        rate(order_id)


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_there_are_one_to_five_stars(hands, work_off, stars):
    (order_id,) = lived(hands, work_off, 1)
    with pytest.raises(Refusal, match="one to five"):
        rate(order_id, stars)


def test_what_was_never_on_a_board_is_not_rated(hands):
    with pytest.raises(NotFound):
        rate(1)
