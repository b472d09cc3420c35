"""What a cart's owner may wish for, for programs: a code that must be used, a deal, the places of a bundle, a time."""

from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import Catalogue
from app.orders import bundles, cart, holders, wishes
from app.orders.advising import advise, why
from app.promotions import service as promotions
from app.promotions.service import Deal
from app.stores import service as stores
from blueprints.api.advice import Advised, Places, Times, advised, bundle
from blueprints.api.advice import times as times_at
from blueprints.api.callers import Caller, Guard
from blueprints.api.carts import Cart
from blueprints.api.contract import Api
from blueprints.api.pick import Pick, selection
from blueprints.orders.api import mine_of, seen_by
from blueprints.orders.asked import Coupon, Day

api = Api("wishes", "/api/cart")
HOLDER = Guard.HOLDER


@api.put("/coupon/pin", Cart, guard=HOLDER, body=Coupon, refuses=(404,), example={"code": "WELCOME5"})
def pin_code(body: Coupon, caller: Caller) -> str:
    """Use a code of the cart even where something else costs less."""
    wishes.pin(mine_of(caller), promotions.normal(body.code))
    return seen_by(caller)


@api.delete("/coupon/pin", Cart, guard=HOLDER, refuses=(404,))
def unpin_code(caller: Caller) -> str:
    """Have the best price again, whatever codes are on the cart."""
    wishes.unpin(mine_of(caller))
    return seen_by(caller)


@api.put("/deals/<row:deal_id>", Cart, guard=HOLDER)
def wait_for_deal(deal_id: int, caller: Caller) -> str:
    """Have an eye on a deal that adds itself: `waitsFor` says what it still waits for."""
    wishes.pick(holders.open_cart(caller.holder), deal_id)
    return seen_by(caller)


@api.delete("/deals", Cart, guard=HOLDER, refuses=(404,))
def let_go_of_deal(caller: Caller) -> str:
    """Let go of the deal that the cart waits for."""
    wishes.pick(mine_of(caller), None)
    return seen_by(caller)


@api.get("/deals/<row:deal_id>/places", Places, guard=HOLDER)
def bundle_places(deal_id: int, caller: Caller) -> Places:
    """The places of a bundle: what each asks for, what lies in it, and what would fit."""
    return _places(deal_id, caller)


@api.put(
    "/deals/<row:deal_id>/places/<row:number>", Places, guard=HOLDER, body=Pick, example={"productId": "margherita"}
)
def fill_place(deal_id: int, number: int, body: Pick, caller: Caller) -> Places:
    """Put something into a place of a bundle, instead of what was there. It is a line of the cart like any other."""
    mine = holders.open_cart(caller.holder)
    bundles.fill(mine, deal_id, number, selection(_offered(caller), body)[0])
    return _places(deal_id, caller)


@api.delete("/deals/<row:deal_id>/places", Places, guard=HOLDER)
def begin_again(deal_id: int, caller: Caller) -> Places:
    """Begin a bundle once more: its lines stay in the cart, its places are empty."""
    bundles.begin_again(mine_of(caller), deal_id)
    return _places(deal_id, caller)


@api.get("/advice", Advised, guard=HOLDER, refuses=(404,))
def advice(caller: Caller) -> Advised:
    """What would make the order cheaper, the deals that wait for little, and why it costs what it does."""
    view = cart.view(mine_of(caller), identities=caller.identities)
    return advised(advise(view), why(view), menu.catalogue(view.menu_store_id))


@api.get("/times", Times, guard=HOLDER, query=Day, refuses=(404,))
def times(query: Day, caller: Caller) -> Times:
    """When the food can be there: days of the coming week, and the moments of one. Send one with the fulfilment."""
    view = cart.view(mine_of(caller), identities=caller.identities)
    if view.place is None:
        raise Refusal("no_place", "Say where the food goes first.", action="choose_place")
    asked, info = cart.ask(view.place, view.lines), stores.store(view.place.store_id)
    days = stores.days(asked)
    day = query.date or next(iter(days), None)
    found = stores.later_times(asked, day) if day in days else ()
    return times_at(info, days, day, found)


def _offered(caller: Caller) -> Catalogue:
    head = holders.head_of(caller.holder)
    return menu.catalogue(cart.menu_store(head.store_id if head else None))


def _places(deal_id: int, caller: Caller) -> Places:
    mine = holders.cart_of(caller.holder)
    deal = _bundle(deal_id, mine, caller)
    return bundle(deal, _offered(caller), bundles.filled(mine, deal_id) if mine is not None else {})


def _bundle(deal_id: int, mine: int | None, caller: Caller) -> Deal:
    kept = cart.view(mine, identities=caller.identities).deals.codes if mine is not None else ()
    deal = wishes.on_offer(deal_id, [coupon.label for coupon in kept])
    if not deal.slots:
        raise NotFound("That deal has no places to fill.")
    return deal
