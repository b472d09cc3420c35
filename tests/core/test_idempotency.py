from datetime import timedelta
from threading import Event as Signal

import pytest
import time_machine
from sqlalchemy import select

from app.core import idempotency
from app.core.db import db, transaction
from app.core.errors import Conflict, Refusal
from app.core.idempotency import IdempotencyRow, claim, fingerprint, remember
from tests.races import HANDS, race

HASH = fingerprint({"cart": 1, "total": 2500})


def order_once(key="k1", request_hash=HASH, answer=None):
    with transaction():
        first = claim("checkout", key, request_hash)
        if first is not None:
            return first
        remember("checkout", key, answer or {"order": 1})
        return {"order": "new"}


def test_the_same_key_gets_the_first_answer_again(shop):
    assert order_once() == {"order": "new"}
    assert order_once() == {"order": 1}


def test_the_same_key_for_something_else_is_refused(shop):
    order_once()
    with pytest.raises(Refusal) as refused:
        order_once(request_hash=fingerprint({"cart": 1, "total": 9}))
    assert (refused.value.code, refused.value.status) == ("key_reused", 422)
    assert order_once() == {"order": 1}


def test_keys_of_different_scopes_do_not_meet(shop):
    with transaction():
        assert claim("checkout", "k1", HASH) is None
        assert claim("refund", "k1", HASH) is None


def test_a_failure_leaves_the_key_free(shop):
    with pytest.raises(ZeroDivisionError), transaction():
        claim("checkout", "k1", HASH)
        raise ZeroDivisionError
    assert order_once() == {"order": "new"}


def test_a_key_whose_answer_is_not_there_yet_says_so(shop):
    with transaction():
        claim("checkout", "k1", HASH)
    with pytest.raises(Conflict) as refused:
        order_once()
    assert (refused.value.code, refused.value.status) == ("still_running", 409)


def test_a_second_click_waits_for_the_first_and_gets_its_answer(shop):
    claimed, second_started = Signal(), Signal()

    def first():
        with transaction():
            assert claim("checkout", "k1", HASH) is None
            claimed.set()
            assert second_started.wait(20)
            remember("checkout", "k1", {"order": 1})
        return "new"

    def second():
        assert claimed.wait(20)
        second_started.set()
        return order_once()

    assert race(shop, first, second) == ["new", {"order": 1}]


def test_many_clicks_have_one_effect(shop):
    outcomes = race(shop, *[order_once] * HANDS)
    assert sorted(map(str, outcomes)) == sorted(["{'order': 1}"] * (HANDS - 1) + ["{'order': 'new'}"])


def test_fields_in_another_order_are_the_same_request():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})


def test_keys_are_forgotten_after_a_day(shop):
    with time_machine.travel("2026-07-03T12:00:00+00:00", tick=False) as moment:
        order_once("old")
        moment.shift(timedelta(hours=23))
        order_once("young")
        moment.shift(timedelta(hours=1, seconds=1))
        idempotency.forget_old()
        assert db.session.scalars(select(IdempotencyRow.key)).all() == ["young"]
