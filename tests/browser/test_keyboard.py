"""The whole way by keyboard alone: no pointer touches anything here, and the focus is always where one can see it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import hands

pytestmark = pytest.mark.browser

MOST_TABS = 200
STOP = """(wanted) => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const here = at === wanted;
  if (!box.width || at.tagName === "IFRAME") return [here, ""];
  const shown = at.closest("label, .opt") ?? at, place = shown.getBoundingClientRect();
  const hit = document.elementFromPoint(place.x + place.width / 2, place.y + Math.min(place.height / 2, 20));
  return [here, hit && (shown.contains(hit) || hit.contains(shown)) ? "" : at.outerHTML.slice(0, 160)];
}"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until a control has the focus; every stop on the way must be in sight."""
    handle = wanted.element_handle()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        there, hidden = page.evaluate(STOP, handle)
        assert not hidden
        if there:
            return
    raise AssertionError(f"Tab never came to {wanted}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    tab_to(page, wanted)
    page.keyboard.press(key)


def write(page: Page, wanted: Locator, text: str) -> None:
    tab_to(page, wanted)
    page.keyboard.type(text)


def test_from_the_menu_to_the_tracker_by_keyboard_alone(sized: Page, browser, running_shop):
    page = sized
    page.goto("/")
    press(page, page.get_by_role("link", name="Skip to main content"))
    press(page, page.get_by_role("link", name="Build a pizza").first)
    build(page)
    page.goto("/cart")
    press(page, page.get_by_role("link", name="Check out"))
    write(page, page.get_by_label("Street and number"), "12 Elm Street")
    write(page, page.get_by_label("ZIP code"), "60610")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/checkout$"))
    pay(page)
    number = hands.order_number(page)
    cook(browser, running_shop, number)
    expect(page.locator("#track h1")).to_have_text("Making")


def build(page: Page) -> None:
    expect(page).to_have_url(re.compile("/build"))
    tab_to(page, page.locator("#size-m"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("size=l"))
    expect(page.locator("#size-l")).to_be_focused()
    tab_to(page, page.locator("#t-pepperoni-none"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("t=pepperoni.l.n"))
    press(page, page.get_by_role("button", name=re.compile("Add to order")))
    expect(page.locator("#cart-count")).to_contain_text("1")


def pay(page: Page) -> None:
    expect(page.locator("#pay-form")).to_have_attribute("data-card", "ready")
    for label, text in (("Name", "Ana Lopez"), ("Phone", "(312) 555-0142"), ("Email", "ana@example.com")):
        write(page, page.get_by_label(label), text)
    tab_to(page, page.locator("#pay-by-card"))
    page.keyboard.press("Tab")
    field = page.frame_locator("iframe[title='Secure payment input frame']")
    expect(field.get_by_role("radio", name="Card")).to_be_focused()  # beside the wallet that this account offers
    page.keyboard.press("Tab")
    for label, text in (("Card number", "4242424242424242"), ("Expiration date", "1240"), ("Security code", "123")):
        expect(field.get_by_label(label)).to_be_focused()
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    button = page.get_by_role("button", name=re.compile(r"^Pay \$"))
    if not button.evaluate("button => button === document.activeElement"):
        tab_to(page, button)
    page.keyboard.press("Enter")


def cook(browser, running_shop, number: int) -> None:
    board = hands.open_board(browser, running_shop)
    go = board.locator(f"#go-{number}")
    expect(go).to_contain_text("Start making")
    press(board, go)
    expect(board.locator(f"#col-making #go-{number}")).to_be_focused()
    board.context.close()
