"""A ticket goes to paper once: one screen claims it, and every other paper says that it is a reprint."""

from functools import partial

import pytest

from app.core.db import atomically, db, transaction
from app.core.errors import Conflict
from app.stores import directory
from app.stores.models import Store
from app.tracking import prints
from app.tracking import service as tracking
from app.tracking.prints import Print
from app.tracking.service import Stage
from tests.factories.orders import ELM_STREET, placed
from tests.races import HANDS, race


@pytest.fixture
def order_id(hands, work_off) -> int:
    made = placed()
    work_off()
    return made


def claim(order_id: int) -> Print:
    with transaction():
        return prints.claim(order_id, by="Beppe")


def to_print(order_id: int) -> bool:
    found = tracking.ticket_of(order_id)
    assert found is not None
    return found.to_print


def test_a_new_ticket_wants_paper_until_a_screen_claims_it(order_id):
    assert to_print(order_id)
    made = claim(order_id)
    assert (made.copy, made.reprint) == (1, False)
    assert not to_print(order_id)
    with pytest.raises(Conflict):
        claim(order_id)


def test_a_screen_that_went_silent_is_followed_by_another_whose_paper_says_reprint(hands, order_id):
    claim(order_id)
    hands.move(seconds=44)
    assert not to_print(order_id)
    hands.move(seconds=2)
    assert to_print(order_id)
    second = claim(order_id)
    assert (second.copy, second.reprint) == (2, True)


def test_what_came_out_is_not_printed_again_by_itself(hands, order_id):
    claim(order_id)
    with transaction():
        assert prints.printed(order_id, 1)
        assert not prints.printed(order_id, 1)
    hands.move(minutes=5)
    assert not to_print(order_id)
    assert prints.print_of(order_id, 1).reprint, "whoever prints that page again has a second paper"
    with transaction():
        assert prints.reprint(order_id, by="Beppe").copy == 2


def test_what_nobody_accepted_and_what_is_in_the_oven_wants_no_paper(hands, work_off, order_id):
    with transaction():
        tracking.advance(order_id, Stage.RECEIVED, by="Beppe")
    assert to_print(order_id)
    with transaction():
        tracking.advance(order_id, Stage.PREP, by="Beppe")
    assert not to_print(order_id)
    with transaction():
        db.session.get_one(Store, ELM_STREET).auto_accept = False
    directory.known.clear()
    waits = placed()
    work_off()
    assert not to_print(waits)


def papers(shop, order_id: int) -> int:
    """How many of eight screens that see a new ticket at once get to print it."""
    work = partial(atomically, partial(prints.claim, order_id, by="Beppe"))
    return sum(isinstance(one, Print) for one in race(shop, *[work] * HANDS))


def test_of_eight_screens_one_prints(shop, order_id):
    assert papers(shop, order_id) == 1


def test_of_eight_screens_that_all_saw_no_print_one_prints(shop, order_id, monkeypatch):
    monkeypatch.setattr(prints, "_last", lambda _order_id: None)
    assert papers(shop, order_id) == 1


def test_without_the_claims_row_there_would_be_eight_papers(shop, order_id, monkeypatch):
    monkeypatch.setattr(prints, "_last", lambda _order_id: None)
    monkeypatch.setattr(prints, "insert_new", lambda *_row, **_values: True)
    assert papers(shop, order_id) == HANDS
