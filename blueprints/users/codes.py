"""A code that was mailed comes back: typed on the page that waits for it, or by the link in the same mail."""

from urllib.parse import quote

from flask import Blueprint, flash, render_template, request, session
from flask.typing import ResponseReturnValue
from wtforms import Form, HiddenField, PasswordField, StringField
from wtforms.validators import Length

from app.core.db import atomically
from app.core.errors import Refusal
from app.orders import claims
from app.users import service as users
from app.users.service import Code, Purpose
from blueprints import who
from blueprints.account import PRIVATE
from blueprints.htmx import answer, go, own_transactions
from blueprints.users import browsers, entering, limits

pages = Blueprint("codes", __name__)

WAITS = "code"
WRONG = "That is not the code. Check the mail and type it again."
NOT_KEPT = "The password was typed in another browser and is not kept. Sign in by code, or choose one in your account."
OVER = "That code does not work any more. Ask for a new one."


class CodeForm(Form):
    """A code that was typed, or the key of a link; and the new password that it is to set, if that is what for."""

    code = StringField("Code", [Length(max=100)])
    key = HiddenField(validators=[Length(max=100)])
    password = PasswordField("New password", [Length(max=512)])


def wait_for(code_id: int) -> ResponseReturnValue:
    """Go to the page that waits for a code. This browser alone may type it in."""
    session[WAITS] = code_id
    return go("/code")


@pages.get("/code")
def code_page() -> ResponseReturnValue:
    code = users.waiting(_number())
    return _page(CodeForm(), code) if code and code.purpose is not Purpose.CONFIRM else _over()


@pages.get("/code/<key>")
def link_page(key: str) -> ResponseReturnValue:
    """Only asks: programs that look at mails open its links, too."""
    code = users.by_key(key)
    if code and code.purpose is Purpose.NEW_EMAIL and not _asked_by(code):
        flash("Sign in to your account first, and this address becomes its own.")
        return go(f"/sign-in?next=/code/{quote(key)}")
    return _page(CodeForm(data={"key": key}), code) if code else _over()


@pages.post("/code")
@limits.by_address
@own_transactions
def give() -> ResponseReturnValue:
    form = CodeForm(request.form)
    waits = users.by_key(form.key.data) if form.key.data else users.waiting(_number())
    if waits is None or not form.validate():
        return _over()
    try:
        done = atomically(lambda: _done(form, waits))
    except Refusal as refusal:
        if refusal.field != "password":
            return _over()
        form.password.errors = (refusal.message,)
        return _page(form, waits, refusal.status)
    if done is None:
        form.code.errors = [WRONG]
        entering.note_try("code", "refused", waits.email)
    return done or _page(form, waits, 422)


def _done(form: CodeForm, waits: Code) -> ResponseReturnValue | None:
    """What the code is for, in one unit of work with its being used; None when it is wrong, which was counted."""
    code = users.use(waits.id) if form.key.data else users.give(waits.id, form.code.data or "")
    if code is None:
        return None
    if code.purpose is Purpose.RESET:
        users.reset_password(code, form.password.data or "")
        entering.leave()
        flash("Your password is changed. Sign in with it.")
        return go("/sign-in")
    if code.purpose is Purpose.NEW_EMAIL:
        _only_theirs(code)
        who.become(users.change_email(code, who.token() or ""))
        flash(f"Your email address is {code.email} now. Your other devices are signed out.")
        return go("/account/security")
    if code.purpose is Purpose.CLAIM:
        return _claimed(code)
    return _entered(code)


def _entered(code: Code) -> ResponseReturnValue:
    back, here = str(session.get(entering.BACK, "")), session.pop(WAITS, None) == code.id
    entry = users.enter_by(code, browsers.this_one(), asked_here=here)
    entering.note_try("code", "halfway" if entry.halfway else "in", code.email)
    if code.carry.get("password_hash") and not here:
        flash(NOT_KEPT)
    return entering.let_in(entry, back)


def _asked_by(code: Code) -> bool:
    person = who.person()
    return person is not None and person.user_id == code.user_id


def _only_theirs(code: Code) -> None:
    """Only where whoever asked is signed in: else a press in somebody's mail would give their orders away."""
    if not _asked_by(code):
        raise users.over()


def _claimed(code: Code) -> ResponseReturnValue:
    _only_theirs(code)
    session.pop(WAITS, None)
    order_id = claims.take_by(code)
    flash(f"Order {order_id} is in your account." if order_id else claims.NOT_THERE)
    return go("/account/orders")


def _number() -> int:
    kept = session.get(WAITS)
    return kept if isinstance(kept, int) else 0


def _over() -> ResponseReturnValue:
    flash(OVER)
    return go("/sign-in")


def _page(form: CodeForm, code: Code, status: int = 200) -> ResponseReturnValue:
    page = render_template("users/code.html", form=form, code=code, reset=code.purpose is Purpose.RESET)
    return answer(page, status, Cache_Control=PRIVATE)
