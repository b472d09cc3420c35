"""Show that it is you: asked of the signed-in person before money, roles and addresses are touched."""

from flask import Blueprint, redirect, request, session
from flask.typing import ResponseReturnValue

from app.core.db import atomically
from app.core.errors import Refusal
from app.users import service as users
from app.users.service import Code, Purpose, Who
from blueprints import account, who
from blueprints.forms import own_path
from blueprints.htmx import go, own_transactions
from blueprints.users import limits
from blueprints.users.codes import WAITS

pages = Blueprint("confirm", __name__)
pages.register_error_handler(Refusal, account.refuse)

WRONG = "That did not match. Please try again."


@pages.get("/confirm")
def confirm_page() -> ResponseReturnValue:
    back = own_path(request.args.get("next", "")) or "/account"
    return go(back) if who.confirmed() else account.ask_first(back, {})


@pages.post("/confirm/code")
@limits.by_address
@limits.own_codes
def ask_for_code() -> ResponseReturnValue:
    session[WAITS] = users.ask_to_confirm(who.signed_in().user_id)
    return account.ask_first(_path(), dict(account.kept_fields()), again=_again(), mailed=True)


@pages.post("/confirm")
@limits.by_address
@limits.proofs
@own_transactions
def confirm() -> ResponseReturnValue:
    person, mailed = who.signed_in(), _mailed()
    if not atomically(lambda: _proved(person, mailed, request.form.get("confirm_given", "")[:512])):
        kept = dict(account.kept_fields())
        return account.ask_first(_path(), kept, 422, again=_again(), mailed=mailed is not None, wrong=WRONG)
    session.pop(WAITS, None)
    # 307 has the browser send the very form again that waited, to where it was going.
    return redirect(_path(), 307) if _again() else go(_path())


def _proved(person: Who, mailed: Code | None, given: str) -> bool:
    """Whether what was given is right; it is used up, and noted, in one unit of work."""
    if mailed is not None:
        right = users.give(mailed.id, given) is not None
    elif person.secured:
        right = users.passes(person.user_id, given)
    else:
        right = users.password_is(person.user_id, given)
    if right:
        users.confirm(who.token() or "")
    return right


def _mailed() -> Code | None:
    """The code that was mailed to the person for this, and may still be given; none where they have a second step."""
    person, kept = who.signed_in(), session.get(WAITS)
    code = users.waiting(kept) if isinstance(kept, int) and not person.secured else None
    mine = code is not None and code.purpose is Purpose.CONFIRM and code.user_id == person.user_id
    return code if mine else None


def _again() -> bool:
    return bool(request.form.get("confirm_again"))


def _path() -> str:
    return own_path(request.form.get(account.KEPT_PATH, "")) or "/account"
