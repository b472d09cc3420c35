"""Stores for programs: all of them by name, one, and those near a place with what each promises there."""

from typing import Annotated

from pydantic import Field

from app.core.errors import Refusal
from app.stores import service as stores
from app.stores.service import Method, Point, Spot
from blueprints.api.contract import Api
from blueprints.api.shape import Cursor, Query, Way, words
from blueprints.api.stores import NearStores, Store, Stores, near, store
from blueprints.gateway import limiter

api = Api("stores", "/api/stores")
MOST, PAGE = 8, 50
looks = limiter.limit("60/minute")


class Page(Query):
    """Where to go on."""

    cursor: Cursor | None = None


class Where(Query):
    """A place: an address, a ZIP code, or a point."""

    address: words(200) = ""  # type: ignore[valid-type]  # text of so many letters
    zip: words(20) = ""  # type: ignore[valid-type]  # the same
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    method: Way = "delivery"


@api.get("", Stores, query=Page, limits=(looks,))
def all_stores(query: Page) -> Stores:
    """All stores by name, a page at a time. `cursor` is what the last page gave."""
    found = stores.listed(after=_after(query.cursor), most=PAGE + 1)
    page = found[:PAGE]
    cursor = f"{page[-1].id}" if len(found) > PAGE else None
    return Stores(stores=[store(info) for info in page], next_cursor=cursor)


@api.get("/nearby", NearStores, query=Where, limits=(looks,))
def nearby(query: Where) -> NearStores:
    """The nearest stores to an address, a ZIP code or a point, and on what terms each sends food there.

    Of a city as a whole `delivers` is null, and delivery is refused with `place_too_wide`.
    """
    return NearStores(stores=near(spot(query), Method(query.method), MOST))


@api.get("/<store_id>", Store, refuses=(404,))
def one(store_id: str) -> Store:
    """One store by its id, or the name in its address."""
    number = store_id if store_id.isascii() and store_id.isdigit() and len(store_id) < 10 else ""
    return store(stores.store(int(number)) if number else stores.by_slug(store_id[:80].replace("\0", "")))


def _after(cursor: str | None) -> tuple[str, int] | None:
    if cursor is None:
        return None
    info = stores.several([int(cursor)]).get(int(cursor))
    if info is None:
        raise Refusal("bad_cursor", "That cursor is none of ours.", field="cursor")
    return info.name, info.id


def spot(query: Where) -> Spot:
    """Where, as the query says it. Raises Refusal `bad_place`, `unknown_place`."""
    if query.lat is not None and query.lon is not None:
        return Spot(Point(query.lat, query.lon))
    if query.lat is not None or query.lon is not None:
        raise Refusal("bad_place", "Give lat and lon as degrees on the globe.", field="lat")
    found = stores.search(query.zip or query.address) if query.zip or query.address else None
    if found is None:
        field = "zip" if query.zip else "address"
        raise Refusal("unknown_place", "We do not know that place. Give a ZIP code, or lat and lon.", field=field)
    return found
