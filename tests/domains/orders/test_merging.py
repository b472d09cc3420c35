"""A guest's cart comes home to the account: lines add up, limits hold, nothing is lost, and it happens once."""

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.core.errors import NotFound
from app.menu.service import Selection
from app.orders import cart, merging, wishes
from app.orders.merging import Home
from app.orders.models import Cart, CartLine
from tests.factories.customers import customer
from tests.factories.orders import COLA, COUNTER, HALF_AND_HALF, HOME, filled

GARDEN = Selection("garden", "l", "classic")


@pytest.fixture
def ana(shop):
    return customer()


def own(user_id, *picks, place=None):
    with transaction():
        made = cart.create(user_id=user_id)
        for selection, quantity in picks:
            cart.add(made, selection, quantity)
        if place:
            cart.go_to(made, place)
    return made


def guest(*picks, place=None):
    return own(None, *picks, place=place)


def bring(user_id, guest_id):
    with transaction():
        return merging.bring_home(user_id, guest_id)


def lines(cart_id, *, removed=False):
    query = select(CartLine).where(CartLine.cart_id == cart_id, CartLine.removed.is_(removed)).order_by(CartLine.id)
    db.session.expire_all()
    return [(row.selection["product"], row.quantity) for row in db.session.scalars(query)]


def test_without_an_own_cart_the_guests_becomes_it(ana):
    made = guest((COLA, 2))
    assert bring(ana, made) == Home(made)
    assert bring(ana, made) == Home(made)
    assert bring(ana, None) == Home(made)  # on another device
    assert (lines(made), bring(customer("Carlo"), None)) == ([("cola", 2)], Home(None))


def test_what_is_the_same_adds_up_and_the_rest_stands_beside_it(ana):
    kept = own(ana, (COLA, 2), (GARDEN, 1))
    made = guest((COLA, 3), (HALF_AND_HALF, 1))
    assert bring(ana, made) == Home(kept)
    assert lines(kept) == [("cola", 5), ("garden", 1), ("your-own", 1)]
    assert (lines(made), cart.head(made)) == ([], None)
    assert cart.head(kept).count == 7


def test_the_guest_chose_last_where_and_when_and_every_code_comes_along(ana):
    kept = own(ana, (COLA, 1), place=COUNTER)
    with transaction():
        wishes.keep_code(kept, "OLD5")
    made = guest((COLA, 1), place=HOME)
    with transaction():
        wishes.keep_code(made, "NEW5")
    bring(ana, made)
    row = db.session.get(Cart, kept, populate_existing=True)
    assert (row.method, row.street, row.codes) == ("delivery", HOME.street, "NEW5 OLD5")

    bring(ana, guest((COLA, 1)))  # of whom nothing is known keeps what there is
    row = db.session.get(Cart, kept, populate_existing=True)
    assert (row.method, row.street, row.codes) == ("delivery", HOME.street, "NEW5 OLD5")


def test_what_is_past_the_limits_is_set_aside_and_can_be_brought_back(ana):
    kept = own(ana, (COLA, 40), (GARDEN, 45))
    made = guest((COLA, 9), (HALF_AND_HALF, 10), (GARDEN, 1))
    assert bring(ana, made) == Home(kept, set_aside=10)
    assert lines(kept) == [("cola", 49), ("garden", 46)]
    assert lines(kept, removed=True) == [("your-own", 10)]
    aside = db.session.scalars(select(CartLine.id).where(CartLine.cart_id == kept, CartLine.removed)).one()
    cola = db.session.scalars(select(CartLine.id).where(CartLine.cart_id == kept).order_by(CartLine.id)).first()
    with transaction():
        cart.change(kept, cola, 20)
        cart.restore(kept, aside)
    assert ("your-own", 10) in lines(kept)


@pytest.mark.parametrize("removed", [True, False])
def test_what_was_put_in_with_one_key_on_both_sides_stands_beside_itself(ana, removed):
    """The same order is had again in both: the own line was taken out or changed since, and keeps the key."""
    kept, made = own(ana), guest()
    with transaction():
        cart.add(kept, GARDEN, 1, "again-12-0")
        cart.add(made, COLA, 2, "again-12-0")
        cart.add(made, HALF_AND_HALF, 1, "again-12-1")
        if removed:
            cart.change(kept, cart.view(kept).lines[0].id, 0)
    assert bring(ana, made) == Home(kept)
    assert lines(kept) == [*([] if removed else [("garden", 1)]), ("cola", 2), ("your-own", 1)]
    keys = db.session.scalars(select(CartLine.idem).where(CartLine.cart_id == kept).order_by(CartLine.id))
    assert list(keys) == ["again-12-0", None, "again-12-1"]


def test_a_line_never_grows_past_what_a_line_may_hold(ana):
    kept = own(ana, (COLA, 30))
    bring(ana, guest((COLA, 30)))
    assert lines(kept) == [("cola", 30), ("cola", 30)]


def test_a_place_of_a_bundle_is_filled_by_the_guest(ana):
    kept, made = own(ana), guest()
    with transaction():
        cart.add(kept, COLA, of=(7, 1))
        cart.add(made, GARDEN, of=(7, 1))
    bring(ana, made)
    query = select(CartLine.selection, CartLine.deal_id, CartLine.slot).where(CartLine.cart_id == kept)
    found = {row.selection["product"]: (row.deal_id, row.slot) for row in db.session.execute(query)}
    assert found == {"cola": (None, None), "garden": (7, 1)}


def test_nobody_takes_somebody_elses_cart_or_one_that_was_ordered(ana):
    carlo = customer("Carlo")
    theirs, kept = own(carlo, (COLA, 1)), own(ana, (GARDEN, 1))
    assert bring(ana, theirs) == Home(kept)
    assert (lines(theirs), lines(kept)) == ([("cola", 1)], [("garden", 1)])
    ordered = guest((COLA, 1))
    with transaction():
        db.session.get(Cart, ordered).status = "ordered"
    assert bring(ana, ordered) == Home(kept)
    assert lines(ordered) == [("cola", 1)]


def test_a_cart_comes_home_once_and_takes_nothing_more(ana):
    kept, made = own(ana, (COLA, 1)), guest((COLA, 2))
    assert [bring(ana, made) for _ in range(2)] == [Home(kept)] * 2
    assert lines(kept) == [("cola", 3)]
    with pytest.raises(NotFound), transaction():
        cart.add(made, COLA)


def test_what_came_home_costs_what_it_would_have_cost_there(ana):
    made = filled(HALF_AND_HALF, COLA, place=HOME)
    before = cart.view(made).quote.total_cents
    own(ana)
    home = bring(ana, made)
    assert cart.view(home.cart_id).quote.total_cents == before
