"""Paying and giving back through the API: by bearer token alone, once for each key, and never more than was taken."""

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.orders import service as orders
from app.orders.keys import tracking_key
from app.payments import returns
from app.payments import service as payments
from app.payments.service import PaymentStatus
from app.users import grants
from app.users import service as users
from app.users.models import AuditRow
from app.users.service import Role
from tests.factories.hands import Hands
from tests.factories.orders import COLA, ELM_STREET, MARGHERITA, MILWAUKEE_AVENUE, check_out
from tests.factories.staff import PASSWORD, hired
from tests.provider import ASKS, DECLINED, GOOD

S = PaymentStatus
COLD = {"reason": "cold", "bearer": "store"}


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def waiting(hands, provider) -> int:
    return check_out((MARGHERITA, 2), (COLA, 1))[0]


def address(order_id: int) -> str:
    return f"{order_id}-{tracking_key(order_id)}"


def bearing(name: str = "Mina", role: Role = Role.MANAGER, store_id: int | None = ELM_STREET) -> str:
    """An access token of a new member of staff."""
    email = hired(name, role, store_id)
    with transaction():
        entry = users.sign_in(email, PASSWORD)
        token = users.renew(entry.token) if role in users.SECURED_ROLES else entry.token
        return grants.grant(token).access


def post(client, path: str, body, token: str = "", key: str = "a-key-of-mine", **headers: str):
    said = {"Idempotency-Key": key, **headers, **({"Authorization": f"Bearer {token}"} if token else {})}
    return client.post(f"/api/payments/{path}", json=body, headers=said)


def pay(client, order_id: int, card: str = GOOD, **more):
    return post(client, "process", {"orderId": str(order_id), "paymentMethodId": card}, address(order_id), **more)


@pytest.fixture
def taken(client, waiting, work_off) -> int:
    pay(client, waiting)
    with transaction():
        orders.accept(waiting, by="store")
    work_off()
    return waiting


def test_a_card_pays_an_order_and_the_same_key_gets_the_same_answer(client, waiting, provider):
    first, again = pay(client, waiting), pay(client, waiting)
    assert (first.status_code, first.json["status"], first.json["paid"]) == (200, "authorised", True)
    assert first.json["card"] == {"brand": "visa", "last4": "4242"}
    assert first.data == again.data
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(provider.books("charge")) == 1
    assert pay(client, waiting, DECLINED).status_code == 422


def test_a_declined_card_is_an_answer_and_another_key_may_pay(client, waiting, provider):
    answer = pay(client, waiting, DECLINED)
    assert (answer.status_code, answer.json["status"], answer.json["paid"]) == (200, "declined", False)
    assert answer.json["explanation"] == "Your card was declined."
    assert pay(client, waiting, key="another-key").json["paid"] is True
    assert len(provider.books()) == 1


def test_a_bank_that_asks_is_named_with_its_page(client, waiting, provider):
    answer = pay(client, waiting, ASKS)
    assert (answer.json["action"], answer.json["paid"]) == ("confirm_payment", False)
    assert answer.json["url"].startswith(f"{provider.till.url}/3ds/pi_")


def test_while_a_bank_asks_what_an_earlier_card_was_told_is_over(client, waiting, provider):
    pay(client, waiting, DECLINED)
    asked = pay(client, waiting, ASKS, key="another-key")
    assert (asked.json["status"], asked.json["explanation"]) == ("requires_action", None)


def test_while_the_provider_is_silent_nothing_is_concluded(client, waiting, provider):
    provider.break_line(payment_intents__confirm=["drop_after"] * 2)
    assert pay(client, waiting).json["paid"] is False
    provider.break_line()
    assert pay(client, waiting, key="another-key").json["paid"] is True
    assert len(provider.books("charge")) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "body"),
        ({}, "orderId"),
        ({"orderId": 1}, "orderId"),
        ({"orderId": "1"}, "paymentMethodId"),
        ({"orderId": "1", "paymentMethodId": "pm_nobodys"}, "paymentMethodId"),
    ],
)
def test_what_is_not_well_said_is_named(client, waiting, body, field):
    answer = post(client, "process", body, address(waiting))
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"][0]["field"] == field


def test_only_the_orders_own_token_opens_it_and_a_cookie_does_not(client, waiting, provider):
    other = check_out(COLA)[0]
    body = {"orderId": str(waiting), "paymentMethodId": GOOD}
    assert post(client, "process", body).status_code == 401
    assert post(client, "process", body, address(other)).status_code == 404
    for token in ("1-wrong", "nonsense", f"{waiting}-"):
        assert post(client, "process", body, token).status_code == 401
    with client.session_transaction() as session:
        session["orders"] = [waiting]
    assert post(client, "process", body).status_code == 401
    assert payments.state(waiting).status is S.NEW


def test_without_a_key_nothing_is_done(client, waiting):
    answer = pay(client, waiting, key="")
    assert (answer.status_code, answer.json["code"]) == (400, "no_key")
    held = {"Authorization": f"Bearer {address(waiting)}"}
    assert client.post("/api/payments/process", data="x", headers=held).status_code == 415


def give(client, order_id: int, token: str, key: str = "a-key-of-mine", **body):
    return post(client, "refund", {"orderId": str(order_id), **COLD, **body}, token, key)


def test_units_go_back_once_for_each_key(client, taken, provider, work_off):
    mina = bearing()
    unit = orders.order(taken).quote.units[0]
    first, again = (give(client, taken, mina, units=[str(unit.id)]) for _ in range(2))
    assert (first.status_code, first.json["amount"]["amount"]) == (201, unit.paid_cents)
    assert first.json["units"] == [str(unit.id)]
    assert (first.data, again.headers["Idempotent-Replayed"]) == (again.data, "true")
    assert give(client, taken, mina, key="another-key", units=[str(unit.id)]).status_code == 409
    work_off()
    assert [each["amount"] for each in provider.books("refund")] == [unit.paid_cents]


def test_two_clerks_who_chose_the_same_key_each_give_back_what_they_asked_for(client, taken):
    for name, cents in (("Mina", 250), ("Otto", 300)):
        amount = {"amount": cents, "currency": "USD"}
        given = give(client, taken, bearing(name), key="k" * 60, amount=amount)
        assert (given.status_code, given.json["amount"]) == (201, amount)
    assert payments.state(taken).refund_reserved_cents == 550


def test_an_amount_or_all_that_is_left_goes_back(client, taken):
    mina = bearing()
    amount = {"amount": 250, "currency": "USD"}
    assert give(client, taken, mina, amount=amount).json["amount"] == amount
    left = returns.sheet(taken).left_cents
    assert give(client, taken, mina, key="the-rest").json["amount"]["amount"] == left


def test_above_a_limit_it_waits_here_too(client, taken):
    rosa = bearing("Rosa", Role.COUNTER)
    assert give(client, taken, rosa).json["status"] == "waiting"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "cancelled"}, "reason"),
        ({"bearer": "nobody"}, "bearer"),
        ({"units": []}, "units"),
        ({"units": [7]}, "units.0"),
        ({"amount": 5}, "amount"),
        ({"amount": {"amount": True, "currency": "USD"}}, "amount.amount"),
        ({"amount": {"amount": 5, "currency": "EUR"}}, "amount.currency"),
        ({"units": ["fee"], "amount": {"amount": 5, "currency": "USD"}}, "body"),
    ],
)
def test_a_refund_that_makes_no_sense_is_named(client, taken, body, field):
    answer = give(client, taken, bearing(), **body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert payments.state(taken).refund_reserved_cents == 0


def test_who_may_not_give_back_does_not(client, taken, hands):
    assert post(client, "refund", {"orderId": str(taken), **COLD}).status_code == 401
    assert give(client, taken, address(taken)).status_code == 401
    assert give(client, taken, bearing("Beppe", Role.KITCHEN)).status_code == 403
    assert give(client, taken, bearing("Carlo", Role.MANAGER, MILWAUKEE_AVENUE)).status_code == 404
    mina = bearing()
    hands.move(minutes=6)
    answer = give(client, taken, mina)
    assert (answer.status_code, answer.json["action"]) == (401, "sign_in")
    assert payments.state(taken).refund_reserved_cents == 0


def test_whoever_reaches_for_what_is_not_theirs_is_written_down(client, taken):
    give(client, taken, bearing("Beppe", Role.KITCHEN))
    give(client, taken, bearing("Carlo", Role.MANAGER, MILWAUKEE_AVENUE))
    refused = select(AuditRow).where(AuditRow.deed == "access.refused").order_by(AuditRow.id)
    noted = db.session.scalars(refused).all()
    assert [(row.subject, row.detail["status"]) for row in noted] == [
        ("POST /api/payments/refund", 403),
        ("POST /api/payments/refund", 404),
    ]
