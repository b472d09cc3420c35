"""Placing an order: steps 2 to 5 of the checkout (docs/flow.md); the caller has claimed the key."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update

from app.core import clock
from app.core.db import db, sent, sent_many, sent_one
from app.core.errors import Conflict, Refusal
from app.core.money import format_cents
from app.menu import service as menu
from app.menu.service import Catalogue
from app.orders import status
from app.orders.cart import ask, kept_lines, packed, place_of
from app.orders.keys import name_key
from app.orders.lines import units, view_lines
from app.orders.models import Cart, Order, OrderUnit
from app.orders.offers import Basket, as_shown, frozen, priced, reckon_anew, wish_of
from app.orders.pricing import Quote
from app.orders.status import OrderStatus
from app.orders.values import LineView, Place, Placing
from app.promotions import service as promotions
from app.promotions.service import Offer, Reckoning
from app.stores import service as stores
from app.stores.service import Method, Promise

_orders = cast("Table", Order.__table__)
INSERT = insert(_orders).returning(_orders.c.id)
INSERT_UNITS = insert(cast("Table", OrderUnit.__table__))
_carts = cast("Table", Cart.__table__)
CLOSE = (
    update(_carts)
    .where(_carts.c.id == bindparam("cart"), _carts.c.status == "open", _carts.c.version == bindparam("seen"))
    .values(status="ordered", version=_carts.c.version + 1)
    .returning(*_carts.c)
)
Parts = list[list[tuple[str, int]]]  # of each line what one unit costs: words, cents
LATER = timedelta(minutes=30)  # past what was shown: a customer who reads slowly is not asked again


@dataclass(frozen=True, slots=True)
class Scarce:
    """What an order needs of what others want at the same moment."""

    promise: Promise
    deals: Reckoning
    identities: Collection[str]


@dataclass(frozen=True, slots=True)
class Placed:
    """The order of a cart, and what it still has to take; nothing when the cart had been ordered before."""

    order_id: int
    store_id: int
    total_cents: int
    needs: Scarce | None = None

    @property
    def new(self) -> bool:
        """Whether the order was written just now."""
        return self.needs is not None


def place(placing: Placing) -> Placed:
    """Turn a cart into an order that waits for its payment, in the open unit of work, which has to `take` its needs.

    Raises Conflict `cart_changed`, `price_changed` (`extra` holds the new quote), `promise_moved`, `line_problem`, what
    `stores.accepts` raises; Refusal `no_place`, `street_missing`, `empty_cart`, `below_minimum`.
    """
    cart = _close(placing)
    if cart is None:
        return _earlier(placing)
    place_to = _place_to(cart, placing)
    catalogue = menu.load(place_to.store_id)
    lines = _fresh_lines(cart, catalogue)
    promise = stores.accepts(ask(place_to, lines))
    _check_time(placing, promise)
    taxes = stores.store(place_to.store_id).taxes
    basket = Basket(lines, place_to, promise, taxes, wish_of(cart), identities(placing))
    deals, quote = _priced(basket, promise, placing)
    order_id = _insert(placing, place_to, promise, quote, deals.offer)
    _insert_units(order_id, lines, quote, deals.offer, _parts(lines, catalogue))
    status.record(order_id, 0, OrderStatus.PENDING_PAYMENT, by="customer")
    return Placed(order_id, place_to.store_id, quote.total_cents, Scarce(promise, deals, basket.identities))


def take(placed: Placed) -> None:
    """Take the oven places and the uses of deals that a new order needs, as the last deed of its unit of work.

    Everybody wants the same rows: so nobody waits for them longer than our commit takes.

    Raises what `stores.book` raises, Conflict `deal_used_up`.
    """
    if placed.needs is not None:
        deals = placed.needs.deals
        stores.book(placed.needs.promise)
        promotions.reserve(deals.offer, placed.order_id, placed.needs.identities, deals.code_ids)


def _place_to(cart: Cart, placing: Placing) -> Place:
    """Where it goes: the cart's place, at the door that the checkout names, since fee and drive depend on it."""
    place_to = place_of(cart)
    if place_to is None:
        raise Refusal("no_place", "Tell us where the food goes first.", action="choose_place")
    street, unit = placing.street or place_to.street, placing.unit or place_to.unit
    if place_to.method is Method.DELIVERY and not street:
        raise Refusal("street_missing", "Enter the street and house number.", field="street")
    return replace(place_to, street=street, unit=unit)


def identities(placing: Placing) -> tuple[str, ...]:
    """Whose uses of deals count for an order: its customer's, by account, mailbox and phone."""
    return promotions.identities(account=placing.account, email=placing.contact.email, phone=placing.contact.phone)


def _close(placing: Placing) -> Any:
    """The cart's row as it was left, if it still stood as it was seen."""
    return sent_one(CLOSE, {"cart": placing.cart_id, "seen": placing.cart_version})


def _earlier(placing: Placing) -> Placed:
    order = db.session.scalar(select(Order).where(Order.cart_id == placing.cart_id))
    if order is None:
        raise Conflict("cart_changed", "Your order changed in another window. Please check it again.", action="reprice")
    return Placed(order.id, order.store_id, order.total_cents)


def _fresh_lines(cart: Cart, catalogue: Catalogue) -> tuple[LineView, ...]:
    lines = view_lines(catalogue, kept_lines(cart.id))
    if not lines:
        raise Refusal("empty_cart", "There is nothing in your order yet.")
    problem = next((line.problem for line in lines if line.problem), None)
    if problem is not None:
        raise Conflict("line_problem", f"{problem.message} Change or remove it; we kept the rest.", action="mend_cart")
    return lines


def _priced(basket: Basket, promise: Promise, placing: Placing) -> tuple[Reckoning, Quote]:
    """The price of this moment; or the one that the customer saw, where only a deal's last minutes lie between."""
    deals = reckon_anew(basket)
    quote = priced(basket, deals.offer, placing.tip_cents)
    if quote.total_cents != placing.expected_total_cents:
        shown = as_shown(basket, placing.tip_cents, placing.expected_total_cents)
        deals, quote = shown or (deals, quote)
    _check_price(placing, promise, quote)
    return deals, quote


def _check_time(placing: Placing, promise: Promise) -> None:
    """What was to come soon is not put off to a much later time, or to tomorrow, without a word."""
    if placing.promised_to is None or not promise.asap or promise.ready_from <= placing.promised_to + LATER:
        return
    when = clock.coming_in_words(promise.ready_from, promise.ready_to, stores.store(promise.store_id).zone)
    message = f"It would be later than this page said: {when}. Please check the time and press the button again."
    raise Conflict("promise_moved", message, action="choose_time")


def _check_price(placing: Placing, promise: Promise, quote: Quote) -> None:
    if quote.food_cents < promise.minimum_cents:
        missing = format_cents(promise.minimum_cents - quote.food_cents)
        message = f"Delivery starts at {format_cents(promise.minimum_cents)} of food. {missing} are missing."
        raise Refusal("below_minimum", message, action="mend_cart")
    if quote.total_cents != placing.expected_total_cents:
        old, new = format_cents(placing.expected_total_cents), format_cents(quote.total_cents)
        message = f"The price changed from {old} to {new} while you ordered. Nothing was charged."
        raise Conflict("price_changed", message, action="reprice", extra={"quote": quote})


def _insert(placing: Placing, place_to: Place, promise: Promise, quote: Quote, offer: Offer) -> int:
    row = {
        "cart_id": placing.cart_id,
        "store_id": place_to.store_id,
        "status": OrderStatus.PENDING_PAYMENT,
        "account_id": placing.account,
        "method": place_to.method.value,
        "name": placing.contact.name,
        "name_key": name_key(placing.contact.name),
        "phone": placing.contact.phone,
        "email": placing.contact.email,
        "email_key": promotions.email_identity(placing.contact.email) if placing.contact.email else "",
        "street": place_to.street,
        "unit": place_to.unit,
        "city": place_to.city,
        "zip": place_to.zip,
        "note": placing.note,
        "slot_at": promise.slot_at,
        "places": promise.places,
        "promised_from": promise.ready_from,
        "promised_to": promise.ready_to,
        "asap": promise.asap,
        "items_cents": quote.items_cents,
        "discount_cents": quote.discount_cents,
        "fee_cents": quote.fee_cents,
        "fee_tax_cents": quote.fee_tax_cents,
        "tax_cents": quote.tax_cents,
        "tip_cents": quote.tip_cents,
        "total_cents": quote.total_cents,
        "deals": frozen(offer),
        "created_at": clock.now(),
    }
    order_id: int = sent(INSERT, row)[0].id
    return order_id


def _parts(lines: tuple[LineView, ...], catalogue: Catalogue) -> Parts:
    """What one unit of each line costs, in parts."""
    return [menu.split(catalogue, line.choice) for line in lines if line.choice]


def _insert_units(order_id: int, lines: tuple[LineView, ...], quote: Quote, offer: Offer, parts: Parts) -> None:
    rows = [
        {
            "order_id": order_id,
            "line": line,
            "product_id": choice.product_id,
            "variant_id": choice.variant_id,
            "name": choice.name,
            "base": choice.base,
            "sides": [[side.value, words] for side, words in choice.sides],
            "picture": choice.picture,
            "pizza": choice.pizza,
            "note": choice.note,
            "selection": packed(choice.selection),
            "places": choice.places,
            "list_cents": priced.list_cents,
            "parts": parts[line],
            "discounts": [
                [a.deal_id, a.version, a.shares[priced.id]] for a in offer.applications if priced.id in a.shares
            ],
            "discount_cents": priced.discount_cents,
            "tax_code": choice.tax_code,
            "tax_cents": priced.tax_cents,
        }
        for (line, choice), priced in zip(units(lines), quote.units, strict=True)
    ]
    sent_many(INSERT_UNITS, rows)  # as objects, a hundred units would be a hundred statements
