"""Deals as customers meet them: the better one is taken, a link lasts, each wrong code is told where it was typed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe, hands

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["with script", "without"])
def either(request, browser: Browser, base_url: str) -> Iterator[Page]:
    """A browser with JavaScript on, and one with it off, on a phone."""
    size = {"width": 390, "height": 844}
    context = browser.new_context(base_url=base_url, java_script_enabled=request.param, viewport=size)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def add(page: Page, slug: str, size: str) -> None:
    hands.send(page, "/cart/lines", f"product={slug}&size={size}&crust=classic&quantity=1")


def pick_up(page: Page) -> None:
    hands.send(page, "/where", f"{hands.ELM_STREET}&time=asap")


def type_code(page: Page, code: str) -> None:
    if not page.locator("#code").is_visible():
        page.locator("#coupon summary").click()
    page.locator("#code").fill(code)
    page.locator("#use-code").click()


def test_the_field_is_empty_after_a_code_was_taken_and_keeps_a_wrong_one(page: Page):
    add(page, "garden", "m")
    page.goto("/cart")
    type_code(page, "quarter52")
    expect(page.locator("#code-error")).to_contain_text("We don't know QUARTER52.")
    expect(page.locator("#code")).to_have_value("quarter52")
    type_code(page, "welcome5")
    expect(page.locator("#code-error")).to_contain_text("WELCOME5 starts at $25.00 of food.")
    expect(page.locator("#code")).to_have_value("welcome5")
    add(page, "garden", "m")
    page.goto("/cart")
    type_code(page, "quarter25")
    expect(page.locator("#cart-code-quarter25")).to_contain_text("QUARTER25 takes")
    expect(page.locator("#code")).to_have_value("")


def test_the_better_deal_is_taken_and_both_amounts_are_named(sized: Page):
    for _ in range(2):
        add(sized, "garden", "m")
    sized.goto("/cart")
    cart = sized.locator("#cart")
    expect(cart).to_contain_text("Two mediums")
    expect(cart).to_contain_text("You save $7.00.")
    type_code(sized, "quarter25")
    expect(cart).to_contain_text("25% off")
    expect(cart.locator("#cart-code-quarter25")).to_contain_text("QUARTER25 takes")
    expect(cart).to_contain_text("You save $7.75.")
    add(sized, "butchers-block", "m")
    sized.goto("/cart")
    for line in ("Medium Garden", "Medium Butcher’s block"):
        expect(cart).to_contain_text(line)
    cart.get_by_role("button", name="Remove Medium Garden").first.click()
    expect(cart).to_contain_text("Medium Butcher’s block")
    expect(cart.get_by_role("heading", name="Medium Garden")).to_have_count(1)


def test_a_worse_code_is_explained_kept_and_used_when_asked_for(either: Page):
    for _ in range(3):
        add(either, "butchers-block", "m")
    pick_up(either)
    either.goto("/cart")
    type_code(either, "QUARTER25")
    expect(either.locator("#cart-code-quarter25")).to_contain_text("QUARTER25 takes")
    either.locator("#drop-cart-code-quarter25").click()
    expect(either.locator("#cart-code-quarter25")).to_have_count(0)
    expect(either.locator("#cart")).to_contain_text("Two mediums")


def test_a_link_survives_sign_in_the_choice_of_a_store_and_a_reload(sized: Page, running_shop):
    sized.goto("/d/WELCOME5")
    expect(sized.locator("#flash")).to_contain_text("WELCOME5")
    person = running_shop.sign_in("counter")
    sized.goto("/sign-in")
    sized.get_by_label("Email").fill(person["email"])
    sized.get_by_label("Password").fill(person["password"])
    sized.get_by_role("button", name="Sign in").click()
    pick_up(sized)
    for _ in range(2):
        add(sized, "pepperoni", "l")
    sized.goto("/cart")
    sized.reload()
    expect(sized.locator("#cart")).to_contain_text("WELCOME5")


WRONG = [
    ("NOSUCH", "We don't know NOSUCH."),
    ("QUARTER52", "We don't know QUARTER52."),
    ("WELCOME", "Did you mean WELCOME5?"),
    ("QUARTER25", "QUARTER25 starts at $20.00 of food. Add $17.75 more."),
    ("   ", "Enter the code that you have."),
]


def test_each_wrong_code_is_told_at_its_field_and_nothing_is_lost(either: Page):
    hands.send(either, "/cart/lines", hands.COLA)
    either.goto("/cart")
    for code, words in WRONG:
        type_code(either, code)
        expect(either.locator("#code-error")).to_contain_text(words)
        expect(either.locator("#code")).to_have_value(code)
        expect(either.locator("#code")).to_be_focused()
        expect(either.locator("#cart")).to_contain_text("Cola")


def test_a_bundle_is_filled_left_and_finished(either: Page):
    either.goto("/where")  # what is for carryout on some days must not be better than the box
    hands.go_to(either, "12 Elm Street", "60610")
    expect(either).not_to_have_url(re.compile("/where"))
    either.goto("/deals")
    either.get_by_role("link", name="Use this deal: Family box").click()
    either.locator("#place-1").get_by_role("button", name="Add Garden to Pizza").click()
    expect(either.locator("#place-1")).to_contain_text("Large Garden")
    either.goto("/")
    either.goto("/deals")
    either.get_by_role("link", name="Use this deal: Family box").click()
    expect(either.locator("#place-1")).to_contain_text("Large Garden")
    either.locator("#place-2").get_by_role("button", name="Add Garlic knots to Side").click()
    expect(either.locator("#place-2")).to_contain_text("Garlic knots")
    expect(either.locator("#choices-3")).to_have_attribute("open", "")  # the next one that is empty
    either.locator("#add-3-big-cola").click()
    expect(either.locator("#bundle-words")).to_contain_text("All chosen: $27. You save $2.20.")
    either.get_by_role("link", name="See your order").click()
    expect(either.locator("#cart .totals")).to_contain_text("Family box−$2.20")


def test_one_place_is_customized_alone(page: Page):
    page.goto("/deals/1")
    page.locator("#add-1-garden").click()
    expect(page.locator("#place-2-head")).to_be_focused()
    page.locator("#add-2-pepperoni").click()
    expect(page.locator("#bundle-words")).to_be_focused()
    page.get_by_role("link", name="Customize Pizza 2: Medium Pepperoni").click()
    page.locator("label:has(#t-corn-left)").click()
    expect(page.locator("#halves")).to_contain_text("sweet corn")
    page.get_by_role("button", name="Put it in the deal").click()
    expect(page).to_have_url(re.compile(r"/deals/1#place-2$"))
    expect(page.locator("#place-2")).to_contain_text("sweet corn")
    expect(page.locator("#place-1")).to_contain_text("Medium Garden")
    expect(page.locator("#cart-count")).to_contain_text("2")


def test_a_deal_is_paid_as_it_was_shown(page: Page, running_shop):
    pick_up(page)
    for _ in range(2):
        add(page, "garden", "m")
    page.goto("/checkout")
    total = page.locator("#checkout-receipt .sum dd").inner_text()
    hands.introduce(page, "Bea Novak")
    page.locator("label:has(#pay-in-cash)").click()
    page.get_by_role("button", name=re.compile(r"order|Pay", re.IGNORECASE)).last.click()
    number = hands.order_number(page)
    expect(page.locator("#track .totals")).to_contain_text("Two mediums")
    expect(page.locator("#track .totals .sum dd")).to_have_text(total)
    (taken,) = running_shop.rows("SELECT state, off_cents FROM redemptions WHERE order_id = :n", n=number)
    assert tuple(taken) == ("redeemed", 700)


def test_no_page_of_deals_keeps_anybody_out(page: Page):
    add(page, "garden", "m")
    for path in ("/", "/deals", "/deals/1", "/deals/2", "/d/NOSUCH"):
        page.goto(path)
        check(page, path)
    page.goto("/deals/1")
    page.locator("#add-1-garden").click()
    expect(page.locator("#place-1")).to_contain_text("Medium Garden")
    check(page, "a place filled")
    page.goto("/cart")
    type_code(page, "NOSUCH")
    expect(page.locator("#code-error")).to_be_visible()
    check(page, "a wrong code")


def check(page: Page, what: str) -> None:
    for width in axe.phone_and_desk(page):
        found = axe.faults(page)
        assert not found, (what, width, found)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, what
