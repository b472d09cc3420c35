"""Addresses that a customer keeps: a few doors, one of them the usual. Who delivers there, others know."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound, Refusal
from app.users.models import Address, User

MOST_ADDRESSES = 10


@dataclass(frozen=True, slots=True)
class Door:
    """An address as somebody wrote it, what they call it, and how to find its door; both may be nothing."""

    street: str
    zip: str
    unit: str = ""
    city: str = ""
    name: str = ""
    note: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """The same for the same door, however large its letters and wide its blanks."""
        return tuple(" ".join(part.casefold().split()) for part in (self.street, self.unit, self.zip))


@dataclass(frozen=True, slots=True)
class Kept(Door):
    """An address that is kept. The `usual` one is offered first."""

    id: int = 0
    usual: bool = False

    @property
    def title(self) -> str:
        """What it is called."""
        return self.name or self.street


def of(user_id: int) -> tuple[Kept, ...]:
    """All that somebody keeps, the usual one first."""
    return tuple(_kept(row, usual=n == 0) for n, row in enumerate(_rows(user_id)))


def one(user_id: int, address_id: int) -> Kept:
    """One of somebody's own. Raises NotFound."""
    found = next((kept for kept in of(user_id) if kept.id == address_id), None)
    if found is None:
        raise _gone()
    return found


def keep(user_id: int, door: Door) -> int:
    """Keep an address, in the open unit of work; one that is there already stays one. Gives its number.

    Raises Refusal `too_many_addresses`.
    """
    _alone(user_id)
    kept = of(user_id)
    same = next((one for one in kept if one.key == door.key), None)
    if same is not None:
        row = _row(user_id, same.id)
        row.name, row.note = door.name or row.name, door.note or row.note
        return same.id
    if len(kept) >= MOST_ADDRESSES:
        message = f"You can keep {MOST_ADDRESSES} addresses. Remove one to make room."
        raise Refusal("too_many_addresses", message)
    row = Address(user_id=user_id, **_written(door), usual_at=None)
    db.session.add(row)
    db.session.flush()
    return row.id


def change(user_id: int, address_id: int, door: Door) -> None:
    """Write one of somebody's own anew, in the open unit of work. Raises NotFound, Refusal `address_twice`."""
    _alone(user_id)
    row = _row(user_id, address_id)
    if any(kept.key == door.key and kept.id != address_id for kept in of(user_id)):
        raise Refusal("address_twice", "You keep that address already.", field="street")
    for name, text in _written(door).items():
        setattr(row, name, text)


def make_usual(user_id: int, address_id: int) -> None:
    """Have one of somebody's own offered first, in the open unit of work. Raises NotFound."""
    _row(user_id, address_id).usual_at = clock.now()


def drop(user_id: int, address_id: int) -> None:
    """Keep one of somebody's own no longer, in the open unit of work. Raises NotFound."""
    db.session.delete(_row(user_id, address_id))


def _alone(user_id: int) -> None:
    """Two forms of one person come one after the other: together they could pass the limit, or keep a door twice."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())


def _rows(user_id: int) -> Sequence[Address]:
    """The one that was made usual last comes first; without any, the oldest."""
    order = (Address.usual_at.is_(None), Address.usual_at.desc(), Address.id)
    rows = select(Address).where(Address.user_id == user_id).order_by(*order)
    return db.session.scalars(rows.execution_options(populate_existing=True)).all()


def _row(user_id: int, address_id: int) -> Address:
    row = db.session.get(Address, address_id)
    if row is None or row.user_id != user_id:
        raise _gone()
    return row


def _written(door: Door) -> dict[str, str]:
    return {field.name: getattr(door, field.name) for field in fields(Door)}


def _kept(row: Address, *, usual: bool) -> Kept:
    return Kept(row.street, row.zip, row.unit, row.city, row.name, row.note, id=row.id, usual=usual)


def _gone() -> NotFound:
    return NotFound("You do not keep that address any more.", code="address_gone")
