"""What a customer wishes for on a cart: a code, or a deal that they picked."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from app.core.errors import NotFound, Refusal
from app.menu import service as menu
from app.menu.service import Selection
from app.orders import cart
from app.orders.heads import hold
from app.orders.lines import view_lines
from app.orders.offers import Basket, reckon
from app.orders.values import Place
from app.promotions import service as promotions
from app.promotions.service import Coupon, Deal, Reason, Wish
from app.stores import service as stores

MOST_CODES = 3  # each that is not used costs a search of its own


def use_code(cart_id: int, typed: str, identities: Collection[str] = ()) -> Coupon:
    """Put a code on a cart beside those that it has, and say what becomes of it.

    Whatever was typed before stays: the cheapest combination takes what it can use, and nothing else is used up. Raises
    Refusal, its code a `promotions.Reason` and its field `code`, for one that does not hold here and now; Refusal
    `too_many_codes`.
    """
    row = cart.opened(cart_id)
    coupon = _coupon(row, typed, identities)
    against = coupon.obstacle
    if against is not None and coupon.waiting and against.reason is not Reason.ITEMS_MISSING:
        raise Refusal(
            against.reason.value, against.message, field="code", extra={"missing_cents": against.missing_cents}
        )
    _add(row, coupon.label)
    return coupon


def judge_code(cart_id: int, typed: str, identities: Collection[str] = ()) -> Coupon:
    """What a code would do for a cart beside the codes that it has. Nothing is kept. Raises NotFound."""
    return _coupon(cart.opened(cart_id), typed, identities)


def try_code(
    typed: str, picks: Sequence[tuple[Selection, int]], place: Place | None, identities: Collection[str] = ()
) -> Coupon:
    """What a code would do for these things at a place, without a cart. What the store does not make counts nothing."""
    catalogue = menu.catalogue(cart.menu_store(place.store_id if place else None))
    lines = view_lines(catalogue, [(n, quantity, selection) for n, (selection, quantity) in enumerate(picks)])
    promise, _ = cart.promise_of(place, lines)
    taxes = stores.store(place.store_id).taxes if place else {}
    return reckon(Basket(lines, place, promise, taxes, Wish((typed,)), identities)).codes[0]


def keep_code(cart_id: int, code: str) -> None:
    """Put the code of a link on a cart, to wait there until it holds. Raises Refusal `too_many_codes`."""
    row = cart.opened(cart_id)
    if code not in row.codes.split():
        _add(row, code)


def _coupon(row: Any, typed: str, identities: Collection[str]) -> Coupon:
    basket, _ = cart.basket_of(row, identities)
    before = tuple(code for code in row.codes.split() if code != promotions.normal(typed))
    return reckon(replace(basket, wish=Wish((*before, typed)))).codes[-1]


def _add(row: Any, code: str) -> None:
    _keep(row, beside(row.codes.split(), code))


def beside(codes: Sequence[str], code: str) -> list[str]:
    """These codes and one more, each once. Raises Refusal `too_many_codes`."""
    before = [each for each in codes if each != code]
    if len(before) >= MOST_CODES:
        message = f"An order holds {MOST_CODES} codes. Remove one of them first."
        raise Refusal("too_many_codes", message, field="code")
    return [*before, code]


def _keep(row: Any, codes: Sequence[str], pinned: str = "") -> None:
    hold(row.id, codes=" ".join(codes), pinned_code=pinned)


def drop_code(cart_id: int, code: str) -> None:
    """Take a code off a cart. Safe to repeat."""
    row = cart.opened(cart_id)
    left = [each for each in row.codes.split() if each != code]
    _keep(row, left, row.pinned_code if row.pinned_code in left else "")


def pin(cart_id: int, code: str) -> None:
    """Use a code even where something else costs less. Raises NotFound for one that is not on the cart."""
    row = cart.opened(cart_id)
    if code not in row.codes.split():
        raise NotFound("That code is not on your order.", code="no_code")
    _keep(row, row.codes.split(), code)


def unpin(cart_id: int) -> None:
    """Use the best price again, whatever codes are on the cart. Safe to repeat."""
    row = cart.opened(cart_id)
    _keep(row, row.codes.split())


def pick(cart_id: int, deal_id: int | None) -> None:
    """Have an eye on a deal that adds itself: the cart says what it still waits for. None lets go of it.

    Raises NotFound for a deal that is not on offer.
    """
    if deal_id is not None:
        on_offer(deal_id)
    hold(cart_id, deal_id=deal_id)


def on_offer(deal_id: int, codes: Collection[str] = ()) -> Deal:
    """A deal that everybody may use, or whoever holds one of these codes. Raises NotFound."""
    found = promotions.deal(deal_id, codes)
    if found is None:
        raise NotFound("That deal is over.", code="deal_over")
    return found
