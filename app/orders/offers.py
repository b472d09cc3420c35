"""What deals make of a cart: the step between its lines and the promotions domain."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select

from app.core import clock
from app.core.cache import Memory
from app.core.db import db, sent_one
from app.orders.lines import bill, delivery_fee, price
from app.orders.models import Cart, Order
from app.orders.pricing import Quote
from app.orders.status import DEAD
from app.orders.values import CartView, Discount, LineView, Place
from app.promotions import service as promotions
from app.promotions.customers import ACCOUNT, PHONE
from app.promotions.service import Context, Listed, Live, Offer, Reckoning, Wish
from app.stores import service as stores
from app.stores.service import Method, Promise

_orders = Order.__table__.c
_theirs = or_(
    _orders.email_key.in_(bindparam("identities", expanding=True)),
    _orders.phone.in_(bindparam("phones", expanding=True)),
    _orders.account_id.in_(bindparam("accounts", expanding=True)),
)
EARLIER = select(_orders.id).where(_theirs, _orders.status.not_in(DEAD)).limit(1)
# Deals begin and end on full minutes, so within one everybody at a place is told the same.
lists: Memory[tuple[object, ...], tuple[Listed, ...]] = Memory(most=2_000, age=timedelta(minutes=2))


@dataclass(frozen=True, slots=True)
class Basket:
    """What an offer is worked out for: lines, where and when they go, the customer's wish, and who they are so far."""

    lines: tuple[LineView, ...]
    place: Place | None
    promise: Promise | None
    taxes: Mapping[str, int]
    wish: Wish
    identities: Collection[str] = ()


def wish_of(cart: Cart) -> Wish:
    """What was asked for on a cart."""
    return Wish(tuple(cart.codes.split()), cart.pinned_code, cart.deal_id)


def reckon(basket: Basket) -> Reckoning:
    """The best offer at the time of the promise, for a page: with deals at most a second old."""
    on_offer = promotions.live()
    return _reckon(basket, context(basket, on_offer), on_offer)


def reckon_anew(basket: Basket, shown_at: datetime | None = None) -> Reckoning:
    """The best offer with the deals of this moment, or as it was shown at another: for placing an order."""
    on_offer = promotions.fresh()
    return _reckon(basket, replace(context(basket, on_offer), quoted_at=shown_at), on_offer)


def priced(basket: Basket, offer: Offer, tip_cents: int) -> Quote:
    """What a basket costs with an offer."""
    fee_cents = delivery_fee(basket.promise, basket.lines, offer)
    return price(basket.lines, offer, fee_cents, basket.taxes, tip_cents)


def as_shown(basket: Basket, tip_cents: int, total_cents: int) -> tuple[Reckoning, Quote] | None:
    """What came to this total when a page showed it, if it still stands: a quote stays good for ten minutes after a
    window ended (price law, section 4), with the deals that held then.
    """
    for moment in _lately(basket):
        deals = reckon_anew(basket, moment)
        quote = priced(basket, deals.offer, tip_cents)
        if quote.total_cents == total_cents:
            return deals, quote
    return None


def _lately(basket: Basket) -> list[datetime]:
    """The moments whose price still stands although other deals hold by now, the latest first."""
    where = at_place(basket.place, basket.promise)
    return promotions.turns([deal.window for deal in promotions.live().deals.values()], where.at, where.zone)


def _reckon(basket: Basket, where: Context, on_offer: Live) -> Reckoning:
    asked = bill(basket.lines, basket.promise, basket.taxes)
    return promotions.best_offer(asked, where, basket.wish, identities=basket.identities, of=on_offer)


def context(basket: Basket, on_offer: Live) -> Context:
    """Where, when and for whom."""
    first = _first_order(basket.identities) if basket.identities and on_offer.starts else None
    return at_place(basket.place, basket.promise, first_order=first)


def context_of(view: CartView | None) -> Context:
    """Where and when a cart goes, for the page of deals; without one, the chain's first store right now."""
    return at_place(view.place, view.promise) if view else at_place(None)


def at_place(place: Place | None, promise: Promise | None = None, *, first_order: bool | None = None) -> Context:
    """A place, at the time of a promise or right now."""
    store_id, method = (place.store_id, place.method) if place else (None, None)
    return right_now(store_id, method, at=promise.ready_from if promise else None, first_order=first_order)


def right_now(
    store_id: int | None, method: Method | None, *, at: datetime | None = None, first_order: bool | None = None
) -> Context:
    """A store and a way right now, or `at` another time, each as far as it is known; the hours are those of the chain's
    first store else.
    """
    info = stores.store(stores.first() if store_id is None else store_id)
    way = method.value if method else None
    return Context(at or clock.now(), info.zone, store_id, info.name, way, first_order)


def deals_of(view: CartView | None) -> tuple[Listed, ...]:
    """The listed deals where and when a cart goes, those that hold first."""
    if view is None or view.place is None:
        return deals_at(None, None)
    return deals_at(view.place.store_id, view.place.method, at=view.promise.ready_from if view.promise else None)


def deals_at(store_id: int | None, method: Method | None, *, at: datetime | None = None) -> tuple[Listed, ...]:
    """The listed deals at a store and by a way, each as far as it is known, now or `at` another time."""
    moment, on_offer = at or clock.now(), promotions.live()
    key = (on_offer.version, store_id, method, moment.replace(second=0, microsecond=0))
    return lists.get(key, lambda: promotions.deals(right_now(store_id, method, at=moment), of=on_offer))


def known_by(order_ids: Collection[int]) -> tuple[str, ...]:
    """Everything that the customers of these orders are known by."""
    if not order_ids:
        return ()
    columns = (Order.account_id, Order.email_key, Order.phone)
    rows = db.session.execute(select(*columns).where(Order.id.in_(order_ids)).order_by(Order.id))
    return tuple(dict.fromkeys(known for row in rows for known in identities_of(*row)))


def identities_of(account_id: int | None, email_key: str, phone: str) -> tuple[str, ...]:
    """Everything that one order's customer is known by, from what the order keeps."""
    account, phones = promotions.identities(account=account_id), promotions.identities(phone=phone)
    return (*account, *filter(None, [email_key]), *phones)


def _first_order(identities: Collection[str]) -> bool:
    phones = [known.removeprefix(PHONE) for known in identities if known.startswith(PHONE)]
    accounts = [int(known.removeprefix(ACCOUNT)) for known in identities if known.startswith(ACCOUNT)]
    known_by = {"identities": list(identities), "phones": phones, "accounts": accounts}
    return sent_one(EARLIER, known_by) is None


def discounts(offer: Offer) -> tuple[Discount, ...]:
    """What each deal takes off, by name."""
    return tuple(Discount(each.name, each.off_cents - each.fee_cents, each.fee_cents) for each in offer.applications)


def frozen(offer: Offer) -> list[list[int | str]]:
    """Discounts as an order keeps them."""
    return [
        [each.deal_id, each.version, each.name, each.off_cents - each.fee_cents, each.fee_cents]
        for each in offer.applications
    ]
