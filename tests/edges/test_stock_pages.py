"""What a store ran out of, as pages: one switch each, and what customers are told who have it already."""

import re
from datetime import UTC, datetime

import pytest

from app.core.db import db, transaction
from app.menu import service as menu
from app.menu import stock
from app.orders import service as orders
from app.users.service import Role
from tests import databases
from tests.conftest import browser, forget
from tests.edges.pages import HTMX, filled_in, press, with_cart
from tests.factories.hands import Hands
from tests.factories.orders import COLA, ELM_STREET, HALF_AND_HALF, MILWAUKEE_AVENUE, filled
from tests.factories.staff import signed_in, written_down
from tests.queries import counted

pytestmark = pytest.mark.one_database

MUSHROOM = {"kind": "topping", "key": "mushroom"}
FOUR = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # 04:00 in Chicago, where the day turns


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def beppe(shop, hands):
    return signed_in(shop)


def sell_out(client, headers=None, **thing: str):
    return client.post("/staff/menu/sold-out", data=thing, headers=headers)


def bring_back(client, headers=None, **thing: str):
    return client.post("/staff/menu/sold-out/end", data=thing, headers=headers)


def out(store_id: int = ELM_STREET) -> dict[tuple[str, str], datetime | None]:
    db.session.rollback()
    return {(thing.kind, thing.key): thing.until for thing in stock.stock(store_id) if thing.gone}


def row(page: str, thing: str = "topping-mushroom") -> str:
    return page.split(f'id="{thing}"')[1].split("</li>", maxsplit=1)[0]


def test_every_ingredient_and_product_has_one_switch_that_says_what_it_takes_along(beppe):
    page = beppe.get("/staff/menu").text
    offered = menu.load(ELM_STREET)
    assert page.count('role="switch"') == len(stock.stock(ELM_STREET))
    assert page.count('role="switch"') >= len(offered.toppings) + len(offered.products)
    with_it = [item for item in offered.products.values() if any(p.topping == "mushroom" for p in item.preset)]
    assert f"<b>{len(with_it)} products</b>: {with_it[0].name}" in row(page)
    assert "<b>1 product</b>: Diavola" in row(page, "topping-salami")
    assert "product" not in row(page, "product-cola").replace("product-cola", "").replace('value="product"', "")


def test_a_switch_takes_it_off_until_the_store_closes(beppe):
    answer = sell_out(beppe, HTMX, **MUSHROOM)
    assert answer.status_code == 200
    assert 'aria-checked="false"' in row(answer.text)
    assert "close today, 4:00 am" in row(answer.text)
    assert "Mushrooms: sold out until 4:00 am." in answer.text
    assert '<span id="out-count" hx-swap-oob="innerHTML">1</span>' in answer.text
    assert out() == {("topping", "mushroom"): FOUR}
    assert menu.load(ELM_STREET).toppings["mushroom"].sold_out
    assert not menu.load(MILWAUKEE_AVENUE).toppings["mushroom"].sold_out


@pytest.mark.parametrize(("tap", "asked"), [(sell_out, 9), (bring_back, 8)])
def test_a_tap_asks_once_what_is_out_and_reads_no_menu_again(beppe, tap, asked):
    """Who taps, what is out, the row off (and on), the edition, the session, the audit; PostgreSQL is told whose."""
    thing = {**MUSHROOM, "store": str(ELM_STREET)}
    beppe.get(f"/staff/menu?store={ELM_STREET}")
    with counted() as sent:
        assert tap(beppe, HTMX, **thing).status_code == 200
    assert len(sent) == asked + (databases.KIND == "postgres"), sent


def test_it_is_back_by_itself_after_closing(beppe, hands):
    sell_out(beppe, **MUSHROOM)
    hands.now = FOUR
    forget()
    assert out() == {}
    assert not menu.load(ELM_STREET).toppings["mushroom"].sold_out


def test_it_can_stay_off_until_somebody_says_otherwise(beppe, hands):
    sell_out(beppe, **MUSHROOM)
    answer = sell_out(beppe, HTMX, until="change", **MUSHROOM)
    assert 'value="change" id="topping-mushroom-change"' in answer.text
    assert re.search(r'id="topping-mushroom-change"[^>]*aria-pressed="true"', answer.text)
    hands.move(minutes=60 * 24 * 30)
    forget()
    assert out() == {("topping", "mushroom"): None}


def test_a_second_hand_on_the_same_switch_changes_nothing(shop, beppe):
    rosa = signed_in(shop, "Rosa", Role.COUNTER)
    for hand in (beppe, rosa):
        assert sell_out(hand, HTMX, **MUSHROOM).status_code == 200
    assert out() == {("topping", "mushroom"): FOUR}
    for hand in (beppe, rosa):
        assert 'aria-checked="true"' in row(bring_back(hand, HTMX, **MUSHROOM).text)
    assert out() == {}


def test_without_script_the_switch_leads_back_to_its_row(beppe):
    answer = sell_out(beppe, q="mush room", only="1", **MUSHROOM)
    assert answer.status_code == 303
    assert answer.location == f"/staff/menu?store={ELM_STREET}&q=mush+room&only=1#topping-mushroom"
    page = beppe.get("/staff/menu").text
    assert "Mushrooms: sold out until 4:00 am." in page
    assert 'action="/staff/menu/sold-out/end"' in row(page)


def test_every_switch_is_written_down(beppe):
    sell_out(beppe, **MUSHROOM)
    bring_back(beppe, **MUSHROOM)
    rows = written_down()
    assert [(row.deed, row.subject, row.detail["key"], row.detail["sold_out"]) for row in rows] == [
        ("menu.stock", f"store:{ELM_STREET}", "mushroom", True),
        ("menu.stock", f"store:{ELM_STREET}", "mushroom", False),
    ]


def test_the_list_can_be_searched_and_reads_only_what_is_out(beppe):
    sell_out(beppe, **MUSHROOM)
    piece = beppe.get("/x/staff/menu?q=MUSHR", headers=HTMX)
    assert piece.text.count('role="switch"') == 1
    assert piece.headers["HX-Replace-Url"] == f"/staff/menu?store={ELM_STREET}&q=MUSHR"
    assert beppe.get("/staff/menu?only=1").text.count('role="switch"') == 1
    page = beppe.get("/staff/menu?q=<b>gravel").text
    assert "Nothing here is called “&lt;b&gt;gravel”." in page
    assert beppe.get("/x/staff/menu").status_code == 404
    bring_back(beppe, **MUSHROOM)
    assert "Nothing is sold out." in beppe.get("/staff/menu?only=1").text


def test_the_board_leads_here_and_says_how_much_is_out(beppe):
    assert f'href="/staff/menu?store={ELM_STREET}">Sold out</a>' in beppe.get("/staff").text
    sell_out(beppe, **MUSHROOM)
    assert "Sold out (1)" in beppe.get("/staff").text


@pytest.mark.parametrize(
    ("role", "store_id", "asked", "status"),
    [
        (Role.KITCHEN, ELM_STREET, ELM_STREET, 200),
        (Role.COUNTER, ELM_STREET, ELM_STREET, 200),
        (Role.MANAGER, ELM_STREET, ELM_STREET, 200),
        (Role.ADMIN, None, ELM_STREET, 200),
        (Role.MARKETING, None, ELM_STREET, 403),
        (Role.MANAGER, MILWAUKEE_AVENUE, ELM_STREET, 404),
        (Role.ADMIN, None, 4711, 404),
    ],
)
def test_who_may_switch_at_a_store(shop, hands, role, store_id, asked, status):
    client = signed_in(shop, "Somebody", role, store_id)
    thing = {**MUSHROOM, "store": str(asked)}
    assert client.get(f"/staff/menu?store={asked}").status_code == status
    assert client.get(f"/x/staff/menu?store={asked}", headers=HTMX).status_code == status
    assert sell_out(client, HTMX, **thing).status_code == status
    assert bool(out()) is (status == 200)
    assert bring_back(client, HTMX, **thing).status_code == status
    assert len(written_down()) == (2 if status == 200 else 0)


def test_a_stranger_and_a_customer_switch_nothing(shop, client, hands):
    assert sell_out(client, **MUSHROOM).location == "/sign-in?next=/staff"
    assert client.get("/staff/menu").location == "/sign-in?next=/staff/menu"
    assert out() == {}


def test_who_works_at_several_stores_chooses_one_first(shop, hands):
    ada = signed_in(shop, "Ada", Role.ADMIN, None)
    assert ada.get("/staff/menu").location == "/staff/stores?door=sold-out"
    assert sell_out(ada, HTMX, **MUSHROOM).headers["HX-Redirect"] == "/staff/stores?door=sold-out"
    assert out() == {}


@pytest.mark.parametrize(
    "thing",
    [
        {},
        {"kind": "topping"},
        {"kind": "topping", "key": "gravel"},
        {"kind": "product", "key": "mushroom"},
        {"kind": "top\0ping", "key": "mush\0room"},
        {"kind": "topping", "key": "x" * 10_000},
        {"kind": "store", "key": "1"},
        {**MUSHROOM, "store": "99999999999999999999"},
    ],
)
def test_what_is_not_on_the_menu_cannot_be_switched(beppe, thing):
    for headers in ({}, HTMX):
        assert sell_out(beppe, headers, **thing).status_code == 404
        assert bring_back(beppe, headers, **thing).status_code == 404
    assert out() == {}
    assert written_down() == []


def test_a_pizza_being_built_says_so_beside_the_topping(beppe, client):
    builder = "/x/build/your-own?size=m&crust=classic&sauce=tomato&cheese=normal&t-mushroom=whole"
    assert client.get(builder, headers=HTMX).status_code == 200
    sell_out(beppe, **MUSHROOM)
    piece = client.get(builder, headers=HTMX)
    assert piece.status_code == 422
    assert "This store is sold out of mushrooms today." in piece.text
    added = client.post("/cart/lines", data={"product": "your-own", "t-mushroom": "whole"}, headers=HTMX)
    assert added.status_code == 422
    assert "sold out" in added.text


def test_a_cart_says_so_at_the_line_and_blocks_the_way_out(shop, beppe):
    ana = with_cart(browser(shop), filled(HALF_AND_HALF, COLA))
    assert ana.get("/checkout").status_code == 200
    sell_out(beppe, **MUSHROOM)
    page = ana.get("/cart").text
    assert "This store is sold out of mushrooms today." in page
    bring_back(beppe, **MUSHROOM)
    assert "sold out" not in ana.get("/cart").text


def test_who_is_about_to_pay_is_told_and_not_charged(shop, beppe, provider):
    ana = with_cart(browser(shop), filled(HALF_AND_HALF, COLA))
    form = filled_in(ana.get("/checkout"), pay_with="cash")
    sell_out(beppe, **MUSHROOM)
    for headers in ({}, HTMX):
        answer = press(ana, form, **headers)
        assert answer.status_code in {409, 422}
        assert "This store is sold out of mushrooms today." in answer.text
    assert orders.of_cart(1) is None
    assert provider.books() == []
    bring_back(beppe, **MUSHROOM)
    assert press(ana, filled_in(ana.get("/checkout"), pay_with="cash")).location.startswith("/track/")


def test_a_version_that_was_seen_never_names_another_menu(shop, hands):
    seen = {}
    for turn in range(3):
        with transaction():
            menu.sell_out(ELM_STREET, "topping", "mushroom", None if turn else FOUR)
        first = menu.load(ELM_STREET)
        with transaction():
            menu.bring_back(ELM_STREET, "topping", "mushroom")
        for offered in (first, menu.load(ELM_STREET)):
            said = offered.toppings["mushroom"].sold_out
            assert seen.setdefault(offered.version, said) == said
