"""Setup intents: a card that is kept for a customer without a payment."""

from stripe import params

from dev.stripe import cards, charging
from dev.stripe.api import Given, endpoint, metadata
from dev.stripe.errors import ApiError, refuse
from dev.stripe.intents import tried_method
from dev.stripe.store import Object, public
from dev.stripe.world import World

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


@endpoint(
    "setup_intents.create",
    "POST /v1/setup_intents",
    params.SetupIntentCreateParams,
    "automatic_payment_methods customer metadata usage",
)
def create(world: World, given: Given) -> Object:
    """Begin to keep a card for a customer."""
    customer = world.store.get(given.get("customer"), "customer", "customer")
    setup = world.store.new(
        "seti",
        "setup_intent",
        customer=customer["id"],
        last_setup_error=None,
        metadata=metadata(given),
        next_action=None,
        payment_method=None,
        status="requires_payment_method",
        usage=given.get("usage", "off_session"),
    )
    world.store.touch(setup, client_secret=f"{setup['id']}_secret_{world.store.token(25)}")
    world.emit("setup_intent.created", setup)
    return setup


@endpoint("setup_intents.retrieve", "GET /v1/setup_intents/<name>", params.SetupIntentRetrieveParams, browser=True)
def retrieve(world: World, _given: Given, name: str) -> Object:
    """The setup as it is now."""
    return world.store.get(name, "setup_intent", "intent")


@endpoint(
    "setup_intents.confirm",
    "POST /v1/setup_intents/<name>/confirm",
    params.SetupIntentConfirmParams,
    "payment_method return_url use_stripe_sdk",
    browser=True,
)
def confirm(world: World, given: Given, name: str) -> Object:
    """Have the bank look at the card, and keep it."""
    setup = world.store.get(name, "setup_intent", "intent")
    if setup["status"] not in _OPEN:
        raise refuse(f"You cannot confirm this SetupIntent because it has a status of {setup['status']}.")
    world.store.get(setup["customer"], "customer", "customer")
    method = tried_method(world, setup, given)
    card = charging.card_of(method)
    world.store.touch(setup, payment_method=method["id"], last_setup_error=None, _return_url=given.get("return_url"))
    if card.asks:
        redirect = not given.get("use_stripe_sdk", False)
        world.store.touch(
            setup, status="requires_action", next_action=charging.question(world, setup, redirect=redirect)
        )
        world.emit("setup_intent.requires_action", setup)
    else:
        _keep(world, setup, card.decline)
    return setup


def answer(world: World, setup: Object, *, proven: bool) -> None:
    """The customer answered the bank's question. Raises when the card is declined all the same, or not proven."""
    world.store.touch(setup, next_action=None)
    method = world.store.get(setup["payment_method"], "payment_method")
    _keep(world, setup, charging.card_of(method).decline if proven else "authentication_required")


def _keep(world: World, setup: Object, decline: str) -> None:
    method = world.store.get(setup["payment_method"], "payment_method")
    if decline:
        error: Object = {"type": "card_error", **cards.decline_error(decline), "payment_method": public(method)}
        world.store.touch(setup, status="requires_payment_method", payment_method=None, last_setup_error=error)
        world.emit("setup_intent.setup_failed", setup)
        refusal = ApiError(402, error["message"])
        refusal.error = {**error, "setup_intent": public(setup)}
        raise refusal
    world.store.touch(method, customer=setup["customer"])
    world.store.touch(setup, status="succeeded")
    world.emit("payment_method.attached", method)
    world.emit("setup_intent.succeeded", setup)
