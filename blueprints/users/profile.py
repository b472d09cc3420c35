"""Who somebody is to us: what they are called, and where a store may call them. A checkout starts from it."""

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Form, StringField
from wtforms.validators import DataRequired, Length, Optional

from app.core.errors import Refusal
from app.users import phones
from app.users import service as users
from blueprints import account, who
from blueprints.forms import OneLine, Phone
from blueprints.htmx import go

pages = Blueprint("profile", __name__)
pages.register_error_handler(Refusal, account.refuse)


class ProfileForm(Form):
    """A name, a phone, which may be left out, and whether they agree to mails about deals."""

    name = StringField("Name", [DataRequired("Enter your name."), Length(max=80), OneLine()])
    phone = StringField("Phone", [Optional(), Length(max=40), OneLine(), Phone()])
    news = BooleanField("Mail me about deals")


@pages.get("/account")
def account_page() -> ResponseReturnValue:
    mine = users.account(who.signed_in().user_id)
    return _page(ProfileForm(data={"name": mine.name, "phone": phones.in_words(mine.phone), "news": mine.news}))


@pages.post("/account/profile")
def change_profile() -> ResponseReturnValue:
    person, form = who.signed_in(), ProfileForm(request.form)
    if not form.validate():
        return _page(form, 422)
    users.change_profile(person.user_id, form.name.data or "", form.phone.data or "")
    users.choose_news(person.user_id, wanted=form.news.data)
    flash("Saved.")
    return go("/account")


def _page(form: ProfileForm, status: int = 200) -> ResponseReturnValue:
    return account.page("users/account.html", "account", status=status, form=form)
