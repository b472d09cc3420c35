"""The tracker and the board, live: two browsers, every process, sockets that come and go."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, WebSocketRoute, expect

from app.core import clock
from tests.browser import hands
from tests.house import House

pytestmark = pytest.mark.browser

LIVE = re.compile("^Live")
COUNTS = """(event) => { window.ended = 0; document.addEventListener(event, () => { window.ended += 1; }); }"""
POLL_MS = 11_000  # a page that hears nothing asks each ten seconds; its clock is moved on so that no test waits


@pytest.fixture
def tracker(page: Page, running_shop: House) -> Page:
    """Ana's page after she ordered a pizza for delivery, paid in cash."""
    page.clock.install()
    hands.order_in_cash(page, running_shop, "product=pepperoni&quantity=2", hands.HOME, "Ana Reyes")
    expect(page.locator("[data-live-text]")).to_have_text(LIVE)
    return page


@pytest.fixture
def board(running_shop: House, browser: Browser, base_url: str):
    """Beppe's screen."""
    context = browser.new_context(base_url=base_url, viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    page = context.new_page()
    page.clock.install()
    beppe = running_shop.sign_in("kitchen")
    page.goto("/staff")
    page.locator("[name=email]").fill(beppe["email"])
    page.locator("[name=password]").fill(beppe["password"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Start shift").click()
    expect(page.locator("[data-live-text]")).to_have_text(LIVE)
    yield page
    context.close()


def number(tracker: Page) -> str:
    return tracker.url.rsplit("/", 1)[1].split("-")[0]


class Held:
    """Answers of the shop that are on their way for as long as a test likes."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.answers = page, list[tuple[Route, APIResponse]]()
        page.route(url, lambda route: self.answers.append((route, route.fetch())))

    def arrive(self, event: str) -> None:
        """Let the first one come, and wait until the page is done with it."""
        self.page.evaluate(COUNTS, event)
        route, answer = self.answers[0]
        route.fulfill(response=answer)
        self.page.wait_for_function("window.ended > 0")


@pytest.fixture
def wired(tracker: Page) -> tuple[Page, list[WebSocketRoute]]:
    """Ana's order in a second window, and its wires, each of which a test may cut."""
    page, wires = tracker.context.new_page(), list[WebSocketRoute]()

    def wire(made: WebSocketRoute) -> None:
        wires.append(made)
        made.connect_to_server()

    page.route_web_socket(re.compile("/ws/track/"), wire)
    page.goto(tracker.url)
    expect(page.locator("[data-live-text]")).to_have_text(LIVE)
    return page, wires


def test_each_tap_on_the_board_shows_on_the_tracker(board: Page, tracker: Page):
    order = number(tracker)
    go = board.locator(f"#go-{order}")
    for deed, stage in (
        ("Start making", "Making"),
        ("Into the oven", "In the oven"),
        ("Check and box", "Checked and boxed"),
        ("Send out", "On its way"),
        ("Delivered", "Delivered"),
    ):
        expect(go).to_contain_text(deed)
        go.click()
        expect(tracker.locator("h1")).to_have_text(stage)
        expect(tracker).to_have_title(re.compile(f"^{stage}"))
    expect(board.locator(f"#ticket-{order}")).to_have_count(0)


def test_a_tap_is_taken_back_by_key_and_the_focus_stays_with_the_ticket(board: Page, tracker: Page):
    order = number(tracker)
    board.locator(f"#go-{order}").focus()
    board.keyboard.press("Enter")
    expect(board.locator(f"#col-making #ticket-{order}")).to_be_visible()
    expect(board.locator(f"#go-{order}")).to_be_focused()
    board.keyboard.press("u")
    expect(board.locator(f"#col-new #ticket-{order}")).to_be_visible()
    expect(tracker.locator("h1")).to_have_text("Order in")


def test_a_cut_shows_as_such_is_polled_over_and_heals_by_itself(board: Page, tracker: Page, running_shop: House):
    order = number(tracker)
    running_shop.kill("sockets")
    expect(tracker.locator("[data-live-text]")).to_have_text("Updates every 10 s")
    board.locator(f"#go-{order}").click()
    expect(board.locator(f"#col-making #ticket-{order}")).to_be_visible()
    tracker.clock.fast_forward(POLL_MS)
    expect(tracker.locator("h1")).to_have_text("Making")
    running_shop.open("sockets")
    tracker.clock.fast_forward(POLL_MS)  # past the pause before the next try
    expect(tracker.locator("[data-live-text]")).to_have_text(LIVE, timeout=30_000)
    board.locator(f"#go-{order}").click()
    expect(tracker.locator("h1")).to_have_text("In the oven")


def test_an_answer_that_comes_late_does_not_take_the_tracker_back(board: Page, tracker: Page, wired: Any):
    page, wires = wired
    held = Held(page, "**/x/track/**")
    wires[0].close(code=4000)
    expect(page.locator("[data-live-text]")).to_have_text("Updates every 10 s")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-live-text]")).to_have_text(LIVE)
    hands.tap(board, int(number(tracker)), "Start making")
    expect(page.locator("h1")).to_have_text("Making")
    held.arrive("htmx:finally:swap")
    assert page.locator("h1").inner_text() == "Making"
    assert page.title().startswith("Making")


def test_an_answer_to_a_tap_that_comes_late_does_not_take_the_board_back(board: Page, tracker: Page):
    order = number(tracker)
    held = Held(board, "**/moves?*")
    hands.tap(board, int(order), "Start making")
    expect(board.locator(f"#col-making #ticket-{order}")).to_be_visible()
    hands.send(board, f"/staff/orders/{order}/moves", "expected=prep")
    expect(board.locator(f"#col-oven #ticket-{order}")).to_be_visible()
    held.arrive("htmx:finally:request")
    assert board.locator(f"#col-oven #ticket-{order}").is_visible()


def test_what_was_heard_last_is_told_by_the_stores_clock(tracker: Page, browser: Browser, base_url: str):
    """Whatever the time is where the page is read, or wherever its clock stands."""
    before = clock.now()
    abroad = browser.new_context(base_url=base_url, timezone_id="Asia/Tokyo", locale="en-US")
    page = abroad.new_page()
    page.clock.install(time=clock.now() + timedelta(minutes=25))
    page.route_web_socket(re.compile("/ws/track/"), lambda made: made.close(code=1008))
    page.goto(tracker.url)
    page.route("**/x/track/**", lambda route: route.abort())
    page.clock.fast_forward(3 * POLL_MS)
    times = {clock.in_words(moment, ZoneInfo("America/Chicago")) for moment in (before, clock.now())}
    expect(page.locator("[data-live-text]")).to_have_text(re.compile(f"Reconnecting. Last heard ({'|'.join(times)})"))
    abroad.close()


def test_a_screen_that_was_signed_out_elsewhere_asks_to_sign_in(board: Page, running_shop: House):
    other = board.context.new_page()
    other.goto("/staff")
    other.get_by_role("button", name="Start shift").click()
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/sign-in**")
    running_shop.kill("sockets")
    try:
        expect(board.locator("[data-live-text]")).not_to_have_text(LIVE)
        board.clock.fast_forward(POLL_MS)
        expect(board).to_have_url(re.compile("/sign-in"))
    finally:
        running_shop.open("sockets")


def test_ana_cancels_while_nobody_has_begun(board: Page, tracker: Page):
    order = number(tracker)
    expect(board.locator(f"#ticket-{order}")).to_be_visible()
    tracker.get_by_text("Cancel this order").click()
    tracker.get_by_role("button", name="Yes, cancel it").click()
    expect(tracker.locator("h1")).to_have_text("Cancelled")
    expect(board.locator(f"#ticket-{order}")).to_have_count(0)


def test_board_and_tracker_work_without_script(board: Page, tracker: Page, browser: Browser, base_url: str):
    order = number(tracker)
    plain = browser.new_context(base_url=base_url, java_script_enabled=False)
    plain.add_cookies(board.context.cookies())
    page = plain.new_page()
    page.goto("/staff")
    page.locator(f"#go-{order}").click()
    expect(page.locator(f"#col-making #ticket-{order}")).to_be_attached()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#col-new #ticket-{order}")).to_be_attached()
    page.locator(f"#go-{order}").click()
    expect(page.locator(f"#col-making #ticket-{order}")).to_be_attached()
    page.goto(tracker.url)
    expect(page.locator("h1")).to_have_text("Making")
    plain.close()
