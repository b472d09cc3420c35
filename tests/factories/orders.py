"""Carts that are full, what a checkout says of them, and orders. Ana orders unless somebody else is named."""

import dataclasses
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Wish:
    """What somebody orders, and how."""

    what: tuple[Pick, ...] = (HALF_AND_HALF, COLA)
    place: Place = HOME
    contact: Contact = ANA
    note: str = ""

    def at(self, moment: datetime) -> "Wish":
        """The same for a later time."""
        return dataclasses.replace(self, place=dataclasses.replace(self.place, wanted_at=moment))


def filled(*picks: Pick, place: Place | None = COUNTER) -> int:
    """An open cart with these in it (two colas if none are named)."""
    with transaction():
        mine = cart.create()
        for pick in picks or ((COLA, 2),):
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
    with transaction():
        return orders.place(told)


def ordered(wish: Wish | None = None) -> int:
    """An order without a payment, which waits for one; its id."""
    wish = wish or Wish()
    mine = filled(*wish.what, place=wish.place)
    return place(placing(mine, contact=wish.contact, note=wish.note)).order_id


def placed(wish: Wish | None = None) -> int:
    """An order that is told to its store, which hears of it when the events are worked off."""
    order_id = ordered(wish)
    with transaction():
        orders.mark_placed(order_id)
    return order_id


def request(
    cart_id: int, *, key: str | None = None, pay_with: PayWith = PayWith.CARD, **changes: Any
) -> CheckoutRequest:
    """One press of the checkout's button for a cart as it stands."""
    return CheckoutRequest(key or uuid4().hex, placing(cart_id, **changes), pay_with)


def check_out(*picks: Pick, place: Place = COUNTER, pay_with: PayWith = PayWith.CARD) -> tuple[int, int]:
    """An order and its payment."""
    done = payments.check_out(request(filled(*picks, place=place), pay_with=pay_with))
    return done.order_id, done.payment_id
