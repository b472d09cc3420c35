"""Signing in and out: by password, or by a code that is mailed."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request, session
from flask.typing import ResponseReturnValue
from wtforms import Form, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from app.core.errors import Refusal
from app.users import service as users
from app.users.service import Purpose
from blueprints.forms import EmailAddress, OneLine, own_path
from blueprints.htmx import answer, go
from blueprints.users import browsers, entering, limits
from blueprints.users.codes import wait_for

pages = Blueprint("users", __name__)

NO_PASSWORD = "Enter your password, or have a code mailed instead."  # noqa: S105 - a sentence


class MailboxForm(Form):
    """An email address; `next` is where to go on."""

    email = StringField("Email", [DataRequired("Enter your email address."), Length(max=254), OneLine()])
    next = HiddenField()


class SignInForm(MailboxForm):
    """An email address and its password."""

    password = PasswordField("Password", [InputRequired(NO_PASSWORD), Length(max=512)])


class CodeForm(MailboxForm):
    """Where to send a code, and what for."""

    email = StringField(
        "Email", [DataRequired("Enter your email address."), Length(max=254), OneLine(), EmailAddress()]
    )


@pages.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    return _page(SignInForm(data={"next": request.args.get("next", ""), "email": ""}))


@pages.post("/session")
@limits.by_address
@limits.sign_ins
def begin() -> ResponseReturnValue:
    form = SignInForm(request.form)
    if not form.validate():
        return _page(form, 422)
    try:
        entry = users.sign_in(form.email.data or "", form.password.data or "", browsers.this_one())
    except Refusal as refusal:
        entering.note_try("password", "refused", form.email.data or "")
        return _page(form, refusal.status, (refusal.message,))
    entering.note_try("password", "halfway" if entry.halfway else "in", form.email.data or "")
    return entering.let_in(entry, form.next.data or "")


@pages.post("/session/code")
@limits.by_address
@limits.mailbox_codes
def ask_for_code() -> ResponseReturnValue:
    form = CodeForm(request.form)
    if not form.validate():
        return _page(SignInForm(data=form.data), 422, form.email.errors)
    session[entering.BACK] = own_path(form.next.data or "") or ""
    return wait_for(users.ask(Purpose.SIGN_IN, users.mailbox(form.email.data or "")))


@pages.post("/session/end")
def end() -> ResponseReturnValue:
    entering.leave()
    return go("/sign-in")


@pages.get("/password/forgotten")
def forgotten_page() -> ResponseReturnValue:
    return _forgotten(CodeForm(data={"email": request.args.get("email", "")}))


@pages.post("/password/code")
@limits.by_address
@limits.mailbox_codes
def forgot() -> ResponseReturnValue:
    form = CodeForm(request.form)
    if not form.validate():
        return _forgotten(form, 422)
    return wait_for(users.ask(Purpose.RESET, users.mailbox(form.email.data or "")))


def _forgotten(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    return answer(render_template("users/forgotten.html", form=form), status)


def _page(form: SignInForm, status: int = 200, also: Sequence[str] = ()) -> ResponseReturnValue:
    return answer(render_template("users/sign_in.html", form=form, also=tuple(also)), status)
