"""What is not a pizza: sizes, sauces, dips; the page that tells what is in everything; searching."""

import re
from urllib.parse import urlencode

import pytest
import time_machine
from werkzeug.datastructures import MultiDict

from app.core.db import transaction
from app.menu import service as menu
from app.menu.service import Chosen, Selection
from app.orders import cart
from tests.edges.pages import HTMX, fields, refused, with_cart
from tests.factories.orders import COUNTER, filled
from tests.queries import counted

pytestmark = pytest.mark.one_database

NOON = "2026-07-03T17:00:00+00:00"


def cards(page):
    return re.findall(r'<li class="card[^"]*" id="([^"]+)"', page.text)


def test_wings_are_asked_about_sauce_and_dips_and_say_what_they_cost(client):
    page = client.get("/item/wings")
    assert 'id="o-wingsauce-bbq" checked' in page.text
    assert 'id="o-dip-bluecheese" checked' in page.text
    assert 'Add to order <span class="num">$9.50</span>' in page.text
    form = [("product", "wings"), ("size", "sixteen"), ("o-wingsauce", "mango"), ("o-dip", "none")]
    form += [("o-moredips", key) for key in ("none", "ranch", "marinara")]
    piece = client.get(f"/x/item/wings?{urlencode(form)}", headers=HTMX)
    assert '<span class="num">$20.15</span>' in piece.text
    address = piece.headers["HX-Replace-Url"]
    assert address == ("/item/wings?size=sixteen&o-wingsauce=mango&o-dip=none&o-moredips=ranch&o-moredips=marinara")
    assert 'id="o-moredips-ranch" checked' in client.get(address).text
    assert client.post("/cart/lines", data=MultiDict(form)).status_code == 303
    cart_page = client.get("/cart").text
    assert "Wings your way, 16 pieces" in cart_page
    assert "Mango habanero sauce, extra ranch, extra marinara" in cart_page


def test_a_line_of_wings_is_changed_on_its_own_page(shop, client):
    picked = Selection("wings", "eight", options=(Chosen("wingsauce", "hot"), Chosen("moredips", "ranch")))
    with_cart(client, mine := filled((picked, 2), place=COUNTER))
    line = cart.view(mine).lines[0].id
    assert f'href="/item/line/{line}"' in client.get("/cart").text
    page = client.get(f"/item/line/{line}")
    assert "Save changes" in page.text
    assert 'id="o-wingsauce-hot" checked' in page.text
    assert 'id="o-dip-none" checked' in page.text
    form = {**fields(page), "o-wingsauce": "plain", "quantity": "3"}
    assert client.post(f"/cart/lines/{line}/pizza", data=form).status_code == 303
    changed = cart.view(mine).lines[0]
    assert (changed.quantity, changed.choice.base) == (3, "Plain, extra ranch")


def test_drinks_come_in_sizes(client):
    page = client.get("/item/orange-soda")
    assert all(words in page.text for words in ("12 oz can", "20 oz bottle", "2 l bottle", "$4.25"))
    client.post("/cart/lines", data={"product": "orange-soda", "size": "bottle"})
    assert "Orange soda, 2 l bottle" in client.get("/cart").text


def test_a_salad_says_what_its_dressing_brings(client):
    plain = client.get("/x/item/caesar-salad?o-dressing=vinaigrette", headers=HTMX)
    caesar = client.get("/x/item/caesar-salad?o-dressing=caesar", headers=HTMX)
    assert "<b>wheat, milk</b>" in plain.text
    assert "<b>wheat, milk, egg, fish</b>" in caesar.text
    assert "Vegetarian" in plain.text.split('id="inside"')[1]
    assert "Vegetarian" not in caesar.text.split('id="inside"')[1]


def test_what_nobody_knows_warns_on_card_and_page(client):
    assert "Ask about allergens" in client.get("/").text.split('id="bakers-guest"')[1].split("</li>")[0]
    page = client.get("/item/bakers-guest")
    assert "not known for every part: please ask the store" in page.text
    assert "Calories are not known." in page.text


def test_a_required_option_that_is_missing_is_asked_for(client):
    page = client.get("/item/wings?o-wingsauce=none")
    assert page.status_code == 422
    assert "Sauce: please choose one." in page.text
    assert "Sauce: please choose one." in refused(client, {"product": "wings", "o-wingsauce": "none"}).text


def test_sold_out_and_closed_items_say_so_and_cannot_be_added(shop, client):
    with transaction():
        menu.sell_out(1, "product", "wings")
    page = client.get("/item/wings")
    assert "Sold out today" in page.text
    assert "Add to order" not in page.text
    with time_machine.travel("2026-07-03T23:00:00+00:00", tick=False):
        closed = client.get("/build/lunch-margherita")
        assert "Lunch margherita is served 11 am to 3 pm at this store." in closed.text
        card = client.get("/").text.split('id="lunch-margherita"')[1].split("</li>")[0]
        assert "Served 11 am to 3 pm" in card
        assert "<button" not in card


def test_a_card_says_what_ran_out_of_it_and_leads_to_the_builder(shop, client):
    with transaction():
        menu.sell_out(1, "topping", "olive")
        menu.sell_out(1, "option", "dip.ranch")
    page = client.get("/").text
    garden = page.split('id="garden"')[1].split("</li>")[0]
    assert "No black olives today" in garden
    assert 'href="/build/garden"' in garden
    assert "<button" not in garden
    assert "No ranch today" in page.split('id="hot-wings"')[1].split("</li>")[0]


def test_a_pizzas_item_page_is_the_builder(client):
    answer = client.get("/item/garden")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/build/garden")


@pytest.mark.parametrize("path", ["/x/item/wings", "/x/item/line/1"])
def test_a_piece_is_no_page(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/item/nothing", "/item/line/1", "/x/item/nothing"])
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path, headers=HTMX if path.startswith("/x") else {}).status_code == 404


LINKS = ("o-wingsauce=gravy", "o-dip=ranch&o-dip=marinara", "size=zz", "o-moredips=" + "x" * 5000, "o-nothing=1")


@pytest.mark.parametrize("query", LINKS, ids=range(len(LINKS)))
def test_any_link_draws_an_item_or_says_why_not(client, query):
    for path in ("/item/wings", "/item/cola"):
        assert client.get(f"{path}?{query}").status_code in {200, 422}


def test_filters_combine_and_fail_closed(client):
    vegan = cards(client.get("/?only=vegan"))
    assert {"plant-patch", "oven-fries", "cola"} <= set(vegan)
    assert not {"margherita", "bakers-guest", "wings"} & set(vegan)
    no_nuts = cards(client.get("/?only=no+nuts"))
    assert not {"green-garden", "brownie", "bakers-guest"} & set(no_nuts)
    both = cards(client.get("/?only=no+nuts&only=vegetarian"))
    assert set(both) == set(no_nuts) & set(cards(client.get("/?only=vegetarian")))
    assert {"diavola", "hot-wings"} <= set(cards(client.get("/?only=spicy")))
    assert cards(client.get("/?only=spicy&only=no+pork")) == ["hot-wings"]


def test_a_search_forgives_mistakes_and_goes_with_filters(client):
    assert cards(client.get("/?q=margarita"))[:1] == ["margherita"]
    assert "pepperoni" in cards(client.get("/?q=peperoni"))
    assert "pepperoni" not in cards(client.get("/?q=peperoni&only=no+pork"))
    piece = client.get("/x/menu?q=tiramisou&only=vegetarian", headers=HTMX)
    assert cards(piece) == ["tiramisu"]
    assert piece.headers["HX-Replace-Url"] == "/?q=tiramisou&only=vegetarian"
    assert 'hx-swap-oob="innerHTML">1 found' in piece.text
    assert re.findall(r'<a class="chip" href="#(\w+)"', piece.text) == ["sweets"]
    assert 'value="tiramisou"' in client.get("/?q=tiramisou").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q=sushi", "Nothing on this menu is called “sushi”."),
        ("q=sushi&only=vegan&only=spicy", "Nothing on this menu is called “sushi” and vegan and spicy."),
        ("q=%3Cscript%3E", "called “&lt;script&gt;”"),
    ],
)
def test_nothing_found_is_said_with_a_way_back(client, query, said):
    page = client.get(f"/?{query}")
    assert said in page.text
    assert '<a class="btn quiet" href="/">Show all</a>' in page.text


def test_a_search_asks_the_database_nothing(client):
    with time_machine.travel(NOON, tick=False):
        client.get("/?q=pepperoni")
        with counted() as sent:
            client.get("/?q=anchovies&only=no+pork")
            client.get("/x/menu?q=olives", headers=HTMX)
    assert sent == []


def test_the_page_of_allergens_tells_all_and_leaves_out_what_may_hold_some(client):
    page = client.get("/allergens").text
    for words in ("Pepperoni", "Stuffed", "Pesto", "Hot honey", "House vinaigrette", "Baker’s guest"):
        assert words in page
    assert "<b>Not known</b>, please ask" in page
    without = client.get("/allergens?without=milk&without=tree+nuts").text
    assert "Margherita" not in without
    assert "Baker’s guest" not in without
    assert "Cola" in without
    assert "What may hold milk or tree nuts is left out" in without
    assert client.get("/allergens?without=gravel").text.count("<tr>") == page.count("<tr>")
