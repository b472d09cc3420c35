"""Public verbs of the menu domain: what a store sells, and what a customer's pick of it costs."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, update

from app.core.db import db, insert_new
from app.core.errors import NotFound, Refusal
from app.menu import models, options
from app.menu.catalogue import catalogue, load
from app.menu.catalogue import changed as menus_changed
from app.menu.changes import changes
from app.menu.contents import contents, per_piece
from app.menu.facts import Allergen, Diet, Facts
from app.menu.halves import fill
from app.menu.looks import look, recipe
from app.menu.pizza import canonical, charges_beyond, check, side_words, topping_charge, topping_shares
from app.menu.search import Index, index, search
from app.menu.values import (
    BASE_GROUPS,
    CHEESE,
    SAUCE,
    Amount,
    Catalogue,
    Category,
    Choice,
    Chosen,
    Crust,
    Halves,
    Look,
    Option,
    OptionGroup,
    Placement,
    Product,
    Selection,
    Side,
    Size,
    Topping,
    ToppingGroup,
    Variant,
)
from app.menu.windows import Window

__all__ = [
    "BASE_GROUPS",
    "CHEESE",
    "LONGEST_NOTE",
    "SAUCE",
    "Allergen",
    "Amount",
    "Catalogue",
    "Category",
    "Choice",
    "Chosen",
    "Crust",
    "Diet",
    "Facts",
    "Halves",
    "Index",
    "Look",
    "Option",
    "OptionGroup",
    "Placement",
    "Product",
    "Selection",
    "Side",
    "Size",
    "Topping",
    "ToppingGroup",
    "Variant",
    "Window",
    "bring_back",
    "canonical",
    "catalogue",
    "change",
    "changed",
    "choose",
    "fill",
    "in_size",
    "index",
    "load",
    "look",
    "mend",
    "per_piece",
    "product",
    "recipe",
    "search",
    "sell_out",
    "split",
    "usual",
    "words",
]

LONGEST_NOTE = 80
MOST_REMEMBERED = 5_000


def product(menu: Catalogue, slug: str) -> Product:
    """A product of this menu. Raises NotFound."""
    found = menu.products.get(slug)
    if found is None:
        raise NotFound("That is not on this store's menu.")
    return found


def choose(menu: Catalogue, selection: Selection) -> Choice:
    """What a selection is and costs at this store.

    Raises NotFound for an unknown product, Refusal `sold_out`, `not_served` (at this hour), `not_made` (size and crust
    do not go together), `size_sold_out`, `crust_sold_out`, `note_too_long`, and what `pizza.check` raises about
    toppings and `options.check` about options. A menu remembers what was chosen from it: carts are looked at more often
    than they are changed.
    """
    known = menu.chosen.get(selection)
    if known is None:
        known = _choose(menu, selection)
        if len(menu.chosen) < MOST_REMEMBERED and not selection.note:  # what people write is kept nowhere else
            menu.chosen[selection] = known
    return known


def _choose(menu: Catalogue, selection: Selection) -> Choice:
    item = product(menu, selection.product)
    variant = _variant(menu, item, selection)
    _check_offered(menu, item, variant)
    placements = canonical(menu, item.preset if selection.placements is None else selection.placements)
    check(menu, item, placements)
    chosen = options.canonical(menu, item, selection.options)
    options.check(menu, item, chosen)
    if len(selection.note) > LONGEST_NOTE:
        raise Refusal("note_too_long", f"Please keep the note within {LONGEST_NOTE} letters.", field="note")
    crust = variant.crust
    toppings = topping_charge(menu, variant.size, item.preset, placements)
    whole = Selection(item.slug, variant.size, crust, placements if crust else None, chosen, selection.note)
    seen = look(menu, whole)
    return Choice(
        *(seen.name, seen.base, seen.sides, seen.picture, seen.pizza, seen.note, seen.asks),
        selection=whole,
        product_id=item.id,
        variant_id=variant.id,
        unit_cents=variant.price_cents + toppings + options.charge(menu, chosen),
        tax_code=menu.tax_code(item),
        places=item.places,
        changes=changes(menu, canonical(menu, item.preset), placements),
        facts=contents(menu, item, variant, placements, chosen),
        category=item.category,
        specialty=item.specialty,
        beyond_cents=charges_beyond(menu, variant.size, item.preset, placements) if crust else (),
    )


def split(menu: Catalogue, choice: Choice) -> list[tuple[str, int]]:
    """What one unit of a choice of this very menu costs, in parts by their words: cents that sum to `unit_cents`.

    Size and crust first, then each topping on the half that it lies on, then options; what costs nothing is left out.
    """
    item, chosen = product(menu, choice.selection.product), choice.selection
    size, crust = chosen.size or item.default.size, chosen.crust
    base = [menu.sizes[size].name, *([f"{menu.crusts[crust].name} crust"] if crust else [])]
    toppings = topping_shares(menu, size, item.preset, chosen.placements or ())
    extras = [(each.name, each.price_cents) for each in options.options(menu, chosen.options or ()) if each.price_cents]
    listed = choice.unit_cents - sum(cents for _, cents in (*toppings, *extras))
    return [(", ".join(base), listed), *toppings, *extras]


def _variant(menu: Catalogue, item: Product, selection: Selection) -> Variant:
    default = item.default
    size, crust = selection.size or default.size, selection.crust or default.crust
    variant = item.variant(size, crust)
    if variant is None:
        words = [menu.crusts[crust].name.lower()] if crust and crust in menu.crusts else []
        words += [menu.sizes[size].name] if size in menu.sizes else []
        raise Refusal("not_made", f"{item.name} is not made {' in '.join(words) or 'that way'} here.", field="crust")
    return variant


def _check_offered(menu: Catalogue, item: Product, variant: Variant) -> None:
    if item.sold_out:
        raise Refusal("sold_out", f"This store is sold out of {item.name} today.", field="product")
    if not item.served:
        raise Refusal("not_served", f"{item.name} is served {item.window.words} at this store.", field="product")
    size, crust = menu.sizes[variant.size], menu.crusts.get(variant.crust or "")
    if size.sold_out:
        raise Refusal("size_sold_out", f"This store is sold out of {item.name} in {size.name} today.", field="size")
    if crust and crust.sold_out:
        raise Refusal("crust_sold_out", f"This store is sold out of {crust.name.lower()} crust today.", field="crust")


def words(menu: Catalogue, placements: Iterable[Placement]) -> tuple[tuple[Side, str], ...]:
    """The toppings in words by side: left, right, all over."""
    return side_words(menu.toppings, placements)


def in_size(item: Product, size: str | None) -> Variant:
    """What one tap on Add orders for somebody whose last pizza had this size: that size, where a pizza has it."""
    usual = item.default
    wanted = item.variant(size, usual.crust) if item.pizza else None
    return wanted if wanted is not None and not wanted.sold_out else usual


def usual(menu: Catalogue, item: Product) -> Facts:
    """What a product holds as it comes: in its usual size, with what lies on it and beside it unless changed."""
    return contents(menu, item, item.default, item.preset, item.comes_with)


def changed(menu: Catalogue, item: Product, placements: Iterable[Placement]) -> tuple[str, ...]:
    """What is unlike a product's preset, in words: `no red onion`, `plus crispy bacon`."""
    return changes(menu, canonical(menu, item.preset), canonical(menu, placements))


def mend(menu: Catalogue, selection: Selection) -> tuple[Selection, tuple[str, ...]]:
    """The nearest selection whose size and crust go together, and a sentence for each thing that had to change."""
    item = product(menu, selection.product)
    size, crust = selection.size or item.default.size, selection.crust or item.default.crust
    if item.variant(size, crust) is not None:
        return replace(selection, size=size, crust=crust), ()
    other = next((v for v in item.variants if v.size == size), item.default)
    note = f"{_crust_word(menu, crust)} crust is not made in this size, so we picked {_crust_word(menu, other.crust)}."
    return replace(selection, size=other.size, crust=other.crust), (note,)


def _crust_word(menu: Catalogue, crust: str | None) -> str:
    return menu.crusts[crust].name if crust is not None and crust in menu.crusts else "that"


def sell_out(store_id: int, kind: str, key: str, until: datetime | None = None) -> None:
    """Take something off a store's menu until then, in the open unit of work: of the kinds that `SoldOut` has."""
    bring_back(store_id, kind, key)
    insert_new(models.SoldOut, store_id=store_id, kind=kind, key=key, until=until)  # two hands at once are one


def bring_back(store_id: int, kind: str, key: str) -> None:
    """Put something back on a store's menu, in the open unit of work."""
    row = models.SoldOut
    db.session.execute(delete(row).where(row.store_id == store_id, row.kind == kind, row.key == key))
    change(store_id)


def change(store_id: int) -> None:
    """Raise the version of a store's menu, in the open unit of work: with every change of what is on it."""
    edition = models.StoreMenu
    db.session.execute(update(edition).where(edition.store_id == store_id).values(version=edition.version + 1))
    menus_changed()
