"""Signing in and out."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Form, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from app.core.errors import Refusal
from app.users import service as users
from blueprints import desk, who
from blueprints.forms import OneLine, own_path
from blueprints.gateway import limiter
from blueprints.htmx import answer, go

pages = Blueprint("users", __name__)


class SignInForm(Form):
    """An e-mail address and its password; `next` is where to go on."""

    email = StringField("E-mail", [DataRequired("Enter your e-mail address."), Length(max=254), OneLine()])
    password = PasswordField("Password", [InputRequired("Enter your password."), Length(max=128)])
    next = HiddenField()


def account() -> str:
    """Whose sign-in is tried, for the limit on one account."""
    return f"account:{request.form.get('email', '').strip().lower()[:254]}"


@pages.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    return _page(SignInForm(data={"next": request.args.get("next", "")}))


@pages.post("/session")
@limiter.limit("20/minute")
@limiter.limit("5/minute", key_func=account)
def begin() -> ResponseReturnValue:
    form = SignInForm(request.form)
    if not form.validate():
        return _page(form, 422)
    try:
        token = users.sign_in(form.email.data or "", form.password.data or "")
    except Refusal as refusal:
        return _page(form, refusal.status, (refusal.message,))
    who.leave()
    who.enter(token)
    found = who.person()
    return go(own_path(form.next.data or "") or (desk.home(found) if found and found.staff else "/"))


@pages.post("/session/end")
def end() -> ResponseReturnValue:
    who.leave()
    return go("/sign-in")


def _page(form: SignInForm, status: int = 200, also: tuple[str, ...] = ()) -> ResponseReturnValue:
    return answer(render_template("users/sign_in.html", form=form, also=also), status)
