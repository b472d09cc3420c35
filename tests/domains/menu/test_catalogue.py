"""A store's menu from its tables, remembered by version."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.core.db import db, transaction
from app.core.errors import NotFound, Refusal
from app.menu import models
from app.menu import service as menu
from app.menu.service import Amount, Halves, Placement, Selection, Side
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
    forget()
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


def test_what_was_seen_of_a_change_that_was_rolled_back_is_not_remembered(shop):
    """Its version is given to the next change: under it, this process must not know the menu of the first."""
    usual = menu.load(1)
    with pytest.raises(ZeroDivisionError), transaction():
        menu.sell_out(1, "product", "cola")
        for ask in (menu.catalogue, menu.load):
            assert ask(1).products["cola"].sold_out
        raise ZeroDivisionError
    assert menu.catalogue(1) == usual
    with transaction():
        menu.sell_out(1, "product", "brownie")
    for ask in (menu.catalogue, menu.load):
        now = ask(1).products
        assert (now["cola"].sold_out, now["brownie"].sold_out) == (False, True)


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
        with pytest.raises(Refusal, match="sold out of"):
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
        menu.change(2)
    assert menu.load(1).products["cola"].default.price_cents == usual.price_cents
    assert menu.load(2).products["cola"].default.price_cents == 0  # free is a price


def test_a_store_says_how_halves_and_amounts_count(shop):
    """Three toppings on a half at 1.75 for one: light, normal, and double that counts as three halves here."""
    placed = zip(("olive", "corn", "bacon"), (Amount.LIGHT, Amount.NORMAL, Amount.DOUBLE), strict=True)
    pizza = Selection("your-own", "l", "classic", tuple(Placement(key, Side.LEFT, much) for key, much in placed))
    with transaction():
        edition = db.session.get(models.StoreMenu, 2)
        edition.halves, edition.light_counts, edition.double_counts = Halves.DEARER.value, 500, 1500
        menu.change(2)
    first, second = menu.load(1), menu.load(2)
    assert (first.halves, second.halves) == (Halves.SUM, Halves.DEARER)
    plain = Selection("your-own", "l", "classic", ())
    more = [menu.choose(here, pizza).unit_cents - menu.choose(here, plain).unit_cents for here in (first, second)]
    assert more == [350, 525]


def test_amounts_count_in_their_order(shop):
    with pytest.raises(IntegrityError), transaction():
        db.session.get(models.StoreMenu, 2).extra_counts = 2500


def test_a_product_without_variants_is_not_offered(shop):
    with transaction():
        db.session.add(models.Product(slug="idea", category="sides", name="Idea", description="", tags=[], position=99))
    assert "idea" not in menu.load(1).products


@pytest.mark.parametrize("ask", [menu.load, menu.catalogue])
def test_a_store_without_a_menu_is_not_found(shop, ask):
    with pytest.raises(NotFound):
        ask(4711)
    forget()


def price_of(store_id, slug="cola"):
    return menu.load(store_id).products[slug].default.price_cents


def test_a_price_begins_on_its_day_at_four_on_the_stores_clock(shop):
    usual = menu.load(1).products["cola"].default
    with transaction():
        db.session.add(models.VariantPrice(variant_id=usual.id, starts=date(2026, 7, 4), price_cents=240))
        db.session.add(models.VariantPrice(variant_id=usual.id, starts=date(2026, 7, 6), price_cents=250))
        db.session.add(models.StorePrice(store_id=2, variant_id=usual.id, starts=date(2026, 7, 5), price_cents=199))
        for store_id in (1, 2):
            menu.change(store_id)
    for moment, one, two in (
        ("2026-07-04T08:59:59", 225, 225),  # 3:59 am in Chicago
        ("2026-07-04T09:00:00", 240, 240),
        ("2026-07-05T09:00:00", 240, 199),
        ("2026-07-06T09:00:00", 250, 199),
    ):
        with time_machine.travel(f"{moment}+00:00", tick=False):
            assert (price_of(1), price_of(2)) == (one, two), moment


def test_a_menu_that_changes_by_itself_is_another_version_from_that_moment_on(shop):
    usual = menu.load(1).products["cola"].default
    with transaction():
        db.session.add(models.VariantPrice(variant_id=usual.id, starts=date(2026, 7, 4), price_cents=240))
        menu.change(1)
    with time_machine.travel("2026-07-04T08:59:59+00:00", tick=False) as moment:
        before = menu.catalogue(1)
        moment.shift(timedelta(seconds=1))
        after = menu.catalogue(1)
    assert before.until == datetime.fromisoformat("2026-07-04T09:00:00+00:00")
    assert before.products["cola"].default.price_cents == 225
    assert after.products["cola"].default.price_cents == 240
    assert after.version > before.version


def test_what_is_served_at_noon_stands_last_before_it_and_is_refused_in_words(shop):
    with time_machine.travel("2026-07-03T15:59:59+00:00", tick=False) as moment:  # 10:59 am in Chicago
        early = menu.catalogue(1)
        pizzas = next(category for category in early.categories if category.slug == "pizzas")
        assert pizzas.products[-1] == "lunch-margherita"
        with pytest.raises(Refusal, match="served 11 am to 3 pm"):
            menu.choose(early, Selection("lunch-margherita"))
        moment.shift(timedelta(seconds=1))
        assert menu.choose(menu.catalogue(1), Selection("lunch-margherita")).unit_cents == 895
        moment.move_to("2026-07-03T20:00:00+00:00")
        assert not menu.catalogue(1).products["lunch-margherita"].served


def test_what_has_a_last_day_leaves_the_menu_after_it(shop):
    with transaction():
        db.session.execute(update(models.Product).values(last_day=None))
        db.session.execute(
            update(models.Product).where(models.Product.slug == "harvest").values(last_day=date(2026, 7, 3))
        )
        menu.change(1)
    with time_machine.travel("2026-07-04T08:59:59+00:00", tick=False) as moment:
        assert menu.catalogue(1).products["harvest"].window.words == "until July 3"
        moment.shift(timedelta(seconds=1))
        assert "harvest" not in menu.catalogue(1).products


def offer(store_id, kind, key, *, offered):
    with transaction():
        db.session.merge(models.StoreOffer(store_id=store_id, kind=kind, key=key, offered=offered))
        menu.change(store_id)


def test_a_store_leaves_out_what_it_does_not_offer_and_no_other_does(shop):
    for kind, key in (
        ("product", "island"),
        ("topping", "corn"),
        ("crust", "pan"),
        ("size", "xl"),
        ("option", "cut.squares"),
    ):
        offer(2, kind, key, offered=False)
    here, there = menu.load(2), menu.load(1)
    for offered, has in ((there, True), (here, False)):
        assert ("island" in offered.products) is has
        assert ("corn" in offered.toppings) is has
        assert ("pan" in offered.crusts) is has
        assert ("squares" in offered.options["cut"].options) is has
        sold = {(variant.size, variant.crust) for variant in offered.products["your-own"].variants}
        assert (("xl", "classic") in sold, ("m", "pan") in sold) == (has, has)
        assert any(p.topping == "corn" for p in offered.products["farmhouse"].preset) is has
    assert menu.choose(here, Selection("farmhouse")).unit_cents == menu.choose(there, Selection("farmhouse")).unit_cents


def test_what_is_not_for_everywhere_is_on_the_menu_where_a_store_says_so(shop):
    assert [("tavern" in menu.load(store_id).products) for store_id in (1, 4)] == [True, False]
    offer(4, "product", "tavern", offered=True)
    assert "tavern" in menu.load(4).products


@pytest.mark.parametrize(("kind", "key", "code"), [("size", "m", "size_sold_out"), ("crust", "thin", "crust_sold_out")])
def test_a_size_or_a_crust_may_run_out(shop, kind, key, code):
    with transaction():
        menu.sell_out(1, kind, key)
    with pytest.raises(Refusal) as refused:
        menu.choose(menu.load(1), Selection("garden", "m", "thin"))
    assert refused.value.code == code
    assert not menu.load(1).products["garden"].sold_out


def test_an_option_may_run_out(shop):
    with transaction():
        menu.sell_out(1, "option", "wingsauce.bbq")
    with pytest.raises(Refusal, match="sold out of Smoked BBQ today"):
        menu.choose(menu.load(1), Selection("wings"))


def test_a_product_whose_last_size_ran_out_is_sold_out(shop):
    with transaction():
        menu.sell_out(1, "size", "can")
    offered = menu.load(1)
    assert offered.products["cola"].sold_out
    assert not offered.products["orange-soda"].sold_out
    assert offered.products["orange-soda"].default.size == "bottle20"


def test_a_store_says_how_much_is_too_much(shop):
    with transaction():
        edition = db.session.get(models.StoreMenu, 2)
        edition.most_per_side, edition.most_of_a_line, edition.most_units = 3, 5, 9
        menu.change(2)
    assert (menu.load(1).most_per_side, menu.load(1).most_of_a_line, menu.load(1).most_units) == (10, 50, 100)
    assert (menu.load(2).most_per_side, menu.load(2).most_of_a_line, menu.load(2).most_units) == (3, 5, 9)
    with pytest.raises(Refusal, match="At most 3 toppings"):
        menu.choose(menu.load(2), Selection("butchers-block"))


def test_every_part_of_the_seed_says_what_is_in_it_but_for_what_nobody_knows(shop):
    offered = menu.load(1)
    unknown = {item.slug for item in offered.products.values() if menu.usual(offered, item).allergens is None}
    assert unknown == {"bakers-guest"}
    assert all(
        menu.usual(offered, item).calories is not None for slug, item in offered.products.items() if slug not in unknown
    )
    parts = (*offered.toppings.values(), *(one for group in offered.options.values() for one in group.options.values()))
    assert all(part.facts.allergens is not None and part.facts.calories is not None for part in parts)
    vegan = {item.slug for item in offered.products.values() if menu.usual(offered, item).fits(menu.Diet.VEGAN)}
    assert {"plant-patch", "cola", "marinara-dip", "oven-fries"} <= vegan
    assert not {"margherita", "brownie", "wings"} & vegan


def test_placing_needs_the_version_only_where_the_menu_is_known(shop):
    menu.load(1)
    with counted() as sent:
        menu.load(1)
    assert len(sent) == 1
