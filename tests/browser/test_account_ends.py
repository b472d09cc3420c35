"""An order of a guest comes into an account, everything about somebody is fetched and erased, somebody is hired."""

import json
import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe, hands
from tests.browser.test_account_rooms import signed_in
from tests.house import House

pytestmark = pytest.mark.browser


def no_trouble(page: Page, *paths: str) -> None:
    """Nothing keeps anybody out, and nothing is wider than a phone."""
    page.set_viewport_size({"width": 390, "height": 844})
    for path in paths:
        page.goto(path)
        found = axe.faults(page)
        assert not found, (path, found)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_guests_order_comes_in_and_all_that_is_known_is_fetched(browser: Browser, page: Page, running_shop: House):
    guest = browser.new_context(base_url=running_shop.url)
    number = hands.order_cola_in_cash(guest.new_page(), running_shop)
    guest.close()
    email = signed_in(page)
    running_shop.change("UPDATE orders SET email = :email, email_key = :email WHERE id = :id", email=email, id=number)
    page.goto("/account/orders")
    page.get_by_role("link", name="Add an order").click()
    page.get_by_label("Order number").fill(str(number))
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Add this order").click()
    expect(page.locator("#flash")).to_contain_text(f"Order {number} is in your account.")

    page.goto("/account/privacy")
    expect(page.get_by_text("Not yet.")).to_be_visible()  # it is on its way
    page.get_by_role("button", name="Make my file").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download").click()
    told = json.loads(Path(fetched.value.path()).read_text())
    assert email in json.dumps(told)
    assert [order["id"] for order in told["orders"]["orders"]] == [number]

    no_trouble(page, "/account/orders/claim", "/account/privacy")


def test_an_account_is_erased_by_whoever_ticks_the_box(page: Page, running_shop: House):
    signed_in(page)
    page.goto("/account/privacy")
    page.get_by_role("button", name="Erase my account").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick the box if you are sure.")
    page.get_by_label("I know that this cannot be undone").check()
    page.get_by_role("button", name="Erase my account").click()
    expect(page.locator("#flash")).to_contain_text("Your account is erased.")
    expect(page.locator("header").get_by_role("link", name="Sign in")).to_be_visible()


def test_somebody_is_invited_joins_and_stands_in_the_book_of_deeds(browser: Browser, page: Page, running_shop: House):
    mina, email = hands.signed_in(browser, running_shop, "manager"), f"nora.{uuid4().hex[:8]}@example.com"
    mina.goto("/manage/people")
    form = mina.get_by_role("form", name="Invite somebody")
    form.get_by_label("Name").fill("Nora")
    form.get_by_label("Email").fill(email)
    form.get_by_role("button", name="Invite").click()
    expect(mina.locator("#flash")).to_contain_text("Nora gets a link by mail.")

    mail = page.locator("article", has_text=f"To {email}")
    page.goto("/outbox")
    while mail.count() < 1:  # until a worker wrote it
        page.reload()
    link = mail.first.locator("a[href*='/invitations/']").get_attribute("href")
    page.goto("/invitations/" + str(link).rpartition("/")[2])
    page.get_by_label("Password").fill("four quiet ovens")
    page.get_by_role("button", name="Join").click()
    expect(page).to_have_url(re.compile("/staff"))

    mina.goto("/manage/audit")
    mina.get_by_label("Person").fill("nora")
    mina.get_by_role("button", name="Show").click()
    expect(mina.locator(".deeds tbody tr")).to_contain_text(["Took an invitation"])
    no_trouble(mina, "/manage/people", "/manage/audit?store=1", "/manage/rights")
    mina.context.close()
