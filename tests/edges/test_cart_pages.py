"""The cart at its edge: pieces for htmx, pages without, and one cart for one browser."""

import re

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.menu import service as menu
from app.orders.models import Cart
from app.stores.models import Slot
from app.stores.slots import QUARTER, quarter
from tests.conftest import browser
from tests.edges.pages import HTMX, with_cart
from tests.factories.orders import COLA, ELM_STREET, HALF_AND_HALF, HOME, filled, place, placing
from tests.queries import counted

pytestmark = pytest.mark.one_database


def carts():
    db.session.rollback()
    return db.session.query(Cart).count()


def cookie(client):
    with client.session_transaction() as session:
        return dict(session)


def add(client, product="cola", **form):
    headers = form.pop("headers", {})
    return client.post("/cart/lines", data={"product": product, **form}, headers=headers)


def test_looking_makes_no_cart(client):
    for path in ("/", "/cart", "/build", "/item/oven-fries", "/where", "/stores"):
        assert client.get(path).status_code == 200, path
    assert (carts(), cookie(client)) == (0, {})


def test_adding_without_script_goes_back_to_the_thing_and_says_so(client):
    answer = add(client, idem="page-1")
    assert (answer.status_code, answer.location) == (303, "/#cola")
    page = client.get("/")
    assert "Added Cola. Order total $2.25." in page.text
    assert "Added Cola" not in client.get("/").text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "piece"])
@pytest.mark.parametrize(
    "form",
    [{"product": "nothing"}, {"product": "cola", "quantity": "51"}, {"product": "cola", "quantity": "x"}, {}],
    ids=["unknown", "too many", "no number", "empty"],
)
def test_a_refused_first_add_leaves_no_cart_anywhere(client, headers, form):
    answer = client.post("/cart/lines", data=form, headers=headers)
    assert answer.status_code in {404, 422}
    assert (carts(), cookie(client).get("cart")) == (0, None)


def test_carlo_never_gets_into_the_cart_of_ana(shop):
    """Ana's first add is refused; its cart is rolled back, and the next cart made may get the very same number."""
    ana, carlo = browser(shop), browser(shop)
    add(ana, "nothing")
    add(carlo)
    assert "Nothing here yet" in ana.get("/cart").text
    add(ana, "margherita")
    assert "Margherita" not in carlo.get("/cart").text
    assert "Cola" not in ana.get("/cart").text


def test_with_htmx_the_cart_comes_as_pieces_with_names(client):
    answer = add(client, headers=HTMX)
    assert answer.status_code == 200
    for piece in ('id="cart"', 'id="cart-link"', 'id="cart-count"', 'id="bar-total"', 'id="flash"'):
        assert answer.text.count(piece) == 1, piece
    assert answer.text.count("hx-swap-oob") == 3
    assert "<html" not in answer.text
    assert cookie(client)["cart"]


def test_what_is_added_moves_the_time_in_the_header_too(shop, client):
    def chip(answer):
        return re.search(r'id="place-chip".*?<b>(.*?)</b>', answer.text, re.DOTALL)[1]

    with transaction():  # no oven is free for an hour
        now = quarter(clock.now())
        db.session.add_all(
            Slot(store_id=ELM_STREET, starts_at=now + n * QUARTER, capacity=24, booked=24) for n in range(4)
        )
    with_cart(client, filled(COLA, place=HOME))
    before = chip(client.get("/"))
    answer = add(client, "margherita", headers=HTMX)
    assert chip(answer) == chip(client.get("/")) != before


def test_an_answer_to_htmx_is_never_kept_for_a_page(client):
    assert "HX-Request" in add(client, headers=HTMX).headers["Vary"]
    assert "HX-Request" in client.get("/").headers["Vary"]


def test_a_form_that_is_sent_twice_adds_once_and_a_second_tap_twice(client):
    for _ in range(2):
        add(client, idem="page-1")
    assert "<output>1</output>" in client.get("/cart").text
    for _ in range(2):
        add(client, idem="page-1", headers=HTMX)
    assert client.get("/cart").text.count("Cola</h3>") == 3


def test_what_was_removed_can_be_brought_back_from_the_words_that_say_so(shop, client):
    with_cart(client, filled(COLA))
    gone = client.post("/cart/lines/1", data={"quantity": "0"}, headers=HTMX)
    assert "Removed Cola." in gone.text
    assert 'hx-post="/cart/lines/1/restoration"' in gone.text
    back = client.post("/cart/lines/1/restoration", headers=HTMX)
    assert "Cola is back." in back.text
    assert 'id="line-1"' in back.text


def test_without_script_each_change_leads_back_to_the_cart(shop, client):
    with_cart(client, filled(COLA))
    for path, form in (
        ("/cart/lines/1", {"quantity": "2"}),
        ("/cart/lines/1", {"quantity": "0"}),
        ("/cart/lines/1/restoration", {}),
    ):
        answer = client.post(path, data=form)
        assert (answer.status_code, answer.location) == (303, "/cart")


@pytest.mark.parametrize("line", ["2", "0", "2147483648", "99999999999999999999999"])
@pytest.mark.parametrize("what", ["", "/pizza", "/restoration"])
def test_a_line_that_is_not_there_is_told_and_the_cart_kept(shop, client, line, what):
    with_cart(client, filled(COLA))
    answer = client.post(f"/cart/lines/{line}{what}", data={"product": "cola", "quantity": "1"})
    assert answer.status_code == 404
    assert "Cola" in client.get("/cart").text


@pytest.mark.parametrize("quantity", ["-1", "51", "１", "1.5", "999999999999999999", "", "1 ", "+1"])
def test_a_number_that_is_none_is_refused_in_words(shop, client, quantity):
    with_cart(client, filled(COLA))
    answer = client.post("/cart/lines/1", data={"quantity": quantity}, headers=HTMX)
    assert answer.status_code == 422
    assert 'class="bad"' in answer.text
    assert 'id="cart"' not in answer.text  # nothing on the page is replaced
    assert "<output>1</output>" in client.get("/cart").text


def test_an_edited_pizza_is_saved_where_it_stood(shop, client):
    with_cart(client, filled(HALF_AND_HALF, COLA))
    form = {"product": "your-own", "size": "m", "crust": "thin", "sauce": "bbq", "cheese": "normal", "t-corn": "left"}
    assert client.post("/cart/lines/1/pizza", data=form).status_code == 303
    page = client.get("/cart").text
    assert "Medium Custom pizza" in page
    assert "Thin crust, BBQ sauce" in page


def test_what_sold_out_keeps_its_picture_and_words_says_why_and_blocks_the_way_out(shop, client):
    with_cart(client, filled(HALF_AND_HALF, COLA))
    before = client.get("/cart").text.split('id="line-1"')[1].split("</li>")[0]
    picture, words = (re.search(part, before)[0] for part in (r'<img src="/pic/[^"]+"', r'<p class="what">.+?</p>'))
    with transaction():
        menu.sell_out(1, "topping", "olive")
        menu.sell_out(1, "product", "cola")
    page = client.get("/cart").text
    pizza, cola = (page.split(f'id="line-{n}"')[1].split("</li>")[0] for n in (1, 2))
    assert "This store is sold out of black olives today. Change or remove it." in pizza
    assert "<h3>Large Custom pizza</h3>" in pizza
    assert picture in pizza
    assert words in pizza
    assert 'href="/build/line/1">Edit' in pizza
    assert 'id="remove-1"' in pizza
    assert "This store is sold out of Cola today. Please remove it." in cola
    assert "Edit" not in cola
    assert "/checkout" not in page
    client.post("/cart/lines/1", data={"quantity": "0"})
    with transaction():
        menu.bring_back(1, "product", "cola")
    assert "/checkout" in client.get("/cart").text


def test_a_cart_that_was_ordered_elsewhere_is_empty_here_and_can_be_begun_anew(shop, client):
    mine = filled(COLA)
    with_cart(client, mine)
    place(placing(mine))
    assert "Nothing here yet" in client.get("/cart").text
    add(client, "brownie")
    assert "Brownie" in client.get("/cart").text
    assert cookie(client)["cart"] != mine


def test_how_many_questions_a_change_takes(shop, client):
    with_cart(client, filled(HALF_AND_HALF, (COLA, 2), place=HOME))
    add(client, headers=HTMX)
    with counted() as sent:
        add(client, "brownie", headers=HTMX)
    assert len(sent) <= 9
    with counted() as sent:
        client.get("/")
    assert len(sent) <= 8
