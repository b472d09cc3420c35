"""What the shop knows about somebody, for them: how long it is kept, a file with all of it, and an end to it."""

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Form
from wtforms.validators import InputRequired

from app.core import personal
from app.core.errors import Conflict, Refusal
from app.users import service as users
from blueprints import account, who
from blueprints.htmx import answer, go, piece_only
from blueprints.users import entering

pages = Blueprint("privacy", __name__)
pages.register_error_handler(Refusal, account.refuse)
PATH = "/account/privacy"


class ErasureForm(Form):
    """A word that cannot be given by accident."""

    sure = BooleanField("I know that this cannot be undone", [InputRequired("Tick the box if you are sure.")])


@pages.get(PATH)
def privacy_page() -> ResponseReturnValue:
    return _page(ErasureForm())


@pages.post(f"{PATH}/files")
@account.confirmed
def ask_for_file() -> ResponseReturnValue:
    users.ask_for_export(who.signed_in().user_id)
    return go(f"{PATH}#file")


@pages.get(f"{PATH}/files/<row:export_id>")
@account.confirmed
def hand_out(export_id: int) -> ResponseReturnValue:
    response = Response(users.exported(who.signed_in().user_id, export_id), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="hot-corner.json"'
    response.headers["Cache-Control"] = account.PRIVATE
    return response


@pages.get("/x/account/file")
def file_piece() -> ResponseReturnValue:
    piece_only()
    file = users.latest_export(who.signed_in().user_id)
    return answer(render_template("users/_file.html", file=file), Cache_Control=account.PRIVATE)


@pages.post(f"{PATH}/erasure")
@account.confirmed
def erase() -> ResponseReturnValue:
    form = ErasureForm(request.form)
    if not form.validate():
        return _page(form, 422)
    try:
        users.erase(who.signed_in().user_id)
    except Conflict:
        return _page(form, 409)
    entering.leave()
    flash("Your account is erased. Thank you for all the pizza.")
    return go("/")


def _page(form: ErasureForm, status: int = 200) -> ResponseReturnValue:
    mine = who.signed_in().user_id
    words = {"file": users.latest_export(mine), "waits": personal.waits_for(mine), "rules": personal.told_rules()}
    return account.page("users/privacy.html", "privacy", status=status, form=form, **words)
