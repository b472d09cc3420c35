"""The page on which staff find any order of their stores."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.core import batches, clock, oldwork
from app.core.db import db, transaction
from app.core.longwork import JobFile
from app.orders import exporting, searches
from app.orders import service as orders
from app.orders.models import Order, SavedSearch
from app.orders.service import Contact
from app.users.service import Role
from tests.edges.pages import fields
from tests.factories.orders import COLA, COUNTER, ELM_STREET, HALF_AND_HALF, MILWAUKEE_AVENUE, ordered, placed
from tests.factories.staff import signed_in, written_down
from tests.queries import counted

PATH = "/staff/orders"
LEE = Contact("Lee Wong", "+13125550177", "lee@example.com")
FORMULA = Contact("=Lee Wong", "+13125550177", "")


@pytest.fixture
def rosa(shop):
    return signed_in(shop, "Rosa", Role.COUNTER)


@pytest.fixture
def mina(shop):
    return signed_in(shop, "Mina", Role.MANAGER)


def elsewhere(order_id: int) -> int:
    with transaction():
        db.session.execute(update(Order).where(Order.id == order_id).values(store_id=MILWAUKEE_AVENUE))
    return order_id


def listed(page) -> list[int]:
    return [int(part.partition('"')[0]) for part in page.text.split('<tr id="order-')[1:]]


def test_an_order_is_found_and_leads_to_its_page(rosa):
    ana, lee = ordered(COLA), ordered(COLA, contact=LEE)
    assert listed(rosa.get(PATH)) == [lee, ana]
    page = rosa.get(f"{PATH}?q=lee")
    assert listed(page) == [lee]
    assert f'href="/staff/orders/{lee}"' in page.text
    assert "Not paid yet" in page.text
    assert rosa.get(f"/staff/orders/{lee}").status_code == 200


def test_nobody_finds_orders_of_stores_that_are_not_theirs(shop, rosa):
    here, there = ordered(COLA), elsewhere(ordered(COLA))
    assert listed(rosa.get(PATH)) == [here]
    assert listed(rosa.get(f"{PATH}?q={there}")) == []
    assert rosa.get(f"{PATH}?store={MILWAUKEE_AVENUE}").status_code == 404
    ada = signed_in(shop, "Ada", Role.ADMIN, None)
    assert listed(ada.get(PATH)) == [there, here]
    assert listed(ada.get(f"{PATH}?store={MILWAUKEE_AVENUE}")) == [there]
    assert signed_in(shop, "Beppe").get(PATH).status_code == 403


def test_orders_are_found_by_state_and_day(rosa, now):
    order_id = placed(COLA, place=COUNTER)
    for query, there in (
        ("state=placed", True),
        ("state=completed", False),
        ("state=nonsense", True),
        ("day=today", True),
        ("day=yesterday", False),
        ("day=week&state=placed&q=ana", True),
        ("until=2026-01-01", False),
        ("since=2026-01-01&day=yesterday", True),
    ):
        assert listed(rosa.get(f"{PATH}?{query}")) == ([order_id] if there else []), query
    assert "No order fits that" in rosa.get(f"{PATH}?state=completed").text


@pytest.mark.parametrize("query", ["q=312-55", "q=x", "since=yesterday", "until=9999-12-31"])
def test_what_makes_no_sense_is_said_beside_its_field(rosa, query):
    page = rosa.get(f"{PATH}?{query}")
    assert (page.status_code, "There is a problem" in page.text, 'aria-invalid="true"' in page.text) == (
        422,
        True,
        True,
    )
    assert f'href="#{query.partition("=")[0]}"' in page.text


def test_older_orders_are_a_page_away(rosa, monkeypatch):
    monkeypatch.setattr("blueprints.orders.found.PAGE", 2)
    made = [ordered(COLA) for _ in range(3)]
    first = rosa.get(f"{PATH}?q=ana")
    older = first.text.partition('<a class="btn quiet" href="/staff/orders?')[2].partition('"')[0].replace("&amp;", "&")
    assert listed(first) == made[:0:-1]
    assert listed(rosa.get(f"{PATH}?{older}")) == made[:1]
    for wrong in ("-1", "99999999999999999999", "x"):
        assert rosa.get(f"{PATH}?before={wrong}").status_code == 200


def test_the_page_asks_as_much_for_many_orders_as_for_one(rosa):
    ordered(COLA)
    rosa.get(PATH)
    with counted() as one:
        rosa.get(PATH)
    for _ in range(6):
        ordered(COLA)
    with counted() as many:
        assert len(listed(rosa.get(PATH))) == 7
    assert len(many) == len(one) <= 14, one


def test_a_search_is_kept_opened_and_dropped(rosa, mina):
    order_id = ordered(COLA)
    page = rosa.get(f"{PATH}?q=ana&state=pending_payment")
    kept = {"q": "ana", "state": "pending_payment"}
    assert {name: fields(page)[name] for name in kept} == kept
    answer = rosa.post(f"{PATH}/searches", data={**kept, "name": "Ana waits"})
    assert answer.location == f"{PATH}?q=ana&state=pending_payment"
    page = rosa.get(answer.location)
    assert listed(page) == [order_id]
    assert "“Ana waits” is kept." in page.text
    assert "Ana waits" not in mina.get(PATH).text
    number, query = db.session.execute(select(SavedSearch.id, SavedSearch.query)).one()
    assert query == "state=pending_payment"  # what was typed is somebody's name, and is not kept
    assert mina.post(f"{PATH}/searches/{number}/removal").status_code == 404
    assert "is dropped" in rosa.get(rosa.post(f"{PATH}/searches/{number}/removal").location).text
    assert db.session.scalars(select(SavedSearch)).all() == []
    assert [row.deed for row in written_down()] == ["order.search.keep", "order.search.drop"]


def test_a_search_without_a_name_or_with_one_twice_says_so_and_keeps_what_was_typed(rosa):
    data = {"q": "ana", "state": "making", "name": "Ana"}
    assert rosa.post(f"{PATH}/searches", data=data).status_code == 303
    for name, words in (("", "Give this search a name"), ("Ana", "You have a search of this name")):
        page = rosa.post(f"{PATH}/searches", data={**data, "name": name})
        assert (page.status_code, words in page.text) == (422, True)
        assert fields(page)["q"] == "ana"
    assert len(searches.kept(written_down()[0].user_id)) == 1


def test_what_was_found_goes_out_as_a_file_and_that_is_written_down(rosa):
    order_id = ordered(COLA, contact=FORMULA)
    elsewhere(ordered(COLA, contact=FORMULA))
    answer = rosa.get(f"{PATH}.csv?q==lee&state=pending_payment")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["number"], row["name"], row["phone"]) == (str(order_id), "'=Lee Wong", "'+13125550177")
    assert row["state"] == "Not paid yet"
    assert answer.headers["Cache-Control"] == "no-store"
    assert [(deed.deed, deed.detail) for deed in written_down()] == [
        ("order.export", {"asked": "state=pending_payment", "typed": True, "orders": 1})
    ]


def test_the_page_of_an_order_tells_where_each_cent_comes_from(mina):
    order_id = ordered(HALF_AND_HALF, COLA, tip_cents=250)
    view = orders.order(order_id)
    page = mina.get(f"/staff/orders/{order_id}").text.partition('id="prices"')[2]
    told = page.partition("</details>")[0]
    total = f"${view.quote.total_cents // 100}.{view.quote.total_cents % 100:02d}"
    assert ("Tip" in told, "$2.50" in told, told.count(total) >= 1) == (True, True, True)


def test_the_page_of_an_order_lists_what_was_sent_to_its_customer_for_who_may_know_them(shop, rosa, outbox, work_off):
    order_id = placed(COLA, place=COUNTER)
    work_off()
    rosa.post(f"/staff/orders/{order_id}/cancellation", data={"reason": "Out of cola"})
    work_off()
    sent = rosa.get(f"/staff/orders/{order_id}").text.partition('id="letters"')[2].partition("</section>")[0]
    assert sent.index("Your order is in") < sent.index("Your order came to nothing")
    assert sent.count("mail to a…@e….com") == sent.count("Went out") == 2
    assert "ana@example.com" not in sent
    assert 'id="letters"' not in signed_in(shop, "Beppe").get(f"/staff/orders/{order_id}").text


def test_the_page_of_an_order_tells_managers_what_staff_did_to_it(shop, mina, rosa):
    order_id = placed(COLA, place=COUNTER)
    rosa.post(f"/staff/orders/{order_id}/cancellation", data={"reason": "Out of cola"})
    assert "Cancelled an order" in mina.get(f"/staff/orders/{order_id}").text
    assert "Cancelled an order" not in rosa.get(f"/staff/orders/{order_id}").text


def test_with_one_store_there_is_none_to_choose_and_with_several_there_is(shop, rosa):
    assert 'name="store"' not in rosa.get(PATH).text
    ada = signed_in(shop, "Ada", Role.ADMIN, None)
    assert f'<option value="{ELM_STREET}" selected>' in ada.get(f"{PATH}?store={ELM_STREET}").text
    assert "All of yours" in ada.get(PATH).text


@pytest.fixture
def seven(monkeypatch) -> list[int]:
    """Seven orders, and batches of two."""
    monkeypatch.setattr(exporting, "BATCH", 2)
    made = [ordered(COLA) for _ in range(5)]
    return [*made, ordered(COLA, contact=LEE), ordered(COLA, contact=FORMULA)]


def begun(client, **filters) -> int:
    answer = client.post(f"{PATH}/exports", data=filters)
    assert answer.status_code == 303
    return int(answer.location.rpartition("/")[2])


def test_all_of_them_come_as_a_file_from_long_work_each_once(rosa, seven):
    elsewhere(there := ordered(COLA))
    job = begun(rosa)
    assert rosa.get(f"/manage/jobs/{job}/file").status_code == 404
    assert "Take the file" not in rosa.get(f"/manage/jobs/{job}").text
    batches.work(job)
    page = rosa.get(f"/manage/jobs/{job}").text
    assert "7 of 7 orders" in page
    assert f'href="/manage/jobs/{job}/file" download>Take the file' in page
    answer = rosa.get(f"/manage/jobs/{job}/file")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [int(row["number"]) for row in rows] == sorted(seven, reverse=True)
    assert str(there) not in {row["number"] for row in rows}
    assert rows[0]["name"] == "'=Lee Wong"
    assert int(rows[1]["cents"]) == orders.order(seven[-2]).quote.total_cents
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    exported = [row for row in written_down() if row.deed == "order.export"]
    assert exported[-1].detail == {"asked": "", "orders": 7, "job": job}


def test_a_file_keeps_to_the_filters_and_to_what_was_there_when_it_was_asked_for(rosa, seven):
    with transaction():
        db.session.execute(update(Order).where(Order.id.in_(seven[:3])).values(status="completed"))
    job = begun(rosa, state="completed")
    ordered(COLA)
    batches.work(job)
    rows = list(csv.DictReader(io.StringIO(rosa.get(f"/manage/jobs/{job}/file").text)))
    assert [int(row["number"]) for row in rows] == sorted(seven[:3], reverse=True)
    assert {row["state"] for row in rows} == {"completed"}


def test_a_worker_that_dies_between_batches_loses_and_doubles_no_row(rosa, seven, monkeypatch):
    job = begun(rosa)
    honest, tries = exporting.finding.found, []

    def dies(*asked, **more):
        tries.append(asked)
        if len(tries) == 3:
            raise RuntimeError("killed")
        return honest(*asked, **more)

    monkeypatch.setattr(exporting.finding, "found", dies)
    batches.work(job)
    batches.work(job)
    rows = list(csv.DictReader(io.StringIO(rosa.get(f"/manage/jobs/{job}/file").text)))
    assert [int(row["number"]) for row in rows] == sorted(seven, reverse=True)


def test_what_was_called_off_or_typed_gives_no_file(rosa, seven):
    job = begun(rosa)
    assert rosa.post(f"/manage/jobs/{job}/cancellation").status_code == 303
    batches.work(job)
    assert rosa.get(f"/manage/jobs/{job}/file").status_code == 404
    assert "Take the file" not in rosa.get(f"/manage/jobs/{job}").text
    assert rosa.post(f"{PATH}/exports", data={"q": "lee"}).status_code == 422
    assert rosa.post(f"{PATH}/exports", data={"state": "making"}).status_code == 422


def test_nobody_takes_the_file_of_somebody_else_and_after_a_day_it_is_gone(shop, rosa, mina, seven, now):
    job = begun(rosa)
    batches.work(job)
    assert mina.get(f"/manage/jobs/{job}/file").status_code == 404
    assert rosa.get(f"/manage/jobs/{job}/file").status_code == 200
    at = clock.now()
    now(at + oldwork.FILES_KEPT - timedelta(minutes=1))
    oldwork.forget_files()
    assert db.session.scalar(select(func.count()).select_from(JobFile)) == 4
    db.session.rollback()
    now(at + oldwork.FILES_KEPT + timedelta(minutes=1))
    oldwork.forget_files()
    assert db.session.scalar(select(func.count()).select_from(JobFile)) == 0
