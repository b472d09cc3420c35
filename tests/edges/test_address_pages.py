"""Who somebody is and where they live, at their pages: typed once, said back in full, and picked with one tap."""

import re
from dataclasses import replace

import pytest

from app.core.db import db, transaction
from app.orders import cart
from app.orders import service as orders
from app.stores import service as stores
from app.users import addresses
from app.users import service as users
from app.users.addresses import Door
from blueprints.order_links import order_address
from tests.conftest import browser
from tests.edges.pages import HTMX, fields, filled_in, press, with_cart
from tests.factories.customers import at_home, customer
from tests.factories.orders import COLA, COUNTER, ELM_STREET, HOME, MARGHERITA, MILWAUKEE_AVENUE, filled, placed
from tests.factories.staff import written_down
from tests.factories.stores import zone
from tests.queries import counted

PATH = "/account/addresses"
ELM, OAK = Door("12 Elm Street", "60610", "3B", "Chicago", "Home"), Door("1 Oak Road", "60622", name="Work")


@pytest.fixture
def me(shop):
    return customer()


@pytest.fixture
def ana(shop, me):
    return at_home(shop, me)


def kept(user_id, *doors):
    with transaction():
        return [addresses.keep(user_id, door) for door in doors]


def said(client, path=PATH):
    return client.get(path).text


# ---- who somebody is


def test_the_profile_is_changed_and_the_next_checkout_starts_from_it(ana, me):
    answer = ana.post("/account/profile", data={"name": "Ana Lopez", "phone": "312.555.0142"})
    assert answer.location == "/account"
    page = said(ana, "/account")
    assert "Hello, Ana Lopez" in page
    assert 'value="(312) 555-0142"' in page
    form = fields(with_cart(ana, filled(COLA, place=HOME)).get("/checkout"))
    assert (form["name"], form["phone"], form["email"]) == ("Ana Lopez", "(312) 555-0142", "ana@example.com")


def test_news_come_only_to_whoever_agreed_and_both_is_written_down(ana, me):
    said = {"name": "Ana", "phone": ""}
    assert "news" not in fields(ana.get("/account"))
    for ticked in (True, True, False):
        ana.post("/account/profile", data={**said, **({"news": "y"} if ticked else {})})
        assert users.account(me).news is ticked
        assert ("news" in fields(ana.get("/account"))) is ticked
    assert [row.deed for row in written_down()] == ["news.on", "news.off"]


def test_a_profile_that_is_wrong_comes_back_as_it_was_typed(ana, me):
    answer = ana.post("/account/profile", data={"name": " ", "phone": "12"})
    assert answer.status_code == 422
    assert "Enter your name." in answer.text
    assert "Enter a phone number with its area code" in answer.text
    assert 'value="12"' in answer.text
    assert users.account(me).name == "Ana"


def test_whoever_keeps_no_phone_finds_that_of_their_last_order_and_guests_find_nothing(shop, ana, me):
    placed(account=me)
    cart_id = filled(COLA)
    assert fields(with_cart(ana, cart_id).get("/checkout"))["phone"] == "(312) 555-0142"
    guest = fields(with_cart(browser(shop), cart_id).get("/checkout"))
    assert (guest["name"], guest["phone"], guest["email"]) == ("", "", "")


# ---- the list


def test_an_address_is_kept_and_says_who_delivers_there(ana, me):
    assert "You keep no address yet" in said(ana)
    answer = ana.post(PATH, data={"street": "12 Elm Street", "unit": "3B", "zip": "60610", "name": "Home"})
    assert answer.location == PATH
    page = said(ana)
    assert "Kept. Elm Street delivers here" in page
    assert re.search(r"<b>Home</b>.*Your usual.*12 Elm Street, 3B,.*60610", page, re.DOTALL)
    assert "Elm Street delivers here." in page


def test_a_whole_address_in_one_line_is_taken_apart(ana, me):
    ana.post(PATH, data={"street": "12 Elm St Apt 3, Chicago, IL 60610", "zip": ""})
    (one,) = addresses.of(me)
    assert (one.street, one.unit, one.city, one.zip) == ("12 Elm St", "Apt 3", "Chicago", "60610")


def test_an_address_to_which_nobody_delivers_is_kept_all_the_same_and_says_so(ana, me):
    ana.post(PATH, data={"street": "1 Main Street", "zip": "99501"})
    page = said(ana)
    assert page.count("No store delivers to 99501 yet.") == 2  # once when it was kept, and in the list
    assert len(addresses.of(me)) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"street": "", "zip": "60610"}, "Enter the street and number."),
        ({"street": "12 Elm Street", "zip": ""}, "Enter the ZIP code."),
        ({"street": "12 Elm Street", "zip": "abc"}, "A ZIP code has five digits"),
        ({"street": "12 Elm Street", "zip": "00000"}, "We know no such ZIP code."),
    ],
)
def test_an_address_that_cannot_be_is_not_kept_and_what_was_typed_stays(ana, me, typed, words):
    answer = ana.post(PATH, data={**typed, "name": "Summer house"})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Summer house"' in answer.text
    assert addresses.of(me) == ()


def test_an_address_is_edited_made_the_usual_and_removed(ana, me):
    home, work = kept(me, ELM, OAK)
    assert fields(ana.get(f"{PATH}/{home}"))["street"] == "12 Elm Street"
    assert ana.post(f"{PATH}/{home}", data={"street": "14 Elm Street", "zip": "60610"}).location == PATH
    assert ana.post(f"{PATH}/{work}", data={"street": "14 Elm Street", "zip": "60610"}).status_code == 422
    assert ana.post(f"{PATH}/{work}/usual").location == PATH
    assert [one.title for one in addresses.of(me)] == ["Work", "14 Elm Street"]
    assert ana.post(f"{PATH}/{work}/removal").location == PATH
    assert "Work is kept no longer." in said(ana)
    assert ana.post(f"{PATH}/{work}/removal").status_code == 404


def test_a_full_list_says_so_and_other_peoples_addresses_are_not_there(shop, ana, me):
    (home, *_) = kept(me, *(Door(f"{n} Elm Street", "60610") for n in range(10)))
    page = said(ana)
    assert "That is as many as we keep." in page
    assert "Add an address" not in page
    assert ana.post(PATH, data={"street": "99 Elm Street", "zip": "60610"}).status_code == 422
    carlo = at_home(shop, customer("Carlo"))
    for path in ("", "/usual", "/removal"):
        assert carlo.post(f"{PATH}/{home}{path}", data={"street": "1 Elm Street", "zip": "60610"}).status_code == 404
    assert carlo.get(f"{PATH}/{home}").status_code == 404


def test_the_list_asks_a_few_things_for_each_address_and_no_more(ana, me):
    asked = []
    for number in range(3):
        kept(me, Door(f"{number} Elm Street", "60610"))
        ana.get(PATH)
        with counted() as sent:
            ana.get(PATH)
        asked.append(len(sent))
    assert asked[2] - asked[1] == asked[1] - asked[0] <= 8


# ---- an order's address


def test_the_address_of_an_order_is_kept_with_one_tap(ana, me):
    order_id = placed(account=me)
    answer = ana.post(f"{PATH}/of-order/{order_address(order_id)}")
    assert answer.location == "/account/orders"
    (one,) = addresses.of(me)
    assert (one.street, one.city, one.zip) == (HOME.street, HOME.city, HOME.zip)
    assert ana.post(f"{PATH}/of-order/{order_id}-{'a' * 26}").status_code == 404
    ana.post(f"{PATH}/of-order/{order_address(placed(COLA, place=COUNTER))}")
    assert len(addresses.of(me)) == 1


# ---- where it goes


def test_a_kept_address_is_picked_with_one_tap_where_it_is_asked_for(shop, ana, me):
    home, _ = kept(me, ELM, OAK)
    page = said(ana, "/where?next=/checkout")
    assert page.index("<b>Home</b>") < page.index("<b>Work</b>")
    with_cart(ana, filled(MARGHERITA, place=None))
    assert ana.post("/where", data={"kept": str(home), "next": "/checkout"}).location == "/checkout"
    place = cart.view(1).place
    assert (place.street, place.unit, place.zip, place.store_id) == ("12 Elm Street", "3B", "60610", ELM_STREET)
    assert "To one of your addresses" not in said(browser(shop), "/where")
    assert browser(shop).post("/where", data={"kept": str(home)}).status_code == 401
    assert at_home(shop, customer("Carlo")).post("/where", data={"kept": str(home)}).status_code == 404


def test_a_kept_address_that_is_picked_where_it_is_asked_for_leaves_the_time_that_was_chosen(ana, me):
    (home,) = kept(me, ELM)
    free = [at for at, has_room in stores.later_times(cart.ask(HOME, ())) if has_room]
    mine = filled(MARGHERITA, place=replace(HOME, street="90 Elm Street", wanted_at=free[8]))
    assert with_cart(ana, mine).post("/where", data={"kept": str(home), "next": "/checkout"}).location == "/checkout"
    place = cart.view(mine).place
    assert (place.street, place.wanted_at) == ("12 Elm Street", free[8])


def test_how_to_find_the_door_is_typed_once_and_may_be_typed_over(ana, me):
    ana.post(PATH, data={"street": "12 Elm Street", "unit": "3B", "zip": "60610", "note": "Ring twice."})
    assert "Ring twice." in said(ana)
    (home,) = addresses.of(me)
    with_cart(ana, filled(MARGHERITA, place=HOME))
    ana.post("/checkout/address", data={**fields(ana.get("/checkout")), "kept": home.id})
    assert fields(ana.get("/checkout"))["note"] == "Ring twice."
    elsewhere = filled_in(ana.get("/checkout"), pay_with="cash", phone="3125550142", note="Side door.")
    order = orders.order(int(re.search(r"\d+", press(ana, elsewhere).location)[0]))
    assert order.note == "Side door."
    assert addresses.of(me)[0].note == "Ring twice."


def test_a_kept_address_to_which_nobody_delivers_keeps_the_order_where_it_was(ana, me):
    (away,) = kept(me, Door("1 Main Street", "99501"))
    with_cart(ana, filled(MARGHERITA, place=HOME))
    answer = ana.post("/where", data={"kept": str(away)})
    assert answer.status_code == 422
    assert "No store delivers to 99501 yet." in answer.text
    assert cart.view(1).place == HOME


def test_another_kept_address_is_picked_at_checkout_and_nothing_typed_is_lost(ana, me):
    _, work = kept(me, Door(HOME.street, HOME.zip, city=HOME.city), Door("90 Elm Street", "60610", name="Work"))
    with_cart(ana, filled((MARGHERITA, 2), place=HOME))
    page = ana.get("/checkout")
    assert f'name="kept" value="{work}"' in page.text
    assert "Keep this address" not in page.text  # it is kept
    typed = filled_in(page, note="Blue door", kept=str(work))
    answer = press(ana, typed, "/checkout/address", **HTMX)
    assert answer.status_code == 200
    assert 'value="90 Elm Street"' in answer.text
    assert 'value="Blue door"' in answer.text
    assert cart.view(1).place.street == "90 Elm Street"


def test_a_kept_address_that_another_store_serves_is_asked_about_first(ana, me):
    zone(MILWAUKEE_AVENUE, zips=("60660",), fee=499)
    (away,) = kept(me, Door("1 Far Street", "60660", name="Work"))
    with_cart(ana, filled((MARGHERITA, 2), place=HOME))
    answer = press(ana, filled_in(ana.get("/checkout"), kept=str(away)), "/checkout/address")
    assert answer.status_code == 409
    assert "delivers to that address" in answer.text
    assert cart.view(1).place == HOME
    seal = re.search(r'name="seen" value="([^"]+)"', answer.text)[1]
    answer = press(ana, {**filled_in(answer, kept=str(away)), "seen": seal}, "/checkout/address")
    assert answer.status_code == 200
    assert "Milwaukee Avenue delivers here" in answer.text
    assert (cart.view(1).place.store_id, cart.view(1).place.street) == (MILWAUKEE_AVENUE, "1 Far Street")


def test_the_address_of_a_checkout_is_kept_where_that_was_ticked(shop, ana, me, provider):
    for keeps in (False, True):
        with_cart(ana, filled((MARGHERITA, 2), place=HOME))
        form = filled_in(ana.get("/checkout"), pay_with="cash", unit="3B", **({"keep_address": "y"} if keeps else {}))
        assert press(ana, form).status_code == 303
        db.session.rollback()
        assert [one.unit for one in addresses.of(me)] == (["3B"] if keeps else [])
    guest = with_cart(browser(shop), filled((MARGHERITA, 2), place=HOME))
    assert "Keep this address" not in guest.get("/checkout").text
    assert press(guest, filled_in(guest.get("/checkout"), pay_with="cash", keep_address="y")).status_code == 303
    assert orders.order(3).street == HOME.street
