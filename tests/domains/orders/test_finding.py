"""Orders are found by what a customer can say, a page at a time, however many there are."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select, text

from app.core.db import db, transaction
from app.core.errors import NotFound, Refusal
from app.orders import finding, searches
from app.orders import service as orders
from app.orders.finding import Sought
from app.orders.keys import name_key
from app.orders.models import Cart, Order
from app.orders.service import Contact, OrderStatus
from app.users import service as users
from app.users.service import Role
from tests.factories.orders import COLA, ELM_STREET, MILWAUKEE_AVENUE, ordered
from tests.queries import counted

JOSE = Contact("José  O'Neil", "+13125550199", "jose.oneil@gmail.com")
LEE = Contact("Lee Wong", "+13125550177", "")
ANYWHERE = Sought(None)


def numbers(**sought):
    return [one.id for one in finding.found(Sought(**{"stores": None, **sought}))]


@pytest.fixture
def jose(shop):
    return ordered(COLA, contact=JOSE)


@pytest.fixture
def lee(shop):
    return ordered(COLA, contact=LEE)


@pytest.mark.parametrize(
    "words",
    [
        *("jose", "JOSÉ o", "josé o'n", "  José   O'Neil "),
        *("(312) 555-0199", "+1 312 555 0199", "3125550199"),
        *("jose.oneil@gmail.com", "JoseONeil+pizza@gmail.com"),
    ],
)
def test_an_order_is_found_by_what_its_customer_says(jose, lee, words):
    assert numbers(words=words) == [jose]


def test_an_order_is_found_by_its_number_as_people_write_it(jose, lee):
    assert numbers(words=str(lee)) == numbers(words=f" #{lee} ") == [lee]
    assert numbers(words="999999999") == []


@pytest.mark.parametrize(
    "words", ["o'neil", "jose oneil", "josef", "%%", "jo_e", "9876543210", "0" * 16, "a@b", "\0zz"]
)
def test_what_no_order_has_finds_none(jose, words):
    assert numbers(words=words) == []


@pytest.mark.parametrize(
    ("words", "said"), [("312-555", "whole phone number"), ("j", "two letters"), ("%", "two letters")]
)
def test_too_little_is_refused_and_not_searched(shop, words, said):
    with counted() as sent, pytest.raises(Refusal, match=said):
        finding.found(Sought(None, words))
    assert sent == []


def test_an_order_is_found_by_store_state_and_time(jose, lee):
    with transaction():
        orders.cancel(lee, by="customer", reason="")
    made = db.session.scalar(select(Order.created_at).where(Order.id == jose))
    assert numbers(stores=[ELM_STREET]) == [lee, jose]
    assert numbers(stores=[MILWAUKEE_AVENUE]) == numbers(stores=[]) == []
    assert numbers(status=OrderStatus.CANCELLED) == [lee]
    assert numbers(status=OrderStatus.PENDING_PAYMENT, words="jose", stores=[ELM_STREET], since=made) == [jose]
    assert numbers(until=made) == []


def test_orders_come_a_page_at_a_time_each_once_though_made_in_one_moment(shop):
    made = many(7)
    seen, before = [], None
    while some := finding.found(ANYWHERE, before=before, most=3):
        seen += [one.id for one in some]
        before = some[-1].id
    assert seen == made[::-1]
    assert [one.id for one in finding.every(ANYWHERE, 5)] == made[::-1][:5]


def test_reading_many_in_batches_leaves_none_out(shop, monkeypatch):
    monkeypatch.setattr(finding, "BATCH", 2)
    made = many(5)
    assert [one.id for one in finding.every(ANYWHERE, 100)] == made[::-1]


def many(count: int) -> list[int]:
    """Orders of one moment, as a busy chain has them."""
    like = db.session.get_one(Order, ordered(COLA))
    if count == 1:
        return [like.id]
    row = {column.name: getattr(like, column.name) for column in Order.__table__.columns}
    with transaction():
        carts = db.session.scalars(
            insert(Cart).returning(Cart.id), [{"touched_at": like.created_at, "status": "ordered"}] * (count - 1)
        ).all()
        rows = [{**row, "id": like.id + n, "cart_id": cart} for n, cart in enumerate(carts, 1)]
        db.session.execute(insert(Order), rows)
    return [like.id, *(row["id"] for row in rows)]


SEARCHES = {
    "number": {"words": "7"},
    "phone": {"words": "3125550199"},
    "address": {"words": "ana@example.com"},
    "name": {"words": "jos"},
    "store": {"stores": [ELM_STREET]},
    "state": {"status": OrderStatus.REJECTED},
    "everything": {},
}


@pytest.mark.parametrize("name", SEARCHES)
def test_no_search_reads_every_order(jose, name):
    plan = planned(Sought(**{"stores": None, **SEARCHES[name]}))
    assert "orders" in plan
    assert not re.search(r"Seq Scan on orders|SCAN orders(?! USING INDEX ix_orders_created_at)", plan), plan


def test_a_search_without_an_index_would_be_seen(jose):
    """The control: the plan of a search that nothing helps is one that the test above refuses."""
    plan = explained(select(Order.id).where(Order.note == "x"))
    assert re.search(r"Seq Scan on orders|SCAN orders(?! USING INDEX ix_orders_created_at)", plan), plan


def planned(sought: Sought) -> str:
    """How the database would read a search, where it had many orders."""
    return explained(finding._sought(sought).order_by(Order.created_at.desc(), Order.id.desc()).limit(51))


def explained(query) -> str:
    postgres = db.engine.dialect.name == "postgresql"
    if postgres:
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
    word = "EXPLAIN" if postgres else "EXPLAIN QUERY PLAN"

    def explain(_conn, _cursor, statement, parameters, _context, _many):
        return f"{word} {statement}", parameters

    connection = db.session.connection()
    event.listen(connection, "before_cursor_execute", explain, retval=True)
    try:
        cursor = connection.execute(query).cursor
        rows = cursor.fetchall()
    finally:
        event.remove(connection, "before_cursor_execute", explain)
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("count", [1, 40])
def test_a_search_is_one_query_however_many_it_finds(shop, count):
    many(count)
    with counted() as sent:
        finding.found(Sought([ELM_STREET], "ana"))
    assert len(sent) == 1


@pytest.fixture
def rosa(shop):
    with transaction():
        return users.add_staff("rosa@example.com", "Rosa", "x" * 8, Role.COUNTER, ELM_STREET)


@pytest.fixture
def mina(shop):
    with transaction():
        return users.add_staff("mina@example.com", "Mina", "x" * 8, Role.MANAGER, ELM_STREET)


def test_a_search_is_kept_under_its_name_by_one_person(rosa, mina):
    with transaction():
        first = searches.keep(rosa, "Late", "state=making")
        searches.keep(mina, "Late", "state=placed")
    assert [(one.id, one.name, one.query) for one in searches.kept(rosa)] == [(first, "Late", "state=making")]
    with transaction(), pytest.raises(Refusal, match="of this name"):
        searches.keep(rosa, "Late", "day=today")
    with transaction(), pytest.raises(NotFound):
        searches.drop(mina, first)
    with transaction():
        assert searches.drop(rosa, first) == "Late"
    assert searches.kept(rosa) == ()


def test_nobody_keeps_more_searches_than_they_can_read(rosa):
    with transaction():
        for n in range(searches.MOST):
            searches.keep(rosa, f"Number {n}", "")
    with transaction(), pytest.raises(Refusal, match="Drop one first"):
        searches.keep(rosa, "One more", "")
    with transaction(), pytest.raises(Refusal, match="Give this search a name"):
        searches.keep(rosa, "", "")


def test_a_name_is_looked_for_in_small_letters_without_accents():
    assert name_key("  ÅSA  Łukasz-Müller ") == "asa łukasz-muller"
    assert len(name_key("ﬃ" * 80)) == 80


def test_an_order_made_later_by_the_clock_comes_first(jose, lee):
    with transaction():
        row = db.session.get_one(Order, jose)
        row.created_at += timedelta(hours=1)
    assert numbers() == [jose, lee]
