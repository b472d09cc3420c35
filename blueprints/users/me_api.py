"""Oneself, for programs: the account, what one has ordered, what is known about one, and an end to it."""

from typing import Any

from flask import json

from app.core import personal
from app.orders import holders
from app.orders import service as orders
from app.users import service as users
from blueprints.api import orders as shapes
from blueprints.api import people
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.orders import Orders
from blueprints.api.people import Erased, File, Known, Privacy, User
from blueprints.api.shape import Cursor, Query
from blueprints.users.asked import Changed

api = Api("users", "/api/users/me")
ACCOUNT, PAGE = Guard.ACCOUNT, 20


class Page(Query):
    """Where to go on."""

    cursor: Cursor | None = None


@api.get("", User, guard=ACCOUNT)
def me(caller: Caller) -> User:
    """One's own account."""
    return people.user(users.account(caller.me.user_id), caller.me)


@api.patch("", User, guard=ACCOUNT, body=Changed, example={"name": "Ana", "phone": "(312) 555-0142"})
def change_me(body: Changed, caller: Caller) -> User:
    """Change one's own name or phone. Email and password have calls of their own."""
    mine = users.account(caller.me.user_id)
    phone = mine.phone if body.phone is None else body.phone
    users.change_profile(mine.user_id, body.name or mine.name, phone)
    return people.user(users.account(mine.user_id), caller.me)


@api.delete("", Erased, guard=ACCOUNT, refuses=(409,))
def erase_me(caller: Caller) -> Erased:
    """Erase one's own account, within minutes of showing who one is; 409 while something of it still runs.

    Nobody is behind it any more, and orders tell no name. `kept` says what stays for a while, and why.
    """
    caller.proved()
    users.erase(caller.me.user_id)
    return Erased(kept=people.kept(personal.told_rules()))


@api.get("/privacy", Privacy, guard=ACCOUNT)
def my_privacy(caller: Caller) -> Privacy:
    """What is known about customers, how long and why; what has to end before one's account can be erased."""
    mine = caller.me.user_id
    latest = users.latest_export(mine)
    return Privacy(
        kept=people.kept(personal.told_rules()),
        waits_for=list(personal.waits_for(mine)),
        file=people.file(latest) if latest else None,
    )


@api.post("/exports", File, guard=ACCOUNT, status=201)
def ask_for_file(caller: Caller) -> File:
    """Have a file made with all that is known about one, within minutes of showing who one is; at most one an hour."""
    caller.proved()
    return people.file(users.ask_for_export(caller.me.user_id))


@api.get("/exports/<row:export_id>", Known, guard=ACCOUNT, refuses=(404,))
def fetch_file(export_id: int, caller: Caller) -> Known:
    """The file, within minutes of showing who one is: each part of the shop tells what it knows."""
    caller.proved()
    told: dict[str, Any] = json.loads(users.exported(caller.me.user_id, export_id))
    return Known(made_at=told.pop("made_at"), parts=told)


@api.get("/orders", Orders, guard=ACCOUNT, query=Page)
def my_orders(query: Page, caller: Caller) -> Orders:
    """What one has ordered, newest first, a page at a time."""
    before = int(query.cursor) if query.cursor else None
    ids = holders.orders_of(caller.me.user_id, before=before, most=PAGE + 1)
    views = orders.several(ids[:PAGE])
    cursor = str(ids[PAGE - 1]) if len(ids) > PAGE else None
    return Orders(orders=[shapes.brief(views[number]) for number in ids[:PAGE]], next_cursor=cursor)
