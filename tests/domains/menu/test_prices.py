"""Prices of one store, from a day on, and what it offers unlike the chain."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.db import db, transaction
from app.core.errors import NotFound, Refusal
from app.menu import book, models, prices
from app.menu import service as menu
from app.menu.sheet import Row
from tests.conftest import forget
from tests.factories.hands import Hands
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE

MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


@pytest.fixture(autouse=True)
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def cola() -> prices.Price:
    return prices.product(ELM_STREET, "cola").prices[0]


def pays(store_id: int = ELM_STREET) -> int:
    forget()
    db.session.rollback()
    return menu.load(store_id).products["cola"].default.price_cents


def set_own(variant_id: int, cents: int | None, starts: date | None = None) -> None:
    with transaction():
        prices.set_own(ELM_STREET, [(variant_id, cents)], starts)


def test_a_price_of_ones_own_holds_at_once_and_only_here(cola):
    usual = pays()
    set_own(cola.variant_id, 199)
    assert (pays(), pays(MILWAUKEE_AVENUE)) == (199, usual)
    here = prices.product(ELM_STREET, "cola")
    assert (here.prices[0].own_cents, here.prices[0].chain_cents, here.prices[0].cents) == (199, usual, 199)
    assert here.own
    set_own(cola.variant_id, None)
    assert pays() == usual
    assert not prices.product(ELM_STREET, "cola").own


def test_a_price_from_a_day_on_begins_with_that_days_business(cola, hands):
    usual = pays()
    set_own(cola.variant_id, 199, FRIDAY)
    assert prices.product(ELM_STREET, "cola").prices[0].own_planned == ((FRIDAY, 199),)
    hands.now = datetime(2026, 11, 27, 9, 59, tzinfo=UTC)  # Friday, a minute to four in Chicago: still Thursday night
    assert pays() == usual
    hands.move(minutes=1)
    assert pays() == 199
    assert prices.product(ELM_STREET, "cola").prices[0].own_planned == ()


def test_a_planned_price_can_be_changed_and_taken_back(cola, hands):
    usual = pays()
    set_own(cola.variant_id, 199, FRIDAY)
    set_own(cola.variant_id, 189, FRIDAY)
    assert prices.product(ELM_STREET, "cola").prices[0].own_planned == ((FRIDAY, 189),)
    with transaction():
        prices.take_back(ELM_STREET, cola.variant_id, FRIDAY)
    hands.now += timedelta(days=10)
    assert pays() == usual


def test_a_price_at_once_stands_over_one_that_has_begun_and_under_one_to_come(cola, hands):
    set_own(cola.variant_id, 199, date(2026, 11, 24))
    set_own(cola.variant_id, 299, FRIDAY)
    hands.now = datetime(2026, 11, 25, 18, tzinfo=UTC)
    set_own(cola.variant_id, 150)
    assert pays() == 150
    hands.now = datetime(2026, 11, 27, 18, tzinfo=UTC)
    assert pays() == 299


def test_the_chains_prices_begin_and_are_planned_too(cola, hands):
    said = {"product": "cola", "size": "can", "crust": None}
    with transaction():
        known = book.book()
        rows = [Row("price", {**said, "from": day, "price": cents}) for day, cents in ((MONDAY, 210), (FRIDAY, 220))]
        book.write(book.changed(rows, known), known)
    price = prices.product(ELM_STREET, "cola").prices[0]
    assert (price.chain_cents, price.chain_planned, price.own_cents) == (210, ((FRIDAY, 220),), None)
    assert pays() == 210


def test_a_product_goes_off_a_stores_menu_and_comes_back():
    with transaction():
        prices.offer(ELM_STREET, "cola", offered=False)
    assert "cola" not in menu.load(ELM_STREET).products
    assert "cola" in menu.load(MILWAUKEE_AVENUE).products
    assert not prices.product(ELM_STREET, "cola").offered
    with transaction():
        prices.offer(ELM_STREET, "cola", offered=True)
    assert "cola" in menu.load(ELM_STREET).products
    db.session.rollback()
    assert db.session.get(models.StoreOffer, (ELM_STREET, "product", "cola")) is None  # as the chain has it, so no row


def test_what_only_some_stores_have_a_store_can_take_up():
    with transaction():
        known = book.book()
        book.write(book.changed([Row("product", {"key": "cola", "everywhere": False})], known), known)
    assert "cola" not in menu.load(ELM_STREET).products
    with transaction():
        prices.offer(ELM_STREET, "cola", offered=True)
    assert "cola" in menu.load(ELM_STREET).products
    assert "cola" not in menu.load(MILWAUKEE_AVENUE).products


def test_products_are_found_by_their_words():
    found, more = prices.products(ELM_STREET, "COLA", most=1)
    assert "cola" in found[0].name.casefold()
    assert len(prices.products(ELM_STREET, "", most=5)[0]) == 5
    assert prices.products(ELM_STREET, "", most=5)[1] == len(prices.products(ELM_STREET, "", most=9999)[0]) - 5
    assert prices.products(ELM_STREET, "gravel") == ((), 0)
    assert more >= 0


def test_a_day_is_within_the_next_year():
    assert prices.check_day(None, MONDAY) is None
    assert prices.check_day(MONDAY, MONDAY) is None
    assert prices.check_day(FRIDAY, MONDAY) == FRIDAY
    with pytest.raises(Refusal, match="within the next year"):
        prices.check_day(date(2036, 1, 1), MONDAY)


@pytest.mark.parametrize("slug", ["gravel", "", "co\0la"])
def test_what_is_not_there_is_not_found(slug):
    with pytest.raises(NotFound):
        prices.product(ELM_STREET, slug)
    with pytest.raises(NotFound):
        prices.product(4711, "cola")


def test_every_change_makes_another_menu(cola):
    seen = [menu.load(ELM_STREET).version]
    for change in (
        lambda: prices.set_own(ELM_STREET, [(cola.variant_id, 1)], None),
        lambda: prices.set_own(ELM_STREET, [(cola.variant_id, 2)], FRIDAY),
        lambda: prices.take_back(ELM_STREET, cola.variant_id, FRIDAY),
        lambda: prices.offer(ELM_STREET, "cola", offered=False),
    ):
        with transaction():
            change()
        seen.append(menu.load(ELM_STREET).version)
    assert len(set(seen)) == len(seen)
