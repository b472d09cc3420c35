"""Figures of days: a day that something happened on is noted, and noted days are made anew, whole, never by adding.

A day's row carries the number of its last note and the number that its figures were made from; a note that comes while
it is made leaves the two apart, and it is made once more (docs/decisions/0053, 0064).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, Insert, delete, func, insert, select, update

from app.core.db import atomically, db, insert_into, sent

AT_ONCE = 14  # days in one unit of work
MOST_AT_ONCE = 40  # stores in one turn of the recurring work


def note(model: Any, keys: Iterable[Mapping[str, Any]]) -> None:
    """Have days made anew, in the open unit of work: each key names one by the primary key of its row, in order."""
    rows, noting = [{**key, "noted": 1} for key in keys], _noting(model, db.engine.dialect.name)
    if len(rows) == 1:
        sent(noting, rows[0])
    elif rows:
        db.session.execute(noting, rows)


@cache
def _noting(model: Any, dialect: str) -> Any:
    table = model.__table__
    more = {"noted": table.c.noted + 1}
    return insert_into(model, dialect).on_conflict_do_update(index_elements=list(table.primary_key), set_=more)


@dataclass(frozen=True, slots=True)
class Chain:
    """Figures of the whole chain's days, summed from its stores', so that a chain of any size reads like one store.

    `days` is the table of noted days; each pair is a table of stores' figures and the chain's, which has the same
    columns but for the store; what `keys` does not name is summed, a `name` is any of them.
    """

    days: Any
    pairs: tuple[tuple[Any, Any], ...]
    keys: frozenset[str]

    def note(self, days: Iterable[date]) -> None:
        """Have days of the chain made anew, in the open unit of work."""
        note(self.days, [{"day": day} for day in sorted(set(days))])

    def roll(self) -> int:
        """Make noted days anew, two weeks of them at most; returns how many. In a unit of work of its own."""
        return atomically(self._roll)

    def roll_all(self) -> None:
        """The same until none is left."""
        while self.roll():
            pass

    def _roll(self) -> int:
        waiting = select(self.days.day, self.days.noted).where(self.days.rolled < self.days.noted)
        found = db.session.execute(waiting.order_by(self.days.day).limit(AT_ONCE).with_for_update())
        noted = {row.day: row.noted for row in found}
        for of_store, of_chain in self.pairs if noted else ():
            db.session.execute(delete(of_chain).where(of_chain.day.in_(noted)))
            db.session.execute(self._summed(of_store, of_chain, noted))
        for day, number in noted.items():
            db.session.execute(update(self.days).where(self.days.day == day).values(rolled=number))
        return len(noted)

    def _summed(self, of_store: Any, of_chain: Any, days: Collection[date]) -> Insert:
        names = _names(of_chain)
        columns = [self._column(of_store, name) for name in names]
        keys = [getattr(of_store, name) for name in names if name in self.keys]
        return insert(of_chain).from_select(names, select(*columns).where(of_store.day.in_(days)).group_by(*keys))

    def _column(self, of_store: Any, name: str) -> ColumnElement[Any]:
        column: ColumnElement[Any] = getattr(of_store, name)
        if name in self.keys:
            return column
        return func.max(column) if name == "name" else func.sum(column)

    def repair(self, first: date, last: date) -> int:
        """Note every day whose sums are not its stores', in the open unit of work; returns how many."""
        unlike: set[date] = set()
        for of_store, of_chain in self.pairs:
            names = [name for name in _names(of_chain) if name not in self.keys and name != "name"]
            ours, theirs = (_sums(model, names, first, last) for model in (of_chain, of_store))
            unlike |= {day for day in {*ours, *theirs} if ours.get(day) != theirs.get(day)}
        self.note(unlike)
        return len(unlike)


@dataclass(frozen=True, slots=True)
class StoreDays:
    """Figures of stores' days, before those of the chain.

    `days` is the table of noted days, each of a store; `make` writes the figures of some days of one store anew, and
    with each day the number of its last note.
    """

    days: Any
    chain: Chain
    make: Callable[[int, Mapping[date, int]], None]

    def mark(self, days: Iterable[tuple[int, date]]) -> None:
        """Have days of stores rolled anew, in the open unit of work."""
        note(self.days, [{"store_id": store_id, "day": day} for store_id, day in sorted(days)])

    def roll(self) -> int:
        """Roll a store's noted days, two weeks of them at most; returns how many. In a unit of work of its own."""
        return atomically(self._roll)

    def roll_soon(self) -> int:
        """Roll the noted days of some stores, then those of the chain; returns how many days of stores.

        Recurring work.
        """
        rolled = sum(takewhile(bool, (self.roll() for _ in range(MOST_AT_ONCE))))
        self.chain.roll_all()
        return rolled

    def roll_all(self) -> Iterator[int]:
        """Roll all that is noted, the chain's days last; tells how many days of a store each unit of work rolled."""
        while rolled := self.roll():
            yield rolled
        self.chain.roll_all()

    def _roll(self) -> int:
        day, waiting = self.days.day, self.days.rolled < self.days.noted
        first = select(self.days.store_id).where(waiting).order_by(day, self.days.store_id).limit(1)
        store_id = db.session.scalar(first)
        if store_id is None:
            return 0
        query = select(day, self.days.noted).where(waiting, self.days.store_id == store_id)
        found = db.session.execute(query.order_by(day).limit(AT_ONCE).with_for_update())
        noted = {row.day: row.noted for row in found}
        if noted:
            self.make(store_id, noted)
        return len(noted)


def _names(model: Any) -> list[str]:
    return [column.key for column in model.__table__.columns]


def _sums(model: Any, names: Sequence[str], first: date, last: date) -> dict[date, tuple[int, ...]]:
    """The sums of everything that is counted, by day."""
    query = select(model.day, *(func.sum(getattr(model, name)) for name in names)).group_by(model.day)
    found = db.session.execute(query.where(model.day.between(first, last)))
    return {day: tuple(int(each) for each in sums) for day, *sums in found}
