"""The book of deeds: who did what, as managers see it of their stores and admins of all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core.db import transaction
from app.core.errors import Refusal
from app.stores import service as stores
from app.users import audit
from app.users import service as users
from app.users.audit import PAGE, Entry, Wanted
from app.users.service import Right, Who
from blueprints import desk, who
from blueprints.deed_words import DEEDS, detail_words
from blueprints.handing_out import hand_out

pages = Blueprint("audit", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/manage/audit", "audit"
COLUMNS = ("number", "at", "person", "store", "deed", "subject", "detail")
LAST_ROW = 2**31 - 1


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
        """As the address says."""
        return cls(*(request.args.get(name, "").strip()[:60] for name in cls.__dataclass_fields__))

    @property
    def query(self) -> str:
        """The same as a part of an address."""
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def sieves(self) -> str:
        """By what it was sieved, without the words that were typed: they may be somebody's name."""
        return ", ".join(name for name in self.__dataclass_fields__ if getattr(self, name))

    def wanted(self, person: Who, zone: ZoneInfo) -> Wanted:
        """What is read, of what this person may see. Raises Refusal `bad_day`."""
        return Wanted(
            stores=person.places(Right.SEE_AUDIT),
            own=person.user_id,
            person=self.person,
            deed=self.deed,
            subject=self.subject,
            since=_midnight(self.since, zone),
            until=_midnight(self.until, zone, timedelta(days=1)),
        )


@pages.get(PATH)
def audit_page() -> ResponseReturnValue:
    person, look = who.somewhere(Right.SEE_AUDIT), Look.asked()
    zone, wrong = desk.Desk(person, DOOR, None).zone, ""
    try:
        found = audit.entries(look.wanted(person, zone), before=_before(), most=PAGE + 1)
    except Refusal as refusal:
        found, wrong = (), refusal.message
    shown, more = found[:PAGE], len(found) > PAGE
    rows = [(entry, detail_words(entry.detail)) for entry in shown]
    words: dict[str, Any] = {
        "rows": rows,
        "places": _places(shown),
        "wrong": wrong,
    }
    older = f"{PATH}?{look.query}&before={shown[-1].id}" if more else ""
    return desk.page(
        "users/audit.html", DOOR, status=422 if wrong else 200, look=look, deeds=DEEDS, older=older, **words
    )


@pages.get(f"{PATH}.csv")
def audit_file() -> ResponseReturnValue:
    person, look = who.somewhere(Right.SEE_AUDIT), Look.asked()
    wanted = look.wanted(person, desk.Desk(person, DOOR, None).zone)
    with transaction():
        users.audit(person.user_id, "audit.export", "audit", by=look.sieves)
    return hand_out("audit.csv", COLUMNS, map(_cells, audit.all_entries(wanted)))


def _before() -> int | None:
    before = request.args.get("before", type=int)
    return None if before is None else min(max(before, 0), LAST_ROW)


def _midnight(text: str, zone: ZoneInfo, later: timedelta = timedelta()) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text) + later, time(), zone) if text else None
    except (ValueError, OverflowError):
        raise Refusal("bad_day", "Write the dates like 2026-11-26.", field="since") from None


def _places(entries: Iterable[Entry]) -> dict[int, str]:
    found = stores.several({entry.store_id for entry in entries if entry.store_id is not None})
    return {store_id: info.name for store_id, info in found.items()}


def _cells(entry: Entry) -> tuple[object, ...]:
    at, said = entry.at.isoformat(), detail_words(entry.detail)
    return (entry.id, at, entry.person or "", entry.store_id or "", entry.deed, entry.subject, said)
