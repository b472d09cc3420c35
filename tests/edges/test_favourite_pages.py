"""Favourites at their pages: kept from a cart or an order, renamed, removed, and put into the cart with one tap."""

import re

import pytest

from app.core.db import transaction
from app.menu import service as menu
from app.orders import cart, favourites
from blueprints.order_links import order_address
from tests.conftest import browser
from tests.edges.pages import fields, with_cart
from tests.factories.customers import at_home, customer
from tests.factories.orders import COLA, ELM_STREET, HALF_AND_HALF, filled, ordered

pytestmark = pytest.mark.one_database

PATH = "/account/favourites"


@pytest.fixture
def me(shop):
    return customer()


@pytest.fixture
def ana(shop, me):
    return at_home(shop, me)


def kept(user_id, name="Friday's"):
    with transaction():
        return favourites.keep(user_id, HALF_AND_HALF, name)


def names(user_id):
    return [one.name for one in favourites.of(user_id, menu.catalogue(ELM_STREET))]


def test_a_pizza_in_the_cart_is_kept_under_a_name(ana, me):
    assert "No favourites yet." in ana.get(PATH).text
    with_cart(ana, filled(COLA, HALF_AND_HALF))
    page = ana.get("/cart").text
    (link,) = re.findall(r'href="(/account/favourites/new\?line=\d+)"', page)  # the cola has none
    form = fields(ana.get(link))
    assert form["name"] == cart.view(1).lines[1].name
    assert ana.post(PATH, data={**form, "name": "Friday's"}).location == PATH
    page = ana.get(PATH).text
    assert "Friday&#39;s is one of your favourites." in page
    assert "<b>Left</b> pepperoni (extra)" in page
    assert names(me) == ["Friday's"]


def test_a_pizza_of_an_order_is_kept_by_whoever_holds_its_address(ana, me):
    address = order_address(ordered(COLA, HALF_AND_HALF, account=me))
    page = ana.get("/account/orders").text
    (link,) = re.findall(r'href="(/account/favourites/new\?[^"]+)"', page)
    assert link == f"{PATH}/new?order={address}&amp;line=1"
    ana.post(PATH, data=fields(ana.get(link.replace("&amp;", "&"))))
    assert len(names(me)) == 1
    number, _, key = address.partition("-")
    for wrong in (f"{number}-{'a' * len(key)}", number, "x"):
        assert ana.get(f"{PATH}/new?order={wrong}&line=1").status_code == 404
    assert ana.get(f"{PATH}/new?order={address}&line=7").status_code == 404
    assert ana.get(f"{PATH}/new?line=x").status_code == 404


def test_a_guest_signs_in_first_and_comes_back_to_it(client):
    with_cart(client, filled(HALF_AND_HALF))
    assert client.get(f"{PATH}/new?line=1").location == "/sign-in?next=/account/favourites/new%3Fline%3D1"


@pytest.mark.parametrize(("name", "words"), [(" ", "Give it a name."), ("x" * 61, "Field cannot be longer")])
def test_a_name_that_cannot_be_is_refused_and_the_pizza_stays_in_the_page(ana, me, name, words):
    with_cart(ana, filled(HALF_AND_HALF))
    form = fields(ana.get(f"{PATH}/new?line={cart.view(1).lines[0].id}"))
    answer = ana.post(PATH, data={**form, "name": name})
    assert answer.status_code == 422
    assert words in answer.text
    assert fields(answer)["line"] == form["line"]
    assert names(me) == []


def test_a_favourite_goes_into_the_cart_once_a_press(ana, me):
    favourite = kept(me)
    key = fields(ana.get(PATH))["idem"]
    for _ in range(2):
        assert ana.post(f"{PATH}/{favourite}/line", data={"idem": key}).location == PATH
    assert "Added" in ana.get(PATH).text
    assert cart.view(1).count == 1
    assert ana.post(f"{PATH}/{favourite}/line").status_code == 303
    assert cart.view(1).count == 2


def test_what_ran_out_is_explained_and_can_be_had_without_it_or_changed_first(ana, me):
    favourite = kept(me)
    with transaction():
        menu.sell_out(ELM_STREET, "topping", "mushroom")
    page = ana.get(PATH).text
    assert "Without mushrooms: sold out here today." in page
    assert "Add it like that" in page
    builder = re.search(r'href="(/build/your-own\?[^"]+)"', page)[1].replace("&amp;", "&")
    assert ana.get(builder).status_code == 200
    with transaction():
        menu.sell_out(ELM_STREET, "topping", "tomato")
    page = ana.get(PATH).text
    assert "This store is sold out of tomato sauce today." in page
    assert f"{PATH}/{favourite}/line" not in page
    assert ana.post(f"{PATH}/{favourite}/line").location == PATH
    assert "sold out of tomato sauce" in ana.get(PATH).text


def test_a_favourite_is_renamed_and_removed(ana, me):
    favourite = kept(me)
    ana.post(f"{PATH}/{favourite}", data={"name": "Saturday's"})
    assert names(me) == ["Saturday's"]
    ana.post(f"{PATH}/{favourite}", data={"name": ""})
    assert "A name has 1 to 60 letters." in ana.get(PATH).text
    assert ana.post(f"{PATH}/{favourite}/removal").location == PATH
    assert names(me) == []
    assert ana.post(f"{PATH}/{favourite}/removal").status_code == 404


def test_other_peoples_favourites_are_not_there(shop, me):
    favourite, carlo = kept(me), at_home(shop, customer("Carlo"))
    for path in ("", "/removal", "/line"):
        assert carlo.post(f"{PATH}/{favourite}{path}", data={"name": "Mine"}).status_code == 404
    assert names(me) == ["Friday's"]
    assert browser(shop).post(f"{PATH}/{favourite}/removal").location == "/sign-in?next=/account"
