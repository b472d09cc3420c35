"""What may go wrong between the menu and the tracker: each has its sentence, and nothing is lost."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import Page, expect

from tests import house
from tests.browser import hands
from tests.house import House

pytestmark = pytest.mark.browser

ELM_STREET = 1


@pytest.fixture
def tools(running_shop: House) -> Iterator[House]:
    """The shop, put in order again afterwards."""
    yield running_shop
    running_shop.change("DELETE FROM store_pauses")
    running_shop.restock()
    faults(running_shop, {})


def faults(shop: House, endpoints: dict[str, object]) -> None:
    """Give the payment provider its trouble."""
    answer = requests.post(
        f"http://127.0.0.1:{shop.place.stripe_port}/_standin/faults", json={"endpoints": endpoints}, timeout=5
    )
    assert answer.ok


def stand_at_the_till(page: Page, line: str = hands.COLA) -> None:
    """A checkout in cash, filled in up to the button."""
    hands.fill_cart(page, line)
    page.goto("/checkout")
    hands.introduce(page)
    page.locator("label:has(#pay-in-cash)").click()


def press(page: Page) -> None:
    page.get_by_role("button", name=re.compile("in cash$")).click()


def said(page: Page, words: str) -> None:
    """The summary says it and has the focus, and what was typed is still there."""
    summary = page.locator("[data-error-summary]")
    expect(summary).to_contain_text(words)
    expect(summary).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("Ana Lopez")
    expect(page.get_by_label("Email")).to_have_value("ana@example.com")


def test_a_cart_that_another_tab_changed_is_shown_anew_before_it_is_ordered(page: Page):
    stand_at_the_till(page)
    other = page.context.new_page()
    other.goto("/")
    other.locator("#root-beer").get_by_role("button", name="Add").click()
    expect(other.locator("#cart-count")).to_contain_text("2")
    press(page)
    said(page, "changed in another window")
    expect(page.locator("#checkout-receipt")).to_contain_text("Root beer")
    press(page)
    hands.order_number(page)


def test_a_price_that_rose_meanwhile_is_told_with_both_amounts(page: Page, tools: House):
    stand_at_the_till(page)
    cola = (
        "UPDATE variants SET price_cents = price_cents + :more"
        " WHERE product_id = (SELECT id FROM products WHERE slug = 'cola')"
    )
    tools.change(cola, more=100)
    tools.change(house.NEW_EDITION)
    try:
        press(page)
        said(page, "The price changed from $2.49 to $3.60")
        expect(page.locator("#pay-go")).to_contain_text("$3.60")
        press(page)
        hands.order_number(page)
    finally:
        tools.change(cola, more=-100)


def test_a_store_that_pauses_meanwhile_says_why_and_keeps_the_order(page: Page, tools: House):
    stand_at_the_till(page)
    until = datetime.now(UTC) + timedelta(hours=1)
    tools.change(
        "INSERT INTO store_pauses (store_id, until, reason) VALUES (:store, :until, 'The oven is being mended.')",
        store=ELM_STREET,
        until=until,
    )
    press(page)
    said(page, "The oven is being mended.")
    expect(page.locator("#checkout-receipt")).to_contain_text("Cola")


def test_an_address_out_of_every_area_is_told_with_what_was_typed_kept(page: Page):
    page.goto("/where")
    hands.go_to(page, "1 Far Away", "99950")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator("[data-error-summary]")).to_contain_text("No store delivers")
    expect(page.get_by_label("Street and number")).to_have_value("1 Far Away")
    expect(page.get_by_label("ZIP code")).to_have_value("99950")


def test_a_topping_sold_out_meanwhile_is_told_in_builder_cart_and_at_the_till(page: Page, tools: House):
    stand_at_the_till(page, hands.MUSHROOMS)
    builder = page.context.new_page()
    builder.goto("/build?size=l")
    tools.sell_out("topping", "mushroom")
    press(page)
    said(page, "sold out")
    page.goto("/cart")
    expect(page.locator("#cart .why")).to_contain_text("sold out")
    expect(page.get_by_role("link", name="Check out")).to_have_count(0)
    builder.locator("label:has(#t-olive-whole)").click()
    expect(builder.locator("#row-mushroom")).to_contain_text("Sold out today")
    expect(builder.locator("#t-mushroom-left")).to_be_disabled()
    page.get_by_role("link", name=re.compile("Edit")).click()
    page.locator("label:has(#t-mushroom-none)").click()
    page.get_by_role("button", name=re.compile("Save changes")).click()
    expect(page.get_by_role("link", name="Check out")).to_be_visible()


def test_a_checkout_whose_session_is_gone_still_becomes_the_order(page: Page):
    stand_at_the_till(page)
    page.context.clear_cookies()
    press(page)
    assert hands.order_number(page)


def test_a_press_in_a_cart_whose_session_is_gone_still_counts(page: Page):
    hands.fill_cart(page)
    page.goto("/cart")
    page.context.clear_cookies()
    page.get_by_label("One more Cola").click()
    expect(page.locator("#flash")).to_contain_text("2 × Cola.")
    page.get_by_role("link", name="Check out").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check out")


def test_two_fast_clicks_on_a_slow_line_make_one_order(page: Page, running_shop: House):
    before = running_shop.rows("SELECT count(*) FROM orders")[0][0]
    stand_at_the_till(page)
    page.get_by_role("button", name=re.compile("in cash$")).dblclick()
    hands.order_number(page)
    assert running_shop.rows("SELECT count(*) FROM orders")[0][0] == before + 1


def test_back_after_ordering_never_orders_again(page: Page, running_shop: House):
    stand_at_the_till(page)
    press(page)
    number = hands.order_number(page)
    page.go_back()
    button = page.get_by_role("button", name=re.compile("in cash$"))
    ordered = page.get_by_role("heading", name="You have ordered this")
    expect(button.or_(ordered)).to_be_visible()
    if button.is_visible():
        button.click()
        assert hands.order_number(page) == number
    assert running_shop.rows("SELECT max(id) FROM orders")[0][0] == number


def test_a_bank_that_says_no_leaves_everything_for_another_card(page: Page):
    hands.fill_cart(page)
    page.goto("/checkout")
    hands.introduce(page)
    hands.pay_by_card(page, "4000 0025 0000 3155")
    page.frame_locator("iframe[title='Bank confirmation']").get_by_role("button", name="Fail").click()
    expect(page.locator("#pay-error")).to_contain_text("Nothing was charged")
    expect(page.locator("#pay-error")).to_be_focused()
    hands.pay_by_card(page)
    hands.order_number(page)


def test_a_provider_that_is_silent_keeps_the_order_and_takes_the_money_once(page: Page, tools: House):
    stand_at_the_till(page)
    page.locator("label:has(#pay-by-card)").click()
    faults(tools, {"payment_intents.create": {"drop_before": 1}})
    hands.pay_by_card(page)
    expect(page.locator("#flash")).to_contain_text("Your order is kept", timeout=20_000)
    faults(tools, {})
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    number = hands.order_number(page)
    tools.until(
        lambda: tools.rows("SELECT captured_cents = amount_cents FROM payments WHERE order_id = :n", n=number)[0][0]
    )


def test_an_answer_that_is_lost_after_the_card_was_taken_is_asked_for(page: Page, tools: House):
    stand_at_the_till(page)
    page.locator("label:has(#pay-by-card)").click()
    faults(tools, {"payment_intents.confirm": {"next": ["drop_after"]}})
    hands.pay_by_card(page)
    expect(page).to_have_url(hands.TRACKER, timeout=30_000)
    assert tools.rows("SELECT count(*) FROM payments WHERE order_id = :n", n=hands.order_number(page)) == [(1,)]


def test_offline_in_the_builder_says_so_and_loses_nothing(page: Page):
    page.goto("/build?size=l&crust=classic&sauce=tomato&cheese=normal")
    page.context.set_offline(True)
    page.locator("label:has(#t-mushroom-left)").click()
    expect(page.locator("#flash")).to_contain_text("You seem to be offline")
    page.context.set_offline(False)
    page.locator("label:has(#t-olive-right)").click()
    expect(page).to_have_url(re.compile("t=mushroom.l.n&t=olive.r.n"))
    expect(page.locator("#halves")).to_contain_text("mushrooms")
    expect(page.locator("#halves")).to_contain_text("black olives")
