"""Paying and giving back for programs. Who asks is told by a bearer token; no cookie is looked at."""

from typing import Any

from flask import Blueprint, Response

from app.core.settings import settings
from app.orders import service as orders
from app.payments import returns
from app.payments import service as payments
from app.payments.returns import Wish
from app.payments.service import ProviderSilent
from app.users.service import Right, Who
from blueprints import bearer, keyed
from blueprints.gateway import limiter
from blueprints.htmx import own_transactions
from blueprints.payments import schemas
from blueprints.payments.paying import return_url

api = Blueprint("payments_api", __name__, url_prefix="/api/payments")


@api.post("/process")
@own_transactions
@limiter.limit("12/minute")
def process() -> Response:
    """Try a card on an order that waits for its payment, and say how it went."""
    bearer.token()
    asked = schemas.process(keyed.body())
    payment = payments.state(asked.order_id)
    bearer.opens(asked.order_id, payment.user_id)
    return keyed.repeated("api.process", lambda: _process(payment.id, asked), 200)


def _process(payment_id: int, asked: schemas.Process) -> dict[str, Any]:
    bank_url = ""
    try:
        bank_url = payments.confirm(payment_id, asked.method_id, settings().base_url + return_url(asked.order_id))
        state = payments.settle(payment_id)
    except ProviderSilent:  # it may have gone through: nothing is concluded, and asking again tells
        state = payments.state(asked.order_id)
    return schemas.payment(state, "" if state.paid else bank_url)


@api.post("/refund")
@limiter.limit("20/minute")
def refund() -> Response:
    """Give money back: staff with the right at the order's store."""
    bearer.token()
    wanted, number = schemas.wish(keyed.body()), schemas.order_id(keyed.body())
    person = bearer.at_store(Right.REFUND, orders.order(number).store_id)
    return keyed.once("api.refund", lambda: _refund(person, number, wanted), 201)


def _refund(person: Who, number: int, wanted: Wish) -> dict[str, Any]:
    key = f"api-{number}-{keyed.key()}"
    return schemas.refund(returns.give_back(number, wanted, person, key=key), number)
