"""Paying and giving back for programs. Who asks is told by a bearer token; no cookie is looked at."""

from app.core.errors import Refusal
from app.core.idempotency import fingerprint
from app.core.settings import settings
from app.payments import cards, returns
from app.payments import service as payments
from app.payments.service import ProviderSilent, RefundView
from app.users.service import Right
from blueprints import keyed
from blueprints.api import callers
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.orders import Payment, payment
from blueprints.api.shape import money
from blueprints.gateway import limiter
from blueprints.payments.asked import Process, Refund, Returned
from blueprints.payments.paying import return_url

api = Api("payments", "/api/payments")
PAID = {"orderId": "1", "paymentMethodId": "pm_card_visa"}
GIVEN = {"orderId": "1", "reason": "cold", "bearer": "store"}


@api.post(
    "/process",
    Payment,
    guard=Guard.ORDER,
    body=Process,
    key="needed",
    alone=True,
    refuses=(404, 409),
    limits=(limiter.limit("12/minute", key_func=callers.counted_as),),
    example=PAID,
)
def process(body: Process, caller: Caller) -> Payment:
    """Try a card on an order that waits for its payment, and say how it went. A declined one is an answer, too."""
    if (body.payment_method_id is None) == (body.card_id is None):
        raise Refusal("invalid", "Send paymentMethodId or cardId.", field="paymentMethodId")
    order_id = int(body.order_id)
    caller.opens(order_id)
    found = payments.state(order_id)
    bank_url = ""
    try:
        back = settings().base_url + return_url(order_id)
        bank_url = payments.confirm(found.id, _method(body, found.id, caller), back)
        state = payments.settle(found.id)
    except ProviderSilent:  # it may have gone through: nothing is concluded, and asking again tells
        state = payments.state(order_id)
    return payment(state, "" if state.paid else bank_url)


def _method(body: Process, payment_id: int, caller: Caller) -> str:
    """The card that pays: one that was sent, or one of the customer's own. Raises NotFound."""
    if body.card_id is None:
        return body.payment_method_id or ""
    return cards.usable(payment_id, caller.account or 0, int(body.card_id))


@api.get(
    "/<row:order_id>",
    Payment,
    guard=Guard.ORDER,
    refuses=(404,),
    limits=(limiter.limit("60/minute", key_func=callers.known_as),),
)
def ask_about(order_id: int, caller: Caller) -> Payment:
    """How the payment of an order stands, after asking the provider: for whoever comes back from their bank."""
    caller.opens(order_id)
    found = payments.state(order_id)
    try:
        return payment(payments.settle(found.id))
    except ProviderSilent:
        return payment(found)


@api.post(
    "/refund",
    Returned,
    guard=Guard.ACCOUNT,
    body=Refund,
    status=201,
    key="needed",
    refuses=(403, 404, 409),
    limits=(limiter.limit("20/minute", key_func=callers.known_as),),
    example=GIVEN,
)
def refund(body: Refund, caller: Caller) -> Returned:
    """Give money back: staff with the right at the order's store, within minutes of signing in."""
    number = int(body.order_id)
    caller.proved()
    person = caller.at_order(Right.REFUND, number)
    key = "api-" + fingerprint({"order": number, "by": person.user_id, "key": keyed.key()})
    return _told(returns.give_back(number, body.wish(), person, key=key), number)


def _told(made: RefundView, number: int) -> Returned:
    return Returned(
        id=str(made.id),
        order_id=str(number),
        status=made.state.value,
        amount=money(made.cents),
        units=[part.key.removeprefix("unit:") for part in made.parts],
        reason=made.reason.value,
        bearer=made.bearer.value,
    )
