"""Which stores there are: each one read when somebody asks for it, and remembered for a few seconds."""

from collections.abc import Collection
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, func, or_, select

from app.core import clock
from app.core.cache import Memory
from app.core.db import db
from app.core.errors import NotFound
from app.core.glancing import glances
from app.stores.hours import OpeningHours, Week
from app.stores.hours_text import kept, kept_day
from app.stores.hours_words import in_words
from app.stores.models import Pause, SpecialDay, Store, TaxRate
from app.stores.values import Method, Opening, StoreInfo

Special = dict[date, tuple[str, str]]  # hours and those of delivery, as they are kept

known: Memory[int, StoreInfo] = Memory(most=2_000, age=timedelta(seconds=5))
slugs: Memory[str, int] = Memory(most=2_000, age=timedelta(seconds=5))
firsts: Memory[None, int] = Memory(most=1, age=timedelta(minutes=1))
pauses: Memory[None, dict[int, str]] = Memory(most=1, age=timedelta(seconds=1))
openings: Memory[tuple[int, Method], Opening] = Memory(most=10_000, age=timedelta(seconds=1))
SPECIAL = select(SpecialDay.store_id, SpecialDay.day, SpecialDay.hours, SpecialDay.delivery_hours).where(
    SpecialDay.store_id.in_(bindparam("ids", expanding=True)), SpecialDay.day >= bindparam("since")
)
TAXES = select(TaxRate.store_id, TaxRate.code, TaxRate.rate_ppm).where(
    TaxRate.store_id.in_(bindparam("ids", expanding=True))
)
PAGE = 20
LARGEST = 2**31 - 1  # a larger number is no row's: databases fail on it, each in its own way


def store(store_id: int) -> StoreInfo:
    """One store, as of a few seconds ago at most. Raises NotFound."""
    return known.get(store_id, lambda: _only(store_id))


def by_slug(slug: str) -> StoreInfo:
    """One store by the name in its address. Raises NotFound."""
    return store(slugs.get(slug, lambda: _numbered(slug)))


def first() -> int:
    """The store that opened first: whose menu is shown to those who have chosen none. Raises NotFound."""
    return firsts.get(None, lambda: _found(db.session.scalar(select(func.min(Store.id)))))


def several(ids: Collection[int]) -> dict[int, StoreInfo]:
    """Stores by their ids, the lowest first, in three questions however many; one that is not there is left out."""
    wanted = {store_id for store_id in ids if 0 < store_id <= LARGEST}
    query = select(Store).where(Store.id.in_(wanted)).order_by(Store.id)
    rows = db.session.scalars(query.execution_options(populate_existing=True)).all()
    special, taxes = _special(wanted), _taxes(wanted)
    found = {row.id: info_of(row, special.get(row.id, {}), taxes.get(row.id, {})) for row in rows}
    for store_id, info in found.items():
        known.put(store_id, info)
    return found


def listed(
    *, among: Collection[int] | None = None, words: str = "", after: tuple[str, int] | None = None, most: int = PAGE
) -> tuple[StoreInfo, ...]:
    """Stores by name, a page at a time: `after` a name and id, `among` some (None: all), with all the `words`."""
    query = select(Store.id).order_by(Store.name, Store.id).limit(most)
    if among is not None:
        query = query.where(Store.id.in_(among))
    if after is not None:
        query = query.where(or_(Store.name > after[0], and_(Store.name == after[0], Store.id > min(after[1], LARGEST))))
    said = func.lower(Store.name + " " + Store.street + " " + Store.city + " " + Store.zip)
    for word in words.lower().replace("\0", "").split()[:5]:
        query = query.where(said.contains(word, autoescape=True))
    ids = list(db.session.scalars(query))
    found = several(ids)
    return tuple(found[store_id] for store_id in ids)


def count() -> int:
    """How many stores there are."""
    return db.session.scalar(select(func.count()).select_from(Store)) or 0


def regions(among: Collection[int] | None = None) -> dict[str, tuple[int, ...]]:
    """Stores by the state that they are in, of some (None: all), from one query."""
    query = select(Store.state, Store.id).order_by(Store.state, Store.id)
    found: dict[str, tuple[int, ...]] = {}
    for state, store_id in db.session.execute(query if among is None else query.where(Store.id.in_(among))):
        found[state] = (*found.get(state, ()), store_id)
    return found


def forget() -> None:
    """Let this process see at once what it changed."""
    for memory in (known, slugs, firsts, pauses, openings):
        memory.clear()


def _only(store_id: int) -> StoreInfo:
    info = several([store_id]).get(store_id)
    if info is None:
        raise NotFound("We could not find that store.")
    return info


def _numbered(slug: str) -> int:
    if "\0" in slug:  # PostgreSQL does not even look for it
        raise NotFound("We could not find that store.")
    return _found(db.session.scalar(select(Store.id).where(Store.slug == slug)))


def _found(store_id: int | None) -> int:
    if store_id is None:
        raise NotFound("We could not find that store.")
    return store_id


def _special(ids: Collection[int]) -> dict[int, Special]:
    found: dict[int, Special] = {}
    since = clock.now().date() - timedelta(days=2)
    for row in glances(SPECIAL, {"ids": ids, "since": since}):
        found.setdefault(row.store_id, {})[row.day] = (row.hours, row.delivery_hours)
    return found


def _taxes(ids: Collection[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for row in glances(TAXES, {"ids": ids}):
        found.setdefault(row.store_id, {})[row.code] = row.rate_ppm
    return found


def info_of(row: Store, special: Special, taxes: dict[str, int]) -> StoreInfo:
    """A store's row as others may know it."""
    week = kept(row.hours) if row.hours else {}
    delivery = kept(row.delivery_hours) if row.delivery_hours else week
    return StoreInfo(
        id=row.id,
        slug=row.slug,
        name=row.name,
        street=row.street,
        city=row.city,
        state=row.state,
        zip=row.zip,
        lat=row.lat,
        lon=row.lon,
        phone=row.phone,
        hours=_hours(row, week, {day: own for day, (own, _) in special.items()}),
        delivery_hours=_hours(
            row,
            delivery,
            {day: delivery or own for day, (own, delivery) in special.items()},
        ),
        hours_words=in_words(week),
        delivery_words=in_words(delivery),
        taxes=taxes,
        pickup_minutes=row.pickup_minutes,
        slot_capacity=row.slot_capacity,
        auto_accept=row.auto_accept,
        cash_limit_cents=row.cash_limit_cents,
    )


def _hours(row: Store, week: Week, special: dict[date, str]) -> OpeningHours:
    dates = {day: kept_day(text) for day, text in special.items()}
    return OpeningHours(ZoneInfo(row.timezone), week, dates, timedelta(minutes=row.last_order_minutes))


def opening(info: StoreInfo, method: Method = Method.CARRYOUT) -> Opening:
    """Whether a store takes orders right now, as of a second ago at most: for pages, never for placing an order."""
    return openings.get((info.id, method), lambda: _opening(info, method))


def _opening(info: StoreInfo, method: Method) -> Opening:
    now, hours = clock.now(), info.hours_of(method)
    span = hours.open_span(now)
    reason = paused().get(info.id)
    return Opening(
        open=hours.takes_orders(now) and reason is None,
        closes_at=span[1] if span else None,
        opens_at=None if span and hours.takes_orders(now) else hours.next_opening(now),
        paused_reason=reason,
    )


def paused() -> dict[int, str]:
    """The stores that take no orders for a while, and why, as of a second ago at most."""
    return pauses.get(None, _pauses)


def _pauses() -> dict[int, str]:
    query = select(Pause.store_id, Pause.reason).where(Pause.until > clock.now())
    return {row.store_id: row.reason for row in db.session.execute(query)}
