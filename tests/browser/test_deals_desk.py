"""A deal from its first word to its end: written, tried, started, seen by a customer, ended; and nobody kept out."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe, hands
from tests.house import House

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser: Browser, running_shop: House):
    page = hands.signed_in(browser, running_shop, "admin")
    page.goto("/manage/deals")
    yield page
    page.context.close()


def with_cola(page: Page, shop: House) -> None:
    """A cola in the cart, to pick up at Elm Street."""
    page.goto(f"{shop.url}/where?method=carryout&store=1")
    page.get_by_role("button", name="Use this place and time").click()
    page.locator("#cola").get_by_role("button", name="Add").click()
    expect(page.locator("#cart-count")).to_contain_text("1")


def test_a_deal_is_written_tried_started_seen_and_ended(desk: Page, page: Page, running_shop: House):
    with_cola(page, running_shop)
    desk.get_by_role("link", name="New deal").click()
    desk.get_by_role("link", name="Percent off items").click()
    desk.get_by_label("Name").fill("Drinks for less")
    desk.get_by_label("Percent off").fill("40")
    desk.locator("label.chip", has_text="Drinks").first.click()
    expect(desk.locator("#reading")).to_contain_text("40% off any drink.")
    desk.get_by_role("button", name="Save the draft").click()
    expect(desk.get_by_role("heading", level=1, name="Drinks for less")).to_be_visible()
    desk.locator("#item-0").select_option(label="Cola, 12 oz can")
    desk.get_by_role("button", name="Try it").click()
    expect(desk.locator("#trial .outcome")).to_contain_text("It is used")
    page.goto("/deals")
    expect(page.get_by_text("Drinks for less")).to_have_count(0)
    desk.get_by_role("button", name="Start it").click()
    expect(desk.locator("#flash")).to_contain_text("It is on offer")
    expect(desk.locator(".tag", has_text="running")).to_be_visible()
    page.goto("/deals")
    expect(page.get_by_role("heading", name="Drinks for less")).to_be_visible()
    page.goto("/cart")
    expect(page.locator("#cart")).to_contain_text("Drinks for less")
    desk.get_by_text("End it", exact=True).click()
    desk.get_by_role("button", name="End it at once").click()
    expect(desk.locator(".tag", has_text="ended")).to_be_visible()
    page.goto("/cart")
    expect(page.locator("#cart")).not_to_contain_text("Drinks for less")


def test_codes_are_made_while_one_watches(desk: Page):
    desk.get_by_role("link", name="25% off", exact=True).click()
    desk.get_by_role("link", name=re.compile("codes? of this deal")).click()
    desk.get_by_label("How many").fill("3000")
    desk.get_by_role("button", name="Make them").click()
    expect(desk.get_by_role("heading", name="3,000 codes")).to_be_visible()
    expect(desk.get_by_role("heading", name="Done")).to_be_visible(timeout=30_000)
    desk.get_by_role("link", name="See the result").click()
    expect(desk.get_by_role("heading", name="3,001 codes")).to_be_visible()


def test_a_worker_that_is_killed_at_it_makes_no_code_twice_and_none_is_missing(desk: Page, running_shop: House):
    desk.goto("/manage/deals/1/codes")
    desk.get_by_label("How many").fill("10000")
    desk.get_by_label("They begin with").fill("killed")
    desk.get_by_role("button", name="Make them").click()
    expect(desk.get_by_role("heading", level=1, name=re.compile("10,000 codes"))).to_be_visible()
    running_shop.kill("worker")
    running_shop.open("worker")
    expect(desk.get_by_role("heading", name="Done")).to_be_visible(timeout=60_000)
    made = running_shop.rows("SELECT count(*), count(DISTINCT code) FROM deal_codes WHERE code LIKE 'KILLED%'")
    assert made == [(10_000, 10_000)]


def test_the_desk_of_deals_keeps_nobody_out(desk: Page, page: Page, running_shop: House):
    hands.order_cola_in_cash(page, running_shop)
    desk.goto("/manage/deals/1")
    desk.get_by_role("button", name="Take off").click()
    desk.get_by_role("link", name="See the result").click(timeout=30_000)
    expect(desk).to_have_url(re.compile("/flights/"))
    paths = ("", "/new", "/new?kind=bundle_price", "/6/edit", "/1?item-0=cola%7Ccan%7C&many-0=2", "/1/codes")
    for url in (desk.url, *(f"/manage/deals{path}" for path in paths), "/manage/jobs/1"):
        desk.goto(url)
        for width in axe.phone_and_desk(desk):
            found = axe.faults(desk)
            assert not found, (url, width, found)
            assert desk.evaluate("document.documentElement.scrollWidth") <= width, url
