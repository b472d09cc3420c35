"""Staff find an order and keep a search; headquarters watch the chain."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe, hands
from tests.house import House

pytestmark = pytest.mark.browser
PERSON = "Quentin Zabriskie"


@pytest.fixture
def rosa(browser: Browser, running_shop: House) -> Iterator[Page]:
    page = hands.signed_in(browser, running_shop, "counter")
    yield page
    page.context.close()


@pytest.fixture
def ada(browser: Browser, running_shop: House) -> Iterator[Page]:
    page = hands.signed_in(browser, running_shop, "admin")
    yield page
    page.context.close()


def test_an_order_is_found_by_name_kept_as_a_search_and_opened(page: Page, rosa: Page, running_shop: House):
    number = hands.order_cola_in_cash(page, running_shop, PERSON)
    rosa.goto("/staff/orders")
    rosa.get_by_label("Number, name, phone or email").fill("quentin z")
    rosa.keyboard.press("Enter")
    expect(rosa.locator("tbody tr").first).to_have_id(f"order-{number}")
    rosa.goto("/staff/orders?day=today")
    rosa.get_by_label("Keep this search as").fill("The day")
    rosa.get_by_role("button", name="Keep").click()
    expect(rosa.locator("#flash")).to_contain_text("is kept")
    rosa.goto("/staff/orders")
    rosa.get_by_role("link", name="The day", exact=True).click()
    expect(rosa.get_by_role("link", name="The day", exact=True)).to_have_attribute("aria-current", "page")
    rosa.locator(f"#order-{number} a").first.click()
    expect(rosa.get_by_role("heading", level=1)).to_have_text(f"Order {number}")
    rosa.get_by_text("Every cent of it").click()
    expect(rosa.locator("#prices li b").first).to_contain_text("Cola")
    rosa.goto("/staff/orders")
    rosa.get_by_role("button", name="Drop the search The day").click()
    expect(rosa.locator("#flash")).to_contain_text("is dropped")


def accepted(number: int, shop: House) -> int:
    """The same order, once its store makes it."""
    asked = "SELECT 1 FROM orders WHERE id = :number AND status = 'accepted'"
    shop.until(lambda: bool(shop.rows(asked, number=number)))
    return number


def test_a_cola_that_came_warm_is_made_again_and_stands_on_the_board(page: Page, rosa: Page, running_shop: House):
    number = accepted(hands.order_cola_in_cash(page, running_shop, PERSON), running_shop)
    rosa.goto(f"/staff/orders/{number}")
    rosa.get_by_role("link", name="Make it again").click()
    rosa.get_by_role("button", name="Make it again").click()
    expect(rosa.locator("#error-summary")).to_contain_text("Choose why")
    rosa.get_by_label("Why").select_option("quality")
    rosa.get_by_label("Who bears it").select_option("store")
    rosa.get_by_role("button", name="Make it again").click()
    expect(rosa.locator("#again")).to_contain_text(f"At no charge, for order {number}")
    made = rosa.get_by_role("heading", level=1).inner_text().removeprefix("Order ")
    rosa.goto("/staff?store=1")
    expect(rosa.locator(f"#ticket-{made}")).to_be_visible(timeout=15_000)


def test_the_overview_renews_itself(page: Page, ada: Page, running_shop: House):
    ada.goto("/manage/overview")
    before = last_hour(ada)
    hands.order_cola_in_cash(page, running_shop, PERSON)
    expect(ada.locator("#overview")).not_to_contain_text(f"; {before:,} in the last hour", timeout=15_000)
    assert last_hour(ada) > before  # another test may order meanwhile


def last_hour(page: Page) -> int:
    found = re.search(r"; ([0-9,]+) in the last hour", page.locator("#overview").inner_text())
    assert found
    return int(found[1].replace(",", ""))


def test_both_pages_serve_without_script(browser: Browser, page: Page, running_shop: House):
    number = hands.order_cola_in_cash(page, running_shop, PERSON)
    plain = hands.signed_in(browser, running_shop, "admin", javascript=False)
    plain.goto("/staff/orders")
    plain.get_by_label("Number, name, phone or email").fill(str(number))
    plain.get_by_role("button", name="Find").click()
    expect(plain.locator("tbody tr")).to_have_count(1)
    plain.goto("/manage/overview")
    plain.get_by_role("link", name="Look again").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("The chain, right now")
    plain.context.close()


def test_no_page_of_these_keeps_anybody_out(page: Page, ada: Page, running_shop: House):
    number = accepted(hands.order_cola_in_cash(page, running_shop, PERSON), running_shop)
    for path in (
        *("/staff/orders", "/staff/orders?q=quentin", "/staff/orders?q=nobody+at+all", "/staff/orders?q=312"),
        *("/staff/orders?since=tomorrow", "/manage/overview", f"/staff/orders/{number}"),
        *(f"/staff/orders/{number}/remakes", f"/staff/orders/{number}/message", "/manage/people/sheets"),
    ):
        ada.goto(path)
        if path == f"/staff/orders/{number}":
            ada.get_by_text("Every cent of it").click()
        for width in axe.phone_and_desk(ada):
            found = axe.faults(ada)
            assert not found, (path, width, found)
            assert ada.evaluate("document.documentElement.scrollWidth") <= width, path
