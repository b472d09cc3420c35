"""Tickets on paper, as a real browser prints them: one page, as wide as the roll and as tall as the ticket."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, PdfMargins, expect

from tests.browser import hands
from tests.house import House

pytestmark = pytest.mark.browser

POINTS_A_MM, PIXELS_A_MM = 72 / 25.4, 96 / 25.4
ROLL_MM, LETTER_MM = 80, (215.9, 279.4)
WIDE_MARGINS = {"top": "80mm", "bottom": "80mm"}  # of a printer, where a page asks for none of its own
# The dialog of a printer stands still; here what it would print is kept, and shown again to be printed.
KEEP = "window.print = () => { window.paper = document.getElementById('paper').innerHTML; }"
SHOW = "document.getElementById('paper').innerHTML = window.paper"
# From the upper edge of the paper to the last word on it, and its margin.
WRITTEN = """(paper) => {
  const margin = parseFloat(getComputedStyle(paper).paddingBottom);
  return paper.lastElementChild.getBoundingClientRect().bottom - paper.getBoundingClientRect().top + margin;
}"""
NOTED = "UPDATE orders SET note = 'Nut allergy, please no cashews' WHERE id = :number"


@pytest.fixture
def order(page: Page, running_shop: House, empty_board: None) -> int:
    number = hands.order_cola_in_cash(page, running_shop)
    running_shop.change(NOTED, number=number)
    return number


@pytest.fixture
def board(running_shop: House, browser: Browser, order: int) -> Iterator[Page]:
    page = hands.open_board(browser, running_shop)
    expect(page.locator(f"#ticket-{order}")).to_be_visible()
    yield page
    page.goto("/staff")
    for deed in ("Start making", "Check and box", "Ready for pickup", "Handed over"):
        hands.tap(page, order, deed)
        expect(page.locator(f"#go-{order}", has_text=deed)).to_have_count(0)
    page.context.close()


def printed(page: Page, margin: PdfMargins | None = None) -> list[tuple[float, float]]:
    """What a printer gets: the pages, each with its width and height in millimeters."""
    document = page.pdf(prefer_css_page_size=True, margin=margin)
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", document)
    return [(float(width) / POINTS_A_MM, float(height) / POINTS_A_MM) for width, height in boxes]


def fits(page: Page, sheets: list[tuple[float, float]]) -> None:
    tall = page.locator("#ticket-paper").evaluate(WRITTEN) / PIXELS_A_MM
    ((width, height),) = sheets
    assert width == pytest.approx(ROLL_MM, abs=0.5)
    assert tall <= height <= tall + 3


def test_a_ticket_of_its_own_page_is_one_page_as_tall_as_it_is(board: Page, order: int):
    board.goto(f"/staff/orders/{order}/ticket")
    expect(board.locator("#ticket-paper")).to_contain_text("ALLERGY: Nut allergy, please no cashews")
    short = printed(board)
    fits(board, short)
    board.locator("#ticket-paper .item").first.evaluate(
        "(item) => { for (let n = 0; n < 9; n++) item.after(item.cloneNode(true)); }"
    )
    long = printed(board)
    fits(board, long)
    assert long[0][1] > short[0][1] + 50


def test_what_the_board_prints_is_that_page_and_nothing_of_the_board(board: Page, order: int, running_shop: House):
    board.add_init_script(KEEP)
    board.reload()
    board.get_by_role("button", name="Printing off").click()
    running_shop.until(lambda: str(order) in (board.evaluate("window.paper") or ""))
    board.get_by_role("button", name="Printing on").click()
    board.evaluate(SHOW)
    assert board.locator("#paper").evaluate("(paper) => getComputedStyle(paper).visibility") == "hidden"
    fits(board, printed(board))
    board.emulate_media(media="print")
    expect(board.locator("#ticket-paper")).to_be_visible()
    expect(board.locator("#board")).to_be_hidden()
    board.emulate_media(media="screen")


def test_a_second_paper_says_so(board: Page, order: int):
    board.add_init_script("window.print = () => {}")
    mark = board.locator("#ticket-paper .mark")
    for again, says in (("Print", 0), ("Print again", 1)):
        board.goto(f"/staff/orders/{order}/ticket")
        expect(mark).to_have_text("COPY")
        expect(board.get_by_text("this paper will say REPRINT")).to_have_count(says)
        board.get_by_role("button", name=again, exact=True).click()
        expect(board).to_have_url(re.compile(r"/staff\?store=1"))
    board.goto(f"/staff/orders/{order}/prints/2")
    expect(mark).to_have_text("REPRINT")
    fits(board, printed(board))


def test_without_script_a_ticket_prints_on_whatever_paper_there_is(
    board: Page, order: int, browser: Browser, running_shop
):
    plain = hands.open_board(browser, running_shop, javascript=False)
    plain.goto(f"/staff/orders/{order}/ticket")
    ((width, height),) = printed(plain)
    assert (width, height) == pytest.approx(LETTER_MM, abs=0.5)
    assert printed(plain, WIDE_MARGINS) == [(width, height)], "it asks for no margin, so that it begins at the edge"
    plain.emulate_media(media="print")
    assert plain.locator("#ticket-paper").bounding_box()["width"] / PIXELS_A_MM == pytest.approx(ROLL_MM, abs=0.5)
    expect(plain.get_by_text("ALLERGY: Nut allergy").first).to_be_visible()
    expect(plain.get_by_role("button", name="Print")).to_be_hidden()
    plain.context.close()


def test_any_other_page_keeps_the_margins_of_its_printer(page: Page):
    page.goto("/allergens")
    assert len(printed(page, WIDE_MARGINS)) > len(printed(page)) > 0
