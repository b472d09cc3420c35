"""Refunds: never more than was captured, and one that had succeeded may fail days later."""

from stripe import params

from dev.stripe.api import Given, endpoint, metadata, page
from dev.stripe.errors import refuse
from dev.stripe.store import Object
from dev.stripe.world import World


@endpoint(
    "refunds.create", "POST /v1/refunds", params.RefundCreateParams, "amount charge metadata payment_intent reason"
)
def create(world: World, given: Given) -> Object:
    """Give back what is left of a charge, or `amount` cents of it."""
    charge = _charge(world, given)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = given.get("amount", left)
    if left == 0:
        raise refuse(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if not 1 <= amount <= left:
        message = f"Refund amount (${amount / 100:.2f}) is greater than unrefunded amount on charge (${left / 100:.2f})"
        raise refuse(message, param="amount")
    refunded = charge["amount_refunded"] + amount
    world.store.touch(charge, amount_refunded=refunded, refunded=refunded == charge["amount_captured"])
    copied = {name: charge[name] for name in ("currency", "payment_intent")}
    words = {"metadata": metadata(given), "reason": given.get("reason")}
    refund = world.store.new("re", "refund", amount=amount, charge=charge["id"], status="succeeded", **copied, **words)
    world.emit("refund.created", refund)
    world.emit("charge.refunded", charge)
    return refund


def fail(world: World, refund: Object) -> None:
    """The customer's bank sends back what had succeeded (docs.stripe.com/refunds#failed-refunds): it is ours again."""
    charge = world.store.get(refund["charge"], "charge")
    world.store.touch(charge, amount_refunded=charge["amount_refunded"] - refund["amount"], refunded=False)
    world.store.touch(refund, status="failed", failure_reason="expired_or_canceled_card")
    for kind in ("refund.updated", "refund.failed", "charge.refund.updated"):
        world.emit(kind, refund)


def _charge(world: World, given: Given) -> Object:
    if "charge" in given:
        charge = world.store.get(given["charge"], "charge", "charge")
        of = f"Charge {charge['id']}"
    elif "payment_intent" in given:
        intent = world.store.get(given["payment_intent"], "payment_intent", "payment_intent")
        charge = world.store.find(intent["latest_charge"], "charge") or {"captured": False}
        of = f"This PaymentIntent ({intent['id']})"
    else:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise refuse(message, code="parameter_missing")
    if not charge["captured"]:
        raise refuse(f"{of} does not have a successful charge to refund.")
    return charge


@endpoint("refunds.retrieve", "GET /v1/refunds/<name>", params.RefundRetrieveParams)
def retrieve(world: World, _given: Given, name: str) -> Object:
    """One refund."""
    return world.store.get(name, "refund", "id")


@endpoint(
    "refunds.list",
    "GET /v1/refunds",
    params.RefundListParams,
    "charge created limit payment_intent starting_after",
)
def listing(world: World, given: Given) -> Object:
    """Refunds, newest first, of one intent or charge when asked for."""
    wanted = {key: given[key] for key in ("charge", "payment_intent") if key in given}
    found = [one for one in world.store.every("refund") if all(one[key] == value for key, value in wanted.items())]
    return page(found, given, "/v1/refunds")
