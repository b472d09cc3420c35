"""Codes by the thousand: no two alike, none guessed, none twice, however often their worker dies."""

from math import inf

import pytest
from sqlalchemy import func, select

from app.core import batches, longwork
from app.core.db import db, transaction
from app.core.errors import Refusal
from app.core.longwork import JobState, Owner, Wanted
from app.promotions import giving
from app.promotions import service as promotions
from app.promotions.giving import BATCH, LETTERS, MOST_AT_ONCE
from app.promotions.models import DealCode
from tests.factories.deals import deal
from tests.factories.staff import works_here
from tests.races import race

MILO = Owner(7, "edit_deals", "/manage/deals/1/codes")


@pytest.fixture(autouse=True)
def starter(shop) -> None:
    works_here(MILO.user_id)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """No slow machine leaves the rest of the work for later."""
    monkeypatch.setattr(batches, "SLICE_SECONDS", inf)


def begun(wanted: Wanted) -> int:
    with transaction():
        return longwork.begin(wanted)


def codes(deal_id: int) -> list[tuple[str, int | None]]:
    db.session.rollback()
    rows = db.session.execute(select(DealCode.code, DealCode.limit).where(DealCode.deal_id == deal_id))
    return [(row.code, row.limit) for row in rows.all()]


def test_made_up_codes_work_once_and_have_no_letters_that_look_alike(shop):
    found = deal(by_code=True)
    job = begun(giving.make_many(found, BATCH + 20, " dip- ", MILO))
    batches.work(job)
    made = codes(found)
    assert len(made) == len(set(made)) == BATCH + 20
    assert {limit for _, limit in made} == {1}
    assert all(code.startswith("DIP") and set(code[3:]) <= set(LETTERS) for code, _ in made)
    assert not set("01ILO") & set(LETTERS)
    assert {len(code) for code, _ in made} == {13}


def test_a_made_up_code_that_is_taken_is_made_up_again(shop, monkeypatch):
    found, other = deal(by_code=True), deal(by_code=True)
    with transaction():
        promotions.add_code(other, "A" * 10)
    letters = iter("A" * 10 + "B" * 10 + "C" * 10)
    monkeypatch.setattr(giving.secrets, "choice", lambda _letters: next(letters))
    batches.work(begun(giving.make_many(found, 2, "", MILO)))
    assert sorted(code for code, _ in codes(found)) == ["B" * 10, "C" * 10]


@pytest.mark.parametrize(
    ("count", "prefix", "field"),
    [
        (0, "", "count"),
        (MOST_AT_ONCE + 1, "", "count"),
        (1, "x" * 15, "prefix"),
        (1, "!!", "prefix"),
    ],
)
def test_what_cannot_be_made_is_said_beside_its_field(shop, count, prefix, field):
    with pytest.raises(Refusal) as refused:
        giving.make_many(1, count, prefix, MILO)
    assert refused.value.field == field


def sheet(rows: int) -> str:
    return "code,limit\n" + "".join(f"SHEET{n:05d},{n % 3 + 1}\n" for n in range(rows))


def test_a_sheet_is_taken_in_row_by_row_and_a_dead_worker_loses_nothing(shop, monkeypatch):
    found = deal(by_code=True)
    job = begun(giving.sheet_of(found, "spring.csv", sheet(2 * BATCH + 7), MILO))
    monkeypatch.setattr(batches, "SLICE_SECONDS", -1)
    batches.work(job)

    def die(_name: str) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(batches, "failpoint", die)
        with pytest.raises(SystemExit):
            batches.work(job)
    assert len(codes(found)) == BATCH
    for _ in range(4):
        batches.work(job)
    assert len(codes(found)) == 2 * BATCH + 7
    assert ("SHEET00002", 3) in codes(found)
    assert longwork.job(job).state is JobState.DONE


def test_eight_workers_take_a_sheet_in_once(shop):
    found = deal(by_code=True)
    job = begun(giving.sheet_of(found, "spring.csv", sheet(3 * BATCH), MILO))
    assert race(shop, *[lambda: batches.work(job)] * 8) == [None] * 8
    batches.work(job)
    assert len(codes(found)) == 3 * BATCH
    assert (longwork.job(job).state, longwork.job(job).carry["left_out"]) == (JobState.DONE, 0)


def test_checking_writes_nothing_and_knows_what_is_taken_by_any_deal(shop):
    found, other = deal(by_code=True), deal(by_code=True)
    with transaction():
        promotions.add_code(other, "SHEET00001")
        job = longwork.prepare(giving.sheet_of(found, "spring.csv", sheet(3), MILO))
    checked = giving.check(longwork.job(job))
    assert [(fault.row, fault.column) for fault in checked.faults] == [(3, "code")]
    assert codes(found) == []


def test_a_code_that_is_given_out_between_check_and_import_is_left_out_and_named(shop):
    found, other = deal(by_code=True), deal(by_code=True)
    job = begun(giving.sheet_of(found, "spring.csv", sheet(5), MILO))
    with transaction():
        promotions.add_code(other, "SHEET00003")
    batches.work(job)
    carry = longwork.job(job).carry
    assert (carry["left_out"], carry["named"]) == (1, ["row 5, SHEET00003 is given out already"])
    assert len(codes(found)) == 4
    assert db.session.scalar(select(func.count()).where(DealCode.code == "SHEET00003")) == 1


def test_a_code_that_is_given_out_within_a_batch_is_seen_on_the_next_look(shop, monkeypatch):
    found, other = deal(by_code=True), deal(by_code=True)
    job = begun(giving.sheet_of(found, "spring.csv", sheet(5), MILO))
    with transaction():
        promotions.add_code(other, "SHEET00003")
    taken = giving.taken
    blind = [False, True]
    monkeypatch.setattr(giving, "taken", lambda codes: set() if blind.pop() else taken(codes))
    batches.work(job)
    assert (codes(found), longwork.job(job).state) == ([], JobState.RUNNING)
    batches.work(job)
    assert len(codes(found)) == 4
