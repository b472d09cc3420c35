"""Who works where: roles are given and taken by those who may, and the chain is never without an admin."""

import pytest
from sqlalchemy import func, select

from app.core.db import db, transaction
from app.core.errors import Forbidden, NotFound, Refusal
from app.users import service as users
from app.users import staff
from app.users.models import Membership, SignIn, User
from app.users.service import Role, Who
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE
from tests.factories.staff import PASSWORD, hired
from tests.races import race

ELM, MILWAUKEE, EVERYWHERE = ELM_STREET, MILWAUKEE_AVENUE, None


@pytest.fixture
def crew(shop) -> dict[str, Who]:
    """The crew of Elm Street, a cook of another store, and two who work for the chain."""
    for name, role, store_id in (
        ("Beppe", Role.KITCHEN, ELM),
        ("Mina", Role.MANAGER, ELM),
        ("Otto", Role.KITCHEN, MILWAUKEE),
        ("Milo", Role.MARKETING, EVERYWHERE),
        ("Ada", Role.ADMIN, EVERYWHERE),
    ):
        hired(name, role, store_id)
    return {name: who(name) for name in ("Beppe", "Mina", "Otto", "Milo", "Ada")}


def who(name: str) -> Who:
    user_id = db.session.scalar(select(User.id).where(User.name == name))
    posts = db.session.scalars(select(Membership).where(Membership.user_id == user_id))
    return Who(user_id, name, tuple((Role(post.role), post.store_id) for post in posts))


def post(name: str) -> int:
    return db.session.scalar(select(Membership.id).where(Membership.user_id == who(name).user_id))


def did(act, *args):
    """What came of a deed in a unit of work of its own: the code of its refusal, or nothing."""
    try:
        with transaction():
            act(*args)
    except Refusal as refusal:
        return refusal.code
    return None


# who gives, to whom, which role, where, and what comes of it
GIVEN = [
    ("Mina", "Beppe", Role.COUNTER, ELM, None),
    ("Mina", "Beppe", Role.MANAGER, ELM, None),
    ("Mina", "Beppe", Role.ADMIN, ELM, "forbidden"),
    ("Mina", "Beppe", Role.ADMIN, EVERYWHERE, "forbidden"),
    ("Mina", "Beppe", Role.MARKETING, ELM, "forbidden"),
    ("Mina", "Beppe", Role.KITCHEN, MILWAUKEE, "forbidden"),
    ("Mina", "Beppe", Role.KITCHEN, EVERYWHERE, "forbidden"),
    ("Mina", "Otto", Role.KITCHEN, ELM, "not_found"),
    ("Mina", "Mina", Role.KITCHEN, ELM, "own_role"),
    ("Beppe", "Otto", Role.KITCHEN, ELM, "forbidden"),
    ("Milo", "Beppe", Role.MARKETING, EVERYWHERE, "forbidden"),
    ("Ada", "Mina", Role.ADMIN, EVERYWHERE, None),
    ("Ada", "Mina", Role.ADMIN, ELM, "chain_role"),
    ("Ada", "Otto", Role.MARKETING, MILWAUKEE, None),
    ("Ada", "Ada", Role.KITCHEN, ELM, "own_role"),
]


@pytest.mark.parametrize(("by", "to", "role", "place", "code"), GIVEN)
def test_a_role_is_given_by_those_whose_own_carries_it(crew, by, to, role, place, code):
    before = crew[to].roles
    assert did(staff.give, crew[by], crew[to].user_id, role, place) == code
    now = who(to).roles
    if code:
        assert now == before
    else:
        assert (role, place) in now
        assert sum(there == place for _, there in now) == 1, "a new role takes the place of the old one"


@pytest.mark.parametrize(
    ("by", "of", "code"),
    [("Mina", "Beppe", None), ("Mina", "Otto", "not_found"), ("Beppe", "Mina", "not_found"), ("Ada", "Mina", None)],
)
def test_a_role_is_taken_by_those_who_may_give_it(crew, by, of, code):
    assert did(staff.take, crew[by], crew[of].user_id, post(of)) == code
    assert bool(who(of).roles) is (code is not None)


def test_the_role_of_one_is_not_taken_under_the_name_of_another(crew):
    assert did(staff.take, crew["Ada"], crew["Beppe"].user_id, post("Otto")) == "not_found"
    assert who("Otto").roles


def test_whoever_may_do_something_else_has_to_come_in_again(crew):
    with transaction():
        token = users.sign_in("beppe@hotcorner.example", PASSWORD).token
        other = users.sign_in("otto@hotcorner.example", PASSWORD).token
    assert did(staff.give, crew["Mina"], crew["Beppe"].user_id, Role.COUNTER, ELM) is None
    assert users.who(token) is None
    assert users.who(other)


def test_a_closed_sign_in_is_over_at_once_and_can_be_opened_again(crew):
    beppe = crew["Beppe"].user_id
    with transaction():
        users.sign_in("beppe@hotcorner.example", PASSWORD)
    assert did(staff.close, crew["Mina"], beppe) is None
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0
    assert did(users.sign_in, "beppe@hotcorner.example", PASSWORD) == "wrong_sign_in"
    assert did(staff.reopen, crew["Mina"], beppe) is None
    assert did(users.sign_in, "beppe@hotcorner.example", PASSWORD) is None


def test_nobody_closes_the_sign_in_of_somebody_who_is_more_elsewhere(crew):
    assert did(staff.give, crew["Ada"], crew["Beppe"].user_id, Role.MANAGER, MILWAUKEE) is None
    assert did(staff.close, crew["Mina"], crew["Beppe"].user_id) == "forbidden"
    assert did(staff.close, crew["Ada"], crew["Beppe"].user_id) is None


def test_two_admins_who_send_each_other_away_do_not_both_go(crew, shop):
    assert did(staff.give, crew["Ada"], crew["Mina"].user_id, Role.ADMIN, EVERYWHERE) is None
    ada, mina = who("Ada"), who("Mina")
    outcomes = race(
        shop,
        lambda: did(staff.close, ada, mina.user_id),
        lambda: did(staff.take, mina, ada.user_id, post("Ada")),
    )
    assert sorted(map(str, outcomes)) == ["None", "last_admin"]
    assert len(staff.admins()) == 1


def test_without_the_guard_the_chain_would_lose_its_last_admin(crew, monkeypatch):
    """The control: the second of the two does what it was about to do when the first was done."""
    assert did(staff.give, crew["Ada"], crew["Mina"].user_id, Role.ADMIN, EVERYWHERE) is None
    ada, mina = who("Ada"), who("Mina")
    monkeypatch.setattr(staff, "admins", lambda: [ada.user_id, mina.user_id])
    assert did(staff.close, ada, mina.user_id) is None
    assert did(staff.close, mina, ada.user_id) is None
    monkeypatch.undo()
    assert staff.admins() == []


def test_managers_see_their_own_people_and_admins_all(crew):
    assert did(staff.give, crew["Ada"], crew["Beppe"].user_id, Role.COUNTER, MILWAUKEE) is None
    seen = staff.people([ELM])
    assert [(one.name, [each.store_id for each in one.posts], one.elsewhere) for one in seen] == [
        ("Beppe", [ELM], True),
        ("Mina", [ELM], False),
    ]
    assert [one.name for one in staff.people(None)] == ["Ada", "Beppe", "Milo", "Mina", "Otto"]
    assert [one.name for one in staff.people(None, words="HOTCORNER min")] == ["Mina"]
    assert [one.name for one in staff.people(None, role=Role.KITCHEN)] == ["Beppe", "Otto"]
    first = staff.people(None, most=2)
    assert [one.name for one in staff.people(None, after=(first[-1].name, first[-1].user_id))] == [
        "Milo",
        "Mina",
        "Otto",
    ]
    assert staff.people([]) == ()
    with pytest.raises(NotFound):
        staff.colleague(crew["Otto"].user_id, [ELM])


def test_a_role_beyond_ones_own_is_refused_in_words(crew):
    with pytest.raises(Forbidden, match="does not allow giving"), transaction():
        staff.give(crew["Mina"], crew["Beppe"].user_id, Role.ADMIN, EVERYWHERE)
