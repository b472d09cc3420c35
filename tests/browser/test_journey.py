import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hands

pytestmark = pytest.mark.browser

WITHIN_A_SECOND = timedelta(seconds=1) / timedelta(milliseconds=1)
PATIENT = 4 * WITHIN_A_SECOND  # two shared cores: the figure itself is measured by the bench
DEEDS = (
    ("Start making", "Making"),
    ("Into the oven", "In the oven"),
    ("Check and box", "Checked and boxed"),
    ("Send out", "On its way"),
    ("Delivered", "Delivered"),
)


def test_a_guest_orders_a_half_and_half_pays_and_watches_it_arrive(sized: Page, browser, running_shop):
    page, board = sized, hands.open_board(browser, running_shop)
    page.goto(hands.HALF_AND_HALF)
    for words in hands.IN_WORDS:
        expect(page.locator("#builder")).to_contain_text(words)
    page.get_by_role("button", name=re.compile("Add to order")).click()
    page.locator("#cola").get_by_role("button", name="Add").click()
    expect(page.locator("#cart-count")).to_contain_text("2")
    page.goto("/cart")
    for words in hands.IN_WORDS:
        expect(page.locator("#cart")).to_contain_text(words)
    page.get_by_role("link", name="Check out").click()
    hands.go_to(page, "12 Elm Street", "60610")
    expect(page).to_have_url(re.compile("/checkout$"))
    expect(page.locator("#pay-form")).to_contain_text("Delivery to 12 Elm Street")
    total = page.locator("#pay-go").get_attribute("data-amount")
    hands.introduce(page)
    hands.pay_by_card(page)
    number = hands.order_number(page)
    assert running_shop.rows("SELECT total_cents FROM orders WHERE id = :n", n=number) == [(int(total),)]

    ticket = board.locator(f"article:has(#go-{number})")
    expect(ticket).to_contain_text("Ana L.")
    for words in hands.IN_WORDS:
        expect(ticket).to_contain_text(words)
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "up")
    for deed, stage in DEEDS:
        hands.tap(board, number, deed)
        expect(page.locator("#track h1")).to_have_text(stage, timeout=PATIENT)
    captured = "SELECT captured_cents FROM payments WHERE order_id = :n"
    running_shop.until(lambda: running_shop.rows(captured, n=number) == [(int(total),)])
    board.context.close()


def test_the_tracker_comes_back_by_itself_after_the_sockets_died(page: Page, browser, running_shop):
    board = hands.open_board(browser, running_shop)
    number = hands.order_cola_in_cash(page, running_shop)
    live = page.locator("[data-live]")
    expect(live).to_have_attribute("data-state", "up")
    running_shop.kill("sockets")
    expect(live).not_to_have_attribute("data-state", "up")
    running_shop.open("sockets")
    hands.tap(board, number, "Start making")
    expect(page.locator("#track h1")).to_have_text("Making", timeout=30_000)
    expect(live).to_have_attribute("data-state", "up", timeout=30_000)
    board.context.close()


def test_a_tracker_whose_sockets_are_refused_asks_by_itself(page: Page, browser, running_shop):
    board = hands.open_board(browser, running_shop)
    page.clock.install()
    page.route_web_socket(re.compile("/ws/"), lambda socket: socket.close(code=1011))
    number = hands.order_cola_in_cash(page, running_shop)
    expect(page.locator("[data-live-text]")).to_contain_text("Updates every 10 s", timeout=15_000)
    hands.tap(board, number, "Start making")
    expect(board.get_by_role("region", name="Making").locator(f"#go-{number}")).to_be_visible()
    page.clock.fast_forward(11_000)  # the page asks each ten seconds
    expect(page.locator("#track h1")).to_have_text("Making")
    board.context.close()


def test_the_customer_cancels_before_making_and_the_ticket_goes(page: Page, browser, running_shop):
    board = hands.open_board(browser, running_shop)
    number = hands.order_cola_in_cash(page, running_shop)
    expect(board.locator(f"#go-{number}")).to_be_visible()
    page.get_by_text("Cancel this order").click()
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.locator("#track h1")).to_contain_text(re.compile("cancel", re.IGNORECASE))
    expect(board.locator(f"#go-{number}")).to_have_count(0)
    board.context.close()


def test_two_screens_agree_and_undo_takes_a_tap_back(page: Page, browser, running_shop):
    one, other = (hands.open_board(browser, running_shop) for _ in range(2))
    number = hands.order_cola_in_cash(page, running_shop)
    hands.tap(one, number, "Start making")
    expect(other.get_by_role("region", name="Making").locator(f"#go-{number}")).to_be_visible()
    one.locator("#undo").get_by_role("button", name="Undo").click()
    expect(other.get_by_role("region", name="New").locator(f"#go-{number}")).to_be_visible()
    for board in (one, other):
        board.context.close()
