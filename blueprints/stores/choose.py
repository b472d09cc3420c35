"""Staff who work at several stores choose the one that a page is about."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core.errors import NotFound, Refusal
from blueprints import desk, who

pages = Blueprint("choose_store", __name__)
pages.register_error_handler(Refusal, desk.refuse)
MOST_SHOWN = 60


@pages.get("/staff/stores")
def stores_page() -> ResponseReturnValue:
    door = next((door for door in desk.DOORS if door.of_store and door.word == request.args.get("door", "board")), None)
    if door is None:
        raise NotFound
    words = request.args.get("q", "").strip()[:60]
    found = who.my_stores(door.right, words=words, most=MOST_SHOWN + 1)
    return desk.page(
        "desk/stores.html",
        door.word,
        door=door,
        found=found[:MOST_SHOWN],
        more=len(found) > MOST_SHOWN,
        chosen=desk.chosen,
        kept=[(name, request.args[name]) for name in ("room", *desk.KEPT) if request.args.get(name)],
        q=words,
    )
