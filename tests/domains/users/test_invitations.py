"""A role that waits behind a link: it works once, for three days, and no longer than whoever gave it may give it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, true, update

from app.core.db import db, transaction
from app.core.errors import Refusal
from app.users import invitations, staff
from app.users import service as users
from app.users.models import Invitation, User
from app.users.service import Role, Who
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE
from tests.factories.staff import hired
from tests.races import HANDS, race

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)
PASSWORD = "four quiet ovens"
ROSA = ("Rosa", "Rosa@Example.com", Role.COUNTER, ELM_STREET)


@pytest.fixture(autouse=True)
def moment(shop):
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def mina(shop) -> Who:
    hired("Mina", Role.MANAGER)
    return Who(db.session.scalar(select(User.id)), "Mina", ((Role.MANAGER, ELM_STREET),))


@pytest.fixture
def rosa(mina) -> str:
    """The address of Rosa's invitation."""
    return address(invited(mina))


def invited(by: Who, *whom) -> int:
    with transaction():
        return invitations.invite(by, *(whom or ROSA))


def address(number: int) -> str:
    return invitations.link(number).rpartition("/")[2]


def accept(where: str, name="Rosa", password=PASSWORD):
    """What came of it: the user's number, or the code of the refusal."""
    try:
        with transaction():
            return invitations.accept(where, name, password)
    except Refusal as refusal:
        return refusal.code


def test_whoever_holds_the_link_chooses_a_password_and_is_in(rosa):
    told = invitations.opened(rosa)
    assert (told.name, told.email, told.role, told.known) == ("Rosa", "rosa@example.com", Role.COUNTER, False)
    accept(rosa)
    with transaction():
        found = users.who(users.sign_in("rosa@example.com", PASSWORD).token)
    assert (found.name, found.roles) == ("Rosa", ((Role.COUNTER, ELM_STREET),))


def test_the_link_works_once(rosa):
    assert isinstance(accept(rosa), int)
    assert accept(rosa, "Carlo", "mine now, all mine") == "invitation_over"


def kept() -> set[tuple[str, str]]:
    return {(row.name, row.email) for row in db.session.scalars(select(Invitation))}


def test_whoever_took_no_invitation_is_forgotten_a_month_after_it_ran_out(mina, rosa, moment):
    invited(mina, "Carlo", "carlo@example.com", Role.COUNTER, ELM_STREET)
    accept(rosa)
    moment.shift(timedelta(days=33) - timedelta(seconds=1))
    invitations.forget_untaken()
    assert kept() == {("Rosa", "rosa@example.com"), ("Carlo", "carlo@example.com")}
    moment.shift(timedelta(seconds=2))
    invitations.forget_untaken()
    assert kept() == {("Rosa", "rosa@example.com"), ("", "")}


def test_so_is_whoever_was_invited_anew_or_whose_invitation_was_withdrawn(mina, moment):
    first, second = invited(mina), invited(mina)
    with transaction():
        invitations.withdraw(mina, second)
    assert db.session.get_one(Invitation, first).ended_at is not None
    moment.shift(timedelta(days=34))
    invitations.forget_untaken()
    assert kept() == {("", "")}


def hands(shop, where):
    return [type(outcome) for outcome in race(shop, *(lambda n=n: accept(where, f"Hand {n}") for n in range(HANDS)))]


def test_of_many_hands_at_one_moment_one_takes_it(shop, rosa):
    assert sorted(hands(shop, rosa), key=str) == [int, *[str] * (HANDS - 1)]


def test_without_the_guard_several_would_take_it(shop, rosa, monkeypatch):
    """The control: an invitation that does not mind having ended."""
    monkeypatch.setattr(invitations, "_open", lambda: (true(),))
    assert isinstance(accept(rosa), int)
    assert isinstance(accept(rosa), int)


def test_the_link_is_over_after_three_days(rosa, moment):
    moment.shift(timedelta(hours=72) - timedelta(seconds=1))
    assert invitations.opened(rosa)
    moment.shift(timedelta(seconds=1))
    assert accept(rosa) == "invitation_over"


@pytest.mark.parametrize("change", [lambda at: at[:-1] + ("a" if at[-1] != "a" else "b"), lambda at: "2" + at[1:]])
def test_a_link_that_was_guessed_opens_nothing(rosa, change):
    assert accept(change(rosa)) == "invitation_over"


@pytest.mark.parametrize("where", ["", "1", "1-", "-x", "x-y", "1-\0", "99999999999999-a", "１-é"])
def test_what_is_no_link_opens_nothing(mina, where):
    assert accept(where) == "invitation_over"


def test_the_key_of_a_link_is_nowhere_kept(rosa):
    row = db.session.scalars(select(Invitation)).one()
    key = rosa.partition("-")[2]
    assert len(key) == 26
    assert key not in str(vars(row))


def test_a_new_invitation_to_the_same_place_ends_the_one_before(mina, rosa):
    again = address(invited(mina))
    assert accept(rosa) == "invitation_over"
    assert isinstance(accept(again), int)


def test_a_withdrawn_invitation_opens_nothing(mina, rosa):
    stranger = Who(99, "Otto", ((Role.MANAGER, MILWAUKEE_AVENUE),))
    number = int(rosa.partition("-")[0])
    with pytest.raises(Refusal, match="not open"), transaction():
        invitations.withdraw(stranger, number)
    with transaction():
        assert invitations.withdraw(mina, number) == ELM_STREET
    assert invitations.waiting([ELM_STREET]) == ()
    assert accept(rosa) == "invitation_over"


def test_an_invitation_is_worth_what_its_giver_still_is(mina, rosa):
    with transaction():
        db.session.execute(update(staff.Membership).values(role=Role.KITCHEN.value))
    assert accept(rosa) == "invitation_over"


def test_somebody_who_signs_in_already_keeps_name_and_password(mina):
    hired("Beppe", store_id=MILWAUKEE_AVENUE)
    where = address(invited(mina, "Mallory", "beppe@hotcorner.example", Role.KITCHEN, ELM_STREET))
    assert invitations.opened(where).known
    accept(where, "Mallory", "a password of Mallory's")
    with transaction(), pytest.raises(Refusal):
        users.sign_in("beppe@hotcorner.example", "a password of Mallory's")
    names = [(one.name, len(one.posts)) for one in staff.people(None, words="beppe")]
    assert names == [("Beppe", 2)]


def test_a_closed_sign_in_is_not_opened_by_a_link(mina):
    hired("Beppe", store_id=MILWAUKEE_AVENUE)
    with transaction():
        db.session.execute(update(User).where(User.name == "Beppe").values(disabled=True))
    where = address(invited(mina, "Beppe", "beppe@hotcorner.example", Role.KITCHEN, ELM_STREET))
    assert accept(where) == "closed"
    assert invitations.opened(where)


@pytest.mark.parametrize(
    ("password", "outcome"), [("seven77", str), ("eight888", int), ("x" * 128, int), ("x" * 129, str)]
)
def test_a_password_has_eight_to_128_characters(rosa, password, outcome):
    assert type(accept(rosa, password=password)) is outcome


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MARKETING])
def test_nobody_invites_to_more_than_they_may_give(mina, role):
    with pytest.raises(Refusal, match="does not allow"):
        invited(mina, "Eve", "eve@example.com", role, ELM_STREET)
    assert db.session.scalars(select(Invitation)).all() == []


@pytest.mark.parametrize("email", ["", "eve", "eve@", "eve@example.com\nBcc: all@example.com", "é" * 300])
def test_what_is_no_address_is_said_beside_its_field(mina, email):
    with pytest.raises(Refusal) as raised:
        invited(mina, "Eve", email, Role.KITCHEN, ELM_STREET)
    assert raised.value.field == "email"


def test_the_link_goes_out_by_mail_once_in_text_and_html(mina, work_off, monkeypatch):
    sent = []
    monkeypatch.setattr(invitations, "send", sent.append)
    number = invited(mina, "Rosa <b>", "rosa@example.com", Role.COUNTER, ELM_STREET)
    work_off()
    assert [mail.to for mail in sent] == ["rosa@example.com"]
    assert invitations.link(number) in sent[0].text
    assert f'href="{invitations.link(number)}"' in sent[0].html
    assert "Rosa &lt;b&gt;" in sent[0].html
    assert "Mina" in sent[0].text
