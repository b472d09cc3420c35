"""Events between domains: a row in the same transaction (outbox), a job that carries its id, a handler that runs once.

The outbox row is the truth. A ring may be lost, doubled, late or early: `deliver` reads the row, and every handler
leaves an inbox row in the transaction of its effect, so that a second delivery finds the work done.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, cast

import structlog
from flask import Flask, current_app
from sqlalchemy import JSON, Index, String, Table, bindparam, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, queue
from app.core.db import Base, after_commit, db, insert_new, sent, transaction
from app.core.failpoints import failpoint
from app.core.glancing import glance
from app.core.idempotency import StillRunningError, turn

log = structlog.get_logger()

GRACE = timedelta(seconds=2)  # the process that wrote the row rings first
MOST_FAILURES = 10
# What is told while events are heard here: which, and whether it is an errand (docs/decisions/0079). None: none are.
_mine: ContextVar[list[tuple[int, bool]] | None] = ContextVar("mine", default=None)
TURN, LONGEST_TURN = "hearing", timedelta(seconds=2 * queue.JOB_SECONDS)


@dataclass(frozen=True, slots=True)
class Event:
    """A fact that other domains may hear. Its fields are ids and plain values."""

    kind: ClassVar[str]


@dataclass(frozen=True, slots=True)
class PersonErased(Event):
    """Somebody wants to be known no more: their account is a tombstone, and each domain erases what it has of them."""

    kind: ClassVar[str] = "core.person_erased"
    user_id: int


class OutboxRow(Base):
    """A fact that has been told, how often it was rung for again, and whether every hearer has acted on it."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    told_at: Mapped[datetime]
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_outbox_parked_at",
            "parked_at",
            sqlite_where=text("parked_at IS NOT NULL"),
            postgresql_where=text("parked_at IS NOT NULL"),
        ),
    )


_outbox = cast("Table", OutboxRow.__table__)
TELL = insert(_outbox).values(tries=0, failures=0).returning(_outbox.c.id)
TOLD = select(_outbox.c.kind, _outbox.c.payload, _outbox.c.done_at).where(_outbox.c.id == bindparam("event"))
DONE = update(_outbox).where(_outbox.c.id == bindparam("event")).values(next_at=None, parked_at=None)


class InboxRow(Base):
    """One hearer has acted on one event."""

    __tablename__ = "inbox"

    consumer: Mapped[str] = mapped_column(String(80), primary_key=True)
    event_id: Mapped[int] = mapped_column(primary_key=True)
    heard_at: Mapped[datetime]


_inbox = InboxRow.__table__.c
HEARD = select(_inbox.heard_at).where(_inbox.consumer == bindparam("consumer"), _inbox.event_id == bindparam("event"))


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that acts on an event. A `remote` one asks others: it keeps its own transactions, safe to repeat.

    An `alone` one, remote too, is not quite safe to repeat: two workers never act on one event at the same time.
    """

    act: Callable[[Any], object]
    remote: bool = False
    alone: bool = False

    @property
    def name(self) -> str:
        """The consumer's name in the inbox."""
        return f"{self.act.__module__.removeprefix('app.')}.{self.act.__name__}"


Wiring = Mapping[type[Event], tuple[Handler, ...]]


def init_app(app: Flask, wiring: Wiring) -> None:
    """Tell the program who hears what."""
    app.extensions["wiring"] = {event.kind: (event, handlers) for event, handlers in wiring.items()}


def emit(event: Event, *, after: timedelta = timedelta()) -> None:
    """Tell a fact: a row in the open unit of work, and a ring once it is committed; `after` a while, by the relay.

    It is done where nobody hears.
    """
    now, heard = clock.now(), bool(_wiring()[event.kind][1])
    next_at, done_at = (now + (after or GRACE), None) if heard else (None, now)
    told = {"kind": event.kind, "payload": dataclasses.asdict(event), "told_at": now}
    event_id: int = sent(TELL, {**told, "next_at": next_at, "done_at": done_at})[0].id
    if heard and not after:
        after_commit(lambda: ring(event_id, event.kind))


def ring(event_id: int, kind: str) -> None:
    """Ask a worker to hear an event, an errand at once if all hearers ask others; one that told it hears it itself."""
    handlers = _wiring()[kind][1] if kind in _wiring() else ()  # a version ago there were others
    _pass_on(event_id, errand=all(handler.remote for handler in handlers))


def _pass_on(event_id: int, *, errand: bool) -> None:
    mine = _mine.get()
    if mine is None:
        queue.ring(event_id, errand=errand)
    else:
        mine.append((event_id, errand))


def hear(*event_ids: int, errands: bool = True) -> None:
    """Let those hearers of events act who ask nobody, then the others. While events wait, or for who runs no
    `errands`, the others become an errand instead, which waits behind every event (docs/decisions/0066 and 0085).

    Raises what `deliver` raises.
    """
    each = partial(_hear, errands=errands)
    _let_act(event_ids, each, each)


def deliver(*event_ids: int) -> None:
    """Let every hearer of these events act, each once. Raises, after all had their turn, what the first to fail raised.

    An event that failed ten times is parked: nobody rings for it until somebody has looked.
    """
    _let_act(event_ids, _deliver, _hear)


def _let_act(event_ids: Sequence[int], act: Callable[[int], None], then: Callable[[int], None]) -> None:
    """On these events, and `then` on those that are told meanwhile. Errands that come of it are left with one ring."""
    mine: list[tuple[int, bool]] = []
    token = _mine.set(mine)
    try:
        failures = [failure for event_id in event_ids if (failure := _failing(act, event_id))]
        # It grows while it is gone through: what is told by who hears is heard, too.
        told = (event_id for event_id, errand in mine if not errand)
        failures += [failure for event_id in told if (failure := _failing(then, event_id))]
    finally:
        _mine.reset(token)
    if left := [event_id for event_id, errand in mine if errand]:
        queue.ring(*left, errand=True)
    raise_first(failures)


def raise_first(failures: Sequence[Exception]) -> None:
    """Raise the first of what went wrong, if anything did, and say the others aloud."""
    for failure in failures[1:]:
        log.error("hearing_failed", exc_info=failure)
    if failures:
        raise failures[0]


def _failing(act: Callable[[int], None], event_id: int) -> Exception | None:
    try:
        act(event_id)
    except Exception as error:  # noqa: BLE001 - raised once all others were heard, too
        return error
    return None


def _hear(event_id: int, *, errands: bool = True) -> None:
    found = _undone(event_id)
    if found is None:
        return
    event, handlers = found
    near, far = ([handler for handler in handlers if handler.remote is remote] for remote in (False, True))
    failures = _attempts(near, event, event_id, ends=not far)
    if far and not failures and not (errands and queue.is_quiet()):
        _pass_on(event_id, errand=True)
        return
    if far and errands:
        failures += _attempts(far, event, event_id, ends=not failures)
    _count(event_id, failures)


def _deliver(event_id: int) -> None:
    if found := _undone(event_id):
        event, handlers = found
        _count(event_id, _attempts(handlers, event, event_id, ends=True))


def _count(event_id: int, failures: Sequence[Exception]) -> None:
    if serious := [failure for failure in failures if not isinstance(failure, StillRunningError)]:
        with transaction():
            _count_failure(event_id)
        raise serious[0]


def _count_failure(event_id: int) -> None:
    row = db.session.get_one(OutboxRow, event_id, with_for_update=True, populate_existing=True)
    if row.done_at is not None or row.parked_at is not None:  # by another worker, while this one hung
        return
    row.failures += 1
    row.next_at = clock.now() + timedelta(seconds=2 ** min(row.failures, 6))
    if row.failures >= MOST_FAILURES:
        row.parked_at, row.next_at = clock.now(), None
        log.error("event_parked", event_id=row.id, event_kind=row.kind)


def _undone(event_id: int) -> tuple[Event, tuple[Handler, ...]] | None:
    db.session.rollback()
    row = glance(TOLD, {"event": event_id})
    if row is None or row.done_at is not None:
        return None
    kind, handlers = _wiring()[row.kind]
    return kind(**row.payload), handlers


def _wiring() -> dict[str, tuple[type[Event], tuple[Handler, ...]]]:
    return cast("dict[str, tuple[type[Event], tuple[Handler, ...]]]", current_app.extensions["wiring"])


def _attempts(handlers: Sequence[Handler], event: Event, event_id: int, *, ends: bool) -> list[Exception]:
    """What went wrong. If nothing did, and it `ends` with these, the last one's unit of work says that it is done."""
    failures: list[Exception] = []
    for number, handler in enumerate(handlers, start=1):
        last = ends and not failures and number == len(handlers)
        if failure := _attempt(handler, event, event_id, ends=last):
            failures.append(failure)
    if ends and not handlers:
        with transaction():
            _end(event_id)
    return failures


def _attempt(handler: Handler, event: Event, event_id: int, *, ends: bool) -> Exception | None:
    try:
        if handler.remote:
            _act_remotely(handler, event, event_id)
        with transaction():
            if _first_time(handler, event_id) and not handler.remote:
                failpoint("noted")
                handler.act(event)
            if ends:
                _end(event_id)
    except StillRunningError as running:
        return running
    except Exception as error:  # one hearer's trouble must not keep the fact from the others
        log.exception("handler_failed", consumer=handler.name, event_id=event_id)
        return error
    return None


def _end(event_id: int) -> None:
    failpoint("heard")
    sent(DONE, {"event": event_id, "done_at": clock.now()})


def _act_remotely(handler: Handler, event: Event, event_id: int) -> None:
    db.session.rollback()
    if glance(HEARD, {"consumer": handler.name, "event": event_id}) is not None:
        return
    with turn(TURN, f"{event_id} {handler.name}", LONGEST_TURN) if handler.alone else nullcontext():
        handler.act(event)
    failpoint("acted")


def _first_time(handler: Handler, event_id: int) -> bool:
    return insert_new(InboxRow, consumer=handler.name, event_id=event_id, heard_at=clock.now())
