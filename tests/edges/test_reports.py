"""Reports at the desk: whose figures they are, which days, what is drawn, and the same numbers as files."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.core import clock
from app.core.periods import Period
from app.payments import sales
from app.payments.sales import Share
from app.stores import service as stores
from app.users.service import Role
from blueprints import history
from blueprints.payments import report_words
from blueprints.plots import Counted, Value, bars, columns, curves, scale
from blueprints.reporting import MOST_DAYS, asked
from tests.factories.history import book
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE
from tests.factories.staff import signed_in, written_down
from tests.queries import counted

pytestmark = pytest.mark.one_database

TODAY = date(2026, 7, 3)


@pytest.fixture
def past(shop, tmp_path) -> None:
    """Ten days of sales at all stores, which ended a few days ago."""
    history.load(book(tmp_path))


@pytest.fixture
def ada(shop, past):
    return signed_in(shop, "Ada", Role.ADMIN, None)


@pytest.fixture
def mina(shop, past):
    return signed_in(shop, "Mina", Role.MANAGER)


def last_days(number: int = 28) -> Period:
    today = stores.store(ELM_STREET).hours.business_date(clock.now())
    return Period(today - timedelta(days=number - 1), today)


def dollars(cents: int) -> str:
    return f"${cents / 100:,.2f}"


def read(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_headquarters_sees_the_chain_and_a_manager_their_own_store(ada, mina):
    chain, own = (sales.report(last_days(), ids).course.sums for ids in (None, [ELM_STREET]))
    assert 0 < own.net_cents < chain.net_cents
    assert dollars(chain.net_cents) in (page := ada.get("/manage/reports").text)
    assert "Sales of the whole chain" in page
    assert dollars(own.net_cents) in (page := mina.get("/manage/reports").text)
    assert "Sales of Elm Street" in page
    assert dollars(chain.net_cents) not in page


def test_headquarters_may_look_at_one_store_and_a_manager_not_at_another(ada, mina):
    assert "Sales of Milwaukee Avenue" in ada.get(f"/manage/reports?store={MILWAUKEE_AVENUE}").text
    assert mina.get(f"/manage/reports?store={MILWAUKEE_AVENUE}").status_code == 404
    assert mina.get(f"/manage/reports/days.csv?store={MILWAUKEE_AVENUE}").status_code == 404


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.COUNTER])
def test_who_cooks_or_serves_sees_no_reports(shop, role):
    client = signed_in(shop, "Beppe", role)
    assert client.get("/manage/reports").status_code == 403
    assert client.get("/manage/reports/days.csv").status_code == 403


def test_every_file_holds_the_figures_of_the_page(ada):
    report = sales.report(last_days())
    days = read(ada.get("/manage/reports/days.csv?days=28"))
    assert [int(row["net"]) for row in days] == [sums.net_cents for _, sums in report.course.days]
    assert sum(int(row["orders"]) for row in days) == report.course.sums.orders
    hours = read(ada.get("/manage/reports/hours.csv?days=28"))
    assert sum(int(row["taken"]) for row in hours) == report.course.sums.taken_cents
    products = read(ada.get("/manage/reports/products.csv?days=28"))
    assert [int(row["cents"]) for row in products] == [share.cents for share in report.products]
    assert "Island" in {row["product"] for row in products}
    toppings = read(ada.get("/manage/reports/toppings.csv?days=28"))
    assert sum(int(row["pizzas"]) for row in toppings) == sum(share.count for share in report.toppings)
    for plot, head in (
        ("deals", "deal,used,cents,orders,average order,beside those without,used before,cents before"),
        ("refunds", "reason,borne by,refunds,cents,refunds before,cents before"),
        ("remakes", "reason,borne by,orders,cents,orders before,cents before"),
    ):
        assert ada.get(f"/manage/reports/{plot}.csv").text.strip() == head


def test_a_file_is_written_down_and_not_kept_and_an_unknown_one_is_not_there(ada):
    answer = ada.get("/manage/reports/hours.csv?days=7")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="hours-stores-')
    assert [row.deed for row in written_down()][-1] == "report.export"
    assert ada.get("/manage/reports/secrets.csv").status_code == 404


def test_days_on_which_nothing_was_sold_say_so(ada):
    page = ada.get("/manage/reports?from=2020-01-01&to=2020-01-07")
    assert page.status_code == 200
    assert "Nothing was sold in these days" in page.text


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-07-02", "2026-07-01", "comes after"),
        ("", "2026-07-01", "both dates"),
        ("2026-02-30", "2026-03-01", "both dates"),
        ("<script>", "\x00", "both dates"),
        ("2025-01-01", "2026-07-01", f"{MOST_DAYS} days"),
        ("2026-07-03", "2026-07-04", "not come yet"),
        ("0001-01-01", "0001-01-02", "too long ago"),
    ],
)
def test_days_that_cannot_be_had_are_answered_with_a_word_and_the_usual_ones(ada, first, last, words):
    wanted = asked("", first, last, TODAY)
    assert words in wanted.trouble
    assert wanted.period == Period(TODAY - timedelta(days=27), TODAY)
    answer = ada.get("/manage/reports", query_string={"from": first, "to": last})
    assert answer.status_code == 422
    assert words in answer.text


def test_the_last_so_many_days_end_today():
    assert asked("7", "", "", TODAY).period == Period(date(2026, 6, 27), TODAY)
    for nonsense in ("", "0", "-1", "9999", "٣", "x"):
        assert asked(nonsense, "", "", TODAY).period.days == 28


def test_a_period_is_compared_with_as_many_days_before_it():
    assert Period(date(2026, 3, 1), date(2026, 3, 7)).before == Period(date(2026, 2, 22), date(2026, 2, 28))


def test_an_axis_begins_at_zero_and_has_round_steps():
    assert scale(0) == (1, 1)
    assert scale(500) == (100, 5)
    assert scale(501) == (200, 3)
    assert scale(36_411_00) == (10_000_00, 4)
    plot = columns([Value("a", 250, 0, "a"), Value("b", 500, 100, "b"), Value("c", -30, 0, "c")])
    assert plot.ticks == (500, 400, 300, 200, 100, 0)
    assert [(each.y, each.height) for each in plot.columns] == [("50", "50"), ("0", "100"), ("100", "0")]
    assert [each.before_height for each in plot.columns] == ["0", "20", "0"]


def test_bars_are_as_long_as_their_share_of_the_longest():
    assert [bar.width for bar in bars([Counted("a", 1, 400), Counted("b", 9, 100)])] == ["100", "25"]
    assert [bar.width for bar in bars([Counted("a", 3), Counted("b", 9)], by_count=True)] == ["33.33", "100"]
    assert bars([]) == ()


def test_what_comes_after_the_most_is_told_as_one_and_not_drawn():
    made = bars([Counted("a", 1, 400, 2, 100), Counted("b", 2, 100, 1, 800), Counted("c", 3, 90)], most=1)
    assert [(bar.share.label, bar.share.figures, bar.width, bar.before) for bar in made] == [
        ("a", (1, 400, 2, 100), "100", "25"),
        ("2 others", (5, 190, 1, 800), "", ""),
    ]


def test_a_report_asks_no_more_for_a_year_than_for_a_day(mina):
    asks = []
    for days in (1, 366):
        mina.get(f"/manage/reports?days={days}")
        with counted() as asked_now:
            assert mina.get(f"/manage/reports?days={days}").status_code == 200
        asks.append(len(asked_now))
    assert asks[0] == asks[1] <= 14  # PostgreSQL is told in one of them whose stores are looked at


def test_products_toppings_and_cash_up_stand_beside_the_days_before(ada):
    period = last_days(7)
    was = sales.report(period.before)
    products = read(ada.get("/manage/reports/products.csv?days=7"))
    assert sum(int(row["cents before"]) for row in products) == sum(share.cents for share in was.products) > 0
    assert sum(int(row["sold before"]) for row in products) == sum(share.count for share in was.products)
    toppings = read(ada.get("/manage/reports/toppings.csv?days=7"))
    assert sum(int(row["pizzas before"]) for row in toppings) == sum(share.count for share in was.toppings)
    hands = read(ada.get("/manage/reports/hands.csv?days=7"))
    assert sum(int(row["net before"]) for row in hands) == was.course.sums.net_cents
    page = ada.get("/manage/reports?days=7").text
    assert dollars(max(int(row["cents before"]) for row in products)) in page
    assert page.count('<rect class="before"') > len(sales.report(period).course.days)


def test_what_came_only_before_stands_at_the_end_with_nothing_now(shop):
    was, now = Share("1", "Island", 3, 900), Share("2", "Garden", 1, 100)
    report = replace(sales.report(last_days()), products=(now,), earlier={"product": (was,)})
    found = report_words._beside(report, "product", {"2": "Green garden"})
    assert found == [Counted("Green garden", 1, 100), Counted("Island", 0, 0, 3, 900)]


def test_another_store_is_chosen_for_the_same_tab_and_days(ada):
    days = "from=2026-06-01&amp;to=2026-06-07"
    page = ada.get("/manage/reports/speeds?from=2026-06-01&to=2026-06-07").text
    assert f'href="/staff/stores?door=reports&amp;room=speeds&amp;{days}">One store' in page
    chooser = ada.get("/staff/stores?door=reports&room=speeds&from=2026-06-01&to=2026-06-07").text
    assert f'href="/manage/reports/speeds?store={ELM_STREET}&amp;{days}"' in chooser
    assert '<input type="hidden" name="room" value="speeds">' in chooser
    odd = ada.get("/staff/stores?door=reports&room=//evil.example&days=7").text
    assert "evil" not in odd.partition('class="picks"')[2]


def test_a_region_has_the_stores_of_one_state_and_nobody_looks_at_anothers(ada, mina):
    texas = stores.regions()["TX"]
    report = sales.report(last_days(), texas)
    assert 0 < report.course.sums.net_cents < sales.report(last_days()).course.sums.net_cents
    page = ada.get("/manage/reports?region=TX").text
    assert "Sales of the stores in TX" in page
    assert dollars(report.course.sums.net_cents) in page
    days = read(ada.get("/manage/reports/days.csv?region=TX&days=28"))
    assert sum(int(row["net"]) for row in days) == report.course.sums.net_cents
    assert ada.get("/manage/reports?region=ZZ").status_code == 404
    assert "Sales of Elm Street" in mina.get("/manage/reports?region=TX").text


def test_other_days_come_as_a_piece_to_htmx_and_as_a_page_to_all_else(ada):
    page, piece = (ada.get("/manage/reports?days=7", headers=headers) for headers in ({}, {"HX-Request": "true"}))
    assert page.text.lstrip().startswith("<!doctype html>")
    assert piece.text.lstrip().startswith('<div id="report"')
    assert "HX-Request" in piece.headers["Vary"]
    assert piece.text.strip() in page.text
    assert ada.get("/manage/reports?from=x&to=y", headers={"HX-Request": "true"}).status_code == 200


def test_the_other_reports_and_all_stores_are_of_the_same_days(ada):
    days = {"from": "2026-06-01", "to": "2026-06-07"}
    page = ada.get("/manage/reports", query_string={"store": ELM_STREET, **days}).text
    assert f'href="/manage/reports/speeds?store={ELM_STREET}&amp;from=2026-06-01&amp;to=2026-06-07"' in page
    assert 'href="/manage/reports?from=2026-06-01&amp;to=2026-06-07">All together' in page


def test_only_days_that_end_today_are_called_the_last_ones():
    assert asked("28", "", "", TODAY).last_days == asked("", "2026-06-06", "2026-07-03", TODAY).last_days == 28
    assert asked("", "2026-06-05", "2026-07-02", TODAY).last_days == 0
    assert asked("", "x", "y", TODAY).last_days == 0


def test_cards_and_cash_add_up_to_the_net(ada):
    rows = read(ada.get("/manage/reports/hands.csv?days=28"))
    assert [row["by"] for row in rows] == ["Cards", "Cash"]
    assert sum(int(row["net"]) for row in rows) == sales.report(last_days()).course.sums.net_cents


def test_minutes_are_drawn_as_lines_over_an_axis_from_zero():
    plot = curves(["noon", "1 pm"], [[(5, "five"), (10, "ten")], [(20, "twenty"), (0, "none")]])
    assert plot.ticks == (20, 15, 10, 5, 0)
    assert [[(dot.x, dot.y) for dot in dots] for dots in plot.curves] == [
        [("25", "75"), ("75", "50")],
        [("25", "0"), ("75", "100")],
    ]
