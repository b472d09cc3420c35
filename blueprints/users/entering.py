"""Coming in and going out: the ways that a browser becomes somebody's, and stops being so."""

import structlog
from flask import flash, session
from flask.typing import ResponseReturnValue

from app.core import keys
from app.core.errors import Refusal
from app.orders import claims, merging
from app.users import service as users
from app.users.service import Entry, Who
from blueprints import browser, desk, order_links, who
from blueprints.forms import own_path
from blueprints.htmx import go

HALFWAY, BACK, SECRET = "halfway", "back", "totp"
log = structlog.get_logger()


def note_try(way: str, outcome: str, mailbox: str) -> None:
    """Log a try to sign in: by which way, and what came of it. The account is a mark that only tells equal ones."""
    log.info("sign_in", way=way, code=outcome, account=keys.derive(f"log:{users.mailbox(mailbox)}")[:12])


def let_in(entry: Entry, back: str) -> ResponseReturnValue:
    """Go in with a session that has just begun, in the open unit of work; to the second step where it waits for one."""
    leave()
    session[BACK] = own_path(back) or ""
    if not entry.halfway:
        return arrive(entry.token)
    session[HALFWAY] = entry.token
    return go("/sign-in/second-step")


def arrive(token: str) -> ResponseReturnValue:
    """Be whom the token belongs to, bring a customer's cart home, and go on to where they were. Raises Refusal."""
    person = who.become(token)
    if person is None:
        raise Refusal("wrong_sign_in", "Please sign in again.")
    back = str(session.pop(BACK, ""))
    session.pop(HALFWAY, None)
    if person.must_secure:
        flash("Your role needs a second step at sign-in. Set it up first.")
        return go("/account/second-step")
    if not person.staff:
        _bring_cart_home(person)
        _bring_orders_home(person)
    return go(back or (desk.home(person) if person.staff else "/"))


def _bring_cart_home(person: Who) -> None:
    home = merging.bring_home(person.user_id, browser.cart_id())
    if home.cart_id is not None:
        browser.take_cart(home.cart_id)
    if home.set_aside:
        flash(f"Your order is full. {home.set_aside} of what you had chosen did not fit in.")


def _bring_orders_home(person: Who) -> None:
    """What was ordered here as a guest, with the very mailbox of the account, is theirs without a question."""
    found = claims.bring_home(person.user_id, order_links.recent_orders())
    if found:
        order_links.keep_orders_of(person.user_id)
        numbers = " and ".join(map(str, found))
        flash(
            f"Order {numbers} is in your account now."
            if len(found) == 1
            else f"Orders {numbers} are in your account now."
        )


def halfway() -> str:
    """The token of the session that waits for its second step here; empty when there is none."""
    return str(session.get(HALFWAY, ""))


def leave() -> None:
    """Sign this browser out, in the open unit of work. A customer's cart waits in the account."""
    if who.person() is not None:
        users.sign_out(who.token() or "")
        browser.leave_cart()
    who.be_nobody()
    for kept in (HALFWAY, BACK, SECRET):
        session.pop(kept, None)
