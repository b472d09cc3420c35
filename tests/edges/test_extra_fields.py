"""No form takes a field that it does not ask for: who sends more than a page asks, changes nothing by it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.core.db import db, transaction
from app.users import service as users
from app.users.models import User
from app.users.service import Role
from blueprints.order_links import order_address
from tests.conftest import browser
from tests.edges.pages import fields, filled_in, with_cart
from tests.factories.customers import at_home, customer
from tests.factories.deals import deal
from tests.factories.orders import COLA, ELM_STREET, MILWAUKEE_AVENUE, filled, placed
from tests.factories.staff import PASSWORD, signed_in

NOON = datetime(2026, 7, 3, 17, 5, tzinfo=UTC)
UNASKED = "987654"
# What an attacker would like to set, under the names that columns, forms and classes have.
NAMES = (
    *("id", "user_id", "owner_id", "staff_user_id", "store_id", "cart_id", "order_id", "deal_id", "invited_by"),
    *("is_admin", "admin", "is_staff", "roles", "role_id", "rights", "memberships", "disabled", "closed", "verified"),
    *("price", "price_cents", "amount", "amount_cents", "total", "total_cents", "discount", "fee_cents", "tax_cents"),
    *("status", "state", "stage", "version", "paid", "captured_cents", "refund_reserved_cents", "booked", "used"),
    *("password_hash", "token_hash", "key_hash", "salt", "hash", "created_at", "ended_at", "by", "access"),
)
EXTRAS = dict.fromkeys(NAMES, UNASKED)

Form = Callable[..., dict[str, str]]
STORE = {"store": str(ELM_STREET)}
Write = tuple[str, str, dict[str, Any] | Form, set[str]]


def page(path: str, **typed: str) -> Form:
    """The form of a page as it stands, with some of it changed."""
    return lambda client, **cast: {**fields(client.get(path.format(**cast))), **typed}


# who, where, what is sent, and which of the names above that very form does ask for
EVE = {**STORE, "name": "Eve", "email": "eve@example.com", "role": "kitchen"}
WRITES: list[Write] = [
    ("ana", "/cart/lines", {"product": "margherita", "size": "m", "crust": "thin"}, set()),
    ("ana", "/where", {"method": "carryout", "store": "1"}, set()),
    ("ana", "/checkout", lambda client, **_: filled_in(client.get("/checkout"), pay_with="cash"), {"total", "version"}),
    ("stranger", "/session", {"email": "mina@hotcorner.example", "password": PASSWORD}, set()),
    ("cora", "/account/profile", {"name": "Cora", "phone": "312 555 0142", "news": "y"}, set()),
    ("cora", "/account/addresses", {"name": "Home", "street": "12 Elm Street", "zip": "60610"}, set()),
    ("cora", "/account/email", {"email": "cora@new.example"}, set()),
    ("cora", "/account/favourites", page("/account/favourites/new?order={address}&line=0", name="Mine"), set()),
    ("cora", "/account/usual", page("/account/orders", name="Movie night"), set()),
    ("cora", "/orders/{address}/again", {}, set()),
    ("cora", "/account/privacy/files", {}, set()),
    ("cora", "/account/password", {"password": "a new and longer one"}, set()),
    ("stranger", "/accounts", {"name": "Dan", "email": "dan@example.com", "password": "a quiet oven door"}, set()),
    ("stranger", "/password/code", {"email": "cora@example.com"}, set()),
    ("stranger", "/session/code", {"email": "cora@example.com"}, set()),
    ("mina", "/staff/orders/{order}/message", {"words": "Ring twice, please"}, set()),
    ("mina", "/staff/orders/searches", {"q": "ana", "name": "Ana"}, set()),
    ("mina", "/manage/people/{beppe}/closing", STORE, set()),
    ("mina", "/staff/hours/pause", {**STORE, "minutes": "15", "reason": "The oven rests"}, set()),
    ("mina", "/staff/hours/quote", {**STORE, "change": "more"}, set()),
    ("mina", "/staff/hours/week", page("/staff/hours?store=1", store="1", hours="Mon-Sun 11am-10pm"), set()),
    ("mina", "/staff/zones", page("/staff/zones?store=1", name="Near", miles="2", store="1"), set()),
    ("mina", "/staff/menu/sold-out", {**STORE, "kind": "topping", "key": "mushroom"}, set()),
    ("mina", "/manage/prices/cola", page("/manage/prices/cola?store=1", store="1", offered="1"), set()),
    ("mina", "/manage/people/invitations", EVE, set()),
    ("ada", "/manage/people/{beppe}/roles", {**STORE, "role": "counter"}, set()),
    ("ada", "/manage/menu/products/cola", page("/manage/menu/products/cola", name="Kola"), set()),
    ("ada", "/manage/deals/{deal}/codes", {"code": "LUCKY7", "limit": "3"}, set()),
    ("ada", "/manage/deals/{deal}/pause", {}, set()),
    ("mina", "/staff/orders/{order}/cancellation", {"reason": "The oven is out"}, set()),
    ("mina", "/staff/orders/{order}/moves", {"expected": "received"}, set()),
]


@pytest.fixture
def cast(shop, work_off) -> dict[str, Any]:
    with time_machine.travel(NOON, tick=False):
        cora = customer("Cora")
        order, hers = placed(), placed(account=cora)
        work_off()
        hands = {
            "ana": with_cart(browser(shop), filled(COLA)),
            "cora": at_home(shop, cora),
            "stranger": browser(shop),
            "mina": signed_in(shop, "Mina", Role.MANAGER),
            "ada": signed_in(shop, "Ada", Role.ADMIN, None),
        }
        with transaction():
            beppe = users.add_staff("beppe@hotcorner.example", "Beppe", PASSWORD, Role.KITCHEN, ELM_STREET)
        return {
            **hands,
            "beppe": beppe,
            "order": order,
            "deal": deal(),
            "address": order_address(hers),
            "cora_id": cora,
        }


@pytest.fixture
def kept(monkeypatch) -> list[Any]:
    """The values that a request writes; none of them is committed."""
    written: list[Any] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and "idempotency" not in statement:
            written.append((statement, values))

    def commit(session: Session) -> None:
        session.flush()
        session.rollback()

    monkeypatch.setattr(Session, "commit", commit)
    event.listen(db.engine, "before_cursor_execute", note)
    yield written
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_form_takes_no_field_that_it_does_not_ask_for(cast, kept):
    for name, path, form, asked in WRITES:
        client, url = cast[name], path.format(**cast)
        with time_machine.travel(NOON, tick=False):
            sent = form(client, **cast) if callable(form) else form
            kept.clear()
            extras = {key: value for key, value in EXTRAS.items() if key not in {*asked, *sent}}
            answer = client.post(url, data={**sent, **extras})
        # Placing goes on after its commit, and finds no order here: its writes are all the same to see.
        assert answer.status_code < 400 or path == "/checkout", (path, answer.text)
        assert kept, path
        assert UNASKED not in str(kept), path


def test_a_role_or_a_store_that_is_sent_along_is_not_taken(cast):
    """The two that a form could take by their own words: an invitation to a role, a price at a store not one's own."""
    mina = cast["mina"]
    for more in (
        {"role": "admin"},
        {"role": "marketing"},
        {"store": str(MILWAUKEE_AVENUE)},
        {"store": ""},
        {"store": "every"},
    ):
        assert mina.post("/manage/people/invitations", data={**EVE, **more}).status_code == 422
    twice = {"store": [str(ELM_STREET), str(MILWAUKEE_AVENUE)], "change": "more"}
    assert mina.post("/staff/hours/quote", data=twice).status_code == 303
    assert db.session.scalars(select(User.name).where(User.email == "eve@example.com")).all() == []
