"""A store's menu from its tables, remembered by version."""

from datetime import datetime, timedelta

import pytest
import time_machine

from app.core.db import db, transaction
from app.core.errors import NotFound, Refusal
from app.menu import models
from app.menu import service as menu
from app.menu.service import Halves, Selection
from app.pictures import FOODS, Recipe
from tests.conftest import forget
from tests.queries import counted

START = "2026-07-03T12:00:00+00:00"
NOON = "2026-07-03T17:00:00+00:00"  # in Chicago


@time_machine.travel(NOON, tick=False)
def test_the_seeded_menu_can_be_ordered_from_end_to_end(shop):
    offered = menu.load(1)
    assert len(offered.products) >= 40
    for item in offered.products.values():
        for variant in item.variants:
            choice = menu.choose(offered, Selection(item.slug, variant.size, variant.crust))
            assert choice.unit_cents == variant.price_cents > 0
            assert Recipe.parse(choice.picture) if item.pizza else choice.picture in FOODS


def test_every_section_lists_what_belongs_to_it_once(shop):
    offered = menu.load(1)
    listed = [slug for category in offered.categories for slug in category.products]
    assert sorted(listed) == sorted(offered.products)
    assert all(offered.tax_code(item) in {"food", "drinks"} for item in offered.products.values())


def test_the_longest_pizza_of_the_seed_still_fits_its_columns(shop):
    """The ten longest words on both halves in different amounts: nothing longer can be chosen."""
    offered = menu.load(1)
    loose = [key for key, topping in offered.toppings.items() if not offered.groups[topping.group].exclusive]
    longest = sorted(loose, key=len)[-10:]
    left = [menu.Placement(key, menu.Side.LEFT, menu.Amount.DOUBLE) for key in longest]
    right = [menu.Placement(key, menu.Side.RIGHT, menu.Amount.EXTRA) for key in longest]
    base = [menu.Placement("tomato", amount=menu.Amount.EXTRA), menu.Placement("mozzarella", amount=menu.Amount.EXTRA)]
    choice = menu.choose(offered, Selection("your-own", "l", "stuffed", (*base, *left, *right)))
    assert Recipe.parse(choice.picture)
    assert (len(choice.picture) <= 320, len(choice.base) <= 240, len(choice.name) <= 100) == (True, True, True)


def test_how_many_questions_a_menu_takes_does_not_depend_on_what_is_on_it(shop):
    with counted() as before:
        menu.load(1)
    with transaction():
        for n in range(30):
            item = models.Product(slug=f"n-{n}", category="sides", name="New", description="", tags=[], position=99)
            db.session.add(item)
            db.session.flush()
            db.session.add(models.Variant(product_id=item.id, size="one", price_cents=100))
        menu.change(1)
    with counted() as after:
        offered = menu.load(1)
    assert "n-29" in offered.products
    assert len(after) == len(before) <= 17


def test_a_warm_menu_asks_the_database_nothing_and_a_cool_one_only_its_version(shop):
    with time_machine.travel(START, tick=False) as moment:
        menu.catalogue(1)
        with counted() as warm:
            menu.catalogue(1)
        moment.shift(timedelta(seconds=1.5))
        with counted() as cool:
            menu.catalogue(1)
    assert (len(warm), len(cool)) == (0, 1)


def test_a_change_is_seen_at_once_here(shop):
    version, until = menu.catalogue(1).version
    with transaction():
        menu.sell_out(1, "topping", "pepperoni")
    assert menu.catalogue(1).toppings["pepperoni"].sold_out
    assert menu.catalogue(1).version == (version + 1, until)
    assert not menu.catalogue(2).toppings["pepperoni"].sold_out


def test_a_change_elsewhere_is_seen_within_a_second(shop):
    with time_machine.travel(START, tick=False) as moment:
        menu.catalogue(1)
        with transaction():  # as another process would: this one's memory is not told
            db.session.add(models.SoldOut(store_id=1, kind="product", key="cola", until=None))
            db.session.get(models.StoreMenu, 1).version += 1
        assert not menu.catalogue(1).products["cola"].sold_out
        moment.shift(timedelta(seconds=1))
        assert menu.catalogue(1).products["cola"].sold_out


def test_a_change_that_was_rolled_back_is_no_change(shop):
    with pytest.raises(ZeroDivisionError), transaction():
        menu.sell_out(1, "product", "cola")
        raise ZeroDivisionError
    assert not menu.catalogue(1).products["cola"].sold_out


def test_every_change_makes_a_new_version_also_what_ran_out_meanwhile(shop):
    """Two different menus under one version would let one be shown for the other."""
    seen = {menu.load(1).version}
    with time_machine.travel(START, tick=False) as moment:
        for hour in range(1, 4):
            with transaction():
                menu.sell_out(1, "product", "cola", datetime.fromisoformat(START) + timedelta(hours=hour))
            versions = [menu.load(1).version]
            moment.shift(timedelta(hours=1))
            versions.append(menu.load(1).version)
            if hour == 2:
                with transaction():
                    menu.bring_back(1, "product", "cola")
                versions.append(menu.load(1).version)
            assert seen.isdisjoint(versions)
            assert versions == sorted(set(versions))
            seen |= set(versions)


def test_what_is_sold_out_until_a_moment_comes_back_by_itself(shop):
    with time_machine.travel(START, tick=False) as moment:
        until = datetime.fromisoformat(START) + timedelta(hours=1)
        with transaction():
            menu.sell_out(1, "product", "margherita", until)
        with pytest.raises(Refusal, match="sold out today"):
            menu.choose(menu.catalogue(1), Selection("margherita"))
        moment.move_to(until - timedelta(seconds=1))
        assert menu.load(1).products["margherita"].sold_out
        menu.catalogue(1)
        moment.move_to(until)
        assert not menu.load(1).products["margherita"].sold_out
        moment.shift(timedelta(seconds=1))
        assert not menu.catalogue(1).products["margherita"].sold_out


def test_what_is_sold_out_for_good_comes_back_by_hand_and_twice_does_no_harm(shop):
    for _ in range(2):
        with transaction():
            menu.sell_out(1, "product", "cola")
    assert menu.load(1).products["cola"].sold_out
    for _ in range(2):
        with transaction():
            menu.bring_back(1, "product", "cola")
    assert not menu.load(1).products["cola"].sold_out


def test_what_is_sold_out_stands_last_in_its_section(shop):
    with transaction():
        menu.sell_out(1, "product", "margherita")
    pizzas = next(category for category in menu.load(1).categories if category.slug == "pizzas")
    assert pizzas.products[-1] == "margherita"
    assert pizzas.products[0] == "your-own"


def test_a_price_of_one_store_is_of_that_store_only(shop):
    usual = menu.load(1).products["cola"].default
    with transaction():
        db.session.add(models.StorePrice(store_id=2, variant_id=usual.id, price_cents=0))
    assert menu.load(1).products["cola"].default.price_cents == usual.price_cents
    assert menu.load(2).products["cola"].default.price_cents == 0  # free is a price


def test_a_store_says_how_halves_count(shop):
    with transaction():
        db.session.get(models.StoreMenu, 2).halves = Halves.DEARER.value
    assert (menu.load(1).halves, menu.load(2).halves) == (Halves.SUM, Halves.DEARER)


def test_a_product_without_variants_is_not_offered(shop):
    with transaction():
        db.session.add(models.Product(slug="idea", category="sides", name="Idea", description="", tags=[], position=99))
    assert "idea" not in menu.load(1).products


@pytest.mark.parametrize("ask", [menu.load, menu.catalogue])
def test_a_store_without_a_menu_is_not_found(shop, ask):
    with pytest.raises(NotFound):
        ask(4711)
    forget()
