"""What the JSON of promotions asks for, read by hand: a code, and a cart that need not exist."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.errors import NotFound, Refusal
from app.menu.service import Amount, Catalogue, Placement, Selection, Side
from app.orders.values import Place
from app.stores import service as stores
from app.stores.service import Method

MOST_TYPED, LONGEST_ID = 200, 9
MOST_TOPPINGS, MOST_ITEMS = 60, 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A code, what it is tried on, and where that goes."""

    code: str
    items: tuple[Mapping[str, Any], ...]
    place: Place | None


def read(body: Any) -> Asked:
    """The request of a validation. Raises Refusal `invalid`, its field naming what is wrong."""
    given = _mapping(body, "body")
    cart = _mapping(given.get("cart") or {}, "cart")
    items = cart.get("items") or []
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise _invalid("cart.items", f"A list of up to {MOST_ITEMS} items is needed.")
    store, method = cart.get("storeId"), cart.get("method", Method.CARRYOUT.value)
    return Asked(
        code=_text(given.get("code"), "code"),
        items=tuple(_mapping(item, f"cart.items.{n}") for n, item in enumerate(items)),
        place=place(store, method, cart.get("zipCode")) if store is not None else None,
    )


def place(
    store: Any, method: Any, zip_code: Any = None, *, fields: tuple[str, str] = ("cart.storeId", "cart.method")
) -> Place:
    """A store and a way, as a query or a body says them in these fields. Raises Refusal `invalid`."""
    known = str(store)
    if not (known.isascii() and known.isdigit() and len(known) <= LONGEST_ID):
        raise _invalid(fields[0], "There is no such store.")
    try:
        found = stores.store(int(known))
    except NotFound as gone:
        raise _invalid(fields[0], "There is no such store.") from gone
    if method not in list(Method):
        raise _invalid(fields[1], "It is delivery or carryout.")
    return Place(Method(method), found.id, zip=zip_code[:5] if isinstance(zip_code, str) else "")


def selection(menu: Catalogue, item: Mapping[str, Any], where: str) -> tuple[Selection, int]:
    """An item as the menu knows it, and how many. Raises Refusal `invalid`."""
    wanted = str(item.get("productId"))
    product = menu.products.get(wanted) or next((p for p in menu.products.values() if str(p.id) == wanted), None)
    if product is None:
        raise _invalid(f"{where}.productId", "There is no such product.")
    variant = next((v for v in product.variants if str(v.id) == str(item.get("variantId"))), None)
    if variant is None and item.get("variantId") is not None:
        raise _invalid(f"{where}.variantId", "It does not come that way.")
    quantity = item.get("quantity", 1)
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 1 <= quantity <= menu.most_of_a_line:
        raise _invalid(f"{where}.quantity", f"It is 1 to {menu.most_of_a_line}.")
    size, crust = (variant.size, variant.crust) if variant else (None, None)
    return Selection(product.slug, size, crust, _toppings(item.get("toppings"), where)), quantity


def _toppings(given: Any, where: str) -> tuple[Placement, ...] | None:
    if given is None:
        return None
    if not isinstance(given, list) or len(given) > MOST_TOPPINGS:
        raise _invalid(f"{where}.toppings", f"A list of up to {MOST_TOPPINGS} toppings is needed.")
    return tuple(
        _topping(_mapping(each, f"{where}.toppings.{n}"), f"{where}.toppings.{n}") for n, each in enumerate(given)
    )


def _topping(given: Mapping[str, Any], where: str) -> Placement:
    side, amount = given.get("side", Side.WHOLE.value), given.get("amount", Amount.NORMAL.value)
    if side not in list(Side) or amount not in list(Amount):
        raise _invalid(where, "A topping lies left, right or whole, in an amount that we have.")
    return Placement(_text(given.get("toppingId"), f"{where}.toppingId"), Side(side), Amount(amount))


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _invalid(field, "This is needed, as text.")
    return value[:MOST_TYPED]


def _mapping(value: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _invalid(field, "This must be an object.")
    return value


def _invalid(field: str, message: str) -> Refusal:
    return Refusal("invalid", message, field=field)
