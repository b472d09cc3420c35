"""Choosing where and when: another store, delivery or carryout beyond doubt, stores that are closed or take a break."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe, hands

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def guest(browser, base_url, request):
    """A browser with JavaScript on and off."""
    context = browser.new_context(
        base_url=base_url, java_script_enabled=request.param, viewport={"width": 390, "height": 844}
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    yield page
    context.close()


def pick(page: Page, store: str) -> None:
    """Choose carryout at a store, by the page that asks where."""
    page.get_by_role("radio", name=re.compile(store)).check(force=True)
    page.get_by_role("button", name="Use this place and time").click()


def test_another_store_shows_what_would_be_different_and_takes_nothing_out(guest: Page, running_shop):
    running_shop.change(
        "INSERT INTO store_prices (store_id, variant_id, starts, price_cents)"
        " SELECT 2, v.id, '2020-01-01', 977 FROM variants v"
        " JOIN products p ON p.id = v.product_id WHERE p.slug = 'cola' AND NOT EXISTS"
        " (SELECT 1 FROM store_prices s WHERE s.store_id = 2 AND s.variant_id = v.id)"
    )
    running_shop.change("UPDATE store_menus SET version = version + 1 WHERE store_id = 2")
    hands.fill_cart(guest)
    guest.goto("/where?method=carryout&store=2")
    pick(guest, "Milwaukee Avenue")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Carryout at Milwaukee Avenue?")
    expect(guest.locator(".differences")).to_contain_text("$9.77")
    guest.get_by_role("link", name="Stay with Carryout at Elm Street").click()
    expect(guest.locator("#place-chip")).to_contain_text("Elm Street")
    expect(guest.locator("#cart-count")).to_contain_text("1")
    guest.goto("/where?method=carryout&store=2")
    pick(guest, "Milwaukee Avenue")
    guest.get_by_role("button", name="Switch to Carryout at Milwaukee Avenue").click()
    expect(guest.locator("#place-chip")).to_contain_text("Milwaukee Avenue")
    expect(guest.locator("#cart-count")).to_contain_text("1")


def test_delivery_or_carryout_is_in_sight_beside_the_button(guest: Page):
    guest.set_viewport_size({"width": 360, "height": 740})
    for query, word, where in (
        ("method=carryout&store=1", "Carryout", "Elm Street"),
        ("method=delivery&zip=60610", "Delivery", "12 Elm Street"),
    ):
        guest.goto(f"/where?{query}")
        if word == "Delivery":
            guest.get_by_label("Street and number").fill("12 Elm Street")
        guest.get_by_role("button", name="Use this place and time").click()
        switch = guest.get_by_role("button", name=re.compile("^Switch to"))
        expect(guest.locator("#place-chip", has_text=where).or_(switch).first).to_be_visible()
        if switch.is_visible():
            switch.click()
        expect(guest.locator("#place-chip")).to_contain_text(word)
        expect(guest.locator("#place-chip")).to_contain_text(where)
        hands.send(guest, "/cart/lines", hands.COLA)
        guest.goto("/checkout")
        guest.locator(".pay-button").first.scroll_into_view_if_needed()
        beside = guest.locator("#pay-go .promise")
        expect(beside).to_contain_text(word)
        expect(beside).to_contain_text(where)
        expect(beside).to_be_in_viewport()


def test_a_store_that_takes_a_break_keeps_the_cart_and_says_why(guest: Page, browser, running_shop):
    board = hands.open_board(browser, running_shop, "manager")
    hands.fill_cart(guest)
    board.goto("/staff/hours?store=1")
    board.get_by_label("What customers read").fill("The oven is being mended.")
    board.get_by_role("button", name="Pause new orders").click()
    try:
        expect(board.get_by_role("button", name="Take orders again")).to_be_visible()
        guest.goto("/checkout")
        expect(guest.locator("#pay-go")).to_contain_text("The oven is being mended.")
        expect(guest.get_by_role("link", name="Change place or time")).to_be_visible()
        expect(guest.locator(".pay-button")).to_have_count(0)
        expect(guest.locator("#cart-count")).to_contain_text("1")
    finally:
        board.goto("/staff?store=1")
        board.get_by_role("button", name="Take orders again").click()
        expect(board.get_by_role("button", name="Take orders again")).to_have_count(0)
        board.context.close()


def test_a_closed_store_offers_its_next_times(guest: Page, running_shop):
    running_shop.change("UPDATE stores SET hours = 'Mo-Su closed' WHERE id = 4")
    running_shop.change("UPDATE stores SET hours = 'Mo-Su 03:00-03:15' WHERE id = 5")

    def said(store: int) -> str:
        guest.goto(f"/where?method=carryout&store={store}")
        return guest.locator("#when").inner_text()

    # The shop may remember a store for some seconds.
    running_shop.until(lambda: re.search("ready .*3:|3:\\d\\d am", said(5)) is not None)
    expect(guest.locator("#day option").first).to_be_attached()
    running_shop.until(lambda: "no free time within a week" in said(4))


def test_the_list_of_stores_is_whole_without_a_map_and_its_pins_by_keyboard(page: Page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/stores?q=60647")
    expect(page.locator(".store")).to_have_count(2)
    pin = page.get_by_role("link", name="1, Milwaukee Avenue")
    pin.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#store-milwaukee-avenue$"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/stores?q=60647")
    expect(page.locator("#map")).to_be_hidden()
    page.get_by_role("link", name="Show map").click()
    expect(page.locator("#map")).to_be_visible()


def test_where_one_is_is_asked_on_the_press_alone(browser, base_url):
    context = browser.new_context(
        base_url=base_url, permissions=["geolocation"], geolocation={"latitude": 41.9215, "longitude": -87.7012}
    )
    page = context.new_page()
    page.goto("/stores")
    expect(page.locator("#located")).to_be_empty()
    page.get_by_role("button", name="Use my location").click()
    expect(page).to_have_url(re.compile(r"lat=41\.92\d&lon=-87\.701"))
    expect(page.locator(".store h3").first).to_have_text("Milwaukee Avenue")
    context.close()


def test_no_page_about_stores_keeps_anybody_out(page: Page, browser, running_shop):
    for path in (
        *("/stores?q=60647", "/stores?q=nowhere", "/stores/all", "/stores/colfax", "/where?method=carryout&store=2"),
    ):
        page.goto(path)
        for width in axe.phone_and_desk(page):
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            found = axe.faults(page)
            assert not found, (path, width, found)
    desk = hands.open_board(browser, running_shop, "admin", javascript=False)
    desk.goto("/staff?store=1")
    desk.context.close()
    manager = hands.open_board(browser, running_shop, "manager")
    for path in ("/staff/hours", "/staff/zones"):
        manager.goto(path)
        found = axe.faults(manager)
        assert not found, (path, found)
    manager.context.close()
