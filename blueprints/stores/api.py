"""Stores for programs: all of them by name, one, and those near a place with what each promises there."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import Refusal
from app.stores import service as stores
from app.stores.service import Method, Point, Promise, Spot, StoreInfo
from blueprints.gateway import limiter

api = Blueprint("stores_api", __name__, url_prefix="/api/stores")
CURRENCY, MOST, PAGE = "USD", 8, 50


@api.get("")
@limiter.limit("60/minute")
def all_stores() -> ResponseReturnValue:
    """By name, a page at a time; `cursor` is what the last page gave."""
    found = stores.listed(after=_cursor(request.args.get("cursor", "")), most=PAGE + 1)
    page = found[:PAGE]
    cursor = f"{page[-1].id}" if len(found) > PAGE else None
    return jsonify({"stores": [_store(info) for info in page], "nextCursor": cursor})


@api.get("/nearby")
@limiter.limit("60/minute")
def nearby() -> ResponseReturnValue:
    """The nearest stores to an address, a ZIP code or a point, and on what terms each sends food there.

    Of a city as a whole `delivers` is null, and delivery is refused with `place_too_wide`.
    """
    spot, method = _spot(), _method()
    found = [_near(near.store, near.miles, spot, method) for near in stores.nearby(spot, MOST)]
    return jsonify({"stores": found})


@api.get("/<store_id>")
@limiter.limit("120/minute")
def one(store_id: str) -> ResponseReturnValue:
    """One store by its id, or the name in its address."""
    number = store_id if store_id.isascii() and store_id.isdigit() and len(store_id) < 10 else ""
    return jsonify(_store(stores.store(int(number)) if number else stores.by_slug(store_id)))


def _cursor(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refusal("bad_cursor", "That cursor is none of ours.", field="cursor")
    info = stores.store(int(text))
    return info.name, info.id


def _method() -> Method:
    try:
        return Method(request.args.get("method", Method.DELIVERY.value))
    except ValueError:
        raise Refusal("bad_method", "The method is delivery or carryout.", field="method") from None


def _spot() -> Spot:
    """Where, as the query says it: `lat` and `lon`, `zip`, or `address`. Raises Refusal."""
    if "lat" in request.args or "lon" in request.args:
        try:
            return Spot(Point(float(request.args["lat"]), float(request.args["lon"])))
        except (KeyError, ValueError):
            raise Refusal("bad_place", "Give lat and lon as degrees on the globe.", field="lat") from None
    words = request.args.get("zip") or request.args.get("address") or ""
    spot = stores.search(words[:200]) if words else None
    if spot is None:
        field = "zip" if "zip" in request.args else "address"
        raise Refusal("unknown_place", "We do not know that place. Give a ZIP code, or lat and lon.", field=field)
    return spot


def _near(info: StoreInfo, miles: float | None, spot: Spot, method: Method) -> dict[str, Any]:
    unknown = {"miles": None if miles is None else round(miles, 2), "delivers": None if spot.wide else False}
    said = _store(info) | unknown
    reached = stores.terms(info, spot)
    if reached:
        fees = [{"from": _money(step.from_cents), "fee": _money(step.fee_cents)} for step in reached.steps]
        said |= {"delivers": True, "fees": fees, "minimum": _money(reached.minimum_cents)}
    said["promise"], said["refusal"] = _promised(info, spot, method)
    return said


def _promised(info: StoreInfo, spot: Spot, method: Method) -> tuple[dict[str, Any] | None, dict[str, str] | None]:
    """What one computed answer says, or why not."""
    try:
        promise = stores.accepts_at(info.id, spot, method)
    except Refusal as refusal:
        return None, {"code": refusal.code, "detail": refusal.message}
    return _promise(promise), None


def _promise(promise: Promise) -> dict[str, Any]:
    times = {"from": promise.ready_from.isoformat(), "to": promise.ready_to.isoformat()}
    return {"method": promise.method.value, **times, "fee": _money(promise.fee_cents)}


def _store(info: StoreInfo) -> dict[str, Any]:
    opening = stores.opening(info)
    next_opening = opening.opens_at.isoformat() if opening.opens_at and not opening.open else None
    return {
        "id": str(info.id),
        "slug": info.slug,
        "name": info.name,
        "address": {"street": info.street, "city": info.city, "state": info.state, "zipCode": info.zip},
        "position": {"lat": info.lat, "lon": info.lon},
        "phone": info.phone,
        "timeZone": info.zone.key,
        "hours": list(stores.schema(info)),
        "openNow": opening.open,
        "nextOpening": next_opening,
        "pausedBecause": opening.paused_reason,
        "asOf": clock.now().isoformat(),
    }


def _money(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": CURRENCY}
