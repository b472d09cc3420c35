from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier
from threading import Event as Signal

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from structlog.testing import capture_logs

from app.core import db as core
from app.core import engines
from app.core.db import after_commit, atomically, before_commit, db, in_transaction, insert_new, transaction
from app.core.idempotency import IdempotencyRow
from app.core.schedule import ScheduleRow
from tests.races import HANDS, race

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)


def names():
    db.session.rollback()
    return set(db.session.scalars(select(ScheduleRow.name)))


def note(name, at=NOON):
    db.session.add(ScheduleRow(name=name, next_at=at))
    db.session.flush()


def test_a_unit_of_work_commits_at_its_end(shop):
    with transaction():
        note("bake")
    assert names() == {"bake"}


def test_a_unit_of_work_leaves_nothing_when_anything_is_raised(shop):
    with pytest.raises(KeyboardInterrupt), transaction():
        note("bake")
        raise KeyboardInterrupt
    assert names() == set()
    assert not in_transaction()


def test_units_of_work_never_nest(shop):
    with pytest.raises(RuntimeError, match="already open"), transaction(), transaction():
        pass
    with transaction():  # the house is not left locked
        note("after")
    assert names() == {"after"}


def test_what_was_written_outside_of_a_unit_of_work_is_not_swept_in(shop):
    db.session.add(ScheduleRow(name="stray", next_at=NOON))
    with pytest.raises(RuntimeError, match="outside of a unit of work"), transaction():
        pass
    db.session.expunge_all()
    assert names() == set()


def test_a_unit_of_work_sees_nothing_stale(shop):
    with transaction():
        note("bake")
    kept = db.session.get(ScheduleRow, "bake")

    def postpone():
        with transaction():
            db.session.execute(update(ScheduleRow).values(next_at=NOON + timedelta(hours=1)))

    assert kept.next_at == NOON  # a read is open when somebody else writes
    assert race_one(shop, postpone) is None
    with transaction():
        assert db.session.get(ScheduleRow, "bake").next_at == NOON + timedelta(hours=1)


def race_one(shop, work):
    (outcome,) = race(shop, work)
    return outcome


def test_hooks_run_in_order_once_the_commit_is_seen_by_others(shop):
    told = []
    with transaction():
        note("bake")
        after_commit(lambda: told.append(race_one(shop, names)))
        after_commit(lambda: told.append("second"))
        assert told == []
    assert told == [{"bake"}, "second"]


def test_what_comes_last_is_part_of_the_unit_of_work_and_comes_after_all_else(shop):
    order = []
    with transaction():
        before_commit(lambda: order.append(("last", in_transaction())))
        after_commit(lambda: order.append(("after", in_transaction())))
        order.append(("work", in_transaction()))
    assert order == [("work", True), ("last", True), ("after", False)]
    with pytest.raises(ZeroDivisionError), transaction():
        before_commit(lambda: 1 / 0)
        after_commit(lambda: order.append("never"))
    assert len(order) == 3
    with pytest.raises(RuntimeError, match="no unit of work"):
        before_commit(lambda: None)


def test_hooks_die_with_a_rollback(shop):
    told = []
    with pytest.raises(ZeroDivisionError), transaction():
        after_commit(lambda: told.append("lie"))
        raise ZeroDivisionError
    with transaction():
        note("next")
    assert told == []


def test_hooks_do_not_run_when_a_savepoint_is_released(shop):
    told = []
    with transaction() as session:
        with session.begin_nested():
            note("bake")
            after_commit(lambda: told.append("out"))
        assert told == []
    assert told == ["out"]


def test_a_failing_hook_harms_neither_what_is_committed_nor_the_next_hook(shop):
    told = []
    with capture_logs() as logs, transaction():
        note("bake")
        after_commit(lambda: 1 // 0)
        after_commit(lambda: told.append("next"))
    assert (names(), told) == ({"bake"}, ["next"])
    assert [entry["event"] for entry in logs] == ["after_commit_failed"]


def test_a_hook_outside_of_a_unit_of_work_runs_at_once(shop):
    told = []
    after_commit(lambda: told.append("now"))
    assert told == ["now"]


def test_a_commit_that_fails_is_a_rollback(shop, monkeypatch):
    told = []
    monkeypatch.setattr(db.session(), "commit", lambda: (_ for _ in ()).throw(OSError("gone")))
    with pytest.raises(OSError, match="gone"), transaction():
        note("bake")
        after_commit(lambda: told.append("lie"))
    monkeypatch.undo()
    assert (names(), told) == (set(), [])


def test_many_writers_wait_their_turn_and_none_hears_locked(shop):
    with transaction():
        db.session.add(IdempotencyRow(scope="count", key="n", request_hash="", answer={"n": 0}, claimed_at=NOON))

    def read_then_write():
        for _ in range(5):
            with transaction():
                row = db.session.get(IdempotencyRow, ("count", "n"), with_for_update=True, populate_existing=True)
                row.answer = {"n": row.answer["n"] + 1}

    assert race(shop, *[read_then_write] * HANDS) == [None] * HANDS
    assert db.session.get(IdempotencyRow, ("count", "n")).answer == {"n": 5 * HANDS}


def test_reading_takes_no_write_lock(shop):
    with transaction():
        note("bake")
        assert race_one(shop, names) == set()  # a reader neither waits for the writer nor sees its work
    assert names() == {"bake"}


def test_a_naive_moment_is_refused(shop):
    with pytest.raises(StatementError, match="naive datetime"), transaction():
        note("bake", datetime(2026, 7, 3, 12))  # noqa: DTZ001 (the fault that is tried)


def test_a_moment_of_any_zone_comes_back_in_utc(shop):
    with transaction():
        note("bake", datetime(2026, 7, 3, 7, tzinfo=timezone(timedelta(hours=-5))))
    db.session.expire_all()
    kept = db.session.get(ScheduleRow, "bake").next_at
    assert (kept, kept.tzinfo) == (NOON, UTC)


def test_an_insert_says_whether_its_key_was_free(shop):
    with transaction():
        assert insert_new(ScheduleRow, name="bake", next_at=NOON)
        assert not insert_new(ScheduleRow, name="bake", next_at=NOON + timedelta(1))
    assert db.session.get(ScheduleRow, "bake").next_at == NOON


def test_one_of_many_inserts_wins(shop):
    def try_it():
        with transaction():
            return insert_new(ScheduleRow, name="bake", next_at=NOON)

    assert sorted(race(shop, *[try_it] * HANDS)) == [False] * (HANDS - 1) + [True]


def failing(sqlstate, times):
    """A work that the database turns down some times before it lets it pass."""
    tries = []

    def work():
        tries.append(1)
        note(f"try {len(tries)}")
        if len(tries) <= times:
            orig = Exception(sqlstate)
            orig.sqlstate = sqlstate
            raise DBAPIError("UPDATE", {}, orig)
        return len(tries)

    return work, tries


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_work_that_lost_a_race_is_done_again_from_the_start(shop, sqlstate):
    work, _ = failing(sqlstate, times=2)
    assert atomically(work) == 3
    assert names() == {"try 3"}


def test_work_is_given_up_after_three_tries(shop):
    work, tries = failing("40001", times=9)
    with pytest.raises(DBAPIError):
        atomically(work)
    assert (len(tries), names()) == (3, set())


def test_other_faults_of_the_database_are_not_tried_again(shop):
    work, tries = failing("23505", times=1)
    with pytest.raises(DBAPIError):
        atomically(work)
    assert len(tries) == 1


def test_two_hands_that_lock_crosswise_both_come_through(shop):
    """On PostgreSQL one of them is the victim of a real deadlock; on SQLite they wait for one another."""
    with transaction():
        note("left")
        note("right")
    crosses = db.engine.dialect.name == "postgresql"
    tries, both, left_is_done = {"left": 0, "right": 0}, Barrier(2), Signal()

    def lock(name):
        db.session.execute(update(ScheduleRow).where(ScheduleRow.name == name).values(next_at=NOON))

    def cross(first, second):
        tries[first] += 1
        if (first, tries[first]) == ("right", 2):
            assert left_is_done.wait(30)  # else a busy machine may let them cross again
        lock(first)
        if crosses and tries[first] == 1:
            both.wait(30)
        lock(second)

    def left_first():
        atomically(lambda: cross("left", "right"))
        left_is_done.set()

    assert race(shop, left_first, lambda: atomically(lambda: cross("right", "left"))) == [None, None]
    assert (sum(tries.values()) > 2) is crosses


def test_a_broken_rule_of_the_database_is_loud(shop):
    with pytest.raises(IntegrityError), transaction():
        note("bake")
        db.session.execute(text("INSERT INTO schedule (name, next_at) VALUES ('bake', '2026-01-01 00:00:00')"))


def test_an_error_of_the_database_does_not_tell_what_was_to_be_written(shop):
    with pytest.raises(IntegrityError) as raised, transaction():
        note("ana@example.com")
        db.session.add(IdempotencyRow(scope="s", key="secret-key", request_hash="h", answer=None, claimed_at=NOON))
        db.session.flush()
        db.session.execute(
            IdempotencyRow.__table__.insert().values(scope="s", key="secret-key", request_hash="h", claimed_at=NOON)
        )
    assert "parameters hidden" in str(raised.value)


def test_the_database_answers(shop, monkeypatch):
    assert core.answers()
    monkeypatch.setattr(
        db.session(), "execute", lambda *_, **__: (_ for _ in ()).throw(DBAPIError("SELECT 1", {}, OSError()))
    )
    assert not core.answers()


def test_a_connection_that_died_while_it_lay_idle_is_replaced_unnoticed(shop, monkeypatch):
    with db.engine.connect() as connection:
        connection.connection.driver_connection.close()
    monkeypatch.setattr(engines, "IDLE_SECONDS", -1.0)
    assert names() == set()
