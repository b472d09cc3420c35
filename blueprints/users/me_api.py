"""Oneself, for programs: the account, and what one has ordered."""

from app.orders import holders
from app.orders import service as orders
from app.users import accounts
from app.users import service as users
from blueprints.api import orders as shapes
from blueprints.api import people
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.orders import Orders
from blueprints.api.people import User
from blueprints.api.shape import Cursor, Query
from blueprints.users.asked import Renamed

api = Api("users", "/api/users/me")
PAGE = 20


class Page(Query):
    """Where to go on."""

    cursor: Cursor | None = None


@api.get("", User, guard=Guard.ACCOUNT)
def me(caller: Caller) -> User:
    """One's own account."""
    return people.user(users.account(caller.me.user_id), caller.me)


@api.patch("", User, guard=Guard.ACCOUNT, body=Renamed, example={"name": "Ana"})
def change_me(body: Renamed, caller: Caller) -> User:
    """Change one's own name. E-mail and password are changed on the pages, where one's mailbox answers."""
    accounts.rename(caller.me.user_id, body.name)
    return people.user(users.account(caller.me.user_id), caller.me)


@api.get("/orders", Orders, guard=Guard.ACCOUNT, query=Page)
def my_orders(query: Page, caller: Caller) -> Orders:
    """What one has ordered, newest first, a page at a time."""
    before = int(query.cursor) if query.cursor else None
    ids = holders.orders_of(caller.me.user_id, before=before, most=PAGE + 1)
    views = orders.several(ids[:PAGE])
    cursor = str(ids[PAGE - 1]) if len(ids) > PAGE else None
    return Orders(orders=[shapes.brief(views[number]) for number in ids[:PAGE]], next_cursor=cursor)
