"""What each role may do, as the shop itself reads it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.users.service import CHAIN_RIGHTS, IN_WORDS, RIGHTS, Role
from blueprints import desk, who

pages = Blueprint("rights", __name__)
pages.register_error_handler(Refusal, desk.refuse)


@pages.get("/manage/rights")
def rights_page() -> ResponseReturnValue:
    who.staff()
    rows = [
        (words, [right in RIGHTS[role] for role in Role], right in CHAIN_RIGHTS) for right, words in IN_WORDS.items()
    ]
    return desk.page("users/rights.html", "people", roles=list(Role), rows=rows)
