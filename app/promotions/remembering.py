"""Answers of the price engine, kept for carts like one before (docs/decisions/0107)."""

from functools import lru_cache

from app.promotions import best
from app.promotions.values import Bill, Deal, Offer

MOST_REMEMBERED = 12  # units; larger carts are seldom alike, and take up more room
remembered = lru_cache(512)(best.cheapest)


def cheapest(bill: Bill, deals: tuple[Deal, ...], *, pinned: int | None = None) -> Offer:
    """The same as `best.cheapest`. An answer hangs on nothing but what is asked, so it never gets old; nearly half of
    what is asked while carts are filled was asked before.
    """
    ask = remembered if len(bill.units) <= MOST_REMEMBERED else best.cheapest
    return ask(bill, deals, pinned=pinned)
