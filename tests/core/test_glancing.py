from datetime import UTC, datetime

import pytest
from sqlalchemy import JSON, BigInteger, String, bindparam, column, event, literal_column, select, table
from sqlalchemy.exc import DBAPIError

from app.core.db import UTCDateTime, db, transaction
from app.core.glancing import glance
from app.core.schedule import ScheduleRow
from tests.queries import counted

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)
GLANCE = select(ScheduleRow.__table__.c.next_at).where(ScheduleRow.__table__.c.name == bindparam("name"))


def test_a_glance_sees_what_its_own_unit_of_work_wrote(shop):
    with transaction():
        note("bake")
        assert glance(GLANCE, {"name": "bake"}) == (NOON,)
    assert glance(GLANCE, {"name": "bake"}) == (NOON,)
    assert glance(GLANCE, {"name": "fry"}) is None


def test_a_glance_opens_no_session_and_keeps_no_connection(shop):
    with transaction():
        note("bake")
    db.session.remove()
    with counted() as sent:
        assert glance(GLANCE, {"name": "bake"}) == (NOON,)
    assert len(sent) == 1
    assert not db.session.registry.has()
    assert db.engine.pool.checkedout() == 0


def test_a_unit_of_work_after_a_glance_is_still_one(shop):
    assert glance(GLANCE, {"name": "bake"}) is None
    with pytest.raises(LookupError), transaction():
        note("bake")
        raise LookupError
    assert db.session.scalars(select(ScheduleRow.name)).all() == []


def test_a_glance_fails_as_every_other_statement_does_and_keeps_no_connection(shop):
    nowhere = select(column("name")).select_from(table("no_such_table"))
    with pytest.raises(DBAPIError, match="no_such_table"):
        glance(nowhere, {})
    assert db.engine.pool.checkedout() == 0
    assert glance(GLANCE, {"name": "bake"}) is None


@pytest.fixture
def cursors(shop):
    """The cursors that were looked through, one for each statement."""
    seen = []

    def note(_connection, cursor, *_rest):
        seen.append(cursor)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def test_one_glance_after_another_goes_by_one_connection(cursors):
    with transaction():
        note("bake")
    cursors.clear()
    db.session.remove()
    for name in ("bake", "fry", "bake"):
        glance(GLANCE, {"name": name})
    assert len(set(cursors)) == 1


def test_a_glance_sees_what_was_committed_since_the_last_one(shop):
    assert glance(GLANCE, {"name": "bake"}) is None
    with transaction():
        note("bake")
    db.session.remove()
    assert glance(GLANCE, {"name": "bake"}) == (NOON,)


def test_a_glance_whose_connection_died_looks_once_more_by_another(cursors):
    glance(GLANCE, {"name": "bake"})
    cursors[-1].connection.close()
    assert glance(GLANCE, {"name": "bake"}) is None
    assert cursors[-1].connection is not cursors[0].connection


def test_a_glance_that_finds_no_other_connection_fails(cursors, monkeypatch):
    glance(GLANCE, {"name": "bake"})
    cursors[-1].connection.close()
    monkeypatch.setattr(db.engine, "raw_connection", _nobody_answers)
    with pytest.raises(DBAPIError):
        glance(GLANCE, {"name": "bake"})
    monkeypatch.undo()
    assert glance(GLANCE, {"name": "bake"}) is None


ODD = [
    *((None, String()), (7, BigInteger()), (-(2**40), BigInteger()), ("it's 5 % off", String())),
    *(("$1 %(name)s \\ 🍕", String()), (NOON, UTCDateTime()), ({"cents": [5, None]}, JSON())),
]


@pytest.mark.parametrize(("value", "type_"), ODD)
def test_a_glance_says_and_hears_a_value_as_a_unit_of_work_does(shop, value, type_):
    told = select(bindparam("value", type_=type_).label("told"), literal_column("'5 % off'").label("words"))
    with transaction():
        within = glance(told, {"value": value})
    assert glance(told, {"value": value}) == within == (value, "5 % off")


def test_a_glance_names_a_value_twice_and_takes_a_list(shop):
    with transaction():
        note("bake")
    db.session.remove()
    row = ScheduleRow.__table__.c
    either = select(row.name).where(row.name.in_(bindparam("names", expanding=True)), row.next_at <= bindparam("at"))
    either = either.where(row.next_at >= bindparam("at"))
    for names, found in ((["bake", "fry"], ("bake",)), (["fry"], None), ([], None)):
        assert glance(either, {"names": names, "at": NOON}) == found


def test_kept_connections_go_with_their_engine(cursors):
    glance(GLANCE, {"name": "bake"})
    db.engine.dispose()
    with pytest.raises(db.engine.dialect.loaded_dbapi.Error, match="closed"):
        cursors[-1].execute("SELECT 1", {})
    assert glance(GLANCE, {"name": "bake"}) is None


def note(name):
    db.session.add(ScheduleRow(name=name, next_at=NOON))
    db.session.flush()


def _nobody_answers():
    raise DBAPIError("connect", {}, OSError())
