"""What managers say about a store: its hours and special days, its kitchen, and where it delivers on what terms."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import delete, select

from app.core import clock
from app.core.db import after_commit, db
from app.core.errors import NotFound, Refusal
from app.stores.directory import LARGEST, forget
from app.stores.geo import Point
from app.stores.hours_text import HoursTextError, kept, kept_day, read, read_day
from app.stores.hours_words import standard, standard_day, written, written_day
from app.stores.models import DeliveryZone, SpecialDay, Store, ZoneZip
from app.stores.nearest import reaches
from app.stores.open_now import feasts
from app.stores.rows import ZONE, zone_of
from app.stores.slots import resize
from app.stores.zones import MOST_REACH_MILES, FeeStep, Polygon, Zone, ZoneKind, drawn, reach

LONGEST_LAST_ORDER, MOST_PLACES, FURTHEST_DAY = 240, 1_000, timedelta(days=550)
MOST_ZIPS, MOST_DRIVE, MOST_A_MILE, MOST_CENTS = 2_000, 240, 60, 100_000


@dataclass(frozen=True, slots=True)
class Written:
    """A store's hours as its form shows them."""

    hours: str
    delivery_hours: str
    last_order_minutes: int


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A date with hours of its own, as its form shows it."""

    day: date
    name: str
    hours: str
    delivery_hours: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A zone as somebody wants it. Cents, minutes and miles; only the shape of its kind counts."""

    name: str
    kind: ZoneKind
    minimum_cents: int
    drive_minutes: int
    minutes_a_mile: int
    steps: tuple[FeeStep, ...]
    miles: float | None = None
    zips: tuple[str, ...] = ()
    area: tuple[Polygon, ...] = field(default=())


def hours_of(store_id: int) -> Written:
    """A store's hours as people write them. Raises NotFound."""
    row = _store(store_id)
    hours, delivery = (written(kept(text)) if text else "" for text in (row.hours, row.delivery_hours))
    return Written(hours, delivery, row.last_order_minutes)


def save_hours(store_id: int, told: Written) -> None:
    """Keep a store's week, in the open unit of work; empty hours of delivery are those of the store.

    Raises Refusal `bad_hours` about the field that does not read, NotFound.
    """
    row = _store(store_id)
    row.hours = _week(told.hours, "hours")
    row.delivery_hours = _week(told.delivery_hours, "delivery_hours") if told.delivery_hours.strip() else ""
    if not 0 <= told.last_order_minutes <= LONGEST_LAST_ORDER:
        raise Refusal("bad_hours", "The last order is taken within four hours of closing.", field="last_order_minutes")
    row.last_order_minutes = told.last_order_minutes
    _changed()


def _week(text: str, field: str) -> str:
    try:
        return standard(read(text))
    except HoursTextError as error:
        raise Refusal("bad_hours", str(error), field=field) from error


def days_of(store_id: int) -> tuple[WrittenDay, ...]:
    """A store's dates with hours of their own, from yesterday on."""
    since = clock.now().date() - timedelta(days=1)
    query = select(SpecialDay).where(SpecialDay.store_id == store_id, SpecialDay.day >= since).order_by(SpecialDay.day)
    return tuple(
        WrittenDay(row.day, row.name, _day_written(row.hours), _day_written(row.delivery_hours))
        for row in db.session.scalars(query)
    )


def _day_written(text: str) -> str:
    return written_day(kept_day(text)) if text else ""


def save_day(store_id: int, told: WrittenDay) -> None:
    """Give a date hours of its own, in the open unit of work; what it had before is replaced.

    Raises Refusal `bad_hours` about the field that does not read, `bad_day` for one that is past or far away.
    """
    _store(store_id)
    today = clock.now().date() - timedelta(days=1)
    if not today <= told.day <= today + FURTHEST_DAY:
        raise Refusal("bad_day", "Choose a day within the coming eighteen months.", field="day")
    delivery = _day(told.delivery_hours, "day_delivery") if told.delivery_hours.strip() else ""
    hours = _day(told.hours, "day_hours")
    drop_day(store_id, told.day)
    db.session.add(SpecialDay(store_id=store_id, day=told.day, name=told.name, hours=hours, delivery_hours=delivery))
    db.session.flush()


def _day(text: str, field: str) -> str:
    try:
        return standard_day(read_day(text))
    except HoursTextError as error:
        raise Refusal("bad_hours", str(error), field=field) from error


def drop_day(store_id: int, day: date) -> bool:
    """Let a date have the hours of its weekday again; whether it had others."""
    gone = delete(SpecialDay).where(SpecialDay.store_id == store_id, SpecialDay.day == day).returning(SpecialDay.day)
    found = db.session.execute(gone.execution_options(synchronize_session=False)).first()
    db.session.expire_all()
    _changed()
    return found is not None


def save_kitchen(store_id: int, capacity: int, *, auto_accept: bool) -> None:
    """Say how many oven places a quarter of an hour has, from the present one on, and whether orders are accepted by
    themselves. Raises Refusal, NotFound.
    """
    if not 1 <= capacity <= MOST_PLACES:
        raise Refusal("bad_capacity", f"A quarter of an hour has 1 to {MOST_PLACES} places.", field="slot_capacity")
    row = _store(store_id)
    row.slot_capacity, row.auto_accept = capacity, auto_accept
    db.session.flush()
    resize(store_id, capacity, clock.now())
    _changed()


def zones_of(store_id: int) -> tuple[Zone, ...]:
    """Every zone of a store with its ZIP codes, the oldest first."""
    codes: dict[int, set[str]] = {}
    mine = select(DeliveryZone.id).where(DeliveryZone.store_id == store_id)
    for row in db.session.execute(select(ZoneZip.zone_id, ZoneZip.zip).where(ZoneZip.zone_id.in_(mine))):
        codes.setdefault(row.zone_id, set()).add(row.zip)
    rows = db.session.execute(select(*ZONE).where(DeliveryZone.store_id == store_id).order_by(DeliveryZone.id))
    return tuple(zone_of(row, frozenset(codes.get(row.id, ()))) for row in rows)


def save_zone(store_id: int, draft: Draft, zone_id: int | None = None) -> int:
    """Keep a zone, a new one or another version of one, in the open unit of work; its id.

    Raises Refusal `bad_zone` about the field that is wrong, NotFound for a zone of another store.
    """
    store = _store(store_id)
    _check(draft, Point(store.lat, store.lon))
    row = DeliveryZone(store_id=store_id) if zone_id is None else _zone(store_id, zone_id)
    row.name, row.kind = draft.name, draft.kind.value
    row.minimum_cents, row.drive_minutes, row.minutes_a_mile = (
        draft.minimum_cents,
        draft.drive_minutes,
        draft.minutes_a_mile,
    )
    row.steps = [[step.from_cents, step.fee_cents] for step in draft.steps]
    row.miles = draft.miles if draft.kind is ZoneKind.RADIUS else None
    row.area = drawn(draft.area) if draft.kind is ZoneKind.AREA else None
    db.session.add(row)
    db.session.flush()
    db.session.execute(delete(ZoneZip).where(ZoneZip.zone_id == row.id))
    if draft.kind is ZoneKind.ZIPS:
        db.session.add_all(ZoneZip(zone_id=row.id, zip=code) for code in dict.fromkeys(draft.zips))
    db.session.flush()
    measure(store_id)
    return row.id


def drop_zone(store_id: int, zone_id: int) -> str:
    """Deliver there no more; gives the zone's name. Raises NotFound for a zone of another store."""
    row = _zone(store_id, zone_id)
    name = row.name
    db.session.execute(delete(ZoneZip).where(ZoneZip.zone_id == zone_id))
    db.session.delete(row)
    db.session.flush()
    measure(store_id)
    return name


def _check(draft: Draft, door: Point) -> None:
    shaped = {ZoneKind.RADIUS: draft.miles, ZoneKind.ZIPS: draft.zips, ZoneKind.AREA: draft.area}[draft.kind]
    far = reach(door, draft.kind, draft.miles, draft.area)
    fees = [step.from_cents for step in draft.steps]
    charged = [step.fee_cents for step in draft.steps]
    amounts = (draft.minimum_cents, *fees, *charged)
    for wrong, field_name, words in (
        (not shaped, {"radius": "miles", "zips": "zips", "area": "area"}[draft.kind], "Say where this zone is."),
        (len(draft.zips) > MOST_ZIPS, "zips", f"A zone has {MOST_ZIPS:,} ZIP codes at most."),
        (far > MOST_REACH_MILES, "miles", f"No zone reaches further than {MOST_REACH_MILES:.0f} miles."),
        (not 0 <= draft.drive_minutes <= MOST_DRIVE, "drive_minutes", "A drive takes four hours at most."),
        (not 0 <= draft.minutes_a_mile <= MOST_A_MILE, "minutes_a_mile", "A mile takes an hour at most."),
        (any(not 0 <= cents <= MOST_CENTS for cents in amounts), "fees", "Amounts go from 0 to $1,000."),
        (
            not fees or fees[0] != 0 or fees != sorted(set(fees)),
            "fees",
            "Fees begin at $0 of food and go up from there.",
        ),
        (charged != sorted(charged, reverse=True), "fees", "More food never costs a higher fee."),
    ):
        if wrong:
            raise Refusal("bad_zone", words, field=field_name)


def measure(store_id: int) -> None:
    """Work out how far a store's zones reach, so that searches look no further and no less far. Raises NotFound."""
    store = _store(store_id)
    door, found = Point(store.lat, store.lon), zones_of(store.id)
    store.reach_miles = max((reach(door, zone.kind, zone.miles, zone.area) for zone in found), default=0.0)
    db.session.flush()
    _changed()


def _zone(store_id: int, zone_id: int) -> DeliveryZone:
    row = db.session.get(DeliveryZone, zone_id) if 0 < zone_id <= LARGEST else None
    if row is None or row.store_id != store_id:
        raise NotFound("That zone is not there any more.")
    return row


def _store(store_id: int) -> Store:
    row = db.session.get(Store, store_id, populate_existing=True)
    if row is None:
        raise NotFound("We could not find that store.")
    return row


def _changed() -> None:
    after_commit(forget)
    after_commit(reaches.clear)
    after_commit(feasts.clear)
