"""The command line's edge: `flask seed`. Loaded only there: a server has no use for it."""

import json
import secrets
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext

from app.core.db import transaction
from app.menu import seed as menu
from app.promotions import seed as promotions
from app.stores import seed as stores
from app.stores import service as directory
from app.users import service as users
from app.users.service import SECURED_ROLES, Role

CREW = (
    *((Role.KITCHEN, "Beppe"), (Role.COUNTER, "Rosa"), (Role.MANAGER, "Mina")),
    *((Role.MARKETING, "Milo"), (Role.ADMIN, "Ada")),
)
OF_CHAIN = frozenset({Role.MARKETING, Role.ADMIN})


def init_app(app: Flask) -> None:
    """Give the command line its verbs."""
    app.cli.add_command(seed)


@click.command("seed")
@click.option("--sign-ins", type=click.Path(path_type=Path), help="Where to write the staff sign-ins that are made.")
@with_appcontext
def seed(sign_ins: Path | None) -> None:
    """Write the chain's stores, menu and deals, and a crew for its first store when a file for sign-ins is given."""
    with transaction():
        stores.load()
        menu.load({info.id: info for info in directory.listed()})
        promotions.load()
    if sign_ins is not None and not sign_ins.exists():
        with transaction():
            crew = [_hire(role, name) for role, name in CREW]
        sign_ins.touch(mode=0o600)
        sign_ins.write_text(json.dumps(crew, indent=2))


def _hire(role: Role, name: str) -> dict[str, str]:
    first = directory.store(directory.first())
    password = secrets.token_urlsafe(9)
    email = f"{name.lower()}.{secrets.token_hex(2)}@hotcorner.example"
    secret = users.new_secret() if role in SECURED_ROLES else None
    users.add_staff(email, name, password, role, None if role in OF_CHAIN else first.id, totp_secret=secret)
    place = "every store" if role in OF_CHAIN else first.name
    return {"role": role.value, "email": email, "password": password, "store": place, "totp": secret or ""}
