"""Uses of deals never pass a limit, and each move is safe to repeat (price law, section 8)."""

from threading import Barrier

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.core.db import db, transaction
from app.core.errors import Conflict
from app.promotions import service as promotions
from app.promotions.models import Deal, Redemption
from tests.factories.deals import deal, offer
from tests.races import HANDS, race

ANA, CARLO = "ana@example.com", "carlo@example.com"


def reserve(deal_id, order_id, identity=ANA):
    with transaction():
        promotions.reserve(offer(deal_id), order_id, identity)


def redeem(order_id):
    with transaction():
        promotions.redeem(order_id)


def release(order_id):
    with transaction():
        promotions.release(order_id)


def uses(deal_id):
    db.session.rollback()
    return promotions.uses(deal_id)


def test_a_use_is_held_then_redeemed(shop):
    found = deal(limit=1)
    reserve(found, 1)
    assert uses(found) == (1, 0)
    redeem(1)
    assert uses(found) == (0, 1)


@pytest.mark.parametrize(
    "moves", [(release,), (release, release), (redeem, release), (redeem, redeem, release, release)]
)
def test_a_use_comes_back_once_however_often_it_is_given_back(shop, moves):
    found = deal(limit=1)
    reserve(found, 1)
    for move in moves:
        move(1)
    assert uses(found) == (0, 0)
    reserve(found, 2, CARLO)
    assert uses(found) == (1, 0)


def test_redeeming_twice_counts_once(shop):
    found = deal(limit=5)
    reserve(found, 1)
    redeem(1)
    redeem(1)
    assert uses(found) == (0, 1)


def test_what_was_given_back_cannot_be_redeemed(shop):
    found = deal(limit=1)
    reserve(found, 1)
    release(1)
    redeem(1)
    assert uses(found) == (0, 0)


def test_an_order_without_deals_moves_nothing(shop):
    found = deal(limit=1)
    redeem(1)
    release(1)
    with transaction():
        promotions.reserve(promotions.Offer(), 1, ANA)
    assert uses(found) == (0, 0)


def test_past_its_limit_a_deal_is_used_up(shop):
    found = deal(limit=1)
    reserve(found, 1)
    with pytest.raises(Conflict) as refused:
        reserve(found, 2, CARLO)
    assert (refused.value.code, refused.value.action) == ("deal_used_up", "reprice")
    assert uses(found) == (1, 0)


def test_a_redeemed_use_counts_towards_the_limit(shop):
    found = deal(limit=1)
    reserve(found, 1)
    redeem(1)
    with pytest.raises(Conflict):
        reserve(found, 2, CARLO)


def test_each_customer_has_uses_of_their_own(shop):
    found = deal(limit_per_customer=2)
    for order_id in (1, 2):
        reserve(found, order_id)
    with pytest.raises(Conflict, match="as often as it can be"):
        reserve(found, 3)
    reserve(found, 4, CARLO)
    assert uses(found) == (3, 0)


def test_a_customers_use_comes_back_with_its_number(shop):
    found = deal(limit_per_customer=1)
    reserve(found, 1)
    release(1)
    reserve(found, 2)
    with pytest.raises(Conflict):
        reserve(found, 3)


def test_of_two_deals_both_are_held_or_none(shop):
    plenty, none = deal(), deal(limit=0)
    with pytest.raises(Conflict), transaction():
        promotions.reserve(offer(plenty, none), 1, ANA)
    assert uses(plenty) == (0, 0)
    more = deal()
    with transaction():
        promotions.reserve(offer(plenty, more), 2, ANA)
    assert (uses(plenty), uses(more)) == ((1, 0), (1, 0))


def test_an_order_uses_a_deal_once_however_often_it_asks(shop):
    found = deal(limit=1)
    reserve(found, 1)
    reserve(found, 1)
    redeem(1)
    reserve(found, 1)
    assert uses(found) == (0, 1)


def test_no_deal_is_on_offer_yet(shop):
    assert promotions.best_offer([promotions.Unit(0, "cola", "can", None, 225)]) == promotions.Offer()


def test_one_of_eight_gets_the_last_use(shop):
    found = deal(limit=1)
    outcomes = race(shop, *[lambda n=n: reserve(found, n, f"{n}@example.com") for n in range(HANDS)])
    assert outcomes.count(None) == 1
    assert {outcome.code for outcome in outcomes if outcome} == {"deal_used_up"}
    assert uses(found) == (1, 0)


def test_one_of_eight_orders_of_a_customer_gets_their_last_use(shop):
    found = deal(limit_per_customer=1)
    outcomes = race(shop, *[lambda n=n: reserve(found, n) for n in range(HANDS)])
    assert outcomes.count(None) == 1
    assert uses(found) == (1, 0)


def test_eight_moves_of_one_order_count_once(shop):
    found = deal(limit=1)
    reserve(found, 1)
    assert race(shop, *[lambda: redeem(1)] * (HANDS // 2), *[lambda: release(1)] * (HANDS // 2)) == [None] * HANDS
    release(1)
    assert uses(found) == (0, 0)


def test_two_orders_that_use_two_deals_crosswise_do_not_block_each_other(shop):
    first, second = deal(), deal()

    def both(order_id, *deals):
        def work():
            with transaction():
                promotions.reserve(offer(*deals), order_id, f"{order_id}@example.com")

        return work

    works = [both(n, *((first, second) if n % 2 else (second, first))) for n in range(HANDS)]
    assert race(shop, *works) == [None] * HANDS
    assert (uses(first), uses(second)) == ((HANDS, 0), (HANDS, 0))


def test_without_the_guard_the_race_would_pass_the_limit(shop):
    """The control: look first, then take. Only the database's last line stops it."""
    found = deal(limit=1)
    all_looked = Barrier(HANDS)

    def look_then_take():
        row = db.session.execute(select(Deal.reserved, Deal.limit).where(Deal.id == found)).one()
        assert row.reserved < row.limit
        all_looked.wait(30)
        with transaction():
            db.session.execute(update(Deal).where(Deal.id == found).values(reserved=Deal.reserved + 1))

    outcomes = race(shop, *[look_then_take] * HANDS)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == HANDS - 1


def test_every_use_is_a_row_that_says_who_and_when(shop):
    found = deal(limit_per_customer=3)
    reserve(found, 1)
    release(1)
    reserve(found, 2)
    db.session.rollback()
    rows = db.session.execute(select(Redemption.order_id, Redemption.identity, Redemption.n, Redemption.state)).all()
    assert sorted(map(tuple, rows)) == [(1, ANA, None, "released"), (2, ANA, 1, "reserved")]
