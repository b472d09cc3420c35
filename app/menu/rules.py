"""What has to hold between the records of a menu, pure: what is named is there, and every pizza can be made."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.errors import Refusal
from app.core.sheets import Fault
from app.menu import pizza
from app.menu.columns import RECORDS
from app.menu.sheet import Row
from app.menu.values import (
    Amount,
    Catalogue,
    Halves,
    Placement,
    Product,
    Topping,
    ToppingGroup,
    Variant,
)
from app.pictures import CRUSTS, FOODS, SAUCES, TOPPINGS

MOST_PER_SIDE = 10
Values = Mapping[str, Any]
# What a record names of others: its column, the other's kind.
NAMES = {
    "topping": (("group", "topping_group"),),
    "option": (("group", "option_group"),),
    "product": (("group", "category"),),
    "variant": (("product", "product"), ("size", "size"), ("crust", "crust")),
}
DRAWN = {"crust": frozenset(CRUSTS), "topping": frozenset((*TOPPINGS, *SAUCES)), "product": frozenset(FOODS)}


@dataclass(slots=True)
class Whole:
    """The menu as it would be: every record by its kind and keys."""

    of: defaultdict[str, dict[tuple[Any, ...], Values]] = field(default_factory=lambda: defaultdict(dict))
    variants: defaultdict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    taxes: set[str] = field(default_factory=set)

    @classmethod
    def made(cls, rows: Iterable[Row], known: Mapping[tuple[Any, ...], Row]) -> "Whole":
        """The menu now, with these records written over it."""
        whole = cls(taxes={row.values["tax"] for row in known.values() if row.record == "category"})
        for identity, row in {**known, **{row.identity: row for row in rows}}.items():
            if row.values.get("made", True):
                whole.of[row.record][identity[1:]] = row.values
        for values in whole.of["variant"].values():
            whole.variants[values["product"]].append(values)
        return whole

    def has(self, record: str, *keys: str) -> bool:
        """Whether there is such a record."""
        return keys in self.of[record]


def faults(rows: Iterable[Row], known: Mapping[tuple[Any, ...], Row]) -> list[Fault]:
    """Everything that would not hold if these whole records were written over the menu as it is known."""
    changed = list(rows)
    whole = Whole.made(changed, known)
    found: list[Fault] = []
    for row in changed:
        lacking = [name for name in RECORDS[row.record].cells if name not in row.values and name != "position"]
        if lacking:
            found += [Fault(row.line, name, f"A new {row.record} needs this column.") for name in lacking]
            continue
        for column, words in _of_record(row, whole):
            found.append(Fault(row.line, column, words))
    # A crust or topping that changed can spoil pizzas that did not.
    said = {row.values.get("product", row.values.get("key")) for row in changed if row.record in {"product", "variant"}}
    if not found:
        found += _presets(changed, whole, {str(slug) for slug in said})
    return sorted(found)


def _of_record(row: Row, whole: Whole) -> Iterator[tuple[str, str]]:
    values = row.values
    for column, record in NAMES.get(row.record, ()):
        if values[column] is not None and not whole.has(record, values[column]):
            yield column, f"There is no {record.replace('_', ' ')} called {values[column]}."
    picture = values.get("picture")
    if picture and picture not in DRAWN[row.record] and not whole.has(row.record, picture):
        yield "picture", f"There is no drawing called {picture}."
    if row.record == "category" and whole.taxes and values["tax"] not in whole.taxes:
        yield "tax", f"The stores know no tax called {values['tax']}, only: {', '.join(sorted(whole.taxes))}."
    elif row.record == "option_group" and values["least"] > values["most"]:
        yield "least", "This may not be more than “most”."
    elif row.record == "product":
        yield from _product(values, whole)
    elif row.record == "variant" and values["made"]:
        yield from _variant(values, whole)
    elif (
        row.record == "price"
        and values["made"]
        and not whole.has("variant", values["product"], values["size"], values["crust"])
    ):
        yield "size", f"{values['product']} is not made in this size and crust."


def _product(values: Values, whole: Whole) -> Iterator[tuple[str, str]]:
    if values["first_day"] and values["last_day"] and values["last_day"] < values["first_day"]:
        yield "last_day", "This is before the first day."
    if (values["opens"] is None) != (values["closes"] is None):
        yield "closes", "Say from when to when, or leave both empty."
    for group, keys in values["options"].items():
        yield from _asked(group, keys, whole)
    if not whole.variants[values["key"]]:
        yield "key", "This is made in no size: it needs a variant."
    elif len({made["crust"] is None for made in whole.variants[values["key"]]}) > 1:
        yield "key", "Either all of its sizes have a crust, as a pizza's, or none of them."
    elif sum(made["default"] for made in whole.variants[values["key"]]) > 1:
        yield "key", "Only one size can be its default."


def _asked(group: str, keys: tuple[str, ...], whole: Whole) -> Iterator[tuple[str, str]]:
    if not whole.has("option_group", group):
        yield "options", f"There is no option group called {group}."
        return
    for key in keys:
        if not whole.has("option", group, key):
            yield "options", f"There is no option called {key} in {group}."
    rule = whole.of["option_group"][group,]
    if keys and not rule["least"] <= len(keys) <= rule["most"]:
        yield "options", f"Of {group} it comes with {len(keys)}, and {rule['least']} to {rule['most']} are allowed."


def _variant(values: Values, whole: Whole) -> Iterator[tuple[str, str]]:
    of_product = whole.variants[values["product"]]
    if len({made["crust"] is None for made in of_product}) > 1:
        yield "crust", "Either all of its sizes have a crust, as a pizza's, or none of them."
    if values["default"] and sum(made["default"] for made in of_product) > 1:
        yield "default", "Another size is its default already."


def _presets(rows: list[Row], whole: Whole, products: set[str]) -> Iterator[Fault]:
    """Whether every pizza that may have changed can still be made as it comes."""
    lines = {str(row.values["key"]): row.line for row in rows if row.record == "product"}
    parts = {row.record for row in rows} & {"topping", "topping_group"}
    kitchen = _kitchen(whole)
    for (slug,), values in whole.of["product"].items():
        if (slug not in products and not parts) or not whole.variants[slug]:
            continue
        crusts = any(made["crust"] is not None for made in whole.variants[slug])
        variants = (Variant(0, "", "any" if crusts else None, 0, default=True),)
        try:
            pizza.check(kitchen, _stub(slug, values, variants), values["toppings"])
        except Refusal as refusal:
            yield Fault(lines.get(slug, 0), "toppings", f"{values['name']}: {refusal.message}")


def _stub(slug: str, values: Values, variants: tuple[Variant, ...]) -> Product:
    preset: tuple[Placement, ...] = values["toppings"]
    return Product(0, slug, values["group"], values["name"], "", None, (), 0, variants, preset, sold_out=False)


def _kitchen(whole: Whole) -> Catalogue:
    """As much of a menu as the rules of a pizza ask for."""
    toppings = {
        key: Topping(
            *(key, values["name"], values["word"], values["group"], values["weight"]),
            tuple(Amount(amount) for amount in values["amounts"]),
            values["whole_only"],
            (),
            sold_out=False,
        )
        for (key,), values in whole.of["topping"].items()
    }
    groups = {
        key: ToppingGroup(key, values["name"], values["word"], values["exclusive"])
        for (key,), values in whole.of["topping_group"].items()
    }
    return Catalogue(0, (0, 0), Halves.SUM, MOST_PER_SIDE, (), {}, toppings, {}, {}, groups)
