"""The reports of kitchens, drivers and staff: whose they are, what they say, and the same as files."""

import csv
import io

import pytest

from app.core import clock
from app.core.db import transaction
from app.stores import service as stores
from app.tracking import speeds
from app.users import activity
from app.users import service as users
from app.users.service import Role
from blueprints import history
from blueprints.tracking.speeds import percent
from blueprints.users.busy import counts
from tests.edges.test_reports import last_days
from tests.factories.history import book
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE
from tests.factories.staff import signed_in
from tests.queries import counted

SPEEDS, STAFF = "/manage/reports/speeds", "/manage/reports/staff"


@pytest.fixture
def ada(shop, tmp_path):
    history.load(book(tmp_path))
    return signed_in(shop, "Ada", Role.ADMIN, None)


@pytest.fixture
def mina(shop, tmp_path):
    history.load(book(tmp_path))
    return signed_in(shop, "Mina", Role.MANAGER)


def read(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_headquarters_sees_the_chain_and_a_manager_their_own_store(ada):
    chain = speeds.report(last_days()).all
    page = ada.get(SPEEDS).text
    assert "Kitchen and road of the whole chain" in page
    assert percent(chain.in_time, chain.orders) in page
    assert f"{chain.prep.most} min" in page
    assert "Kitchen and road of the stores in TX" in ada.get(f"{SPEEDS}?region=TX").text


def test_a_manager_sees_no_other_store(mina):
    assert "Kitchen and road of Elm Street" in mina.get(SPEEDS).text
    for path in (SPEEDS, f"{SPEEDS}/prep.csv", STAFF, f"{STAFF}/deeds.csv"):
        assert mina.get(f"{path}?store={MILWAUKEE_AVENUE}").status_code == 404


def test_every_file_holds_the_figures_of_the_page(ada):
    report = speeds.report(last_days())
    for plot, of in (("prep", lambda each: each.prep), ("road", lambda each: each.road)):
        rows = read(ada.get(f"{SPEEDS}/{plot}.csv"))
        wanted = [(hour, of(each).count, of(each).half, of(each).most) for hour, each in report.hours]
        assert [tuple(int(cell) for cell in row.values()) for row in rows] == wanted
    rows = read(ada.get(f"{SPEEDS}/promises.csv"))
    assert sum(int(row["in time"]) for row in rows) == report.all.in_time
    assert sum(int(row["orders"]) for row in rows) == report.all.orders == 20
    assert ada.get(f"{SPEEDS}/secrets.csv").status_code == 404


def test_dots_stand_as_high_as_the_minutes(ada):
    page, report = ada.get(SPEEDS).text, speeds.report(last_days())
    (_, first), *_ = report.hours
    assert f"half within {first.prep.half} minutes, {first.prep.count} orders" in page
    assert f"nine in ten within {first.prep.most} minutes" in page


def test_days_without_an_order_say_so(ada):
    assert "Nothing was handed over in these days" in ada.get(f"{SPEEDS}?from=2020-01-01&to=2020-01-07").text


def test_a_report_asks_no_more_for_a_year_than_for_a_day(mina):
    asks = []
    for days in (1, 366):
        mina.get(f"{SPEEDS}?days={days}")
        with counted() as asked:
            assert mina.get(f"{SPEEDS}?days={days}").status_code == 200
        asks.append(len(asked))
    assert asks[0] == asks[1] <= 13


def test_staff_are_told_by_what_they_did(shop, mina):
    someone = signed_in(shop, "Rosa", Role.COUNTER)
    assert someone.post("/staff/hours/quote", data={"store": ELM_STREET, "change": "more"}).status_code == 303
    rosa = next(one for one in all_time() if one.name == "Rosa")
    with transaction():
        for deed in ("ticket.move", "ticket.move", "order.cancel", "refund.give"):
            users.audit(rosa.user_id, deed, "order:1", ELM_STREET)
    rosa = next(one for one in all_time() if one.name == "Rosa")
    assert rosa.deeds["ticket.move"] == 2
    assert counts(rosa)[:5] == (2, 0, 1, 1, 0)
    assert sum(counts(rosa)) == rosa.total
    page = mina.get(STAFF).text
    assert "Rosa" in page
    row = next(row for row in read(mina.get(f"{STAFF}/deeds.csv")) if row["person"] == "Rosa")
    assert (row["tickets moved"], row["called off, made again"], row["all"]) == ("2", "1", str(rosa.total))


def test_what_was_refused_or_done_elsewhere_is_nobodys_deed_here(shop, mina):
    with transaction():
        beppe = users.add_staff("beppe@hotcorner.example", "Beppe", "a long dull password", Role.KITCHEN, ELM_STREET)
        users.audit(beppe, "access.refused", "x", ELM_STREET)
        users.audit(beppe, "ticket.move", "order:1", MILWAUKEE_AVENUE)
    assert "Beppe" not in mina.get(STAFF).text
    assert [one.deeds for one in all_time() if one.name == "Beppe"] == [{"ticket.move": 1}]


def test_who_may_not_read_the_book_of_deeds_sees_no_such_report(shop):
    milo = signed_in(shop, "Milo", Role.MARKETING, None)
    assert milo.get(STAFF).status_code == 403
    assert 'href="/manage/reports/staff' not in milo.get("/manage/reports").text


def all_time():
    hours = stores.store(ELM_STREET).hours
    day = hours.business_date(clock.now())
    return activity.busy(hours.day_begins(day), clock.now().replace(year=2099))
