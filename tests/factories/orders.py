"""Carts that are full, what a checkout says of them, and orders. Ana orders unless somebody else is named."""

import dataclasses
from datetime import datetime
from typing import Any
from uuid import uuid4

from app.core.db import transaction
from app.menu.service import Amount, Placement, Selection, Side
from app.orders import cart
from app.orders import service as orders
from app.orders.service import Contact, Place, Placed, Placing
from app.payments import service as payments
from app.payments.service import CheckoutRequest, PayWith
from app.stores.service import Method

ELM_STREET, MILWAUKEE_AVENUE = 1, 2  # the first never closes
ANA = Contact("Ana Lopez", "+13125550142", "ana@example.com")
HOME = Place(Method.DELIVERY, ELM_STREET, street="12 Elm Street", city="Chicago", zip="60610")
COUNTER = Place(Method.CARRYOUT, ELM_STREET)
COLA, MARGHERITA = Selection("cola"), Selection("margherita")
HALF_AND_HALF = Selection(
    "your-own",
    "l",
    "classic",
    (
        Placement("tomato"),
        Placement("mozzarella"),
        Placement("pepperoni", Side.LEFT, Amount.EXTRA),
        Placement("mushroom", Side.RIGHT),
        Placement("greenpepper", Side.RIGHT),
        Placement("olive", amount=Amount.LIGHT),
    ),
)
Pick = Selection | tuple[Selection, int]


def filled(*picks: Pick, place: Place | None = COUNTER) -> int:
    """An open cart with these in it (a margherita if none are named)."""
    with transaction():
        mine = cart.create()
        for pick in picks or (MARGHERITA,):
            cart.add(mine, *(pick if isinstance(pick, tuple) else (pick,)))
        if place is not None:
            cart.go_to(mine, place)
    return mine


def placing(cart_id: int, **changes: Any) -> Placing:
    """What the checkout page sends for a cart as it stands."""
    seen = cart.view(cart_id, tip_cents=changes.get("tip_cents", 0))
    return dataclasses.replace(Placing(cart_id, seen.version, seen.quote.total_cents, ANA), **changes)


def place(told: Placing) -> Placed:
    """Place in a unit of work of its own."""
    return _whole(told)


def _whole(told: Placing) -> Placed:
    """What `place` does, for those to whom that word is where an order goes."""
    with transaction():
        made = orders.place(told)
        orders.take(made)
        return made


def ordered(*picks: Pick, place: Place = COUNTER, **changes: Any) -> int:
    """An order without a payment, which waits for one; its id."""
    return _whole(placing(filled(*picks, place=place), **changes)).order_id


def placed(*picks: Pick, place: Place = HOME, at: datetime | None = None, **changes: Any) -> int:
    """An order, delivered unless said otherwise, that is told to its store once the events are worked off; its id."""
    to = dataclasses.replace(place, wanted_at=at)
    order_id = ordered(*(picks or (HALF_AND_HALF, COLA)), place=to, **changes)
    with transaction():
        orders.mark_placed(order_id)
    return order_id


def request(
    cart_id: int, *, key: str | None = None, pay_with: PayWith = PayWith.CARD, **changes: Any
) -> CheckoutRequest:
    """One press of the checkout's button for a cart as it stands."""
    return CheckoutRequest(key or uuid4().hex, placing(cart_id, **changes), pay_with)


def check_out(
    *picks: Pick, place: Place = COUNTER, pay_with: PayWith = PayWith.CARD, **changes: Any
) -> tuple[int, int]:
    """An order and its payment."""
    done = payments.check_out(request(filled(*picks, place=place), pay_with=pay_with, **changes))
    return done.order_id, done.payment.id
