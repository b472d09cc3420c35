"""The deals for programs: which there are, and what a code would do for a cart. No cookie is looked at."""

from pydantic import Field, field_validator

from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.orders import cart, doors, holders, wishes
from app.orders.offers import deals_at
from app.orders.values import Place
from app.promotions.service import Coupon, Reason
from app.stores.service import Method
from blueprints.api.asked import store_asked
from blueprints.api.callers import Caller, sign_in
from blueprints.api.contract import Api
from blueprints.api.deals import Deals, Judged, deal, judged
from blueprints.api.pick import Pick, selection
from blueprints.api.shape import Asked, Id, Query, Way, Zip, words
from blueprints.gateway import count_answer, note_miss, tries_codes

api = Api("promotions", "/api/promotions")
api.blueprint.after_request(count_answer)
MOST_ITEMS = 100


class Tried(Asked):
    """A cart that need not exist, and where it would go; `addressId` is delivery to an address that one keeps."""

    store_id: Id | None = None
    method: Way = "carryout"
    zip_code: Zip | None = None
    address_id: Id | None = None
    items: list[Pick] = Field([], max_length=MOST_ITEMS)


class Code(Asked):
    """A code, and what it is tried on; without a cart of its own, on the caller's."""

    code: words(200, 1)  # type: ignore[valid-type]  # text of so many letters
    cart: Tried | None = None

    @field_validator("code")
    @classmethod
    def says_something(cls, code: str) -> str:
        """Blanks are no code."""
        if not code.strip():
            raise ValueError("This is needed.")
        return code


class Going(Query):
    """Where the food would go, as far as that is known."""

    store: Id | None = None
    method: Way | None = None


@api.post("/validate", Judged, body=Code, alone=True, limits=(tries_codes,), example={"code": "WELCOME5"})
def validate(body: Code, caller: Caller) -> Judged:
    """What a code would take off, or why it takes nothing off and what would change that. Nothing is kept.

    It is tried on `cart`; without one on the cart of whoever asks, beside the codes that it has.
    """
    coupon = _judged(body, caller)
    if coupon.obstacle and coupon.obstacle.reason is Reason.UNKNOWN:
        note_miss()
    return judged(coupon)


def _judged(body: Code, caller: Caller) -> Coupon:
    mine = holders.cart_of(caller.holder) if body.cart is None and caller.sid else None
    if mine is not None:
        return wishes.judge_code(mine, body.code, caller.identities)
    tried = body.cart or Tried()
    place = _place(tried, caller)
    offered = menu.catalogue(cart.menu_store(place.store_id if place else None))
    items = [selection(offered, item, f"cart.items.{n}.") for n, item in enumerate(tried.items)]
    return wishes.try_code(body.code, items, place, caller.identities)


def _place(tried: Tried, caller: Caller) -> Place | None:
    if tried.address_id is not None:
        if caller.account is None:
            raise sign_in("Sign in to use an address that you keep.")
        try:
            return doors.place_at(caller.account, int(tried.address_id))
        except NotFound as gone:
            raise Refusal(gone.code, gone.message, field="cart.addressId", action="choose_place") from None
    store_id = store_asked(tried.store_id, "cart.storeId")
    return Place(Method(tried.method), store_id, zip=tried.zip_code or "") if store_id is not None else None


@api.get("/deals", Deals, query=Going)
def deals(query: Going) -> Deals:
    """The deals on offer, those that hold at a store and for a method first, as far as they are said."""
    store_id = store_asked(query.store)
    found = deals_at(store_id, Method(query.method) if query.method else None)
    offered = menu.catalogue(cart.menu_store(store_id))
    return Deals(deals=[deal(each, offered) for each in found])
