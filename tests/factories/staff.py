"""The crew: Beppe in the kitchen, Rosa at the counter, Mina who manages, Milo in marketing, Ada who runs the chain."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.core import clock
from app.core.db import db, transaction
from app.users import second_step, totp
from app.users import service as users
from app.users.models import AuditRow, Membership, User
from app.users.service import SECURED_ROLES, Role
from tests.conftest import browser
from tests.factories.orders import ELM_STREET

PASSWORD = "a long dull password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def hired(name: str = "Beppe", role: Role = Role.KITCHEN, store_id: int | None = ELM_STREET) -> str:
    """A new member of staff, with a second step where their role needs it; gives their email address."""
    email = f"{name.lower()}@hotcorner.example"
    secret = SECRET if role in SECURED_ROLES else None
    with transaction():
        users.add_staff(email, name, PASSWORD, role, store_id, totp_secret=secret)
    return email


def number(name: str) -> int:
    """The number of a person's account."""
    return db.session.scalars(select(User.id).where(User.name == name)).one()


def secure(user_id: int) -> None:
    """Give somebody the second step that the crew has."""
    with transaction():
        db.session.get_one(User, user_id).totp_secret = second_step.sealed(user_id, SECRET)


def app_code(*, later: int = 0, secret: str = SECRET) -> str:
    """What an authenticator app shows, the crew's if not another's; or some half minutes later."""
    return totp.code(secret, totp.step_at(clock.now()) + later)


def signed_in(
    shop: Flask, name: str = "Beppe", role: Role = Role.KITCHEN, store_id: int | None = ELM_STREET
) -> FlaskClient:
    """A browser in which a new member of staff is signed in."""
    client = browser(shop)
    answer = client.post("/session", data={"email": hired(name, role, store_id), "password": PASSWORD})
    assert answer.status_code == 303
    if role in SECURED_ROLES:
        answer = client.post("/session/second-step", data={"code": app_code()})
        assert answer.status_code == 303
    return client


def works_here(user_id: int, role: Role = Role.MARKETING, store_id: int | None = None) -> None:
    """Somebody of the staff by this number, as the starter of long work; they cannot sign in."""
    with transaction():
        db.session.add(User(id=user_id, email=f"{user_id}@hotcorner.example", name="Milo", created_at=clock.now()))
        db.session.flush()
        db.session.add(Membership(user_id=user_id, role=role.value, store_id=store_id))


def lose(name: str) -> None:
    """Let somebody of the staff be of the kitchen alone from now on."""
    with transaction():
        mine = select(User.id).where(User.name == name).scalar_subquery()
        db.session.execute(update(Membership).where(Membership.user_id == mine).values(role=Role.KITCHEN.value))


def written_down() -> list[AuditRow]:
    """What was done so far, without what was refused."""
    done = select(AuditRow).where(AuditRow.deed != "access.refused").order_by(AuditRow.id)
    return list(db.session.scalars(done))
