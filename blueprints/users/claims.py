"""An order that was made as a guest comes into the account, by its number and the email that it was made with."""

import re

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from wtforms import Form, StringField
from wtforms.validators import DataRequired, Length, Regexp

from app.core.errors import Refusal
from app.orders import claims
from app.users import service as users
from blueprints import account
from blueprints.forms import EmailAddress, OneLine
from blueprints.htmx import go
from blueprints.users import limits
from blueprints.users.codes import wait_for

pages = Blueprint("claims", __name__)
pages.register_error_handler(Refusal, account.refuse)
PATH = "/account/orders/claim"
NUMBER = re.compile(r"\s*#?([0-9]{1,9})\s*\Z")


class ClaimForm(Form):
    """Which order, and made with which address."""

    number = StringField(
        "Order number",
        [DataRequired("Enter the order number."), Regexp(NUMBER, message="It is digits only, like 4127.")],
    )
    email = StringField(
        "Email", [DataRequired("Enter the email you gave with it."), Length(max=254), OneLine(), EmailAddress()]
    )

    @property
    def order_id(self) -> int:
        """The order's number."""
        found = NUMBER.match(self.number.data or "")
        return int(found[1]) if found else 0


@pages.get(PATH)
def claim_page() -> ResponseReturnValue:
    mine = users.account(account.customer())
    return _page(ClaimForm(data={"email": mine.email}))


@pages.post(PATH)
@limits.by_address
@limits.own_codes
@limits.mailbox_codes
def claim() -> ResponseReturnValue:
    mine, form = account.customer(), ClaimForm(request.form)
    if not form.validate():
        return _page(form, 422)
    email = users.mailbox(form.email.data or "")
    code_id = claims.ask(mine, form.order_id, email)
    if code_id is not None:
        return wait_for(code_id)
    if not claims.take(mine, form.order_id, email):
        return _page(form, 422, (claims.NOT_THERE,))
    flash(f"Order {form.order_id} is in your account.")
    return go("/account/orders")


def _page(form: ClaimForm, status: int = 200, also: tuple[str, ...] = ()) -> ResponseReturnValue:
    return account.page("users/claim.html", "orders", status=status, form=form, also=also)
