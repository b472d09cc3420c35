"""Ana keeps an address, orders, and has it again: by touch on a phone, and without JavaScript."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe, hands
from tests.browser.test_accounts import mailed
from tests.house import House

pytestmark = pytest.mark.browser


def signed_in(page: Page) -> str:
    """Make an account by a code that is mailed; one of its own each time, as the shop keeps running. Its address."""
    email = f"ana.{uuid4().hex[:8]}@example.com"
    page.goto("/register")
    page.get_by_label("Name").fill("Ana Lopez")
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    page.get_by_label("Code").fill(mailed(page, email, nth=1))
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("header")).to_contain_text("Ana, your account")
    return email


def keep_home(page: Page) -> None:
    page.goto("/account/addresses")
    page.get_by_label("Street and number").fill("12 Elm Street")
    page.get_by_label("ZIP code").fill("60610")
    page.get_by_label("Call it").fill("Home")
    page.get_by_role("button", name="Keep this address").click()
    expect(page.locator("#flash")).to_contain_text("Elm Street delivers here")


def test_from_a_kept_address_to_the_same_again(page: Page, running_shop: House):
    signed_in(page)
    page.goto("/account")
    page.get_by_label("Phone").fill("312.555.0142")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#flash")).to_contain_text("Saved.")
    keep_home(page)
    page.goto("/where")
    page.get_by_role("button", name="Home").click()
    expect(page.locator("header")).to_contain_text("12 Elm Street")

    page.goto(hands.HALF_AND_HALF)
    hands.add_to_order(page)
    page.goto("/cart")
    page.get_by_role("link", name=re.compile("Keep .* as a favourite")).click()
    page.get_by_label("Name").fill("Friday's")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#flash")).to_contain_text("Friday's is one of your favourites.")

    page.goto("/checkout")
    expect(page.get_by_label("Phone")).to_have_value("(312) 555-0142")
    page.locator("label:has(#pay-in-cash)").click()
    page.locator(".pay-button").click()
    number = hands.order_number(page)

    page.goto("/account/orders")
    page.get_by_role("button", name=re.compile(rf"Order again.*order {number}\b")).click()
    expect(page).to_have_url(re.compile("/cart"))
    expect(page.locator("#flash")).to_contain_text(f"Order {number} is in your order again.")
    expect(page.locator("#cart-count")).to_contain_text("1")
    page.goto("/account/favourites")
    page.get_by_role("button", name=re.compile("Add to order.*Friday's")).click()
    expect(page.locator("#cart-count")).to_contain_text("2")
    page.goto("/account/orders")
    page.get_by_role("button", name=re.compile(rf"Order again.*order {number}\b")).click()
    expect(page.get_by_role("heading", name=f"Order {number} again?")).to_be_visible()
    page.get_by_role("button", name="Take it instead").click()
    expect(page.locator("#cart-count")).to_contain_text("1")

    page.goto("/account/orders")
    expect(page.locator("#usual-head")).to_have_text("The same again")
    page.locator("#usual summary").click()
    page.get_by_label("Name of your usual").fill("Movie night")
    page.locator("#usual").get_by_role("button", name="Save").click()
    expect(page.locator("#usual-head")).to_have_text("Movie night")
    page.goto("/cart")
    page.get_by_role("button", name=re.compile("Remove ")).click()
    page.get_by_role("button", name=re.compile("Order Movie night")).click()
    expect(page.locator("#cart-count")).to_contain_text("1")
    page.goto("/account/orders")
    page.get_by_role("button", name="Offer it no more").click()
    expect(page.locator("#usual-head")).to_have_count(0)
    expect(page.get_by_role("button", name="Offer it again")).to_be_visible()

    for path in ("/account", "/account/orders", "/account/favourites", "/account/addresses", "/account/orders/claim"):
        page.goto(path)
        found = axe.faults(page)
        assert not found, (path, found)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_without_script_an_address_is_picked_at_checkout_and_an_order_comes_again(
    browser: Browser, running_shop: House
):
    context = browser.new_context(base_url=running_shop.url, java_script_enabled=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    signed_in(page)
    keep_home(page)
    page.goto("/where")
    hands.go_to(page, "90 Elm Street", "60610")
    expect(page).not_to_have_url(re.compile("/where"))
    page.goto(hands.HALF_AND_HALF)
    hands.add_to_order(page)
    page.goto("/checkout")
    page.get_by_label("Phone").fill("(312) 555-0142")
    page.get_by_role("button", name="Home").click()
    expect(page.get_by_label("Street and number")).to_have_value("12 Elm Street")
    expect(page.get_by_label("Phone")).to_have_value("(312) 555-0142")
    page.locator("label:has(#pay-in-cash)").click()
    page.locator(".pay-button").click()
    number = hands.order_number(page)
    page.goto("/account/orders")
    page.get_by_role("button", name=re.compile(rf"Order again.*order {number}\b")).click()
    expect(page.locator("#cart-count")).to_contain_text("1")
    context.close()
