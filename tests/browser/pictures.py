"""`make pictures`: the pages as README shows them, taken from a shop that was just opened and ordered in."""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from dev import machine
from tests import house
from tests.browser import hands
from tests.conftest import QUIET

WIDE = {"width": 1280, "height": 860}
OTHERS = (
    ("/build/butchers-block?size=l&crust=pan&sauce=tomato&cheese=normal&t=pepperoni.w.n&t=bacon.w.n", "Lee Wong"),
    ("/build/margherita?size=m&crust=thin", "Mia Chen"),
    ("/build/diavola?size=l&crust=classic", "Omar Haddad"),
)


def take(folder: Path) -> None:
    """Take every picture into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, house.running(Path(name), {}) as shop, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.chromium(), args=QUIET)
        board = hands.open_board(browser, shop)
        for n, (pizza, person) in enumerate(OTHERS):
            number = order(page(browser, shop), pizza, person)
            for deed in ("Start making", "Into the oven", "Check and box")[: n + 1]:
                hands.tap(board, number, deed)
        guest = page(browser, shop)
        guest.goto(hands.HALF_AND_HALF)
        guest.screenshot(path=folder / "builder.png")
        number = order(guest, hands.HALF_AND_HALF, "Ana Lopez", menu=folder / "menu.png")
        board.screenshot(path=folder / "board.png")
        for deed in ("Start making", "Into the oven"):
            hands.tap(board, number, deed)
        expect(guest.locator("#track h1")).to_have_text("In the oven")
        expect(guest.locator(".scene img")).to_have_js_property("complete", True)
        guest.screenshot(path=folder / "track.png")


def page(browser: Browser, shop: house.House) -> Page:
    """A guest's browser on a desk."""
    return browser.new_context(base_url=shop.url, viewport=WIDE, timezone_id="America/Chicago").new_page()


def order(guest: Page, pizza: str, person: str, menu: Path | None = None) -> int:
    """Order a pizza and a cola to Elm Street, in cash; gives the order's number."""
    guest.goto(pizza)
    guest.locator(".addbar .btn").click()
    guest.locator("#cola").get_by_role("button", name="Add").click()
    expect(guest.locator("#cart-count")).to_contain_text("2")
    guest.goto("/where")
    hands.go_to(guest, "12 Elm Street", "60610")
    expect(guest).not_to_have_url(re.compile("/where"))
    if menu:
        guest.wait_for_load_state("networkidle")
        guest.locator("#flash").evaluate("flash => flash.replaceChildren()")
        guest.screenshot(path=menu)
    guest.goto("/checkout")
    hands.introduce(guest, person)
    guest.locator("label:has(#pay-in-cash)").click()
    guest.locator(".pay-button").first.click()
    return hands.order_number(guest)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
