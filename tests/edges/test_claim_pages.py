"""Guest orders come into an account: by the mailbox that is known, by a code to another, and by nothing else."""

import pytest
from sqlalchemy import select, update

from app.core.db import db, transaction
from app.orders.models import Order
from app.users.models import User
from tests.conftest import browser
from tests.edges.pages import fields
from tests.factories.customers import PASSWORD, at_home, customer
from tests.factories.mail import code_in, mails
from tests.factories.orders import COLA, ordered
from tests.queries import counted

PATH, ANA, BOB = "/account/orders/claim", "ana@example.com", "bob@example.com"
NOT_THERE = "We know no order with that number and email"


@pytest.fixture(autouse=True)
def empty(outbox):
    """An outbox with nothing in it."""


@pytest.fixture
def me(shop):
    return customer()


@pytest.fixture
def ana(shop, me, work_off):
    work_off()
    return at_home(shop, me)


def made_with(email):
    order_id = ordered(COLA)
    with transaction():
        db.session.execute(update(Order).where(Order.id == order_id).values(email=email))
    return order_id


def owner(order_id):
    db.session.rollback()
    return db.session.scalar(select(Order.account_id).where(Order.id == order_id))


def claim(client, number, email):
    return client.post(PATH, data={"number": str(number), "email": email})


def test_an_order_made_with_the_accounts_own_mailbox_comes_at_once(ana, me):
    order_id = made_with(ANA)
    assert fields(ana.get(PATH))["email"] == ANA
    assert claim(ana, f" #{order_id}", "Ana@Example.com").location == "/account/orders"
    page = ana.get("/account/orders").text
    assert f"Order {order_id} is in your account." in page
    assert owner(order_id) == me
    assert mails(BOB) == []


def test_an_order_of_another_mailbox_comes_with_the_code_from_there(ana, me, work_off):
    order_id = made_with(BOB)
    assert claim(ana, order_id, BOB).location == "/code"
    assert owner(order_id) is None
    work_off()
    (sent,) = mails(BOB)
    assert f"Somebody wants order {order_id} in their account." in sent.text
    assert "/code/" not in sent.text  # a link would work in any browser that opens it
    assert ana.post("/code", data={"code": "000000x"}).status_code == 422
    assert ana.post("/code", data={"code": code_in(sent)}).location == "/account/orders"
    assert f"Order {order_id} is in your account." in ana.get("/account/orders").text
    assert owner(order_id) == me


def test_only_whoever_reads_the_mailbox_learns_whether_there_is_such_an_order(ana, work_off):
    order_id, told = made_with(BOB), []
    for number in (order_id, 999):
        with counted() as sent:
            answer = claim(ana, number, BOB)
        page = ana.get("/code").text.replace(f"order {number}", "it")
        work_off()
        told.append((answer.status_code, answer.location, page, [one.partition(" ")[0] for one in sent]))
    assert told[0] == told[1]
    assert len(mails(BOB)) == 2
    ana.post("/code", data={"code": code_in(mails(BOB)[-1])})
    assert NOT_THERE in ana.get("/account/orders").text
    assert owner(order_id) is None


def test_a_code_works_only_for_whoever_asked_for_it(shop, ana, work_off):
    order_id, carlo = made_with(BOB), at_home(shop, customer("Carlo"))
    claim(ana, order_id, BOB)
    work_off()
    with ana.session_transaction() as kept:
        number = kept["code"]
    for client in (carlo, browser(shop)):
        with client.session_transaction() as kept:
            kept["code"] = number
        assert client.post("/code", data={"code": code_in(mails(BOB)[-1])}).location == "/sign-in"
    assert owner(order_id) is None


def test_what_is_somebody_elses_stays_theirs_and_wrong_forms_come_back(ana, me):
    order_id = made_with(ANA)
    with transaction():
        db.session.execute(update(Order).where(Order.id == order_id).values(account_id=me + 100))
    answer = claim(ana, order_id, ANA)
    assert (answer.status_code, NOT_THERE in answer.text) == (422, True)
    for number, email, words in (
        ("", ANA, "Enter the order number."),
        ("12x", ANA, "It is digits only"),
        ("9" * 30, ANA, "It is digits only"),
        ("1", "nonsense", "Enter an email address like"),
    ):
        answer = claim(ana, number, email)
        assert (answer.status_code, words in answer.text) == (422, True)


def test_a_mailbox_that_was_never_shown_to_be_theirs_opens_nothing_at_once(ana, me):
    order_id = made_with(ANA)
    with transaction():
        db.session.execute(update(User).where(User.id == me).values(verified_at=None))
    assert claim(ana, order_id, ANA).location == "/code"
    assert owner(order_id) is None


def test_claims_are_made_five_times_a_minute(limited, me):
    ana = at_home(limited, me)
    assert [claim(ana, 999, ANA).status_code for _ in range(6)] == [422] * 5 + [429]


def test_what_this_browser_ordered_as_a_guest_comes_along_at_sign_in(shop, client, me):
    mine, other, elsewhere = made_with(ANA), made_with(BOB), made_with(ANA)
    with client.session_transaction() as kept:
        kept["orders"] = [mine, other]
    assert client.post("/session", data={"email": ANA, "password": PASSWORD}).status_code == 303
    assert f"Order {mine} is in your account now." in client.get("/account/orders").text
    assert [owner(one) for one in (mine, other, elsewhere)] == [me, None, None]
