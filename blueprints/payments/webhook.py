"""Where the payment provider tells us that something happened."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.payments import service as payments

MOST_BYTES = 256 * 1024
pages = Blueprint("payment_webhook", __name__)


@pages.post("/api/payments/webhook")
def webhook() -> ResponseReturnValue:
    request.max_content_length = MOST_BYTES
    payments.hear(request.get_data(), request.headers.get("Stripe-Signature", ""))
    return {"received": True}
