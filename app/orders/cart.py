"""Verbs of a cart: a draft order that lives in the database and is never emptied by itself."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select

from app.core.db import db, insert_new
from app.core.errors import NotFound, Refusal
from app.core.glancing import glances
from app.menu import service as menu
from app.menu.service import Catalogue, Placement, Selection, Side
from app.menu.values import Amount, Chosen
from app.orders.heads import head, held_here, hold, make, opened
from app.orders.lines import view_lines
from app.orders.models import CartLine, Order, OrderUnit
from app.orders.offers import Basket, as_shown, discounts, priced, reckon, wish_of
from app.orders.values import CartView, LineView, Place
from app.stores import service as stores
from app.stores.service import Ask, Method

__all__ = [
    "add",
    "again",
    "ask",
    "basket_of",
    "catalogue_of",
    "change",
    "create",
    "go_to",
    "head",
    "kept_lines",
    "line_selection",
    "menu_store",
    "opened",
    "packed",
    "place_of",
    "promise_of",
    "replace",
    "restore",
    "unpacked",
    "view",
]

_lines = CartLine.__table__.c
LINES = (
    select(_lines.id, _lines.quantity, _lines.selection)
    .where(_lines.cart_id == bindparam("cart"), _lines.removed.is_(False))
    .order_by(_lines.id)
)


def create(codes: Sequence[str] = (), user_id: int | None = None, guest: str | None = None) -> int:
    """A new empty cart, in the open unit of work, with the codes of links on it; a customer's own, that of a guest for
    whom a program fills it, or nobody's yet.
    """
    return make(codes=" ".join(codes), user_id=user_id, guest=guest)


def add(
    cart_id: int,
    selection: Selection,
    quantity: int = 1,
    idem: str | None = None,
    *,
    of: tuple[int, int] | tuple[None, None] = (None, None),
) -> LineView:
    """Put some of one thing into a cart; the same `idem` twice adds once. `of` says of which deal and place it is.

    Raises what `menu.choose` raises, Refusal `too_many` past the limits, NotFound for a cart that is not open.
    """
    before = _added_before(cart_id, idem)
    held = held_here(cart_id) if before else hold(cart_id)
    catalogue = catalogue_of(held.row if held else opened(cart_id))
    choice = menu.choose(catalogue, selection)
    if held and not before:
        _check_quantity(catalogue, quantity, held.count)
        line = {"cart_id": cart_id, "quantity": quantity, "selection": packed(choice.selection), "idem": idem}
        if insert_new(CartLine, deal_id=of[0], slot=of[1], **line):
            held.count += quantity
    return LineView(0, quantity, choice.selection, choice)


def _added_before(cart_id: int, idem: str | None) -> bool:
    if idem is None:
        return False
    found = select(CartLine.id).where(CartLine.cart_id == cart_id, CartLine.idem == idem)
    return db.session.scalar(found) is not None


def change(cart_id: int, line_id: int, quantity: int) -> str:
    """Set how many of a line there are, and give its name; none takes it out, until `restore` brings it back.

    Raises Refusal `too_many`, NotFound.
    """
    held, line = hold(cart_id), _line(cart_id, line_id)
    held.count -= line.quantity
    if quantity:
        _check_quantity(catalogue_of(held.row), quantity, held.count)
        line.quantity = quantity
        held.count += quantity
    else:
        line.removed = True
    return _name(cart_id, line)


def replace(cart_id: int, line_id: int, selection: Selection, quantity: int) -> LineView:
    """Make a line something else. Raises what `add` raises."""
    held, line = hold(cart_id), _line(cart_id, line_id)
    catalogue = catalogue_of(held.row)
    choice = menu.choose(catalogue, selection)
    held.count -= line.quantity
    _check_quantity(catalogue, quantity, held.count)
    line.selection, line.quantity = packed(choice.selection), quantity
    held.count += quantity
    return LineView(line.id, quantity, choice.selection, choice)


def restore(cart_id: int, line_id: int) -> str:
    """Bring a removed line back, and give its name. Raises NotFound."""
    held, line = hold(cart_id), _line(cart_id, line_id, removed=True)
    _check_quantity(catalogue_of(held.row), line.quantity, held.count)
    line.removed = False
    held.count += line.quantity
    return _name(cart_id, line)


def _name(cart_id: int, line: CartLine) -> str:
    return view_lines(catalogue_of(opened(cart_id)), [(line.id, line.quantity, unpacked(line.selection))])[0].name


def go_to(cart_id: int, place: Place) -> None:
    """Say where and when the food goes. The store is one that `stores.accepts` has answered for."""
    to = {"street": place.street, "unit": place.unit, "city": place.city, "zip": place.zip}
    hold(cart_id, method=place.method.value, store_id=place.store_id, wanted_at=place.wanted_at, **to)


def again(order_id: int, user_id: int | None = None) -> int:
    """A new cart with what an order held, going to the same place as soon as possible; whose, as for `create`.

    Raises NotFound.
    """
    order = db.session.get(Order, order_id)
    if order is None:
        raise NotFound("We could not find that order.")
    made = create(user_id=user_id)
    units = select(OrderUnit.line, OrderUnit.selection).where(OrderUnit.order_id == order_id).order_by(OrderUnit.id)
    for _, same in groupby(db.session.execute(units), key=lambda unit: unit.line):
        kept = [unit.selection for unit in same]
        db.session.add(CartLine(cart_id=made, quantity=len(kept), selection=kept[0]))
    db.session.flush()
    place = Place(Method(order.method), order.store_id, order.street, order.unit, order.city, order.zip)
    go_to(made, place)
    return made


def line_selection(cart_id: int, line_id: int) -> tuple[Selection, int]:
    """What a line is and how many, to edit it. Raises NotFound."""
    line = _line(cart_id, line_id)
    return unpacked(line.selection), line.quantity


def view(
    cart_id: int, *, tip_cents: int = 0, identities: Collection[str] = (), shown_cents: int | None = None
) -> CartView:
    """A cart with its prices and its promise, for whoever is known by these identities. Raises NotFound.

    A total that was shown, with its tip, stays for as long as it is good.
    """
    cart = opened(cart_id)
    basket, refusal = basket_of(cart, identities)
    deals = reckon(basket)
    quote = priced(basket, deals.offer, tip_cents)
    if shown_cents not in {None, quote.total_cents}:
        deals, quote = as_shown(basket, tip_cents, shown_cents) or (deals, quote)
    return CartView(
        id=cart.id,
        version=cart.version,
        lines=basket.lines,
        place=basket.place,
        menu_store_id=menu_store(cart.store_id),
        quote=quote,
        discounts=discounts(deals.offer),
        deals=deals,
        pinned=cart.pinned_code,
        promise=basket.promise,
        refusal=refusal,
    )


def basket_of(cart: Any, identities: Collection[str] = ()) -> tuple[Basket, Refusal | None]:
    """What an open cart's price is worked out from, and what stands against its promise."""
    lines = view_lines(catalogue_of(cart), kept_lines(cart.id))
    place = place_of(cart)
    promise, refusal = promise_of(place, lines)
    taxes = stores.store(place.store_id).taxes if place else {}
    return Basket(lines, place, promise, taxes, wish_of(cart), identities), refusal


def kept_lines(cart_id: int) -> list[tuple[int, int, Selection]]:
    """A cart's lines as they were put in: number, how many, and what."""
    return [(row.id, row.quantity, unpacked(row.selection)) for row in glances(LINES, {"cart": cart_id})]


def promise_of(place: Place | None, lines: tuple[LineView, ...]) -> tuple[stores.Promise | None, Refusal | None]:
    """The promise for these lines, or what stands against it; neither while no place is known.

    A page keeps it for a while, and it holds on to nothing of the request in which it came up.
    """
    if place is None:
        return None, None
    try:
        return stores.accepts(ask(place, lines)), None
    except Refusal as refusal:
        return None, refusal.with_traceback(None)


def ask(place: Place, lines: tuple[LineView, ...]) -> Ask:
    """What a promise for these lines is asked for."""
    places = sum(line.choice.places * line.quantity for line in lines if line.choice)
    return Ask(place.store_id, place.method, place.zip or None, place.wanted_at, places, place.street, place.city)


def place_of(cart: Any) -> Place | None:
    """Where a cart goes, once that is known."""
    if cart.method is None or cart.store_id is None:
        return None
    return Place(Method(cart.method), cart.store_id, cart.street, cart.unit, cart.city, cart.zip, cart.wanted_at)


def menu_store(store_id: int | None) -> int:
    """The store whose menu is shown: the chosen one, else the chain's first."""
    return store_id if store_id is not None else stores.first()


def catalogue_of(cart: Any) -> Catalogue:
    """The menu that a cart is priced by."""
    return menu.catalogue(menu_store(cart.store_id))


def _line(cart_id: int, line_id: int, *, removed: bool = False) -> CartLine:
    opened(cart_id)
    line = db.session.get(CartLine, line_id)
    if line is None or line.cart_id != cart_id or line.removed is not removed:
        raise NotFound("That item is not in your order any more.", code="line_gone")
    return line


def _check_quantity(catalogue: Catalogue, quantity: int, others: int) -> None:
    if not 1 <= quantity <= catalogue.most_of_a_line:
        raise Refusal("too_many", f"Please choose between 1 and {catalogue.most_of_a_line}.", field="quantity")
    if others + quantity > catalogue.most_units:
        message = f"One order holds up to {catalogue.most_units} items. Call the store for a larger one."
        raise Refusal("too_many", message, field="quantity")


def packed(selection: Selection) -> dict[str, Any]:
    """A selection as it is kept in the database."""
    placements, options = selection.placements, selection.options
    return {
        "product": selection.product,
        "size": selection.size,
        "crust": selection.crust,
        "placements": None if placements is None else [[p.topping, p.side, p.amount] for p in placements],
        "options": None if options is None else [[one.group, one.option] for one in options],
        "note": selection.note,
    }


def unpacked(kept: dict[str, Any]) -> Selection:
    """A selection as it came from the database."""
    placements = kept["placements"]
    chosen = None if placements is None else tuple(Placement(t, Side(s), Amount(a)) for t, s, a in placements)
    options = kept.get("options")  # orders of long ago had none
    picked = None if options is None else tuple(Chosen(group, option) for group, option in options)
    return Selection(kept["product"], kept["size"], kept["crust"], chosen, picked, kept.get("note", ""))
