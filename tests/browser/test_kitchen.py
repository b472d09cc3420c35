"""The kitchen's screens: keys, sound and paper, a tap that does not arrive, two screens that agree, on a phone, too."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from dev.simulate import customers
from dev.simulate.diary import Day
from dev.simulate.stream import Wish
from tests.browser import axe, hands
from tests.house import House

pytestmark = pytest.mark.browser

PAPER = """() => {
  window.papers = [];
  window.print = () => { window.papers.push(document.getElementById('ticket-paper').textContent); };
}"""
PRINTED = "SELECT count(*) FROM ticket_prints WHERE order_id = :number AND printed_at IS NOT NULL"


@pytest.fixture
def order(page: Page, running_shop: House, empty_board: None) -> int:
    """One cola that Ana picks up at Elm Street. Nothing else is on the board."""
    return hands.order_cola_in_cash(page, running_shop)


@pytest.fixture
def boards(running_shop: House, browser: Browser):
    """Opens screens of the kitchen, and shuts them."""
    opened: list[Page] = []

    def one(role: str = "kitchen") -> Page:
        opened.append(hands.open_board(browser, running_shop, role))
        return opened[-1]

    yield one
    for board in opened:
        board.context.close()


def ticket(board: Page, number: int):
    return board.locator(f"#ticket-{number}")


def finish(board: Page, number: int) -> None:
    for deed in ("Start making", "Check and box", "Ready for pickup", "Handed over"):
        hands.tap(board, number, deed)
        after = ticket(board, number)
        if deed == "Handed over":
            expect(after).to_have_count(0)
        else:
            expect(board.locator(f"#go-{number}", has_text=deed)).to_have_count(0)


def test_a_touch_on_one_screen_quietens_the_other(boards, order):
    one, other = boards(), boards()
    for board in (one, other):
        expect(ticket(board, order)).to_have_attribute("data-rings", "")
    ticket(one, order).locator("header").click()
    for board in (one, other):
        expect(ticket(board, order)).not_to_have_attribute("data-rings", re.compile(".*"))
    hands.tap(one, order, "Start making")
    for board in (one, other):
        expect(board.locator(f"#col-making #ticket-{order}")).to_be_visible()
    finish_from_making(one, order)
    expect(ticket(other, order)).to_have_count(0)


def finish_from_making(board: Page, number: int) -> None:
    for deed in ("Check and box", "Ready for pickup", "Handed over"):
        hands.tap(board, number, deed)
        expect(board.locator(f"#go-{number}", has_text=deed)).to_have_count(0)


def test_a_tap_without_a_connection_is_said_and_moves_nothing(boards, order):
    board = boards()
    expect(ticket(board, order)).to_be_visible()
    board.context.set_offline(True)
    hands.tap(board, order, "Start making")
    expect(board.locator("#untaken")).to_contain_text(f"Order {order} was NOT moved")
    expect(board.locator(f"#col-new #ticket-{order}")).to_be_visible()
    board.context.set_offline(False)
    hands.tap(board, order, "Start making")
    expect(board.locator(f"#col-making #ticket-{order}")).to_be_visible()
    expect(board.locator("#untaken")).to_be_hidden()
    finish_from_making(board, order)


@pytest.mark.parametrize("width", [390, 1366])
def test_a_screen_that_hears_nothing_turns_red_and_is_whole_again(boards, order, running_shop: House, width: int):
    board = boards()
    board.set_viewport_size({"width": width, "height": 844})
    board.clock.install()
    board.reload()
    expect(ticket(board, order)).to_be_visible()
    expect(board.locator("[data-live-text]")).to_have_text("Live")
    other = boards()
    board.context.set_offline(True)
    running_shop.kill("sockets")
    try:
        board.clock.fast_forward(40_000)
        expect(board.locator(".lost")).to_be_visible()
        expect(board.get_by_text(re.compile("Kitchen time"))).to_be_visible()
        hands.tap(other, order, "Start making")
        expect(other.locator(f"#col-making #ticket-{order}")).to_be_visible()
        board.context.set_offline(False)
        board.clock.fast_forward(11_000)
        expect(board.locator(f"#col-making #ticket-{order}")).to_be_attached()  # a phone shows one column at a time
        expect(board.locator(".lost")).to_be_hidden()
    finally:
        running_shop.open("sockets")
    finish_from_making(other, order)


def test_of_two_screens_that_print_one_prints_and_the_second_paper_is_a_reprint(boards, order, running_shop: House):
    one, other = boards(), boards()
    for board in (one, other):
        board.evaluate(PAPER)
        board.get_by_role("button", name="Printing off").click()
    running_shop.until(lambda: running_shop.rows(PRINTED, number=order) == [(1,)])
    for board in (one, other):
        expect(ticket(board, order)).not_to_have_attribute("data-paper", re.compile(".*"))
    mine = [paper for board in (one, other) for paper in board.evaluate("window.papers") if str(order) in paper]
    assert len(mine) == 1
    assert "REPRINT" not in mine[0]
    ticket(one, order).get_by_role("link", name=f"Print ticket {order}").click()
    expect(one.get_by_text("this paper will say REPRINT")).to_be_visible()
    one.context.add_init_script("window.print = () => {}")
    with one.expect_response(re.compile(rf"/orders/{order}/prints/2/end")):
        one.get_by_role("button", name="Print again").click()
    expect(one).to_have_url(re.compile(r"/staff\?store=1"))
    finish(other, order)


@pytest.fixture
def unanswered(running_shop: House, order: int) -> int:
    """An order as it is where each one is looked at first. The store's own setting is remembered for seconds."""
    accepted = "SELECT count(*) FROM tickets WHERE order_id = :number AND accepted_at IS NOT NULL"
    running_shop.until(lambda: running_shop.rows(accepted, number=order) == [(1,)])
    running_shop.change("UPDATE tickets SET accepted_at = NULL WHERE order_id = :number", number=order)
    running_shop.change("UPDATE orders SET status = 'placed' WHERE id = :number", number=order)
    return order


def test_what_waits_to_be_accepted_can_be_read_on_the_dark_board(boards, unanswered):
    board, order = boards(), unanswered
    accept = board.locator(f"#accept-{order}")
    expect(accept).to_be_visible()
    assert not axe.faults(board)
    accept.click()
    expect(accept).to_have_count(0)
    finish(board, order)


def test_the_board_by_keyboard_alone(boards, order):
    board = boards()
    go = board.locator(f"#go-{order}")
    expect(go).to_be_visible()
    for _ in range(60):
        if go.evaluate("(button) => button === document.activeElement"):
            break
        board.keyboard.press("ArrowRight")
    expect(go).to_be_focused()
    board.keyboard.press("Enter")
    expect(board.locator(f"#col-making #go-{order}")).to_be_focused()
    board.keyboard.press("u")
    expect(board.locator(f"#col-new #go-{order}")).to_be_focused()
    board.keyboard.press("?")
    expect(board.get_by_role("dialog", name="Keys on this board")).to_be_visible()
    board.keyboard.press("Escape")
    go.focus()
    board.keyboard.press("p")
    expect(board).to_have_url(re.compile(f"/staff/orders/{order}/ticket"))
    board.goto("/staff")
    finish(board, order)


def test_what_was_handed_over_is_taken_back_like_any_tap_and_the_focus_stays_at_hand(boards, page, running_shop, order):
    other = hands.order_cola_in_cash(page, running_shop)
    board = boards()
    for number in (order, other):
        for deed in ("Start making", "Check and box", "Ready for pickup"):
            hands.tap(board, number, deed)
            expect(board.locator(f"#go-{number}", has_text=deed)).to_have_count(0)
    board.locator(f"#go-{order}").focus()
    board.keyboard.press("Enter")
    expect(ticket(board, order)).to_have_count(0)
    expect(board.locator("#undo")).to_contain_text(f"{order} was handed over")
    expect(board.locator(f"#go-{other}")).to_be_focused()
    board.keyboard.press("u")
    expect(board.locator(f"#col-boxed #ticket-{order}")).to_be_visible()
    expect(board.locator(f"#go-{other}")).to_be_focused()
    hands.tap(board, other, "Handed over")
    expect(ticket(board, other)).to_have_count(0)
    board.get_by_role("button", name="Undo").click()
    expect(board.locator(f"#go-{other}")).to_be_focused()
    for number in (other, order):
        hands.tap(board, number, "Handed over")
        expect(ticket(board, number)).to_have_count(0)


def test_a_finger_moves_a_ticket_and_not_the_board_and_a_key_brings_it_into_sight(boards, page, running_shop, order):
    other = hands.order_cola_in_cash(page, running_shop)
    board = boards()
    board.set_viewport_size({"width": 1366, "height": 470})
    go = board.locator(f"#go-{other}")
    hands.tap(board, order, "Start making")
    expect(board.locator(f"#col-making #ticket-{order}")).to_be_visible()
    hands.tap(board, other, "Start making")
    expect(board.locator(f"#col-making #go-{other}")).to_be_focused()
    assert board.evaluate("scrollY") == 0, "what is new stays in sight"
    assert go.evaluate("(go) => go.getBoundingClientRect().bottom > innerHeight")
    board.keyboard.press("u")
    expect(board.locator(f"#col-new #go-{other}")).to_be_focused()
    board.keyboard.press("Enter")
    expect(board.locator(f"#col-making #go-{other}")).to_be_focused()
    board.wait_for_function("() => scrollY > 0")
    assert go.evaluate("(go) => go.getBoundingClientRect().bottom < innerHeight")
    board.set_viewport_size({"width": 1366, "height": 844})
    for number in (order, other):
        finish_from_making(board, number)


def test_the_columns_keep_their_heads_in_sight_however_long_they_are(boards, order):
    board = boards()
    board.set_viewport_size({"width": 1280, "height": 300})
    expect(ticket(board, order)).to_be_visible()
    board.evaluate("scrollTo(0, 9999)")
    board.wait_for_function("() => scrollY > 0")
    bar = board.locator(".kbar").evaluate("(bar) => bar.getBoundingClientRect().bottom")
    for column in ("new", "making"):
        head = board.locator(f"#col-{column}-head").evaluate("(head) => head.getBoundingClientRect().top")
        assert abs(head - bar) < 2, column
    board.set_viewport_size({"width": 1366, "height": 844})
    finish(board, order)


def test_on_a_phone_the_focus_goes_to_the_next_ticket_of_its_column(boards, page, running_shop, order):
    other = hands.order_cola_in_cash(page, running_shop)
    board = boards()
    board.set_viewport_size({"width": 390, "height": 844})
    board.locator(f"#go-{order}").focus()
    board.keyboard.press("Enter")
    expect(board.locator(f"#col-making #ticket-{order}")).to_be_attached()
    assert board.evaluate("document.activeElement.matches('#col-new .go, [data-undo]')")
    board.set_viewport_size({"width": 1366, "height": 844})
    finish_from_making(board, order)
    finish(board, other)


def test_a_finished_ticket_comes_back_on_a_phone(boards, order):
    board = boards()
    finish(board, order)
    board.set_viewport_size({"width": 390, "height": 844})
    board.get_by_role("link", name="Done").click()
    assert board.evaluate("document.documentElement.scrollWidth") <= 390
    assert not axe.faults(board)
    board.get_by_role("button", name=f"Bring back order {order}").click()
    board.get_by_role("link", name="Boxed").click()
    hands.tap(board, order, "Handed over")
    expect(ticket(board, order)).to_have_count(0)


def test_on_a_phone_the_first_ticket_hangs_high_and_what_a_rush_needs_is_above_it(
    boards, order, browser: Browser, running_shop: House
):
    board = boards("counter")
    phone = browser.new_page(
        base_url=running_shop.url,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        storage_state=board.context.storage_state(),
    )
    phone.goto("/staff")
    phone.locator("[data-start-shift]").tap()
    expect(ticket(phone, order)).to_be_visible()
    assert ticket(phone, order).evaluate("(ticket) => ticket.getBoundingClientRect().top") < 844 / 4
    bar = phone.locator(".kbar")
    for needed in ("−5", "+5", "Pause", "Sound", "Done", "Sold out", "Sign out"):
        expect(bar.locator(".btn", has_text=needed)).to_be_visible()
    for useless in ("Keys", "Printing"):
        expect(bar.locator(".btn", has_text=useless)).to_be_hidden()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert not axe.faults(phone)
    phone.context.close()
    board.set_viewport_size({"width": 390, "height": 844})  # a narrow window has its keys, as a wide one that is zoomed
    expect(board.locator(".kbar").get_by_role("button", name="Keys")).to_be_visible()
    board.set_viewport_size({"width": 1366, "height": 844})
    finish(board, order)


def test_the_number_on_a_box_is_as_large_as_the_one_on_its_ticket(boards, order):
    board = boards()
    expect(ticket(board, order)).to_be_visible()
    board.goto(f"/staff/orders/{order}/ticket")
    sizes = [
        board.locator(f"#ticket-paper {head}").evaluate("(head) => getComputedStyle(head).fontSize")
        for head in ("h1", ".label .head")
    ]
    assert sizes[0] == sizes[1]
    board.goto("/staff")
    finish(board, order)


def test_a_driver_takes_an_order_along_on_a_phone_and_brings_its_cash(browser: Browser, boards, running_shop: House):
    customers.order(running_shop.url, Day(1), Wish(8001, 0, (("pepperoni", "m", 2),)), 1, delivered=True)
    board = boards("counter")
    ((order,),) = running_shop.rows("SELECT max(id) FROM orders WHERE email LIKE '%.8001@example.com'")
    for deed in ("Start making", "Into the oven", "Check and box"):
        hands.tap(board, order, deed)
        expect(board.locator(f"#go-{order}", has_text=deed)).to_have_count(0)
    dino = hands.signed_in(browser, running_shop, "driver")
    dino.set_viewport_size({"width": 390, "height": 844})
    expect(dino.get_by_role("heading", name="Deliveries")).to_be_visible()
    dino.get_by_label(re.compile(rf"^{order} ")).check()
    dino.get_by_role("button", name="Take these along").click()
    stop = dino.locator(f"#stop-{order}")
    dot = dino.locator("[data-live-text]")
    expect(dot).to_have_text("Updates every 15 s")
    expect(dot).to_have_attribute("data-state", "up")  # it asks, which is all that it should do
    stop.get_by_text("Could not deliver it").click()
    expect(stop.get_by_label("Nobody answered")).to_be_visible()
    stop.locator("form[action$=failure]").evaluate(
        "(form) => { form.noValidate = true; }"
    )  # as an old browser sends it
    stop.get_by_role("button", name="Could not deliver").click()
    summary = dino.locator("#error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=f"Say why order {order} could not be delivered.").click()
    expect(stop.get_by_label("Nobody answered")).to_be_focused()
    expect(stop.get_by_role("group", name="Why")).to_have_accessible_description(re.compile("Say why"))
    assert dino.evaluate("document.documentElement.scrollWidth") <= 390
    assert not axe.faults(dino)
    expect(board.locator(f"#ticket-{order}")).to_contain_text("driver Dino")
    stop.get_by_role("button", name="in cash taken").click()
    expect(dino.locator("#cash")).to_contain_text("in cash")
    expect(board.locator(f"#ticket-{order}")).to_have_count(0)
    dino.context.close()
    board.goto("/staff/cash")
    dinos = board.get_by_role("region", name="Dino: $")  # others may owe something, too
    owed = dinos.get_by_role("heading").inner_text().partition("$")[2]
    dinos.get_by_label("Counted, in dollars").fill(owed)
    board.get_by_role("button", name="Take Dino’s cash in").click()
    expect(board.locator("#flash")).to_contain_text("as it should be")


@pytest.mark.parametrize("width", [390, 1366])
def test_the_board_and_the_drivers_page_keep_nobody_out(boards, order, running_shop: House, width: int):
    board = boards("counter")
    board.set_viewport_size({"width": width, "height": 844})
    expect(ticket(board, order)).to_be_visible()
    assert board.evaluate("document.documentElement.scrollWidth") <= width
    assert not axe.faults(board)
    for path in ("/staff/runs", "/staff/cash", "/manage/kitchens", f"/staff/orders/{order}/ticket"):
        board.goto(path)
        assert board.evaluate("document.documentElement.scrollWidth") <= width, path
        assert not axe.faults(board), path
    board.goto("/staff")
    board.set_viewport_size({"width": 1366, "height": 844})
    finish(board, order)


@pytest.mark.parametrize("width", [390, 1366])
def test_a_pause_is_begun_and_ended_on_the_board_and_the_shift_goes_on(boards, order, width: int):
    board = boards("manager")
    board.remove_locator_handler(board.locator("[data-start-shift]"))  # nobody starts it a second time
    board.set_viewport_size({"width": width, "height": 844})
    expect(board.locator(f"#col-new #ticket-{order}")).to_be_visible()
    board.get_by_role("link", name="Pause").click()
    asks = board.get_by_role("dialog", name="Pause new orders")
    assert not axe.faults(board)
    asks.locator("label", has_text="15 min").click()
    asks.get_by_label("What customers read").fill("The oven rests.")
    asks.get_by_role("button", name="Pause new orders").click()
    bar = board.locator("#pause")
    expect(bar).to_contain_text("The oven rests.")
    expect(bar.locator("[data-ends]")).to_have_text(re.compile(r"^14:5\d$"))
    expect(board.get_by_role("button", name="Sound on")).to_be_visible()
    expect(board.locator("#start")).to_be_hidden()
    assert board.evaluate("document.documentElement.scrollWidth") <= width
    assert not axe.faults(board)
    board.get_by_role("button", name="Take orders again").click()
    expect(bar).to_have_count(0)
    hands.tap(board, order, "Start making")
    board.set_viewport_size({"width": 1366, "height": 844})
    expect(board.locator(f"#col-making #ticket-{order} .changed")).to_have_text(re.compile(r"^changed 0:\d\d ago$"))
    finish_from_making(board, order)
