"""How often a store keeps its word: for everybody, and with hours and ratings for whoever runs it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import Refusal
from app.stores import service as stores
from app.tracking import punctuality, ratings
from app.users.service import Right
from blueprints import desk
from blueprints.htmx import answer

pages = Blueprint("promises", __name__)
DESK = "/staff/promises"
MOST = 30


@pages.get("/stores/<slug>/promises")
def promises_page(slug: str) -> ResponseReturnValue:
    store = stores.by_slug(slug)
    return answer(render_template("tracking/promises.html", store=store, kept=punctuality.kept(store.id)))


@pages.get(DESK)
def desk_page() -> ResponseReturnValue:
    _, store = desk.at_store(Right.RUN_STORE, "promises")
    since = clock.now() - punctuality.LOOKS_BACK
    return desk.page(
        "tracking/promises_desk.html",
        "promises",
        store=store,
        kept=punctuality.kept(store.id),
        hours=punctuality.by_hour(store.id),
        counted=ratings.counted(store.id, since),
        latest=ratings.latest(store.id, MOST),
    )


pages.register_error_handler(Refusal, desk.refuse)
