"""How somebody signs in, and where they are signed in: password, address, devices."""

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from wtforms import Form, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from app.core.errors import Refusal
from app.users import service as users
from blueprints import account, who
from blueprints.forms import EmailAddress, OneLine
from blueprints.htmx import go
from blueprints.users import entering, limits
from blueprints.users.codes import wait_for

pages = Blueprint("security", __name__)
pages.register_error_handler(Refusal, account.refuse)


class PasswordForm(Form):
    """A new password."""

    password = PasswordField("New password", [InputRequired("Enter a new password."), Length(max=512)])


class EmailForm(Form):
    """A new address."""

    email = StringField(
        "New email", [DataRequired("Enter your new address."), Length(max=254), OneLine(), EmailAddress()]
    )


@pages.get("/account/security")
def security_page() -> ResponseReturnValue:
    return _page(PasswordForm(), EmailForm())


@pages.post("/account/password")
@account.confirmed
def change_password() -> ResponseReturnValue:
    form, person = PasswordForm(request.form), who.signed_in()
    if not form.validate():
        return _page(form, EmailForm(), 422)
    try:
        fresh = users.change_password(person.user_id, form.password.data or "", who.token() or "")
    except Refusal as refusal:
        form.password.errors = [refusal.message]
        return _page(form, EmailForm(), refusal.status)
    who.become(fresh)
    flash("Your password is changed. Every other device is signed out.")
    return go("/account/security")


@pages.post("/account/email")
@limits.by_address
@limits.own_codes
@limits.mailbox_codes
@account.confirmed
def change_email() -> ResponseReturnValue:
    form = EmailForm(request.form)
    if not form.validate():
        return _page(PasswordForm(), form, 422)
    return wait_for(users.ask_to_change_email(who.signed_in().user_id, form.email.data or ""))


@pages.get("/account/devices")
def devices_page() -> ResponseReturnValue:
    found = users.devices(who.signed_in().user_id, who.token() or "")
    return account.page("users/devices.html", "devices", devices=found)


@pages.post("/account/devices/<row:session_id>/end")
def end_one(session_id: int) -> ResponseReturnValue:
    users.end_one(who.signed_in().user_id, session_id)
    flash("That device is signed out.")
    return go("/account/devices")


@pages.post("/account/devices/end")
def end_all() -> ResponseReturnValue:
    users.end_all(who.signed_in().user_id)
    entering.leave()
    flash("You are signed out everywhere.")
    return go("/sign-in")


def _page(password: PasswordForm, email: EmailForm, status: int = 200) -> ResponseReturnValue:
    person = who.signed_in()
    words = {"password_form": password, "email_form": email, "left": users.recovery_left(person.user_id)}
    return account.page("users/security.html", "security", status=status, **words)
