"""What a customer had before: their orders by the page, what they usually have, and what came in from a guest."""

import pytest
from sqlalchemy import select, update

from app.core.db import db, transaction
from app.menu import service as menu
from app.menu.service import Selection
from app.orders import claims, past, usual
from app.orders import service as orders
from app.orders.models import Order
from app.users import service as users
from app.users.models import AuditRow, MailCode, User
from app.users.service import Purpose
from tests.factories.customers import customer
from tests.factories.orders import ANA, COLA, COUNTER, ELM_STREET, HALF_AND_HALF, MARGHERITA, ordered, placed
from tests.factories.stores import price_at
from tests.queries import counted

GARDEN = Selection("garden", "l", "classic")


@pytest.fixture
def ana(shop):
    return customer()


def had(user_id, *picks):
    return placed(*picks, place=COUNTER, account=user_id)


def account_of(order_id):
    db.session.rollback()
    return db.session.scalar(select(Order.account_id).where(Order.id == order_id))


# ---- by the page


def test_orders_come_newest_first_a_page_at_a_time_and_only_ones_own(ana):
    mine = [had(ana, COLA) for _ in range(5)]
    had(customer("Carlo"), COLA)
    ordered(COLA)
    first = past.page(ana, most=2)
    second = past.page(ana, first.older, most=2)
    last = past.page(ana, second.older, most=2)
    assert [one.id for page in (first, second, last) for one in page.orders] == mine[::-1]
    assert last.older is None
    assert past.page(ana, most=5).older is None


def test_a_page_asks_three_things_however_many_orders_it_holds(ana):
    asked = []
    for _ in range(2):
        had(ana, MARGHERITA, COLA)
        with counted() as sent:
            past.page(ana)
        asked.append(len(sent))
    assert asked == [3, 3]
    with counted() as sent:
        assert past.page(customer("Carlo")) == past.Past((), None)


# ---- the usual


def test_the_usual_is_what_came_most_often_whatever_the_order_of_its_lines(ana):
    had(ana, MARGHERITA, COLA)
    had(ana, GARDEN)
    latest = had(ana, COLA, MARGHERITA)
    had(ana, HALF_AND_HALF)
    found = usual.find(ana)
    assert (found.order_id, found.times) == (latest, 2)


def test_of_what_came_equally_often_the_latest_is_the_usual(ana):
    had(ana, MARGHERITA)
    latest = had(ana, GARDEN)
    assert (usual.find(ana).order_id, usual.find(ana).times) == (latest, 1)


def test_how_many_of_a_thing_makes_a_difference_and_a_note_does_not(ana):
    had(ana, (COLA, 2))
    noted = had(ana, Selection("margherita", note="Crisp, please"))
    plain = had(ana, MARGHERITA)
    had(ana, COLA)
    assert (usual.find(ana).order_id, usual.find(ana).times) == (plain, 2)
    assert noted < plain


def test_only_the_last_ten_orders_count_and_none_that_came_to_nothing(ana):
    for _ in range(3):
        had(ana, MARGHERITA)
    for _ in range(2):
        had(ana, GARDEN)
    for n in range(8):
        had(ana, (COLA, n + 1))
    turned_down = had(ana, MARGHERITA)
    with transaction():
        orders.reject(turned_down, by="store", reason="no dough")
    ordered(MARGHERITA, account=ana)  # not paid
    found = usual.find(ana)
    assert (found.times, found.things[0][0]["product"]) == (2, "garden")
    assert usual.find(customer("Carlo")) is None


def test_the_usual_is_priced_by_the_menu_of_this_moment_without_a_question(ana):
    had(ana, (MARGHERITA, 2), COLA)
    found = usual.of(ana)
    price_at(ELM_STREET, "margherita", 1000)
    here = menu.catalogue(ELM_STREET)
    with counted() as sent:
        told = usual.offered(usual.of(ana), here)
    assert sent == []
    assert told.names[0].startswith("2 × ")
    assert told.cents == 2 * 1000 + menu.choose(here, COLA).unit_cents
    assert told.whole
    with transaction():
        menu.sell_out(ELM_STREET, "product", "cola")
    assert not usual.offered(found, menu.catalogue(ELM_STREET)).whole
    with transaction():
        menu.sell_out(ELM_STREET, "product", "margherita")
    assert usual.offered(found, menu.catalogue(ELM_STREET)) is None


# ---- claimed


def take(user_id, order_id, email=ANA.email):
    with transaction():
        return claims.take(user_id, order_id, email)


def test_a_guests_order_becomes_the_customers_once_and_is_written_down(ana):
    order_id = ordered(COLA)
    assert take(ana, order_id)
    assert take(ana, order_id)  # safe to repeat
    assert account_of(order_id) == ana
    deeds = db.session.scalars(select(AuditRow.subject).where(AuditRow.deed == "order.claim")).all()
    assert deeds == [f"order:{order_id}"]


def test_an_order_of_another_mailbox_of_somebody_else_or_of_nobody_is_not_given_away(ana):
    order_id, carlo = ordered(COLA), customer("Carlo")
    assert not take(carlo, order_id, "carlo@example.com")
    assert not take(ana, 999)
    assert take(ana, order_id)
    assert not take(carlo, order_id)  # though he were to read that mailbox
    assert account_of(order_id) == ana


def test_a_mailbox_is_the_same_however_it_is_written(ana):
    order_id = ordered(COLA)
    with transaction():
        db.session.execute(update(Order).where(Order.id == order_id).values(email="Ana@Example.com"))
    assert take(ana, order_id)


def test_a_code_is_asked_for_unless_the_mailbox_is_known_to_be_the_accounts(ana):
    with transaction():
        assert claims.ask(ana, 7, ANA.email) is None
        code_id = claims.ask(ana, 7, "else@example.com")
    code = users.waiting(code_id)
    assert (code.purpose, code.email, code.carry) == (Purpose.CLAIM, "else@example.com", {"order": "7"})
    with transaction():
        db.session.execute(update(User).where(User.id == ana).values(verified_at=None))
        assert claims.ask(ana, 7, ANA.email) is not None


def test_a_code_that_came_back_brings_the_order_it_was_for(ana):
    theirs, other = ordered(COLA), ordered(COLA)
    carlo = customer("Carlo")
    with transaction():
        code = users.use(claims.ask(carlo, theirs, ANA.email))
        assert claims.take_by(code) == theirs
    assert (account_of(theirs), account_of(other)) == (carlo, None)
    with transaction():
        assert claims.take_by(users.use(claims.ask(carlo, 999, ANA.email))) is None
    assert db.session.scalars(select(MailCode.purpose).where(MailCode.purpose == "claim")).all() == ["claim"] * 2


def test_a_browsers_orders_come_home_where_they_were_made_with_the_accounts_own_mailbox(ana):
    first, second = ordered(COLA), ordered(COLA)
    with transaction():
        db.session.execute(update(Order).where(Order.id == second).values(email="else@example.com"))
    with transaction():
        assert claims.bring_home(ana, (second, first)) == (first,)
    with transaction():
        assert claims.bring_home(ana, (second, first)) == ()
        assert claims.bring_home(ana, ()) == ()
    third = ordered(COLA)
    with transaction():
        db.session.execute(update(User).where(User.id == ana).values(verified_at=None))
        assert claims.bring_home(ana, (third,)) == ()
