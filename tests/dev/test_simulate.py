"""The simulated day: what is read of the real orders, and what is said at its end."""

import json
import os
import signal
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from dev import programs
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

LEADS_TO = {"/session": "/staff", "/cart/lines": "/cart", "/where": "/checkout", "/pay/return/1-k": "/track/1-k"}


class Toy(BaseHTTPRequestHandler):
    """A shop and its payment provider in one, as far as a customer who pays by card gets to see them."""

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer()

    def answer(self):
        own = f"http://127.0.0.1:{self.server.server_port}"
        at_the_till = {"/checkout": f"{own}/c/pay/1", "/c/pay/1": f"{own}/pay/return/1-k"}
        leads_to = {**LEADS_TO, **(at_the_till if self.command == "POST" else {})}.get(self.path)
        self.send_response(303 if leads_to else 200)
        if leads_to:
            self.send_header("Location", leads_to)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if self.path == "/pay/return/1-k":
            self.server.paid.set()

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def toy():
    with ThreadingHTTPServer(("127.0.0.1", 0), Toy) as server:
        server.paid = threading.Event()
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


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
    for number in (1, 2, 3):
        day.place(number)
    day.refuse("We are closed")
    day.finish(1, 20 * 60)
    day.finish(2, 40 * 60)
    said = "\n".join(day.summary())
    assert "3 placed, 1 turned away, 2 finished, 1 still open" in said
    assert "half within 40 min" in said
    assert "turned away 1×: We are closed" in said


def test_what_was_open_before_the_day_is_counted_apart():
    day = Day(speed=1.0)
    day.place(8)
    for number in (5, 6, 7):
        day.finish(number, 60 * 60)
    said = "\n".join(day.summary())
    assert "1 placed, 0 turned away, 0 finished, 1 still open" in said
    assert "finished 3 from before" in said
    assert day.finished() == 0
    assert "9 in 10" not in said


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


def test_ctrl_c_ends_it_with_what_came_of_everybody_who_had_ordered(environment, real_orders, toy, tmp_path):
    admin = {"role": "admin", "name": "Ada", "email": "ada@example.com", "password": "x", "totp": ""}
    (tmp_path / "sign-ins.json").write_text(json.dumps([admin]))
    (tmp_path / "maven_pizza").mkdir()
    for file in tmp_path.glob("*.csv"):
        file.rename(tmp_path / "maven_pizza" / file.name)
    asked = ("--url", f"http://127.0.0.1:{toy.server_port}", "--day", "2015-01-01", "--speed", "1")
    told = {**os.environ, **environment, "VAR": str(tmp_path), "SHARED_DATA": str(tmp_path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(programs.flask("simulate", *asked), env=told, stdout=pipe, stderr=pipe, text=True) as process:
        assert toy.paid.wait(60)  # the next one orders in nineteen minutes
        process.send_signal(signal.SIGINT)
        said, complaints = process.communicate(timeout=30)
    assert process.returncode == 0, complaints
    assert "nobody else orders" in said
    assert "1 placed, 0 turned away" in said
    assert "1 paid by card" in said
    assert "Traceback" not in complaints
