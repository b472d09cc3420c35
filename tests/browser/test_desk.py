"""The desk in a browser: previews before saving, a menu from a file, and nobody kept out of any page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import axe, hands
from tests.house import House

pytestmark = pytest.mark.browser
HEAD = "record,product,size,crust,price,key,name,group\n"
NEW = f"{HEAD}product,,,,,mint-tea,Mint tea,drinks\nvariant,mint-tea,can,,2.95,,,\n"


@pytest.fixture(autouse=True)
def the_menu_of_others(running_shop: House) -> Iterator[None]:
    """What is put on the menu here is taken off again."""
    last = running_shop.rows("SELECT max(id) FROM products")[0][0]
    yield
    if running_shop.rows("SELECT id FROM products WHERE id > :last", last=last):
        running_shop.change_menus("UPDATE products SET last_day = '2000-01-01' WHERE id > :last", last=last)


@pytest.fixture
def milo(browser: Browser, running_shop: House) -> Iterator[Page]:
    page = hands.signed_in(browser, running_shop, "marketing")
    yield page
    page.context.close()


@pytest.fixture
def mina(browser: Browser, running_shop: House) -> Iterator[Page]:
    page = hands.signed_in(browser, running_shop, "manager")
    yield page
    page.context.close()


def test_a_price_is_seen_as_customers_will_before_it_is_saved(mina: Page, page: Page):
    mina.goto("/manage/prices/brownie")
    field = mina.get_by_label(re.compile("^Price of")).first
    field.fill("4.44")
    field.press("Tab")
    expect(mina.locator("#preview")).to_contain_text("$4.44")
    page.goto("/")
    expect(page.locator("#brownie")).not_to_contain_text("$4.44")
    mina.get_by_role("button", name="Save").click()
    expect(mina.locator("#flash")).to_contain_text("is saved")
    page.reload()
    expect(page.locator("#brownie")).to_contain_text("$4.44")


def test_a_new_pizza_is_seen_before_it_is_there(milo: Page, page: Page):
    milo.goto("/manage/menu/products/new?kind=pizza")
    milo.get_by_label("Name", exact=True).fill("Jalapeño & Feta")
    milo.get_by_label("Price of Medium Thin").fill("13.00")
    for topping in ("tomato", "mozzarella", "jalapeno", "feta"):
        milo.locator(f"#t-{topping}").select_option("whole")
    expect(milo.locator("#preview .card")).to_contain_text("Jalapeño & Feta")
    expect(milo.locator("#preview .card")).to_contain_text("$13.00")
    milo.get_by_role("button", name="Save").click()
    expect(milo.locator("#flash")).to_contain_text("Jalapeño & Feta is saved.")
    page.goto("/build/jalapeno-feta")
    expect(page.locator("#builder")).to_contain_text("$13.00")


def test_a_mistake_gets_the_focus_and_nothing_that_was_typed_is_lost(milo: Page):
    milo.goto("/manage/menu/products/margherita")
    milo.get_by_label("Price of Medium Classic").fill("cheap")
    milo.get_by_role("button", name="Save").click()
    expect(milo).to_have_title(re.compile("^Error:"))
    expect(milo.locator("#error-summary")).to_be_focused()
    expect(milo.get_by_label("Price of Medium Classic")).to_have_value("cheap")


def test_a_menu_comes_from_a_file_on_a_word(milo: Page, page: Page, tmp_path: Path):
    file = tmp_path / "spring.csv"
    file.write_text(NEW.replace("2.95", "cheap"))
    milo.goto("/manage/menu/sheet")
    milo.get_by_label("CSV file").set_input_files(file)
    milo.get_by_role("button", name="Check this file").click()
    expect(milo.get_by_role("row", name="3 price Write a price like 13.50.")).to_be_visible()
    file.write_text(NEW)
    milo.get_by_role("link", name="Upload another file").click()
    milo.get_by_label("CSV file").set_input_files(file)
    milo.get_by_role("button", name="Check this file").click()
    expect(milo.get_by_role("button", name="Write all 2 to the menu")).to_be_visible()
    page.goto("/")
    expect(page.locator("#mint-tea")).to_have_count(0)
    milo.get_by_role("button", name="Write all 2 to the menu").click()
    expect(milo.get_by_role("heading", name="Done")).to_be_visible()
    expect(milo.locator("#job")).to_contain_text("2 of 2 rows")
    page.reload()
    expect(page.locator("#mint-tea")).to_contain_text("$2.95")


def test_the_page_of_long_work_keeps_the_focus_outlives_a_bad_line_and_rests_when_it_is_done(
    milo: Page, running_shop: House, tmp_path: Path
):
    file = tmp_path / "summer.csv"
    file.write_text(NEW.replace("mint-tea,Mint", "lime-tea,Lime").replace("mint-tea", "lime-tea"))
    asked: list[Route] = []

    def look(route: Route) -> None:
        asked.append(route)
        if len(asked) == 2:
            route.abort("connectionrefused")
        else:
            route.continue_()

    milo.goto("/manage/menu/sheet")
    milo.get_by_label("CSV file").set_input_files(file)
    milo.get_by_role("button", name="Check this file").click()
    write = milo.get_by_role("button", name="Write all 2 to the menu")
    expect(write).to_be_visible()
    milo.route("**/x/jobs/*", look)
    milo.clock.install()
    with running_shop.frozen("worker"):
        write.click()
        expect(milo.get_by_role("heading", name="At work")).to_be_visible()
        milo.get_by_role("button", name="Cancel").focus()
        running_shop.until(lambda: later(milo, 1_000) and len(asked) >= 4)
        expect(milo.get_by_role("button", name="Cancel")).to_be_focused()
    running_shop.until(lambda: later(milo, 1_000) and milo.get_by_role("heading", name="Done").is_visible())
    so_far = len(asked)
    for _ in range(3):
        later(milo, 1_000)
    assert len(asked) == so_far


def later(page: Page, ms: int) -> bool:
    """Let a page's clock go on."""
    page.clock.fast_forward(ms)
    return True


def test_a_door_that_is_closed_says_whom_to_ask(mina: Page):
    mina.goto("/manage/menu")
    expect(mina).to_have_url(re.compile("/manage/prices"))
    expect(mina.get_by_role("navigation", name="Desk")).not_to_contain_text("Menu")
    answer = mina.goto("/manage/menu/products/cola")
    assert answer
    assert answer.status == 403
    expect(mina.locator("main")).to_contain_text("Ask Milo (marketing) or Ada (admin).")


def test_no_page_of_the_desk_keeps_anybody_out(milo: Page, mina: Page, tmp_path: Path):
    for path in ("", "?q=gravel", "/products/margherita", "/products/new", "/toppings", "/toppings/bacon", "/sheet"):
        clean(milo, f"/manage/menu{path}")
    clean(milo, "/manage/prices")
    milo.goto("/manage/menu/products/margherita")
    milo.get_by_label("Price of Medium Classic").fill("15.25")
    milo.get_by_label("Name", exact=True).click()
    expect(milo.locator("#preview")).to_contain_text("$15.25")
    clean(milo)
    milo.get_by_label("Price of Medium Classic").fill("cheap")
    milo.get_by_role("button", name="Save").click()
    expect(milo.locator("#error-summary")).to_be_focused()
    clean(milo)
    for content in (NEW.replace("mint", "rose").replace("Mint", "Rose"), NEW.replace("2.95", "cheap")):
        (tmp_path / "menu.csv").write_text(content)
        milo.goto("/manage/menu/sheet")
        milo.get_by_label("CSV file").set_input_files(tmp_path / "menu.csv")
        milo.get_by_role("button", name="Check this file").click()
        expect(milo.locator("h1")).to_have_text("The menu from menu.csv")
        clean(milo)
    for path in ("/staff/menu", "/staff/menu?only=1", "/manage/prices", "/manage/prices/cola", "/manage/menu/toppings"):
        clean(mina, path)
    mina.goto("/staff/menu")
    mina.locator("#topping-corn-switch").click()
    expect(mina.locator("#topping-corn")).to_contain_text("close today")
    clean(mina)
    mina.locator("#topping-corn-switch").click()
    expect(mina.locator("#topping-corn-switch")).to_have_attribute("aria-checked", "true")


def clean(page: Page, path: str | None = None) -> None:
    """Axe has nothing to say, and nothing stands out sideways."""
    if path is not None:
        page.goto(path)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    for width in axe.phone_and_desk(page, narrow=320):
        found = axe.faults(page)
        assert not found, (page.url, width, found)
        wide = page.evaluate(
            "[document.documentElement, ...document.querySelectorAll('.desk nav ul, .scroll')]"
            ".map((box) => box.scrollWidth - box.clientWidth)"
        )
        assert max(wide) <= 0, (page.url, width, wide)
