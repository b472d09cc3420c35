"""Customers with an account: Ana, and Carlo, who is somebody else."""

from flask import Flask
from flask.testing import FlaskClient

from app.core.db import transaction
from app.users import service as users
from app.users import sessions
from tests.conftest import browser

PASSWORD = "a pizza peel and a broom"


def customer(name: str = "Ana", password: str = PASSWORD) -> int:
    """A new customer, known by `ana@example.com`; gives the user's id."""
    with transaction():
        code_id = users.ask_to_register(f"{name.lower()}@example.com", name, password)
        token = users.enter_by(users.use(code_id)).token
    person = users.who(token)
    assert person
    with transaction():
        users.sign_out(token)
    return person.user_id


def at_home(shop: Flask, user_id: int) -> FlaskClient:
    """A browser in which somebody signed in a moment ago."""
    client = browser(shop)
    with transaction():
        token = sessions.begin(user_id, "Firefox on Linux")
    with client.session_transaction() as kept:
        kept["_user_id"] = token
    return client
