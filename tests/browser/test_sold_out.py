"""The store runs out of mushrooms while Ana has them in the builder, in her cart, and before Pay."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import hands
from tests.house import House

pytestmark = pytest.mark.browser
MUSHROOMS = "/build?size=m&crust=classic&sauce=tomato&cheese=normal&t=mushroom.w.n"
WORDS = "This store is sold out of mushrooms today."


@pytest.fixture(autouse=True)
def nothing_stays_sold_out(running_shop: House) -> Iterator[None]:
    yield
    running_shop.restock()


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def scripted(request) -> bool:
    return bool(request.param)


@pytest.fixture
def beppe(browser: Browser, running_shop: House, scripted: bool) -> Iterator[Page]:
    """The kitchen's phone, on the page of what is sold out."""
    page = hands.signed_in(browser, running_shop, "kitchen", javascript=scripted)
    page.goto("/staff/menu")
    yield page
    page.context.close()


@pytest.fixture
def ana(browser: Browser, base_url: str, scripted: bool) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=base_url, java_script_enabled=scripted, viewport={"width": 390, "height": 844}, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


def before_pay(page: Page) -> None:
    page.goto("/checkout")
    hands.introduce(page)
    page.locator("label:has(#pay-in-cash)").click()


def test_three_clear_messages_and_nothing_is_charged(ana: BrowserContext, beppe: Page, running_shop, scripted):
    builder, cart, checkout = ana.new_page(), ana.new_page(), ana.new_page()
    hands.fill_cart(cart, hands.MUSHROOMS)
    builder.goto(MUSHROOMS)
    before_pay(checkout)
    orders = running_shop.rows("SELECT count(*) FROM orders")

    switch = beppe.get_by_role("switch", name="Mushrooms")
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(beppe.locator("#topping-mushroom")).to_contain_text("close today")
    expect(beppe.locator("#flash")).to_contain_text("Mushrooms: sold out until")

    builder.locator("label:has(#size-l)").click()
    if not scripted:
        builder.get_by_role("button", name="Update the picture and price").click()
    expect(builder.locator("#builder")).to_contain_text(WORDS)
    cart.goto("/cart")
    expect(cart.locator("#cart")).to_contain_text(WORDS)
    checkout.locator(".pay-button").first.click()
    expect(checkout.locator("#error-summary")).to_contain_text(WORDS)
    expect(checkout.locator(".pay-button")).to_have_count(0)
    assert running_shop.rows("SELECT count(*) FROM orders") == orders

    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    before_pay(checkout)
    checkout.locator(".pay-button").first.click()
    assert hands.order_number(checkout)


def test_a_kitchen_finds_a_thing_and_says_until_when(beppe: Page, scripted):
    beppe.get_by_label("Find an ingredient or product").fill("thin")
    if not scripted:
        beppe.get_by_role("button", name="Find").click()
    row = beppe.locator("#crust-thin")
    expect(beppe.locator(".switch-row")).to_have_count(1)
    expect(row).to_contain_text(re.compile(r"\d+ products"))
    row.get_by_role("switch").click()
    expect(row.locator("#crust-thin-close")).to_have_attribute("aria-pressed", "true")
    row.get_by_role("button", name="I change it").click()
    expect(row.locator("#crust-thin-change")).to_have_attribute("aria-pressed", "true")
    expect(beppe.locator("#out-count")).to_have_text("1")
    if scripted:
        assert beppe.evaluate("document.activeElement.id") == "crust-thin-change"
        expect(beppe).to_have_url(re.compile("q=thin"))


def test_the_board_leads_to_the_list(browser: Browser, running_shop):
    board = hands.open_board(browser, running_shop)
    board.get_by_role("link", name=re.compile("Sold out")).click()
    expect(board.get_by_role("heading", name="Sold out")).to_be_visible()
    board.get_by_role("link", name="Board").click()
    expect(board.locator("#board")).to_be_visible()
    board.context.close()
