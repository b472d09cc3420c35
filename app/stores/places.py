"""Where an address is: by its ZIP code without asking anybody, or better, as a provider of maps once said.

A promise is worked out inside a transaction, so it only looks at what is known; `locate` asks, and only outside.
"""

from datetime import timedelta

import structlog
from sqlalchemy import delete, func, select

from app.core import clock
from app.core.cache import Memory
from app.core.db import db, in_transaction, insert_new, transaction
from app.core.idempotency import take_turn
from app.core.settings import settings
from app.stores import geocoder
from app.stores.addresses import STATE, key_of, read_line, zip_of
from app.stores.geo import Box, Point, miles_between
from app.stores.models import Located, ZipArea
from app.stores.nearest import Spot
from app.stores.values import Address

log = structlog.get_logger()
BELIEVED_MILES = 25  # what is further from its ZIP code's middle is another place of the same name
KEPT, KEPT_UNFOUND = timedelta(days=90), timedelta(days=1)

middles: Memory[str, Point | None] = Memory(most=5_000, age=timedelta(hours=1))
resting: Memory[None, bool] = Memory(most=1, age=timedelta(seconds=30))


def spot_of(address: Address) -> Spot:
    """Where an address is, as far as is known without asking: where it was found before, else its ZIP code's middle."""
    code = zip_of(address.zip)
    return Spot(known_door(address) or middle(code), code or None)


def middle(zip_code: str) -> Point | None:
    """The middle of a ZIP code; None for one that does not exist."""
    if len(zip_code) != 5 or not (zip_code.isascii() and zip_code.isdigit()):
        return None
    return middles.get(zip_code, lambda: _middle(zip_code))


def _middle(zip_code: str) -> Point | None:
    row = db.session.execute(select(ZipArea.lat, ZipArea.lon).where(ZipArea.zip == zip_code)).first()
    return Point(row.lat, row.lon) if row else None


def known_door(address: Address) -> Point | None:
    """Where a provider of maps once said that an address is; None where none was asked, or it was silent."""
    return _remembered(address) if address.street and settings().geocoder else None


def _remembered(address: Address) -> Point | None:
    row = db.session.get(Located, key_of(address))
    return Point(row.lat, row.lon) if row and row.lat is not None and row.lon is not None else None


def locate(address: Address) -> Spot:
    """Where an address is, asking the provider of maps if there is one; never inside of a unit of work.

    One question at a time and not too many a minute in the whole house; a provider that is slow, busy or wrong costs
    nothing but exactness: then the ZIP code decides, as it does without a provider. Answers are kept.
    """
    if in_transaction():
        raise RuntimeError("nobody outside is asked while a unit of work is open")
    if address.street and settings().geocoder and not _asked(address):
        _ask(address)
    return spot_of(address)


def _asked(address: Address) -> bool:
    row = db.session.get(Located, key_of(address))
    db.session.rollback()
    age = KEPT if row is not None and row.lat is not None else KEPT_UNFOUND
    return row is not None and row.asked_at > clock.now() - age


def _ask(address: Address) -> None:
    if resting.get(None, lambda: False) or not _may_ask():
        return
    try:
        found = geocoder.ask(address)
    except geocoder.SilentError as error:
        log.warning("geocoder_silent", error=str(error))
        resting.put(None, True)
        return
    with transaction():
        _keep(address, found if found and _believable(found, address) else None)


def _may_ask() -> bool:
    """Take one of the turns that there are in a minute; whoever finds it taken goes by the ZIP code."""
    gap = 60 / max(1, settings().geocoder_per_minute)
    turn = int(clock.now().timestamp() / gap)
    with transaction():
        return take_turn("geocoder", str(turn), timedelta(days=1))


def _believable(found: Point, address: Address) -> bool:
    known = middle(zip_of(address.zip))
    return known is None or miles_between(found, known) <= BELIEVED_MILES


def _keep(address: Address, found: Point | None) -> None:
    key = key_of(address)
    db.session.execute(delete(Located).where(Located.key == key))
    words = {"lat": found.lat if found else None, "lon": found.lon if found else None}
    insert_new(Located, key=key, asked_at=clock.now(), **words)


def codes_within(box: Box, most: int) -> dict[str, Point]:
    """ZIP codes with their middles in a box, to see on a map where one is; none of a box that has more than `most`."""
    inside = (ZipArea.lat.between(box.south, box.north), ZipArea.lon.between(box.west, box.east))
    rows = db.session.execute(select(ZipArea.zip, ZipArea.lat, ZipArea.lon).where(*inside).limit(most + 1)).all()
    return {row.zip: Point(row.lat, row.lon) for row in rows} if len(rows) <= most else {}


def forget_old() -> None:
    """Drop found addresses after ninety days. Recurring work."""
    with transaction():
        db.session.execute(delete(Located).where(Located.asked_at < clock.now() - KEPT))


def search(text: str) -> Spot | None:
    """The place that a search means: a ZIP code, a city, `Austin, TX`, or an address; None for no place we know.

    A city without a ZIP code is a wide spot.
    """
    line = read_line(text)
    code = line.zip or zip_of(text)
    if (point := middle(code)) is not None:
        return Spot(point, code)
    return _city(line.city or line.street, line.state or _state(text))


def _state(text: str) -> str:
    last = text.strip().rpartition(" ")[2].upper()
    return last if STATE.fullmatch(last) else ""


def _city(name: str, state: str) -> Spot | None:
    """The middle of a city's ZIP codes; of the largest city by that name where no state is named."""
    words = [word for word in name.split() if word.upper() != state]
    plain = " ".join(words).lower()
    if not plain or "\0" in plain:
        return None
    number = func.count().label("number")
    query = (
        select(func.avg(ZipArea.lat).label("lat"), func.avg(ZipArea.lon).label("lon"), ZipArea.state, number)
        .where(func.lower(ZipArea.city) == plain)
        .group_by(ZipArea.state)
        .order_by(number.desc(), ZipArea.state)
    )
    rows = db.session.execute(query.where(ZipArea.state == state) if state else query).all()
    return Spot(Point(rows[0].lat, rows[0].lon), wide=True) if rows else None
