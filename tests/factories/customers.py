"""Customers who have an account: Ana, unless somebody else is named."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from app.core.db import db, transaction
from app.users import service as users
from app.users.models import Membership
from app.users.service import Role
from tests.conftest import browser
from tests.factories.staff import PASSWORD


def customer(name: str = "Ana") -> int:
    """Somebody with a sign-in, who does not work here; the user's id."""
    with transaction():
        user_id = users.add_staff(f"{name.lower()}@example.com", name, PASSWORD, Role.KITCHEN, None)
        db.session.execute(delete(Membership).where(Membership.user_id == user_id))
    return user_id


def at_home(shop: Flask, name: str = "Ana") -> FlaskClient:
    """A browser in which a customer is signed in."""
    customer(name)
    client = browser(shop)
    answer = client.post("/session", data={"email": f"{name.lower()}@example.com", "password": PASSWORD})
    assert answer.status_code == 303
    return client
