"""Events: what happened, for whoever missed the webhook."""

from fnmatch import fnmatchcase

from stripe import params

from dev.stripe.api import Given, endpoint, page
from dev.stripe.store import Object
from dev.stripe.world import World


@endpoint("events.retrieve", "GET /v1/events/<name>", params.EventRetrieveParams)
def retrieve(world: World, _given: Given, name: str) -> Object:
    """One event, with the object as it was then."""
    return world.store.get(name, "event")


@endpoint(
    "events.list",
    "GET /v1/events",
    params.EventListParams,
    "created delivery_success limit starting_after type types",
)
def listing(world: World, given: Given) -> Object:
    """Events, newest first; `delivery_success=false` lists those that the shop has not taken."""
    patterns = given.get("types") or [given.get("type", "*")]
    found = [one for one in world.store.every("event") if any(fnmatchcase(one["type"], each) for each in patterns)]
    if "delivery_success" in given:
        found = [one for one in found if (one["pending_webhooks"] == 0) == given["delivery_success"]]
    return page(found, given, "/v1/events")
