"""A canary: somebody unmistakable orders, pays, writes and complains by the shop's own doors; once they are erased, or
old enough, no trace of them is left in any column, log, key of Redis or file.
"""

import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import keeping
from app.core import log
from app.core.db import Base, db, transaction
from app.core.personal import Rule
from app.core.settings import settings
from app.orders import service as orders
from app.orders.models import Order
from app.payments import service as payments
from app.stores.models import Pause
from app.users import service as users
from app.users.models import User
from app.users.service import Role
from tests.api.hands import HOME, held_by
from tests.conftest import browser
from tests.edges.pages import fields
from tests.factories.customers import at_home
from tests.factories.deals import deal
from tests.factories.hands import Hands
from tests.factories.mail import code_in, mails
from tests.factories.orders import ELM_STREET
from tests.factories.staff import signed_in
from tests.provider import GOOD

HOLDINGS: dict[str, str] = yaml.safe_load((Path(__file__).parents[1] / "personal.yml").read_text())
NAME, EMAIL, PHONE = "Wolpertine Quixley", "wolpertine.quixley@example.com", "+13125550187"
STREET, NOTE, WISH, COMPLAINT = "77 Snaggletooth Lane", "Beware of Xerxes", "Cut for Wilhelmina", "Quixley moved away"
MARKS = ("quixley", "wolpertine", "5550187", "snaggletooth", "xerxes", "wilhelmina")


@dataclass
class Canary:
    """The somebody, and what was logged about them."""

    user_id: int
    order_id: int
    logged: io.StringIO


def traces(shop: Flask, logged: io.StringIO) -> set[str]:
    """Every place that knows a mark of the canary: `table.column`, `redis`, `log`, `file`."""
    db.session.rollback()
    found = {place for place, text in (*_cells(), *_keys(), *_files()) if any(mark in text for mark in MARKS)}
    return found | ({"log"} if any(mark in logged.getvalue().lower() for mark in MARKS) else set())


def _cells() -> Iterator[tuple[str, str]]:
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)).all():
            told = _text(tuple(row))
            if any(mark in told for mark in MARKS):  # thousands of the seed have none
                yield from ((f"{table.name}.{column}", _text(value)) for column, value in row._mapping.items())
    db.session.rollback()


def _text(value: object) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False).lower()


def _plain(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    with suppress(zlib.error):
        value = zlib.decompress(value)
    return value.decode(errors="replace")


def _keys() -> Iterator[tuple[str, str]]:
    known = redis.from_url(settings().redis_url, decode_responses=False)
    for key in known.scan_iter():
        kind = known.type(key).decode()
        value = known.get(key) if kind == "string" else known.hgetall(key) if kind == "hash" else known.dump(key)
        yield "redis", f"{key!r} {value!r}".lower()


def _files() -> Iterator[tuple[str, str]]:
    for file in Path(urlsplit(settings().mail_url).path).rglob("*"):
        yield "file", file.read_text(errors="replace").lower()


@pytest.fixture
def hands(shop, outbox, monkeypatch) -> Hands:
    return Hands(monkeypatch)


@pytest.fixture
def canary(shop, limited, provider, hands, work_off) -> Canary:
    """Everything that the shop lets somebody write about themselves, and its staff about them."""
    logged = io.StringIO()
    with redirect_stderr(logged):
        log.configure(show_mail=False)
        deal(code="PIZZA20", limit_per_customer=2)
        user_id = _registered(limited, work_off)
        order_id = _ordered(limited, provider, user_id, work_off)
        _complained(limited, hands, order_id, work_off)
    log.configure(show_mail=True)
    return Canary(user_id, order_id, logged)


def _registered(shop: Flask, work_off: Callable[[], int]) -> int:
    client = browser(shop)
    form = {"name": NAME, "email": EMAIL, "password": "a peel and a very long broom"}
    client.post("/accounts", data={**fields(client.get("/register")), **form})
    work_off()
    assert client.post("/code", data={"code": code_in(mails(EMAIL)[-1])}).status_code == 303
    client.post("/session/end")
    assert client.post("/session", data={"email": EMAIL, "password": "not this one"}).status_code == 422
    assert client.post("/api/auth/login", json={"email": EMAIL, "password": "nor this one"}).status_code == 422
    client.get(f"/stores?q={STREET}")
    return db.session.scalars(select(User.id).where(User.email == EMAIL)).one()


def _ordered(shop: Flask, provider, user_id: int, work_off: Callable[[], int]) -> int:
    client = at_home(shop, user_id)
    client.post(
        "/cart/lines", data={"product": "margherita", "size": "m", "crust": "thin", "quantity": "2", "note": WISH}
    )
    _kept(client)
    client.post("/where", data={"method": "delivery", "street": STREET, "city": "Chicago", "zip": "60610"})
    client.post("/cart/coupon", data={"code": "PIZZA20"})
    form = {**fields(client.get("/checkout")), "name": NAME, "phone": PHONE, "email": EMAIL, "street": STREET}
    answer = client.post("/checkout", data={**form, "note": NOTE, "pay_with": "card"})
    assert answer.status_code == 303, answer.text
    order_id = db.session.scalars(select(Order.id)).one()
    work_off()
    payment_id = payments.state(order_id).id
    payments.begin(payment_id)
    provider.pay(payments.read(payment_id).intent_id, GOOD)
    payments.settle(payment_id)
    work_off()
    usual = fields(client.get("/account/orders"))["usual"]
    client.post("/account/usual", data={"usual": usual, "name": NAME})
    client.post("/cart/lines", data={"product": "cola"})
    client.post("/where", data={"method": "delivery", "street": STREET, "city": "Chicago", "zip": "60610"})
    client.post("/account/privacy/files")
    work_off()
    return order_id


def _kept(client: FlaskClient) -> None:
    """What a customer keeps at home."""
    client.post("/account/profile", data={"name": NAME, "phone": PHONE})
    client.post("/account/addresses", data={"name": NAME, "street": STREET, "city": "Chicago", "zip": "60610"})
    (line,) = re.findall(r'href="(/account/favourites/new\?line=\d+)"', client.get("/cart").text)
    client.post("/account/favourites", data={**fields(client.get(line)), "name": f"{NAME}'s"})


def _complained(shop: Flask, hands: Hands, order_id: int, work_off: Callable[[], int]) -> None:
    mina = signed_in(shop, "Mina", Role.MANAGER)
    with transaction():
        orders.accept(order_id, by="Beppe")
        orders.start_making(order_id, by="Beppe")
    mina.get(f"/staff/orders/{order_id}")
    mina.post(f"/staff/orders/{order_id}/message", data={"words": f"No {NAME} at the door?"})
    mina.post("/staff/orders/searches", data={"q": NAME, "state": "making", "name": "Theirs"})
    mina.get(f"/manage/audit?person={NAME}")
    mina.post("/manage/audit/exports", data={"person": NAME})
    mina.post("/manage/audit/exports", data={"subject": NAME})
    assert mina.post(f"/staff/orders/{order_id}/cancellation", data={"reason": COMPLAINT}).status_code == 303
    work_off()
    assert orders.status_of(order_id) is orders.OrderStatus.CANCELLED


def test_the_canary_sings(shop, canary):
    """What is looked for below was really there, in every kind of place that has a rule."""
    found = traces(shop, canary.logged)
    assert found >= {
        *("users.email", "users.name", "orders.name", "orders.phone", "orders.email", "orders.email_key"),
        *("orders.street", "orders.note", "order_units.note", "order_units.selection", "order_events.reason"),
        *("cart_lines.selection", "carts.street", "deal_claims.identity", "mail_codes.email", "mail_codes.carry"),
        *("data_exports.content", "file", "users.phone", "addresses.name", "addresses.street"),
        *("favourites.name", "favourites.selection", "habits.name", "tickets.message", "ticket_messages.words"),
        "orders.name_key",
    }
    assert not {
        place for place in found if place.partition(".")[0] in {"audit", "log", "redis", "outbox", "idempotency"}
    }


def test_once_erased_no_column_knows_them_and_after_a_week_no_file_does(shop, canary, hands, work_off):
    with transaction():
        users.erase(canary.user_id)
    work_off()
    assert traces(shop, canary.logged) <= {"file"}
    hands.move(minutes=8 * 24 * 60)
    for rule in keeping.RULES:
        rule.forget()
    assert traces(shop, canary.logged) == set()


def test_what_a_program_was_answered_goes_after_a_day_and_no_sooner(shop, canary, hands, work_off):
    program = held_by(shop, canary.user_id)
    program.post("/cart/items", {"productId": "margherita"})
    program.put("/cart/fulfilment", {**HOME, "address": {**HOME["address"], "street": STREET}})
    placed = program.checkout(contact={"name": NAME, "phone": PHONE, "email": EMAIL})
    assert placed.status_code == 201, placed.json
    work_off()
    assert program.post(f"/orders/{placed.json['id']}/cancellation").status_code == 200
    work_off()
    with transaction():
        users.erase(canary.user_id)
    work_off()
    assert traces(shop, canary.logged) - {"file"} == {"idempotency.answer"}
    hands.move(minutes=24 * 60 + 1)
    _rule("forget_keys").forget()
    assert traces(shop, canary.logged) <= {"file"}


def test_orders_of_guests_are_forgotten_by_the_clock_alone(shop, canary, hands, work_off):
    with transaction():
        db.session.execute(Order.__table__.update().values(account_id=None))
        users.end_all(canary.user_id)
    hands.move(minutes=92 * 24 * 60)
    for rule in keeping.RULES:
        rule.forget()
    work_off()
    # The account is another matter.
    assert {place.partition(".")[0] for place in traces(shop, canary.logged)} == {
        *("users", "addresses", "favourites", "habits")
    }


def test_a_day_too_early_everything_is_still_there(shop, canary, hands):
    hands.move(minutes=89 * 24 * 60)
    _rule("forget_orders").forget()
    assert "orders.street" in traces(shop, canary.logged)


def test_a_place_without_a_rule_would_be_found(shop, canary, hands, work_off):
    """The control: the same person, where nobody thought of them."""
    with transaction():
        db.session.add(Pause(store_id=ELM_STREET, until=hands.now + timedelta(hours=1), reason=f"{NAME} is here"))
        users.audit(None, "order.cancel", "order:1", reason=COMPLAINT)
        users.erase(canary.user_id)
    work_off()
    assert traces(shop, canary.logged) - {"file"} == {"store_pauses.reason", "audit.detail"}


def _rule(name: str) -> Rule:
    return next(rule for rule in keeping.RULES if rule.name == name)


def test_every_table_says_what_it_holds_about_people_and_how_that_ends():
    assert set(HOLDINGS) == set(Base.metadata.tables)
    words = {word for row in HOLDINGS.values() for word in row.split()}
    assert words <= {"none", "person", "staff", *(rule.name for rule in keeping.RULES)}


def test_the_page_of_privacy_in_the_docs_has_every_rule():
    page = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text()
    for rule in keeping.RULES:
        assert f"| {rule.what} | {rule.words} | {rule.why} | `{rule.name}` |" in page
