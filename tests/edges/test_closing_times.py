"""At the edges of opening hours, as customers see them: closing soon, past midnight, and when the clocks change."""

import dataclasses
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app.core.db import db
from app.orders import cart
from app.orders import service as orders
from tests.edges.pages import HTMX, fields, filled_in, press, with_cart
from tests.factories.hands import Hands
from tests.factories.orders import COLA, COUNTER, ELM_STREET, MILWAUKEE_AVENUE, filled

pytestmark = pytest.mark.one_database

CHICAGO = ZoneInfo("America/Chicago")
MILWAUKEE = dataclasses.replace(COUNTER, store_id=MILWAUKEE_AVENUE)  # 11 am to 11 pm, at weekends until 2 am


@pytest.fixture
def hands(shop, monkeypatch) -> Hands:
    return Hands(monkeypatch)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO).astimezone(UTC)


def ana_at(client, place):
    return with_cart(client, filled((COLA, 2), place=place))


def options(page):
    return re.findall(r'<option[^>]* value="([^"]*T[^"]*)"[^>]*>([^<]+)', page.text)


def promised(order_id):
    db.session.rollback()
    return orders.order(order_id).promised_from


def test_five_minutes_before_closing_an_order_is_still_taken_for_tonight(client, hands):
    hands.now = at("2026-07-06 22:55")
    ana = ana_at(client, MILWAUKEE)
    page = ana.get("/checkout")
    assert "11:10 to 11:20 pm" in page.text
    assert "Open until 11:00 pm" in ana.get("/stores/milwaukee-avenue").text
    assert options(page)[0][1] == "Tuesday 11:15 am"  # as soon as possible is the last there is tonight
    assert press(ana, filled_in(page, pay_with="cash")).status_code == 303
    assert promised(orders.of_cart(1)) == at("2026-07-06 23:10")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without script", "with script"])
def test_who_presses_after_closing_is_asked_before_it_becomes_tomorrow(client, hands, headers, work_off):
    hands.now = at("2026-07-06 22:55")
    ana = ana_at(client, MILWAUKEE)
    form = filled_in(ana.get("/checkout"), pay_with="cash", name="Ana of the Night")
    hands.now = at("2026-07-06 23:05")
    answer = press(ana, form, **headers)
    assert answer.status_code == 409
    assert "It would be later than this page said: Tuesday 11:15 to 11:25 am." in answer.text
    assert "Tuesday 11:15 to 11:25 am" in answer.text
    assert "Ana of the Night" in answer.text
    assert orders.of_cart(1) is None
    assert [line.quantity for line in cart.view(1).lines] == [2]
    assert "Closed, opens Tuesday 11:00 am" in ana.get("/stores/milwaukee-avenue").text
    assert press(ana, filled_in(answer, pay_with="cash")).status_code == 303
    assert promised(orders.of_cart(1)) == at("2026-07-07 11:15")
    work_off()
    assert "Order in, Tuesday 11:15 to 11:25 am" in ana.get("/").text


def test_who_reads_slowly_is_not_asked_again(client, hands):
    hands.now = at("2026-07-06 18:00")
    ana = ana_at(client, MILWAUKEE)
    form = filled_in(ana.get("/checkout"), pay_with="cash")
    hands.move(minutes=35)
    assert press(ana, form).status_code == 303


@pytest.mark.parametrize("nonsense", ["", "soon", "2026-07-06", "9999-12-31T00:00:00+00:00", "2026-07-06T18:00:00"])
def test_a_page_that_says_nothing_of_time_is_taken_by_its_total(client, hands, nonsense):
    ana = ana_at(client, MILWAUKEE)
    form = filled_in(ana.get("/checkout"), pay_with="cash") | {"promised": nonsense}
    assert press(ana, form).status_code == 303


def test_past_midnight_it_is_still_fridays_evening_until_two(client, hands):
    hands.now = at("2026-07-04 01:40")
    ana = ana_at(client, MILWAUKEE)
    assert "Open until 2:00 am" in ana.get("/stores/milwaukee-avenue").text
    where = ana.get("/where")
    assert re.search(r'<option selected value="2026-07-03">Today', where.text)
    assert "1:55 to 2:05 am" in ana.get("/checkout").text
    assert press(ana, filled_in(ana.get("/checkout"), pay_with="cash")).status_code == 303
    assert promised(orders.of_cart(1)) == at("2026-07-04 01:55")
    hands.now = at("2026-07-04 02:00")
    assert "Closed, opens 11:00 am" in ana.get("/stores/milwaukee-avenue").text


def test_the_hour_that_comes_twice_is_offered_twice_and_told_apart(client, hands):
    hands.now = at("2026-11-01 00:40")
    ana = ana_at(client, COUNTER)
    offered = options(ana.get("/checkout"))
    names = [name for _, name in offered]
    assert [name for name in names if re.match("1:.* am", name)] == [
        f"1:{minute} am {clock}" for clock in ("CDT", "CST") for minute in ("00", "15", "30", "45")
    ]
    assert len(names) == len(set(names))
    second = next(value for value, name in offered if name == "1:15 am CST")
    chosen = press(ana, fields(ana.get("/checkout")) | {"time": second}, "/checkout/time")
    assert "1:15 to 1:25 am CST" in chosen.text
    assert press(ana, filled_in(ana.get("/checkout"), pay_with="cash")).status_code == 303
    assert promised(orders.of_cart(1)) == datetime(2026, 11, 1, 7, 15, tzinfo=UTC)


def test_the_hour_that_never_comes_is_never_offered(client, hands):
    hands.now = at("2027-03-14 00:40")
    ana = ana_at(client, COUNTER)
    names = [name for _, name in options(ana.get("/checkout"))]
    assert names[names.index("1:45 am") + 1] == "3:00 am"
    assert not [name for name in names if name.startswith("2:") and name.endswith("am")]
    hands.now = at("2027-03-14 01:55")
    assert "3:10 to 3:20 am" in ana.get("/checkout").text


def test_a_quarter_is_a_quarter_of_an_hour_while_the_clocks_change(client, hands):
    hands.now = at("2026-11-01 00:40")
    ana = ana_at(client, dataclasses.replace(COUNTER, store_id=ELM_STREET))
    moments = [datetime.fromisoformat(value) for value, _ in options(ana.get("/checkout"))][:16]
    assert {later - sooner for sooner, later in pairwise(moments)} == {timedelta(minutes=15)}
