"""The best offer for a bill: what becomes of codes, who may not have a deal, and what nobody learns by guessing."""

import dataclasses
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.promotions import remembering
from app.promotions import service as promotions
from app.promotions.models import DealCode
from app.promotions.service import Bill, Context, Reason, Unit, Wish
from tests.factories.deals import OFF_ONE, QUARTER_OFF, deal, offer
from tests.queries import counted

CHICAGO = ZoneInfo("America/Chicago")
FRIDAY_EVENING = datetime(2026, 7, 3, 23, 0, tzinfo=UTC)  # 6 pm there
ANA, CARLO = ("email:ana@example.com",), ("email:carlo@example.com",)
NOTHING = Wish()
COLA_OFF = {**OFF_ONE, "name": "Cola for less", "slots": [{"products": ["cola"]}], "off_cents": 50}
PIZZA = Unit(0, "margherita", "m", "classic", 1450, category="pizzas", specialty=True)
COLA = Unit(1, "cola", "can", None, 225, category="drinks")


def here(**changes):
    at = {"at": FRIDAY_EVENING, "zone": CHICAGO, "store_id": 1, "store_name": "Elm Street", "method": "carryout"}
    return Context(**{**at, **changes})


def reckon(*units, wish=NOTHING, identities=(), **context):
    return promotions.best_offer(Bill(units or (PIZZA, COLA)), here(**context), wish, identities=identities)


def tried(code, *units, identities=(), **context):
    return reckon(*units, wish=Wish((code,)), identities=identities, **context).codes[0]


def test_an_automatic_deal_applies_by_itself(shop):
    found = deal()
    assert reckon().offer.deal_ids == (found,)
    assert reckon(COLA).offer.deal_ids == ()


def test_a_cart_like_one_before_is_not_searched_again_and_one_that_costs_otherwise_is(shop):
    deal()
    searched = remembering.remembered.cache_info
    remembering.remembered.cache_clear()
    first, again = reckon(), reckon(identities=CARLO)
    assert (searched().misses, again.offer) == (1, first.offer)
    dearer = reckon(dataclasses.replace(PIZZA, list_cents=1550), COLA)
    assert (searched().misses, dearer.offer.total_cents) == (2, first.offer.total_cents + 100)
    deal(off_cents=300, name="Three off")
    assert (reckon().offer.off_cents, searched().misses) == (300, 3)


def test_a_large_cart_is_searched_each_time_and_takes_up_no_room(shop):
    found = deal()
    large = [dataclasses.replace(PIZZA, id=n) for n in range(remembering.MOST_REMEMBERED + 1)]
    remembering.remembered.cache_clear()
    assert [reckon(*large).offer.deal_ids, reckon(*large).offer.deal_ids] == [(found,), (found,)]
    assert remembering.remembered.cache_info().currsize == 0


def test_a_free_item_is_had_alone_where_an_old_deal_says_two(shop):
    slots = [{"categories": ["pizzas"]}, {"categories": ["drinks"], "count": 2}]
    found = deal({"name": "A drink on us", "kind": "free_item", "slots": slots})
    reckoning = reckon()
    assert (reckoning.offer.deal_ids, reckoning.offer.off_cents) == ((found,), COLA.list_cents)


@pytest.mark.parametrize("terms", [{"methods": ["carryout"]}, {"stores": [1]}])
def test_nothing_is_promised_before_it_is_known_where_the_food_goes(shop, terms):
    found = deal({**OFF_ONE, **terms})
    assert reckon(method=None, store_id=None).offer.deal_ids == ()
    assert reckon().offer.deal_ids == (found,)
    assert [each.obstacle for each in promotions.deals(here(method=None, store_id=None))] == [None]


def test_a_deal_by_code_waits_for_its_code_however_it_is_typed(shop):
    found = deal(by_code=True, code="PIZZA1")
    assert reckon().offer.deal_ids == ()
    for typed in ("PIZZA1", " pizza-1 "):
        reckoning = reckon(wish=Wish((typed,)))
        (coupon,) = reckoning.codes
        assert (reckoning.offer.deal_ids, coupon.used, coupon.saves_cents) == ((found,), True, 100)
        assert reckoning.code_ids == {found: db.session.scalar(select(DealCode.id))}


def test_a_code_that_is_worse_is_explained_and_not_used_up(shop):
    deal(off_cents=650, name="Mix & Match")
    deal(by_code=True, code="PIZZA4", off_cents=400, name="Four off")
    reckoning = reckon(wish=Wish(("pizza4",)))
    (coupon,) = reckoning.codes
    assert (reckoning.offer.off_cents, reckoning.code_ids) == (650, {})
    assert (coupon.worse, coupon.saves_cents, coupon.dearer_cents) == (True, 400, 250)


def test_what_a_code_takes_off_is_its_own_and_not_what_comes_off_beside_it(shop):
    """Free delivery is had with and without the code; with it 2.50 and the tax on them are more to pay."""
    deal(off_cents=650, name="Mix & Match")
    deal({"name": "Free ride", "kind": "delivery", "rate_ppm": 1_000_000})
    deal({"name": "Four off", "kind": "amount_order", "off_cents": 400}, by_code=True, code="PIZZA4")
    bill = Bill((dataclasses.replace(PIZZA, rate_ppm=100_000),), fee_cents=299)
    with_it = promotions.best_offer(bill, here(), Wish(("PIZZA4",))).codes[0]
    assert (with_it.worse, with_it.saves_cents, with_it.dearer_cents) == (True, 400, 275)


def test_codes_that_may_stand_together_are_used_together(shop):
    pizza, cola = deal(by_code=True, code="PIZZA1"), deal(COLA_OFF, by_code=True, code="COLA1")
    reckoning = reckon(wish=Wish(("PIZZA1", "COLA1")))
    assert (reckoning.offer.deal_ids, reckoning.offer.off_cents) == ((pizza, cola), 150)
    assert set(reckoning.code_ids) == {pizza, cola}
    assert reckon(wish=Wish(("COLA1", "PIZZA1"))).offer == reckoning.offer


def test_of_codes_that_may_not_stand_together_the_better_is_used_in_whatever_order_they_were_typed(shop):
    better = deal(by_code=True, code="PIZZA4", off_cents=400, combine="exclusive")
    deal(COLA_OFF, by_code=True, code="COLA1")
    for typed in (("PIZZA4", "COLA1"), ("COLA1", "PIZZA4")):
        reckoning = reckon(wish=Wish(typed))
        coupons = {coupon.label: coupon for coupon in reckoning.codes}
        assert (reckoning.offer.deal_ids, coupons["PIZZA4"].used) == ((better,), True)
        assert (coupons["COLA1"].worse, coupons["COLA1"].dearer_cents) == (True, 350)
        assert list(reckoning.code_ids) == [better]


def test_of_two_codes_for_one_deal_the_first_is_used_up(shop):
    found = deal(by_code=True)
    first, second = secret(found, 2)
    reckoning = reckon(wish=Wish((first, second)))
    assert [coupon.used for coupon in reckoning.codes] == [True, False]
    assert reckoning.codes[1].obstacle.message == f"{second} cannot be used together with {first}."
    assert reckoning.code_ids == {found: reckoning.codes[0].code_id}


def test_a_pinned_code_is_used_although_it_is_worse(shop):
    deal(off_cents=650)
    asked = deal(by_code=True, code="PIZZA4", off_cents=400)
    reckoning = reckon(wish=Wish(("PIZZA4",), pinned="PIZZA4"))
    assert (reckoning.offer.deal_ids, reckoning.codes[0].used) == ((asked,), True)


def test_a_code_that_may_not_stand_beside_what_is_better_says_so(shop):
    deal(off_cents=650, name="Mix & Match", combine="exclusive")
    deal(QUARTER_OFF, by_code=True, code="QUARTER")
    coupon = tried("QUARTER")
    assert (coupon.worse, coupon.obstacle.reason) == (True, Reason.NOT_WITH_OTHERS)
    assert coupon.obstacle.message == "QUARTER cannot be used together with Mix & Match."


REFUSALS = [
    (Reason.UNKNOWN, {}, "NOSUCH", {}, "We don't know NOSUCH."),
    (Reason.EXPIRED, {"window": {"last": "2026-07-01"}}, "CODE1", {}, "CODE1 ended on July 1."),
    (Reason.NOT_YET, {"window": {"first": "2026-08-01"}}, "CODE1", {}, "CODE1 starts on August 1."),
    (Reason.WRONG_STORE, {"stores": [2]}, "CODE1", {}, "CODE1 does not hold at Elm Street."),
    (Reason.WRONG_METHOD, {"methods": ["delivery"]}, "CODE1", {}, "CODE1 is for delivery only."),
    (Reason.WRONG_TIME, {"window": {"weekdays": [1]}}, "CODE1", {}, "CODE1 holds on Tuesdays only."),
    (Reason.BELOW_MINIMUM, {"min_spend_cents": 2000}, "CODE1", {}, "CODE1 starts at $20.00 of food. Add $3.25 more."),
    (Reason.USED_UP, {"limit": 0}, "CODE1", {}, "CODE1 is used up: all 0 are gone."),
    (Reason.NOT_FIRST_ORDER, {"first_order": True}, "CODE1", {"first_order": False}, "CODE1 is for a first order."),
    (
        Reason.ITEMS_MISSING,
        {"slots": [{"categories": ["salads"]}]},
        "CODE1",
        {},
        "CODE1 does not fit what is in your order yet.",
    ),
]


@pytest.mark.parametrize(
    ("reason", "terms", "typed", "context", "words"), REFUSALS, ids=[str(case[0]) for case in REFUSALS]
)
def test_each_no_has_a_sentence_of_its_own(shop, reason, terms, typed, context, words):
    deal({**OFF_ONE, **terms}, by_code=True, code="CODE1")
    coupon = tried(typed, **context)
    assert (coupon.obstacle.reason, coupon.obstacle.message) == (reason, words)
    assert coupon.waiting


def test_whoever_used_a_code_is_told_and_others_are_not_bothered(shop):
    found = deal(by_code=True, code="ONCE", limit_per_customer=1)
    with transaction():
        promotions.reserve(offer(found), 1, ANA)
    assert tried("ONCE", identities=ANA).obstacle.message == "You have used ONCE already."
    assert tried("ONCE", identities=CARLO).used
    assert tried("ONCE").used, "nobody knows yet who it is"


def test_an_automatic_deal_that_a_customer_used_up_is_not_in_their_price(shop):
    found = deal(limit_per_customer=1)
    with transaction():
        promotions.reserve(offer(found), 1, ANA)
    assert reckon(identities=ANA).offer.deal_ids == ()
    assert reckon(identities=CARLO).offer.deal_ids == (found,)


def test_a_used_up_deal_is_out_of_every_price_at_the_next_look(shop):
    found = deal(limit=1)
    assert reckon().offer.deal_ids == (found,)
    with transaction():
        promotions.reserve(offer(found), 1, ANA)
    assert reckon().offer.deal_ids == ()
    with transaction():
        promotions.release(1)
    assert reckon().offer.deal_ids == (found,)


def test_a_slip_of_the_finger_is_met_halfway_for_codes_that_everybody_may_know(shop):
    deal(by_code=True, code="PIZZA20")
    deal(by_code=True, code="PARTNER77", listed=False)
    assert tried("PIZA20").obstacle.message == "We don't know PIZA20. Did you mean PIZZA20?"
    assert tried("PARTNER7").obstacle.message == "We don't know PARTNER7."


def secret(deal_id, count=1):
    with transaction():
        return [promotions.add_code(deal_id, f"SECRET{deal_id}X{n}", limit=1) for n in range(count)]


@pytest.mark.parametrize("becomes", ["used", "ended", "expired", "used up", "draft"])
def test_a_secret_code_that_is_over_looks_like_one_that_never_was(shop, becomes):
    terms = {"window": {"last": "2026-07-02"}} if becomes == "expired" else {}
    terms |= {"limit": 1} if becomes == "used up" else {}
    found = deal({**OFF_ONE, **terms}, by_code=True)
    if becomes == "draft":
        with transaction():
            found = promotions.write(OFF_ONE)
    (code,) = secret(found)
    with transaction():
        if becomes in {"used", "used up"}:
            used = db.session.scalar(select(DealCode.id)) if becomes == "used" else None
            promotions.reserve(offer(found), 1, ANA, {found: used} if used else {})
        if becomes == "ended":
            promotions.end(found)
    coupon, never = tried(code), tried("A" * len(code))
    assert coupon.obstacle.message.replace(code, "") == never.obstacle.message.replace("A" * len(code), "")
    assert (coupon.obstacle.reason, coupon.deal) == (Reason.UNKNOWN, None)


def test_a_secret_code_works_while_it_is_good_and_says_why_when_it_cannot_be_used_here(shop):
    found = deal(by_code=True, methods=["carryout"])
    (code,) = secret(found)
    assert tried(code.lower()).used
    assert tried(code, method="delivery").obstacle.reason is Reason.WRONG_METHOD
    assert promotions.live().codes == {}, "secret codes are in no memory"


def test_a_public_code_whose_deal_was_ended_by_hand_says_that_it_is_over(shop):
    found = deal(by_code=True, code="SUMMER")
    with transaction():
        promotions.end(found)
    assert tried("SUMMER").obstacle.message == "SUMMER has ended."


def test_a_picked_deal_says_what_it_waits_for(shop):
    found = deal(slots=[{"categories": ["salads"]}], name="Green week")
    picked = reckon(wish=Wish(deal_id=found)).picked
    assert (picked.label, picked.waiting, picked.obstacle.reason) == ("Green week", True, Reason.ITEMS_MISSING)
    assert reckon(wish=Wish(deal_id=4711)).picked is None


def test_a_picked_deal_that_needs_its_code_says_so_until_the_code_is_there(shop):
    found = deal(by_code=True)
    (code,) = secret(found)
    picked = reckon(wish=Wish(deal_id=found)).picked
    assert (picked.obstacle.reason, picked.waiting) == (Reason.CODE_MISSING, True)
    assert picked.obstacle.message == "A dollar off any pizza needs its code."
    assert reckon(wish=Wish((code,), deal_id=found)).picked.used


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"methods": ["carryout"]}, "is for carryout only. Choose where your food goes first."),
        ({"stores": [1]}, "holds at some stores. Choose yours first."),
    ],
)
def test_a_picked_deal_that_hangs_on_the_place_asks_for_it(shop, terms, words):
    found = deal({**OFF_ONE, **terms})
    wish = Wish(deal_id=found)
    picked = reckon(wish=wish, method=None, store_id=None).picked
    assert picked.obstacle.message == f"A dollar off any pizza {words}"
    assert reckon(wish=wish).picked.used


def test_deals_of_a_page_stand_with_what_is_against_them_last(shop):
    far = deal(stores=[2], name="Far away")
    near = deal(name="Near")
    hidden = deal(name="Hidden", listed=False, by_code=True, code="HIDDEN")
    over = deal(name="Over", window={"last": "2026-07-01"})
    listed = promotions.deals(here())
    assert [each.deal.id for each in listed] == [near, far]
    assert {hidden, over}.isdisjoint({each.deal.id for each in listed})
    assert promotions.deal(hidden) is None
    assert promotions.deal(hidden, ["HIDDEN"]).id == hidden
    assert promotions.deal(hidden, ["NOSUCH"]) is None


def test_a_warm_price_asks_the_database_nothing_and_a_limited_deal_once(shop):
    deal()
    reckon(identities=ANA)
    with counted() as sent:
        reckon(identities=ANA)
    assert len(sent) <= 1  # the edition, once a second
    deal(limit_per_customer=1)
    reckon()
    with counted() as sent:
        reckon(identities=ANA)
    assert len(sent) <= 2
