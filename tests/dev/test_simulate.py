"""The simulated day: what is read of the real orders, and what is said at its end."""

import pytest
from click.testing import CliRunner

from dev.simulate import command, stream
from dev.simulate.browser import filled_in
from dev.simulate.customers import _why
from dev.simulate.diary import Day

FILES = {
    "orders": "order_id,date,time\n1,2015-01-01,11:38:36\n2,2015-01-01,11:57:40\n3,2015-01-02,09:00:00\n",
    "order_details": "order_id,pizza_id,quantity\n1,hawaiian_m,1\n2,odd_xxl,2\n2,hawaiian_m,1\n3,odd_xxl,1\n",
    "pizzas": "pizza_id,pizza_type_id,size,price\nhawaiian_m,hawaiian,M,13\nodd_xxl,odd,XXL,35\n",
    "pizza_types": "pizza_type_id,name,category,ingredients\nhawaiian,Hawaiian,Classic,ham\nodd,Odd,Veggie,leek\n",
}


@pytest.fixture
def real_orders(tmp_path, monkeypatch):
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text)
    monkeypatch.setattr(stream, "FOLDER", tmp_path)


def test_a_days_orders_come_when_they_came_in_the_words_of_our_menu(real_orders):
    first, second = stream.wishes("2015-01-01", 10)
    assert (first.seconds, first.lines) == (0, (("island", "m", 1),))
    assert second.seconds == 19 * 60 + 4
    assert second.lines == (("garden", "xl", 2), ("island", "m", 1))
    assert len(stream.wishes("2015-01-01", 1)) == 1


def test_a_day_on_which_nobody_ordered_is_said(real_orders):
    with pytest.raises(LookupError, match="2014-01-01"):
        stream.wishes("2014-01-01", 10)


def test_without_the_orders_the_command_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "FOLDER", tmp_path / "nowhere")
    answer = CliRunner().invoke(command.simulate, [])
    assert answer.exit_code == 1
    assert "nowhere" in answer.output


def test_without_a_shop_the_command_says_how_to_open_one(real_orders, tmp_path, monkeypatch):
    monkeypatch.setenv("VAR", str(tmp_path / "empty"))
    answer = CliRunner().invoke(command.simulate, ["--day", "2015-01-01"])
    assert answer.exit_code == 1
    assert "Open the shop first" in answer.output


def test_more_orders_than_it_may_ask_are_refused(real_orders):
    assert CliRunner().invoke(command.simulate, ["--orders", "501"]).exit_code == 2


def test_the_summary_tells_what_came_of_everybody():
    day = Day(speed=1.0)
    day.note("placed", 3)
    day.refuse("We are closed")
    day.finish(20 * 60)
    day.finish(40 * 60)
    said = "\n".join(day.summary())
    assert "3 placed, 1 turned away, 2 finished, 1 still open" in said
    assert "half within 40 min" in said
    assert "turned away 1×: We are closed" in said


def test_a_day_that_is_called_off_waits_for_nothing():
    day = Day(speed=1.0)
    day.over.set()
    assert not day.wait_until(10_000)


def test_a_form_is_sent_as_it_stands():
    page = (
        '<input name="idem" value="k"><input type="radio" name="pay" value="a">'
        '<input type="radio" name="pay" value="b" checked>'
        '<select name="time"><option value="1">now<option value="2" selected>later</select>'
    )
    assert filled_in(page) == {"idem": "k", "pay": "b", "time": "2"}


def test_the_reason_of_a_refusal_is_read_off_its_page():
    page = '<div data-error-summary><h2>There is a problem</h2><ul><li><a href="#x">Too far away</a></li></ul></div>'
    assert _why(page, 422) == "Too far away"
    assert _why("", 500) == "answered 500"
