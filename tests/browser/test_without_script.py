import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import hands

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(browser: Browser, base_url: str) -> Iterator[Page]:
    """A browser with JavaScript off, on a small phone."""
    context = browser.new_context(base_url=base_url, java_script_enabled=False, viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


def fill_the_cart(page: Page) -> None:
    page.goto("/build")
    page.locator("label:has(#size-l)").click()
    page.locator("label:has(#t-pepperoni-left)").click()
    page.locator("label:has(#t-mushroom-right)").click()
    page.get_by_role("button", name="Update the picture and price").click()
    expect(page.locator("#halves")).to_contain_text("pepperoni")
    page.get_by_role("button", name=re.compile("Add to order")).click()
    page.locator("#cola").get_by_role("button", name="Add").click()
    expect(page.locator("#cart-count")).to_contain_text("2")
    page.goto("/checkout")
    hands.go_to(page, "12 Elm Street", "60610")
    hands.introduce(page)


def test_cash_needs_no_script(plain: Page, browser: Browser, running_shop):
    board = hands.open_board(browser, running_shop, javascript=False)
    fill_the_cart(plain)
    plain.locator("label:has(#pay-in-cash)").click()
    plain.locator("#pay-go button, button#pay-button, .pay-button").first.click()
    number = hands.order_number(plain)
    expect(plain.locator("#track h1")).to_have_text("Order in")
    running_shop.until(lambda: bool(running_shop.rows("SELECT 1 FROM tickets WHERE order_id = :n", n=number)))
    board.reload()
    hands.tap(board, number, "Start making")
    expect(board.get_by_role("region", name="Making").locator(f"#go-{number}")).to_be_visible()
    plain.reload()
    expect(plain.locator("#track h1")).to_have_text("Making")
    board.context.close()


def test_a_card_is_paid_on_the_providers_own_page(plain: Page, running_shop):
    fill_the_cart(plain)
    plain.locator(".pay-button").first.click()
    expect(plain).to_have_url(re.compile("/c/pay/"))
    plain.get_by_label("Card number").fill("4000 0000 0000 0002")
    plain.get_by_label(re.compile("Expir")).fill("12/40")
    plain.get_by_label(re.compile("CVC|Security code")).fill("123")
    plain.get_by_role("button", name=re.compile("^Pay")).click()
    expect(plain.locator("body")).to_contain_text("declined")
    plain.get_by_label("Card number").fill(hands.GOOD_CARD)
    plain.get_by_label(re.compile("Expir")).fill("12/40")
    plain.get_by_label(re.compile("CVC|Security code")).fill("123")
    plain.get_by_role("button", name=re.compile("^Pay")).click()
    number = hands.order_number(plain)
    paid = "SELECT authorised_cents = amount_cents FROM payments WHERE order_id = :n"
    assert [bool(row[0]) for row in running_shop.rows(paid, n=number)] == [True]


def test_a_form_with_a_mistake_comes_back_with_what_was_typed(plain: Page):
    plain.goto("/where")
    plain.get_by_label("Street and number").fill("12 Elm Street")
    plain.get_by_label("ZIP code").fill("6061")
    plain.get_by_role("button", name="Use this place and time").click()
    expect(plain).to_have_title(re.compile("^Error:"))
    expect(plain.get_by_label("Street and number")).to_have_value("12 Elm Street")
    expect(plain.locator("#error-summary")).to_contain_text("five digits")
