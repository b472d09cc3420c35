"""Who gets in where: every route and method, for everybody there is, as tests/access.yml says."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import time_machine
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.core import events, longwork
from app.core.db import Base, db, transaction
from app.core.events import OutboxRow
from app.core.longwork import Owner, Wanted
from app.orders import cart
from app.orders.keys import tracking_key
from app.payments.service import PayWith
from app.users import invitations
from app.users import service as users
from app.users.models import Membership, User
from app.users.service import SECURED_ROLES, Role, Who
from blueprints import who as asking
from tests.conftest import FRIDAY_NOON, browser, forget
from tests.databases import PostgresCopies, SqliteCopies
from tests.edges.pages import HTMX, with_cart
from tests.edges.test_extra_fields import EXTRAS, UNASKED
from tests.factories.deals import deal
from tests.factories.orders import COLA, ELM_STREET, MARGHERITA, MILWAUKEE_AVENUE, check_out, filled
from tests.factories.staff import PASSWORD, SECRET, app_code
from tests.queries import counted

ROWS: dict[str, str] = yaml.safe_load((Path(__file__).parent / "access.yml").read_text())
STAFF = {
    "kitchen": (Role.KITCHEN, ELM_STREET),
    "counter": (Role.COUNTER, ELM_STREET),
    "driver": (Role.DRIVER, ELM_STREET),
    "manager": (Role.MANAGER, ELM_STREET),
    "marketing": (Role.MARKETING, None),
    "admin": (Role.ADMIN, None),
    "elsewhere": (Role.MANAGER, MILWAUKEE_AVENUE),
    "closed": (Role.KITCHEN, ELM_STREET),
}
CUSTOMERS = ("owner", "stranger")
SUBJECTS = ("anonymous", *CUSTOMERS, *STAFF)
# Rows of these come and go with every request, or are what a refusal leaves behind.
BESIDE = {"audit", "audit_head", "sessions"}
WRITES = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")
# A form's key, and that somebody is at work.
UNNOTED = {"idempotency", "sessions"}
# Whoever looks at their own work has seen it; a sheet that waits or is put aside, and a preview, have done nothing;
# this order was accepted by itself, and this deal runs already.
UNWRITTEN = {
    "/manage/deals/<row:deal_id>/pause/end",
    "/manage/deals/<row:deal_id>/start",
    "/manage/jobs/<row:job_id>",
    "/manage/menu/sheet",
    "/manage/prices/<slug>/preview",
    "/staff/orders/<row:number>/acceptance",
}
NONE_OF = ("card_id", "session_id", "refund_id", "address_id", "favourite_id", "export_id", "device_id")
# Rows of these kinds are let in by what `who.scope` says, the one function that knows what staff may see.
SCOPED = {"store", "store?", "chain", "chain?", "somewhere", "somewhere?", "person", "person?"}
OUT, NOT_YOURS, NOT_THERE, IN = "signs in", "403", "404", "in"
ELSEWHERE = {"store": NOT_THERE, "somewhere": IN, "work": NOT_THERE, "person": NOT_THERE}


@dataclass
class Cast:
    """The shop with something of everything in it, and everybody in a browser of their own."""

    shop: Flask
    copies: SqliteCopies | PostgresCopies
    browsers: dict[str, FlaskClient] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    state: dict[str, "Rows"] = field(default_factory=dict)


@pytest.fixture(scope="module")
def cast(app, copies) -> Iterator[Cast]:
    with app.app_context(), time_machine.travel(FRIDAY_NOON, tick=False):
        copies.renew(db.engine)
        forget()
        made = Cast(app, copies)
        _hire(made)
        _fill(made)
        for name, client in made.browsers.items():
            cookie = client.get_cookie("hotcorner")
            made.cookies[name] = cookie.value if cookie else ""
        db.session.remove()
    made.state = state(made)
    yield made
    with app.app_context():
        db.session.remove()


def _hire(made: Cast) -> None:
    with transaction():
        for name, (role, store_id) in STAFF.items():
            secret = SECRET if role in SECURED_ROLES else None
            users.add_staff(f"{name}@hotcorner.example", name, PASSWORD, role, store_id, totp_secret=secret)
        for name in CUSTOMERS:
            user_id = users.add_staff(f"{name}@example.com", name, PASSWORD, Role.KITCHEN, ELM_STREET)
            db.session.execute(Membership.__table__.delete().where(Membership.user_id == user_id))
    for name in SUBJECTS:
        made.browsers[name] = browser(made.shop)
        if name != "anonymous":
            email = f"{name}@{'example.com' if name in CUSTOMERS else 'hotcorner.example'}"
            assert made.browsers[name].post("/session", data={"email": email, "password": PASSWORD}).status_code == 303
        if name in STAFF and STAFF[name][0] in SECURED_ROLES:
            answer = made.browsers[name].post("/session/second-step", data={"code": app_code()})
            assert answer.status_code == 303
    with transaction():
        db.session.execute(update(User).where(User.name == "closed").values(disabled=True))


def _fill(made: Cast) -> None:
    ids = {name: db.session.scalar(select(User.id).where(User.name == name)) for name in STAFF}
    mine = filled(MARGHERITA)
    with_cart(made.browsers["owner"], mine)
    order_id, _ = check_out(COLA, pay_with=PayWith.CASH)
    for event_id in db.session.scalars(select(OutboxRow.id)).all():
        events.deliver(event_id)
    with transaction():
        number = invitations.invite(
            Who(ids["manager"], "", ((Role.MANAGER, ELM_STREET),)), "Rosa", "rosa@example.com", Role.KITCHEN, ELM_STREET
        )
        job = longwork.prepare(
            Wanted("deals.make", "Codes", "codes", 1, Owner(ids["admin"], "edit_deals", "/manage/deals/{id}"))
        )
    post = db.session.scalar(select(Membership.id).where(Membership.user_id == ids["kitchen"]))
    made.things = {
        "line_id": cart.view(mine).lines[0].id,
        **dict.fromkeys(NONE_OF, 999),
        "deal_id": deal(code="PIZZA20"),
        "number": order_id,
        "invitation": number,
        "job_id": job,
        "user_id": ids["kitchen"],
        "post_id": post,
        "store_id": ELM_STREET,
        "slug": "margherita",
        "product_id": "margherita",
        "order_id": order_id,
        "key": "mushroom",
        "day": "2026-07-04",
        "plot": "days",
        "measure": "prep",
        "code": "PIZZA20",
        "seq": 1,
        "copy": 1,
        "driver_id": ids["driver"],
        "address": f"{order_id}-{tracking_key(order_id)}",
        "invited": invitations.link(number).rpartition("/")[2],
    }


@pytest.fixture
def nothing_kept(monkeypatch) -> None:
    """Let everything happen but the commit, so that each request finds the shop as it was."""

    def commit(session: Session) -> None:
        session.flush()
        session.rollback()

    monkeypatch.setattr(Session, "commit", commit)


@cache
def rules(app: Flask) -> dict[str, Rule]:
    return {
        f"{method} {rule.rule}": rule
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def test_every_route_has_a_row_and_every_row_a_route(app):
    assert set(ROWS) == set(rules(app))


@pytest.mark.one_database("postgres")
@pytest.mark.parametrize("route", ROWS)
def test_nobody_else_gets_in_and_whoever_is_refused_leaves_the_shop_as_it_was(cast, route):
    asking.refused.clear()
    refused = {subject: expected(route, subject) for subject in SUBJECTS if expected(route, subject) != IN}
    assert {subject: outcome(ask(cast, route, subject)) for subject in refused} == refused
    if refused and not route.startswith("GET "):
        assert changed(cast) == set()


@pytest.fixture
def scopes(monkeypatch) -> list[Any]:
    """Each time that a request asks what its member of staff may see."""
    asked, scope = [], asking.scope

    def ask_and_note(*given: Any) -> Any:
        asked.append(given)
        return scope(*given)

    monkeypatch.setattr(asking, "scope", ask_and_note)
    return asked


@pytest.mark.one_database("postgres")
@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("route", ROWS)
def test_everybody_gets_in_where_the_row_says_and_what_they_do_at_the_desk_is_written_down(cast, route, scopes):
    method, _, path = route.partition(" ")
    for subject in SUBJECTS:
        if expected(route, subject) == IN:
            scopes.clear()
            with cast.shop.app_context(), counted() as sent:
                answer = ask(cast, route, subject)
            leads_on = method == "GET" and answer.status_code == 303  # to a page that they may see
            assert scopes or leads_on or ROWS[route].split()[0] not in SCOPED, (subject, "no scope was asked for")
            got = outcome(answer)
            assert got == IN or (may_lack(route) and got == NOT_THERE), subject
            written = {found[1] for one in sent if (found := WRITES.match(one))} - UNNOTED
            if path.startswith(("/staff", "/manage")) and path not in UNWRITTEN and answer.status_code < 400:
                assert not written or {"audit", "audit_head"} <= written, (subject, written)


@pytest.mark.one_database("postgres")
@pytest.mark.parametrize("route", [route for route, row in ROWS.items() if row == "key"])
def test_a_key_that_was_guessed_opens_nothing(cast, route):
    for wrong in ("a" * 26, "", "x"):
        address = f"{cast.things['invitation' if 'invitations' in route else 'number']}-{wrong}"
        assert ask(cast, route, "anonymous", address=address).status_code in {404, 410}
    assert changed(cast) == set()


@pytest.mark.one_database
@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("route", [route for route in ROWS if not route.startswith("GET ")])
def test_no_write_takes_a_field_that_it_does_not_ask_for(cast, route):
    """Every route that writes, for everybody who gets in, with all that an attacker would like to set beside its form.

    Whole forms of those that matter most are in tests/edges/test_extra_fields.py.
    """
    for subject in SUBJECTS:
        if expected(route, subject) == IN:
            with cast.shop.app_context(), written() as values:
                assert outcome(ask(cast, route, subject, beside=EXTRAS)) != OUT
            assert UNASKED not in str(values), (subject, values)


@contextmanager
def written() -> Iterator[list[tuple[str, Any]]]:
    """The statements that change something, with their values."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and "idempotency" not in statement:
            found.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_a_field_that_is_asked_for_would_be_seen(cast, nothing_kept):
    """The control: what a form does ask for is among what is written."""
    with cast.shop.app_context(), written() as values:
        ask(cast, "POST /staff/hours/pause", "manager", beside={"minutes": "15", "reason": UNASKED})
    assert UNASKED in str(values)


def test_a_write_would_be_seen(cast):
    """The control: what somebody with the right does, changes the state that the tests above compare."""
    assert outcome(ask(cast, "POST /staff/hours/quote", "counter", beside={"change": "more"})) == IN
    assert "stores" in changed(cast)
    cast.state = state(cast)


def expected(route: str, subject: str) -> str:
    kind, *roles = ROWS[route].replace("?", "").split()
    if kind in {"public", "key", "api"} or subject in roles:
        return IN
    if kind == "cart":
        return IN if subject == "owner" else NOT_THERE
    if kind == "bearer" or subject in {"anonymous", "closed"}:
        return OUT
    if kind in {"account", "customer"}:
        return IN if kind == "account" or subject in CUSTOMERS else OUT
    if subject in CUSTOMERS or kind == "signed":
        return NOT_YOURS if subject in CUSTOMERS else IN
    if subject == "elsewhere":
        return ELSEWHERE.get(kind, NOT_YOURS)
    return NOT_THERE if kind == "work" else NOT_YOURS


def may_lack(route: str) -> bool:
    kind = ROWS[route].split()[0]
    return kind in {"public", "api"} or kind.endswith("?")


def outcome(answer: TestResponse) -> str:
    assert answer.status_code < 500, answer.text
    if answer.status_code == 401 or (answer.location or "").startswith("/sign-in?next=/"):
        return OUT
    if answer.headers.get("HX-Redirect", "").startswith("/sign-in?next=/"):
        return OUT
    return {403: NOT_YOURS, 404: NOT_THERE}.get(answer.status_code, IN)


def ask(cast: Cast, route: str, subject: str, beside: dict[str, str] | None = None, **other: Any) -> TestResponse:
    method, _, path = route.partition(" ")
    rule = rules(cast.shop)[route]
    values = {name: {**cast.things, **other}[name] for name in rule.arguments if name in cast.things}
    if path.startswith("/manage/people/invitations/"):
        values["number"] = cast.things["invitation"]
    if path.startswith("/invitations") and not other:
        values["address"] = cast.things["invited"]
    values |= FILES.get(path, {})
    url = rule.build(values, append_unknown=False)[1]  # type: ignore[index]  # every value is there
    headers = HTMX if path.startswith("/x/") else {}
    desk = path.startswith(("/staff", "/x/", "/manage/prices"))
    sent: dict[str, Any] = {"query_string": {"store": str(ELM_STREET)}} if desk else {}
    if method != "GET":
        sent["data"] = {**(beside or {}), "store": str(ELM_STREET), **FORMS.get(path, {})}
    if ROWS[route] == "bearer":
        headers, sent = {"Idempotency-Key": "a-key-of-mine"}, {"json": {**(beside or {})}}
    client = cast.browsers[subject]
    client.delete_cookie("hotcorner")  # what the last answer left in it
    if cookie := cast.cookies.get(subject):
        client.set_cookie("hotcorner", cookie)
    with cast.shop.app_context():
        return client.open(url, method=method, headers=headers, buffered=True, **sent)


MUSHROOM = {"kind": "topping", "key": "mushroom"}
FORMS: dict[str, dict[str, str]] = {
    "/staff/menu/sold-out": MUSHROOM,
    "/staff/menu/sold-out/end": MUSHROOM,
    "/staff/orders/<row:number>/moves": {"expected": "received"},
}
FILES: dict[str, dict[str, str]] = {
    "/pic/<version>/<look>/<path:name>.svg": {"version": "1", "look": "plain", "name": "margherita"},
    "/static/b/<name>.<tag>.<kind>": {"name": "site", "tag": "0", "kind": "css"},
    "/static/<path:filename>": {"filename": "favicon.svg"},
    "/stores/<slug>": {"slug": "elm-street"},
}


Rows = list[tuple[Any, ...]]
# Compared as the driver has them, which is a tenth of the work: thirty thousand are read for each refusal.
KEPT = {
    table.name: str(select(table).order_by(*table.primary_key.columns))
    for table in Base.metadata.sorted_tables
    if table.name not in BESIDE
}


def state(cast: Cast, among: Collection[str] = KEPT) -> dict[str, Rows]:
    """All rows of each table, or of some."""
    with cast.shop.app_context():
        cursor = db.session.connection().connection.cursor()
        found = {name: cursor.execute(KEPT[name]).fetchall() for name in among}
        db.session.remove()
        return found


def changed(cast: Cast) -> set[str]:
    """The tables that are not as they were when everybody came. Where it is noted which were written to since the
    seed, nobody reads the others.
    """
    written_to = cast.copies.touched()
    now = state(cast, KEPT if written_to is None else KEPT.keys() & written_to)
    return {name for name, rows in now.items() if rows != cast.state[name]}
