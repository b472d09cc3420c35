"""A customer's kept cards for programs. Their numbers go from the provider's own library to it, never through us."""

from app.core.db import transaction
from app.core.settings import settings
from app.payments import cards
from app.payments.cards import MOST_CARDS
from blueprints.api import callers
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.orders import KeptCard, KeptCards, Setup
from blueprints.gateway import limiter
from blueprints.payments.asked import CardSet

api = Api("cards", "/api/users/me/cards")
CUSTOMER = Guard.CUSTOMER


@api.get("", KeptCards, guard=CUSTOMER)
def my_cards(caller: Caller) -> KeptCards:
    """One's kept cards, the newest first. One of them pays as `cardId` of `/api/payments/process`."""
    return _kept(caller.customer)


@api.post(
    "",
    Setup,
    guard=CUSTOMER,
    status=201,
    alone=True,
    refuses=(409,),
    limits=(limiter.limit("10/minute", key_func=callers.known_as),),
)
def begin_card(caller: Caller) -> Setup:
    """What the provider's library needs to keep a card: give it the secret, then send `setupId` back."""
    made = cards.begin(caller.customer)
    return Setup(setup_id=made.id, client_secret=made.client_secret, publishable_key=settings().stripe_publishable_key)


@api.post(
    "/confirmation",
    KeptCards,
    guard=CUSTOMER,
    body=CardSet,
    alone=True,
    refuses=(404,),
    limits=(limiter.limit("20/minute", key_func=callers.known_as),),
    example={"setupId": "seti_1"},
)
def confirm_card(body: CardSet, caller: Caller) -> KeptCards:
    """Keep the card that the provider took. One that it did not accept is not among the answer."""
    cards.finish(caller.customer, body.setup_id)
    with transaction():
        return _kept(caller.customer)


@api.delete("/<row:card_id>", None, guard=CUSTOMER, alone=True)
def drop_card(card_id: int, caller: Caller) -> None:
    """Have a card kept no longer."""
    cards.forget(caller.customer, card_id)


def _kept(user_id: int) -> KeptCards:
    found = [
        KeptCard(id=str(one.id), brand=one.brand, last4=one.last4, expires=f"{one.exp_year}-{one.exp_month:02}")
        for one in cards.of_user(user_id)
    ]
    return KeptCards(cards=found, most=MOST_CARDS)
