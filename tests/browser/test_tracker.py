"""The tracker as Ana follows it, on a phone and on a desk: every stage, cut lines, lateness, and how it was."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe, hands
from tests.house import House

pytestmark = pytest.mark.browser

LIVE = re.compile("^Live")
ASLEEP_MS, WAKES_MS = 600_000, 3_000
POLL_MS = 11_000  # a page that hears nothing asks each ten seconds; its clock is moved on so that no test waits
DEEDS = (
    ("Start making", "Making"),
    ("Into the oven", "In the oven"),
    ("Check and box", "Checked and boxed"),
    ("Send out", "On its way"),
    ("Delivered", "Delivered"),
)
# Writes down whatever a screen reader would say of the stage.
LISTEN = """() => {
  window.said = [];
  const heard = () => {
    const words = document.querySelector("#stage-said")?.textContent.trim();
    if (words && words !== said.at(-1)) said.push(words);
  };
  heard();
  new MutationObserver(heard).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@pytest.fixture(scope="module")
def screen(running_shop: House, browser: Browser):
    page = hands.open_board(browser, running_shop)
    yield page
    page.context.close()


@pytest.fixture
def board(screen: Page) -> Page:
    """Beppe's screen, on its wire again whatever the test before did to it."""
    expect(screen.locator("[data-live-text]")).to_have_text("Live", timeout=30_000)
    return screen


# What a line does, and what is told, has nothing to do with how wide the page is.
ON_A_PHONE = pytest.mark.parametrize("ana", [390], ids=["phone"], indirect=True)


@pytest.fixture(params=[390, 1280], ids=["phone", "desk"])
def ana(request, page: Page, running_shop: House) -> Page:
    """Ana's page after she ordered her half and half to her door, to be paid in cash."""
    page.set_viewport_size({"width": request.param, "height": 860})
    page.clock.install()
    pizza = "product=your-own&quantity=1&" + hands.HALF_AND_HALF.partition("?")[2]
    hands.order_in_cash(page, running_shop, pizza, hands.HOME, "Tessa Tracker")
    expect(page.locator("[data-live-text]")).to_have_text(LIVE, timeout=30_000)
    return page


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_every_tap_shows_with_her_own_pizza_in_its_scene_and_is_announced_once(board: Page, ana: Page):
    number = hands.order_number(ana)
    # the kitchen has it: what it told of the time by then is no news of a stage
    expect(board.locator(f"#ticket-{number}")).to_be_visible(timeout=30_000)
    ana.evaluate(LISTEN)
    for deed, stage in DEEDS:
        hands.tap(board, number, deed)
        expect(ana.locator("#track h1")).to_have_text(stage)
        expect(ana).to_have_title(re.compile(f"^{stage}"))
        expect(ana.locator(".scene img")).to_have_attribute("src", re.compile("pepperoni"))
        assert fits(ana)
        assert not axe.faults(ana), stage
    stages = [words.split(".")[0] for words in ana.evaluate("said")]
    assert stages == ["Order in", *(stage for _, stage in DEEDS)]
    expect(ana.locator(".steps li.done")).to_have_count(5)


def test_a_drink_sees_no_oven(sized: Page, running_shop: House):
    hands.order_cola_in_cash(sized, running_shop)
    expect(sized.locator(".steps li")).to_have_count(4)
    expect(sized.locator(".steps")).not_to_contain_text("oven")
    assert fits(sized)


@ON_A_PHONE
def test_the_first_promise_stays_while_the_range_moves(board: Page, ana: Page):
    number = hands.order_number(ana)
    first = ana.locator(".stage-now .lead b").inner_text()
    hands.tap(board, number, "Start making")
    expect(ana.locator("#track h1")).to_have_text("Making")
    expect(ana.locator(".track-card")).to_contain_text(f"First promised {first}")


@ON_A_PHONE
def test_a_line_that_is_cut_three_times_heals_each_time(board: Page, ana: Page, running_shop: House):
    number = hands.order_number(ana)
    for deed, stage in DEEDS[:3]:
        running_shop.kill("sockets")
        try:
            expect(ana.locator("[data-live-text]")).to_have_text("Updates every 10 s")
            hands.tap(board, number, deed)
            expect(board.locator(f"#go-{number}")).not_to_contain_text(deed)  # the tap was taken
            ana.clock.fast_forward(POLL_MS)
            expect(ana.locator("#track h1")).to_have_text(stage)
        finally:
            running_shop.open("sockets")
        ana.clock.fast_forward(2 * POLL_MS)  # past the pause before the next try
        expect(ana.locator("[data-live-text]")).to_have_text(LIVE, timeout=30_000)
    hands.tap(board, number, "Send out")
    expect(ana.locator("#track h1")).to_have_text("On its way")


@ON_A_PHONE
def test_a_laptop_that_slept_ten_minutes_shows_the_truth_within_three_seconds(
    board: Page, ana: Page, running_shop: House
):
    number = hands.order_number(ana)
    with running_shop.frozen("sockets"):  # nothing is heard any more, and nobody says good-bye
        for deed, _ in DEEDS[:2]:
            hands.tap(board, number, deed)
            expect(board.locator(f"#go-{number}")).not_to_contain_text(deed)  # the tap was taken
        expect(ana.locator("#track h1")).to_have_text("Order in")
        ana.clock.fast_forward(ASLEEP_MS)
        expect(ana.locator("#track h1")).to_have_text("In the oven", timeout=WAKES_MS)
        expect(ana).to_have_title(re.compile("^In the oven"))
        expect(ana.locator("[data-live-text]")).to_have_text("Updates every 10 s")
    hands.tap(board, number, "Check and box")
    expect(ana.locator("#track h1")).to_have_text("Checked and boxed")
    expect(ana.locator("[data-live-text]")).to_have_text(LIVE)


@ON_A_PHONE
def test_a_tab_in_the_background_follows_in_its_title(board: Page, ana: Page, running_shop: House):
    number = hands.order_number(ana)
    ana.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    ana.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    hands.tap(board, number, "Start making")
    expect(ana).to_have_title(re.compile("^Making"))
    running_shop.kill("sockets")
    try:
        expect(ana.locator("[data-live-text]")).to_have_text("Updates every 10 s")
        hands.tap(board, number, "Into the oven")
        expect(board.locator(f"#go-{number}")).to_contain_text("Check and box")
        ana.clock.fast_forward(6 * POLL_MS)  # it asks, if not as often
        expect(ana).to_have_title(re.compile("^In the oven"))
    finally:
        running_shop.open("sockets")


def test_a_late_order_says_so_and_why_and_keeps_its_first_promise(ana: Page, running_shop: House):
    number = hands.order_number(ana)
    order = "UPDATE orders SET promised_from = created_at, promised_to = created_at WHERE id = :number"
    ticket = "UPDATE tickets SET promised_from = received_at, promised_to = received_at WHERE order_id = :number"
    for statement in (order, ticket):
        running_shop.change(statement, number=number)
    ana.reload()
    warning = ana.locator(".note.warn")
    expect(warning).to_contain_text("Running late. New time ")
    expect(warning).to_contain_text("First promised ")
    assert fits(ana)
    assert not axe.faults(ana)


@ON_A_PHONE
def test_what_the_store_writes_is_read_out_once(board: Page, ana: Page, browser: Browser, running_shop: House):
    number, words = hands.order_number(ana), "Our driver has one stop before yours."
    ana.evaluate(LISTEN.replace("#stage-said", "#store-said"))
    rosa = hands.signed_in(browser, running_shop, "counter")
    rosa.goto(f"/staff/orders/{number}/message")
    rosa.get_by_label("What the customer will read").fill(words)
    rosa.get_by_role("button", name="Let them read it").click()
    rosa.context.close()
    expect(ana.locator(".track-card")).to_contain_text(words)
    hands.tap(board, number, "Start making")
    expect(ana.locator("#track h1")).to_have_text("Making")
    assert ana.evaluate("said") == [f"Elm Street writes: {words}"]


def test_who_has_it_says_how_it_was_once(board: Page, ana: Page):
    number = hands.order_number(ana)
    for deed, stage in DEEDS:
        hands.tap(board, number, deed)
        expect(ana.locator("#track h1")).to_have_text(stage)
    ana.locator("#stars-1").focus()
    for _ in range(3):
        ana.keyboard.press("ArrowRight")
    ana.get_by_label("A word for the store").fill("Still hot")
    ana.get_by_role("button", name="Send").click()
    expect(ana.locator(".rated")).to_contain_text("You gave 4 of 5 stars: “Still hot”")
    expect(ana.get_by_role("button", name="Send")).to_have_count(0)


@ON_A_PHONE
def test_without_script_the_page_brings_the_stage_by_itself(board: Page, ana: Page, browser: Browser, base_url: str):
    number = hands.order_number(ana)
    with_none = browser.new_context(base_url=base_url, java_script_enabled=False)
    plain = with_none.new_page()
    plain.goto(ana.url)
    expect(plain.locator("h1")).to_have_text("Order in")
    expect(plain.locator("meta[http-equiv=refresh]")).to_have_attribute("content", f"30; url={urlsplit(ana.url).path}")
    expect(ana.locator("[data-live-text]")).to_contain_text("Live")
    dots = [
        page.locator(".live").evaluate("(live) => getComputedStyle(live, '::before').backgroundColor")
        for page in (plain, ana)
    ]
    assert dots[0] == dots[1], "it comes by itself, which is all that it should do"
    for deed, stage in DEEDS:
        hands.tap(board, number, deed)
        expect(ana.locator("#track h1")).to_have_text(stage)
    plain.reload()
    expect(plain.locator("h1")).to_have_text("Delivered")
    plain.locator("label:has(#stars-5)").click()
    plain.get_by_role("button", name="Send").click()
    expect(plain.locator(".rated")).to_contain_text("You gave 5 of 5 stars")
    with_none.close()
