"""What a customer ordered: newest first, a page at a time, each with where it stands and a button to have it again."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.menu import service as menu
from app.orders import cart, doors, past, usual
from app.orders import service as orders
from app.orders.service import OrderStatus, OrderView
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.tracking import service as tracking
from app.tracking.service import LABELS, Stage
from app.users import addresses
from app.users.addresses import MOST_ADDRESSES, Kept
from blueprints import account, browser, order_links

pages = Blueprint("past", __name__)
pages.register_error_handler(Refusal, account.refuse)
STATES = {
    OrderStatus.PENDING_PAYMENT: "Waiting for your payment",
    OrderStatus.PAYMENT_FAILED: "Not paid",
    OrderStatus.EXPIRED: "Not paid in time",
    OrderStatus.REJECTED: "The store could not take it",
    OrderStatus.CANCELLED: "Cancelled",
}
UNPAID = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.PAYMENT_FAILED, OrderStatus.EXPIRED})


@dataclass(frozen=True, slots=True)
class Entry:
    """An order in the list: `paid` is whether it has a receipt, `may_keep` whether its address may be kept."""

    order: OrderView
    store: StoreInfo
    address: str
    state: str
    dead: bool
    paid: bool
    may_keep: bool


@pages.get("/account/orders")
def past_page() -> ResponseReturnValue:
    mine = account.customer()
    before = request.args.get("before", type=int)
    found = past.page(mine, before if before is not None and 0 < before < 10**9 else None)
    stages = tracking.stages([one.id for one in found.orders])
    kept = addresses.of(mine) if found.orders else ()
    entries = [_entry(one, stages.get(one.id), kept) for one in found.orders]
    words = _usual(mine) if before is None else {}
    return account.page("orders/past.html", "orders", entries=entries, older=found.older, first=before is None, **words)


def _usual(mine: int) -> dict[str, Any]:
    """What they usually have, asked anew: the order beside it may be a minute old."""
    found, head = usual.find(mine), browser.cart_head()
    here = menu.catalogue(cart.menu_store(head.store_id if head else None))
    told: dict[str, Any] = {"hides": usual.hides(mine)}
    if found:
        address = order_links.order_address(found.order_id)
        told |= {"usual": usual.offered(found, here), "usual_address": address, "usual_key": found.key}
    return told


def _entry(order: OrderView, stage: Stage | None, kept: tuple[Kept, ...]) -> Entry:
    door = doors.door_of(order)
    may_keep = door is not None and len(kept) < MOST_ADDRESSES and door.key not in {one.key for one in kept}
    return Entry(
        order=order,
        store=stores.store(order.store_id),
        address=order_links.order_address(order.id),
        state=STATES.get(order.status) or LABELS[stage or Stage.RECEIVED],
        dead=order.status in orders.DEAD,
        paid=order.status not in UNPAID,
        may_keep=may_keep,
    )
