"""The controls under `/_standin`: faults, wallets, failing refunds, what is known, sending an event again, forgetting.

They take JSON only. A page of another site cannot send that without being let in first, and nothing here lets it in.
"""

from functools import partial
from typing import Any

from flask import Blueprint, Flask, jsonify, request
from flask.typing import ResponseReturnValue

from dev.stripe import cards, refunds
from dev.stripe.store import public
from dev.stripe.world import World

_KINDS = {
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "checkout_sessions": "checkout.session",
    "setup_intents": "setup_intent",
    "customers": "customer",
    "payment_methods": "payment_method",
    "events": "event",
}


def register(app: Flask, world: World) -> None:
    """Add the controls to the app."""
    controls = Blueprint("control", __name__, url_prefix="/_standin")

    @controls.get("/state")
    def state() -> ResponseReturnValue:
        """Everything known, oldest first."""
        with world.lock:
            known = {name: [public(one) for one in reversed(world.store.every(kind))] for name, kind in _KINDS.items()}
            return jsonify(**known, faults=world.faults.given, deliveries=list(world.courier.deliveries))

    @controls.post("/faults")
    def faults() -> ResponseReturnValue:
        """Put these faults in force instead of those before; `{}` ends all of them."""
        try:
            world.faults.configure(_sent())
        except (ValueError, TypeError, AttributeError) as wrong:
            return jsonify(error=str(wrong)), 400
        return jsonify(world.faults.given)

    @controls.post("/deliver")
    def deliver() -> ResponseReturnValue:
        """Send an event now, once more: `{"event": "evt_..."}`."""
        with world.lock:
            event = world.store.find(_sent().get("event"), "event")
        if event is None:
            return jsonify(error="no such event"), 404
        world.courier.resend(event["id"])
        return jsonify(public(event)), 202

    @controls.post("/clear")
    def clear() -> ResponseReturnValue:
        """Forget everything."""
        _sent()
        world.clear()
        return "", 204

    app.register_blueprint(controls)
    app.add_url_rule("/_standin/wallets", "control.wallets", partial(_wallets, world), methods=["POST"])
    app.add_url_rule("/_standin/refunds", "control.refunds", partial(_fail_refund, world), methods=["POST"])


def _wallets(world: World) -> ResponseReturnValue:
    """What the account offers besides cards, from now on: `{"wallets": ["google_pay"]}`."""
    asked = _sent().get("wallets")
    if not isinstance(asked, list) or not set(map(str, asked)) <= cards.WALLETS.keys():
        return jsonify(error=f"wallets is a list of {', '.join(cards.WALLETS)}"), 400
    world.wallets = tuple(asked)
    return jsonify(wallets=asked)


def _fail_refund(world: World) -> ResponseReturnValue:
    """The bank sends back a refund that had succeeded: `{"failed": "re_..."}`."""
    with world.lock:
        refund = world.store.find(_sent().get("failed"), "refund")
        if refund is None or refund["status"] != "succeeded":
            return jsonify(error="no such refund that succeeded"), 404
        refunds.fail(world, refund)
        world.store.save()
    return jsonify(public(refund))


def _sent() -> dict[str, Any]:
    sent: dict[str, Any] = request.get_json()
    return sent
