"""How many stores of the chain take orders right now: three queries, and one look at each kind of week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.stores.hours import OpeningHours
from app.stores.hours_text import kept, kept_day
from app.stores.models import Pause, SpecialDay, Store

Hours = tuple[str, str, int]  # time zone, week, last order in minutes


@dataclass(frozen=True, slots=True)
class Paused:
    """A store that takes no orders for a while, and why."""

    store_id: int
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Headcount:
    """The stores of the chain at a moment: all, those that take orders, and those that would, were they not paused."""

    stores: int
    open: int
    paused: tuple[Paused, ...]


def headcount() -> Headcount:
    """How the chain stands right now."""
    now = clock.now()
    columns = (Store.id, Store.timezone, Store.hours, Store.last_order_minutes)
    rows = db.session.execute(select(*columns)).all()
    special, pauses = _special(now), _pauses(now)
    weeks: dict[Hours, bool] = {}
    willing = set()
    for store_id, zone, week, last_order in rows:
        hours = (zone, week, last_order)
        if store_id in special:
            open_now = _open(hours, special[store_id], now)
        elif hours in weeks:
            open_now = weeks[hours]
        else:
            open_now = weeks[hours] = _open(hours, {}, now)
        if open_now:
            willing.add(store_id)
    paused = tuple(pause for pause in pauses if pause.store_id in willing)
    return Headcount(len(rows), len(willing) - len(paused), paused)


def _special(now: datetime) -> dict[int, dict[date, str]]:
    days = [now.date() + timedelta(days=n) for n in (-2, -1, 0, 1)]
    found: dict[int, dict[date, str]] = {}
    query = select(SpecialDay.store_id, SpecialDay.day, SpecialDay.hours).where(SpecialDay.day.in_(days))
    for row in db.session.execute(query):
        found.setdefault(row.store_id, {})[row.day] = row.hours
    return found


def _pauses(now: datetime) -> list[Paused]:
    query = select(Pause.store_id, Pause.until, Pause.reason).where(Pause.until > now).order_by(Pause.until)
    return [Paused(*row) for row in db.session.execute(query)]


def _open(hours: Hours, special: dict[date, str], now: datetime) -> bool:
    zone, text, last_order = hours
    week, dates = kept(text) if text else {}, {day: kept_day(own) for day, own in special.items()}
    return OpeningHours(ZoneInfo(zone), week, dates, timedelta(minutes=last_order)).takes_orders(now)
