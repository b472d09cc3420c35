"""An order for later gets another time: by its customer, on a phone and on a desk, with scripts and without."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from app.core import clock
from tests.browser import axe, hands
from tests.house import House

pytestmark = pytest.mark.browser


def tomorrow() -> datetime:
    """A quarter of an hour of tomorrow, at a store that never closes."""
    return (clock.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)


@pytest.fixture(params=[390, 1280], ids=["phone", "desk"])
def ana(request, page: Page, running_shop: House) -> Page:
    """Ana's page after she ordered for tomorrow, to be paid in cash."""
    page.set_viewport_size({"width": request.param, "height": 860})
    line = "product=your-own&quantity=1&" + hands.HALF_AND_HALF.partition("?")[2]
    hands.order_in_cash(page, running_shop, line, hands.HOME, "Lara Later", time=tomorrow().isoformat())
    expect(page.locator("#track h1")).to_have_text("Scheduled", timeout=30_000)
    return page


def test_another_day_and_time_show_on_every_screen_that_follows_the_order(ana: Page, running_shop: House):
    phone = ana.context.new_page()
    phone.goto(ana.url)
    first = phone.locator(".lead b").inner_text()
    ana.get_by_role("link", name="Change the time").click()
    expect(ana.locator("h1")).to_have_text(re.compile("Another time for order"))
    assert not axe.faults(ana)
    ana.get_by_label("Day").select_option(index=3)
    weekday = ana.locator("#day option").nth(3).inner_text().partition(",")[0]
    expect(ana.locator("#time option").first).to_have_text(re.compile(weekday))
    ana.get_by_label("Time").select_option(index=5)
    chosen = ana.locator("#time option:checked").inner_text()
    ana.get_by_role("button", name="Change to this time").click()
    expect(ana.locator("#flash")).to_contain_text(weekday)
    for screen in (ana, phone):
        expect(screen.locator("#track h1")).to_have_text("Scheduled")
        expect(screen.locator(".lead b")).not_to_have_text(first, timeout=15_000)
        expect(screen.locator(".lead b")).to_contain_text(chosen.removeprefix(weekday).split()[0])
    expect(ana.locator(".note.warn")).to_have_count(0)


def test_without_scripts_it_takes_one_button_more(ana: Page, browser: Browser, base_url: str):
    with_none = browser.new_context(base_url=base_url, java_script_enabled=False)
    plain = with_none.new_page()
    plain.goto(ana.url)
    plain.get_by_role("link", name="Change the time").click()
    plain.get_by_label("Day").select_option(index=2)
    plain.get_by_role("button", name="Change to this time").click()
    expect(plain.get_by_role("alert")).to_contain_text("These are the times of the day that you chose")
    plain.get_by_label("Time").select_option(index=7)
    plain.get_by_role("button", name="Change to this time").click()
    expect(plain.locator("h1")).to_have_text("Scheduled")
    expect(ana.locator(".lead b")).to_have_text(plain.locator(".lead b").inner_text())
    with_none.close()
