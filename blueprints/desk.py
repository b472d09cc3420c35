"""The desk: the frame of every page of staff but the board. Its doors, for whom, at which store, and how it says no."""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from app.core import longwork
from app.core.db import db
from app.core.errors import Refusal
from app.core.idempotency import claim, fingerprint, remember
from app.core.longwork import Job
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.users import service as users
from app.users.service import Right, Who
from blueprints import who
from blueprints.errors import TITLES, draw_refusal
from blueprints.htmx import answer, go, wants_piece

ROOM, KEPT = re.compile(r"/[a-z]{1,20}"), ("days", "from", "to")  # a tab of a door, and the days it is about
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Door:
    """A page that the desk's navigation leads to, and the right that opens it; `of_store` is about one store.

    Doors of one `group` stand together where somebody has more of them than a row holds.
    """

    word: str
    name: str
    path: str
    right: Right
    of_store: bool = True
    group: str = ""

    def url(self, store_id: int | None) -> str:
        """Its address, at a store where that is known."""
        return f"{self.path}?store={store_id}" if self.of_store and store_id is not None else self.path


# Every page of the desk, in the order of the navigation. A page that is not here is reached from one that is.
DOORS: tuple[Door, ...] = (
    Door("board", "Board", "/staff", Right.SEE_BOARD, group="Kitchen"),
    Door("runs", "Deliveries", "/staff/runs", Right.DRIVE, group="Kitchen"),
    Door("sold-out", "Sold out", "/staff/menu", Right.SELL_OUT, group="Kitchen"),
    Door("kitchens", "Kitchens", "/manage/kitchens", Right.RUN_STORE, of_store=False, group="Kitchen"),
    Door("orders", "Orders", "/staff/orders", Right.SEE_CONTACTS, group="Orders"),
    Door("money", "Money", "/staff/money", Right.REFUND, group="Orders"),
    Door("menu", "Menu", "/manage/menu", Right.EDIT_MENU, of_store=False, group="Menu"),
    Door("prices", "Prices", "/manage/prices", Right.SET_PRICES, group="Menu"),
    Door("deals", "Deals", "/manage/deals", Right.EDIT_DEALS, of_store=False, group="Marketing"),
    Door("hours", "Hours", "/staff/hours", Right.RUN_STORE, group="Stores"),
    Door("zones", "Zones", "/staff/zones", Right.EDIT_STORE, group="Stores"),
    Door("import", "New stores", "/staff/stores/list", Right.OPEN_STORES, of_store=False, group="Stores"),
    Door("reports", "Reports", "/manage/reports", Right.SEE_REPORTS, group="Reports"),
    Door("overview", "Overview", "/manage/overview", Right.SEE_OVERVIEW, of_store=False, group="Reports"),
    Door("promises", "Promises", "/staff/promises", Right.RUN_STORE, group="Reports"),
    Door("people", "People", "/manage/people", Right.MANAGE_PEOPLE, group="People"),
    Door("audit", "Who did what", "/manage/audit", Right.SEE_AUDIT, group="People"),
)
IN_A_ROW = 6  # doors; with more of them, groups stand in the row


@dataclass(frozen=True, slots=True)
class Group:
    """Doors that stand together under a name, and their addresses; `here` when the page is one of theirs."""

    name: str
    doors: tuple[tuple[Door, str], ...]
    here: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """The frame of one page: who is signed in, which door they came through, and the store that the page is about."""

    person: Who
    here: str
    store: StoreInfo | None

    @property
    def doors(self) -> Iterator[tuple[Door, str]]:
        """The doors that open to this person at this store, and their addresses."""
        store_id = self.store.id if self.store else None
        for door in DOORS:
            if self.person.may(door.right, store_id) if self.store else self.person.may_somewhere(door.right):
                yield door, door.url(store_id)

    @property
    def groups(self) -> list[Group]:
        """The same in groups; one that holds a single door, or any while there are few, is that door alone."""
        doors = list(self.doors)
        name = attrgetter("name" if len(doors) <= IN_A_ROW else "group")
        found: dict[str, list[tuple[Door, str]]] = {}
        for door, url in doors:
            found.setdefault(name(door), []).append((door, url))
        return [Group(name, tuple(of), any(door.word == self.here for door, _ in of)) for name, of in found.items()]

    @property
    def changes_store(self) -> str | None:
        """Where to go for this page at another store; None when there is no other."""
        door = next((door for door in DOORS if door.word == self.here and door.of_store), None)
        return chooser(door) if door is not None and who.scope(door.right).several else None

    @property
    def zone(self) -> ZoneInfo:
        """The clock that times are told by: the page's store's, else that of the person's first one."""
        known = self.store.id if self.store else min((place for _, place in self.person.roles if place), default=None)
        return stores.store(known if known is not None else stores.first()).zone

    @property
    def job(self) -> Job | None:
        """The person's long work that is still at it, or that ended and was not looked at since."""
        return longwork.unseen(self.person.user_id)

    @property
    def roles(self) -> str:
        """What the person is here: `kitchen, counter`."""
        return ", ".join(self.person.roles_at(self.store.id if self.store else None))


def chooser(door: Door) -> str:
    """The page that chooses another store for this page of a door, which keeps what is looked at: its tab and days."""
    room = request.path.removeprefix(f"{door.path}/") if ROOM.fullmatch(request.path.removeprefix(door.path)) else ""
    kept = {name: request.args.get(name, "")[:10] for name in KEPT}
    said = {"door": door.word, "room": room, **kept}
    return f"/staff/stores?{urlencode({name: value for name, value in said.items() if value})}"


def chosen(door: Door, store_id: int) -> str:
    """Where that page leads, by its own address: the same page of a door at a store."""
    room = f"/{request.args.get('room', '')}"
    kept = {name: request.args[name][:10] for name in KEPT if request.args.get(name)}
    path = door.path + (room if ROOM.fullmatch(room) else "")
    return f"{path}?{urlencode({'store': store_id, **kept})}"


def page(
    template: str, here: str, *, store: StoreInfo | None = None, status: int = 200, **words: Any
) -> ResponseReturnValue:
    """A page of the desk: `here` is the word of its door. The template extends desk.html."""
    return answer(render_template(template, desk=Desk(who.staff(), here, store), store=store, **words), status)


def at_store(right: Right, door: str) -> tuple[Who, StoreInfo]:
    """The person, who has this right at the store in the address, `?store=`, or at their only one.

    Raises Refusal `sign_in`, `choose_store`, NotFound for a store that is not theirs, Forbidden.
    """
    person, wanted = who.staff(), request.values.get("store", type=int)
    if wanted is None:
        wanted = _only_store(right, door)
    who.at_store(right, wanted)
    return person, stores.store(wanted)


def _only_store(right: Right, door: str) -> int:
    mine = who.my_stores(right)
    if not mine:
        raise who.not_yours(right, None)
    if len(mine) > 1:
        raise Refusal("choose_store", "Please choose a store first.", action="choose_store", extra={"door": door})
    return mine[0].id


def at_work(found: Who) -> Who:
    """The same person, who has just done something: their session stays alive. In the open unit of work."""
    users.seen(who.token() or "")
    return found


def done(words: str, url: str) -> ResponseReturnValue:
    """Something was done: back to its page, which says so."""
    flash(words)
    return go(url)


def once(deed: str, act: Callable[[], str]) -> ResponseReturnValue:
    """Do something under the form's key, in the open unit of work, and go where it leads; a second press only goes.

    Raises Refusal `no_key` for a form without one.
    """
    key = request.form.get("idem", "")
    if not KEY.fullmatch(key):
        raise Refusal("no_key", "This page was old. Load it again, then press the button.")
    earlier = claim(deed, key, fingerprint(request.form.to_dict(flat=False)))
    if earlier is not None:
        return go(str(earlier["url"]))
    url = act()
    remember(deed, key, {"url": url})
    return go(url)


def key() -> str:
    """A key for one form, so that pressing its button twice does its deed once."""
    return secrets.token_urlsafe(16)


def home(person: Who) -> str:
    """The first page that a member of staff may open."""
    return next((door.path for door in DOORS if person.may_somewhere(door.right)), "/staff")


def refuse(refusal: Refusal) -> ResponseReturnValue:
    """How every page of staff says no.

    Whoever is not signed in (any more) signs in and comes back; whoever lacks the second step of their role sets it
    up; who has not chosen a store does; all else has words.
    """
    if refusal.code == "sign_in":
        back = request.full_path.rstrip("?") if request.method == "GET" and not wants_piece() else "/staff"
        return go(f"/sign-in?next={quote(back)}")
    if refusal.code == "second_step_needed" and not wants_piece():
        return go("/account/second-step")
    if refusal.code == "choose_store":
        return go(f"/staff/stores?door={refusal.extra['door']}")
    if wants_piece():
        return draw_refusal(refusal)
    db.session.rollback()  # what failed is over, and must not keep the page about it from being drawn
    who.note_refusal(refusal)
    person = who.person()
    if person is None or not person.staff:
        return draw_refusal(refusal)
    title = TITLES.get(refusal.status, TITLES[500])
    return page("desk/refused.html", "", status=refusal.status, title=title, message=refusal.message)
