"""The command line's edge: `flask seed`, `load-history`, `create-admin`, `verify-audit`, `seal-anew`. Servers
never load it.
"""

import json
import secrets
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.core.db import transaction
from app.core.errors import Refusal
from app.menu import seed as menu
from app.promotions import seed as promotions
from app.stores import seed as stores
from app.stores import service as directory
from app.users import audit, invitations, second_step
from app.users import service as users
from app.users.service import SECURED_ROLES, Role
from blueprints.history import load_history

CREW = (
    *((Role.KITCHEN, "Beppe"), (Role.COUNTER, "Rosa"), (Role.DRIVER, "Dino"), (Role.MANAGER, "Mina")),
    *((Role.MARKETING, "Milo"), (Role.ADMIN, "Ada")),
)
OF_CHAIN = frozenset({Role.MARKETING, Role.ADMIN})


def init_app(app: Flask) -> None:
    """Give the command line its verbs."""
    app.cli.add_command(seed)
    app.cli.add_command(load_history)
    app.cli.add_command(create_admin)
    app.cli.add_command(verify_audit)
    app.cli.add_command(seal_anew)


@click.command("seed")
@click.option("--migrate", is_flag=True, help="Bring the tables up to date before, as `flask db upgrade` does.")
@click.option("--sign-ins", type=click.Path(path_type=Path), help="Where to write the staff sign-ins that are made.")
@with_appcontext
def seed(sign_ins: Path | None, *, migrate: bool) -> None:
    """Write the chain's stores, menu and deals, and a crew for its first store when a file for sign-ins is given."""
    if migrate:
        upgrade()
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


@click.command("create-admin")
@click.option("--name", prompt="Name", help="Who will be an admin of the whole chain.")
@click.option("--email", prompt="Email", help="What they sign in with.")
@with_appcontext
def create_admin(name: str, email: str) -> None:
    """Print a link that works once, for three days: whoever opens it chooses a password and is an admin."""
    try:
        with transaction():
            made = invitations.invite_admin(name, email)
            users.audit(None, "person.invite", f"invitation:{made}", role=Role.ADMIN.value)
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    click.echo(f"Open this within three days to choose a password:\n{invitations.link(made)}")


@click.command("verify-audit")
@click.option("--noted", help="The number and hash of a row that was noted earlier, as NUMBER:HASH.")
@with_appcontext
def verify_audit(noted: str | None) -> None:
    """Work out the chain of the audit anew; fails, and says where, when a row was changed, moved or taken away."""
    number, _, digest = (noted or "").partition(":")
    if noted and not number.isdecimal():
        raise click.BadParameter("write it as NUMBER:HASH", param_hint="--noted")
    verdict = audit.verify((int(number), digest) if noted else None)
    for flaw in verdict.flaws:
        click.echo(flaw)
    if verdict.flaws:
        raise SystemExit(1)
    click.echo(f"{verdict.rows:,} rows, all as they were written. Note the last one: {verdict.last}:{verdict.hash}")


@click.command("seal-anew")
@with_appcontext
def seal_anew() -> None:
    """Seal the secrets of all authenticator apps with today's SECRET_KEY, so that those before it can be dropped."""
    with transaction():
        there, lost = second_step.seal_anew()
    click.echo(f"{there - lost} sealed with today's key.")
    if lost:
        raise click.ClickException(f"{lost} were sealed with a key that is gone: put it into SECRET_KEY_FALLBACKS.")
