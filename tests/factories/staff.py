"""The crew: Beppe in the kitchen, Rosa at the counter, Mina who manages, Milo in marketing, Ada who runs the chain."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import db, transaction
from app.users import service as users
from app.users.models import AuditRow
from app.users.service import Role
from tests.conftest import browser
from tests.factories.orders import ELM_STREET

PASSWORD = "a long dull password"


def hired(name: str = "Beppe", role: Role = Role.KITCHEN, store_id: int | None = ELM_STREET) -> str:
    """A new member of staff; gives their e-mail address."""
    email = f"{name.lower()}@hotcorner.example"
    with transaction():
        users.add_staff(email, name, PASSWORD, role, store_id)
    return email


def signed_in(
    shop: Flask, name: str = "Beppe", role: Role = Role.KITCHEN, store_id: int | None = ELM_STREET
) -> FlaskClient:
    """A browser in which a new member of staff is signed in."""
    client = browser(shop)
    answer = client.post("/session", data={"email": hired(name, role, store_id), "password": PASSWORD})
    assert answer.status_code == 303
    return client


def written_down() -> list[AuditRow]:
    """What was done so far, without what was refused."""
    done = select(AuditRow).where(AuditRow.deed != "access.refused").order_by(AuditRow.id)
    return list(db.session.scalars(done))
