"""What a customer wishes for on a cart: a code, or a deal that they picked."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import Selection
from app.orders import cart
from app.orders.lines import view_lines
from app.orders.models import Cart
from app.orders.offers import Basket, reckon
from app.orders.values import Place
from app.promotions import service as promotions
from app.promotions.service import Coupon, Deal, Reason, Wish
from app.stores import service as stores


def use_code(cart_id: int, typed: str, identities: Collection[str] = ()) -> Coupon:
    """Put a code on a cart, in place of another, and say what becomes of it.

    Raises Refusal, its code a `promotions.Reason` and its field `code`, for one that does not hold here and now.
    """
    row = cart.opened(cart_id)
    coupon = _coupon(row, typed, identities)
    against = coupon.obstacle
    if against is not None and coupon.waiting and against.reason is not Reason.ITEMS_MISSING:
        raise Refusal(
            against.reason.value, against.message, field="code", extra={"missing_cents": against.missing_cents}
        )
    _keep(row, coupon.label)
    return coupon


def try_code(typed: str, picks: Sequence[tuple[Selection, int]], place: Place | None) -> Coupon:
    """What a code would do for these things at a place, without a cart. What the store does not make counts nothing."""
    catalogue = menu.catalogue(cart.menu_store(place.store_id if place else None))
    lines = view_lines(catalogue, [(n, quantity, selection) for n, (selection, quantity) in enumerate(picks)])
    promise, _ = cart.promise_of(place, lines)
    taxes = stores.store(place.store_id).taxes if place else {}
    found = reckon(Basket(lines, place, promise, taxes, Wish(code=typed))).code
    return found or promotions.Coupon(typed)


def keep_code(cart_id: int, code: str) -> None:
    """Put the code of a link on a cart, to wait there until it holds."""
    row = cart.opened(cart_id)
    if row.code != code:
        _keep(row, code)


def _coupon(row: Cart, typed: str, identities: Collection[str]) -> Coupon:
    basket, _ = cart.basket_of(row, identities)
    found = reckon(replace(basket, wish=Wish(code=typed))).code
    return found or promotions.Coupon(typed)


def _keep(row: Cart, code: str) -> None:
    row.code, row.pinned = code, False
    cart.touch(row.id)


def drop_code(cart_id: int) -> None:
    """Take the code off a cart. Safe to repeat."""
    _keep(cart.opened(cart_id), "")


def pin(cart_id: int, *, pinned: bool = True) -> None:
    """Use the code even where something else costs less, or no more so. Raises NotFound when there is no code."""
    row = cart.opened(cart_id)
    if not row.code:
        raise NotFound("There is no code on your order.", code="no_code")
    row.pinned = pinned
    cart.touch(cart_id)


def pick(cart_id: int, deal_id: int | None) -> None:
    """Have an eye on a deal that adds itself: the cart says what it still waits for. None lets go of it.

    Raises NotFound for a deal that is not on offer.
    """
    row = cart.opened(cart_id)
    if deal_id is not None:
        on_offer(deal_id)
    row.deal_id = deal_id
    cart.touch(cart_id)


def on_offer(deal_id: int, code: str = "") -> Deal:
    """A deal that everybody may use, or whoever holds this code. Raises NotFound."""
    found = promotions.deal(deal_id, code)
    if found is None:
        raise NotFound("That deal is over.", code="deal_over")
    return found
