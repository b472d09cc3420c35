"""A customer's addresses for programs: each is looked up where it is sent, and says which store delivers there."""

from app.core.db import transaction
from app.orders import doors
from app.users import addresses
from app.users.addresses import MOST_ADDRESSES
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.doors import KeptAddress, KeptAddresses, kept_address
from blueprints.gateway import limiter
from blueprints.orders.asked_kept import Addressed, Readdressed

api = Api("addresses", "/api/users/me/addresses")
CUSTOMER = Guard.CUSTOMER
ELM = {"label": "Home", "street": "12 Elm Street", "city": "Chicago", "zipCode": "60610"}
looked_up = limiter.limit("30/minute")


@api.get("", KeptAddresses, guard=CUSTOMER)
def my_addresses(caller: Caller) -> KeptAddresses:
    """The addresses that one keeps, the usual one first, each with the store that delivers there."""
    found = [kept_address(one) for one in doors.served(caller.customer)]
    return KeptAddresses(addresses=found, most=MOST_ADDRESSES)


@api.post("", KeptAddress, guard=CUSTOMER, body=Addressed, status=201, alone=True, limits=(looked_up,), example=ELM)
def keep_address(body: Addressed, caller: Caller) -> KeptAddress:
    """Keep an address. One that is kept already stays one, and takes the label."""
    door = body.door
    doors.look_up(door)  # before anything is written: it may ask somebody outside
    with transaction():
        return _one(caller, addresses.keep(caller.customer, door))


@api.patch(
    "/<row:address_id>",
    KeptAddress,
    guard=CUSTOMER,
    body=Readdressed,
    alone=True,
    limits=(looked_up,),
    example={"label": "Work"},
)
def change_address(address_id: int, body: Readdressed, caller: Caller) -> KeptAddress:
    """Change an address, or what it is called; `usual` makes it the one that comes first."""
    with transaction():
        before = addresses.one(caller.customer, address_id)
    door = body.onto(before)
    if door.key != before.key or door.city != before.city:
        doors.look_up(door)
    with transaction():
        addresses.change(caller.customer, address_id, door)
        if body.usual:
            addresses.make_usual(caller.customer, address_id)
        return _one(caller, address_id)


@api.delete("/<row:address_id>", None, guard=CUSTOMER)
def drop_address(address_id: int, caller: Caller) -> None:
    """Keep an address no longer."""
    addresses.drop(caller.customer, address_id)


def _one(caller: Caller, address_id: int) -> KeptAddress:
    found = doors.served(caller.customer)
    return next(kept_address(one) for one in found if one.kept.id == address_id)
