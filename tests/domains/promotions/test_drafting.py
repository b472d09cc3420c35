"""Deals are written, changed, published and ended; what was used never changes."""

import pytest
from sqlalchemy import func, select

from app.core.db import db, transaction
from app.core.errors import Conflict, NotFound, Refusal
from app.promotions import service as promotions
from app.promotions.models import DealVersion
from tests.factories.deals import OFF_ONE, QUARTER_OFF, deal, offer
from tests.races import HANDS, race


def act(verb, *args, **kwargs):
    with transaction():
        return verb(*args, **kwargs)


def test_a_draft_is_on_offer_once_it_is_published(shop):
    found = act(promotions.write, OFF_ONE)
    assert promotions.live().deals == {}
    for _ in range(2):
        act(promotions.publish, found)
    assert promotions.live().deals[found].name == "A dollar off any pizza"


def test_a_deal_that_makes_no_sense_is_not_written(shop):
    with pytest.raises(Refusal) as refused:
        act(promotions.write, {**OFF_ONE, "off_cents": 0})
    assert (refused.value.code, refused.value.field) == ("invalid_deal", "off_cents")


def test_a_change_is_a_new_version_and_the_old_one_stays_as_it_was(shop):
    found = deal()
    assert act(promotions.change, found, 1, QUARTER_OFF) == 2
    assert (promotions.live().deals[found].version, promotions.live().deals[found].rate_ppm) == (2, 250_000)
    assert promotions.version(found, 1).off_cents == 100
    with pytest.raises(NotFound):
        promotions.version(found, 3)


def test_whoever_changes_what_somebody_else_has_changed_is_told(shop):
    found = deal()
    act(promotions.change, found, 1, QUARTER_OFF)
    with pytest.raises(Conflict, match="Somebody changed this deal"):
        act(promotions.change, found, 1, OFF_ONE)


def test_of_eight_changes_at_once_one_is_the_next_version(shop):
    found = deal()
    outcomes = race(
        shop, *[lambda n=n: act(promotions.change, found, 1, {**OFF_ONE, "off_cents": n + 1}) for n in range(HANDS)]
    )
    assert min(map(str, outcomes)) == "2"
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == HANDS - 1
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(DealVersion)) == 2


def test_a_limit_is_never_put_below_what_was_used(shop):
    found = deal(limit=5)
    for order_id in range(3):
        act(promotions.reserve, offer(found), order_id, [f"email:{order_id}"])
    with pytest.raises(Conflict, match="used 3 times"):
        act(promotions.change, found, 1, {**OFF_ONE, "limit": 2})
    act(promotions.change, found, 1, {**OFF_ONE, "limit": 3})
    with pytest.raises(Conflict):
        act(promotions.reserve, offer(found), 9, ["email:9"])


def test_what_is_not_there_cannot_be_changed(shop):
    with pytest.raises(NotFound):
        act(promotions.change, 4711, 1, OFF_ONE)


def test_an_ended_deal_is_over_at_once_and_for_good(shop):
    found = deal()
    for _ in range(2):
        act(promotions.end, found)
    assert promotions.live().deals == {}
    for verb, args in ((promotions.publish, ()), (promotions.change, (1, OFF_ONE))):
        with pytest.raises(Conflict):
            act(verb, found, *args)


def test_a_code_belongs_to_one_deal(shop):
    found, other = deal(), deal()
    assert act(promotions.add_code, found, " pizza-20 ") == "PIZZA20"
    for deal_id in (found, other):
        with pytest.raises(Refusal) as refused:
            act(promotions.add_code, deal_id, "Pizza20")
        assert refused.value.code == "code_taken"
    with pytest.raises(Refusal) as refused:
        act(promotions.add_code, found, "no")
    assert refused.value.code == "bad_code"


def test_a_deal_is_paused_and_goes_on_and_neither_is_done_to_one_that_ended(shop):
    found = deal(code="PIZZA20", by_code=True)
    for _ in range(2):
        act(promotions.pause, found)
        assert promotions.standing(found).state == "paused"
        assert found not in promotions.fresh().deals
    act(promotions.publish, found)
    assert found in promotions.fresh().deals
    act(promotions.end, found)
    for deed in (promotions.pause, promotions.publish):
        with pytest.raises(Conflict):
            act(deed, found)


def test_a_paused_deal_is_not_used_by_an_order_that_saw_it_before(shop):
    found = deal()
    seen = offer(found)
    act(promotions.pause, found)
    with pytest.raises(Conflict) as refused:
        act(promotions.reserve, seen, 1, ["email:1"])
    assert refused.value.code == "deal_used_up"


def test_how_a_deal_stands_says_its_uses_and_codes(shop):
    found = deal(code="PIZZA20")
    act(promotions.reserve, offer(found, off=250), 1, ["email:1"])
    act(promotions.reserve, offer(found, off=300), 2, ["email:2"])
    act(promotions.redeem, 1)
    draft = act(promotions.write, QUARTER_OFF, listed=False)
    newest, oldest = promotions.standings()
    assert (newest.deal.id, newest.state, newest.listed) == (draft, "draft", False)
    assert (oldest.state, oldest.reserved, oldest.redeemed, oldest.codes) == ("live", 1, 1, 1)
    assert promotions.standing(found) == oldest
    with pytest.raises(NotFound):
        promotions.standing(4711)
