"""What somebody usually has: called by a name of their own, or offered no more."""

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from wtforms import Form, HiddenField, StringField
from wtforms.validators import Length

from app.core.errors import Refusal
from app.orders import usual
from app.orders.usual import LONGEST_NAME
from blueprints import account, browser
from blueprints.forms import OneLine
from blueprints.htmx import go

pages = Blueprint("habits", __name__)
PATH, BACK = "/account/usual", "/account/orders"


class UsualForm(Form):
    """Which content it is about, and what it is called; an empty name takes the name back."""

    usual = HiddenField()
    name = StringField("Name", [Length(max=LONGEST_NAME), OneLine()])


@pages.errorhandler(Refusal)
def refuse(refusal: Refusal) -> ResponseReturnValue:
    if refusal.code != "usual_changed":
        return account.refuse(refusal)
    browser.changed_usual()
    flash(refusal.message)
    return go(BACK)


@pages.post(PATH)
def rename() -> ResponseReturnValue:
    mine, form = account.customer(), UsualForm(request.form)
    if not form.validate():
        flash(f"A name has at most {LONGEST_NAME} letters.")
        return go(BACK)
    name = (form.name.data or "").strip()
    usual.call(mine, form.usual.data or "", name)
    return _changed(f"We call it {name} from now on." if name else "It is called your usual again.")


@pages.post(f"{PATH}/removal")
def hide() -> ResponseReturnValue:
    usual.hide(account.customer(), UsualForm(request.form).usual.data or "")
    return _changed("We do not offer that any more.")


@pages.post(f"{PATH}/removal/end")
def show() -> ResponseReturnValue:
    usual.show_all(account.customer())
    return _changed("We offer it again.")


def _changed(words: str) -> ResponseReturnValue:
    browser.changed_usual()
    flash(words)
    return go(BACK)
