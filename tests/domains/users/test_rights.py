"""What each role may do, where, and whom the others are sent to."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from app.core.db import db, transaction
from app.users import service as users
from app.users.models import User
from app.users.service import CHAIN_RIGHTS, RIGHTS, Right, Role, Who
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE
from tests.factories.staff import hired

EVERYWHERE = None
TABLE = {
    Right.SEE_BOARD: "kitchen counter manager admin",
    Right.MOVE_TICKETS: "kitchen counter manager admin",
    Right.SELL_OUT: "kitchen counter manager admin",
    Right.SEE_CONTACTS: "counter manager admin",
    Right.CANCEL_ORDERS: "counter manager admin",
    Right.REFUND: "counter manager admin",
    Right.SET_PRICES: "manager marketing admin",
    Right.EDIT_DEALS: "manager marketing admin",
    Right.EDIT_MENU: "marketing admin",
    Right.SEE_REPORTS: "manager marketing admin",
}


def who(*roles: tuple[Role, int | None]) -> Who:
    return Who(1, "Somebody", roles)


@pytest.mark.parametrize(("right", "roles"), TABLE.items())
def test_a_right_is_held_by_these_roles_and_no_others(right, roles):
    assert {role.value for role in Role if right in RIGHTS[role]} == set(roles.split())


def test_a_role_at_one_store_ends_at_its_door():
    mina = who((Role.MANAGER, ELM_STREET))
    assert mina.may(Right.SET_PRICES, ELM_STREET)
    assert not mina.may(Right.SET_PRICES, MILWAUKEE_AVENUE)
    assert not mina.may(Right.SET_PRICES, EVERYWHERE)
    assert mina.places(Right.SET_PRICES) == {ELM_STREET}


@pytest.mark.parametrize("right", CHAIN_RIGHTS)
def test_a_right_over_the_chain_needs_a_role_in_the_chain(right):
    assert who((Role.ADMIN, EVERYWHERE)).may(right, EVERYWHERE)
    assert not who((Role.ADMIN, ELM_STREET)).may(right, ELM_STREET)
    assert not who((Role.ADMIN, ELM_STREET)).may_somewhere(right)


@pytest.mark.parametrize(
    ("role", "wanted"), [(role, role not in {Role.KITCHEN, Role.COUNTER, Role.DRIVER}) for role in Role]
)
def test_whoever_sets_prices_or_people_needs_a_second_step(role, wanted):
    person = Who(1, "Somebody", ((Role.KITCHEN, ELM_STREET), (role, ELM_STREET)))
    assert (person.needs_second_step, person.must_secure) == (wanted, wanted)
    assert not replace(person, secured=True).must_secure


def test_two_roles_add_up_store_by_store():
    both = Who(1, "Beppe", ((Role.KITCHEN, 1), (Role.MANAGER, 2)))
    assert both.places(Right.SEE_BOARD) == {1, 2}
    assert both.places(Right.CANCEL_ORDERS) == {2}
    assert Who(1, "Ana", ()).places(Right.SEE_BOARD) == frozenset()


def test_what_somebody_is_depends_on_where_they_stand():
    rosa = who((Role.COUNTER, ELM_STREET), (Role.MANAGER, MILWAUKEE_AVENUE))
    assert rosa.roles_at(ELM_STREET) == (Role.COUNTER,)
    assert rosa.roles_at(MILWAUKEE_AVENUE) == (Role.MANAGER,)
    assert rosa.roles_at(EVERYWHERE) == (Role.COUNTER, Role.MANAGER)
    assert who((Role.ADMIN, EVERYWHERE)).roles_at(ELM_STREET) == (Role.ADMIN,)


def test_those_of_the_store_are_asked_before_those_of_the_chain(shop):
    for name, role, store_id in (
        ("Ada", Role.ADMIN, EVERYWHERE),
        ("Mina", Role.MANAGER, ELM_STREET),
        ("Otto", Role.MANAGER, MILWAUKEE_AVENUE),
        ("Beppe", Role.KITCHEN, ELM_STREET),
    ):
        hired(name, role, store_id)
    assert users.whom_to_ask(Right.SET_PRICES, ELM_STREET) == ("Mina (manager)", "Ada (admin)")
    assert users.whom_to_ask(Right.EDIT_MENU, ELM_STREET) == ("Ada (admin)",)
    with transaction():
        db.session.execute(update(User).where(User.name == "Mina").values(disabled=True))
    assert users.whom_to_ask(Right.SET_PRICES, ELM_STREET) == ("Ada (admin)",)
