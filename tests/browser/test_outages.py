"""Programs die in the middle of an order: nothing is lost, nothing happens twice, and people are told the truth."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser import hands
from tests.house import House

pytestmark = pytest.mark.browser

CATCHES_UP = 30_000


@pytest.fixture
def shop(running_shop: House) -> Iterator[House]:
    """The shop, with every program running again afterwards."""
    yield running_shop
    provider(running_shop, "faults", {})
    running_shop.until(lambda: all(member.process.poll() is None for member in running_shop.crew.members.values()))
    running_shop.until(lambda: answers(running_shop))


def provider(shop: House, path: str, sent: dict[str, Any] | None = None) -> dict[str, Any]:
    """Look into the provider's books, or give it trouble."""
    address = f"http://127.0.0.1:{shop.place.stripe_port}/_standin/{path}"
    answer = requests.get(address, timeout=5) if sent is None else requests.post(address, json=sent, timeout=5)
    answer.raise_for_status()
    return answer.json()


def answers(shop: House) -> bool:
    try:
        return requests.get(f"{shop.url}/healthz", timeout=2).ok
    except requests.RequestException:
        return False


def charges(shop: House, number: int) -> list[tuple[str, int]]:
    """What the provider holds or took for an order."""
    intents = [one for one in provider(shop, "state")["payment_intents"] if one["metadata"]["order"] == str(number)]
    return [(one["status"], one["amount_received"]) for one in intents]


def settled(shop: House, number: int) -> bool:
    """Whether the money was taken and every fact of the shop has been acted on."""
    captured = shop.rows("SELECT captured_cents = amount_cents FROM payments WHERE order_id = :n", n=number)
    return bool(captured[0][0]) and shop.rows("SELECT count(*) FROM outbox WHERE done_at IS NULL") == [(0,)]


def once(shop: House, number: int) -> None:
    """One ticket, one capture at the provider, the same one in our books."""
    (amount,) = shop.rows("SELECT amount_cents FROM payments WHERE order_id = :n", n=number)[0]
    assert shop.rows("SELECT count(*) FROM tickets WHERE order_id = :n", n=number) == [(1,)]
    assert charges(shop, number) == [("succeeded", amount)]
    booked = "SELECT count(*) FROM ledger JOIN payments ON payments.id = payment_id WHERE order_id = :n"
    assert shop.rows(f"{booked} AND transfer LIKE 'capture-%'", n=number) == [(2,)]  # taken from one, given to one


def check_out_a_cola(page: Page) -> None:
    """A cola to pick up at Elm Street, and Ana has typed who she is."""
    page.goto("/where?method=carryout&store=1")
    page.get_by_role("button", name="Use this place and time").click()
    page.locator("#cola").get_by_role("button", name="Add").click()
    expect(page.locator("#cart-count")).to_contain_text("1")
    page.goto("/checkout")
    hands.introduce(page)


def pay_for_a_cola(page: Page) -> None:
    """The card typed in as well, and Pay pressed."""
    check_out_a_cola(page)
    hands.pay_by_card(page)


@contextmanager
def killed(shop: House) -> Iterator[None]:
    """Redis is gone for the length of the block."""
    shop.kill("redis")
    yield
    shop.open("redis")


@contextmanager
def silent(shop: House) -> Iterator[None]:
    """Redis takes every call and says nothing for the length of the block."""
    with shop.frozen("redis"):
        yield


@pytest.mark.parametrize("without_redis", [killed, silent])
def test_without_redis_people_order_and_the_kitchen_cooks(page: Page, browser, shop: House, without_redis):
    board = hands.open_board(browser, shop)
    with without_redis(shop):
        check_out_a_cola(page)
        page.locator("label:has(#pay-in-cash)").click()
        page.locator(".pay-button:visible").first.click()
        number = hands.order_number(page)
        expect(page.locator("#track h1")).to_have_text("Order in")
        expect(board.locator(f"#go-{number}")).to_be_visible(timeout=CATCHES_UP)
        hands.tap(board, number, "Start making")
        expect(page.locator("#track h1")).to_have_text("Making", timeout=CATCHES_UP)
    shop.until(lambda: shop.rows("SELECT count(*) FROM outbox WHERE done_at IS NULL") == [(0,)])
    assert shop.rows("SELECT count(*) FROM tickets WHERE order_id = :n", n=number) == [(1,)]
    board.context.close()


def test_a_worker_that_dies_while_it_takes_the_money_loses_and_doubles_nothing(page: Page, shop: House):
    provider(shop, "faults", {"endpoints": {"payment_intents.capture": {"next": [{"delay_ms": 9000}]}}})
    shop.kill("worker")  # away until the page has its answer, so that nobody but the worker takes the money
    pay_for_a_cola(page)
    number = hands.order_number(page)
    shop.open("worker")
    shop.until(lambda: charges(shop, number)[0][0] == "succeeded")  # taken, and the worker waits for the answer
    shop.kill("worker")
    assert not settled(shop, number)
    shop.until(lambda: settled(shop, number))
    once(shop, number)


def test_a_web_server_that_dies_after_the_commit_charges_for_one_order(page: Page, shop: House):
    before = shop.rows("SELECT count(*) FROM orders")[0][0]
    provider(shop, "faults", {"endpoints": {"payment_intents.create": {"next": [{"delay_ms": 1500}]}}})
    pay_for_a_cola(page)
    shop.until(lambda: shop.rows("SELECT count(*) FROM orders")[0][0] == before + 1)
    shop.kill("web")
    expect(page.locator("#flash")).to_contain_text("Nothing is lost")
    shop.until(lambda: answers(shop))
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    number = hands.order_number(page)
    shop.until(lambda: settled(shop, number))
    once(shop, number)
    assert shop.rows("SELECT count(*) FROM orders")[0][0] == before + 1
