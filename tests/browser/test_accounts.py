"""Ana makes an account by a code that is mailed; Mina comes in by password and the app on her phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe, hands
from tests.house import House

pytestmark = pytest.mark.browser


def mailed(page: Page, to: str, *, nth: int) -> str:
    """The six digits of the nth mail to somebody, from the outbox as a developer reads it: newest first."""
    reader = page.context.new_page()
    mails = reader.locator("article", has_text=f"To {to}")
    reader.goto("/outbox")
    while mails.count() < nth:  # until a worker wrote it
        reader.reload()
    found = re.search(r"^\s+(\d{6})$", mails.nth(mails.count() - nth).inner_text(), re.MULTILINE)
    reader.close()
    assert found
    return found[1]


def test_an_account_from_the_first_code_to_the_next_sign_in(page: Page, running_shop: House):
    hands.pick_up(page)
    page.goto("/")
    page.locator("#cola").get_by_role("button", name="Add").click()
    expect(page.locator("#cart-count")).to_contain_text("1")
    page.locator("header").get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="New here? Make an account").click()
    page.get_by_label("Name").fill("Ana Lopez")
    page.get_by_label("Email").fill("ana.accounts@example.com")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    page.get_by_label("Code").fill(mailed(page, "ana.accounts@example.com", nth=1))
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("header")).to_contain_text("Ana, your account")
    expect(page.locator("#cart-count")).to_contain_text("1")

    for path in ("/account", "/account/security", "/account/devices", "/account/second-step"):
        page.goto(path)
        found = axe.faults(page)
        assert not found, (path, found)

    page.goto("/account")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#cart-count")).to_contain_text("0")
    page.get_by_label("Email").fill("ana.accounts@example.com")
    page.get_by_role("button", name="Mail me a code instead").click()
    page.get_by_label("Code").fill(mailed(page, "ana.accounts@example.com", nth=2))
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#cart-count")).to_contain_text("1")


def test_mina_comes_in_with_password_and_app_and_is_asked_again_for_what_matters(browser: Browser, running_shop: House):
    mina, page = running_shop.sign_in("manager"), browser.new_context(base_url=running_shop.url).new_page()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(mina["email"])
    page.get_by_label("Password").fill(mina["password"])
    page.get_by_role("button", name="Sign in").click()
    hands.unused(running_shop, mina)
    page.get_by_label("Code").fill(hands.app_shows(mina))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/staff|/manage"))
    running_shop.change("UPDATE sessions SET confirmed_at = :then", then="2020-01-01 00:00:00")
    page.goto("/account/security")
    page.get_by_label("New password").fill("a new and longer one")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    hands.unused(running_shop, mina)
    page.get_by_label("Code").fill(hands.app_shows(mina))
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#flash")).to_contain_text("Your password is changed.")
    page.get_by_label("New password").fill(mina["password"])
    page.get_by_role("button", name="Change password").click()
    expect(page.locator("#flash")).to_contain_text("Your password is changed.")
    page.context.close()
