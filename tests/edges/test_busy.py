"""A database that somebody else keeps busy: what was typed comes back, programs hear when to ask, one order it is."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from app.core import idempotency
from app.core.db import db, is_busy, transaction
from app.core.errors import Conflict
from app.core.idempotency import IdempotencyRow
from app.orders.models import Cart, Order
from app.payments import checkout
from tests.edges.pages import HTMX, fields, filled_in, press, with_cart
from tests.factories.orders import COLA, filled

SENTENCE = "nothing is lost. Please try again."


@pytest.fixture
def ana(client, provider):
    return with_cart(client, filled((COLA, 2)))


@pytest.fixture(autouse=True)
def impatient(shop) -> Iterator[None]:
    """SQLite's fifteen seconds are a tenth of one here; PostgreSQL has its own two."""

    def hurry(connection, _record, _proxy):
        connection.execute("PRAGMA busy_timeout = 100")

    if db.engine.dialect.name == "sqlite":
        event.listen(db.engine, "checkout", hurry)
        yield
        event.remove(db.engine, "checkout", hurry)
    else:
        yield


@contextmanager
def rival(statement) -> Iterator[None]:
    """Somebody who has done something and does not commit."""
    db.session.rollback()
    with db.engine.connect() as connection:
        connection.execute(statement)
        yield
        connection.rollback()


def hold_carts():
    return rival(update(Cart).values(version=Cart.version))


def orders() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Order))


def test_a_checkout_that_waited_in_vain_keeps_the_form_and_its_next_press_orders_once(ana):
    form = filled_in(ana.get("/checkout"), pay_with="cash", note="Blue door")
    with hold_carts():
        answer = press(ana, form)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert SENTENCE in answer.text
    assert '<form method="post" action="/checkout">' in answer.text
    assert orders() == 0
    kept = fields(answer)
    assert {name: kept[name] for name in form} == form
    again = press(ana, kept)
    assert again.headers["Location"].startswith("/track/")
    assert press(ana, kept).headers["Location"] == again.headers["Location"]
    assert orders() == 1


def test_with_script_only_words_come_so_that_the_page_keeps_the_form(ana):
    form = filled_in(ana.get("/checkout"), pay_with="cash")
    with hold_carts():
        answer = press(ana, form, **HTMX)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert SENTENCE in answer.text
    assert answer.text.startswith('<div id="flash" hx-swap-oob="innerHTML">')


def test_a_program_is_told_in_json_and_may_ask_again_with_its_key(shop, ana):
    program = shop.test_client()
    token = program.post("/api/auth/guest", json={}).json["accessToken"]
    said = {"Authorization": f"Bearer {token}", "Idempotency-Key": "one-cola-please"}
    program.post("/api/cart/items", json={"productId": "cola"}, headers=said)
    said["Idempotency-Key"] = "and-another-cola"
    with hold_carts():
        answer = program.post("/api/cart/items", json={"productId": "cola"}, headers=said)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert (answer.json["code"], answer.json["action"]) == ("busy", "retry")
    answer = program.post("/api/cart/items", json={"productId": "cola"}, headers=said)
    assert answer.json["count"] == 2


def test_whoever_waits_in_vain_for_a_key_is_told_that_it_is_being_worked_on(shop):
    claimed = {
        "scope": checkout.SCOPE,
        "key": "the-same-key",
        "request_hash": "x",
        "claimed_at": idempotency.clock.now(),
    }
    with rival(insert(IdempotencyRow).values(claimed)), pytest.raises((Conflict, DBAPIError)) as waited, transaction():
        idempotency.claim(checkout.SCOPE, "the-same-key", "x")
    if db.engine.dialect.name == "postgresql":
        assert (waited.value.code, waited.value.status) == ("still_running", 409)
    else:  # there nobody waits for a key, but for all that others write
        assert is_busy(waited.value)


class DriverError(Exception):
    def __init__(self, words="", sqlstate=None):
        super().__init__(words)
        self.sqlstate = sqlstate


def test_no_password_stands_in_the_page_that_says_so(client, shop, monkeypatch):
    def busy():
        raise DBAPIError("", {}, DriverError(sqlstate="55P03"))

    monkeypatch.setitem(shop.view_functions, "register.register", busy)
    answer = client.post("/accounts", data={"name": "Ana", "email": "ana@example.com", "password": "a pizza peel"})
    assert answer.status_code == 503
    assert SENTENCE in answer.text
    assert "a pizza peel" not in answer.text


@pytest.mark.parametrize("sqlstate", ["55P03", "57014", "40001", "40P01"])
def test_what_is_known_as_busy(sqlstate):
    assert is_busy(DBAPIError("", {}, DriverError(sqlstate=sqlstate)))
    assert is_busy(DBAPIError("", {}, DriverError("database is locked")))
    assert not is_busy(DBAPIError("", {}, DriverError("no such table", "42P01")))
    assert not is_busy(DriverError("database is locked"))
