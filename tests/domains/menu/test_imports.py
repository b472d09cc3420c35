"""A menu from a file: checked first, written whole on a word, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.core.errors import Conflict, NotFound, Refusal
from app.menu import book, imports, models, sheet
from app.menu import service as menu
from app.menu.sheet import Row
from tests.factories.hands import Hands
from tests.factories.orders import ELM_STREET
from tests.races import race

MILO, CARLO = 7, 8
HEAD = "record,product,size,crust,price,key,name,group\n"
NEW = HEAD + "product,,,,,tea,Iced tea,drinks\nvariant,tea,can,,2.95,,,\nvariant,cola,can,,2.75,,,\n"


def keep(content: str | bytes, user_id: int = MILO, name: str = "spring.csv") -> int:
    with transaction():
        return imports.keep(user_id, name, content if isinstance(content, bytes) else content.encode())


def confirm(number: int, mark: str | None = None, user_id: int = MILO) -> imports.Checked:
    mark = mark or imports.check(user_id, number).mark
    db.session.rollback()
    with transaction():
        return imports.confirm(user_id, number, mark)


def test_nothing_is_written_before_the_word_and_all_of_it_then(shop):
    before = menu.load(ELM_STREET)
    number = keep(NEW)
    checked = imports.check(MILO, number)
    assert checked.faults == ()
    assert checked.counts == {("product", True): 1, ("variant", True): 1, ("variant", False): 1}
    assert menu.load(ELM_STREET) == before
    confirm(number)
    after = menu.load(ELM_STREET)
    assert after.products["tea"].default.price_cents == 295
    assert after.products["cola"].default.price_cents == 275


def test_the_check_tells_each_change_as_it_was_and_as_it_would_be(shop):
    was = menu.load(ELM_STREET).products["cola"].default.price_cents
    changes = imports.check(MILO, keep(NEW)).changes
    cola = next(change for change in changes if change.called == "cola can")
    assert (cola.record, cola.new, cola.columns) == ("variant", False, (("price", f"{was / 100:.2f}", "2.75"),))


def test_a_file_with_one_fault_writes_nothing(shop):
    known = book.book()
    number = keep(NEW + "variant,tea,bucket,,9.00,,,\n")
    checked = imports.check(MILO, number)
    assert [(fault.line, fault.column) for fault in checked.faults] == [(5, "size")]
    with pytest.raises(Conflict) as raised:
        confirm(number, checked.mark)
    assert raised.value.code == "menu_changed"
    db.session.rollback()
    assert book.book() == known


def test_a_word_given_twice_writes_once(shop):
    number = keep(NEW)
    mark = imports.check(MILO, number).mark
    confirm(number, mark)
    version = menu.load(ELM_STREET).version
    with pytest.raises(Conflict) as raised:
        confirm(number, mark)
    assert raised.value.code == "import_written"
    assert menu.load(ELM_STREET).version == version
    assert imports.check(MILO, number).written


def test_the_same_file_again_changes_nothing(shop):
    confirm(keep(NEW))
    again = imports.check(MILO, keep(NEW))
    assert (again.changes, again.faults) == ((), ())


def test_whoever_saw_another_change_looks_again(shop):
    number = keep(NEW)
    mark = imports.check(MILO, number).mark
    with transaction():
        known = book.book()
        book.write(book.changed([Row("product", {"key": "cola", "name": "House cola"})], known), known)
    confirm(number, mark)  # what changed is not in the file
    number = keep(NEW.replace("2.75", "2.80"))
    mark = imports.check(MILO, number).mark
    with transaction():
        known = book.book()
        said = {"product": "cola", "size": "can", "crust": None, "price": 299}
        book.write(book.changed([Row("variant", said)], known), known)
    with pytest.raises(Conflict) as raised:
        confirm(number, mark)
    assert raised.value.code == "menu_changed"
    assert menu.load(ELM_STREET).products["cola"].default.price_cents == 299


def test_a_file_is_its_owners(shop):
    number = keep(NEW)
    with pytest.raises(NotFound):
        imports.check(CARLO, number)
    with pytest.raises(NotFound), transaction():
        imports.confirm(CARLO, number, "x")


def test_one_file_is_kept_for_each_person_and_none_for_longer_than_a_day(shop, monkeypatch):
    hands = Hands(monkeypatch)
    first, other = keep(NEW), keep(NEW, CARLO)
    second = keep(NEW)
    assert set(db.session.scalars(select(models.Upload.id))) == {second, other}
    with pytest.raises(NotFound):
        imports.check(MILO, first)
    db.session.rollback()
    hands.now += timedelta(days=1, seconds=1)
    imports.forget_old()
    assert db.session.scalars(select(models.Upload.id)).all() == []


@pytest.mark.parametrize(("content", "code"), [(b"", "file_empty"), (b" \n", "file_empty"), (b"x", None)])
def test_an_empty_file_is_none(shop, content, code):
    if code is None:
        assert keep(content)
        return
    with pytest.raises(Refusal) as raised:
        keep(content)
    assert raised.value.code == code


def test_a_file_that_is_too_large_is_refused(shop):
    with pytest.raises(Refusal, match="4 MB at most"):
        keep(b"x" * (imports.MOST_BYTES + 1))


def test_a_whole_menu_goes_out_and_in(shop):
    known = book.book()
    checked = imports.check(MILO, keep(sheet.write(known.values())))
    assert (checked.rows, checked.changes, checked.faults) == (len(known), (), ())


def test_two_words_at_once_write_once(shop):
    number = keep(NEW)
    mark = imports.check(MILO, number).mark
    db.session.rollback()

    def word() -> imports.Checked:
        with transaction():
            return imports.confirm(MILO, number, mark)

    outcomes = race(shop, *[word] * 4)
    assert sum(isinstance(outcome, imports.Checked) for outcome in outcomes) == 1, outcomes
    assert all(isinstance(outcome, imports.Checked | Conflict) for outcome in outcomes), outcomes
    assert menu.load(ELM_STREET).products["tea"].default.price_cents == 295
