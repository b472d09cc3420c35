"""Cards that the provider keeps for customers who are signed in; we know which one it is and when it expires."""

import re
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from app.core import clock
from app.core.db import atomically, db, insert_new
from app.core.errors import Conflict, NotFound, Refusal
from app.payments import records, stripe
from app.payments.models import CardOwner, Payment, SavedCard
from app.payments.provider import CardSeen, ProviderRefused, ProviderSilent, Setup
from app.payments.values import PaymentState

MOST_CARDS = 10
DONE = "succeeded"
SETUP = re.compile(r"seti_[A-Za-z0-9]{1,60}")


@dataclass(frozen=True, slots=True)
class CardView:
    """A kept card as its owner knows it."""

    id: int
    brand: str
    last4: str
    exp_month: int
    exp_year: int


def of_user(user_id: int) -> tuple[CardView, ...]:
    """Somebody's kept cards that have not expired, the newest first."""
    now = clock.now()
    rows = db.session.scalars(select(SavedCard).where(SavedCard.user_id == user_id).order_by(SavedCard.id.desc()))
    return tuple(
        CardView(row.id, row.brand, row.last4, row.exp_month, row.exp_year)
        for row in rows
        if (row.exp_year, row.exp_month) >= (now.year, now.month)
    )


def customer_of(user_id: int | None) -> str | None:
    """The provider's number of a customer; None while it keeps nothing for them."""
    return db.session.scalar(select(CardOwner.customer_id).where(CardOwner.user_id == user_id)) if user_id else None


def ensure_customer(user_id: int) -> str:
    """The provider's number of a customer, made when there is none. Keeps its own units of work.

    Raises ProviderSilent.
    """
    known = customer_of(user_id)
    db.session.rollback()
    if known:
        return known
    made = stripe.create_customer(user_id)
    atomically(lambda: insert_new(CardOwner, user_id=user_id, customer_id=made))
    return customer_of(user_id) or made


def with_customer(payment: PaymentState) -> PaymentState:
    """The same payment, with a customer at the provider where a card is to be kept. Keeps its own units of work."""
    if payment.customer_id or not payment.keeps_card or payment.user_id is None:
        return payment
    customer_id = ensure_customer(payment.user_id)
    fresh = (Payment.id == payment.id, Payment.customer_id.is_(None))
    atomically(lambda: db.session.execute(update(Payment).where(*fresh).values(customer_id=customer_id)))
    return records.glance(payment.id)


def begin(user_id: int) -> Setup:
    """What the browser needs to have a card kept. Keeps its own units of work.

    Raises Conflict `too_many_cards`, Refusal 503 `provider_silent`.
    """
    if len(of_user(user_id)) >= MOST_CARDS:
        raise Conflict("too_many_cards", f"We keep up to {MOST_CARDS} cards. Remove one first.")
    try:
        return stripe.create_setup(ensure_customer(user_id))
    except ProviderSilent as silent:
        raise _unreachable() from silent


def finish(user_id: int, setup_id: str) -> bool:
    """Ask the provider whether a card is kept now, and note it: True when it is. Keeps its own units of work.

    Raises NotFound for a card of somebody else, Refusal 503 `provider_silent`.
    """
    customer_id = customer_of(user_id)
    db.session.rollback()
    if customer_id is None or not SETUP.fullmatch(setup_id):
        raise NotFound("We could not find that card.")
    try:
        seen = stripe.setup(setup_id)
        if seen.customer_id != customer_id:
            raise NotFound("We could not find that card.")
        if seen.status != DONE:
            return False
        card = stripe.card(seen.method_id)
    except ProviderSilent as silent:
        raise _unreachable() from silent
    except ProviderRefused as refused:
        raise NotFound("We could not find that card.") from refused
    atomically(lambda: keep(user_id, card))
    return True


def keep(user_id: int, card: CardSeen) -> bool:
    """Note a card that the provider keeps, in the open unit of work; True when it is new."""
    shown = {"brand": card.brand, "last4": card.last4, "exp_month": card.exp_month, "exp_year": card.exp_year}
    return insert_new(SavedCard, user_id=user_id, method_id=card.method_id, saved_at=clock.now(), **shown)


def forget(user_id: int, card_id: int) -> None:
    """Have one of somebody's cards kept no longer. Keeps its own units of work.

    Raises NotFound, Refusal 503 `provider_silent`: the card is still there then.
    """
    method_id = method_of(user_id, card_id)
    db.session.rollback()
    try:
        stripe.forget_card(method_id)
    except ProviderSilent as silent:
        raise _unreachable() from silent
    atomically(lambda: db.session.execute(delete(SavedCard).where(SavedCard.method_id == method_id)))


def method_of(user_id: int, card_id: int) -> str:
    """The provider's number of one of somebody's cards. Raises NotFound."""
    mine = (SavedCard.id == card_id, SavedCard.user_id == user_id)
    method_id = db.session.scalar(select(SavedCard.method_id).where(*mine))
    if method_id is None:
        raise NotFound("We could not find that card.")
    return method_id


def usable(payment_id: int, user_id: int, card_id: int) -> str:
    """The provider's number of one of somebody's cards, for a payment of theirs.

    Raises NotFound for a card or an order of somebody else.
    """
    payment = records.read(payment_id)
    if payment.user_id != user_id or payment.customer_id is None:
        raise NotFound("We could not find that card.")
    return method_of(user_id, card_id)


def _unreachable() -> Refusal:
    message = "We could not reach the payment service. Nothing was charged. Please try again."
    return Refusal("provider_silent", message, status=503, action="retry")
