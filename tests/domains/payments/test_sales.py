"""Figures of days are those of the ledger, to the cent: kept by events, rolled anew on a change, repaired."""

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from app.core import clock
from app.core.db import db, transaction
from app.core.periods import Period
from app.orders import service as orders
from app.orders.models import Order, OrderUnit
from app.payments import ledger, sales, sales_days
from app.payments import service as payments
from app.payments.ledger import HANDS
from app.payments.models import LedgerEntry, Payment, Refund
from app.payments.sales import Sums
from app.payments.sales_models import ChainHour, ChainShare, SalesDay, SalesHour
from app.payments.service import Bearer, Giving, PayWith, Reason
from app.stores import service as stores
from blueprints import history
from tests.factories.books import uneven
from tests.factories.deals import deal
from tests.factories.hands import Hands
from tests.factories.history import book
from tests.factories.orders import COLA, ELM_STREET, HALF_AND_HALF, MARGHERITA, MILWAUKEE_AVENUE, check_out
from tests.queries import counted

MARCH = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def sell(hands, work_off):
    """Sell something for cash right now; gives its payment."""

    def sold(*picks):
        order_id, payment_id = check_out(*picks, pay_with=PayWith.CASH)
        work_off()
        with transaction():
            orders.start_making(order_id, by="beppe")
            orders.complete(order_id, by="beppe")
        work_off()
        return payment_id

    return sold


def give_back(payment_id, cents, reason=Reason.COLD, bearer=Bearer.STORE):
    with transaction():
        payments.refund(payment_id, Giving(cents, f"key-{payment_id}-{cents}", reason, by="mina", bearer=bearer))


def roll():
    return sum(sales_days.roll_all())


def exact(store_id, day):
    """What the ledger says of a store's day, asked the slow way: taken, given back, and how many captures."""
    zone = stores.store(store_id).zone
    begins, ends = (datetime.combine(day + timedelta(days=n), time(4), zone) for n in (0, 1))
    query = (
        select(LedgerEntry.transfer, LedgerEntry.cents)
        .join(Payment, Payment.id == LedgerEntry.payment_id)
        .where(Payment.store_id == store_id, LedgerEntry.account.in_(HANDS))
        .where(LedgerEntry.at >= begins, LedgerEntry.at < ends)
    )
    found = db.session.execute(query).all()
    taken = [row.cents for row in found if row.transfer.startswith("capture-")]
    return sum(taken), -sum(row.cents for row in found if row.transfer.startswith("refund-")), len(taken)


def figures(day: Sums):
    return day.taken_cents, day.back_cents, day.orders


def of_day(store_id, day):
    return sales.report(Period(day, day), [store_id])


def test_every_day_of_a_loaded_history_is_the_ledgers_to_the_cent(shop, tmp_path):
    history.load(book(tmp_path))
    assert uneven() == ()
    compared = 0
    for store in stores.listed():
        report = sales.report(MARCH, [store.id])
        compared += sum(figures(sums) == exact(store.id, day) for day, sums in report.course.days)
        sold = sum(share.cents for share in report.products)
        assert sold == report.course.sums.items_cents - report.course.sums.discount_cents
    assert compared == 8 * 365
    chain = sales.report(MARCH)
    assert chain.course.sums.net_cents == ledger.balance(ledger.Account.DRAWER) > 0
    assert chain.course.sums.orders == 20
    assert sum(sums.net_cents for _, sums in chain.course.hours) == chain.course.sums.net_cents


def test_products_and_toppings_are_those_of_the_orders(shop, tmp_path):
    history.load(book(tmp_path))
    report = sales.report(MARCH)
    query = select(OrderUnit.product_id, func.count(), func.sum(OrderUnit.list_cents)).group_by(OrderUnit.product_id)
    found = {str(product): (count, cents) for product, count, cents in db.session.execute(query)}
    assert {share.key: (share.count, share.cents) for share in report.products} == found
    pizzas = Counter(
        topping
        for (selection,) in db.session.execute(select(OrderUnit.selection))
        for topping in {topping for topping, _, _ in selection["placements"]}
    )
    assert {share.key: share.count for share in report.toppings} == pizzas


def test_a_sale_and_what_goes_back_of_it_count_on_the_day_on_which_they_happen(sell, hands, work_off):
    payment_id = sell(HALF_AND_HALF, COLA)
    first = stores.store(ELM_STREET).hours.business_date(clock.now())
    hands.move(minutes=24 * 60)
    give_back(payment_id, 249)
    work_off()
    assert roll() == 2
    total = payments.read(payment_id).amount_cents
    assert figures(of_day(ELM_STREET, first).course.sums) == (total, 0, 1)
    second = of_day(ELM_STREET, first + timedelta(days=1))
    assert figures(second.course.sums) == (0, 249, 0)
    assert second.course.sums.net_cents == -249
    assert [(share.key, share.count, share.cents) for share in second.refunds] == [("cold:store", 1, 249)]
    assert ledger.balance(ledger.Account.DRAWER) == total - 249


def test_an_hour_after_midnight_belongs_to_the_day_before(sell, hands):
    hands.now = datetime(2026, 7, 4, 6, 30, tzinfo=hands.now.tzinfo)  # half past one in Chicago
    sell(MARGHERITA)
    roll()
    report = of_day(ELM_STREET, date(2026, 7, 3))
    assert [hour for hour, sums in report.course.hours if sums.orders] == [1]
    assert figures(report.course.sums) == exact(ELM_STREET, date(2026, 7, 3))


def test_a_store_sees_its_own_days_and_the_chain_all_of_them(sell, hands):
    sell(MARGHERITA)
    roll()
    day = stores.store(ELM_STREET).hours.business_date(clock.now())
    assert of_day(MILWAUKEE_AVENUE, day).course.sums == Sums()
    assert sales.report(Period(day, day), []).course.sums == Sums()
    assert sales.report(Period(day, day)).course.sums.orders == 1


def test_a_day_is_rolled_anew_when_something_was_booked_on_it_and_only_then(sell):
    sell(MARGHERITA)
    assert roll() == 1
    assert roll() == 0
    sell(MARGHERITA)
    day = stores.store(ELM_STREET).hours.business_date(clock.now())
    assert of_day(ELM_STREET, day).waiting == 1
    assert of_day(ELM_STREET, day).course.sums.orders == 1
    assert roll() == 1
    assert (of_day(ELM_STREET, day).waiting, of_day(ELM_STREET, day).course.sums.orders) == (0, 2)


def test_what_is_noted_while_a_day_is_rolled_has_it_rolled_once_more(sell, monkeypatch):
    sell(MARGHERITA)
    store = stores.store(ELM_STREET)
    day = store.hours.business_date(clock.now())
    honest = sales_days._lines

    def noted_meanwhile(*asked):
        found = honest(*asked)
        sales_days.mark([(ELM_STREET, day)])
        return found

    monkeypatch.setattr(sales_days, "_lines", noted_meanwhile)
    assert sales_days.roll_noted() == 1
    monkeypatch.setattr(sales_days, "_lines", honest)
    assert of_day(ELM_STREET, day).waiting == 1
    assert sales_days.roll_noted() == 1
    assert sales_days.roll_noted() == 0


def test_without_its_number_the_note_would_be_lost(sell, monkeypatch):
    """The control of the test above: a roller that looks at the number last thinks that it has seen everything."""
    sell(MARGHERITA)
    day = stores.store(ELM_STREET).hours.business_date(clock.now())
    honest = sales_days._roll

    def looks_last(store, noted):
        honest(store, noted)
        sales_days.mark([(ELM_STREET, day)])
        db.session.execute(update(SalesDay).values(rolled=SalesDay.noted))

    monkeypatch.setattr(sales_days, "_roll", looks_last)
    assert sales_days.roll_noted() == 1
    assert of_day(ELM_STREET, day).waiting == 0


def test_an_event_that_comes_twice_or_a_roll_that_runs_twice_changes_no_figure(sell):
    payment_id = sell(MARGHERITA)
    roll()
    day = stores.store(ELM_STREET).hours.business_date(clock.now())
    before = of_day(ELM_STREET, day)
    with transaction():
        sales_days.note(sales_days.MoneyBooked(f"capture-{payment_id}"))
    assert roll() == 1
    assert of_day(ELM_STREET, day) == before


def test_a_booking_that_nobody_heard_of_is_found_and_counted(sell, hands):
    sell(MARGHERITA)
    roll()
    day = stores.store(ELM_STREET).hours.business_date(clock.now())
    before = of_day(ELM_STREET, day)
    with transaction():
        db.session.execute(delete(SalesHour))
        db.session.execute(delete(SalesDay))
    assert of_day(ELM_STREET, day).course.sums == Sums()
    assert sales_days.repair() == 1
    assert roll() == 1
    assert of_day(ELM_STREET, day) == before
    assert sales_days.repair() == 0


def test_a_deal_costs_what_it_took_off(sell):
    payment_id = sell(MARGHERITA)
    with transaction():
        frozen = [[7, 1, "Tuesday", 150, 0]]
        order_id = payments.read(payment_id).order_id
        db.session.execute(update(Order).where(Order.id == order_id).values(deals=frozen))
    roll()
    day = stores.store(ELM_STREET).hours.business_date(clock.now())
    assert [(share.name, share.count, share.cents) for share in of_day(ELM_STREET, day).deals] == [("Tuesday", 1, 150)]


def test_an_order_that_comes_to_nothing_counts_as_one_that_brought_nothing(sell):
    deal({"name": "On us", "kind": "amount_order", "off_cents": 100_00})
    sell(COLA)
    roll()
    day = of_day(ELM_STREET, stores.store(ELM_STREET).hours.business_date(clock.now()))
    assert figures(day.course.sums) == (0, 0, 1)
    assert day.course.sums.discount_cents == day.course.sums.items_cents > 0
    assert uneven() == ()


def test_refunds_are_told_by_reason_and_by_who_bears_them(sell, work_off):
    payment_id = sell((MARGHERITA, 3))
    for cents, reason, bearer in ((100, Reason.COLD, Bearer.STORE), (50, Reason.COLD, Bearer.CHAIN)):
        give_back(payment_id, cents, reason, bearer)
    work_off()
    roll()
    day = stores.store(ELM_STREET).hours.business_date(clock.now())
    report = of_day(ELM_STREET, day)
    assert {share.key: share.cents for share in report.refunds} == {"cold:store": 100, "cold:chain": 50}
    assert sum(share.cents for share in report.refunds) == report.course.sums.back_cents == sum(_refunded())


def _refunded():
    return db.session.scalars(select(Refund.amount_cents).where(Refund.state == "succeeded")).all()


def test_a_report_asks_three_times_however_long_it_is(shop, tmp_path):
    history.load(book(tmp_path))
    for period in (MARCH, Period(date(2026, 6, 1), date(2026, 6, 1))):
        for ids in (None, [ELM_STREET]):
            with counted() as asked:
                sales.report(period, ids)
            assert len(asked) == 3


def test_the_chain_is_the_sum_of_its_stores_in_every_figure(shop, tmp_path):
    history.load(book(tmp_path))
    chain, every = sales.report(MARCH), sales.report(MARCH, [store.id for store in stores.listed()])
    assert chain.course.sums.orders == 20
    assert chain == every


def test_a_day_of_a_store_that_is_rolled_anew_rolls_the_chains(sell):
    sell(MARGHERITA)
    roll()
    sell(MARGHERITA)
    day = stores.store(ELM_STREET).hours.business_date(clock.now())
    assert sales_days.roll_noted() == 1
    chain = sales.report(Period(day, day))
    assert (chain.waiting, chain.course.sums.orders) == (1, 1)
    assert sales_days.CHAIN.roll() == 1
    chain = sales.report(Period(day, day))
    assert (chain.waiting, chain.course.sums.orders) == (0, 2)


def test_a_chains_day_that_was_lost_or_is_wrong_is_found_and_made_anew(sell):
    sell(MARGHERITA)
    roll()
    day = stores.store(ELM_STREET).hours.business_date(clock.now())
    before = sales.report(Period(day, day))
    for harm in (delete(ChainHour), delete(ChainShare), update(ChainHour).values(back_cents=ChainHour.back_cents + 1)):
        with transaction():
            db.session.execute(harm)
        assert sales.report(Period(day, day)) != before
        assert sales_days.repair() == 0
        assert sales_days.roll_soon() == 0
        assert sales.report(Period(day, day)) == before


def test_the_recurring_work_rolls_every_store_that_waits_and_then_the_chain(shop, tmp_path):
    history.load(book(tmp_path))
    days = [date(2026, 6, 22), date(2026, 6, 23)]
    with transaction():
        sales_days.mark([(store.id, day) for store in stores.listed() for day in days])
    assert sales_days.roll_soon() == 16
    assert (sales.report(MARCH).waiting, sales.report(MARCH, [ELM_STREET]).waiting) == (0, 0)


def test_what_orders_with_a_deal_bring_stands_beside_those_without(sell):
    first, second, third = sell(MARGHERITA), sell((MARGHERITA, 3)), sell(COLA)
    with transaction():
        frozen = [[7, 1, "Tuesday", 0, 0], [8, 1, "Friends", 0, 0]]
        for payment_id, deals in ((first, frozen[:1]), (second, frozen)):
            order_id = payments.read(payment_id).order_id
            db.session.execute(update(Order).where(Order.id == order_id).values(deals=deals))
    roll()
    one, three, plain = (_items(payment_id) for payment_id in (first, second, third))
    day = stores.store(ELM_STREET).hours.business_date(clock.now())
    lifts = {lift.name: lift for lift in of_day(ELM_STREET, day).lifts}
    assert (lifts["Tuesday"].orders, lifts["Tuesday"].average_cents) == (2, (one + three) // 2)
    assert lifts["Tuesday"].lift_cents == (one + three) // 2 - plain
    assert (lifts["Friends"].orders, lifts["Friends"].lift_cents) == (1, three - plain)


def test_without_an_order_that_has_no_deal_there_is_nothing_to_stand_beside(sell):
    payment_id = sell(MARGHERITA)
    with transaction():
        order_id = payments.read(payment_id).order_id
        db.session.execute(update(Order).where(Order.id == order_id).values(deals=[[7, 1, "Tuesday", 0, 0]]))
    roll()
    day = stores.store(ELM_STREET).hours.business_date(clock.now())
    assert [lift.lift_cents for lift in of_day(ELM_STREET, day).lifts] == [None]


def _items(payment_id):
    return orders.order(payments.read(payment_id).order_id).quote.items_cents


def test_what_came_by_card_and_in_cash_is_the_ledgers_and_their_sum_the_net(sell, work_off):
    payment_id = sell((MARGHERITA, 2))
    give_back(payment_id, 120)
    work_off()
    roll()
    day = stores.store(ELM_STREET).hours.business_date(clock.now())
    report = of_day(ELM_STREET, day)
    total = payments.read(payment_id).amount_cents
    assert {share.key: share.cents for share in report.hands} == {"drawer:capture": total, "drawer:refund": -120}
    assert sum(share.cents for share in report.hands) == report.course.sums.net_cents
