"""A new account: asked for here, made when the code comes back from its mailbox."""

from flask import Blueprint, render_template, request, session
from flask.typing import ResponseReturnValue
from wtforms import Form, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from app.core.errors import Refusal
from app.users import service as users
from blueprints.forms import EmailAddress, OneLine, own_path
from blueprints.htmx import answer
from blueprints.users import entering, limits
from blueprints.users.codes import wait_for

pages = Blueprint("register", __name__)


class RegisterForm(Form):
    """Who somebody is. Without a password they sign in by codes."""

    name = StringField("Name", [DataRequired("Enter your name."), Length(max=80), OneLine()])
    email = StringField(
        "Email", [DataRequired("Enter your email address."), Length(max=254), OneLine(), EmailAddress()]
    )
    password = PasswordField("Password", [Length(max=512)])
    next = HiddenField()


@pages.get("/register")
def register_page() -> ResponseReturnValue:
    return _page(RegisterForm(data={"next": request.args.get("next", "")}))


@pages.post("/accounts")
@limits.by_address
@limits.mailbox_codes
def register() -> ResponseReturnValue:
    form = RegisterForm(request.form)
    if not form.validate():
        return _page(form, 422)
    try:
        code_id = users.ask_to_register(form.email.data or "", form.name.data or "", form.password.data or "")
    except Refusal as refusal:
        form.password.errors = [refusal.message]
        return _page(form, refusal.status)
    session[entering.BACK] = own_path(form.next.data or "") or ""
    return wait_for(code_id)


def _page(form: RegisterForm, status: int = 200) -> ResponseReturnValue:
    return answer(render_template("users/register.html", form=form), status)
