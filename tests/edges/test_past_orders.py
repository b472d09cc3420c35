"""What somebody had, at its pages: the list, the same again with its differences, and the usual on the home page."""

import re

import pytest
import time_machine
from sqlalchemy import delete

from app.core import clock
from app.core.db import db, transaction
from app.menu import service as menu
from app.orders import cart, usual
from app.orders import service as orders
from app.stores.models import ZoneZip
from app.users import addresses
from app.users.addresses import Door
from blueprints.order_links import order_address
from tests.conftest import browser
from tests.edges.pages import with_cart
from tests.factories.customers import at_home, customer
from tests.factories.hands import Hands
from tests.factories.orders import COLA, COUNTER, ELM_STREET, HALF_AND_HALF, HOME, MARGHERITA, filled, ordered, placed
from tests.factories.stores import price_at
from tests.queries import counted

pytestmark = pytest.mark.one_database


@pytest.fixture
def me(shop):
    return customer()


@pytest.fixture
def ana(shop, me):
    return at_home(shop, me)


def again(client, order_id, **how):
    return client.post(f"/orders/{order_address(order_id)}/again", data=how)


def sell_out(kind, key):
    with transaction():
        menu.sell_out(ELM_STREET, kind, key)


def listed(page):
    return re.findall(r">Order (\d+)</a></h2>", page.text)


def cart_of(client):
    with client.session_transaction() as kept:
        return cart.view(kept["cart"])


# ---- the list


def test_the_list_says_what_it_was_where_it_stands_and_what_it_cost(ana, me, work_off):
    order_id = placed(HALF_AND_HALF, COLA, account=me)
    waiting = ordered(COLA, account=me)
    work_off()
    page = ana.get("/account/orders")
    assert listed(page) == [str(waiting), str(order_id)]
    assert "Waiting for your payment" in page.text
    assert re.search(r">Order in</span>.*Fri, Jul 3, to 12 Elm Street", page.text, re.DOTALL)
    assert "<b>Left</b> pepperoni (extra)" in page.text
    assert f'href="/track/{order_address(order_id)}"' in page.text
    assert f'href="/receipt/{order_address(order_id)}"' in page.text
    assert f'href="/receipt/{order_address(waiting)}"' not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_whoever_has_no_orders_is_told_how_to_get_some(ana):
    page = ana.get("/account/orders").text
    assert "No orders yet." in page
    assert 'href="/account/orders/claim"' in page


def test_twenty_are_shown_at_once_and_older_ones_by_a_plain_link(ana, me):
    mine = [str(ordered(COLA, account=me)) for _ in range(21)]
    first = ana.get("/account/orders")
    assert listed(first) == mine[:0:-1]
    older = re.search(r'href="(/account/orders\?before=\d+)"', first.text)[1]
    second = ana.get(older)
    assert listed(second) == mine[:1]
    assert "Older orders" not in second.text
    assert "No older orders." in ana.get("/account/orders?before=1").text
    for odd in ("x", "-1", "9" * 30):
        assert listed(ana.get(f"/account/orders?before={odd}")) == mine[:0:-1]


def test_the_list_asks_the_same_however_many_orders_it_shows(ana, me, work_off):
    asked = []
    for many in (1, 6):
        for _ in range(many):
            placed(account=me)
        work_off()
        with time_machine.travel(clock.now(), tick=False):  # nothing grows old between the two looks
            ana.get("/account/orders")
            with counted() as sent:
                ana.get("/account/orders")
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 11


def test_an_address_that_is_kept_is_not_offered_again(ana, me):
    placed(account=me)
    assert "Keep this address" in ana.get("/account/orders").text
    with transaction():
        addresses.keep(me, Door(HOME.street, HOME.zip))
    assert "Keep this address" not in ana.get("/account/orders").text


# ---- the same again


def test_one_tap_puts_an_order_into_the_cart_for_whoever_holds_its_address(shop, ana):
    order_id = placed(HALF_AND_HALF, (COLA, 2))
    for client in (ana, browser(shop)):
        answer = again(client, order_id)
        assert answer.location == "/cart"
        page = client.get("/cart").text
        assert f"Order {order_id} is in your order again." in page
        assert "This is different" not in page
        assert [line.quantity for line in cart_of(client).lines] == [1, 2]
        assert cart_of(client).place == HOME
        assert again(client, order_id).location == "/cart"
        assert cart_of(client).count == 3
    assert browser(shop).post(f"/orders/{order_id}-{'a' * 26}/again").status_code == 404


def test_what_is_unlike_last_time_stands_above_the_cart_and_stays_on_a_reload(ana):
    order_id = ordered(MARGHERITA, COLA, HALF_AND_HALF)
    price_at(ELM_STREET, "margherita", 1999)
    sell_out("product", "cola")
    sell_out("topping", "mushroom")
    answer = again(ana, order_id)
    assert answer.location == f"/cart?after={order_address(order_id)}"
    for _ in range(2):
        page = ana.get(answer.location).text
        assert "This is different from last time:" in page
        assert "$19.99" in page
        assert "This store is sold out of Cola today." in page
        assert "Without mushrooms: sold out here today." in page
    assert page.index("not now") < page.index("$19.99")
    assert "different from last time" not in ana.get(f"/cart?after={order_id}-{'a' * 26}").text


def test_a_cart_with_something_in_it_is_asked_about_first(ana):
    order_id = ordered(MARGHERITA)
    price_at(ELM_STREET, "margherita", 1999)
    with_cart(ana, filled((COLA, 2)))
    page = again(ana, order_id)
    assert page.status_code == 200
    assert "Your order already has something in it. And this is different from last time:" in page.text
    assert cart_of(ana).count == 2
    assert again(ana, order_id, how="add").status_code == 303
    assert cart_of(ana).lines[0].selection.product == "cola"
    assert cart_of(ana).count == 3
    assert again(ana, order_id, how="instead").status_code == 303
    assert cart_of(ana).count == 1


def test_an_order_of_which_nothing_is_left_says_so_and_changes_nothing(ana):
    order_id = ordered(COLA)
    sell_out("product", "cola")
    page = again(ana, order_id)
    assert "This store makes nothing of it right now." in page.text
    assert "sold out of Cola" in page.text
    with ana.session_transaction() as kept:
        assert "cart" not in kept


def test_an_order_that_does_not_fit_in_is_refused_in_words_and_nothing_of_it_comes(ana):
    order_id = ordered((MARGHERITA, 3), (COLA, 48))
    with_cart(ana, filled((COLA, 50)))
    assert again(ana, order_id, how="add").location == "/cart"
    assert "One order holds up to 100 items." in ana.get("/cart").text
    assert cart_of(ana).count == 50


def test_where_nobody_delivers_any_more_the_checkout_asks_where_to(ana):
    order_id = placed()
    with transaction():
        db.session.execute(delete(ZoneZip))
    again(ana, order_id)
    assert ana.get("/checkout").location == "/where?next=/checkout"


def test_the_end_of_the_tracker_and_the_orders_of_this_browser_lead_there(client):
    order_id = ordered(COLA)
    address = order_address(order_id)
    assert f"/orders/{address}/again" not in client.get(f"/track/{address}").text
    with client.session_transaction() as kept:
        kept["orders"] = [order_id]
    assert f'action="/orders/{address}/again"' in client.get("/track").text
    with transaction():
        orders.cancel(order_id, by="customer", reason="changed my mind")
    assert f'action="/orders/{address}/again"' in client.get(f"/track/{address}").text


# ---- the usual, at home


def test_the_home_page_offers_the_usual_with_its_price_and_one_tap_orders_it(shop, ana, me):
    assert "Order your usual" not in ana.get("/").text
    usual.usuals.clear()
    order_id = placed(MARGHERITA, COLA, place=COUNTER, account=me)
    assert "Order the same again" in ana.get("/").text
    usual.usuals.clear()
    order_id = placed(MARGHERITA, COLA, place=COUNTER, account=me)
    page = ana.get("/").text
    cents = sum(line.cents for line in cart.view(filled(MARGHERITA, COLA)).lines)
    assert re.search(rf'Order your usual, <span class="num">\${cents / 100:.2f}</span>', page)
    assert "Your usual: " in page
    assert f'action="/orders/{order_address(order_id)}/again"' in page
    assert "usual" not in browser(shop).get("/").text
    assert "usual" not in at_home(shop, customer("Carlo")).get("/").text
    again(ana, order_id)
    assert cart_of(ana).count == 2


def test_a_home_page_with_a_usual_asks_for_it_once_a_minute(ana, me, monkeypatch):
    hands = Hands(monkeypatch)
    placed(MARGHERITA, place=COUNTER, account=me)
    asked = []
    for _ in range(3):
        ana.get("/")
        with counted() as sent:
            ana.get("/")
        asked.append(len(sent))
        hands.move(minutes=1)
    assert asked == [1, 1, 1]  # who somebody is
    sell_out("product", "margherita")
    assert "the same again" not in ana.get("/").text
