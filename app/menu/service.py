"""Public verbs of the menu domain: what a store sells, and what a customer's pick of it costs."""

from collections.abc import Iterable

from app.core.errors import NotFound, Refusal
from app.menu.catalogue import catalogue, load
from app.menu.pizza import base_words, canonical, charges_beyond, check, side_words, topping_charge
from app.menu.stock import bring_back, sell_out
from app.menu.values import (
    CHEESE,
    EXCLUSIVE_GROUPS,
    SAUCE,
    Amount,
    Catalogue,
    Category,
    Choice,
    Crust,
    Halves,
    Placement,
    Product,
    Selection,
    Side,
    Size,
    Topping,
    Variant,
)
from app.pictures import Recipe

__all__ = [
    "CHEESE",
    "EXCLUSIVE_GROUPS",
    "SAUCE",
    "Amount",
    "Catalogue",
    "Category",
    "Choice",
    "Crust",
    "Halves",
    "Placement",
    "Product",
    "Selection",
    "Side",
    "Size",
    "Topping",
    "Variant",
    "bring_back",
    "canonical",
    "catalogue",
    "choose",
    "load",
    "mend",
    "product",
    "recipe",
    "sell_out",
    "words",
]


def product(menu: Catalogue, slug: str) -> Product:
    """A product of this menu. Raises NotFound."""
    found = menu.products.get(slug)
    if found is None:
        raise NotFound("That is not on this store's menu.")
    return found


def choose(menu: Catalogue, selection: Selection) -> Choice:
    """What a selection is and costs at this store.

    Raises NotFound for an unknown product, Refusal `sold_out`, `not_made` (size and crust do not go together), and
    what `pizza.check` raises about toppings.
    """
    item = product(menu, selection.product)
    if item.sold_out:
        raise Refusal("sold_out", f"{item.name} is sold out today at this store.", field="product")
    variant = _variant(menu, item, selection)
    placements = canonical(menu, item.preset if selection.placements is None else selection.placements)
    check(menu, item, placements)
    crust = variant.crust
    changed = placements != canonical(menu, item.preset)
    return Choice(
        selection=Selection(item.slug, variant.size, crust, placements if crust else None),
        product_id=item.id,
        variant_id=variant.id,
        name=f"{menu.sizes[variant.size].name} {item.name}" if crust else _item_name(menu, item, variant),
        base=base_words(menu, crust, placements) if crust else "",
        sides=side_words(menu.toppings, placements) if changed else (),
        picture=recipe(menu, crust, placements).code() if crust else item.picture or "",
        pizza=crust is not None,
        unit_cents=variant.price_cents + topping_charge(menu, variant.size, item.preset, placements),
        tax_code=menu.tax_code(item),
        places=item.places,
        category=item.category,
        specialty=item.specialty,
        beyond_cents=charges_beyond(menu, variant.size, item.preset, placements),
    )


def _variant(menu: Catalogue, item: Product, selection: Selection) -> Variant:
    default = item.default
    size, crust = selection.size or default.size, selection.crust or default.crust
    variant = item.variant(size, crust)
    if variant is None:
        words = [menu.crusts[crust].name.lower()] if crust and crust in menu.crusts else []
        words += [menu.sizes[size].name] if size in menu.sizes else []
        raise Refusal("not_made", f"{item.name} is not made {' in '.join(words) or 'that way'} here.", field="crust")
    return variant


def _item_name(menu: Catalogue, item: Product, variant: Variant) -> str:
    return item.name if len(item.variants) == 1 else f"{item.name}, {menu.sizes[variant.size].name}"


def recipe(menu: Catalogue, crust: str, placements: Iterable[Placement]) -> Recipe:
    """What the picture of a pizza is drawn from."""
    sauce, cheese, toppings = "none", "none", []
    for placement in placements:
        group = menu.toppings[placement.topping].group
        if group == SAUCE:
            sauce = placement.topping
        elif group == CHEESE:
            cheese = placement.amount.value
        else:
            toppings.append((placement.topping, placement.side.value, placement.amount.value))
    return Recipe(crust=crust, sauce=sauce, cheese=cheese, toppings=tuple(toppings))


def words(menu: Catalogue, placements: Iterable[Placement]) -> tuple[tuple[Side, str], ...]:
    """The toppings in words by side: left, right, all over."""
    return side_words(menu.toppings, placements)


def mend(menu: Catalogue, selection: Selection) -> tuple[Selection, tuple[str, ...]]:
    """The nearest selection whose size and crust go together, and a sentence for each thing that had to change."""
    item = product(menu, selection.product)
    size, crust = selection.size or item.default.size, selection.crust or item.default.crust
    if item.variant(size, crust) is not None:
        return Selection(item.slug, size, crust, selection.placements), ()
    other = next((v for v in item.variants if v.size == size), item.default)
    note = f"{_crust_word(menu, crust)} crust is not made in this size, so we picked {_crust_word(menu, other.crust)}."
    return Selection(item.slug, other.size, other.crust, selection.placements), (note,)


def _crust_word(menu: Catalogue, crust: str | None) -> str:
    return menu.crusts[crust].name if crust is not None and crust in menu.crusts else "that"
