"""Public verbs of the users domain: who somebody is, what they may do, and a record of what they did."""

from sqlalchemy import bindparam, or_, select

from app.core import clock
from app.core.db import db
from app.core.glancing import glances
from app.users import passwords, second_step
from app.users.accounts import (
    Account,
    Entry,
    account,
    ask_to_change_email,
    ask_to_confirm,
    ask_to_register,
    change_email,
    change_password,
    change_profile,
    choose_news,
    enter_by,
    mailbox,
    password_is,
    reset_password,
    sign_in,
)
from app.users.audit import audit, seal
from app.users.codes import Code, Purpose, ask, by_key, give, over, use, waiting
from app.users.models import Membership, User
from app.users.personal import Export, ask_for_export, erase, exported, latest_export
from app.users.rights import CHAIN_RIGHTS, IN_WORDS, RIGHTS, SECURED_ROLES, Right, Role, Who
from app.users.second_step import drop as drop_second_step
from app.users.second_step import enrol, passes, recovery_left, renew_recovery
from app.users.sessions import (
    Device,
    Visit,
    confirm,
    devices,
    end_all,
    end_by,
    end_one,
    halfway,
    renew,
    seen,
    visit,
    who,
)
from app.users.sessions import end as sign_out
from app.users.totp import address as secret_address
from app.users.totp import new_secret

__all__ = [
    "CHAIN_RIGHTS",
    "IN_WORDS",
    "RIGHTS",
    "SECURED_ROLES",
    "Account",
    "Code",
    "Device",
    "Entry",
    "Export",
    "Purpose",
    "Right",
    "Role",
    "Visit",
    "Who",
    "account",
    "add_staff",
    "ask",
    "ask_for_export",
    "ask_to_change_email",
    "ask_to_confirm",
    "ask_to_register",
    "audit",
    "by_key",
    "change_email",
    "change_password",
    "change_profile",
    "choose_news",
    "confirm",
    "devices",
    "drop_second_step",
    "email_of",
    "end_all",
    "end_by",
    "end_one",
    "enrol",
    "enter_by",
    "erase",
    "exported",
    "give",
    "halfway",
    "latest_export",
    "mailbox",
    "new_secret",
    "over",
    "passes",
    "password_is",
    "people_with",
    "recovery_left",
    "renew",
    "renew_recovery",
    "reset_password",
    "seal",
    "secret_address",
    "seen",
    "sign_in",
    "sign_out",
    "use",
    "visit",
    "waiting",
    "who",
    "whom_to_ask",
]

MOST_TO_ASK = 3
# Every refusal at the desk asks it.
TO_ASK = (
    select(User.name, Membership.role)
    .join(Membership, Membership.user_id == User.id)
    .where(
        Membership.role.in_(bindparam("roles", expanding=True)),
        or_(Membership.store_id.is_(None), Membership.store_id == bindparam("place")),
        User.disabled.is_(False),
    )
    .order_by(Membership.store_id.is_(None), User.id)
    .limit(MOST_TO_ASK)
)


def whom_to_ask(right: Right, store_id: int | None) -> tuple[str, ...]:
    """Three people at most who have a right at a store, those of the store itself first: `Mina (manager)`."""
    place = None if right in CHAIN_RIGHTS else store_id
    roles = [role.value for role, rights in RIGHTS.items() if right in rights]
    return tuple(f"{name} ({role})" for name, role in glances(TO_ASK, {"roles": roles, "place": place}))


def add_staff(
    email: str, name: str, password: str, role: Role, store_id: int | None, *, totp_secret: str | None = None
) -> int:
    """A new member of staff with one role, and with a second step where its secret is given; returns the user's id."""
    user = User(email=mailbox(email), name=name, password_hash=passwords.hashed(password), created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    user.totp_secret = second_step.sealed(user.id, totp_secret) if totp_secret else None
    db.session.add(Membership(user_id=user.id, role=role.value, store_id=store_id))
    return user.id


def people_with(right: Right, store_id: int) -> tuple[int, ...]:
    """Who has a right at a store and can sign in: those of the store itself, or, where it has none, of the chain."""
    roles = [role.value for role, rights in RIGHTS.items() if right in rights]
    query = (
        select(Membership.user_id, Membership.store_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.role.in_(roles),
            or_(Membership.store_id.is_(None), Membership.store_id == store_id),
            User.disabled.is_(False),
        )
        .order_by(Membership.user_id)
    )
    found = db.session.execute(query).all()
    here = [row.user_id for row in found if row.store_id == store_id]
    return tuple(dict.fromkeys(here or [row.user_id for row in found]))


def email_of(user_id: int) -> str | None:
    """Where somebody is written to; None when they cannot sign in any more."""
    return db.session.scalar(select(User.email).where(User.id == user_id, User.disabled.is_(False)))
