"""Deals from the cart to the order's end: the price that was seen is the price that is paid, and uses come back."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.core.db import db, transaction
from app.core.errors import Conflict, NotFound, Refusal
from app.menu.service import Selection
from app.orders import cart, service, wishes
from app.orders.models import OrderUnit
from app.orders.offers import deals_at, deals_of, known_by
from app.orders.service import Discount
from app.promotions import service as promotions
from app.promotions.models import DealCode
from app.promotions.service import Reason
from app.stores import service as stores
from app.stores.service import Method
from tests.factories.deals import OFF_ONE, QUARTER_OFF, deal, uses_of
from tests.factories.orders import ANA, COLA, COUNTER, HOME, MARGHERITA, filled, ordered, place, placing
from tests.queries import counted
from tests.races import HANDS, race

FRIDAY_NOON = "2026-07-03T17:05:00+00:00"
EVENING = datetime(2026, 7, 3, 23, 0, tzinfo=UTC)  # 6 pm in Chicago
CARLO = dataclasses.replace(ANA, name="Carlo Ruiz", phone="+13125550199", email="carlo@example.com")
LARGE = Selection("margherita", "l")


@pytest.fixture(autouse=True)
def moment(shop):
    with time_machine.travel(FRIDAY_NOON, tick=False) as traveller:
        yield traveller


def act(verb, *args, **kwargs):
    with transaction():
        return verb(*args, **kwargs)


def view(cart_id, identities=()):
    db.session.rollback()
    return cart.view(cart_id, identities=identities)


def test_what_a_deal_takes_off_is_seen_charged_and_frozen(shop):
    found = deal()
    mine = filled((MARGHERITA, 2), COLA, place=HOME)
    seen = view(mine)
    assert seen.discounts == (Discount("A dollar off any pizza", 200, 0),)
    order = service.order(place(placing(mine)).order_id)
    assert (order.discounts, order.quote.total_cents) == (seen.discounts, seen.quote.total_cents)
    units = db.session.scalars(select(OrderUnit).order_by(OrderUnit.id)).all()
    assert [unit.discounts for unit in units] == [[[found, 1, 100]], [[found, 1, 100]], []]


def test_an_order_keeps_its_discounts_whatever_becomes_of_the_deal(shop):
    found = deal()
    order_id = ordered(MARGHERITA)
    before = service.order(order_id)
    act(promotions.change, found, 1, QUARTER_OFF)
    act(promotions.end, found)
    assert service.order(order_id) == before


def test_free_delivery_is_a_discount_on_the_fee_and_nothing_else(shop):
    deal({"name": "Free delivery", "kind": "delivery", "rate_ppm": 1_000_000, "methods": ["delivery"]})
    seen = view(filled(MARGHERITA, place=HOME))
    assert seen.discounts == (Discount("Free delivery", 0, 299),)
    assert (seen.quote.fee_cents, seen.quote.discount_cents) == (0, 0)
    assert view(filled(MARGHERITA)).discounts == ()


def test_the_delivery_minimum_counts_food_before_a_discount_on_the_order(shop):
    deal({"name": "Five off", "kind": "amount_order", "off_cents": 500})
    mine = filled(Selection("your-own"), place=HOME)
    seen = view(mine)
    assert (seen.quote.items_cents, seen.promise.minimum_cents) == (1350, 1200)
    assert (seen.quote.discount_cents, seen.missing_cents) == (500, 0)
    assert place(placing(mine)).new


LIFE = [
    ("cancelled before making", ["place", "accept", "cancel"], (0, 0)),
    ("not paid", ["fail"], (0, 0)),
    ("hold ran out", ["expire"], (0, 0)),
    ("rejected", ["place", "reject"], (0, 0)),
    ("paid", ["place"], (0, 1)),
    ("cancelled in the middle of it", ["place", "accept", "make", "cancel late"], (0, 1)),
    ("waiting for its payment", [], (1, 0)),
]
MOVES = {
    "place": service.mark_placed,
    "accept": lambda order_id: service.accept(order_id, by="Beppe"),
    "make": lambda order_id: service.start_making(order_id, by="Beppe"),
    "cancel": lambda order_id: service.cancel(order_id, by="customer", reason="Changed my mind"),
    "cancel late": lambda order_id: service.cancel(order_id, by="Mina", reason="Burnt", while_making=True),
    "reject": lambda order_id: service.reject(order_id, by="Beppe", reason="No dough"),
    "fail": service.fail_payment,
    "expire": service.expire,
}


@pytest.mark.parametrize(("moves", "uses"), [case[1:] for case in LIFE], ids=[case[0] for case in LIFE])
def test_a_use_follows_the_life_of_its_order(shop, moves, uses):
    found = deal(limit=1, limit_per_customer=1)
    order_id = ordered(MARGHERITA)
    for move in moves:
        for _ in range(2):  # each move is safe to repeat
            act(MOVES[move], order_id)
    db.session.rollback()
    assert uses_of(found) == uses
    assert bool(view(filled(MARGHERITA)).discounts) is (uses == (0, 0))


def test_a_deal_that_was_used_up_meanwhile_shows_the_new_price_and_charges_nobody(shop):
    deal(limit=1)
    mine, carlos = filled(MARGHERITA), filled(MARGHERITA)
    told = placing(mine), placing(carlos, contact=CARLO)
    place(told[0])
    with pytest.raises(Conflict) as refused:
        place(told[1])
    assert refused.value.code == "price_changed"
    assert (told[1].expected_total_cents, view(carlos).quote.total_cents) == (1495, 1606)  # the dollar and its tax
    assert place(placing(carlos, contact=CARLO)).new


def test_of_eight_orders_at_once_one_has_the_last_use_and_seven_pay_the_new_price(shop):
    found = deal(limit=1)
    people = [dataclasses.replace(ANA, email=f"{n}@example.com", phone=f"+1312555{n:04}") for n in range(HANDS)]
    carts = [filled(MARGHERITA) for _ in range(HANDS)]
    told = [placing(mine, contact=person) for mine, person in zip(carts, people, strict=True)]
    outcomes = race(shop, *[lambda one=one: place(one) for one in told])
    lost = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Conflict)]
    assert len(lost) == HANDS - 1
    assert {outcomes[n].code for n in lost} <= {"deal_used_up", "price_changed"}
    db.session.rollback()
    assert uses_of(found) == (1, 0)
    for n in lost:
        assert view(carts[n]).discounts == ()
        assert place(placing(carts[n], contact=people[n])).new


@pytest.mark.parametrize("change", [{"email": "other@example.com"}, {"phone": "+13125550100"}, {}])
def test_a_customer_who_used_a_deal_is_known_by_each_thing_they_said(shop, change):
    deal(limit_per_customer=1)
    place(placing(filled(MARGHERITA)))
    again = dataclasses.replace(ANA, **change)
    mine = filled(MARGHERITA)
    with pytest.raises(Conflict) as refused:
        place(placing(mine, contact=again))
    assert refused.value.code == "price_changed"
    known = promotions.identities(email=again.email, phone=again.phone)
    honest = view(mine, known)
    assert honest.discounts == ()
    assert place(placing(mine, contact=again, expected_total_cents=honest.quote.total_cents)).new
    assert view(filled(MARGHERITA), promotions.identities(email=CARLO.email, phone=CARLO.phone)).discounts


def test_a_first_order_is_the_first_that_came_to_something(shop):
    deal(first_order=True)
    assert view(filled(MARGHERITA)).discounts, "nobody knows yet who it is"
    order_id = ordered(MARGHERITA)
    ana = known_by([order_id])
    assert ana == ("email:ana@example.com", "phone:+13125550142")
    assert view(filled(MARGHERITA), ana).discounts == ()
    act(service.expire, order_id)
    assert view(filled(MARGHERITA), ana).discounts


def test_an_account_has_its_first_order_once_under_whatever_name(shop):
    deal(first_order=True)
    mine = promotions.identities(account=7)
    assert view(filled(MARGHERITA), mine).discounts, "their first"
    order_id = place(placing(filled(MARGHERITA), account=7)).order_id
    assert "account:7" in known_by([order_id])
    assert view(filled(MARGHERITA), mine).discounts == ()
    told = placing(filled(MARGHERITA), contact=CARLO, account=7)
    with pytest.raises(Conflict) as refused:
        place(told)
    assert refused.value.code == "price_changed"
    assert place(placing(filled(MARGHERITA), contact=CARLO, account=8)).new


def test_of_eight_first_orders_of_a_customer_at_once_one_is_their_first(shop):
    found = deal(first_order=True)
    told = [placing(filled(MARGHERITA)) for _ in range(HANDS)]
    outcomes = race(shop, *[lambda one=one: place(one) for one in told])
    lost = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert (len(lost), {refused.code for refused in lost} <= {"deal_used_up", "price_changed"}) == (HANDS - 1, True)
    db.session.rollback()
    assert uses_of(found) == (1, 0)


def test_a_price_stays_good_for_ten_minutes_after_its_window(shop, moment):
    deal(window={"opens": 660, "closes": 750})  # 11:00 to 12:30; it is 12:05, the food is ready at 12:20
    mine = filled(MARGHERITA)
    told = placing(mine)
    assert view(mine).discounts
    moment.shift(timedelta(minutes=14))
    assert view(mine).discounts == ()
    assert place(told).total_cents == told.expected_total_cents


@pytest.mark.parametrize(("told_at", "minutes", "off"), [(0, 14, 100), (7, 6, 150)], ids=["before", "in between"])
def test_a_price_stays_good_although_another_deal_begins_meanwhile(shop, moment, told_at, minutes, off):
    """Until 12:30 there is a dollar off pizzas, from 12:25 on a half off colas; the food is ready in 15 minutes."""
    deal(window={"opens": 660, "closes": 750})
    deal({**OFF_ONE, "slots": [{"products": ["cola"]}], "off_cents": 50}, window={"opens": 745})
    mine = filled(MARGHERITA, COLA)
    moment.shift(timedelta(minutes=told_at))
    assert view(mine).quote.discount_cents == off
    told = placing(mine)
    moment.shift(timedelta(minutes=minutes))
    assert view(mine).quote.discount_cents == 50
    order = service.order(place(told).order_id)
    assert (order.quote.discount_cents, order.quote.total_cents) == (off, told.expected_total_cents)


def test_past_those_ten_minutes_the_new_price_is_shown(shop, moment):
    deal(window={"opens": 660, "closes": 750})
    told = placing(filled(MARGHERITA))
    moment.shift(timedelta(minutes=21))
    with pytest.raises(Conflict) as refused:
        place(told)
    assert refused.value.code == "price_changed"


def test_the_hour_that_counts_is_when_the_food_is_there(shop):
    deal(window={"opens": 1020, "closes": 1200})  # 17:00 to 20:00
    mine = filled(MARGHERITA)
    assert view(mine).discounts == ()
    evening = next(at for at, _ in stores.later_times(stores.Ask(1, COUNTER.method)) if at.hour == 23)  # 18:00 there
    act(cart.go_to, mine, dataclasses.replace(COUNTER, wanted_at=evening))
    assert view(mine).discounts


def test_codes_are_kept_on_the_cart_beside_one_another(shop):
    deal(by_code=True, code="ONEOFF")
    deal(by_code=True, code="TWOOFF", off_cents=200)
    mine = filled(MARGHERITA)
    assert act(wishes.use_code, mine, "one off").used
    before = view(mine)
    assert ([coupon.label for coupon in before.deals.codes], before.quote.discount_cents) == (["ONEOFF"], 100)
    assert act(wishes.use_code, mine, "TWOOFF").saves_cents == 200
    assert (view(mine).quote.discount_cents, view(mine).version) == (200, before.version + 1)
    for _ in range(2):
        act(wishes.drop_code, mine, "TWOOFF")
    assert view(mine).quote.discount_cents == 100
    act(wishes.drop_code, mine, "ONEOFF")
    assert (view(mine).deals.codes, view(mine).discounts) == ((), ())


def test_an_order_uses_up_every_code_that_it_was_priced_with_and_no_other(shop):
    cola = {**OFF_ONE, "slots": [{"products": ["cola"]}]}
    codes = {"PIZZA1": OFF_ONE, "COLA1": cola, "HALF": {**OFF_ONE, "off_cents": 50}}
    found = [deal(terms, by_code=True, code=code, limit=1) for code, terms in codes.items()]
    mine = filled(MARGHERITA, COLA)
    for code in codes:
        act(wishes.use_code, mine, code)
    place(placing(mine))
    assert [uses_of(each) for each in found] == [(1, 0), (1, 0), (0, 0)]
    used = dict(db.session.execute(select(DealCode.code, DealCode.reserved)).all())
    assert used == {"PIZZA1": 1, "COLA1": 1, "HALF": 0}


def test_a_code_that_does_not_hold_here_and_now_is_refused_and_the_one_before_stays(shop):
    deal(by_code=True, code="ONEOFF")
    deal(by_code=True, code="DELIVER", methods=["delivery"])
    mine = filled(MARGHERITA)
    act(wishes.use_code, mine, "ONEOFF")
    for typed, reason in (("DELIVER", Reason.WRONG_METHOD), ("NOSUCH", Reason.UNKNOWN)):
        with pytest.raises(Refusal) as refused:
            act(wishes.use_code, mine, typed)
        assert (refused.value.code, refused.value.field) == (reason.value, "code")
    assert [coupon.label for coupon in view(mine).deals.codes] == ["ONEOFF"]


def test_the_code_of_a_link_waits_until_it_holds(shop):
    deal(by_code=True, code="DELIVER", methods=["delivery"])
    mine = filled(MARGHERITA)
    act(wishes.keep_code, mine, "DELIVER")
    assert view(mine).deals.codes[0].waiting
    act(cart.go_to, mine, HOME)
    assert view(mine).deals.codes[0].used


def test_a_worse_code_is_used_when_it_is_pinned_and_let_go_again(shop):
    deal(off_cents=650)
    deal(by_code=True, code="FOUROFF", off_cents=400)
    mine = filled(MARGHERITA)
    with pytest.raises(NotFound):
        act(wishes.pin, mine, "FOUROFF")
    assert act(wishes.use_code, mine, "FOUROFF").worse
    assert view(mine).quote.discount_cents == 650
    act(wishes.pin, mine, "FOUROFF")
    assert (view(mine).quote.discount_cents, view(mine).pinned) == (400, "FOUROFF")
    act(wishes.unpin, mine)
    assert view(mine).quote.discount_cents == 650


def test_a_worse_code_is_not_used_up_by_the_order(shop):
    deal(off_cents=650)
    worse = deal(by_code=True, code="FOUROFF", off_cents=400, limit=1)
    mine = filled(MARGHERITA)
    act(wishes.use_code, mine, "FOUROFF")
    place(placing(mine))
    assert uses_of(worse) == (0, 0)


def test_a_picked_deal_waits_on_the_cart_and_is_let_go(shop):
    found = deal(slots=[{"categories": ["salads"]}], name="Green week")
    mine = filled(MARGHERITA)
    with pytest.raises(NotFound):
        act(wishes.pick, mine, 4711)
    act(wishes.pick, mine, found)
    assert view(mine).deals.picked.waiting
    act(cart.add, mine, Selection("garden-salad"))
    assert view(mine).deals.picked.used
    act(wishes.pick, mine, None)
    assert view(mine).deals.picked is None


def test_removing_a_pizza_takes_its_deal_along_and_leaves_the_other_pizza(shop):
    deal({**OFF_ONE, "kind": "bundle_price", "price_cents": 2900, "slots": [{"sizes": ["l"], "count": 2}]})
    mine = filled((LARGE, 2))
    assert view(mine).quote.discount_cents == 2 * 1700 - 2900
    act(cart.change, mine, view(mine).lines[0].id, 1)
    after = view(mine)
    assert ([(line.name, line.quantity) for line in after.lines], after.discounts) == ([("Large Margherita", 1)], ())


def test_a_code_can_be_tried_without_a_cart(shop):
    deal(by_code=True, code="ONEOFF", methods=["carryout"])
    assert wishes.try_code("ONEOFF", [(MARGHERITA, 2)], COUNTER).saves_cents == 200
    assert wishes.try_code("ONEOFF", [(COLA, 2)], COUNTER).obstacle.reason is Reason.ITEMS_MISSING
    assert wishes.try_code("ONEOFF", [], None).obstacle.reason is Reason.ITEMS_MISSING
    assert wishes.try_code("NOSUCH", [], None).obstacle.reason is Reason.UNKNOWN


def test_the_list_is_kept_for_a_store_a_way_and_a_minute_and_until_a_deal_changes(shop):
    soon = deal(name="Soon", window={"opens": 18 * 60 + 1})
    fetched = deal(name="Fetched", methods=["carryout"])
    far = deal(name="Far away", stores=[2])

    def holding(store_id=1, method=Method.CARRYOUT, at=EVENING):
        return {each.deal.id for each in deals_at(store_id, method, at=at) if each.obstacle is None}

    assert holding() == holding(at=EVENING + timedelta(seconds=59)) == {fetched}
    assert holding(2) == {fetched, far}
    assert holding(method=Method.DELIVERY) == set()
    assert holding(at=EVENING + timedelta(minutes=1)) == {soon, fetched}
    with counted() as sent:
        assert holding() == {fetched}
    assert not sent
    act(promotions.end, fetched)
    assert holding() == set()


def test_a_cart_is_told_the_deals_of_its_place_and_time(shop):
    far = deal(name="Far away", stores=[2])
    mine = view(filled(MARGHERITA, place=HOME))
    assert [each.obstacle is None for each in deals_of(mine) if each.deal.id == far] == [False]
    assert [each.obstacle for each in deals_of(None) if each.deal.id == far] == [None]
    assert deals_of(mine) == deals_at(mine.place.store_id, mine.place.method, at=mine.promise.ready_from)
