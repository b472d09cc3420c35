"""The outbox of a developer's machine: what the shop would have mailed. There is none where mail really goes out."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from app.core import mail
from blueprints.htmx import answer

pages = Blueprint("outbox", __name__)


@pages.get("/outbox")
def outbox() -> ResponseReturnValue:
    found = mail.kept()
    if found is None:
        abort(404)
    return answer(render_template("outbox.html", mails=found), Cache_Control="no-store")
