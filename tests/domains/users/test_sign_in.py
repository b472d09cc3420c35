"""Who somebody is: one answer to every wrong sign-in, and sessions that end."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import delete, select, update

from app.core.db import db, transaction
from app.core.errors import Refusal
from app.users import jobs, passwords, sessions
from app.users import service as users
from app.users.models import AuditRow, Membership, SignIn, User
from app.users.service import Role, Who

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)
PASSWORD = "a pizza peel and a broom"


@pytest.fixture(autouse=True)
def moment(shop):
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def mina():
    with transaction():
        return users.add_staff("Mina@HotCorner.example", "Mina", PASSWORD, Role.MANAGER, 1)


def sign_in(email="mina@hotcorner.example", password=PASSWORD):
    with transaction():
        return users.sign_in(email, password).token


def who(token):
    db.session.rollback()
    return users.who(token)


@pytest.mark.parametrize("email", ["mina@hotcorner.example", "MINA@hotcorner.example", "  mina@hotcorner.example "])
def test_mina_comes_in_however_she_writes_her_address(mina, email):
    found = who(sign_in(email))
    assert found == Who(mina, "Mina", ((Role.MANAGER, 1),))
    assert found.staff


def refused(email, password):
    with pytest.raises(Refusal) as raised:
        sign_in(email, password)
    return raised.value.code, raised.value.message, raised.value.status, raised.value.field


def test_every_wrong_sign_in_gets_the_same_answer(mina):
    with transaction():
        users.add_staff("beppe@hotcorner.example", "Beppe", PASSWORD, Role.KITCHEN, 1)
        db.session.execute(update(User).where(User.name == "Beppe").values(disabled=True))
        db.session.add(User(email="guest@example.com", name="Guest", password_hash=None, created_at=NOON))
        db.session.add(User(email="torn@example.com", name="Torn", password_hash="not a hash", created_at=NOON))
    answers = {
        refused("mina@hotcorner.example", "wrong"),
        refused("nobody@hotcorner.example", PASSWORD),
        refused("beppe@hotcorner.example", PASSWORD),
        refused("guest@example.com", PASSWORD),
        refused("guest@example.com", ""),
        refused("torn@example.com", PASSWORD),
        refused("", ""),
        refused("mina@hotcorner.example", PASSWORD.upper()),
        refused("x" * 10_000, "y" * 10_000),
        refused("' OR 1=1 --", "' OR 1=1 --"),
        refused("mina@hotcorner.example\x00", PASSWORD),
        refused("mina@hotcorner.example", PASSWORD + "\x00"),
    }
    assert len(answers) == 1
    assert db.session.scalars(select(SignIn)).all() == []


def test_an_unknown_address_costs_the_same_hash_as_a_known_one(mina, monkeypatch):
    asked = []
    real = passwords._hasher.verify

    class Counting:
        def verify(self, kept, password):
            asked.append(kept.split("$")[3])
            return real(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    for email in ("mina@hotcorner.example", "nobody@hotcorner.example"):
        refused(email, "wrong")
    assert asked == ["m=19456,t=2,p=1"] * 2


def test_a_password_that_was_hashed_as_in_older_days_is_hashed_anew(mina):
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with transaction():
        db.session.execute(update(User).values(password_hash=old))
    sign_in()
    assert "m=19456,t=2,p=1" in db.session.scalars(select(User.password_hash)).one()
    sign_in()


def test_a_session_is_known_by_a_hash_only(mina):
    token = sign_in()
    kept = db.session.scalars(select(SignIn.token_hash)).one()
    assert token not in kept
    assert len(token) >= 43
    assert sign_in() != token


@pytest.mark.parametrize("token", ["", "x", "x" * 100_000, "\x00", "é"])
def test_a_made_up_token_is_nobody(mina, token):
    sign_in()
    assert who(token) is None


@pytest.fixture
def ana(shop):
    """A customer."""
    with transaction():
        user = User(email="ana@example.com", name="Ana", created_at=NOON)
        db.session.add(user)
        db.session.flush()
        return user.id


@pytest.mark.parametrize(("person", "limits"), [("mina", sessions.STAFF), ("ana", sessions.CUSTOMER)])
def test_a_session_that_rests_too_long_is_over(request, moment, person, limits):
    user_id = request.getfixturevalue(person)
    with transaction():
        token = sessions.begin(user_id)
    moment.shift(limits.idle - timedelta(seconds=1))
    assert who(token)
    moment.shift(timedelta(seconds=1))
    assert who(token) is None
    assert users.devices(user_id, token) == ()


@pytest.mark.parametrize(
    ("person", "limits", "every"),
    [("mina", sessions.STAFF, timedelta(minutes=20)), ("ana", sessions.CUSTOMER, timedelta(days=10))],
)
def test_being_there_keeps_a_session_alive_until_it_is_too_old(request, moment, person, limits, every):
    user_id = request.getfixturevalue(person)
    with transaction():
        token = sessions.begin(user_id)
    for _ in range(limits.longest // every - 1):
        moment.shift(every)
        assert who(token)
        with transaction():
            users.seen(token)
    moment.shift(every)
    assert who(token) is None


def test_a_session_goes_on_under_a_new_token_and_the_old_one_opens_nothing(mina):
    old = sign_in()
    with transaction():
        fresh = users.renew(old)
    assert (who(old), bool(who(fresh))) == (None, True)


def test_a_halfway_session_opens_nothing_until_its_second_step(mina, moment):
    with transaction():
        token = sessions.begin(mina, halfway=True)
    assert (who(token), users.halfway(token)) == (None, mina)
    assert users.devices(mina, token) == ()
    with transaction():
        fresh = users.renew(token)
    assert (bool(who(fresh)), users.halfway(token), users.halfway(fresh)) == (True, None, None)
    with transaction():
        waits = sessions.begin(mina, halfway=True)
    moment.shift(timedelta(minutes=10))
    assert users.halfway(waits) is None


def test_devices_are_told_apart_and_ended_one_by_one_or_all_at_once(mina, ana, moment):
    with transaction():
        here = users.sign_in("mina@hotcorner.example", PASSWORD, "Firefox on Linux").token
        there = users.sign_in("mina@hotcorner.example", PASSWORD, "Safari on iPhone").token
        elsewhere = sessions.begin(ana)
    moment.shift(timedelta(minutes=2))
    with transaction():
        users.seen(here)
    first, second = users.devices(mina, here)
    assert (first.browser, first.this, first.seen_at - first.started_at) == (
        "Firefox on Linux",
        True,
        timedelta(minutes=2),
    )
    assert (second.browser, second.this) == ("Safari on iPhone", False)
    with transaction():
        users.end_one(ana, second.id)  # not hers
    assert who(there)
    with transaction():
        users.end_one(mina, second.id)
    assert (who(there), bool(who(here))) == (None, True)
    with transaction():
        users.end_all(mina)
    assert (who(here), bool(who(elsewhere))) == (None, True)


def test_rows_of_sessions_that_are_over_go(mina, moment):
    sign_in()
    moment.shift(sessions.CUSTOMER.idle + timedelta(seconds=1))
    fresh = sign_in()
    jobs.forget_sessions()
    assert len(db.session.scalars(select(SignIn.id)).all()) == 1
    assert who(fresh)


def test_a_sign_of_life_is_written_once_a_minute(mina, moment):
    token = sign_in()
    for seconds, seen in ((30, NOON), (31, NOON + timedelta(seconds=61)), (10, NOON + timedelta(seconds=61))):
        moment.shift(timedelta(seconds=seconds))
        with transaction():
            users.seen(token)
        db.session.expire_all()
        assert db.session.scalars(select(SignIn.seen_at)).one() == seen
    with transaction():
        users.seen("unknown")


def test_signing_out_ends_this_session_and_no_other(mina):
    here, there = sign_in(), sign_in()
    for _ in range(2):
        with transaction():
            users.sign_out(here)
    assert who(here) is None
    assert who(there)


def test_who_was_disabled_is_out_at_once(mina):
    token = sign_in()
    with transaction():
        db.session.execute(update(User).values(disabled=True))
    assert who(token) is None


def test_somebody_without_a_role_is_known_and_no_staff(mina):
    token = sign_in()
    with transaction():
        db.session.execute(delete(Membership))
    found = who(token)
    assert (found.name, found.staff, found.roles) == ("Mina", False, ())


def test_a_deed_is_recorded_in_its_own_transaction(mina):
    with pytest.raises(ZeroDivisionError), transaction():
        users.audit(mina, "refund", "order:1", cents=500)
        raise ZeroDivisionError
    with transaction():
        users.audit(mina, "refund", "order:2", cents=700)
    rows = db.session.scalars(select(AuditRow)).all()
    assert [(row.user_id, row.deed, row.subject, row.detail, row.at) for row in rows] == [
        (mina, "refund", "order:2", {"cents": 700}, NOON)
    ]
