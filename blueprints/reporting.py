"""What all reports share: of which stores, which days, their tabs, and each plot as a file that is written down."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.db import transaction
from app.core.errors import NotFound
from app.core.periods import Period
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.users import service as users
from app.users.service import Right
from blueprints import desk, who
from blueprints.handing_out import hand_out
from blueprints.htmx import answer, wants_piece

PATH, DOOR = "/manage/reports", "reports"
TABS = (
    (PATH, "Sales", Right.SEE_REPORTS),
    (f"{PATH}/speeds", "Kitchen and road", Right.SEE_REPORTS),
    (f"{PATH}/staff", "Staff", Right.SEE_AUDIT),
)
MOST_DAYS, USUAL_DAYS = 366, 28
PRESETS = ((1, "Today"), (7, "7 days"), (28, "28 days"))
EARLIEST = date(2000, 1, 1)
Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Asked:
    """The days that somebody asked for, `last_days` where they end today by that; `trouble` says why those in the
    address could not be had.
    """

    period: Period
    trouble: str = ""
    last_days: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: one store's, those of all of the person's in a `region`, or of all that are theirs.

    `ids` are those stores, None for the whole chain; `regions` are those that can be chosen.
    """

    store: StoreInfo | None
    region: str
    ids: Collection[int] | None
    regions: tuple[str, ...]
    several: bool

    @property
    def words(self) -> str:
        """`Elm Street`, `the stores in IL`, `the whole chain`, `your 3 stores`."""
        if self.store is not None:
            return self.store.name
        if self.region:
            return f"the stores in {self.region}"
        return "the whole chain" if self.ids is None else f"your {len(self.ids)} stores"

    @property
    def query(self) -> dict[str, object]:
        """The same as a part of an address."""
        if self.store is not None:
            return {"store": self.store.id}
        return {"region": self.region} if self.region else {}

    @property
    def file(self) -> str:
        """The same as a part of a file's name."""
        return self.store.slug if self.store else self.region.lower() or "stores"


def scope(right: Right = Right.SEE_REPORTS) -> Scope:
    """Whose figures the address asks for. Raises NotFound for what is not the person's, Forbidden."""
    mine, wanted = who.scope(right).somewhere().stores, request.args.get("store", type=int)
    several = mine is None or len(mine) > 1
    if wanted is None and mine is not None and len(mine) == 1:
        wanted = next(iter(mine))
    if wanted is not None:
        who.at_store(right, wanted)
        return Scope(stores.store(wanted), "", (wanted,), (), several)
    regions = stores.regions(mine)
    region = request.args.get("region", "")[:2].upper()
    if region and region not in regions:
        raise NotFound("None of your stores is there.")
    return Scope(None, region, regions[region] if region else mine, tuple(sorted(regions)), several)


def days(found: Scope) -> Asked:
    """Which days the address asks for, on the clock of the store, or of the chain's first one."""
    today = (found.store or stores.store(stores.first())).hours.business_date(clock.now())
    number, first, last = (request.args.get(name, "")[:10] for name in ("days", "from", "to"))
    return asked(number, first, last, today)


def asked(days: str, first: str, last: str, today: date) -> Asked:
    """Which days are meant: the last so many, or from one to another; the usual ones with a word where neither."""
    usual = _last(USUAL_DAYS, today)
    if not (first or last):
        number = int(days) if days.isascii() and days.isdecimal() and len(days) < 4 else 0
        return _last(number, today) if 1 <= number <= MOST_DAYS else usual
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        return Asked(usual.period, "Enter both dates, as in 2026-07-03.")
    if period.first > period.last:
        return Asked(usual.period, "The first day comes after the last one.")
    if period.days > MOST_DAYS:
        return Asked(usual.period, f"A report covers {MOST_DAYS} days at most.")
    if period.first < EARLIEST or period.last > today:
        return Asked(usual.period, "These days have not come yet, or are too long ago.")
    return Asked(period, last_days=period.days if period.last == today else 0)


def _last(number: int, today: date) -> Asked:
    return Asked(Period(today - timedelta(days=number - 1), today), last_days=number)


def draw(path: str, template: str, found: Scope, wanted: Asked, **words: Any) -> ResponseReturnValue:
    """A report: the whole page, or only `_<template>.html` where htmx asks for other days or stores."""
    tabs = [(to, name) for to, name, right in TABS if who.staff().may_somewhere(right)]
    words |= {
        "scope": found,
        "asked": wanted,
        "presets": PRESETS,
        "tabs": tabs,
        "path": path,
        "link": _link(path, found),
        "chooser": desk.chooser(next(door for door in desk.DOORS if door.word == DOOR)),
    }
    if wants_piece():
        return answer(render_template(template.replace("desk/", "desk/_"), store=found.store, **words))
    return desk.page(template, DOOR, store=found.store, status=422 if wanted.trouble else 200, **words)


def _link(path: str, found: Scope) -> Any:
    """From other words to the address of this report with them, of the same stores."""

    def link(where: str = path, /, **said: object) -> str:
        return f"{where}?{urlencode({**found.query, **{key.rstrip('_'): value for key, value in said.items()}})}"

    return link


def file(plot: str, found: Scope, period: Period, rows: Sequence[Row]) -> Response:
    """A plot as a file, its head first, written down in the audit."""
    subject = f"store:{found.store.id}" if found.store else f"region:{found.region}" if found.region else "chain"
    said = {"plot": plot, "days": f"{period.first} to {period.last}"}
    with transaction():
        place = found.store.id if found.store else None
        users.audit(who.staff().user_id, "report.export", subject, place, **said)
    head, *rest = rows
    return hand_out(f"{plot}-{found.file}-{period.first}-{period.last}.csv", [str(name) for name in head], rest)
