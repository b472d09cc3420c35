"""What an endpoint is, and what all of them share: expanding, paging, metadata."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dev.stripe.errors import refuse
from dev.stripe.store import Object, Store, public

Given = dict[str, Any]
Act = Callable[..., Object]

# Fields that hold the id of another object, and what kind that is.
_EXPANDABLE = {
    "charge": "charge",
    "customer": "customer",
    "latest_charge": "charge",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call of the API. `name` is the path in Stripe's library; `browser` ones also take a publishable key."""

    name: str
    method: str
    path: str
    takes: type
    hears: frozenset[str]
    browser: bool
    act: Act


ENDPOINTS: list[Endpoint] = []


def endpoint(name: str, route: str, takes: type, hears: str = "", *, browser: bool = False) -> Callable[[Act], Act]:
    """Register `act(world, given, **ids)` under a route such as `POST /v1/refunds`.

    `takes` is the parameter type of Stripe's library, `hears` the parameters that are acted on.
    """
    method, path = route.split(" ")

    def register(act: Act) -> Act:
        heard = frozenset([*hears.split(), "expand"])
        ENDPOINTS.append(Endpoint(name, method, path, takes, heard, browser, act))
        return act

    return register


def expanded(store: Store, thing: Object, paths: list[str]) -> Object:
    """A public copy with the objects behind `latest_charge` or `data.payment_intent` put in place of their ids."""
    shown = public(thing)
    for path in paths:
        _expand(store, shown, path.split("."), path)
    return shown


def _expand(store: Store, at: Object, steps: list[str], path: str) -> None:
    name, *rest = steps
    inner = at.get(name)
    if name not in at or (name not in _EXPANDABLE and not isinstance(inner, dict | list)):
        raise refuse(f"This property cannot be expanded ({path}).", param="expand")
    if isinstance(inner, str):
        inner = at[name] = public(store.get(inner, _EXPANDABLE[name]))
    for each in inner if isinstance(inner, list) else [inner]:
        if each is not None and rest:
            _expand(store, each, rest, path)


def page(things: list[Object], given: Given, url: str) -> Object:
    """A list as Stripe pages it: newest first, `limit` (10, at most 100), `starting_after`, `created`."""
    found = [thing for thing in things if _within(thing["created"], given.get("created"))]
    if after := given.get("starting_after"):
        ids = [thing["id"] for thing in found]
        if after not in ids:
            raise refuse(f"No such object: '{after}'", code="resource_missing", param="starting_after")
        found = found[ids.index(after) + 1 :]
    limit = given.get("limit", 10)
    if not 1 <= limit <= 100:
        raise refuse("This value must be between 1 and 100.", code="parameter_invalid_integer", param="limit")
    data = [public(thing) for thing in found[:limit]]
    return {"object": "list", "url": url, "has_more": len(found) > limit, "data": data}


def _within(created: int, bounds: int | dict[str, int] | None) -> bool:
    if bounds is None or isinstance(bounds, int):
        return bounds is None or created == bounds
    checks = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
    return all(checks[name](created, bound) for name, bound in bounds.items())


def metadata(given: Given, before: dict[str, str] | None = None) -> dict[str, str]:
    """Metadata after an update: empty values unset a key. At most 50 keys of 40 characters, values of 500."""
    sent = given.get("metadata") or {}
    merged = {} if given.get("metadata") == "" else {**(before or {}), **sent}
    merged = {name: value for name, value in merged.items() if value != ""}
    if len(merged) > 50:
        raise refuse("You can have up to 50 metadata keys.", param="metadata")
    for name, value in merged.items():
        if len(name) > 40 or len(value) > 500:
            raise refuse("Metadata keys go up to 40 characters, values up to 500.", param=f"metadata[{name}]")
    return merged
