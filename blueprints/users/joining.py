"""Taking an invitation: a name and a password for whoever holds its link."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Form, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.core.errors import Refusal
from app.users import invitations
from app.users import service as users
from app.users.invitations import Invited
from blueprints import desk
from blueprints.forms import OneLine
from blueprints.gateway import limiter
from blueprints.htmx import answer

pages = Blueprint("joining", __name__)
PATH = "/invitations/<address>"


class JoinForm(Form):
    """What somebody is called, and the password that they choose."""

    name = StringField("Name", [InputRequired("Enter your name."), Length(max=80), OneLine()])
    password = PasswordField("Password", [InputRequired("Choose a password."), Length(max=128)])


@pages.get(PATH)
@limiter.limit("20/minute")
def invitation_page(address: str) -> ResponseReturnValue:
    found = invitations.opened(address)
    return _page(address, found, JoinForm(data={"name": found.name}))


@pages.post(PATH)
@limiter.limit("20/minute")
def join(address: str) -> ResponseReturnValue:
    found, form = invitations.opened(address), JoinForm(request.form)
    if not found.known and not form.validate():
        return _page(address, found, form, 422)
    try:
        user_id = invitations.accept(address, form.name.data or "", form.password.data or "")
    except Refusal as refusal:
        if refusal.field is None or refusal.field not in form:
            raise
        form[refusal.field].errors = [refusal.message]
        return _page(address, found, form, refusal.status)
    users.audit(user_id, "person.join", f"invitation:{found.id}", found.store_id, role=found.role.value)
    return desk.done("You are in. Sign in with your email address and password.", "/sign-in?next=/staff")


def _page(address: str, found: Invited, form: JoinForm, status: int = 200) -> ResponseReturnValue:
    page = answer(render_template("users/join.html", found=found, form=form, address=address), status)
    page.headers["Cache-Control"] = "no-store"
    return page
