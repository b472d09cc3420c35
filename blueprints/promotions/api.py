"""The deals for programs: which there are, and what a code would do for a cart. No cookie is looked at."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from app.core.money import format_cents
from app.menu import service as menu
from app.orders import cart, wishes
from app.orders.offers import at_place
from app.orders.values import Place
from app.promotions import service as promotions
from app.promotions.service import Coupon, Listed, Reason
from app.stores.service import Method
from blueprints.deal_words import card, dearer_words
from blueprints.gateway import count_answer, note_miss, tries_codes
from blueprints.htmx import own_transactions
from blueprints.promotions import schemas

api = Blueprint("promotions_api", __name__, url_prefix="/api/promotions")
api.after_request(count_answer)

ACTIONS = {
    Reason.WRONG_STORE: "choose_store",
    Reason.WRONG_METHOD: "choose_method",
    Reason.WRONG_TIME: "choose_time",
    Reason.BELOW_MINIMUM: "add_items",
    Reason.ITEMS_MISSING: "add_items",
}


@api.post("/validate")
@own_transactions
@tries_codes
def validate() -> Response:
    """What a code would take off, or why it takes nothing off and what would change that."""
    asked = schemas.read(_body())
    offered = menu.catalogue(cart.menu_store(asked.place.store_id if asked.place else None))
    items = [schemas.selection(offered, item, f"cart.items.{n}") for n, item in enumerate(asked.items)]
    coupon = wishes.try_code(asked.code, items, asked.place)
    if coupon.obstacle and coupon.obstacle.reason is Reason.UNKNOWN:
        note_miss()
    return jsonify(_judged(coupon))


def _body() -> Any:
    try:
        return request.get_json()
    except RecursionError:  # brackets in brackets, deeper than anybody's cart
        abort(400)


def _judged(coupon: Coupon) -> dict[str, Any]:
    against = coupon.obstacle
    reason = None if coupon.used else "better_offer" if coupon.worse else against.reason.value if against else None
    missing = against.missing_cents if against and not coupon.used else 0
    return {
        "code": coupon.label,
        "applies": coupon.used,
        "discount": _money(coupon.saves_cents),
        "explanation": _explained(coupon),
        "reason": reason,
        "missing": _money(missing) if missing else None,
        "action": ACTIONS.get(against.reason) if against and not coupon.used else None,
    }


def _explained(coupon: Coupon) -> str:
    if coupon.used:
        return f"{coupon.label} takes {format_cents(coupon.saves_cents)} off."
    if coupon.worse:
        return f"{coupon.label} takes {format_cents(coupon.saves_cents)} off. {dearer_words(coupon)}"
    return coupon.obstacle.message if coupon.obstacle else f"{coupon.label} takes nothing off."


@api.get("/deals")
def deals() -> Response:
    """The deals on offer, those that hold at a store and for a method first."""
    place = _place()
    offered = menu.catalogue(cart.menu_store(place.store_id if place else None))
    found = promotions.deals(at_place(place))
    return jsonify({"deals": [{**_told(each), **_words(each, offered)} for each in found]})


def _place() -> Place | None:
    store, method = request.args.get("store"), request.args.get("method")
    if store is None and method is None:
        return None
    return schemas.place(store or cart.menu_store(None), method or Method.CARRYOUT.value, fields=("store", "method"))


def _told(listed: Listed) -> dict[str, Any]:
    deal, against = listed.deal, listed.obstacle
    return {
        "id": str(deal.id),
        "version": deal.version,
        "name": deal.name,
        "kind": deal.kind.value,
        "code": listed.code if deal.by_code else None,
        "holds": against is None,
        "reason": against.reason.value if against else None,
        "action": ACTIONS.get(against.reason) if against else None,
    }


def _words(listed: Listed, offered: menu.Catalogue) -> dict[str, Any]:
    words = card(listed, offered)
    return {"gives": words.gives, "limits": list(words.limits), "explanation": words.why or None}


def _money(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "USD"}
