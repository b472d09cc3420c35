"""The seeded deals and the seeded menu belong together."""

import pytest

from app.core.db import transaction
from app.menu import service as menu
from app.promotions import seed
from app.promotions import service as promotions


@pytest.fixture
def deals(shop):
    with transaction():
        seed.load()
    return promotions.fresh().deals.values()


def test_every_deal_asks_for_things_that_are_on_the_menu(deals):
    offered = menu.load(1)
    known = {
        "categories": {category.slug for category in offered.categories},
        "products": set(offered.products),
        "sizes": set(offered.sizes),
        "crusts": set(offered.crusts),
    }
    asked = [slot for deal in deals for slot in deal.slots]
    assert asked
    for name, words in known.items():
        assert {word for slot in asked for word in getattr(slot, name)} <= words


def test_every_slot_of_a_deal_can_be_filled(deals):
    offered = menu.load(1)
    for deal in deals:
        for slot in deal.slots:
            fitting = [
                item
                for item in offered.products.values()
                for variant in item.variants
                if (not slot.categories or item.category in slot.categories)
                and (not slot.products or item.slug in slot.products)
                and (not slot.sizes or variant.size in slot.sizes)
                and (not slot.crusts or variant.crust in slot.crusts)
            ]
            assert fitting, (deal.name, slot)
