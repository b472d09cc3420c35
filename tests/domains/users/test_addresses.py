"""Addresses that a customer keeps: the same door once, a few at most, one of them the usual, nobody else's."""

import pytest

from app.core.db import transaction
from app.core.errors import NotFound, Refusal
from app.users import addresses
from app.users import service as users
from app.users.addresses import MOST_ADDRESSES, Door
from tests.factories.customers import customer
from tests.factories.hands import Hands

HOME, WORK = Door("12 Elm Street", "60610", "3B", "Chicago", "Home"), Door("1 Oak Road", "60622", name="Work")


@pytest.fixture
def ana(shop):
    return customer()


def keep(user_id, door):
    with transaction():
        return addresses.keep(user_id, door)


def titles(user_id):
    return [(kept.title, kept.usual) for kept in addresses.of(user_id)]


def test_the_first_address_is_the_usual_one_until_another_is_made_it(ana, monkeypatch):
    hands = Hands(monkeypatch)
    first, second = keep(ana, HOME), keep(ana, WORK)
    assert titles(ana) == [("Home", True), ("Work", False)]
    for usual in (second, first):
        hands.move(minutes=1)
        with transaction():
            addresses.make_usual(ana, usual)
        assert addresses.of(ana)[0].id == usual
    with transaction():
        addresses.drop(ana, first)
    assert titles(ana) == [("Work", True)]


def test_the_same_door_is_kept_once_however_it_is_written_and_takes_the_new_name(ana):
    first = keep(ana, HOME)
    assert keep(ana, Door("12  elm STREET", "60610", "3b")) == first
    assert titles(ana) == [("Home", True)]
    keep(ana, Door("12 Elm Street", "60610", "3B", name="Ours"))
    assert titles(ana) == [("Ours", True)]
    assert keep(ana, Door("12 Elm Street", "60610", "4A")) != first


def test_an_address_is_called_by_its_street_where_it_has_no_name(ana):
    keep(ana, Door("12 Elm Street", "60610"))
    assert titles(ana) == [("12 Elm Street", True)]


def test_no_more_are_kept_than_there_is_room_for(ana):
    for number in range(MOST_ADDRESSES):
        keep(ana, Door(f"{number} Elm Street", "60610"))
    with pytest.raises(Refusal) as refused:
        keep(ana, HOME)
    assert (refused.value.code, len(addresses.of(ana))) == ("too_many_addresses", MOST_ADDRESSES)
    keep(ana, Door("3 Elm Street", "60610"))  # that one is there already


def test_an_address_is_written_anew_but_not_as_one_that_is_there(ana):
    home, work = keep(ana, HOME), keep(ana, WORK)
    with transaction():
        addresses.change(ana, work, Door("2 Oak Road", "60622", name="Work"))
    assert addresses.one(ana, work).street == "2 Oak Road"
    with pytest.raises(Refusal) as refused, transaction():
        addresses.change(ana, work, HOME)
    assert (refused.value.code, addresses.one(ana, work).street) == ("address_twice", "2 Oak Road")
    with transaction():
        addresses.change(ana, home, HOME)  # itself


def test_other_peoples_addresses_are_not_there(ana):
    home, carlo = keep(ana, HOME), customer("Carlo")
    deeds = (
        lambda: addresses.one(carlo, home),
        lambda: addresses.change(carlo, home, WORK),
        lambda: addresses.make_usual(carlo, home),
        lambda: addresses.drop(carlo, home),
    )
    for deed in deeds:
        with pytest.raises(NotFound), transaction():
            deed()
    assert titles(ana) == [("Home", True)]


@pytest.mark.parametrize(
    "written", ["(312) 555-0142", "312.555.0142", "+1 312 555 0142", "1-312-555-0142", "3125550142"]
)
def test_a_phone_is_kept_in_one_way_however_it_is_written(ana, written):
    with transaction():
        users.change_profile(ana, "Ana Lopez", written)
    mine = users.account(ana)
    assert (mine.name, mine.phone) == ("Ana Lopez", "+13125550142")
    with transaction():
        users.change_profile(ana, "Ana", "")
    assert users.account(ana).phone == ""


@pytest.mark.parametrize("written", ["12", "nonsense", "+1 000 000 0000", "\u0663" * 3])
def test_what_nobody_can_call_is_refused(ana, written):
    with pytest.raises(Refusal) as refused, transaction():
        users.change_profile(ana, "Ana", written)
    assert (refused.value.code, refused.value.field) == ("bad_phone", "phone")
