"""What somebody usually has: called by their own name, offered no more, and there when the cart is empty."""

import re

import pytest

from app.menu.service import Selection
from app.orders import usual
from blueprints.order_links import order_address
from tests.conftest import browser, forget
from tests.edges.pages import fields, with_cart
from tests.factories.customers import at_home, customer
from tests.factories.orders import COLA, COUNTER, MARGHERITA, filled, placed

GARDEN = Selection("garden", "l", "classic")
PATH, ORDERS = "/account/usual", "/account/orders"


@pytest.fixture
def me(shop):
    return customer()


@pytest.fixture
def ana(shop, me):
    return at_home(shop, me)


@pytest.fixture
def twice(me):
    """Margherita and cola, the same thing twice; gives the number of the later order."""
    return [placed(MARGHERITA, COLA, place=COUNTER, account=me) for _ in range(2)][-1]


def key_of(client):
    return fields(client.get(ORDERS))["usual"]


def head(page):
    found = re.search(r'<h2 id="usual-head">(.*?)</h2>', page.text)
    return found and found[1]


def test_the_usual_gets_a_name_which_goes_wherever_it_is_offered(shop, ana, twice):
    assert head(ana.get(ORDERS)) == "Your usual"
    assert ana.post(PATH, data={"usual": key_of(ana), "name": " Movie night "}).location == ORDERS
    page = ana.get(ORDERS)
    assert "We call it Movie night from now on." in page.text
    assert head(page) == "Movie night"
    assert "Order Movie night, " in ana.get("/").text
    ana.post(PATH, data={"usual": key_of(ana), "name": ""})
    assert head(ana.get(ORDERS)) == "Your usual"
    ana.post(PATH, data={"usual": key_of(ana), "name": "x" * 41})
    assert head(ana.get(ORDERS)) == "Your usual"


def test_what_is_taken_off_is_offered_nowhere_and_comes_back(ana, me, twice):
    ana.post(f"{PATH}/removal", data={"usual": key_of(ana)})
    for path in (ORDERS, "/", "/cart"):
        page = ana.get(path).text
        assert "usual-head" not in page, path
        assert "Order your usual" not in page, path
    assert "is not offered" in ana.get(ORDERS).text
    assert usual.find(me) is None
    placed(GARDEN, place=COUNTER, account=me)
    forget()
    assert head(ana.get(ORDERS)) == "The same again"  # what came next
    ana.post(f"{PATH}/removal/end")
    assert head(ana.get(ORDERS)) == "Your usual"
    assert "is not offered" not in ana.get(ORDERS).text


def test_an_older_order_that_came_once_is_not_told_as_the_last_one(ana, me):
    placed(GARDEN, place=COUNTER, account=me)
    placed(MARGHERITA, place=COUNTER, account=me)
    ana.post(f"{PATH}/removal", data={"usual": key_of(ana)})
    assert usual.find(me) is None


def test_what_changed_meanwhile_is_left_alone(shop, ana, me, twice):
    old = key_of(ana)
    for _ in range(3):
        placed(GARDEN, place=COUNTER, account=me)
    for path, more in ((PATH, {"name": "Old"}), (f"{PATH}/removal", {}), (PATH, {"name": "x", "usual": "0" * 64})):
        assert ana.post(path, data={"usual": old, **more}).location == ORDERS
        assert "something else by now" in ana.get(ORDERS).text
    assert (usual.find(me).name, usual.hides(me)) == ("", False)
    carlo = at_home(shop, customer("Carlo"))
    carlo.post(f"{PATH}/removal", data={"usual": key_of(ana)})
    assert usual.find(me) is not None


def test_a_browser_sees_what_it_changed_at_once_in_every_process(ana, twice):
    """What another process remembers of a minute ago is under another mark."""
    before = ana.get("/").text
    assert "Order your usual" in before
    ana.post(PATH, data={"usual": key_of(ana), "name": "Movie night"})
    assert "Order Movie night" in ana.get("/").text


def test_an_empty_cart_offers_what_somebody_usually_has(shop, ana, twice):
    page = ana.get("/cart").text
    assert f'action="/orders/{order_address(twice)}/again"' in page
    assert "Order your usual, " in page
    assert f'href="{ORDERS}"' in page
    with_cart(ana, filled(COLA))
    assert "Order your usual" not in ana.get("/cart").text
    stranger = browser(shop).get("/cart").text
    assert "again" not in stranger
    assert "Nothing here yet." in stranger


def test_the_home_page_says_it_once(ana, twice):
    assert ana.get("/").text.count("Order your usual") == 1
