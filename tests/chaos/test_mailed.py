"""Mails are counted by what they say: one is never taken for another, and none may go twice."""

from email.message import EmailMessage
from types import SimpleNamespace

import pytest

from tests.chaos import invariants
from tests.chaos.customers import Diary
from tests.chaos.invariants import Evidence

BROKEN = invariants.ALL["a mail missing or doubled"]


class Shop:
    """A shop in whose books order 7 was placed and one refund of it succeeded, with these mails in its folder."""

    def __init__(self, folder, *subjects: str) -> None:
        self.house = SimpleNamespace(place=SimpleNamespace(mail=folder))
        for number, subject in enumerate(subjects):
            mail = EmailMessage()
            mail["Subject"] = subject
            (folder / f"{number}.eml").write_bytes(bytes(mail))

    def rows(self, _query: str) -> list[SimpleNamespace]:
        """Order 7, whether placed orders are asked for or refunds."""
        return [SimpleNamespace(order_id=7)]


IS_IN, BACK, OFF = "Order 7 is in", "$8.10 back for order 7", "Order 7 could not be taken"
UNTOUCHED = "Nobody touches order 7 at Elm Street"
MAILED = [
    ((IS_IN, BACK), []),
    ((IS_IN, BACK, OFF, "Order 8 is ready"), []),
    ((IS_IN, BACK, UNTOUCHED, UNTOUCHED), []),
    ((BACK, OFF), ["order 7, is in: 0 of 1"]),
    ((IS_IN,), ["order 7, back: 0 of 1"]),
    ((IS_IN, IS_IN, BACK), ["order 7, is in: 1 more"]),
    ((IS_IN, BACK, OFF, OFF), ["order 7, could not be taken: 1 more"]),
]


@pytest.mark.parametrize(("subjects", "cases"), MAILED)
def test_each_mail_is_held_to_what_it_says(tmp_path, subjects, cases):
    assert BROKEN(Evidence(Shop(tmp_path, *subjects), Diary(), 0)) == cases


def test_as_many_may_go_twice_as_workers_died(tmp_path):
    shop = Shop(tmp_path, IS_IN, IS_IN, BACK)
    assert BROKEN(Evidence(shop, Diary(), 1)) == []


def test_a_mail_that_no_invariant_knows_is_not_passed_over(tmp_path):
    with pytest.raises(ValueError, match="A word about"):
        BROKEN(Evidence(Shop(tmp_path, "A word about order 7"), Diary(), 0))
