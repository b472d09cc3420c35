"""A store's own prices as pages: who may set them, where they hold, and what a preview leaves alone."""

import pytest

from app.core.db import db
from app.menu import prices
from app.menu import service as menu
from app.users.service import Role
from tests.conftest import forget
from tests.edges.pages import HTMX, fields
from tests.factories.hands import Hands
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE
from tests.factories.staff import signed_in, written_down

COLA = "/manage/prices/cola"


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def mina(shop, hands):
    return signed_in(shop, "Mina", Role.MANAGER)


@pytest.fixture
def own(shop) -> str:
    """The field of the cola's price."""
    return f"own-{prices.product(ELM_STREET, 'cola').prices[0].variant_id}"


def pays(store_id: int = ELM_STREET) -> int:
    forget()
    db.session.rollback()
    return menu.load(store_id).products["cola"].default.price_cents


def deeds() -> list[str]:
    db.session.rollback()
    return [row.deed for row in written_down()]


def form(client, **typed: str) -> dict[str, str]:
    return {**fields(client.get(f"{COLA}?store={ELM_STREET}")), **typed}


def test_a_manager_sets_the_price_of_their_own_store(mina, own):
    usual = pays()
    answer = mina.post(COLA, data=form(mina, **{own: "1.99"}))
    assert answer.location == f"{COLA}?store={ELM_STREET}"
    assert (pays(), pays(MILWAUKEE_AVENUE)) == (199, usual)
    assert "Own price" in mina.get("/manage/prices?q=cola").text
    assert mina.post(COLA, data=form(mina, **{own: ""})).status_code == 303
    assert pays() == usual
    assert deeds() == ["menu.store_price", "menu.store_price"]


def test_a_price_waits_for_its_day_and_can_be_taken_back(mina, own):
    usual = pays()
    mina.post(COLA, data=form(mina, **{own: "1.99", "starts": "2026-12-24"}))
    page = mina.get(COLA).text
    assert "from December 24, 2026" in page
    assert pays() == usual
    end = {"variant": own.removeprefix("own-"), "from": "2026-12-24"}
    for said in (end, end, {}, {"variant": "x", "from": "never"}, {**end, "variant": "999"}):
        assert mina.post(f"{COLA}/end", data=said).status_code == 303
    assert "Prices to come" not in mina.get(COLA).text
    assert deeds() == ["menu.store_price", "menu.store_price.end"]


def test_a_product_comes_off_the_stores_menu_and_back(mina):
    said = form(mina)
    del said["offered"]
    assert mina.post(COLA, data=said).status_code == 303
    assert "cola" not in menu.load(ELM_STREET).products
    assert "Not on your menu" in mina.get("/manage/prices?q=cola").text
    assert mina.post(COLA, data={**said, "offered": "1"}).status_code == 303
    assert "cola" in menu.load(ELM_STREET).products


def test_a_preview_shows_what_customers_would_see_and_saves_nothing(mina, own):
    usual = pays()
    said = form(mina, **{own: "1.99"})
    for headers in ({}, HTMX):
        page = mina.post(f"{COLA}/preview", data=said, headers=headers).text
        assert "$1.99" in page[page.index('id="preview"') :]
    del said["offered"]
    assert "Customers will not see it" in mina.post(f"{COLA}/preview", data=said, headers=HTMX).text
    wrong = mina.post(f"{COLA}/preview", data={**said, own: "x"}, headers=HTMX)
    assert "It cannot be saved like this." in wrong.text
    assert pays() == usual
    assert written_down() == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"own": "1,99"}, "Write a price like 13.50."),
        ({"own": "-1.00"}, "Write a price like 13.50."),
        ({"own": "1" * 5000}, "Write a price like 13.50."),
        ({"own": "1.99", "starts": "soon"}, "Write a day like 2026-12-31."),
        ({"own": "1.99", "starts": "2036-01-01"}, "Choose a day within the next year."),
        ({"own": "", "starts": "2026-12-24"}, "The chain&#39;s price can hold again at once only"),
    ],
)
def test_what_makes_no_sense_comes_back_with_what_was_typed(mina, own, typed, words):
    if typed["own"] == "":
        mina.post(COLA, data=form(mina, **{own: "1.99"}))
    before = pays()
    said = {own if name == "own" else name: value for name, value in typed.items()}
    answer = mina.post(COLA, data=form(mina, **said))
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{typed["own"]}"' in answer.text
    assert pays() == before


@pytest.mark.parametrize(
    ("role", "store_id", "asked", "status"),
    [
        (Role.MANAGER, ELM_STREET, ELM_STREET, 303),
        (Role.MARKETING, None, ELM_STREET, 303),
        (Role.ADMIN, None, ELM_STREET, 303),
        (Role.KITCHEN, ELM_STREET, ELM_STREET, 403),
        (Role.COUNTER, ELM_STREET, ELM_STREET, 403),
        (Role.MANAGER, MILWAUKEE_AVENUE, ELM_STREET, 404),
        (Role.MANAGER, None, 4711, 404),
    ],
)
def test_who_may_set_prices_at_a_store(shop, hands, own, role, store_id, asked, status):
    usual, client = pays(), signed_in(shop, "Somebody", role, store_id)
    said = {"store": str(asked), own: "1.99", "offered": "1"}
    assert client.get(f"{COLA}?store={asked}").status_code == (200 if status == 303 else status)
    assert client.post(f"{COLA}/preview", data=said).status_code == (200 if status == 303 else status)
    assert client.post(COLA, data=said).status_code == status
    assert client.post(f"{COLA}/end", data=said).status_code == status
    assert pays() == (199 if status == 303 else usual)
    assert deeds() == (["menu.store_price"] if status == 303 else [])


def test_a_stranger_signs_in_first(client):
    for path in ("/manage/prices", COLA):
        assert client.get(path).location == f"/sign-in?next={path}"
    assert client.post(COLA, data={}).location == "/sign-in?next=/staff"


@pytest.mark.parametrize("slug", ["gravel", "co%00la", "x" * 300])
def test_what_is_not_there_is_not_found(mina, slug):
    assert mina.get(f"/manage/prices/{slug}").status_code == 404
    assert mina.post(f"/manage/prices/{slug}", data={}).status_code == 404
    assert "No product is called “&lt;b&gt;”" in mina.get("/manage/prices?q=<b>").text
