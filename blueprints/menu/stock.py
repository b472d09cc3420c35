"""What a store ran out of: a list with one switch each, which takes effect in open builders, carts and checkouts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import Refusal
from app.menu import service as menu
from app.menu import stock
from app.menu.stock import Stocked
from app.stores.service import StoreInfo
from app.users import service as users
from app.users.service import Right, Who
from blueprints import desk
from blueprints.htmx import answer, piece_only, wants_piece

pages = Blueprint("stock", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/staff/menu", "sold-out"
NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Look:
    """What of the list is shown: words to search for, and whether only what is out."""

    q: str
    only: bool

    @classmethod
    def asked(cls) -> "Look":
        """As the address or the form says."""
        return cls(request.values.get("q", "").strip()[:40], "only" in request.values)

    def shows(self, thing: Stocked) -> bool:
        """Whether something is in the list."""
        said = f"{thing.name} {thing.group}".casefold()
        return (thing.gone or not self.only) and all(word in said for word in self.q.casefold().split())

    def url(self, store_id: int) -> str:
        """The page's address."""
        words = {"store": store_id, "q": self.q, "only": "1" if self.only else ""}
        return f"{PATH}?{urlencode({name: value for name, value in words.items() if value})}"


@pages.get(PATH)
def stock_page() -> ResponseReturnValue:
    _, store = desk.at_store(Right.SELL_OUT, DOOR)
    return desk.page("menu/stock.html", DOOR, store=store, **_words(store))


@pages.get("/x/staff/menu")
def stock_piece() -> ResponseReturnValue:
    piece_only()
    _, store = desk.at_store(Right.SELL_OUT, DOOR)
    piece = render_template("menu/_stock.html", store=store, **_words(store))
    return answer(piece, HX_Replace_Url=Look.asked().url(store.id))


@pages.post(f"{PATH}/sold-out")
def sell_out() -> ResponseReturnValue:
    person, store = desk.at_store(Right.SELL_OUT, DOOR)
    things = stock.stock(store.id)
    until = None if request.form.get("until") == "change" else _close(store)
    thing = replace(_asked(things), gone=True, until=until)
    menu.sell_out(store.id, thing.kind, thing.key, until)
    when = f"until {clock.in_words(until, store.zone)}" if until else "until you switch it on"
    _write_down(person, store, thing, sold_out=True, until=str(until or ""))
    return _switched(store, things, thing, f"{thing.name}: sold out {when}.")


@pages.post(f"{PATH}/sold-out/end")
def bring_back() -> ResponseReturnValue:
    person, store = desk.at_store(Right.SELL_OUT, DOOR)
    things = stock.stock(store.id)
    thing = replace(_asked(things), gone=False, until=None)
    menu.bring_back(store.id, thing.kind, thing.key)
    _write_down(person, store, thing, sold_out=False)
    return _switched(store, things, thing, f"{thing.name}: back on the menu.")


def _asked(things: tuple[Stocked, ...]) -> Stocked:
    return stock.stocked(things, request.form.get("kind", ""), request.form.get("key", ""))


def _write_down(person: Who, store: StoreInfo, thing: Stocked, **detail: object) -> None:
    desk.at_work(person)
    users.audit(person.user_id, "menu.stock", f"store:{store.id}", kind=thing.kind, key=thing.key, **detail)


def _switched(store: StoreInfo, before: tuple[Stocked, ...], thing: Stocked, said: str) -> ResponseReturnValue:
    """Show how it stands now. What is written need not be read again: the switched menu is another edition."""
    name = (thing.kind, thing.key)
    if not wants_piece():
        return desk.done(said, f"{Look.asked().url(store.id)}#{'-'.join(name)}")
    now = [thing if (each.kind, each.key) == name else each for each in before]
    return answer(render_template("menu/stock_changed.html", thing=thing, said=said, store=store, **_frame(store, now)))


def _words(store: StoreInfo) -> dict[str, Any]:
    """What the list shows."""
    things = stock.stock(store.id)
    frame = _frame(store, things)
    shown = [thing for thing in things if frame["look"].shows(thing)]
    sections = [(group, list(found)) for group, found in groupby(shown, key=lambda thing: thing.group)]
    return {**frame, "sections": sections}


def _frame(store: StoreInfo, things: Iterable[Stocked]) -> dict[str, Any]:
    """What every row of the list wants, and how much is out."""
    return {
        "out": sum(thing.gone for thing in things),
        "look": Look.asked(),
        "close": clock.in_words(_close(store), store.zone),
        "names_shown": NAMES_SHOWN,
    }


def _close(store: StoreInfo) -> datetime:
    return store.hours.day_ends(clock.now())
