"""The deals for programs: which there are, and what a code would do for a cart. No cookie is looked at."""

from pydantic import Field, field_validator

from app.menu import service as menu
from app.orders import cart, wishes
from app.orders.offers import at_place
from app.orders.values import Place
from app.promotions import service as promotions
from app.promotions.service import Reason
from app.stores.service import Method
from blueprints.api.asked import store_asked
from blueprints.api.contract import Api
from blueprints.api.deals import Deals, Judged, deal, judged
from blueprints.api.pick import Pick, selection
from blueprints.api.shape import Asked, Id, Query, Way, Zip, words
from blueprints.gateway import count_answer, note_miss, tries_codes

api = Api("promotions", "/api/promotions")
api.blueprint.after_request(count_answer)
MOST_ITEMS = 100


class Tried(Asked):
    """A cart that need not exist, and where it would go."""

    store_id: Id | None = None
    method: Way = "carryout"
    zip_code: Zip | None = None
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
def validate(body: Code) -> Judged:
    """What a code would take off, or why it takes nothing off and what would change that. Nothing is kept."""
    tried = body.cart or Tried()
    store_id = store_asked(tried.store_id, "cart.storeId")
    place = Place(Method(tried.method), store_id, zip=tried.zip_code or "") if store_id is not None else None
    offered = menu.catalogue(cart.menu_store(store_id))
    items = [selection(offered, item, f"cart.items.{n}.") for n, item in enumerate(tried.items)]
    coupon = wishes.try_code(body.code, items, place)
    if coupon.obstacle and coupon.obstacle.reason is Reason.UNKNOWN:
        note_miss()
    return judged(coupon)


@api.get("/deals", Deals, query=Going)
def deals(query: Going) -> Deals:
    """The deals on offer, those that hold at a store and for a method first."""
    store_id = store_asked(query.store)
    named = store_id is not None or query.method is not None
    place = Place(Method(query.method or "carryout"), cart.menu_store(store_id)) if named else None
    offered = menu.catalogue(cart.menu_store(store_id))
    return Deals(deals=[deal(each, offered) for each in promotions.deals(at_place(place))])
