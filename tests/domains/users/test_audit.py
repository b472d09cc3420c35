"""What was done is written down for good: with the deed, in a chain that shows every change."""

from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from app.core.db import db, transaction
from app.users import audit as book
from app.users import service as users
from app.users.audit import Wanted, audit, entries, verify
from app.users.models import AuditHead, AuditRow
from app.users.service import Role
from tests import databases
from tests.queries import counted
from tests.races import HANDS, race

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)
ALL = Wanted(stores=None)
UNLOCK = {
    "sqlite": ("DROP TRIGGER audit_keeps", "DROP TRIGGER audit_stays"),
    "postgres": ("SET LOCAL session_replication_role = replica",),
}


def write(count=5):
    for number in range(1, count + 1):
        with transaction():
            audit(7, "price.change", f"store:{number}", cents=number * 100)


def tamper(*statements):
    """Change the audit as somebody can who owns the database."""
    with transaction():
        for statement in (*UNLOCK[databases.KIND], *statements):
            db.session.execute(text(statement) if isinstance(statement, str) else statement)


def test_a_deed_that_came_to_nothing_is_not_written_down(shop):
    with pytest.raises(ZeroDivisionError), transaction():
        audit(7, "refund", "order:1", cents=500)
        raise ZeroDivisionError
    write(1)
    assert [entry.deed for entry in entries(ALL)] == ["price.change"]
    assert verify() == book.Verdict(1, 1, db.session.scalar(select(AuditHead.hash)), ())


def test_no_deed_is_written_down_outside_of_a_unit_of_work(shop):
    with pytest.raises(RuntimeError, match="no unit of work"):
        audit(7, "refund", "order:1")


@pytest.mark.parametrize("change", [update(AuditRow).values(deed="nothing"), delete(AuditRow)])
def test_the_database_refuses_to_change_what_was_written_down(shop, change):
    write(1)
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(change)
    assert verify().flaws == ()


def test_a_deed_costs_three_statements(shop):
    with counted() as sent, transaction():
        audit(7, "refund", "order:1")
    assert len(sent) == 3


CHANGES = {
    "a changed person": (update(AuditRow).where(AuditRow.id == 2).values(user_id=8), "Row 2 was changed"),
    "a changed detail": (update(AuditRow).where(AuditRow.id == 3).values(detail={"cents": 1}), "Row 3 was changed"),
    "a changed time": (
        update(AuditRow)
        .where(AuditRow.id == 3)
        .values(at=select(AuditRow.at).where(AuditRow.id == 4).scalar_subquery()),
        "Row 3 was changed",
    ),
    "a missing row": (delete(AuditRow).where(AuditRow.id == 3), "Row 4 does not follow row 2"),
    "a missing first row": (delete(AuditRow).where(AuditRow.id == 1), "Row 2 does not follow row 0"),
    "a missing last row": (delete(AuditRow).where(AuditRow.id == 5), "The last rows are missing"),
    "no row at all": (delete(AuditRow), "The last rows are missing"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_was_done_to_a_row_is_found(shop, now, change):
    for minute in range(1, 6):
        now(NOON + timedelta(minutes=minute))
        with transaction():
            audit(7, "price.change", f"store:{minute}", cents=minute * 100)
    assert verify().flaws == ()
    statement, flaw = CHANGES[change]
    tamper(statement)
    assert any(flaw in found for found in verify().flaws)


def test_two_rows_that_changed_places_are_found(shop):
    write()
    tamper(*(update(AuditRow).where(AuditRow.id == old).values(id=new) for old, new in ((2, 99), (3, 2), (99, 3))))
    assert len(verify().flaws) >= 2


def test_a_chain_that_was_written_anew_does_not_have_the_row_that_somebody_noted(shop):
    write()
    noted = (3, db.session.scalar(select(AuditRow.hash).where(AuditRow.id == 3)))
    assert verify(noted).flaws == ()
    tamper(delete(AuditRow), update(AuditHead).values(number=0, hash=""))
    assert verify(noted).flaws == ("Row 3 was noted, and is not there.",)
    with transaction():
        for number in range(4):
            audit(8, "price.change", f"store:{number}")
    assert verify().flaws == ()
    assert verify(noted).flaws == ("Row 3 is not the one that was noted.",)


def deeds(shop):
    def deed(number):
        with transaction():
            audit(number, "price.change", f"store:{number}")

    return race(shop, *(lambda number=number: deed(number) for number in range(HANDS)))


def test_deeds_at_one_moment_are_one_chain(shop):
    assert deeds(shop) == [None] * HANDS
    assert db.session.scalar(select(func.count()).select_from(AuditRow)) == HANDS
    assert verify().flaws == ()


def test_without_the_lock_on_its_head_the_chain_would_break(shop, monkeypatch):
    """The control: two hands read the head, and only then do both write."""
    read = Barrier(2)

    def append(row):
        head = heads.pop()
        db.session.add(AuditRow(id=head, hash=book.chained("", 1, row), **row))
        db.session.execute(update(AuditHead).values(number=head))

    def deed():
        number = db.session.scalar(select(AuditHead.number)) + 1
        db.session.rollback()
        read.wait()
        heads.append(number)
        with transaction():
            audit(7, "price.change", "store:1")

    heads = []
    monkeypatch.setattr(book, "_append", append)
    outcomes = race(shop, deed, deed)
    assert [type(outcome).__name__ for outcome in outcomes if outcome] == ["IntegrityError"]


def test_deeds_are_found_by_person_deed_subject_and_place(shop):
    with transaction():
        mina, rosa = (
            users.add_staff(f"{name}@hotcorner.example", name, "a long dull password", Role.MANAGER, 1)
            for name in ("Mina", "Rosa")
        )
        audit(mina, "menu.stock", "store:1", key="basil")
        audit(rosa, "menu.store_price", "store:2")
        audit(mina, "order.cancel", "order:12", 2)
        audit(None, "menu.import", "menu")

    def found(**wanted):
        return [entry.subject for entry in entries(Wanted(**{"stores": None, **wanted}))]

    assert found() == ["menu", "order:12", "store:2", "store:1"]
    assert found(person="min") == ["order:12", "store:1"]
    assert found(deed="menu.st") == ["store:2", "store:1"]
    assert found(subject="order:12") == ["order:12"]
    assert found(stores=[2]) == ["order:12", "store:2"]
    assert found(stores=[2], own=mina) == ["order:12", "store:2", "store:1"]
    assert found(stores=[]) == []
    assert found(deed="%\0", person="\0%") == []


def test_pages_of_deeds_follow_one_another_without_a_gap(shop):
    write(7)
    seen, before = [], None
    while page := entries(ALL, before=before, most=3):
        seen += [entry.id for entry in page]
        before = page[-1].id
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert book.count(ALL) == len(seen)
