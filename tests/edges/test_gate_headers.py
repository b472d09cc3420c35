"""What every kind of answer carries, and whom a request is believed to come from."""

import dataclasses

import pytest
from flask import request, request_started

from app.core.db import db
from tests.conftest import browser
from tests.edges.pages import HTMX
from wsgi import create_app

pytestmark = pytest.mark.one_database

# One answer of each kind: pages and pieces, files, pictures, JSON, text, a way on, and each no.
ANSWERS = (
    *("/", "/nowhere", "/healthz", "/readyz", "/favicon.ico", "/static/favicon.svg", "/static/js/site.js"),
    *("/pic/1/plain/margherita.svg", "/api/nowhere", "/api/v1/stores", "/account", "/metrics", "/staff"),
)


@pytest.mark.parametrize("path", ANSWERS)
def test_no_answer_is_shown_in_a_frame_or_taken_for_another_kind(client, path):
    for headers in ({}, HTMX):
        answer = client.get(path, headers=headers, buffered=True)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], (path, answer.status)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert len(answer.headers.getlist("Content-Security-Policy")) == 1


def test_what_is_sent_and_refused_says_the_same(client, shop):
    for answer in (client.post("/cart/lines", data={"product": "cola"}), client.post("/cart"), browser(shop).put("/")):
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_page_that_is_unchanged_keeps_the_policy_that_it_has(client):
    """A browser would take over what a 304 says, in place of the policy that the page came with."""
    tag = client.get("/").headers["ETag"]
    for _ in range(2):  # from the shop, then from the gate
        unchanged = client.get("/", headers={"If-None-Match": tag})
        assert unchanged.status_code == 304
        assert "Content-Security-Policy" not in unchanged.headers


FORWARDED = {
    "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
    "X-Forwarded-Proto": "http, https",
    "X-Forwarded-Host": "evil.example, hotcorner.example",
}
BELIEVED = {
    0: ("127.0.0.1", "http", "localhost"),
    1: ("198.51.100.7", "https", "hotcorner.example"),
    2: ("203.0.113.9", "http", "evil.example"),
}


@pytest.mark.parametrize("hops", BELIEVED)
def test_of_what_proxies_say_only_as_many_are_believed_as_there_are(shop, hops):
    made, seen = create_app(settings=dataclasses.replace(shop.extensions["settings"], proxy_hops=hops)), []

    def look(_sender, **_more):
        seen.append((request.remote_addr, request.scheme, request.host))

    with request_started.connected_to(look, made):
        assert made.test_client().get("/healthz", headers=FORWARDED).status_code == 200
    with made.app_context():
        db.engine.dispose()
    assert seen == [BELIEVED[hops]]
