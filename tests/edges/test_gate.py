"""The gate: who may send forms, what every answer carries, and how each no is drawn."""

import dataclasses
import json
import re
from datetime import timedelta

import pytest
import time_machine
from flask import session
from sqlalchemy import Engine
from structlog.testing import capture_logs

from app.core import queue
from app.core.db import db
from app.core.window import Window
from blueprints.gateway import MOST_BYTES
from tests.conftest import browser
from tests.edges.pages import HTMX

FORM = {"product": "cola"}
NOON = "2026-07-03T17:05:00+00:00"


@pytest.fixture
def bare(shop):
    """A client that says nothing about where a form came from."""
    return shop.test_client()


@pytest.fixture
def set_up(shop, monkeypatch):
    def change(**settings):
        monkeypatch.setitem(shop.extensions, "settings", dataclasses.replace(shop.extensions["settings"], **settings))

    return change


OURS = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    {"Origin": "https://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
]
FOREIGN = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "localhost"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://evil.example/http://localhost"},
    {"Origin": "http://localhost@evil.example"},
    {"Origin": "http://localhost:81"},
    {"Origin": "http://["},
    {"Referer": "http://localhost/"},
]


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_our_own_pages_may_send_forms(bare, headers):
    assert bare.post("/cart/lines", data=FORM, headers=headers).status_code == 303


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_nobody_else_may(bare, headers):
    answer = bare.post("/cart/lines", data=FORM, headers=headers)
    assert answer.status_code == 403
    assert "did not come from our own pages" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_every_unsafe_page_route_has_the_guard(shop, bare):
    for rule in shop.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in {"POST", "PUT", "PATCH", "DELETE"} & rule.methods:
            if not path.startswith("/api/"):
                assert bare.open(path, method=method).status_code == 403, (method, path)


def test_anybody_may_look(bare):
    for headers in FOREIGN:
        assert bare.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/", "/cart", "/nowhere", "/item/nothing", "/build?t=x.l.n"])
def test_every_page_has_a_strict_policy(client, path):
    policy = client.get(path).headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert (rules["default-src"], rules["script-src"], rules["style-src"]) == ("'none'", "'self'", "'self'")
    assert (rules["base-uri"], rules["frame-ancestors"], rules["form-action"]) == ("'none'", "'none'", "'self'")
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path", ["/", "/cart", "/where", "/stores", "/stores/elm-street", "/build", "/item/oven-fries"]
)
def test_no_page_needs_what_the_policy_forbids(client, path):
    page = client.get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


def test_every_answer_carries_its_id_and_says_not_to_guess(client):
    for path in ("/", "/nowhere", "/healthz", "/favicon.ico"):
        headers = client.get(path).headers
        assert len(headers["X-Request-Id"]) == 16
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(("given", "kept"), [("a" * 8, True), ("x_-9" * 16, True), ("short", False), ("a" * 65, False)])
def test_the_id_of_a_proxy_is_kept_when_it_is_one(client, given, kept):
    assert (client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given) is kept


def test_pages_are_private(client):
    assert client.get("/cart").headers["Cache-Control"] == "private, no-cache"


def test_production_insists_on_https(client, set_up):
    assert "Strict-Transport-Security" not in client.get("/").headers
    set_up(kind="production")
    assert "includeSubDomains" in client.get("/").headers["Strict-Transport-Security"]


def test_only_hosts_of_ours_are_answered_when_they_are_named(client, shop, monkeypatch):
    monkeypatch.setitem(shop.config, "TRUSTED_HOSTS", ["hotcorner.example"])
    assert client.get("/", base_url="http://hotcorner.example").status_code == 200
    forged = client.get("/", base_url="http://evil.example")
    assert forged.status_code == 400
    assert "evil" not in forged.text


@pytest.mark.parametrize("path", ["/cart/lines", "/where"])
def test_a_form_that_is_too_large_is_refused(client, path):
    answer = client.post(path, data={"street": "x" * (MOST_BYTES + 1)})
    assert answer.status_code == 413
    assert "Please send less at once." in answer.text


def test_a_form_with_too_many_fields_is_refused(client):
    parts = {f"field-{n}": "x" for n in range(201)}
    assert client.post("/where", data=parts, content_type="multipart/form-data").status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"), [("get", "/nowhere", 404), ("post", "/cart", 405), ("put", "/", 405)]
)
def test_a_no_is_a_page_with_a_way_on(client, method, path, status):
    answer = client.open(path, method=method.upper())
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert '<a class="btn" href="/">' in answer.text


def test_a_wrong_method_says_which_are_right(client):
    assert "GET" in client.post("/cart").headers["Allow"]


def test_a_no_to_htmx_replaces_nothing_but_the_words(client):
    answer = client.get("/nowhere", headers=HTMX)
    assert answer.status_code == 404
    assert answer.text.lstrip().startswith('<div id="flash" hx-swap-oob="innerHTML">')
    assert "<html" not in answer.text


def test_a_no_to_a_program_is_a_problem_in_json(client):
    answer = client.get("/api/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    told = json.loads(answer.text)
    assert (told["status"], told["code"], told["type"]) == (404, "http_404", "about:blank")
    assert told["requestId"] == answer.headers["X-Request-Id"]


@pytest.fixture
def broken(shop, monkeypatch):
    """The menu page fails."""

    def fail():
        raise RuntimeError("secret-detail")

    monkeypatch.setitem(shop.view_functions, "menu.menu_page", fail)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "piece"])
def test_our_own_failure_is_told_in_a_sentence_and_logged_whole(client, broken, headers):
    with capture_logs() as logs:
        answer = client.get("/", headers=headers)
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "secret-detail" not in answer.text
    failed = next(entry for entry in logs if entry["event"] == "failed")
    assert str(failed["exc_info"]) == "secret-detail"


def test_a_failure_without_a_database_still_says_its_sentence(client, monkeypatch):
    def gone(*_args, **_kwargs):
        raise OSError("no database")

    client.post("/cart/lines", data=FORM)
    monkeypatch.setattr(db.session, "execute", gone)
    monkeypatch.setattr(Engine, "connect", gone)
    monkeypatch.setattr(Window, "through", gone)
    answer = client.get("/cart")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text


def test_each_request_is_one_line_in_the_log_without_what_was_asked(client):
    with capture_logs() as logs:
        client.get("/stores?zip=60610")
    (line,) = [entry for entry in logs if entry["event"] == "request"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/stores", 200)
    assert "60610" not in str(logs)


def test_health_is_told_and_readiness_hangs_on_the_database_alone(client, shop, monkeypatch):
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").json == {"database": True, "redis": True}
    monkeypatch.setitem(shop.extensions, "doorbell", queue.Doorbell("redis://127.0.0.1:9/0"))
    deaf = client.get("/readyz")
    assert (deaf.status_code, deaf.json) == (200, {"database": True, "redis": False})
    monkeypatch.setattr("app.core.db.answers", lambda: False)
    assert client.get("/readyz").status_code == 503


def test_a_browser_keeps_its_cart_in_a_cookie_that_no_script_reads(shop):
    answer = browser(shop).post("/cart/lines", data=FORM)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_cookie_that_was_proved_once_proves_no_other(shop):
    ours, forger = browser(shop), browser(shop)
    ours.post("/cart/lines", data=FORM)
    good = ours.get_cookie("hotcorner").value
    assert all("1 item in your order" in ours.get("/").text for _ in range(2))
    body, _, signature = good.rpartition(".")
    forger.set_cookie("hotcorner", f"{body}.{signature[::-1]}")
    assert "1 item in your order" not in forger.get("/").text


def test_what_a_request_does_to_its_session_stays_its_own_until_it_is_sent(shop):
    ours = browser(shop)
    with ours.session_transaction() as kept:
        kept["orders"] = [1]
    cookie = f"hotcorner={ours.get_cookie('hotcorner').value}"
    for _ in range(3):
        with shop.test_request_context("/", headers={"Cookie": cookie}):
            assert session["orders"] == [1]
            session["orders"].append(2)


def test_a_visitor_who_has_the_page_is_answered_at_the_gate_for_a_second(client, shop, monkeypatch):
    with time_machine.travel(NOON, tick=False) as moment:
        tag = client.get("/").headers["ETag"]
        first = client.get("/", headers={"If-None-Match": tag})
        monkeypatch.setitem(shop.view_functions, "menu.menu_page", lambda: "the shop was asked")
        second = client.get("/", headers={"If-None-Match": tag})
        assert (first.status_code, second.status_code) == (304, 304)
        assert second.headers["ETag"] == tag
        assert second.headers["X-Request-Id"] != first.headers["X-Request-Id"]
        moment.shift(timedelta(seconds=1))
        assert client.get("/", headers={"If-None-Match": tag}).text == "the shop was asked"


def test_nobody_is_answered_at_the_gate_with_what_another_asked(client, shop, monkeypatch):
    with time_machine.travel(NOON, tick=False):
        tag = client.get("/").headers["ETag"]
        assert client.get("/", headers={"If-None-Match": tag}).status_code == 304
        monkeypatch.setitem(shop.view_functions, "menu.menu_page", lambda: "the shop was asked")
        others = (
            client.get("/?only=spicy", headers={"If-None-Match": tag}),
            client.get("/", headers={"If-None-Match": tag, "HX-Request": "true"}),
            client.get("/", headers={"If-None-Match": 'W/"other"'}),
            client.get("/"),
        )
        assert {answer.text for answer in others} == {"the shop was asked"}
        client.set_cookie("hotcorner", "somebody")
        assert client.get("/", headers={"If-None-Match": tag}).text == "the shop was asked"
