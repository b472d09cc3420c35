"""A menu from a file: checked first, written whole on a word, once, by whoever does the long work."""

from datetime import timedelta

import pytest

from app.core import batches, longwork, oldwork
from app.core.db import db, transaction
from app.core.errors import Conflict, NotFound
from app.core.longwork import Job, JobState, Owner
from app.menu import book, imports, sheet
from app.menu import service as menu
from app.menu.sheet import Row
from tests.factories.hands import Hands
from tests.factories.orders import ELM_STREET
from tests.factories.staff import works_here
from tests.races import race

MILO = Owner(7, "edit_menu", "/somewhere")
HEAD = "record,product,size,crust,price,key,name,group\n"
NEW = HEAD + "product,,,,,tea,Iced tea,drinks\nvariant,tea,can,,2.95,,,\nvariant,cola,can,,2.75,,,\n"


@pytest.fixture(autouse=True)
def starter(shop) -> None:
    works_here(MILO.user_id)


class KilledError(BaseException):
    """What a SIGKILL looks like from inside: nothing after it runs."""


def kept(text: str) -> Job:
    with transaction():
        number = longwork.prepare(imports.wanted("spring.csv", text, MILO))
    return longwork.job(number)


def fresh(job: Job) -> Job:
    db.session.rollback()
    return longwork.job(job.id)


def start(job: Job, mark: str | None = None) -> Job:
    mark = mark or imports.check(job).mark
    db.session.rollback()
    with transaction():
        imports.start(job, mark)
    return fresh(job)


def write(job: Job) -> Job:
    batches.work(start(job).id)
    return fresh(job)


def price(slug: str) -> int:
    db.session.rollback()
    return menu.load(ELM_STREET).products[slug].default.price_cents


def set_cola(cents: int) -> None:
    said = {"product": "cola", "size": "can", "crust": None, "price": cents}
    with transaction():
        known = book.book()
        book.write(book.changed([Row("variant", said)], known), known)


def test_nothing_is_written_before_the_word_and_all_of_it_then(shop):
    before = menu.load(ELM_STREET)
    job = kept(NEW)
    checked = imports.check(job)
    assert checked.faults == ()
    assert checked.counts == {("product", True): 1, ("variant", True): 1, ("variant", False): 1}
    batches.work(job.id)
    assert menu.load(ELM_STREET) == before
    job = write(job)
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)
    assert (price("tea"), price("cola")) == (295, 275)


def test_the_check_tells_each_change_as_it_was_and_as_it_would_be(shop):
    was = price("cola")
    changes = imports.check(kept(NEW)).changes
    cola = next(change for change in changes if change.called == "cola can")
    assert (cola.record, cola.new, cola.columns) == ("variant", False, (("price", f"{was / 100:.2f}", "2.75"),))


def test_a_file_with_one_fault_is_not_started(shop):
    known = book.book()
    job = kept(NEW + "variant,tea,bucket,,9.00,,,\n")
    checked = imports.check(job)
    assert [(fault.row, fault.column) for fault in checked.faults] == [(5, "size")]
    with pytest.raises(Conflict) as raised:
        start(job, checked.mark)
    assert raised.value.code == "menu_changed"
    assert fresh(job).state is JobState.CHECKED
    assert book.book() == known


def test_a_word_given_twice_and_work_done_twice_write_once(shop):
    job = write(kept(NEW))
    version = menu.load(ELM_STREET).version
    batches.work(job.id)
    db.session.rollback()
    assert menu.load(ELM_STREET).version == version


def test_the_same_file_again_changes_nothing(shop):
    write(kept(NEW))
    again = imports.check(kept(NEW))
    assert (again.changes, again.faults) == ((), ())


def test_whoever_saw_another_change_looks_again(shop):
    job = kept(NEW.replace("2.75", "2.80"))
    mark = imports.check(job).mark
    set_cola(299)
    with pytest.raises(Conflict) as raised:
        start(job, mark)
    assert raised.value.code == "menu_changed"
    assert price("cola") == 299


def test_a_menu_that_changed_while_the_work_waited_is_left_as_it_is_and_that_is_told(shop):
    job = start(kept(NEW))
    set_cola(299)
    batches.work(job.id)
    job = fresh(job)
    assert (job.state, job.done) == (JobState.FAILED, 0)
    assert "nothing of the file was written" in job.why
    assert price("cola") == 299
    assert "tea" not in menu.load(ELM_STREET).products


def test_what_changed_but_is_not_in_the_file_does_not_stop_it(shop):
    job = start(kept(NEW))
    with transaction():
        known = book.book()
        book.write(book.changed([Row("product", {"key": "cola", "name": "House cola"})], known), known)
    batches.work(job.id)
    assert fresh(job).state is JobState.DONE
    assert menu.load(ELM_STREET).products["cola"].name == "House cola"


def test_a_worker_that_dies_while_it_writes_leaves_the_menu_whole_and_the_next_one_writes_it(shop, monkeypatch):
    known = book.book()
    job = start(kept(NEW))

    def die(name: str) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(batches, "failpoint", die)
        with pytest.raises(KilledError):
            batches.work(job.id)
    assert fresh(job).state is JobState.RUNNING
    assert book.book() == known
    batches.work(job.id)
    assert (fresh(job).state, price("tea")) == (JobState.DONE, 295)


def test_called_off_before_its_turn_it_writes_nothing(shop):
    known = book.book()
    job = start(kept(NEW))
    with transaction():
        longwork.cancel(job.id)
    batches.work(job.id)
    assert fresh(job).state is JobState.CANCELLED
    assert book.book() == known


def test_a_file_that_nobody_started_is_kept_for_a_day(shop, monkeypatch):
    hands = Hands(monkeypatch)
    job = kept(NEW)
    hands.now += timedelta(hours=23)
    oldwork.forget_sheets()
    assert longwork.job(job.id).state is JobState.CHECKED
    hands.now += timedelta(hours=2)
    oldwork.forget_sheets()
    with pytest.raises(NotFound):
        longwork.job(job.id)


def test_a_whole_menu_goes_out_and_in(shop):
    known = book.book()
    checked = imports.check(kept(sheet.write(known.values()).removeprefix("\ufeff")))
    assert (checked.rows, checked.changes, checked.faults) == (len(known), (), ())


def test_four_workers_at_once_write_once(shop):
    version = menu.load(ELM_STREET).version
    job = start(kept(NEW))
    outcomes = race(shop, *[lambda: batches.work(job.id)] * 4)
    assert outcomes == [None] * 4
    assert fresh(job).state is JobState.DONE
    assert price("tea") == 295
    assert menu.load(ELM_STREET).version[0] == version[0] + 1
