"""A pick of the menu as the API is told it: a product, and how it is wanted."""

from typing import Annotated

from pydantic import Field, StringConstraints

from app.core.errors import Refusal
from app.menu import service as menu
from app.menu.service import Amount, Catalogue, Chosen, Placement, Selection, Side
from app.menu.values import Product as Item
from blueprints.api.menu import Amounts, Sides
from blueprints.api.shape import Asked, Id, words
from blueprints.forms import in_one_line

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
MOST_TOPPINGS, MOST_CHOSEN = 60, 20


class PlacedTopping(Asked):
    """A topping that is asked for."""

    topping_id: Key
    side: Sides = Sides.WHOLE
    amount: Amounts = Amounts.NORMAL


class Pick(Asked):
    """A product and how it is wanted. Without a variant it comes as usual, without toppings with its own."""

    product_id: Key
    variant_id: Id | None = None
    toppings: list[PlacedTopping] | None = Field(None, max_length=MOST_TOPPINGS)
    instructions: dict[Key, Key | Annotated[list[Key], Field(max_length=MOST_CHOSEN)]] | None = Field(
        None, max_length=MOST_CHOSEN
    )
    note: words(menu.LONGEST_NOTE) = ""  # type: ignore[valid-type]  # text of so many letters
    quantity: int = Field(1, ge=1, le=50, strict=True)


def selection(offered: Catalogue, pick: Pick, where: str = "") -> tuple[Selection, int]:
    """A pick as the menu knows it, and how many. Raises Refusal `invalid` about its field."""
    product = _product(offered, pick.product_id)
    if product is None:
        raise _wrong(f"{where}productId", "There is no such product.")
    variant = next((one for one in product.variants if str(one.id) == pick.variant_id), None)
    if variant is None and pick.variant_id is not None:
        raise _wrong(f"{where}variantId", "It does not come that way.")
    if pick.quantity > offered.most_of_a_line:
        raise _wrong(f"{where}quantity", f"It is 1 to {offered.most_of_a_line}.")
    size, crust = (variant.size, variant.crust) if variant else (None, None)
    laid = None if pick.toppings is None else tuple(_placement(each) for each in pick.toppings)
    note = in_one_line(pick.note)
    return Selection(product.slug, size, crust, laid, _chosen(pick, product), note), pick.quantity


def _product(offered: Catalogue, wanted: str) -> Item | None:
    by_number = (item for item in offered.products.values() if str(item.id) == wanted)
    return offered.products.get(wanted) or next(by_number, None)


def _placement(each: PlacedTopping) -> Placement:
    return Placement(each.topping_id, Side(each.side.value), Amount(each.amount.value))


def _chosen(pick: Pick, product: Item) -> tuple[Chosen, ...] | None:
    """What was said of the product's options; of what nothing was said, it is as it comes."""
    if pick.instructions is None:
        return None
    said = {group: [keys] if isinstance(keys, str) else keys for group, keys in pick.instructions.items()}
    usual = [one for one in product.comes_with if one.group not in said]
    return (*usual, *(Chosen(group, key) for group, keys in said.items() for key in keys))


def _wrong(field: str, message: str) -> Refusal:
    return Refusal("invalid", message, field=field)
