"""The doors that a customer keeps, each with the store that delivers there; and the door of an order, to keep it."""

from dataclasses import dataclass

from app.core.errors import NotFound, Refusal
from app.orders import service as orders
from app.orders.service import OrderView
from app.orders.values import Place
from app.stores import service as stores
from app.stores.service import Address, Method, StoreInfo
from app.users import addresses
from app.users.addresses import Door, Kept


@dataclass(frozen=True, slots=True)
class Served:
    """A kept address, and the store that delivers there right now; where none does, the words for that."""

    kept: Kept
    store: StoreInfo | None
    words: str = ""


def served(user_id: int) -> tuple[Served, ...]:
    """All addresses that somebody keeps, the usual one first, by what is known of where they are."""
    return tuple(_served(kept) for kept in addresses.of(user_id))


def _served(kept: Kept) -> Served:
    try:
        return Served(kept, stores.store(stores.store_for(address_of(kept))))
    except Refusal as refusal:
        return Served(kept, None, refusal.message)


def address_of(door: Door) -> Address:
    """A door as stores look for it."""
    return Address(door.street, door.city, door.zip)


def look_up(door: Door) -> None:
    """Find out where an address is, never inside of a unit of work. Raises Refusal `unknown_zip`."""
    if stores.locate(address_of(door)).point is None:
        raise Refusal("unknown_zip", "We know no such ZIP code. Please check it.", field="zip")


def place_to(door: Door) -> Place:
    """Delivery to a door as soon as possible. Raises Refusal `out_of_area`."""
    return Place(
        Method.DELIVERY, stores.store_for(address_of(door)), door.street, unit=door.unit, city=door.city, zip=door.zip
    )


def place_at(user_id: int, address_id: int) -> Place:
    """Delivery to one of somebody's own addresses. Raises NotFound, Refusal `out_of_area`."""
    return place_to(addresses.one(user_id, address_id))


def door_of(order: OrderView) -> Door | None:
    """Where an order was brought; None for one that was picked up."""
    return Door(order.street, order.zip, order.unit, order.city) if order.street else None


def keep_from(user_id: int, order_id: int) -> int:
    """Keep the address of an order, in the open unit of work. Raises NotFound, Refusal `too_many_addresses`."""
    door = door_of(orders.order(order_id))
    if door is None:
        raise NotFound("That order was picked up, so it has no address.")
    return addresses.keep(user_id, door)
