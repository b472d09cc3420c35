"""Orders as customers make them: a cart, a place, a checkout; and, when asked, money that is there."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from app.core.db import transaction
from app.menu.service import Amount, Placement, Selection, Side
from app.orders import cart
from app.orders import service as orders
from app.orders.service import Contact, Place, Placing
from app.stores.service import Method

HALF_AND_HALF = Selection(
    "your-own",
    "l",
    "classic",
    (
        Placement("tomato"),
        Placement("mozzarella"),
        Placement("pepperoni", Side.LEFT, Amount.EXTRA),
        Placement("mushroom", Side.RIGHT),
    ),
)
COLA = Selection("cola")
ELM_STREET, MILWAUKEE_AVENUE = 1, 2
ANA = Contact("Ana Reyes", "+13125550147", "ana@example.com")
AT_ANAS = Place(Method.DELIVERY, ELM_STREET, street="12 Elm Street", city="Chicago", zip="60610")
AT_THE_COUNTER = Place(Method.CARRYOUT, ELM_STREET)


@dataclass(frozen=True)
class Wish:
    """What somebody orders, and how."""

    what: tuple[Selection, ...] = (HALF_AND_HALF, COLA)
    place: Place = AT_ANAS
    contact: Contact = ANA
    note: str = ""
    placing: dict[str, object] = field(default_factory=dict)

    def at(self, moment: datetime) -> "Wish":
        return replace(self, place=replace(self.place, wanted_at=moment))


def ordered(wish: Wish | None = None) -> int:
    """An order that waits for its payment."""
    wish = wish or Wish()
    with transaction():
        mine = cart.create()
        for selection in wish.what:
            cart.add(mine, selection)
        cart.go_to(mine, wish.place)
    view = cart.view(mine)
    with transaction():
        return orders.place(Placing(mine, view.version, view.quote.total_cents, wish.contact, wish.note)).order_id


def placed(wish: Wish | None = None) -> int:
    """An order that is paid for and told to its store; the store hears of it when the events are worked off."""
    order_id = ordered(wish)
    with transaction():
        orders.mark_placed(order_id)
    return order_id
