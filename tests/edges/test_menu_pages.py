"""The menu and the builder at their edge: few questions to the database, any link draws a pizza."""

import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.core.db import transaction
from app.menu import service as menu
from app.menu.service import Amount, Placement, Selection, Side
from blueprints import picks
from tests.edges.pages import HTMX, fields, refused, with_cart
from tests.factories.orders import COLA, HALF_AND_HALF, HOME, filled
from tests.queries import counted

pytestmark = pytest.mark.one_database

START = "2026-07-03T17:05:00+00:00"


def cards(page):
    return re.findall(r'<li class="card[^"]*" id="([^"]+)"', page.text)


def test_a_warm_menu_asks_the_database_nothing(client):
    with time_machine.travel(START, tick=False):
        client.get("/")
        with counted() as sent:
            client.get("/")
    assert sent == []


def test_a_warm_menu_with_a_cart_asks_for_the_cart_alone(shop, client):
    with time_machine.travel(START, tick=False):
        with_cart(client, filled(HALF_AND_HALF, COLA, place=HOME))
        client.get("/")
        with counted() as sent:
            client.get("/")
    assert len(sent) == 1


def test_a_page_that_did_not_change_is_not_sent_again(shop, client):
    with time_machine.travel(START, tick=False) as moment:
        first = client.get("/")
        again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        with transaction():
            menu.sell_out(1, "product", "cola")
        moment.shift(timedelta(seconds=2))
        assert client.get("/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_head_of_a_page_is_that_of_the_page(client):
    page, head = client.get("/"), client.head("/")
    assert (head.status_code, head.data) == (200, b"")
    assert head.content_length == len(page.data)
    assert {**head.headers, "X-Request-Id": ""} == {**page.headers, "X-Request-Id": ""}


def test_a_page_of_another_cart_is_another_page(shop, client):
    tag = client.get("/").headers["ETag"]
    client.post("/cart/lines", data={"product": "cola"})
    client.get("/")  # shows what was said
    changed = client.get("/", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


@pytest.mark.parametrize("path", ["/x/menu", "/x/build/your-own", "/x/build/line/1"])
def test_a_piece_is_no_page(client, path):
    assert client.get(path).status_code == 404


def test_filters_leave_what_fits_all_of_them(client):
    everything, vegetarian = cards(client.get("/")), cards(client.get("/?only=vegetarian"))
    assert set(vegetarian) < set(everything)
    assert {"margherita", "cola"} <= set(vegetarian)
    assert not {"pepperoni", "hot-wings"} & set(vegetarian)
    assert cards(client.get("/?only=spicy&only=vegetarian")) == []
    assert "Nothing on this menu is vegetarian and spicy." in client.get("/?only=spicy&only=vegetarian").text
    assert not {"pepperoni", "island"} & set(cards(client.get("/?only=no+pork")))
    assert cards(client.get("/?only=nonsense")) == everything


def test_a_filter_changes_only_the_list_and_the_address(client):
    piece = client.get("/x/menu?only=vegetarian", headers=HTMX)
    assert piece.headers["HX-Replace-Url"] == "/?only=vegetarian"
    assert cards(piece) == cards(client.get("/?only=vegetarian"))
    assert "<html" not in piece.text


def test_what_is_sold_out_stands_last_and_cannot_be_added(shop, client):
    with transaction():
        menu.sell_out(1, "product", "margherita")
    page = client.get("/")
    shown = cards(page)
    assert shown.index("margherita") > shown.index("artisan")
    assert 'id="add-margherita"' not in page.text
    answer = refused(client, {"product": "margherita"})
    assert answer.status_code == 422
    assert "This store is sold out of Margherita today." in answer.text
    assert client.get("/item/oven-fries").status_code == 200


def test_each_page_has_keys_of_its_own_against_forms_sent_twice(client):
    keys = [re.findall(r'name="idem" value="([^"]+)"', client.get("/").text) for _ in range(2)]
    assert len(set(keys[0])) == len(keys[0])
    assert not set(keys[0]) & set(keys[1])
    assert "@idem@" not in client.get("/").text


def test_the_builder_works_without_script_from_form_to_cart(client):
    page = client.get("/build/your-own?size=l&crust=thin&sauce=tomato&cheese=normal&t=pepperoni.l.x&t=corn.w.n")
    form = {**fields(page), "quantity": "1"}  # its options have no value but their words
    assert (form["t-pepperoni"], form["a-pepperoni"], form["t-corn"]) == ("left", "extra", "whole")
    assert client.post("/cart/lines", data=form).status_code == 303
    cart = client.get("/cart").text
    assert "Large Custom pizza" in cart
    assert "pepperoni (extra)" in cart


def test_a_size_without_the_crust_mends_it_with_a_note(client):
    page = client.get("/build/your-own?size=xl&crust=stuffed")
    assert page.status_code == 200
    assert "Stuffed crust is not made in this size, so we picked Classic." in page.text
    assert 'value="classic" id="crust-classic" checked' in page.text


def test_what_cannot_be_made_is_said_next_to_its_topping(shop, client):
    with transaction():
        menu.sell_out(1, "topping", "olive")
    page = client.get("/build/garden")
    assert page.status_code == 422
    row = page.text.split('id="row-olive"')[1].split("</fieldset>")[0]
    assert "This store is sold out of black olives today." in row
    piece = client.get("/x/build/garden?t-olive=none&t-mushroom=whole&sauce=tomato&cheese=normal", headers=HTMX)
    assert piece.status_code == 200


LOOSE = (
    *("pepperoni", "sausage", "ham", "bacon", "chicken", "meatball", "salami", "anchovy", "mushroom", "greenpepper"),
    *("redonion", "olive", "cherrytomato", "jalapeno", "pineapple", "spinach", "basil", "roastedpepper", "artichoke"),
    *("corn", "garlic", "feta", "ricotta", "parmesan", "bluecheese"),
)
LINKS = [
    "t=pepperoni.l.n&t=pepperoni.w.n",
    "t=tomato.w.n&sauce=bbq",
    "t=mozzarella.l.n",
    "sauce=pepperoni&cheese=loud&size=zz&crust=zz",
    "t=.&t=..&t=...&t=pepperoni&t=pepperoni.q.n",
    "t-pepperoni=up&a-pepperoni=lots",
    "&".join(f"t={key}.l.d&t={key}.r.x" for key in LOOSE),
    "quantity=-5",
    "quantity=99999999999999999999",
    "quantity=" + "9" * 5000,
    "size=&crust=&sauce=&cheese=&t=",
    "&".join(f"t={key}.w.d" for key in LOOSE[:11]),
]


@pytest.mark.parametrize("query", LINKS, ids=range(len(LINKS)))
@pytest.mark.parametrize("path", ["/build/your-own", "/build/cola", "/build/nothing", "/build/line/1", "/build"])
def test_any_link_draws_a_pizza_or_says_why_not(shop, client, path, query):
    with_cart(client, filled(COLA))
    page = client.get(f"{path}?{query}")
    assert page.status_code in {200, 404, 422}
    assert "Traceback" not in page.text


@pytest.mark.parametrize("path", ["/build/cola", "/build/oven-fries"])
def test_only_pizzas_are_built(client, path):
    assert client.get(path).status_code == 404


toppings = st.lists(
    st.tuples(
        st.sampled_from(["pepperoni", "corn", "feta", "basil", "olive", "anchovy"]),
        st.sampled_from(Side),
        st.sampled_from(Amount),
    ),
    max_size=6,
    unique_by=lambda placed: placed[0],
)
picked = st.builds(
    lambda loose, sauce, cheese, size: Selection(
        "your-own",
        size,
        "thin",
        tuple(
            [Placement(sauce[0], Side.WHOLE, sauce[1])] * (sauce[0] is not None)
            + [Placement("mozzarella", Side.WHOLE, cheese)] * (cheese is not None)
            + [Placement(*placed) for placed in loose]
        ),
    ),
    toppings,
    st.tuples(
        st.sampled_from([None, "tomato", "bbq", "pesto"]), st.sampled_from([Amount.LIGHT, Amount.NORMAL, Amount.EXTRA])
    ),
    st.sampled_from([None, Amount.LIGHT, Amount.NORMAL, Amount.EXTRA]),
    st.sampled_from(["s", "m", "l", "xl"]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picked)
def test_a_pizza_survives_its_address_and_its_form(shop, selection):
    offered = menu.catalogue(1)
    item = menu.product(offered, "your-own")
    chosen = menu.choose(offered, selection).selection
    query = picks.write(offered, chosen, chosen.placements)
    read, notes = picks.read(offered, item, MultiDict(parse_qsl(query)))
    assert (menu.choose(offered, read).selection, notes) == (chosen, ())
    form = fields(shop.test_client().get(f"/build/your-own?{query}"))
    again, _ = picks.read(offered, item, MultiDict(form))
    assert menu.choose(offered, again).selection == chosen
    piece = shop.test_client().get(f"/x/build/your-own?{urlencode(form)}", headers=HTMX)
    assert urlsplit(piece.headers["HX-Replace-Url"]).query == query


def test_a_pizza_has_the_same_picture_on_its_card_in_the_builder_and_in_the_cart(client):
    offered = menu.catalogue(1)
    page = client.get("/").text
    for slug in ("margherita", "honey-trap", "plant-patch"):
        code = menu.choose(offered, Selection(slug)).picture
        assert f"/menu/{code}.svg" in page.split(f'id="{slug}"')[1].split("</li>")[0]
        client.post("/cart/lines", data={"product": slug})
        assert f"/pizza/{code}.svg" in client.get("/cart").text
    keys = [word.split("-")[0] for word in code.split("_")[1:]]
    drawn = client.get("/build/plant-patch").text.split('id="preview"')[1].split("</section>")[0]
    assert keys == ["sausage", "roastedpepper", "mushroom"]  # what has no drawing of its own is drawn as another
    assert all(f'id="b-{key}-whole"' in drawn for key in keys)
