"""Disputes: a customer's bank claims a charge back, and what becomes of it depends on the evidence that is sent."""

import time

from stripe import params

from dev.stripe.api import Given, endpoint, page
from dev.stripe.errors import refuse
from dev.stripe.store import Object
from dev.stripe.world import World

_DAYS = 7 * 24 * 60 * 60
_OPEN = ("needs_response", "warning_needs_response")
# What Stripe's test mode reads in the evidence (docs.stripe.com/testing#disputes).
_OUTCOMES = {"winning_evidence": "won", "losing_evidence": "lost"}


def begin(world: World, charge: Object, *, inquiry: bool = False) -> Object:
    """The bank claims a charge back, in full; an inquiry only asks and takes nothing yet."""
    reason = {"reason": "fraudulent", "metadata": {}}
    dispute = world.store.new(
        "dp",
        "dispute",
        **reason,
        amount=charge["amount_captured"],
        charge=charge["id"],
        currency=charge["currency"],
        evidence={},
        evidence_details={"due_by": int(time.time()) + _DAYS, "has_evidence": False, "submission_count": 0},
        is_charge_refundable=inquiry,
        payment_intent=charge["payment_intent"],
        status="warning_needs_response" if inquiry else "needs_response",
    )
    world.store.touch(charge, disputed=True)
    world.emit("charge.dispute.created", dispute)
    if not inquiry:
        world.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


@endpoint("disputes.retrieve", "GET /v1/disputes/<name>", params.DisputeRetrieveParams)
def retrieve(world: World, _given: Given, name: str) -> Object:
    """One dispute."""
    return world.store.get(name, "dispute")


@endpoint(
    "disputes.list",
    "GET /v1/disputes",
    params.DisputeListParams,
    "charge created limit payment_intent starting_after",
)
def listing(world: World, given: Given) -> Object:
    """Disputes, newest first, of one intent or charge when asked for."""
    wanted = {key: given[key] for key in ("charge", "payment_intent") if key in given}
    found = [one for one in world.store.every("dispute") if all(one[key] == value for key, value in wanted.items())]
    return page(found, given, "/v1/disputes")


@endpoint("disputes.update", "POST /v1/disputes/<name>", params.DisputeUpdateParams, "evidence submit")
def update(world: World, given: Given, name: str) -> Object:
    """Send evidence. Two texts decide at once, as in Stripe's test mode; any other is looked at for ever."""
    dispute = _open(world, name)
    world.store.touch(dispute, evidence={**dispute["evidence"], **(given.get("evidence") or {})})
    if not given.get("submit", True):
        return dispute
    outcome = _OUTCOMES.get(dispute["evidence"].get("uncategorized_text", ""), "")
    if outcome:
        return _close(world, dispute, outcome)
    world.store.touch(dispute, status=dispute["status"].replace("needs_response", "under_review"))
    world.emit("charge.dispute.updated", dispute)
    return dispute


@endpoint("disputes.close", "POST /v1/disputes/<name>/close", params.DisputeCloseParams)
def close(world: World, _given: Given, name: str) -> Object:
    """Give in."""
    return _close(world, _open(world, name), "lost")


def _open(world: World, name: str) -> Object:
    dispute = world.store.get(name, "dispute")
    if dispute["status"] not in _OPEN:
        raise refuse(f"This dispute is already {dispute['status']}.")
    return dispute


def _close(world: World, dispute: Object, outcome: str) -> Object:
    inquiry = dispute["status"].startswith("warning_")
    world.store.touch(dispute, status="warning_closed" if inquiry else outcome)
    world.emit("charge.dispute.closed", dispute)
    if outcome == "won" and not inquiry:
        world.emit("charge.dispute.funds_reinstated", dispute)
    return dispute
