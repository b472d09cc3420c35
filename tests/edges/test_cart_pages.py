"""The cart at its edge: pieces for htmx, pages without, and one cart for one browser."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.menu import service as menu
from app.orders.models import Cart
from app.stores.models import Slot
from app.stores.slots import QUARTER, quarter
from tests.conftest import browser
from tests.edges.pages import HTMX, refused, with_cart
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
    answer = refused(client, form, headers)
    assert answer.status_code in ({404, 422} if headers or "quantity" not in form else {200})
    assert "Added" not in answer.text
    assert (carts(), cookie(client).get("cart")) == (0, None)


MINE = {"size": "l", "crust": "thin", "sauce": "tomato", "cheese": "normal", "t-mushroom": "left", "note": "Well done"}


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"note": "x" * 81}, 422, "Please keep the note within 80 letters."),
        ({"t-corn": "right"}, 422, "is sold out"),
        ({"quantity": "51"}, 200, "Please choose between 1 and"),
        ({"quantity": "some"}, 200, "Please give a number of pieces."),
        ({"crust": "wood"}, 200, "is not made Large here."),
    ],
    ids=["note", "sold out", "too many", "no number", "no such crust"],
)
@pytest.mark.parametrize("kept", [False, True], ids=["new", "line"])
def test_what_is_refused_without_script_is_back_in_its_form(client, change, status, said, kept):
    with transaction():
        menu.sell_out(1, "topping", "corn")
    line = line_id(client, {"product": "your-own"}) if kept else ""
    target = f"/cart/lines/{line}/pizza" if kept else "/cart/lines"
    answer = client.post(target, data={"product": "your-own", "idem": "page-1", "token": "7-x", **MINE, **change})
    assert answer.status_code == 303
    assert answer.location.startswith(f"/build/line/{line}?" if kept else "/build/your-own?")
    assert not {"idem", "token"} & {name for name, _ in parse_qsl(urlsplit(answer.location).query)}
    page = client.get(answer.location)
    assert page.status_code == status
    assert said in page.text
    for control in ("size-l", *(["crust-thin"] if "crust" not in change else []), "t-mushroom-left"):
        assert "checked" in page.text.split(f'id="{control}"')[1].split(">")[0], control
    assert f'value="{change.get("note", "Well done")}"' in page.text
    held = client.get("/cart").text
    assert "Mushroom" not in held  # nothing came in, and the line is as it was
    assert held.count('class="line"') == int(kept)


def test_a_thing_that_is_refused_without_script_is_back_on_its_page(client):
    answer = add(client, "wings", **{"o-wingsauce": "none", "size": "s", "quantity": "3"})
    assert answer.location.startswith("/item/wings?")
    page = client.get(answer.location)
    assert page.status_code == 422
    assert "Sauce: please choose one." in page.text
    assert "<option selected>3" in page.text


def test_a_form_that_is_too_long_for_an_address_is_refused_as_a_page(client):
    answer = add(client, "your-own", note="x" * 81, **{f"t-{n}": "x" * 200 for n in range(20)})
    assert answer.status_code == 422
    assert "Please keep the note within 80 letters." in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "piece"])
def test_a_guest_whose_cookie_is_gone_still_has_the_cart_that_the_page_shows(shop, client, headers):
    target = f"/cart/lines/{line_id(client, {'product': 'cola'})}"
    token = re.search(r'name="token" value="([^"]+)"', client.get("/cart").text)[1]
    anew = browser(shop)
    assert anew.post(target, data={"quantity": "3"}, headers=headers).status_code == 404
    assert anew.post(target, data={"quantity": "3", "token": f"{token}x"}, headers=headers).status_code == 404
    assert anew.post(target, data={"quantity": "3", "token": token}, headers=headers).status_code in {200, 303}
    assert "3 items in your order" in anew.get("/").text


def line_id(client, form) -> int:
    add(client, **form)
    return int(re.search(r"/cart/lines/(\d+)", client.get("/cart").text)[1])


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
