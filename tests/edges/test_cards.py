"""Kept cards: added, chosen at checkout, removed; nobody else's; and their numbers never with us."""

import re

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.orders import service as orders
from app.payments import cards, stripe
from app.payments import service as payments
from app.payments.models import CardOwner, SavedCard
from app.payments.service import PaymentStatus
from tests.edges.pages import HTMX, filled_in, press, with_cart
from tests.factories.customers import at_home, customer
from tests.factories.orders import COLA, filled
from tests.provider import ASKS, DECLINED, GOOD

S = PaymentStatus


@pytest.fixture
def ana(shop, provider):
    return at_home(shop, customer())


def add(client, provider, card: str = GOOD) -> None:
    """Add a card on the account's page, as the provider's element would."""
    setup_id = begun(client)
    confirm(provider, setup_id, card)
    assert client.get(f"/account/cards/kept?setup_intent={setup_id}").location == "/account/cards"


def begun(client) -> str:
    """A card that is about to be added, by the number of its setup."""
    page = client.post("/account/cards/new").text
    return re.search(r'data-secret="(seti_\w+)_secret_', page)[1]


def confirm(provider, setup_id: str, card: str = GOOD) -> str:
    """What the provider's element does with a card; gives the card's number there."""
    typed = {"payment_method": card, "return_url": "http://localhost/"}
    return provider.client.v1.setup_intents.confirm(setup_id, typed).payment_method


def rows() -> list[SavedCard]:
    db.session.rollback()
    return list(db.session.scalars(select(SavedCard).order_by(SavedCard.id)))


def ordering(client):
    return with_cart(client, filled((COLA, 2)))


def test_a_card_is_added_shown_and_removed_and_only_what_tells_it_is_kept(ana, provider):
    add(ana, provider)
    page = ana.get("/account/cards").text
    assert "Your card is kept." in page
    assert "Visa ending 4242" in page
    (kept,) = rows()
    assert (kept.brand, kept.last4, kept.exp_month, kept.exp_year) == ("visa", "4242", 12, 2040)
    method_id = kept.method_id
    ana.post(f"/account/cards/{kept.id}/removal")
    assert rows() == []
    assert provider.client.v1.payment_methods.retrieve(method_id).customer is None
    assert "Visa ending" not in ana.get("/account/cards").text


def test_a_kept_card_pays_with_one_press_and_without_any_script(ana, provider):
    add(ana, provider)
    page = ordering(ana).get("/checkout")
    assert "Visa ending 4242" in page.text
    form = filled_in(page)
    assert form["pay_with"] == f"kept:{rows()[0].id}"
    answer = press(ana, form)
    assert answer.location.startswith("/pay/return/")
    assert ana.get(answer.location).location.startswith("/track/")
    state = payments.state(orders.of_cart(1))
    assert (state.status, state.last4) == (S.AUTHORISED, "4242")


def test_a_bank_that_asks_is_answered_on_its_page(ana, provider):
    add(ana, provider, GOOD)
    method = provider.client.v1.payment_methods.attach(ASKS, {"customer": customer_id()}).id
    card_id = kept_as(method)
    form = filled_in(ordering(ana).get("/checkout"), pay_with=f"kept:{card_id}")
    answer = press(ana, form, **HTMX)
    assert answer.headers["HX-Redirect"].startswith(f"{provider.till.url}/3ds/pi_")
    order_id = orders.of_cart(1)
    provider.answer_bank(payments.state(order_id).intent_id)
    payments.settle(payments.state(order_id).id)
    assert payments.state(order_id).status is S.AUTHORISED


def customer_id() -> str:
    return db.session.execute(select(CardOwner.customer_id)).scalar_one()


def test_a_kept_card_that_is_declined_leads_to_another(ana, provider):
    add(ana, provider)
    method = provider.client.v1.payment_methods.attach(DECLINED, {"customer": customer_id()}).id
    answer = press(ana, filled_in(ordering(ana).get("/checkout"), pay_with=f"kept:{kept_as(method)}"))
    pay = ana.get(answer.location).location
    assert pay.startswith("/pay/")
    page = ana.get(pay)
    assert "Your card was declined. Nothing was charged." in page.text
    good = rows()[0].id
    again = press(ana, {"pay_with": f"kept:{good}"}, pay)
    assert ana.get(again.location).location.startswith("/track/")
    assert len(provider.books()) == 1


def kept_as(method_id: str) -> int:
    user_id = rows()[0].user_id
    with transaction():
        cards.keep(user_id, stripe.card(method_id))
    return next(row.id for row in rows() if row.method_id == method_id)


def test_a_card_that_pays_is_kept_when_the_box_is_ticked(ana, provider):
    press(ordering(ana), filled_in(ana.get("/checkout"), pay_with="card", keep_card="y"), **HTMX)
    intent = provider.books()[0]
    assert (intent["setup_future_usage"], bool(intent["customer"])) == ("on_session", True)
    provider.pay(intent["id"])
    payments.settle(payments.state(orders.of_cart(1)).id)
    assert [row.last4 for row in rows()] == ["4242"]


def test_without_the_box_and_for_guests_nothing_is_kept(ana, client, provider):
    for who, more in ((ana, {}), (client, {"keep_card": "y"})):
        form = filled_in(ordering(who).get("/checkout"), pay_with="card", **more)
        press(who, form, **HTMX)
    for intent in provider.books():
        assert intent["setup_future_usage"] is None
        provider.pay(intent["id"])
        payments.settle(int(intent["metadata"]["payment"]))
    assert rows() == []
    assert "Keep this card" not in with_cart(client, filled(COLA)).get("/checkout").text


def test_a_card_of_somebody_else_is_not_there(shop, ana, provider):
    add(ana, provider)
    carlo = at_home(shop, customer("Carlo"))
    card_id = rows()[0].id
    assert carlo.post(f"/account/cards/{card_id}/removal").location == "/account/cards"
    assert len(rows()) == 1
    answer = press(ordering(carlo), filled_in(carlo.get("/checkout"), pay_with=f"kept:{card_id}"))
    assert answer.location.startswith("/pay/")
    assert "could not find that card" in carlo.get(answer.location).text
    assert payments.state(orders.of_cart(1)).status is S.NEW


def test_a_guest_is_sent_to_sign_in_and_a_foreign_setup_is_not_taken(shop, client, ana, provider):
    assert client.get("/account/cards").location == "/sign-in?next=/account/cards"
    setup_id = begun(ana)
    confirm(provider, setup_id)
    carlo = at_home(shop, customer("Carlo"))
    assert carlo.get(f"/account/cards/kept?setup_intent={setup_id}").status_code == 404
    assert carlo.get("/account/cards/kept?setup_intent=seti_invented").status_code == 404
    assert rows() == []


def test_while_the_provider_is_silent_nothing_is_lost(ana, provider):
    add(ana, provider)
    provider.break_line(payment_methods__detach=["drop_before"] * 2)
    answer = ana.post(f"/account/cards/{rows()[0].id}/removal")
    assert "could not reach" in ana.get(answer.location).text
    assert len(rows()) == 1
