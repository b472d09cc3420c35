"""The payment element in Chromium, on a page whose policy allows no inline style and no inline script."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request
from playwright.sync_api import ConsoleMessage, FrameLocator, Page, expect
from stripe import StripeClient
from werkzeug.serving import make_server

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><head><title>Checkout</title></head><body>
<form id="checkout" data-theme="{theme}" data-redirect="{redirect}"><div id="card"></div><button>Pay</button></form>
<p id="outcome" role="status"></p><script src="{standin}/endive/stripe.js"></script><script src="/shop.js"></script>
</body></html>"""

SCRIPT = """
const form = document.getElementById("checkout"), outcome = document.getElementById("outcome");
const stripe = Stripe("pk_test_x");
const elements = stripe.elements({
  mode: "payment", amount: 2150, currency: "usd", captureMethod: "manual", appearance: { theme: form.dataset.theme },
});
const card = elements.create("payment");
card.on("ready", () => { form.dataset.ready = "yes"; });
card.on("change", (event) => { form.dataset.complete = event.complete; });
card.mount("#card");
let secret = null;
form.addEventListener("submit", async (press) => {
  press.preventDefault();
  outcome.textContent = "";
  const checked = await elements.submit();
  if (checked.error) { outcome.textContent = checked.error.code; return; }
  secret ??= (await (await fetch("/intent", { method: "POST" })).json()).secret;
  const { error, paymentIntent } = await stripe.confirmPayment({
    elements, clientSecret: secret, confirmParams: { return_url: location.origin + "/return" },
    redirect: form.dataset.redirect,
  });
  outcome.textContent = error ? `${error.code} ${error.decline_code ?? ""} ${error.message}` : paymentIntent.status;
});
"""


@pytest.fixture(scope="session")
def base_url(running: Any) -> Iterator[str]:
    app = Flask("shop")
    api = StripeClient("sk_test_x", base_addresses={"api": running.url}).v1
    own = f"'self' {running.url}"
    policy = (
        f"default-src 'none'; script-src {own}; style-src 'self'; frame-src {running.url}; connect-src {own}; "
        "img-src 'self'; form-action 'self'; base-uri 'none'"
    )

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        return response

    @app.get("/checkout")
    def checkout() -> str:
        theme, redirect = request.args.get("theme", "stripe"), request.args.get("redirect", "if_required")
        return PAGE.format(theme=theme, redirect=redirect, standin=running.url)

    @app.get("/shop.js")
    def script() -> Response:
        return Response(SCRIPT, mimetype="text/javascript")

    @app.get("/favicon.ico")
    def icon() -> tuple[str, int]:
        return "", 204

    @app.get("/return")
    def back() -> str:
        return f"{request.args['redirect_status']} {request.args['payment_intent']}"

    @app.post("/intent")
    def intent() -> Response:
        amount = int(request.cookies.get("amount", 2150))
        made = api.payment_intents.create({"amount": amount, "currency": "usd", "capture_method": "manual"})
        return jsonify(secret=made.client_secret)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def nothing_wrong(page: Page, standin: Any) -> Iterator[None]:
    """No script error, no breach of the policy. Chromium itself logs a declined card (402) and a lost answer."""
    wrong: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(
            known in message.text for known in ("status of 402", "ERR_")
        ):
            wrong.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield
    assert wrong == []


def fields(page: Page) -> FrameLocator:
    return page.frame_locator('iframe[title="Secure payment input frame"]')


def type_card(page: Page, number: str, expiry: str = "1240", cvc: str = "123") -> None:
    expect(page.locator("#checkout[data-ready]")).to_be_visible()
    fields(page).get_by_label("Card number").fill(number)
    fields(page).get_by_label("Expiration date").fill(expiry)
    fields(page).get_by_label("Security code").fill(cvc)


def pay(page: Page, number: str) -> None:
    type_card(page, number)
    page.get_by_role("button", name="Pay").click()


def test_a_good_card_pays(page, standin):
    page.goto("/checkout")
    pay(page, "4242424242424242")
    expect(page.get_by_role("status")).to_have_text("requires_capture")
    assert standin.state()["payment_intents"][0]["amount_capturable"] == 2150


def test_a_declined_card_is_told_and_another_one_pays(page, standin):
    page.goto("/checkout")
    pay(page, "4000000000009995")
    expect(page.get_by_role("status")).to_contain_text("insufficient_funds Your card has insufficient funds.")
    pay(page, "5555555555554444")
    expect(page.get_by_role("status")).to_have_text("requires_capture")
    assert len(standin.state()["payment_intents"]) == 1


@pytest.mark.parametrize(
    ("number", "answer", "outcome"),
    [
        ("4000002500003155", "Complete", "requires_capture"),
        ("4000002500003155", "Fail", "payment_intent_authentication_failure"),
        ("4000008400001629", "Complete", "card_declined generic_decline Your card was declined."),
    ],
)
def test_the_bank_asks_in_a_dialog(page, number, answer, outcome):
    page.goto("/checkout")
    pay(page, number)
    dialog = page.get_by_role("dialog", name="Your bank asks")
    expect(dialog).to_be_visible()
    page.frame_locator('iframe[title="Bank confirmation"]').get_by_role("button", name=answer).click()
    expect(page.get_by_role("status")).to_contain_text(outcome)
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize(
    ("typed", "code", "label", "sentence"),
    [
        (("4242", "1240", "123"), "incomplete_number", "Card number", "Your card number is incomplete."),
        (("4242424242424241", "1240", "123"), "invalid_number", "Card number", "Your card number is invalid."),
        (("4242424242424242", "0120", "123"), "invalid_expiry_year_past", "Expiration date", "year is in the past"),
        (("378282246310005", "1240", "123"), "incomplete_cvc", "Security code", "security code is incomplete"),
    ],
)
def test_what_is_typed_wrong_never_leaves_the_frame(page, standin, typed, code, label, sentence):
    page.goto("/checkout")
    type_card(page, *typed)
    # By key: what is said of the field that a click leaves moves the button from under the mouse.
    page.get_by_role("button", name="Pay").press("Enter")
    expect(page.get_by_role("status")).to_have_text(code)
    field = fields(page).get_by_label(label)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(fields(page).get_by_text(sentence)).to_be_visible()
    assert standin.state()["payment_intents"] == []


def test_the_keyboard_alone_pays(page):
    page.goto("/checkout?theme=night")
    expect(page.locator("#checkout[data-ready]")).to_be_visible()
    fields(page).get_by_label("Card number").focus()
    for typed in ("378282246310005", "1240", "1234"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab" if typed != "1234" else "Enter")
    expect(fields(page).get_by_label("Card number")).to_have_value("3782 822463 10005")
    expect(fields(page).get_by_label("Expiration date")).to_have_value("12 / 40")
    expect(page.get_by_role("status")).to_have_text("requires_capture")


def test_the_customer_is_sent_back_when_the_shop_asks_for_it(page, standin):
    page.goto("/checkout?redirect=always")
    pay(page, "4242424242424242")
    expect(page.locator("body")).to_contain_text("succeeded")
    expect(page.locator("body")).to_contain_text(standin.state()["payment_intents"][0]["id"])


def test_a_wallet_is_offered_where_the_account_has_one_and_pays_the_same_intent(page, standin):
    standin.post("wallets", wallets=["google_pay"])
    page.goto("/checkout")
    expect(page.locator("#checkout[data-ready]")).to_be_visible()
    fields(page).get_by_role("radio", name="Google Pay").check()
    expect(fields(page).get_by_label("Card number")).to_be_hidden()
    sheet = page.frame_locator('iframe[title="Wallet"]')
    page.get_by_role("button", name="Pay").click()
    sheet.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("status")).to_have_text("incomplete_wallet")
    assert standin.state()["payment_intents"] == []
    page.get_by_role("button", name="Pay").click()
    sheet.get_by_role("button", name="Pay with Google Pay").click()
    expect(page.get_by_role("status")).to_have_text("requires_capture")
    (charge,) = standin.state()["charges"]
    assert charge["payment_method_details"]["card"]["wallet"]["type"] == "google_pay"


def test_an_account_without_wallets_offers_none(page, standin):
    page.goto("/checkout")
    expect(page.locator("#checkout[data-ready]")).to_be_visible()
    expect(fields(page).get_by_role("radio")).to_have_count(0)


def test_an_amount_that_drifted_is_refused(page, base_url, standin):
    page.context.add_cookies([{"name": "amount", "value": "2151", "url": base_url}])
    page.goto("/checkout")
    pay(page, "4242424242424242")
    expect(page.get_by_role("status")).to_contain_text("elements_mismatch")
    assert standin.state()["charges"] == []


def test_a_lost_answer_is_told_and_the_money_is_found_held(page, standin):
    page.goto("/checkout")
    standin.faults(payment_intents__confirm={"next": ["drop_after"]})
    type_card(page, "4242424242424242")
    with page.expect_event("console", lambda message: "ERR_" in message.text):
        page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("status")).to_contain_text("could not reach")
    assert standin.state()["payment_intents"][0]["status"] == "requires_capture"


def test_the_fields_are_tall_enough_to_touch(page):
    page.goto("/checkout")
    expect(page.locator("#checkout[data-ready]")).to_be_visible()
    for label in ("Card number", "Expiration date", "Security code"):
        assert fields(page).get_by_label(label).bounding_box()["height"] >= 44
