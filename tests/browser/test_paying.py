import re
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from tests.browser import hands

pytestmark = pytest.mark.browser

TRACKER = re.compile(r"/track/\d+-[a-z2-7]{26}$")


def check_out(page: Page) -> None:
    """A cola to carry out, and a checkout that is filled in up to the card."""
    hands.fill_cart(page)
    page.goto("/checkout")
    hands.introduce(page)


def card(page: Page, number: str) -> FrameLocator:
    expect(page.locator("#pay-form")).to_have_attribute("data-card", "ready")
    field = page.frame_locator("iframe[title='Secure payment input frame']")
    field.get_by_label("Card number").fill(number)
    field.get_by_label("Expiration date").fill("12/40")
    field.get_by_label("Security code").fill("123")
    return field


def orders_of(running_shop) -> list[tuple[object, ...]]:
    return running_shop.rows("SELECT status, captured_cents > 0 FROM payments ORDER BY id")


def test_a_good_card_leads_to_the_tracker(sized: Page):
    check_out(sized)
    card(sized, "4242 4242 4242 4242")
    sized.get_by_role("button", name=re.compile(r"^Pay \$")).dblclick()
    expect(sized).to_have_url(TRACKER)
    sized.go_back()
    expect(sized.get_by_role("heading", name="You have ordered this")).to_be_visible()


def test_a_declined_card_is_said_at_the_card_and_the_second_try_pays_once(page: Page, running_shop):
    before = len(orders_of(running_shop))
    check_out(page)
    field = card(page, "4000 0000 0000 0002")
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    expect(page.locator("#pay-error")).to_contain_text("Your card was declined. Nothing was charged.")
    expect(page.get_by_label("Name")).to_have_value("Ana Lopez")
    expect(page.locator("#pay-state")).to_contain_text("is kept for you until")
    field.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    expect(page).to_have_url(TRACKER)
    assert len(orders_of(running_shop)) == before + 1


def test_a_mistyped_phone_keeps_what_is_in_the_card_field(page: Page):
    check_out(page)
    page.get_by_label("Phone").fill("12")
    field = card(page, "4242 4242 4242 4242")
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(field.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    page.get_by_label("Phone").fill("312 555 0142")
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    expect(page).to_have_url(TRACKER)


def test_a_box_that_is_ticked_while_an_answer_is_on_its_way_stays_ticked(page: Page):
    hands.fill_cart(page, "product=pepperoni&quantity=1", hands.HOME)
    page.goto("/checkout")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/checkout/time", hold)
    page.locator("#time").select_option(index=3)
    wanted = page.locator("#time").input_value()
    page.get_by_text("At the door", exact=True).click()
    page.get_by_label("Leave it at the door").check()
    page.locator("label:has(#tip-2)").click()
    with page.expect_response("**/checkout/time"):
        held[0].continue_()
    expect(page.locator(f"#time option[value='{wanted}']")).to_have_attribute("selected", "")
    expect(page.get_by_label("Leave it at the door")).to_be_checked()
    expect(page.locator("#tip-2")).to_be_checked()


def test_a_time_that_is_refused_is_not_shown_as_chosen(page: Page):
    check_out(page)
    page.locator("#time option").nth(3).evaluate("(option) => { option.value = '2020-01-01T00:00:00+00:00'; }")
    page.locator("#time").select_option(index=3)
    expect(page.locator("#time-field")).to_contain_text("Please choose a time from the list.")
    expect(page.locator("#time")).to_have_value("asap")


@pytest.fixture
def account(running_shop) -> Iterator[Callable[..., None]]:
    """Says which wallets the shop's account has; they come back after the test."""

    def has(*wallets: str) -> None:
        url = f"http://127.0.0.1:{running_shop.place.stripe_port}/_standin/wallets"
        requests.post(url, json={"wallets": wallets}, timeout=10).raise_for_status()

    yield has
    has("google_pay")


def test_a_wallet_pays_where_the_account_has_one(sized: Page, account):
    account("apple_pay", "google_pay")
    check_out(sized)
    expect(sized.locator("#pay-form")).to_have_attribute("data-card", "ready")
    field = sized.frame_locator("iframe[title='Secure payment input frame']")
    field.get_by_role("radio", name="Apple Pay").check()
    sheet = sized.frame_locator("iframe[title='Wallet']")
    sized.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    sheet.get_by_role("button", name="Cancel").click()
    expect(sized.locator("#pay-error")).to_have_text("You closed the wallet, so nothing was paid.")
    sized.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    sheet.get_by_role("button", name="Pay with Apple Pay").click()
    expect(sized).to_have_url(TRACKER)
    expect(sized.get_by_text("Paid by Visa ending 4242")).to_be_visible()


ALL_OF_IT = (
    """INSERT INTO deals (id, state, paused, version, listed, reserved, redeemed)
    VALUES (99, 'live', false, 1, false, 0, 0)""",
    """INSERT INTO deal_versions (deal_id, version, name, terms, made_at) VALUES
    (99, 1, 'All of it', '{"name": "All of it", "kind": "percent_order", "rate_ppm": 1000000, "by_code": true}',
    '2026-01-01 00:00:00')""",
    "INSERT INTO deal_codes (code, deal_id, reserved, redeemed) VALUES ('ALLOFIT', 99, 0, 0)",
    "UPDATE deal_editions SET version = version + 1",
)


def test_where_nothing_is_to_be_paid_no_card_is_asked_for_until_there_is_a_tip(sized: Page, running_shop):
    if not running_shop.rows("SELECT 1 FROM deals WHERE id = 99"):
        for statement in ALL_OF_IT:
            running_shop.change(statement)
    check_out(sized)
    running_shop.until(lambda: "ALLOFIT" in (sized.goto("/d/ALLOFIT"), sized.goto("/cart"), sized.content())[-1])
    sized.goto("/checkout")
    hands.introduce(sized)
    button = sized.locator(".pay-button")
    expect(button).to_have_text("Order now, nothing to pay")
    expect(sized.locator("#pay_with")).to_be_hidden()
    sized.get_by_text("Add a tip for the team").click()
    sized.locator("label:has(#tip-other-choice)").click()
    sized.get_by_label("Other amount").fill("3")
    sized.get_by_label("Other amount").blur()
    expect(button).to_contain_text("Pay $3.00")
    card(sized, "4242 4242 4242 4242")
    sized.locator("label:has(#tip-none)").click()
    expect(button).to_have_text("Order now, nothing to pay")
    button.click()
    expect(sized).to_have_url(TRACKER)
    expect(sized.get_by_text("Nothing to pay")).to_be_visible()


def test_an_account_without_wallets_is_offered_none(page: Page, account):
    account()
    check_out(page)
    card(page, "4242 4242 4242 4242")
    field = page.frame_locator("iframe[title='Secure payment input frame']")
    expect(field.get_by_role("radio")).to_have_count(0)


def test_the_bank_asks_and_is_answered(page: Page):
    check_out(page)
    card(page, "4000 0025 0000 3155")
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    page.frame_locator("iframe[title='Bank confirmation']").get_by_role("button", name="Complete").click()
    expect(page).to_have_url(TRACKER)


def test_a_tip_changes_the_button_and_what_is_charged(page: Page, running_shop):
    check_out(page)
    page.get_by_text("Add a tip for the team").click()
    before = page.locator("#pay-go").get_attribute("data-amount")
    page.locator("label:has(#tip-1)").click()
    expect(page.locator("#pay-go")).not_to_have_attribute("data-amount", before)
    card(page, "4242 4242 4242 4242")
    amount = int(page.locator("#pay-go").get_attribute("data-amount"))
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    expect(page).to_have_url(TRACKER)
    assert running_shop.rows("SELECT amount_cents FROM payments ORDER BY id DESC LIMIT 1") == [(amount,)]


def test_cash_needs_no_card(page: Page):
    check_out(page)
    page.locator("label:has(#pay-in-cash)").click()
    expect(page.locator("#pay-element")).to_be_hidden()
    page.get_by_role("button", name=re.compile("in cash$")).click()
    expect(page).to_have_url(TRACKER)
    page.go_back()
    expect(page.get_by_role("heading", name="You have ordered this")).to_be_visible()


def test_when_the_providers_script_does_not_come_its_own_page_does(page: Page):
    page.route("**/endive/stripe.js", lambda route: route.fulfill(status=503))
    check_out(page)
    expect(page.locator("#pay-form")).to_have_attribute("data-card", "none")
    page.get_by_role("button", name="Continue to secure payment").click()
    expect(page).to_have_url(re.compile("/c/pay/cs_test_"))
    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_label(re.compile("Expir")).fill("12/40")
    page.get_by_label(re.compile("Security code|CVC")).fill("123")
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page).to_have_url(TRACKER)


def test_without_any_script_the_whole_way_works(browser: Browser, base_url: str):
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    page = context.new_page()
    page.goto("/")
    page.locator("#cola").get_by_role("button", name="Add").click()
    expect(page.locator("#cart-count")).to_contain_text("1")
    page.goto("/where?method=carryout&store=1&next=/checkout")
    page.get_by_role("button", name="Use this place and time").click()
    page.get_by_label("Name").fill("Ana Lopez")
    page.get_by_label("Phone").fill("nonsense")
    page.get_by_label("Email").fill("ana@example.com")
    page.get_by_role("button", name="Continue to secure payment").click()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label("Phone").fill("312 555 0142")
    page.get_by_role("button", name="Continue to secure payment").click()
    page.get_by_label("Card number").fill("4000 0000 0000 0002")
    page.get_by_label(re.compile("Expir")).fill("12/40")
    page.get_by_label(re.compile("Security code|CVC")).fill("123")
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_text("Your card was declined.")).to_be_visible()
    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_label(re.compile("Security code|CVC")).fill("123")
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page).to_have_url(TRACKER)
    context.close()


def test_a_customer_keeps_a_card_and_pays_with_one_press(page: Page, running_shop):
    known = running_shop.sign_in("kitchen")
    copied = "SELECT 'ana.kept@example.com', 'Ana', password_hash, disabled, created_at FROM users WHERE email = :email"
    running_shop.change(
        f"INSERT INTO users (email, name, password_hash, disabled, created_at) {copied}", email=known["email"]
    )
    page.goto("/sign-in?next=/account/cards")
    page.get_by_label("Email").fill("ana.kept@example.com")
    page.get_by_label("Password").fill(known["password"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Add a card").click()
    expect(page.locator("#card-form")).to_have_attribute("data-card", "ready")
    field = page.frame_locator("iframe[title='Secure payment input frame']")
    for label, typed in (
        ("Card number", "4000 0000 0000 0002"),
        ("Expiration date", "12/40"),
        ("Security code", "123"),
    ):
        field.get_by_label(label).fill(typed)
    page.get_by_role("button", name="Keep this card").click()
    expect(page.locator("#card-error")).to_contain_text("declined")
    field.get_by_label("Card number").fill("4000 0025 0000 3155")
    page.get_by_role("button", name="Keep this card").click()
    page.frame_locator("iframe[title='Bank confirmation']").get_by_role("button", name="Complete").click()
    expect(page.locator("main")).to_contain_text("Visa ending 3155")
    check_out(page)
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    page.get_by_role("button", name="Complete").click()
    expect(page).to_have_url(TRACKER)
    expect(page.get_by_text("Paid by Visa ending 3155")).to_be_visible()
