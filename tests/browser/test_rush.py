"""A rush: forty orders in ten minutes of the kitchen's time, two screens that print, and a new version in the middle."""

from concurrent.futures import ThreadPoolExecutor, wait
from random import Random
from threading import Thread

import pytest
from playwright.sync_api import Browser, expect

from dev.simulate import command, customers, kitchens
from dev.simulate.diary import Day
from dev.simulate.kitchens import Kitchen
from dev.simulate.stream import Wish
from tests.browser import hands
from tests.browser.test_kitchen import PAPER
from tests.house import House

pytestmark = pytest.mark.browser

ORDERS, SECONDS, SPEED, ELM_STREET = 40, 600, 40.0, 1
FIRST = 7000  # the numbers by which these customers are known
THINGS = (("pepperoni", "m"), ("margherita", "s"), ("garden", "l"), ("diavola", "m"))
OF_THE_RUSH = "(SELECT id FROM orders WHERE email LIKE '%.7___@example.com')"
TICKETS = f"SELECT order_id, seq, closed_at IS NULL FROM tickets WHERE order_id IN {OF_THE_RUSH}"
TAPS = f"""SELECT order_id, source, count(*) FROM stage_moves WHERE order_id IN {OF_THE_RUSH} AND source != 'delivery_failed'
AND source != 'out_for_delivery' AND "to" != 'out_for_delivery' GROUP BY order_id, source HAVING count(*) > 1"""
PRINTS = f"SELECT order_id, count(*), max(printed_at IS NOT NULL) FROM ticket_prints WHERE order_id IN {OF_THE_RUSH} GROUP BY order_id"
PLACED = f"SELECT count(*) FROM orders WHERE id IN {OF_THE_RUSH} AND status NOT IN ('cancelled', 'rejected', 'expired')"


@pytest.fixture
def roomy(running_shop: House, monkeypatch):
    """An oven for all of them, and enough hands."""
    for name, many in (("COOKS", 6), ("OVEN", 16), ("DRIVERS", 8), ("FAILS", 0.0)):
        monkeypatch.setattr(kitchens, name, many)
    running_shop.change("UPDATE stores SET slot_capacity = 400 WHERE id = 1")
    running_shop.change("UPDATE slots SET capacity = 400 WHERE store_id = 1")
    yield
    running_shop.change("UPDATE stores SET slot_capacity = 24 WHERE id = 1")
    running_shop.change("UPDATE slots SET capacity = 24 WHERE store_id = 1 AND booked <= 24")


def wishes() -> list[Wish]:
    return [Wish(FIRST + n, n * SECONDS // ORDERS, ((*THINGS[n % len(THINGS)], 1),)) for n in range(ORDERS)]


def renew(shop: House, name: str) -> None:
    """What a deploy does: the old program ends in its own time, the new one takes its place."""
    member = shop.crew.members[name]
    shop.crew.stop(((name,), 8.0))
    shop.crew.start(name, member.command, member.environ)


def test_no_ticket_of_a_rush_is_lost_or_made_twice_while_a_new_version_comes(
    browser: Browser, running_shop: House, roomy, monkeypatch
):
    monkeypatch.setenv("VAR", str(running_shop.place.folder))
    admin = running_shop.sign_in("admin")
    running_shop.change("UPDATE users SET totp_step = 0 WHERE email = :email", email=admin["email"])
    staff = command.sign_in(running_shop.url)
    boards = [hands.open_board(browser, running_shop) for _ in range(2)]
    for board in boards:
        board.evaluate(PAPER)
        board.get_by_role("button", name="Printing off").click()
    day = Day(SPEED)
    kitchen = Kitchen(ELM_STREET, staff, day, Random(1))
    cooks = Thread(target=kitchen.run, daemon=True)
    cooks.start()
    with ThreadPoolExecutor(4) as street:
        visits = []
        for n, wish in enumerate(wishes()):
            day.wait_until(wish.seconds)
            visits.append(street.submit(order, running_shop, day, wish, delivered=n % 4 == 0))
            if n == ORDERS // 2:
                renew(running_shop, "sockets")
                renew(running_shop, "web")
        wait(visits, 120)
    try:
        ((placed,),) = running_shop.rows(PLACED)
        assert placed == ORDERS, (day.counts, day.no)
        running_shop.until(lambda: len(running_shop.rows(TICKETS)) == ORDERS, 60)
        running_shop.until(lambda: not any(row[2] for row in running_shop.rows(TICKETS)), 180)
    finally:
        day.over.set()
        cooks.join(30)
    assert running_shop.rows(TAPS) == []
    prints = running_shop.rows(PRINTS)
    numbers = {row[0] for row in running_shop.rows(TICKETS)}
    papers = [
        paper.split()[0] for board in boards for paper in board.evaluate("window.papers") if "REPRINT" not in paper
    ]
    ours = [paper for paper in papers if int(paper) in numbers]
    assert len(ours) == len(set(ours)) == len(prints)
    for board in boards:
        expect(board.locator(".tick")).to_have_count(0)
        expect(board.locator("[data-live-text]")).to_have_text("Live", timeout=40_000)
        board.context.close()


def order(shop: House, day: Day, wish: Wish, *, delivered: bool) -> None:
    """A customer who comes again when nobody answers, as long as it takes."""
    for _ in range(6):
        before = day.counts["errors"]
        customers.order(shop.url, day, wish, ELM_STREET, delivered=delivered)
        if day.counts["errors"] == before:
            return
        day.wait_until(day.now() + 60)
