"""Every kitchen at a glance, for whoever runs several: where nobody touches an order, where one is late."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.tracking import service as tracking
from app.tracking.service import Kitchen
from app.users.service import Right
from blueprints import desk, who
from blueprints.frame import at_store
from blueprints.htmx import answer, piece_only

pages = Blueprint("kitchens", __name__)
pages.register_error_handler(Refusal, desk.refuse)
DOOR = "kitchens"


@dataclass(frozen=True, slots=True)
class KitchenWords:
    """One kitchen as a line of the list."""

    kitchen: Kitchen
    store: StoreInfo
    since: str


@pages.get("/manage/kitchens")
def kitchens_page() -> ResponseReturnValue:
    who.somewhere(Right.RUN_STORE)
    return desk.page("tracking/kitchens.html", DOOR, kitchens=_kitchens())


@pages.get("/x/kitchens")
def kitchens() -> ResponseReturnValue:
    piece_only()
    who.somewhere(Right.RUN_STORE)
    return answer(render_template("tracking/_kitchens.html", kitchens=_kitchens()))


def _kitchens() -> list[KitchenWords]:
    mine = who.scope(Right.RUN_STORE).stores
    return [_words(each, stores.store(each.store_id)) for each in tracking.kitchens(mine)]


def _words(kitchen: Kitchen, store: StoreInfo) -> KitchenWords:
    return KitchenWords(kitchen, store, at_store(kitchen.oldest, store) if kitchen.oldest else "")
