"""Where a program says that the food goes."""

from app.core.errors import NotFound, Refusal
from app.orders import doors
from app.orders.values import Place
from app.stores import service as stores
from app.stores.service import Method
from app.users import addresses
from app.users.addresses import Door
from blueprints.api.asked import store_asked
from blueprints.api.callers import Caller, sign_in
from blueprints.forms import chosen_time, in_one_line
from blueprints.orders.asked import DeliverTo, Fulfilment


def going(body: Fulfilment, caller: Caller) -> Place:
    """The place that was named: a store, an address, or one that the customer keeps.

    Raises Refusal about the field that is missing or wrong, and what `stores.store_for` raises.
    """
    at = chosen_time(body.time)
    if Method(body.method) is Method.CARRYOUT:
        return Place(Method.CARRYOUT, _counter(body), wanted_at=at)
    door = _typed(body.address) if body.address_id is None else _kept(body.address_id, caller)
    store_id = stores.store_for(doors.address_of(door), at)
    return Place(Method.DELIVERY, store_id, door.street, door.unit, door.city, door.zip, at)


def _counter(body: Fulfilment) -> int:
    store_id = store_asked(body.store_id, "storeId")
    if store_id is None:
        raise Refusal("no_store", "Say at which store you pick it up.", field="storeId", action="choose_store")
    return store_id


def _kept(address_id: str, caller: Caller) -> Door:
    if caller.account is None:
        raise sign_in("Sign in to use an address that you keep.")
    try:
        return addresses.one(caller.account, int(address_id))
    except NotFound as gone:
        raise Refusal(gone.code, gone.message, field="addressId", action="choose_place") from None


def _typed(to: DeliverTo | None) -> Door:
    if to is None:
        raise Refusal("no_address", "Say where we deliver to.", field="address", action="choose_place")
    street, unit, city = in_one_line(to.street), in_one_line(to.unit), in_one_line(to.city)
    if not street:
        raise Refusal("no_address", "Give the street and number.", field="address.street", action="choose_place")
    return Door(street, to.zip_code, unit, city)
