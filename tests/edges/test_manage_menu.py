"""The chain's menu as pages: who may change it, what is written, and what a preview leaves alone."""

import re
from datetime import date

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from app.core import batches
from app.core.db import db
from app.menu import book, imports, models
from app.menu import service as menu
from app.menu.service import Amount, Placement, Side
from app.users.service import Role
from tests.conftest import forget
from tests.edges.pages import HTMX, fields
from tests.factories.hands import Hands
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE
from tests.factories.staff import signed_in, written_down

MARGHERITA = "/manage/menu/products/margherita"
PAGES = (
    "/manage/menu",
    MARGHERITA,
    "/manage/menu/products/new",
    "/manage/menu/toppings",
    "/manage/menu/toppings/bacon",
)
SHEETS = ("/manage/menu/sheet", "/manage/menu/sheet/menu.csv")
POSTS = (
    *("/manage/menu/products", MARGHERITA, "/manage/menu/preview", f"{MARGHERITA}/prices/end"),
    *("/manage/menu/toppings", "/manage/menu/toppings/bacon", "/manage/menu/toppings/prices"),
    *("/manage/menu/sheet", "/manage/menu/sheet/1/start"),
)
NEW = "record,product,size,crust,price,key,name,group\nproduct,,,,,tea,Iced tea,drinks\nvariant,tea,can,,2.95,,,\n"


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def milo(shop, hands):
    return signed_in(shop, "Milo", Role.MARKETING, None)


def audits() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(row.deed, row.subject) for row in written_down()]


def versions() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.sum(models.StoreMenu.version))) or 0


def now(slug: str = "margherita", store_id: int = ELM_STREET) -> menu.Product:
    forget()
    db.session.rollback()
    return menu.load(store_id).products[slug]


def price(item: menu.Product, size: str = "m", crust: str | None = "classic") -> int:
    found = item.variant(size, crust)
    assert found
    return found.price_cents


def typed(client, path: str = MARGHERITA, **changes: str) -> MultiDict[str, str]:
    """The form of a page as a browser would send it, several values of one name included, with these changed."""
    page = client.get(path)
    ticked = re.findall(r'<input type="checkbox" id="[^"]*" name="([^"]*)" value="([^"]*)" checked>', page.text)
    names = {name for name, _ in ticked}
    said = MultiDict([*((name, value) for name, value in fields(page).items() if name not in names), *ticked])
    for name, value in changes.items():
        said[name] = value
    return said


def upload(client, content: str | bytes, name: str = "spring.csv"):
    raw = content.encode() if isinstance(content, str) else content
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
    body = head.encode() + raw + b"\r\n--b--\r\n"
    return client.post("/manage/menu/sheet", data=body, content_type="multipart/form-data; boundary=b")


@pytest.mark.parametrize(
    ("role", "store_id", "allowed"),
    [
        (Role.MARKETING, None, True),
        (Role.ADMIN, None, True),
        (Role.MARKETING, ELM_STREET, False),
        (Role.ADMIN, ELM_STREET, False),
        (Role.MANAGER, ELM_STREET, False),
        (Role.COUNTER, ELM_STREET, False),
        (Role.KITCHEN, ELM_STREET, False),
    ],
)
def test_only_who_speaks_for_the_chain_changes_its_menu(shop, hands, role, store_id, allowed):
    client, before = signed_in(shop, "Somebody", role, store_id), versions()
    for path in (*PAGES[1:], *SHEETS):
        assert client.get(path).status_code == (200 if allowed else 403), path
    for path in POSTS:
        status = client.post(path, data={}).status_code
        assert (status != 403) is allowed, (path, status)
    assert versions() == before


def test_a_manager_is_led_to_the_prices_of_their_own_store(shop, hands):
    mina = signed_in(shop, "Mina", Role.MANAGER)
    assert mina.get("/manage/menu").location == "/manage/prices"
    refused = mina.get(MARGHERITA)
    assert refused.status_code == 403
    assert 'href="/manage/menu"' not in refused.text  # a door that does not open is not shown
    assert f'href="/manage/prices?store={ELM_STREET}"' in mina.get("/staff/menu").text


def test_a_stranger_and_a_customer_are_asked_to_sign_in(client):
    for path in (*PAGES, *SHEETS):
        assert client.get(path).location.startswith("/sign-in?next=/manage/menu"), path
    for path in POSTS:
        assert client.post(path, data={}).location == "/sign-in?next=/staff", path


def test_a_form_that_nobody_touched_changes_nothing(milo):
    known, before = book.book(), versions()
    for slug in ("margherita", "cola", "hot-wings", "lunch-margherita"):
        path = f"/manage/menu/products/{slug}"
        answer = milo.post(path, data=typed(milo, path))
        assert answer.status_code == 303, answer.text
    db.session.rollback()
    assert book.book() == known
    assert versions() == before
    assert audits() == []


def test_a_new_price_is_everywhere_at_once_and_written_down(milo):
    said = typed(milo, **{"price.m.classic": "15.25", "name": "Margherita Grande"})
    answer = milo.post(MARGHERITA, data=said)
    assert (answer.status_code, answer.location) == (303, MARGHERITA)
    for store_id in (ELM_STREET, MILWAUKEE_AVENUE):
        item = now(store_id=store_id)
        assert (item.name, price(item)) == ("Margherita Grande", 1525)
    assert audits() == [("menu.product", "product:margherita")]
    assert "Margherita Grande is saved." in milo.get(MARGHERITA).text


def test_a_price_from_a_day_on_waits_for_it_and_can_be_taken_back(shop, milo, hands):
    was = price(now())
    said = typed(milo, **{"price.m.classic": "15.25", "starts": "2026-12-24"})
    assert milo.post(MARGHERITA, data=said).status_code == 303
    assert price(now()) == was
    page = milo.get(MARGHERITA).text
    assert "Prices to come" in page
    assert "from December 24, 2026" in page
    hands.now = hands.now.replace(month=12, day=24)
    assert price(now()) == 1525
    hands.now = hands.now.replace(day=1)
    end, ada = {"size": "m", "crust": "classic", "from": "2026-12-24"}, signed_in(shop, "Ada", Role.ADMIN, None)
    for _ in range(2):  # the second press finds it done
        assert ada.post(f"{MARGHERITA}/prices/end", data=end).location == MARGHERITA
    hands.now = hands.now.replace(day=25)
    assert price(now()) == was
    assert audits()[-1] == ("menu.price.end", "product:margherita")
    assert len(audits()) == 2


def test_a_price_at_once_stands_over_a_dated_one_that_has_begun(shop, milo, hands):
    milo.post(MARGHERITA, data=typed(milo, **{"price.m.classic": "15.25", "starts": "2026-11-25"}))
    hands.now = hands.now.replace(day=26)
    ada = signed_in(shop, "Ada", Role.ADMIN, None)
    assert 'name="price.m.classic" value="15.25"' in ada.get(MARGHERITA).text
    ada.post(MARGHERITA, data=typed(ada, **{"price.m.classic": "14.75"}))
    assert price(now()) == 1475


def test_sizes_come_and_go_with_their_prices(milo):
    said = typed(milo, **{"price.xl.pan": "21.00", "kcal.xl.pan": "2100", "price.s.thin": ""})
    assert milo.post(MARGHERITA, data=said).status_code == 303
    item = now()
    assert price(item, "xl", "pan") == 2100
    assert item.variant("s", "thin") is None


def test_what_a_pizza_comes_with_is_changed_by_lists(milo):
    said = typed(milo, **{"t-basil": "none", "t-bacon": "left", "a-bacon": "extra"})
    assert milo.post(MARGHERITA, data=said).status_code == 303
    preset = now().preset
    assert Placement("bacon", Side.LEFT, Amount.EXTRA) in preset
    assert "basil" not in {placed.topping for placed in preset}


def test_a_product_can_be_sold_for_a_while_only(milo, hands):
    said = typed(milo, "/manage/menu/products/cola", first_day="2026-12-01", last_day="2026-12-31", opens="22:00")
    path = "/manage/menu/products/cola"
    answer = milo.post(path, data={**said, "closes": ""})
    assert answer.status_code == 422
    assert "Say from when to when, or leave both empty." in answer.text
    assert milo.post(path, data={**said, "closes": "02:00"}).status_code == 303
    forget()
    assert "cola" not in menu.load(ELM_STREET).products
    hands.now = hands.now.replace(month=12, day=2)
    assert not now("cola").served
    hands.now = hands.now.replace(hour=5)  # 23:00 of the day before in Chicago
    assert now("cola").served


PIZZA = {
    "kind": "pizza",
    "name": "Jalapeño & Feta",
    "key": "",
    "group": "pizzas",
    "text": "Hot",
    "tags": "spicy",
    "places": "1",
    "everywhere": "1",
    "price.m.thin": "13.00",
    "default": ".m.thin",
    "t-tomato": "whole",
    "t-feta": "whole",
}


def test_a_new_pizza_is_made_from_its_form(milo):
    answer = milo.post("/manage/menu/products", data=PIZZA)
    assert (answer.status_code, answer.location) == (303, "/manage/menu/products/jalapeno-feta")
    item = now("jalapeno-feta")
    assert (price(item, "m", "thin"), item.default.crust, item.tags, item.places) == (1300, "thin", ("spicy",), 1)
    assert milo.post("/manage/menu/products", data=PIZZA).status_code == 303  # a second press: there it is
    other = milo.post("/manage/menu/products", data={**PIZZA, "price.m.thin": "14.00"})
    assert other.status_code == 422
    assert "There is a product with this name in its address already." in other.text
    assert audits() == [("menu.product", "product:jalapeno-feta")]


def test_a_new_drink_has_sizes_without_crusts_and_facts_of_its_own(milo):
    drink = {"kind": "product", "name": "Mint tea", "group": "drinks", "places": "0", "price.can.": "2.95"}
    facts = {"allergens-known": "1", "diet": "vegan", "picture": "cola", "everywhere": "1"}
    answer = milo.post("/manage/menu/products", data={**drink, **facts})
    assert answer.status_code == 303, answer.text[answer.text.index("error-summary") :][:900]
    item = now("mint-tea")
    assert (price(item, "can", None), item.pizza, item.facts.allergens) == (295, False, frozenset())


WRONG = [
    ({"name": ""}, "name", "This is missing."),
    ({"name": "x" * 61}, "name", "61 characters are too many"),
    ({"name": "a\x00b"}, "name", "Use plain text on one line."),
    ({"group": "nowhere"}, "group", "There is no category called nowhere."),
    ({"places": "-1"}, "places", "Write a whole number from 0 to 20."),
    ({"places": "9" * 400}, "places", "Write a whole number from 0 to 20."),
    ({"price.m.classic": "1,5"}, "price.m.classic", "Write a price like 13.50."),
    ({"price.m.classic": "-1.00"}, "price.m.classic", "Write a price like 13.50."),
    ({"price.m.classic": "١٢.٠٠"}, "price.m.classic", "Write a price like 13.50."),
    ({"kcal.m.classic": "many"}, "kcal.m.classic", "Write a whole number"),
    ({"first_day": "2026-02-30"}, "first_day", "Write a day like 2026-12-31."),
    ({"first_day": "2026-12-31", "last_day": "2026-12-01"}, "last_day", "This is before the first day."),
    ({"opens": "25:00"}, "opens", "Write a time like"),
    ({"t-bacon": "roof"}, "toppings", "Choose where each topping lies from the list."),
    ({"t-bbq": "whole"}, "toppings", "Margherita: A pizza has one sauce."),
    ({"a-basil": "tons"}, "toppings", "Choose where each topping lies from the list."),
    ({"o-cut": "1", "with-cut": "gravel"}, "options", "There is no option called gravel in cut."),
    ({"starts": "2036-01-01"}, "starts", "Choose a day within the next year."),
    ({"tags": ";;"}, "tags", "Write up to 12 different words"),
    ({"allergens": "gluten", "allergens-known": "1"}, "allergens", "“gluten” is none of"),
]


@pytest.mark.parametrize(("said", "name", "words"), WRONG, ids=range(len(WRONG)))
def test_what_makes_no_sense_comes_back_with_what_was_typed(milo, said, name, words):
    before = versions()
    data = typed(milo, **said)
    answer = milo.post(MARGHERITA, data=data)
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert f'href="#{name}"' in answer.text
    assert words in answer.text.replace("&#39;", "'")
    assert 'name="price.l.thin" value="17.00"' in answer.text
    assert versions() == before
    preview = milo.post("/manage/menu/preview", data={**data, "slug": "margherita"}, headers=HTMX)
    assert preview.status_code == 200
    assert "It cannot be saved like this." in preview.text


def test_a_preview_shows_the_card_and_the_prices_and_saves_nothing(milo):
    known, before = book.book(), versions()
    said = typed(milo, **{"price.m.classic": "15.25", "name": "Grande <b>", "first_day": "2026-12-24"})
    db.session.rollback()
    for headers in ({}, HTMX):
        page = milo.post("/manage/menu/preview", data=said, headers=headers)
        assert page.status_code == 200
        preview = page.text[page.text.index('id="preview"') :]
        assert "Grande &lt;b&gt;" in preview
        assert "$14.50 → $15.25" in preview
        assert "Only in the days and hours that you chose." in preview
    db.session.rollback()
    assert (book.book(), versions()) == (known, before)
    assert audits() == []


def test_whoever_was_slower_is_told_and_keeps_what_they_typed(milo, shop):
    mine = typed(milo, name="Mine")
    ada = signed_in(shop, "Ada", Role.ADMIN, None)
    assert ada.post(MARGHERITA, data=typed(ada, text="Hers")).status_code == 303
    answer = milo.post(MARGHERITA, data=mine)
    assert answer.status_code == 409
    assert "Somebody else changed this product meanwhile." in answer.text
    assert 'value="Mine"' in answer.text
    assert now().name == "Margherita"


@pytest.mark.parametrize("slug", ["gravel", "mar%00gherita", "x" * 200, "..", "%F0%9F%8D%95"])
def test_what_is_not_there_is_not_found(milo, slug):
    for path in (f"/manage/menu/products/{slug}", f"/manage/menu/toppings/{slug}"):
        assert milo.get(path).status_code == 404
        assert milo.post(path, data={"name": "x"}).status_code == 404


def test_products_are_found_by_their_words(milo):
    page = milo.get("/manage/menu?q=MARGH").text
    assert "/manage/menu/products/margherita" in page
    assert "/manage/menu/products/cola" not in page
    assert "No product is called “&lt;i&gt;”" in milo.get("/manage/menu?q=<i>").text


def test_a_topping_is_changed_and_made(milo):
    page = milo.get("/manage/menu/toppings/bacon")
    said = typed(milo, "/manage/menu/toppings/bacon", name="Smoky bacon")
    assert page.status_code == 200
    assert milo.post("/manage/menu/toppings/bacon", data=said).status_code == 303
    forget()
    db.session.rollback()
    bacon = menu.load(ELM_STREET).toppings["bacon"]
    assert (bacon.name, bacon.word) == ("Smoky bacon", "crispy bacon")
    fig = {"name": "Fig jam", "word": "fig jam", "group": "drizzle", "weight": "1500", "amounts": "normal", "tags": ""}
    assert milo.post("/manage/menu/toppings", data={**fig, "diet": "vegan", "calories": "90"}).status_code == 303
    forget()
    db.session.rollback()
    made = menu.load(ELM_STREET).toppings["fig-jam"]
    assert (made.weight, made.amounts, made.facts.allergens) == (1500, (Amount.NORMAL,), None)
    assert audits() == [("menu.topping", "menu"), ("menu.topping", "menu")]


def test_a_preview_shows_a_topping_as_in_the_builder_and_saves_nothing(milo):
    known, before = book.book(), versions()
    said = typed(milo, "/manage/menu/toppings/bacon", name="Smoky <b>", weight="2000")
    db.session.rollback()
    for headers in ({}, HTMX):
        page = milo.post("/manage/menu/toppings/preview", data=said, headers=headers)
        preview = page.text[page.text.index('id="preview"') :]
        assert page.status_code == 200
        assert "Smoky &lt;b&gt;" in preview
        assert "counts 2×" in preview
        assert "<dt>One on a pizza, Large</dt><dd>$3.50</dd>" in preview
    for name, words in (("Prices", "Choose another name."), ("Bacon", "already"), ("", "This is missing.")):
        fig = {"name": name, "key": "", "word": "x", "group": "meat", "weight": "1000", "amounts": "normal"}
        assert words in milo.post("/manage/menu/toppings/preview", data=fig, headers=HTMX).text
    db.session.rollback()
    assert (book.book(), versions()) == (known, before)
    assert audits() == []


def test_a_topping_that_would_spoil_pizzas_is_refused(milo):
    said = typed(milo, "/manage/menu/toppings/bacon")
    said.setlist("amounts", ["light"])
    answer = milo.post("/manage/menu/toppings/bacon", data=said)
    assert answer.status_code == 422
    assert "does not come" in answer.text
    answer = milo.post("/manage/menu/toppings", data={"name": "New", "word": "new", "group": "meat"})
    assert answer.status_code == 422


def test_one_topping_costs_what_its_size_says(milo):
    page = milo.get("/manage/menu/toppings")
    said = {**fields(page), "price-l": "1.90"}
    assert milo.post("/manage/menu/toppings/prices", data=said).status_code == 303
    forget()
    db.session.rollback()
    assert menu.load(ELM_STREET).sizes["l"].topping_cents == 190
    answer = milo.post("/manage/menu/toppings/prices", data={**said, "price-l": "lots"})
    assert answer.status_code == 422
    assert 'value="lots"' in answer.text


def test_the_menu_goes_out_as_a_file_and_in_again_without_a_change(milo):
    file = milo.get("/manage/menu/sheet/menu.csv")
    assert file.mimetype == "text/csv"
    assert "attachment" in file.headers["Content-Disposition"]
    assert file.headers["Cache-Control"] == "no-store"
    answer = upload(milo, file.data, "menu.csv")
    page = milo.get(answer.location).text
    assert "Nothing to do." in page


def test_a_file_is_checked_first_and_written_on_a_word(milo):
    known = book.book()
    answer = upload(milo, NEW, "menus/spring <b>.csv")
    assert answer.status_code == 303
    page = milo.get(answer.location)
    assert "spring &lt;b&gt;.csv" in page.text
    assert "menus/" not in page.text
    assert "1 product new" in page.text
    db.session.rollback()
    assert book.book() == known
    work = answer.location.rpartition("/")[2]
    done = milo.post(f"{answer.location}/start", data=fields(page))
    assert done.location == f"/manage/jobs/{work}"
    db.session.rollback()
    assert book.book() == known
    batches.work(int(work))
    assert price(now("tea"), "can", None) == 295
    assert audits() == [("menu.import", "menu")]
    assert "2 of 2 rows" in milo.get(done.location).text
    again = milo.post(f"{answer.location}/start", data=fields(page))
    assert again.location == f"/manage/jobs/{work}"
    assert milo.get(answer.location).location == f"/manage/jobs/{work}"
    assert len(audits()) == 1


def test_every_fault_of_a_file_is_told_and_nothing_is_written(milo):
    known = book.book()
    answer = upload(milo, NEW + "variant,tea,bucket,,cheap,,,\nvariant,cola,can,,=1,,,\n")
    page = milo.get(answer.location).text
    assert "2 mistakes." in page
    assert "Write a price like 13.50." in page
    assert "which spreadsheets run as a formula" in page
    assert "/start" not in page
    assert milo.post(f"{answer.location}/start", data={"mark": "x"}).status_code == 409
    db.session.rollback()
    assert book.book() == known


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose one with something in it."),
        (b"x" * (imports.MOST_BYTES + 1), "larger than 4,096 kB"),
        (b"x" * (imports.MOST_BYTES + 200_000), "larger than 4,096 kB"),
    ],
    ids=["empty", "too large", "far too large"],
)
def test_a_file_that_is_none_is_refused_in_words(milo, content, words):
    answer = upload(milo, content)
    assert answer.status_code == 422
    assert words in answer.text
    assert milo.post("/manage/menu/sheet", data={"file": "no file"}).status_code == 422


def test_somebody_elses_file_is_not_there(milo, shop):
    mine = upload(milo, NEW).location
    ada = signed_in(shop, "Ada", Role.ADMIN, None)
    assert ada.get(mine).status_code == 404
    assert ada.post(f"{mine}/start", data={"mark": "x"}).status_code == 404
    assert milo.get(mine).status_code == 200


def test_a_day_of_the_chain_is_the_one_that_has_begun_first(milo, hands):
    said = typed(milo, **{"price.m.classic": "15.25", "starts": date(2026, 11, 23).isoformat()})
    milo.post(MARGHERITA, data=said)
    assert price(now()) == 1525  # today is at once
