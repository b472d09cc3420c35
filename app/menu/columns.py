"""The columns of a menu's sheet, pure: which kinds of record there are, and what each is made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.menu import cells
from app.menu.cells import Cell
from app.menu.facts import Diet
from app.menu.values import Amount


@dataclass(frozen=True, slots=True)
class Record:
    """A kind of record: the columns that say which one it is, and all that it has."""

    keys: tuple[str, ...]
    cells: Mapping[str, Cell]


POSITION = cells.maybe(cells.number(0, 99_999))  # empty: where it is, a new one last
CALORIES = cells.maybe(cells.number(0, 20_000))
DIET = cells.otherwise(cells.one_of([diet.value for diet in Diet]), Diet.UNKNOWN.value)
AMOUNTS = cells.otherwise(cells.words([amount.value for amount in Amount]), "; ".join(Amount))
YES, NO = cells.otherwise(cells.YES_NO, "yes"), cells.otherwise(cells.YES_NO, "no")
PICTURE = cells.maybe(cells.word(24))


RECORDS: dict[str, Record] = {
    "category": Record(
        ("key",), {"key": cells.key(20), "name": cells.text(40), "tax": cells.word(20), "position": POSITION}
    ),
    "size": Record(
        ("key",),
        {
            "key": cells.word(12),
            "name": cells.text(24),
            "text": cells.blank(60),
            "topping_price": cells.otherwise(cells.PRICE, "0.00"),
            "pieces": cells.otherwise(cells.number(1, 100), "1"),
            "piece": cells.otherwise(cells.text(16), "serving"),
            "portion": cells.otherwise(cells.number(0, 9_999), "1000"),
            "position": POSITION,
        },
    ),
    "crust": Record(
        ("key",),
        {
            "key": cells.word(12),
            "name": cells.text(24),
            "text": cells.blank(60),
            "picture": PICTURE,
            "allergens": cells.ALLERGENS,
            "diet": DIET,
            "position": POSITION,
        },
    ),
    "topping_group": Record(
        ("key",),
        {
            "key": cells.word(12),
            "name": cells.text(40),
            "word": cells.text(40),
            "exclusive": NO,
            "position": POSITION,
        },
    ),
    "topping": Record(
        ("key",),
        {
            "key": cells.word(24),
            "group": cells.word(12),
            "name": cells.text(40),
            "word": cells.text(40),
            "weight": cells.otherwise(cells.number(0, 9_999), "1000"),
            "amounts": AMOUNTS,
            "whole_only": NO,
            "tags": cells.words(),
            "picture": PICTURE,
            "allergens": cells.ALLERGENS,
            "diet": DIET,
            "calories": CALORIES,
            "position": POSITION,
        },
    ),
    "option_group": Record(
        ("key",),
        {
            "key": cells.word(12),
            "name": cells.text(40),
            "if_none": cells.blank(40),
            "least": cells.otherwise(cells.number(0, 20), "0"),
            "most": cells.otherwise(cells.number(1, 20), "1"),
            "position": POSITION,
        },
    ),
    "option": Record(
        ("group", "key"),
        {
            "group": cells.word(12),
            "key": cells.word(24),
            "name": cells.text(40),
            "word": cells.text(40),
            "price": cells.otherwise(cells.PRICE, "0.00"),
            "allergens": cells.ALLERGENS,
            "diet": DIET,
            "calories": CALORIES,
            "position": POSITION,
        },
    ),
    "product": Record(
        ("key",),
        {
            "key": cells.key(40),
            "group": cells.key(20),
            "name": cells.text(60),
            "text": cells.blank(200),
            "picture": PICTURE,
            "tags": cells.words(),
            "places": cells.otherwise(cells.number(0, 20), "0"),
            "allergens": cells.ALLERGENS,
            "diet": DIET,
            "everywhere": YES,
            "first_day": cells.maybe(cells.DAY),
            "last_day": cells.maybe(cells.DAY),
            "opens": cells.maybe(cells.TIME),
            "closes": cells.maybe(cells.TIME),
            "toppings": cells.TOPPINGS,
            "options": cells.OPTIONS,
            "position": POSITION,
        },
    ),
    "variant": Record(
        ("product", "size", "crust"),
        {
            "product": cells.key(40),
            "size": cells.word(12),
            "crust": cells.maybe(cells.word(12)),
            "price": cells.PRICE,
            "calories": CALORIES,
            "default": NO,
            "made": YES,
        },
    ),
    "price": Record(
        ("product", "size", "crust", "from"),
        {
            "product": cells.key(40),
            "size": cells.word(12),
            "crust": cells.maybe(cells.word(12)),
            "from": cells.DAY,
            "price": cells.PRICE,
            "made": YES,
        },
    ),
}
COLUMNS = ("record", *dict.fromkeys(name for record in RECORDS.values() for name in record.cells))
