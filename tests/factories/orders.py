"""Carts that are full, and what a checkout says of them. Ana orders unless somebody else is named."""

import dataclasses
from typing import Any

from app.core.db import transaction
from app.menu.service import Amount, Placement, Selection, Side
from app.orders import cart, service
from app.orders.values import Contact, Place, Placing
from app.stores.service import Method

ANA = Contact("Ana Lopez", "+13125550142", "ana@example.com")
HOME = Place(Method.DELIVERY, 1, street="12 Elm Street", city="Chicago", zip="60610")
COUNTER = Place(Method.CARRYOUT, 1)
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


def filled(*picks: Selection | tuple[Selection, int], place: Place | None = COUNTER) -> int:
    """An open cart with these in it (a margherita if none are named), going to the first store, which never closes."""
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


def place(told: Placing) -> service.Placed:
    """Place in a unit of work of its own."""
    with transaction():
        return service.place(told)


def ordered(*picks: Selection | tuple[Selection, int], place_to: Place = COUNTER) -> int:
    """An order that waits for its payment; its id."""
    return place(placing(filled(*picks, place=place_to))).order_id
