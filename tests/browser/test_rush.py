"""A rush: forty orders in ten minutes of the kitchen's time, two screens that print, a new version in the middle."""

from collections import Counter
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
OURS = "SELECT id, status FROM orders WHERE id > :since AND email LIKE '%.7___@example.com'"
DEAD = {"cancelled", "rejected", "expired"}
PATIENCE_SECONDS = 240.0  # two cores carry browsers, shop, customers and cooks
TRIES = 40  # a minute of real time: on a busy machine a program takes a dozen seconds to come up anew


@pytest.fixture
def roomy(running_shop: House, monkeypatch):
    """An oven for all of them, and enough hands."""
    for name, many in (("COOKS", 6), ("OVEN", 16), ("DRIVERS", 8), ("FAILS", 0.0)):
        monkeypatch.setattr(kitchens, name, many)
    running_shop.change("UPDATE stores SET slot_capacity = 400 WHERE id = 1")
    running_shop.change("UPDATE store_slots SET capacity = 400 WHERE store_id = 1")
    yield
    running_shop.change("UPDATE stores SET slot_capacity = 24 WHERE id = 1")
    running_shop.change("UPDATE store_slots SET capacity = 24 WHERE store_id = 1 AND booked <= 24")


def wishes() -> list[Wish]:
    return [Wish(FIRST + n, n * SECONDS // ORDERS, ((*THINGS[n % len(THINGS)], 1),)) for n in range(ORDERS)]


def renew(shop: House, name: str) -> None:
    """What a deploy does: the old program ends in its own time, the new one takes its place."""
    member = shop.crew.members[name]
    shop.crew.stop(((name,), 8.0))
    shop.crew.start(name, member.command, member.environ)


def among(numbers: set[int], rows: list[tuple]) -> list[tuple]:
    """Those rows that are about orders of the rush; the order comes first in each."""
    return [row for row in rows if row[0] in numbers]


def order(shop: House, day: Day, wish: Wish, *, delivered: bool) -> None:
    """A customer who comes again when nobody answers; whoever was answered once does not."""
    for _ in range(TRIES):
        mine = Day(SPEED)  # on the day of all, others are answered meanwhile
        customers.order(shop.url, mine, wish, ELM_STREET, delivered=delivered)
        for number in mine.placed:
            day.place(number)
        for why in mine.no:
            day.refuse(why)
        if mine.placed or mine.no:
            return
        day.wait_until(day.now() + 60)


def cooking(shop: House, day: Day) -> Thread:
    """The kitchen, at work."""
    admin = shop.sign_in("admin")
    shop.change("UPDATE users SET totp_step = 0 WHERE email = :email", email=admin["email"])
    kitchen = Kitchen(ELM_STREET, command.sign_in(shop.url), day, Random(1))
    cooks = Thread(target=kitchen.run, daemon=True)
    cooks.start()
    return cooks


def rush(shop: House, day: Day) -> None:
    """Everybody comes and orders; in the middle sockets and pages are renewed."""
    with ThreadPoolExecutor(4) as street:
        visits = []
        for n, wish in enumerate(wishes()):
            day.wait_until(wish.seconds)
            visits.append(street.submit(order, shop, day, wish, delivered=n % 4 == 0))
            if n == ORDERS // 2:
                renew(shop, "sockets")
                renew(shop, "web")
        wait(visits, PATIENCE_SECONDS)


def test_a_rush_loses_no_ticket_and_makes_none_twice(browser: Browser, running_shop: House, roomy, monkeypatch):
    monkeypatch.setenv("VAR", str(running_shop.place.folder))
    boards = [hands.open_board(browser, running_shop) for _ in range(2)]
    boards[1].set_viewport_size({"width": 390, "height": 844})  # somebody's phone
    for board in boards:
        board.evaluate(PAPER)
        board.get_by_role("button", name="Printing off").click()
    ((since,),) = running_shop.rows("SELECT coalesce(max(id), 0) FROM orders")
    day = Day(SPEED)
    cooks = cooking(running_shop, day)
    try:
        rush(running_shop, day)
        placed = {row[0] for row in running_shop.rows(OURS, since=since) if row[1] not in DEAD}
        assert day.counts["turned away"] == 0, day.no
        assert len(placed) >= ORDERS
        unfinished = "SELECT order_id FROM tickets WHERE closed_at IS NULL"
        known = "SELECT order_id FROM tickets"
        running_shop.until(lambda: len(among(placed, running_shop.rows(known))) == len(placed), PATIENCE_SECONDS)
        running_shop.until(lambda: not among(placed, running_shop.rows(unfinished)), PATIENCE_SECONDS)
    finally:
        day.over.set()
        cooks.join(30)
    steps = Counter(among(placed, running_shop.rows("SELECT order_id, source FROM stage_moves")))
    assert set(steps.values()) == {1}, "no stage of any ticket was done twice"
    papers = [paper for board in boards for paper in board.evaluate("window.papers")]
    first = [int(paper.split()[0]) for paper in papers if "REPRINT" not in paper and int(paper.split()[0]) in placed]
    assert first
    assert len(first) == len(set(first)), "no ticket was printed twice without saying so"
    claimed = {row[0] for row in among(placed, running_shop.rows("SELECT order_id FROM ticket_prints"))}
    assert set(first) <= claimed
    for board in boards:
        for number in sorted(placed):
            expect(board.locator(f"#ticket-{number}")).to_have_count(0, timeout=60_000)
        expect(board.locator("[data-live-text]")).to_have_text("Live", timeout=60_000)
        board.context.close()
