"""The book of deeds: who did what, as managers see it of their stores and admins of all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core import longwork
from app.core.errors import Refusal
from app.core.longwork import Owner
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.users import audit, exporting
from app.users import service as users
from app.users.audit import PAGE, Entry, Wanted
from app.users.exporting import detail_words
from app.users.service import Right
from blueprints import desk, who
from blueprints.deed_words import DEEDS
from blueprints.htmx import go

pages = Blueprint("audit", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/manage/audit", "audit"
MOST_LISTED, LAST_ROW = 40, 2**31 - 1


@dataclass(frozen=True, slots=True)
class Look:
    """What of the book is shown, as it was asked for."""

    person: str
    deed: str
    subject: str
    since: str
    until: str

    @classmethod
    def asked(cls) -> "Look":
        """As the address or a form says."""
        return cls(*(request.values.get(name, "").strip()[:60] for name in cls.__dataclass_fields__))

    @property
    def query(self) -> str:
        """The same as a part of an address."""
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def sieves(self) -> str:
        """By what it was sieved, without the words that were typed: they may be somebody's name."""
        return ", ".join(name for name in self.__dataclass_fields__ if getattr(self, name))

    def wanted(self, seen: who.Scope, store: StoreInfo | None, zone: ZoneInfo) -> Wanted:
        """What is read, of what somebody may see; of one store if it is given. Raises Refusal `bad_day`."""
        return Wanted(
            stores=seen.stores,
            own=None if store else seen.person.user_id,
            person=self.person,
            deed=self.deed,
            subject=self.subject,
            since=_midnight(self.since, zone),
            until=_midnight(self.until, zone, timedelta(days=1), "until"),
        )


@pages.get(PATH)
def audit_page() -> ResponseReturnValue:
    return _page(*_scope(), Look.asked())


@pages.post(f"{PATH}/exports")
def audit_as_work() -> ResponseReturnValue:
    (seen, store), look = _scope(), Look.asked()
    owner = Owner(seen.person.user_id, Right.SEE_AUDIT.value, "/manage/jobs/{id}/file", seen.stores)
    try:
        wanted = exporting.wanted(look.wanted(seen, store, _zone(seen, store)), owner)
    except Refusal as refusal:
        return _page(seen, store, look, refusal)
    desk.at_work(seen.person)
    job_id = longwork.begin(wanted)
    said = {"by": look.sieves, "deeds": wanted.total, "job": job_id}
    users.audit(seen.person.user_id, "audit.export", "audit", store.id if store else None, **said)
    return go(f"/manage/jobs/{job_id}")


def _page(seen: who.Scope, store: StoreInfo | None, look: Look, wrong: Refusal | None = None) -> ResponseReturnValue:
    found: tuple[Entry, ...] = ()
    try:
        found = audit.entries(look.wanted(seen, store, _zone(seen, store)), before=_before(), most=PAGE + 1)
    except Refusal as refusal:
        wrong = wrong or refusal
    shown, more = found[:PAGE], len(found) > PAGE
    query, theirs = _query(look, store), who.my_stores(Right.SEE_AUDIT, most=MOST_LISTED + 1)
    words: dict[str, Any] = {
        "deeds": DEEDS,
        "rows": [(entry, detail_words(entry.detail)) for entry in shown],
        "places": _places(shown),
        "theirs": theirs if len(theirs) <= MOST_LISTED else (),
        "several": len(theirs) > 1,
        "older": f"{PATH}?{query}&before={shown[-1].id}" if more else "",
        "wrong": wrong,
    }
    return desk.page("users/audit.html", DOOR, store=store, status=wrong.status if wrong else 200, look=look, **words)


def _scope() -> tuple[who.Scope, StoreInfo | None]:
    """What the person sees, and the one store that they look at; None for all of theirs."""
    seen, wanted = who.scope(Right.SEE_AUDIT).somewhere(), request.values.get("store", type=int)
    return (seen, None) if wanted is None else (seen.at(wanted), stores.store(wanted))


def _zone(seen: who.Scope, store: StoreInfo | None) -> ZoneInfo:
    return desk.Desk(seen.person, DOOR, store).zone


def _query(look: Look, store: StoreInfo | None) -> str:
    return "&".join(part for part in (f"store={store.id}" if store else "", look.query) if part)


def _before() -> int | None:
    before = request.args.get("before", type=int)
    return None if before is None else min(max(before, 0), LAST_ROW)


def _midnight(text: str, zone: ZoneInfo, later: timedelta = timedelta(), field: str = "since") -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text) + later, time(), zone) if text else None
    except (ValueError, OverflowError):
        raise Refusal("bad_day", "Write the dates like 2026-11-26.", field=field) from None


def _places(entries: Iterable[Entry]) -> dict[int, str]:
    found = stores.several({entry.store_id for entry in entries if entry.store_id is not None})
    return {store_id: info.name for store_id, info in found.items()}
