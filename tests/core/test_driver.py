"""Statements that go by way of the driver: what goes in comes out as SQLAlchemy would give it, and fails like it."""

import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import cast

import pytest
from sqlalchemy import Table, bindparam, create_engine, delete, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError

from app.core import driver, prepared
from app.core.db import db, sent, sent_many, sent_one, transaction
from app.core.events import InboxRow, OutboxRow
from app.core.glancing import glance, glances
from tests.queries import counted

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)
_outbox, _inbox = cast("Table", OutboxRow.__table__), cast("Table", InboxRow.__table__)
TELL = insert(_outbox).returning(_outbox.c.id, _outbox.c.tries)
TOLD = select(_outbox.c.kind, _outbox.c.payload, _outbox.c.told_at, _outbox.c.done_at)
ONE = TOLD.where(_outbox.c.id == bindparam("event"))
KINDS = (
    select(_outbox.c.kind)
    .where(_outbox.c.kind.in_(bindparam("kinds", expanding=True)), _outbox.c.tries.in_((0, 1)))
    .order_by(_outbox.c.kind)
)
HEAR = insert(_inbox)
HEARD = {"consumer": "oven", "event_id": 1, "heard_at": NOON}
LARGE = insert(_outbox)
FORGET = delete(_inbox).where(_inbox.c.event_id.in_(bindparam("gone", expanding=True)))
TOUCH = update(_inbox).values(event_id=_inbox.c.event_id)


def tell(kind="oven.lit", **more):
    return sent(TELL, {"kind": kind, "payload": {"hot": [1, "two"]}, "told_at": NOON, **more})[0]


def test_values_go_in_and_come_out_with_their_types_and_names(shop):
    with transaction():
        event = tell()
        row = sent_one(ONE, {"event": event.id})
        assert (row.kind, row.payload, row.told_at, row.done_at) == ("oven.lit", {"hot": [1, "two"]}, NOON, None)
    assert glance(ONE, {"event": event.id}) == row


def test_a_naive_moment_is_refused_here_as_everywhere(shop):
    with pytest.raises(ValueError, match="naive"), transaction():
        tell(told_at=NOON.replace(tzinfo=None))


def test_what_a_table_says_of_itself_is_written_where_nothing_is_given(shop):
    with transaction():
        assert tell().tries == 0
        assert tell(tries=3).tries == 3


@pytest.mark.parametrize("kinds", [[], ["a"], ["a", "b"], ["c", "a", "b"], ["z"]])
def test_a_list_may_be_of_any_length(shop, kinds):
    with transaction():
        for kind in "abc":
            tell(kind)
        for asked in (["b"], kinds, ["b", "c", "x", "y"], kinds):
            found = [row.kind for row in sent(KINDS, {"kinds": asked})]
            assert found == sorted({*asked} & {*"abc"})


def test_a_statement_without_an_answer_gives_no_rows(shop):
    with transaction():
        assert sent(HEAR, {"consumer": "oven", "event_id": 1, "heard_at": NOON}) == ()
        assert sent_one(update(_inbox).values(event_id=2)) is None
    assert glance(select(_inbox.c.event_id), {}).event_id == 2


def test_several_rows_are_one_statement_and_each_is_as_it_would_be_by_itself(shop):
    told = [{"kind": f"oven.{n}", "payload": {"hot": [n, None]}, "told_at": NOON} for n in range(3)]
    with transaction():
        tell("oven.lit")
        for rows in (told, told[:1], told[:2]):
            with counted() as statements:
                found = sent_many(TELL, rows)
            assert len(statements) == 1
            assert [row.tries for row in found] == [0] * len(rows)
        assert sent_many(TELL, []) == ()
        seen = [(row.kind, row.payload, row.told_at, row.done_at) for row in sent(TOLD.order_by(_outbox.c.id))]
    assert seen[1:4] == [(one["kind"], one["payload"], NOON, None) for one in told]
    assert len(seen) == 7


def test_what_waits_as_an_object_is_written_first(shop):
    with transaction() as session:
        session.add(OutboxRow(kind="oven.lit", payload={}, told_at=NOON))
        assert [row.kind for row in sent(TOLD)] == ["oven.lit"]


def test_it_belongs_to_its_unit_of_work(shop):
    with pytest.raises(LookupError), transaction():
        event = tell()
        raise LookupError
    assert glance(ONE, {"event": event.id}) is None


def test_it_is_counted_like_any_other(shop):
    with transaction(), counted() as statements:
        tell()
    assert len(statements) == 1


def test_a_missing_value_is_missed(shop):
    with transaction(), pytest.raises(InvalidRequestError, match="event"):
        sent(ONE)


def test_what_the_database_refuses_it_tells_as_sqlalchemy_does(shop):
    with transaction():
        sent(HEAR, HEARD)
    with pytest.raises(IntegrityError) as raised, transaction():
        sent(HEAR, HEARD)
    assert raised.value.connection_invalidated is False
    with transaction():
        sent(HEAR, {**HEARD, "event_id": 2})


def test_a_connection_that_dies_in_the_middle_ends_its_unit_of_work_and_no_other(shop):
    with pytest.raises(DBAPIError), transaction() as session:
        tell()
        session.connection().connection.driver_connection.close()
        with pytest.raises(DBAPIError) as raised:
            tell()
        assert raised.value.connection_invalidated
        raise raised.value
    with transaction():
        tell("oven.cold")
        assert [row.kind for row in sent(TOLD)] == ["oven.cold"]


def test_statements_reach_the_database_in_the_order_in_which_they_were_given(shop):
    with transaction() as session:
        sent(HEAR, HEARD)
        assert session.execute(update(_inbox).values(event_id=2)).rowcount == 1
        sent(update(_inbox).values(event_id=_inbox.c.event_id * 10))
        sent(HEAR, {**HEARD, "event_id": 3})
        session.add(InboxRow(consumer="counter", event_id=4, heard_at=NOON))
        sent(update(_inbox).values(event_id=_inbox.c.event_id + 1))
    assert sorted(row.event_id for row in glances(select(_inbox.c.event_id), {})) == [4, 5, 21]


def test_what_was_said_in_a_savepoint_is_taken_back_with_it_and_nothing_else(shop):
    with transaction() as session:
        sent(HEAR, HEARD)
        with session.begin_nested() as nested:
            sent(HEAR, {**HEARD, "event_id": 2})
            nested.rollback()
        sent(HEAR, {**HEARD, "event_id": 3})
    assert sorted(row.event_id for row in glances(select(_inbox.c.event_id), {})) == [1, 3]


def test_what_is_refused_in_a_savepoint_is_told_there_and_the_rest_goes_on(shop):
    with transaction() as session:
        sent(HEAR, HEARD)
        with pytest.raises(IntegrityError), session.begin_nested():
            sent(HEAR, {**HEARD, "event_id": 2})
            sent(HEAR, HEARD)
        with pytest.raises(LookupError), session.begin_nested():
            sent(HEAR, {**HEARD, "event_id": 3})
            raise LookupError
        sent(HEAR, {**HEARD, "event_id": 4})
    assert sorted(row.event_id for row in glances(select(_inbox.c.event_id), {})) == [1, 4]


def test_a_rolled_back_connection_that_stays_with_its_holder_forgets_what_was_said(shop):
    with db.engine.connect() as line:
        with line.begin() as work:
            driver.ask(line, HEAR, HEARD)
            work.rollback()
        with line.begin():
            driver.ask(line, HEAR, {**HEARD, "event_id": 2})
    assert [row.event_id for row in glances(select(_inbox.c.event_id), {})] == [2]


@pytest.mark.one_database("postgres")
def test_on_an_engine_that_nobody_taught_nothing_waits(shop):
    bare = create_engine(db.engine.url)
    with bare.begin() as line:
        driver.ask(line, HEAR, HEARD)
    bare.dispose()
    assert [row.event_id for row in glances(select(_inbox.c.event_id), {})] == [1]


@pytest.mark.parametrize("leave", ["rollback", "remove"])
def test_what_was_not_committed_goes_with_nobody_elses_commit(shop, leave):
    db.engine.dispose()  # one connection from here on
    sent(HEAR, HEARD)
    getattr(db.session, leave)()
    with transaction():
        tell()
    assert glances(select(_inbox.c.event_id), {}) == []


NEXT = {
    "another statement": lambda _session: tell(),
    "one of the session's": lambda session: session.execute(text("SELECT 1")),
    "an object": lambda session: session.add(OutboxRow(kind="oven.lit", payload={}, told_at=NOON)) or session.flush(),
    "the commit": lambda session: session.commit(),
}


@pytest.mark.one_database("postgres")
@pytest.mark.parametrize("name", NEXT)
def test_what_answers_nothing_is_refused_with_what_comes_next(shop, name):
    waited = []
    with transaction():
        sent(HEAR, HEARD)
    with pytest.raises(IntegrityError, match="pk_inbox"), transaction() as session:
        tell("oven.before")
        assert sent(HEAR, HEARD) == ()
        sent(HEAR, {**HEARD, "event_id": 2})
        waited.append("until now")
        with pytest.raises(IntegrityError) as raised:
            NEXT[name](session)
        assert raised.value.connection_invalidated is False
        raise raised.value
    assert waited
    with transaction():
        assert sent(TOLD) == []
        assert [row.event_id for row in sent(select(_inbox.c.event_id))] == [1]


@pytest.mark.one_database("postgres")
def test_what_the_commit_itself_refuses_is_told_alike(shop):
    once = "CREATE TEMPORARY TABLE once (n integer UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP"
    with pytest.raises(IntegrityError, match="once_n_key"), transaction() as session:
        session.execute(text(once))
        session.execute(text("INSERT INTO once VALUES (1), (1)"))
        sent(HEAR, HEARD)
    assert glances(select(_inbox.c.event_id), {}) == []


@pytest.mark.one_database("postgres")
def test_a_connection_that_the_server_ends_takes_what_waited_along_and_nothing_else(shop):
    end = text("SELECT pg_terminate_backend(:pid, 5000)")
    with pytest.raises(DBAPIError) as raised, transaction() as session:
        tell()
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        sent(HEAR, HEARD)
        with db.engine.connect() as other:
            assert other.scalar(end, {"pid": pid})
    assert raised.value.connection_invalidated
    with transaction():
        sent(HEAR, {**HEARD, "event_id": 2})
    assert [row.event_id for row in glances(select(_inbox.c.event_id), {})] == [2]
    assert glances(TOLD, {}) == []


class Stopped(BaseException):
    """What a signal may raise anywhere."""


@pytest.mark.one_database("postgres")
@pytest.mark.parametrize("waiting", [True, False])
def test_a_signal_that_cuts_it_short_comes_out_as_itself_and_leaves_a_clean_pool(shop, waiting):
    def ring(_number, _frame):
        raise Stopped

    before = signal.signal(signal.SIGALRM, ring)
    try:
        with pytest.raises(Stopped), transaction():
            if waiting:
                sent(HEAR, HEARD)
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            sent(select(func.pg_sleep(3)))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    with transaction():
        sent(HEAR, {**HEARD, "event_id": 2})
    assert [row.event_id for row in glances(select(_inbox.c.event_id), {})] == [2]


@pytest.mark.one_database("postgres")
def test_more_than_a_line_holds_at_once_goes_in_parts(shop):
    large = {"kind": "oven.lit", "payload": {"hot": "x" * 3_000_000}, "told_at": NOON}
    with transaction():
        for _ in range(3):
            sent(LARGE, large)
        assert [len(row.payload["hot"]) for row in sent(TOLD)] == [3_000_000] * 3


@pytest.mark.one_database("postgres")
def test_a_statement_is_prepared_once_on_its_connection_and_no_rollback_forgets_it(shop):
    db.engine.dispose()  # one connection from here on
    known = []
    for _ in range(2):
        with pytest.raises(LookupError), transaction() as session:
            tell()
            for _ in range(7):  # psycopg itself would prepare what it is asked so often, and have all forgotten then
                assert session.scalar(select(_outbox.c.kind)) == "oven.lit"
            known.append(session.execute(text("SELECT name, statement FROM pg_prepared_statements ORDER BY 1")).all())
            raise LookupError
    assert known[0] == known[1]
    assert any(row.statement.startswith("INSERT INTO outbox") for row in known[0])
    assert not any(row.name.startswith("_pg3") for row in known[0])


@pytest.mark.one_database("postgres")
def test_a_connection_of_the_pool_that_became_one_of_the_window_asks_what_it_had_prepared(shop):
    with transaction():
        event = tell()
        sent_one(ONE, {"event": event.id})
    assert glance(ONE, {"event": event.id}).kind == "oven.lit"
    assert glance(TOLD, {}).kind == "oven.lit"


@pytest.mark.one_database("postgres")
def test_a_crowd_opens_each_connection_once(shop):
    db.engine.dispose()
    opened, hands = [], 16

    @event.listens_for(db.engine, "connect")
    def note(connection, _record):
        opened.append(connection)

    all_here = Barrier(hands)

    def work(_):
        with shop.app_context(), transaction():
            tell()
            all_here.wait(30)

    with ThreadPoolExecutor(hands) as crowd:
        for _ in range(3):
            list(crowd.map(work, range(hands)))
    event.remove(db.engine, "connect", note)
    assert len(opened) == hands
    assert len(glances(TOLD, {})) == 3 * hands


@pytest.mark.one_database("postgres")
@pytest.mark.parametrize("most", [3, 5])
def test_a_connection_lets_go_of_the_oldest_statements_and_of_none_that_goes_along(shop, monkeypatch, most):
    monkeypatch.setattr(prepared, "MOST_PREPARED", most)
    db.engine.dispose()
    for turn in range(4):
        with transaction() as session:
            tell("oven.lit")
            for length in range(5):  # a list of another length is another statement
                sent(FORGET, {"gone": [-1] * length})
                sent(HEAR, {**HEARD, "event_id": 5 * turn + length})
                sent(TOUCH)
            kinds = [row.kind for row in sent(KINDS, {"kinds": ["oven.lit"] + ["z"] * turn})]
            assert kinds == ["oven.lit"] * (turn + 1)
            assert session.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == most
    assert sorted(row.event_id for row in glances(select(_inbox.c.event_id), {})) == [*range(20)]


@pytest.mark.one_database("postgres")
def test_what_begins_and_ends_a_transaction_is_never_let_go_of(shop, monkeypatch):
    monkeypatch.setattr(prepared, "MOST_PREPARED", 4)
    db.engine.dispose()
    with pytest.raises(LookupError), transaction():
        for length in range(5):
            sent(KINDS, {"kinds": ["z"] * length})
        raise LookupError
    for length in range(1, 5):  # the first of them is the oldest that is known when its transaction begins
        with transaction():
            assert sent(KINDS, {"kinds": ["z"] * length}) == []
