"""Stores as the API says them."""

from collections.abc import Iterable

from pydantic import Field

from app.core import clock
from app.core.errors import Refusal
from app.stores import service as stores
from app.stores.service import Method, Promise, Spot, StoreInfo
from blueprints.api.shape import Id, Moment, Money, Shape, Way, money


class StoreAddress(Shape):
    """Where a store is."""

    street: str
    city: str
    state: str
    zip_code: str


class Position(Shape):
    """A point on the globe, in degrees."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class Store(Shape):
    """A store, and whether it takes orders right now. Hours are written as schema.org's openingHours."""

    id: Id
    slug: str
    name: str
    address: StoreAddress
    position: Position
    phone: str
    time_zone: str
    hours: list[str]
    open_now: bool
    next_opening: Moment | None
    paused_because: str | None
    as_of: Moment


class Stores(Shape):
    """A page of stores by name; `nextCursor` leads on."""

    stores: list[Store]
    next_cursor: str | None


class Promised(Shape):
    """When the food is there, and what bringing it costs the smallest order."""

    method: Way
    start: Moment = Field(alias="from")
    end: Moment = Field(alias="to")
    fee: Money


class Refused(Shape):
    """What stands in the way: a code for programs, a sentence for people."""

    code: str
    detail: str


class FeeFrom(Shape):
    """What bringing food of this value or more costs."""

    start: Money = Field(alias="from")
    fee: Money


class NearStore(Store):
    """A store near a place: how far, whether it delivers there (null: not known), on what terms, and its promise."""

    miles: float | None
    delivers: bool | None
    fees: list[FeeFrom] = Field([])
    minimum: Money | None = None
    promise: Promised | None
    refusal: Refused | None


class NearStores(Shape):
    """Stores near a place, the nearest first."""

    stores: list[NearStore]


def store(info: StoreInfo) -> Store:
    """A store by what is known of it now."""
    return Store(**_told(info))


def _told(info: StoreInfo) -> dict[str, object]:
    opening = stores.opening(info)
    return {
        "id": str(info.id),
        "slug": info.slug,
        "name": info.name,
        "address": StoreAddress(street=info.street, city=info.city, state=info.state, zip_code=info.zip),
        "position": Position(lat=info.lat, lon=info.lon),
        "phone": info.phone,
        "time_zone": info.zone.key,
        "hours": list(stores.schema(info)),
        "open_now": opening.open,
        "next_opening": opening.opens_at if not opening.open else None,
        "paused_because": opening.paused_reason,
        "as_of": clock.now(),
    }


def near(spot: Spot, method: Method, most: int) -> list[NearStore]:
    """The nearest stores to a spot, and what each promises there."""
    return list(_near(spot, method, stores.nearby(spot, most)))


def _near(spot: Spot, method: Method, found: Iterable[stores.Nearby]) -> Iterable[NearStore]:
    for each in found:
        reached = None if spot.wide else each.terms
        steps = reached.steps if reached else ()
        promise, refusal = _promise(each.store, spot, method)
        yield NearStore(
            **_told(each.store),
            miles=None if each.miles is None else round(each.miles, 2),
            delivers=True if reached else None if spot.wide else False,
            fees=[
                FeeFrom.model_validate({"from": money(one.from_cents), "fee": money(one.fee_cents)}) for one in steps
            ],
            minimum=money(reached.minimum_cents) if reached else None,
            promise=promise,
            refusal=refusal,
        )


def _promise(info: StoreInfo, spot: Spot, method: Method) -> tuple[Promised | None, Refused | None]:
    """What one computed answer says, or why not."""
    try:
        return promised(stores.accepts_at(info.id, spot, method)), None
    except Refusal as no:
        return None, refused(no)


def promised(promise: Promise, fee_cents: int | None = None) -> Promised:
    """A promise; its fee is that of the smallest order, unless said otherwise."""
    fee = money(promise.fee_cents if fee_cents is None else fee_cents)
    times = {"from": promise.ready_from, "to": promise.ready_to}
    return Promised.model_validate({"method": promise.method.value, "fee": fee, **times})


def refused(refusal: Refusal) -> Refused:
    """Why not."""
    return Refused(code=refusal.code, detail=refusal.message)
