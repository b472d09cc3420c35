"""The flight simulator: what a deal would do to orders that were, counted once more by hand."""

from collections import Counter
from dataclasses import replace

import pytest

from app.core import batches, longwork
from app.core.db import transaction
from app.core.errors import NotFound, Refusal
from app.core.longwork import Owner
from app.orders import flights, replays, trials
from app.orders import service as orders
from app.orders.flights import Tally
from app.orders.service import Contact
from app.orders.trials import Sample
from app.promotions import service as promotions
from app.promotions.service import Context, Deal
from app.stores.service import Method
from tests.conftest import forget
from tests.factories.deals import QUARTER_OFF, deal
from tests.factories.hands import Hands
from tests.factories.orders import ANA, COLA, COUNTER, ELM_STREET, HALF_AND_HALF, HOME, MARGHERITA, placed
from tests.factories.staff import works_here
from tests.queries import counted

MILO = Owner(7, "edit_deals", "/manage/deals/1/flights/{id}")
CARLO = Contact("Carlo", "+13125550143", "carlo@example.com")
BASKETS = (
    ((HALF_AND_HALF, COLA), HOME, ANA),
    ((MARGHERITA,), COUNTER, ANA),
    (((MARGHERITA, 2), COLA), COUNTER, CARLO),
    (((HALF_AND_HALF, 3),), HOME, CARLO),
    ((COLA,), COUNTER, ANA),
)


@pytest.fixture(autouse=True)
def starter(shop) -> None:
    works_here(MILO.user_id)


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def history(hands) -> list[int]:
    """Five orders on five days, made while no deal ran."""
    made = []
    for picks, place, contact in BASKETS:
        made.append(placed(*picks, place=place, contact=contact))
        hands.move(minutes=24 * 60)
        forget()
    return made


def draft(**changes) -> Deal:
    with transaction():
        made = promotions.write({**QUARTER_OFF, **changes})
    return promotions.standing(made).deal


def flown(found: Deal, days: int = 30, stores: tuple[int, ...] = ()) -> Tally:
    with transaction():
        job = longwork.begin(flights.plan(found, days, stores, MILO))
    batches.work(job)
    assert longwork.job(job).state.value == "done"
    return flights.result(longwork.job(job))


def by_hand(found: Deal, numbers: list[int]) -> tuple[int, int, int, int, Counter[str]]:
    """Redeemed, taken off, to pay without and with, cents lost by others: from the orders' own pages, not from rows."""
    running = list(promotions.live().deals.values())
    redeemed = off = without_cents = with_cents = 0
    lost: Counter[str] = Counter()
    for number in numbers:
        order, past = orders.order(number), replays.one(number)
        assert sum(unit.list_cents for unit in past.bill.units) == order.quote.items_cents
        context = Context(order.promised_from, past.context.zone, order.store_id, method=order.method.value)
        live = replace(promotions.live(), deals={each.id: each for each in running if not each.by_code})
        both = replace(live, deals={**live.deals, found.id: replace(found, by_code=False)})
        one = promotions.best_offer(past.bill, context, of=live).offer
        two = promotions.best_offer(past.bill, context, of=both).offer
        without_cents, with_cents = without_cents + one.total_cents, with_cents + two.total_cents
        mine = sum(each.off_cents for each in two.applications if each.deal_id == found.id)
        redeemed, off = redeemed + (found.id in two.deal_ids), off + mine
        after = {each.name: each.off_cents for each in two.applications}
        lost.update({each.name: each.off_cents - after.get(each.name, 0) for each in one.applications})
    return redeemed, off, without_cents, with_cents, +lost


@pytest.mark.parametrize("terms", [{}, {"min_spend_cents": 3000}, {"cap_cents": 200}, {"methods": ["delivery"]}])
def test_a_flight_counts_what_one_counts_by_hand(history, terms):
    deal(off_cents=300, name="Three off any pizza")
    deal(kind="delivery", slots=[], off_cents=0, rate_ppm=1_000_000, name="Free delivery", min_spend_cents=4000)
    found = draft(**terms)
    tally = flown(found)
    redeemed, off, without, beside, lost = by_hand(found, history)
    assert (tally.orders, tally.redeemed, tally.off_cents) == (5, redeemed, off)
    assert (tally.without_cents, tally.beside_cents) == (without, beside)
    names = {each.id: each.name for each in promotions.live().deals.values()}
    assert Counter({names[deal_id]: cents for deal_id, cents in flights.busiest(tally).items()}) == lost
    assert 0 < redeemed <= 5
    assert beside < without


def test_without_any_other_deal_a_flight_is_a_sum_of_quarters(history):
    tally = flown(draft())
    quarters = [(orders.order(number).quote.items_cents * 25 + 50) // 100 for number in history]
    assert (tally.redeemed, tally.off_cents, tally.eaten) == (5, sum(quarters), {})
    assert sum(used for _, used in tally.days.values()) == 5
    assert len(tally.days) == 5


def test_the_same_flight_ends_the_same_in_one_batch_or_in_many(history, monkeypatch):
    deal(off_cents=300)
    found = draft(limit=3, limit_per_customer=2)
    whole = flown(found)
    monkeypatch.setattr(flights, "BATCH", 2)
    monkeypatch.setattr(batches, "SLICE_SECONDS", 60)
    assert flown(found) == whole
    assert whole.redeemed == 3


def test_limits_count_in_the_order_of_the_orders(history):
    once = flown(draft(limit_per_customer=1))
    assert once.redeemed == 2
    assert max(once.customers.values()) == 1
    assert not any("@" in known or "555" in known for known in once.customers)
    assert flown(draft(limit=1)).redeemed == 1
    assert flown(draft(first_order=True)).redeemed == 2


def test_a_code_counts_as_if_everybody_knew_it_and_others_codes_as_they_were_used(history):
    deal(QUARTER_OFF, by_code=True, rate_ppm=900_000, code="NINETY")
    assert flown(draft(by_code=True)).redeemed == 5


def test_a_flight_over_fewer_days_or_other_stores_sees_fewer_orders(history):
    found = draft()
    assert flown(found, days=2).orders == 2
    assert flown(found, stores=(ELM_STREET,)).orders == 5
    with pytest.raises(Refusal, match="no orders"):
        flights.plan(found, 30, (2,), MILO)
    for days in (0, 366):
        with pytest.raises(Refusal, match="between 1 and 365"):
            flights.plan(found, days, (), MILO)


def test_the_newest_orders_count_when_there_are_too_many(history, monkeypatch):
    monkeypatch.setattr(flights, "MOST_ORDERS", 3)
    tally = flown(draft())
    assert (tally.orders, tally.after) == (3, history[-1])


def test_orders_that_were_called_off_do_not_count(history):
    with transaction():
        orders.cancel(history[0], by="customer", reason="")
    assert flown(draft()).orders == 4


def test_deals_and_orders_that_come_while_it_flies_change_nothing(history, hands, monkeypatch):
    found = draft()
    whole = flown(found)
    monkeypatch.setattr(flights, "BATCH", 2)
    monkeypatch.setattr(batches, "SLICE_SECONDS", -1)
    with transaction():
        job = longwork.begin(flights.plan(found, 30, (), MILO))
    batches.work(job)
    deal(off_cents=900)
    hands.move(minutes=1)
    placed(COLA, place=COUNTER)
    for _ in range(5):
        batches.work(job)
    assert flights.result(longwork.job(job)) == whole


def test_what_is_on_no_menu_any_more_is_still_replayed_at_its_price(history, monkeypatch):
    real = replays._everything

    def without_margherita(offered):
        kept = real(offered)
        return replace(kept, products={slug: item for slug, item in kept.products.items() if slug != "margherita"})

    monkeypatch.setattr(replays, "_everything", without_margherita)
    assert flown(draft()).off_cents == sum((orders.order(n).quote.items_cents * 25 + 50) // 100 for n in history)


def test_a_deal_is_tried_on_picked_items_and_on_an_order(history):
    found = draft()
    trial = trials.on_sample(found, Sample(((MARGHERITA, 2), (COLA, 1)), ELM_STREET, Method.DELIVERY, fee_cents=399))
    assert trial.items[0].startswith("2 × ")
    assert trial.less_cents > 0
    assert trial.tried.application.deal_id == found.id
    past = trials.on_order(found, history[0])
    assert past.tried.without.total_cents == orders.order(history[0]).quote.total_cents
    with pytest.raises(NotFound):
        trials.on_order(found, 4711)


def test_a_trial_says_why_a_deal_does_not_hold(history):
    trial = trials.on_sample(draft(methods=["delivery"]), Sample(((MARGHERITA, 1),), ELM_STREET))
    assert (trial.less_cents, trial.tried.application) == (0, None)
    assert trial.tried.obstacle.message == "25% off is for delivery only."


def test_what_a_deal_took_off_is_what_its_uses_froze_and_did_not_give_back(hands):
    found, fee = deal(off_cents=300), deal(kind="delivery", slots=[], off_cents=0, rate_ppm=1_000_000)
    kept, gone = placed(HALF_AND_HALF, (MARGHERITA, 2)), placed(MARGHERITA, COLA)
    fee_cents = sum(each.fee_cents for each in orders.order(kept).discounts)
    assert fee_cents > 0
    assert taken_off() == {found: 4 * 300, fee: 2 * fee_cents}
    with transaction():
        orders.cancel(gone, by="customer", reason="")
    with counted() as queries:
        assert taken_off() == {found: 3 * 300, fee: fee_cents}
    assert len(queries) == 1


def taken_off() -> dict[int, int]:
    return {each.deal.id: each.off_cents for each in promotions.standings()}
