"""Every cart of two to nine pizzas that a pizzeria sold in a year, against an oracle of its own."""

import pytest

from app.promotions.best import cheapest
from bench import carts
from tests.domains.promotions import subsets


def test_no_real_cart_can_be_had_for_less():
    """Where the real carts are not beside the project, made-up ones stand in; the head of the test run says which."""
    sold = carts.real(2, 9) if carts.found() else carts.made_up(2000, 6)
    assert len(sold) > (9000 if carts.found() else 1900)
    remembered, lowest = {}, {}
    for cart in sold:
        bill = carts.bill(cart)
        found = cheapest(bill, carts.TWELVE)
        asked = tuple(sorted((pizza.size, pizza.category, pizza.cents) for pizza in cart))  # no deal looks at more
        if asked not in lowest:
            lowest[asked] = subsets.cheapest(bill, carts.TWELVE, remembered)
        assert found.total_cents == lowest[asked], cart
        assert found.certificate.proved


@pytest.mark.parametrize("number", range(24))
def test_larger_carts_are_searched_as_exactly(number):
    """Past ten items the bound is tightened and the search looks ahead; the other algorithm still agrees."""
    bill = carts.group_order(number, 11 + number % 6, one_rate=True)
    found = cheapest(bill, carts.TWELVE)
    assert found.certificate.proved
    assert found.total_cents == subsets.cheapest(bill, carts.TWELVE, {})
