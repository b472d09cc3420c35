"""All that a first screen needs, in one call: the store, the deals, some of the menu, and the order on its way."""

from itertools import islice
from typing import Annotated

from pydantic import Field

from app.core import clock
from app.menu import service as menu
from app.menu.service import Catalogue
from app.orders import cart, holders
from app.orders.offers import deals_at
from app.orders.values import CartHead
from app.stores import service as stores
from app.stores.service import Address, Method, Point, Spot
from app.tracking import service as tracking
from blueprints.api.callers import Caller
from blueprints.api.contract import Api
from blueprints.api.deals import Deal, deal
from blueprints.api.menu import Product, product
from blueprints.api.shape import Id, Moment, Query, Shape, Span, Way, Zip, span
from blueprints.api.stores import NearStore, near
from blueprints.gateway import limiter
from blueprints.order_links import order_address

api = Api("home", "/api")
MOST_DEALS, MOST_PRODUCTS, MOST_ORDERS = 6, 8, 5


class Here(Query):
    """Where somebody is; without it, where their cart goes."""

    zip: Zip | None = None
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    method: Way = "delivery"


class Running(Shape):
    """The newest order that is on its way."""

    order_id: Id
    address: str
    stage: str
    estimated_time: Span


class Home(Shape):
    """A first screen. `store` is the nearest one and its promise, null while nobody knows where somebody is."""

    store: NearStore | None
    deals: list[Deal]
    products: list[Product]
    cart_count: int
    running: Running | None
    as_of: Moment


@api.get("/home", Home, query=Here, limits=(limiter.limit("60/minute"),))
def home(query: Here, caller: Caller) -> Home:
    """The nearest store and its promise, deals, featured products, the cart's size and the running order."""
    head = holders.head_of(caller.holder) if caller.sid else None
    method = Method(query.method)
    found = near(where, method, 1) if (where := _where(query, head)) else []
    store_id = int(found[0].id) if found else cart.menu_store(head.store_id if head else None)
    offered = menu.catalogue(store_id)
    listed = deals_at(store_id, method) if found else deals_at(None, None)
    return Home(
        store=found[0] if found else None,
        deals=[deal(each, offered) for each in listed[:MOST_DEALS]],
        products=list(islice((product(offered, offered.products[slug]) for slug in _featured(offered)), MOST_PRODUCTS)),
        cart_count=head.count if head else 0,
        running=_running(caller),
        as_of=clock.now(),
    )


def _where(query: Here, head: CartHead | None) -> Spot | None:
    """Where somebody says that they are, else where their cart goes."""
    if query.lat is not None and query.lon is not None:
        return Spot(Point(query.lat, query.lon))
    code = query.zip or (head.zip if head else "")
    spot = stores.spot_of(Address(zip=code)) if code else None
    return spot if spot and spot.point else None


def _featured(offered: Catalogue) -> list[str]:
    """What can be had now: pizzas with toppings of their own first, then all else in the menu's order."""
    open_now = [slug for slug, item in offered.products.items() if item.served and not item.sold_out]
    return sorted(open_now, key=lambda slug: not offered.products[slug].specialty)


def _running(caller: Caller) -> Running | None:
    if caller.account is not None:
        mine = holders.orders_of(caller.account, most=MOST_ORDERS)
    else:
        mine = holders.orders_of_guest(caller.sid, most=MOST_ORDERS) if caller.sid else ()
    found = tracking.latest_running(mine) if mine else None
    if found is None:
        return None
    return Running(
        order_id=str(found.order_id),
        address=order_address(found.order_id),
        stage=found.stage.value,
        estimated_time=span(found.span.start, found.span.end),
    )
