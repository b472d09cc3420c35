"""What a store ran out of, for programs of its staff."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field, StringConstraints

from app.menu import service as menu
from app.menu import stock
from app.stores import service as stores
from app.users import service as users
from app.users.service import Right
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.kitchen import Stock, Stocked
from blueprints.api.shape import Asked

api = Api("stock", "/api/kitchen")
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,80}$")]


class SoldOut(Asked):
    """A thing of the list, and whether it is out: until the day ends, or with `untilChanged` until somebody says so."""

    kind: Name
    key: Name
    sold_out: bool = Field(strict=True)
    until_changed: bool = Field(False, strict=True)


@api.get("/<row:store_id>/stock", Stock, guard=Guard.ACCOUNT, refuses=(403,))
def in_stock(store_id: int, caller: Caller) -> Stock:
    """Everything that a store can run out of, and what it ran out of."""
    caller.at_store(Right.SELL_OUT, store_id)
    return _stock(store_id)


@api.put(
    "/<row:store_id>/stock",
    Stock,
    guard=Guard.ACCOUNT,
    body=SoldOut,
    refuses=(403, 404),
    example={"kind": "topping", "key": "basil", "soldOut": True},
)
def set_stock(store_id: int, body: SoldOut, caller: Caller) -> Stock:
    """Say that something is out, or there again. Open carts and checkouts know it at once."""
    person = caller.at_store(Right.SELL_OUT, store_id)
    thing = stock.stocked(stock.stock(store_id), body.kind, body.key)
    until = stores.end_of_day(store_id) if body.sold_out and not body.until_changed else None
    thing = replace(thing, gone=body.sold_out, until=until)
    if thing.gone:
        menu.sell_out(store_id, thing.kind, thing.key, until)
    else:
        menu.bring_back(store_id, thing.kind, thing.key)
    told = {"kind": thing.kind, "key": thing.key, "sold_out": thing.gone, "until": str(until or "")}
    users.audit(person.user_id, "menu.stock", f"store:{store_id}", store_id, **told)
    return _stock(store_id)


def _stock(store_id: int) -> Stock:
    things = [
        Stocked(
            kind=one.kind,
            key=one.key,
            name=one.name,
            group=one.group,
            hides=list(one.hides),
            sold_out=one.gone,
            until=one.until,
        )
        for one in stock.stock(store_id)
    ]
    return Stock(store_id=str(store_id), things=things)
