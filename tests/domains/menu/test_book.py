"""The whole menu as records, and a sheet of them: what comes out goes in again and changes nothing."""

import dataclasses
from datetime import date

import pytest
from sqlalchemy import func, select

from app.core.db import db, transaction
from app.menu import book, models, rules, sheet
from app.menu import service as menu
from app.menu.preview import previewed
from app.menu.service import Amount, Placement, Selection, Side
from app.menu.sheet import Row
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE

COLA = {"product": "cola", "size": "can", "crust": None}


def save(*rows: Row) -> list[Row]:
    """Write what differs, as every form and sheet does."""
    with transaction():
        known = book.book()
        changed = book.changed(rows, known)
        assert rules.faults(changed, known) == []
        book.write(changed, known)
    return changed


def faults(*rows: Row) -> list[tuple[str, str]]:
    known = book.book()
    return [(fault.column, fault.words) for fault in rules.faults(book.changed(rows, known), known)]


def pizza(key: str = "sunrise", **values: object) -> tuple[Row, ...]:
    said = {
        "key": key,
        "group": "pizzas",
        "name": "Sunrise",
        "text": "Egg and bacon",
        "places": 1,
        "toppings": (Placement("bacon"), Placement("mozzarella"), Placement("tomato", amount=Amount.LIGHT)),
    }
    made = {"product": key, "size": "m", "crust": "classic", "price": 1495, "default": True}
    return Row("product", {**said, **values}), Row("variant", made)


def test_a_sheet_of_the_menu_read_again_changes_nothing(shop):
    with transaction():
        variant = db.session.scalars(select(models.Variant)).first()
        db.session.add(models.VariantPrice(variant_id=variant.id, starts=date(2027, 1, 1), price_cents=1))
        item = db.session.scalars(select(models.Product)).first()
        item.first_day, item.opens, item.closes = date(2026, 1, 1), 1320, 1560
    known = book.book()
    read = sheet.read(sheet.write(known.values()).removeprefix("\ufeff"))
    assert read.faults == []
    assert [(row.record, dict(row.values)) for row in read.rows] == [
        (row.record, dict(row.values)) for row in known.values()
    ]
    assert book.changed(read.rows, known) == []
    assert rules.faults(known.values(), known) == []
    assert {row.record for row in read.rows} == set(sheet.RECORDS)


def test_a_menu_moves_whole_into_an_empty_house(shop):
    before, offered = book.book(), menu.load(ELM_STREET)
    with transaction():
        for table in (
            "variant_prices",
            "store_prices",
            "presets",
            "product_options",
            "variants",
            "products",
            "options",
            "option_groups",
            "toppings",
        ):
            db.session.execute(models.Base.metadata.tables[table].delete())
        for table in ("topping_groups", "crusts", "sizes", "categories"):
            db.session.execute(models.Base.metadata.tables[table].delete())
    assert book.book() == {}
    save(*before.values())
    assert book.book() == before
    again = menu.load(ELM_STREET)
    assert list(again.products) == list(offered.products)
    for slug, item in again.products.items():
        was = offered.products[slug]
        assert sorted(item.preset) == sorted(was.preset)
        assert [(v.size, v.crust, v.price_cents) for v in item.variants] == [
            (v.size, v.crust, v.price_cents) for v in was.variants
        ]
        same = {"id": 0, "variants": (), "preset": ()}
        assert dataclasses.replace(item, **same) == dataclasses.replace(was, **same)


def test_a_new_pizza_is_on_every_menu_last_in_its_section(shop):
    versions = [menu.load(store_id).version for store_id in (ELM_STREET, MILWAUKEE_AVENUE)]
    save(*pizza())
    for store_id, old in zip((ELM_STREET, MILWAUKEE_AVENUE), versions, strict=True):
        offered = menu.load(store_id)
        assert offered.version != old
        served = [slug for slug in offered.categories[0].products if offered.products[slug].served]
        assert served[-1] == "sunrise"
        choice = menu.choose(offered, Selection("sunrise"))
        assert (choice.unit_cents, choice.places) == (1495, 1)
        assert offered.products["sunrise"].default.crust == "classic"
        assert Placement("tomato", Side.WHOLE, Amount.LIGHT) in offered.products["sunrise"].preset


def test_only_what_differs_is_written(shop):
    count = select(func.sum(models.StoreMenu.version))
    known = book.book()
    cola = known["product", "cola"]
    assert save(cola, known["variant", "cola", "can", None]) == []
    before = db.session.scalar(count)
    changed = save(Row("product", {"key": "cola", "name": "House cola"}), cola)
    assert [row.values["name"] for row in changed] == ["House cola"]
    db.session.rollback()
    assert db.session.scalar(count) > before
    assert menu.load(ELM_STREET).products["cola"].description == cola.values["text"]  # unsaid, so it stays


def test_a_price_of_the_chain_is_everywhere_but_where_a_store_has_its_own(shop):
    variant = menu.load(ELM_STREET).products["cola"].default
    with transaction():
        db.session.add(models.StorePrice(store_id=MILWAUKEE_AVENUE, variant_id=variant.id, price_cents=999))
    save(Row("variant", {**COLA, "price": 250}))
    assert menu.load(ELM_STREET).products["cola"].default.price_cents == 250
    assert menu.load(MILWAUKEE_AVENUE).products["cola"].default.price_cents == 999
    assert menu.load(ELM_STREET).products["cola"].default.id == variant.id  # orders and carts know it by its number


def test_a_size_can_go_with_its_prices(shop):
    large = {"product": "margherita", "size": "l", "crust": "pan"}
    save(Row("price", {**large, "from": date(2027, 1, 1), "price": 1}))
    save(Row("variant", {**large, "made": False}))
    item = menu.load(ELM_STREET).products["margherita"]
    assert item.variant("l", "pan") is None
    assert item.variant("l", "classic") is not None
    assert ("variant", "margherita", "l", "pan") not in book.book()
    assert save(Row("variant", {**large, "made": False})) == []  # gone is gone


def test_hours_past_midnight_go_on_counting(shop):
    save(Row("product", {"key": "cola", "opens": 22 * 60, "closes": 2 * 60}))
    row = db.session.scalars(select(models.Product).where(models.Product.slug == "cola")).one()
    assert (row.opens, row.closes) == (1320, 1560)
    assert book.book()["product", "cola"].values["closes"] == 120
    save(Row("product", {"key": "cola", "opens": 0, "closes": 0}))  # around the clock
    db.session.rollback()
    row = db.session.scalars(select(models.Product).where(models.Product.slug == "cola")).one()
    assert (row.opens, row.closes) == (0, 1440)


def test_books_of_some_products_hold_all_that_belongs_to_them(shop):
    whole, some = book.book(), book.book(["cola", "margherita"])
    assert some.keys() <= whole.keys()
    named = {row.values["product"] for row in some.values() if row.record == "variant"}
    assert named == {"cola", "margherita"}
    assert all(some[identity] == whole[identity] for identity in some)


HOLDS = [
    (("category", {"key": "soups", "name": "Soups", "tax": "soup"}), "tax", "The stores know no tax called soup"),
    (("topping", {"key": "bacon", "group": "fruit"}), "group", "There is no topping group called fruit."),
    (("topping", {"key": "bacon", "picture": "cloud"}), "picture", "There is no drawing called cloud."),
    (("topping", {"key": "gravel", "name": "Gravel"}), "group", "A new topping needs this column."),
    (("option", {"group": "dip", "key": "tar"}), "name", "A new option needs this column."),
    (("option_group", {"key": "dip", "least": 3}), "least", "This may not be more than “most”."),
    (("product", {"key": "cola", "group": "soups"}), "group", "There is no category called soups."),
    (("product", {"key": "cola", "toppings": (Placement("bacon"),)}), "toppings", "Cola: Cola does not take toppings."),
    (
        ("product", {"key": "margherita", "toppings": (Placement("gravel"),)}),
        "toppings",
        "Margherita: We do not have that topping.",
    ),
    (
        ("product", {"key": "margherita", "toppings": (Placement("tomato"), Placement("bbq"))}),
        "toppings",
        "Margherita: A pizza has one sauce.",
    ),
    (("product", {"key": "cola", "options": {"magic": ()}}), "options", "There is no option group called magic."),
    (("product", {"key": "cola", "options": {"dip": ("tar",)}}), "options", "There is no option called tar in dip."),
    (
        ("product", {"key": "cola", "first_day": date(2026, 2, 1), "last_day": date(2026, 1, 1)}),
        "last_day",
        "This is before the first day.",
    ),
    (("product", {"key": "cola", "opens": 600}), "closes", "Say from when to when, or leave both empty."),
    (
        ("product", {"key": "air", "name": "Air", "group": "sides"}),
        "key",
        "This is made in no size: it needs a variant.",
    ),
    (("variant", {**COLA, "size": "xxl", "price": 1}), "size", "There is no size called xxl."),
    (("variant", {**COLA, "product": "air", "price": 1}), "product", "There is no product called air."),
    (("variant", {**COLA, "crust": "thin", "price": 1}), "crust", "Either all of its sizes have a crust"),
    (
        ("variant", {"product": "margherita", "size": "l", "crust": "thin", "default": True}),
        "default",
        "Another size is its default already.",
    ),
    (
        ("price", {**COLA, "size": "m", "from": date(2027, 1, 1), "price": 1}),
        "size",
        "cola is not made in this size and crust.",
    ),
]


@pytest.mark.parametrize(("said", "column", "words"), HOLDS, ids=[f"{c[0][0]}-{c[1]}-{n}" for n, c in enumerate(HOLDS)])
def test_what_does_not_hold_together_is_told_by_column(shop, said, column, words):
    found = faults(Row(*said))
    assert any(where == column and text.startswith(words) for where, text in found), found


def test_a_topping_that_changes_may_not_spoil_the_pizzas_that_come_with_it(shop):
    found = faults(Row("topping", {"key": "bacon", "amounts": ["light"]}))
    assert found
    assert all(column == "toppings" and "does not come" in words for column, words in found)


def test_nobody_else_changes_the_menu_meanwhile(shop):
    with transaction():
        book.lock()
        assert book.book()


def test_a_planned_price_can_be_taken_back(shop):
    planned = {**COLA, "from": date(2027, 1, 1)}
    save(Row("price", {**planned, "price": 300}))
    assert book.book()["price", "cola", "can", None, date(2027, 1, 1)].values["price"] == 300
    save(Row("price", {**planned, "price": 310}))
    save(Row("price", {**planned, "made": False}))
    assert ("price", "cola", "can", None, date(2027, 1, 1)) not in book.book()
    assert save(Row("price", {**planned, "price": 1, "made": False})) == []


def test_a_preview_shows_what_would_be_and_changes_nothing(shop):
    known, before = book.book(), menu.load(ELM_STREET)
    changed = book.changed([*pizza(), Row("variant", {**COLA, "price": 1})], known)
    db.session.rollback()
    with transaction():
        seen = previewed(lambda: book.write(changed, known), ELM_STREET)
    assert seen.products["sunrise"].default.price_cents == 1495
    assert seen.products["cola"].default.price_cents == 1
    assert menu.load(ELM_STREET) == before
    assert book.book() == known
