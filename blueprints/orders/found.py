"""The page on which staff find any order of their stores, searches that they keep, and what was found as a file."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core import clock, longwork
from app.core.db import transaction
from app.core.errors import Refusal
from app.core.longwork import Owner
from app.core.money import format_cents
from app.orders import exporting, finding, searches
from app.orders.finding import PAGE, Found, Sought
from app.orders.service import OrderStatus
from app.stores import service as stores
from app.stores.service import Method, StoreInfo
from app.users import service as users
from app.users.service import Right, Who
from blueprints import desk, who
from blueprints.forms import in_one_line
from blueprints.handing_out import hand_out
from blueprints.htmx import go

pages = Blueprint("found", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/staff/orders", "orders"
MOST_LISTED, MOST_OUT, LAST_ROW = 40, 5_000, 2**31 - 1
STATES = {
    "placed": "New",
    "accepted": "Accepted",
    "making": "Being made",
    "completed": "Completed",
    "cancelled": "Cancelled",
    "rejected": "Rejected",
    "pending_payment": "Not paid yet",
    "payment_failed": "Payment failed",
    "expired": "Not paid in time",
}
DAYS = {"today": "Today", "yesterday": "Yesterday", "week": "Last 7 days", "month": "Last 30 days"}
SPANS = {"today": (0, 1), "yesterday": (-1, 0), "week": (-6, 1), "month": (-29, 1)}  # from today on, in days
MODES = {Method.DELIVERY: "Delivery", Method.CARRYOUT: "Carryout"}
COLUMNS = ("number", "made at", "store", "state", "how", "name", "phone", "email", "total")


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked for, as the address or a form says it."""

    q: str
    state: str
    day: str
    since: str
    until: str
    store: str

    @classmethod
    def asked(cls) -> "Look":
        """As it was asked for; what makes no sense of state and day counts as all of them."""
        said = {name: in_one_line(request.values.get(name, ""))[:80] for name in cls.__dataclass_fields__}
        said["state"] = said["state"] if said["state"] in STATES else ""
        said["day"] = said["day"] if said["day"] in DAYS else ""
        return cls(**said)

    @property
    def query(self) -> str:
        """The same as a part of an address."""
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def filters(self) -> str:
        """The same without what was typed: that is somebody's name or phone, and ends when they are forgotten."""
        return replace(self, q="").query

    def sought(self, store: StoreInfo | None, zone: ZoneInfo) -> Sought:
        """What is read, of what this person may see. Raises Refusal `bad_day`."""
        since, until = self._days(clock.now().astimezone(zone).date())
        return Sought(
            stores=(store.id,) if store else who.scope(Right.SEE_CONTACTS).stores,
            words=self.q,
            status=OrderStatus(self.state) if self.state else None,
            since=datetime.combine(since, time(), zone) if since else None,
            until=datetime.combine(until, time(), zone) if until else None,
        )

    def _days(self, today: date) -> tuple[date | None, date | None]:
        """The first day that is meant, and the first after it that is not; dates go before a day by its name."""
        if self.day and not (self.since or self.until):
            first, after = SPANS[self.day]
            return today + timedelta(days=first), today + timedelta(days=after)
        return _day(self.since, "since"), _day(self.until, "until", timedelta(days=1))


@pages.get(PATH)
def orders_page() -> ResponseReturnValue:
    return _page(*_scope(), Look.asked())


@pages.get(f"{PATH}.csv")
def orders_file() -> ResponseReturnValue:
    (person, store), look = _scope(), Look.asked()
    rows = tuple(finding.every(look.sought(store, _zone(person, store)), MOST_OUT))
    with transaction():
        said = {"asked": look.filters, "typed": bool(look.q), "orders": len(rows)}
        users.audit(person.user_id, "order.export", "orders", store.id if store else None, **said)
    places = _places(rows)
    return hand_out("orders.csv", COLUMNS, (_cells(row, places[row.store_id]) for row in rows))


@pages.post(f"{PATH}/exports")
def orders_as_work() -> ResponseReturnValue:
    (person, store), look = _scope(), Look.asked()
    try:
        sought = look.sought(store, _zone(person, store))
        owner = Owner(person.user_id, Right.SEE_CONTACTS.value, "/manage/jobs/{id}/file", sought.stores)
        wanted = exporting.wanted(sought, owner)
    except Refusal as refusal:
        return _page(person, store, look, refusal)
    desk.at_work(person)
    job_id = longwork.begin(wanted)
    said = {"asked": look.filters, "orders": wanted.total, "job": job_id}
    users.audit(person.user_id, "order.export", "orders", store.id if store else None, **said)
    return go(f"/manage/jobs/{job_id}")


@pages.post(f"{PATH}/searches")
def keep_search() -> ResponseReturnValue:
    (person, store), look = _scope(), Look.asked()
    name = in_one_line(request.form.get("name", ""))[:40]
    try:
        number = searches.keep(person.user_id, name, look.filters)
    except Refusal as refusal:
        return _page(person, store, look, refusal, name)
    desk.at_work(person)
    users.audit(person.user_id, "order.search.keep", f"search:{number}")
    return desk.done(f"“{name}” is kept.", f"{PATH}?{look.query}")


@pages.post(f"{PATH}/searches/<row:number>/removal")
def drop_search(number: int) -> ResponseReturnValue:
    person = who.staff()
    name = searches.drop(person.user_id, number)
    desk.at_work(person)
    users.audit(person.user_id, "order.search.drop", f"search:{number}")
    return desk.done(f"“{name}” is dropped.", PATH)


def _scope() -> tuple[Who, StoreInfo | None]:
    """The person, and the one store that they look at; None for all of theirs."""
    wanted = request.values.get("store", type=int)
    if wanted is None:
        return who.somewhere(Right.SEE_CONTACTS), None
    return who.at_store(Right.SEE_CONTACTS, wanted), stores.store(wanted)


def _page(
    person: Who, store: StoreInfo | None, look: Look, wrong: Refusal | None = None, name: str = ""
) -> ResponseReturnValue:
    found: tuple[Found, ...] = ()
    try:
        sought = look.sought(store, _zone(person, store))
        found = finding.found(sought, before=_before(), most=PAGE + 1)
    except Refusal as refusal:
        wrong = wrong or refusal
    shown, places = found[:PAGE], who.my_stores(Right.SEE_CONTACTS, most=MOST_LISTED + 1)
    words: dict[str, Any] = {
        "rows": shown,
        "places": _places(shown),
        "theirs": places if len(places) <= MOST_LISTED else (),
        "older": f"{PATH}?{look.query}&before={shown[-1].id}" if len(found) > PAGE else "",
        "kept": searches.kept(person.user_id),
    }
    fixed = {"states": STATES, "days": DAYS, "modes": MODES, "look": look, "wrong": wrong, "name": name}
    words |= {"several": len(places) > 1, **fixed}
    return desk.page("orders/desk/orders.html", DOOR, store=store, status=wrong.status if wrong else 200, **words)


def _zone(person: Who, store: StoreInfo | None) -> ZoneInfo:
    return desk.Desk(person, DOOR, store).zone


def _before() -> int | None:
    before = request.args.get("before", type=int)
    return None if before is None else min(max(before, 0), LAST_ROW)


def _day(text: str, field: str, later: timedelta = timedelta()) -> date | None:
    try:
        return date.fromisoformat(text) + later if text else None
    except (ValueError, OverflowError):
        raise Refusal("bad_day", "Write the dates like 2026-11-26.", field=field) from None


def _places(rows: Iterable[Found]) -> dict[int, StoreInfo]:
    return stores.several({row.store_id for row in rows})


def _cells(row: Found, store: StoreInfo) -> tuple[object, ...]:
    made = row.created_at.astimezone(store.zone).isoformat(timespec="seconds")
    stands, total = STATES[row.status.value], format_cents(row.total_cents).removeprefix("$")
    return (row.id, made, store.name, stands, MODES[row.method], row.name, row.phone, row.email, total)
