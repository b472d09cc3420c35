"""`settle`: the only writer of what became of a payment. It asks the provider what is true and takes the next step.

Return page, webhook job and reconciler all call it, as often as they like. Of two rows, the order is held first.
"""

from datetime import datetime

import structlog
from sqlalchemy import update

from app.core import clock
from app.core.db import atomically, db
from app.core.events import emit
from app.orders import service as orders
from app.orders.service import DEAD, IN_KITCHEN, OrderStatus
from app.payments import cards, ledger, records, refunds, stripe
from app.payments.events import PaymentAuthorised, PaymentFailed
from app.payments.ledger import Account
from app.payments.models import Payment
from app.payments.provider import CURRENCY, Intent, ProviderRefused
from app.payments.sights import NEVER_BEGUN, UNLIKE, Sight, Watch, unwatched
from app.payments.status import PaymentStatus, move
from app.payments.values import MOST_DECLINES, PaymentState, PayWith

log = structlog.get_logger()

MOST_STEPS = 5
OVER = frozenset({"succeeded", "canceled"})
S = PaymentStatus
# Whether there is another step; the intent itself where our own deed was just answered with how it ended.
Next = Intent | bool


def settle(payment_id: int, watch: Watch = unwatched, seen: PaymentState | None = None) -> PaymentState:
    """Bring a payment and its order to where the provider's truth puts them. Raises ProviderSilent, NotFound.

    Keeps its own units of work; nothing remote happens inside one. `watch` is shown what the provider says. Starts from
    what was `seen` of the payment just now.
    """
    told: Next = True
    for _ in range(MOST_STEPS):
        payment, seen = records.glance(payment_id, seen), None
        try:
            told = _step(payment, watch, told if isinstance(told, Intent) else None)
            if told is False:
                break
        except ProviderRefused as refused:  # it moved between our look and our deed: look again
            log.warning("provider_refused", payment_id=payment_id, code=refused.code)
            watch(Sight(refused.code, refused.words))
            told = True
    return records.glance(payment_id)


def _step(payment: PaymentState, watch: Watch, told: Intent | None = None) -> Next:
    if payment.pay_with is PayWith.CASH:
        return atomically(lambda: _settle_cash(payment))
    asked_at = clock.now()
    seen = told or _ask(payment)
    if seen is None:
        watch(Sight(NEVER_BEGUN))
        return atomically(lambda: _never_begun(payment))
    if not _agrees(payment, seen):
        watch(Sight(UNLIKE, f"{seen.status}, {seen.amount_cents} {seen.currency}, payment {seen.payment_id}"))
        return False
    watch(Sight(seen.status, seen.decline_words))
    if seen.status == "requires_capture":
        return _held(payment, seen)
    if seen.status == "succeeded":
        return atomically(lambda: _taken(payment, seen))
    if seen.status == "canceled":
        return atomically(lambda: _gone(payment, superseded=seen.superseded))
    return _unpaid(payment, seen, asked_at)


def _ask(payment: PaymentState) -> Intent | None:
    if payment.session_id is not None:
        page = stripe.session(payment.session_id)
        if page.intent_id is None:
            return stripe.untried(payment, page)
        return stripe.intent(page.intent_id)
    return stripe.intent(payment.intent_id) if payment.intent_id is not None else None


def _agrees(payment: PaymentState, seen: Intent) -> bool:
    agreed = (payment.amount_cents, CURRENCY, str(payment.id))
    if (seen.amount_cents, seen.currency, seen.payment_id) == agreed:
        return True
    log.error("payment_mismatch", payment_id=payment.id, order_id=payment.order_id)
    return False


def _hold(payment: PaymentState) -> tuple[OrderStatus, PaymentState | None]:
    """Both rows, locked; no payment when it points elsewhere by now, so that what was seen is stale."""
    order = orders.hold(payment.order_id)
    fresh = records.hold(payment.id)
    return order, fresh if fresh.attempt == payment.attempt else None


def _may_still_be_paid(order: OrderStatus, payment: PaymentState, at: datetime) -> bool:
    in_time = at < payment.pay_until and payment.tries_left > 0
    return order is OrderStatus.PENDING_PAYMENT and in_time


def _unpaid(payment: PaymentState, seen: Intent, asked_at: datetime) -> bool:
    # What was true when we asked says nothing of a time that ran out since: the customer may just have paid.
    if atomically(lambda: _note_try(payment, seen, asked_at)):
        return False
    _end_at_provider(payment)
    return True


def _note_try(payment: PaymentState, seen: Intent, asked_at: datetime) -> bool:
    order, fresh = _hold(payment)
    if fresh is None or not fresh.waiting:
        return True
    new_try = bool(seen.failed_try) and seen.failed_try != fresh.last_try
    values: dict[str, object] = {"asked_at": clock.now()}
    if new_try:
        values |= {
            "declines": Payment.declines + 1,
            "last_try": seen.failed_try,
            "decline_words": seen.decline_words[:200],
        }
    db.session.execute(update(Payment).where(Payment.id == fresh.id).values(**values))
    if new_try:
        move(fresh.id, S.DECLINED, detail=seen.failed_try)
    elif seen.status == "requires_action":
        move(fresh.id, S.REQUIRES_ACTION)
    return _may_still_be_paid(order, records.read(fresh.id), asked_at)


def _end_at_provider(payment: PaymentState) -> None:
    if payment.session_id is not None:
        stripe.expire_session(payment.session_id)
    elif payment.intent_id is not None:
        stripe.cancel(payment.intent_id)


def _held(payment: PaymentState, seen: Intent) -> Next:
    order = atomically(lambda: _authorise(payment, seen))
    if order in DEAD:
        return _so(stripe.cancel(seen.id))
    if order in IN_KITCHEN:
        return _so(stripe.capture(payment, seen.id))
    return False


def _so(answered: Intent) -> Next:
    """An answer to a deed of ours that ended an intent is as new as a look; any other one is no reason not to look."""
    return answered if answered.status in OVER else True


def _authorise(payment: PaymentState, seen: Intent) -> OrderStatus | None:
    """The order's status after the money was noted; None when what was seen is stale."""
    order, fresh = _hold(payment)
    if fresh is None:
        return None
    if fresh.waiting:
        held: dict[str, object] = {"authorised_cents": seen.amount_cents, "intent_id": seen.id, "decline_words": ""}
        move(fresh.id, S.AUTHORISED, detail="", brand=seen.card.brand, last4=seen.card.last4, **held)
        if fresh.user_id is not None and seen.keeps_card:
            cards.keep(fresh.user_id, seen.card)
        emit(PaymentAuthorised(fresh.id, fresh.order_id))
        if order is OrderStatus.PENDING_PAYMENT:
            orders.mark_placed(fresh.order_id)
            return OrderStatus.PLACED
    return order if fresh.waiting or fresh.status in {S.AUTHORISED, S.VOID} else None


def _taken(payment: PaymentState, seen: Intent) -> bool:
    order = _authorise(payment, seen) or orders.hold(payment.order_id)
    fresh = records.hold(payment.id)
    if fresh.status is S.VOID:
        log.error("captured_after_void", payment_id=payment.id, order_id=payment.order_id)
        return False
    if fresh.status is S.AUTHORISED:
        _book_capture(fresh, seen.received_cents)
    if order in DEAD:
        refunds.give_back_rest(records.read(payment.id))
    return False


def _book_capture(payment: PaymentState, cents: int) -> None:
    move(payment.id, S.CAPTURED, captured_cents=cents)
    arrived = ledger.account_of(payment.pay_with)
    ledger.transfer(f"capture-{payment.id}", payment.id, cents, source=Account.ORDERS, target=arrived)


def _gone(payment: PaymentState, *, superseded: bool) -> bool:
    order, fresh = _hold(payment)
    if fresh is None or not (fresh.waiting or fresh.status is S.AUTHORISED):
        return False
    open_ended = superseded or fresh.session_id is not None  # only we close a page while the order can be paid
    if fresh.waiting and open_ended and _may_still_be_paid(order, fresh, clock.now()):
        records.next_attempt(fresh)
        return False
    if fresh.status is S.AUTHORISED and order not in DEAD:
        log.error("authorisation_lost", payment_id=fresh.id, order_id=fresh.order_id)
        if order is OrderStatus.PLACED:
            orders.reject(fresh.order_id, by="payment", reason="The bank let the money go")
    _void(fresh, order)
    return False


def _never_begun(payment: PaymentState) -> bool:
    order, fresh = _hold(payment)
    if fresh is not None and fresh.waiting and not _may_still_be_paid(order, fresh, clock.now()):
        _void(fresh, order)
    return False


def _void(payment: PaymentState, order: OrderStatus) -> None:
    move(payment.id, S.VOID)
    if payment.waiting:
        emit(PaymentFailed(payment.id, payment.order_id))
    if order is OrderStatus.PENDING_PAYMENT:
        end = orders.fail_payment if payment.declines >= MOST_DECLINES else orders.expire
        end(payment.order_id)


def _settle_cash(payment: PaymentState) -> bool:
    order, fresh = _hold(payment)
    if fresh is None or fresh.status is not S.AUTHORISED:
        return False
    if order in DEAD:
        move(fresh.id, S.VOID)
    elif order is OrderStatus.COMPLETED:
        _book_capture(fresh, fresh.amount_cents)
    return False
