"""What a cart gets: the best offer, what becomes of its code, and which deals there are where it goes."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from app.core.cache import Memory
from app.core.db import db
from app.promotions import best
from app.promotions.codes import meant, normal
from app.promotions.eligibility import (
    Context,
    Obstacle,
    Reason,
    Uses,
    below_minimum,
    not_with_others,
    obstacle,
    undecided,
    unknown,
)
from app.promotions.live import Live, live
from app.promotions.models import Deal as DealRow
from app.promotions.models import DealCode
from app.promotions.uses import used_by
from app.promotions.values import Application, Bill, Deal, Offer, Stage

SHOWN_LENGTH = 24
# Deals begin and end on full minutes, so within one everybody at a place is told the same.
lists: Memory[Hashable, tuple["Listed", ...]] = Memory(most=2_000, age=timedelta(minutes=2))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer asked for besides the best price: a code, whether it must be used, and a deal they picked."""

    code: str = ""
    pinned: bool = False
    deal_id: int | None = None


@dataclass(frozen=True, slots=True)
class Coupon:
    """A code, or a deal that was picked, and what becomes of it.

    `used` when it is part of the offer. Else `obstacle` says why it is not, or it is only worse than the offer: then
    `saves_cents` is what the best combination with it would take off.
    """

    label: str
    deal: Deal | None = None
    code_id: int | None = None
    used: bool = False
    saves_cents: int = 0
    obstacle: Obstacle | None = None

    @property
    def worse(self) -> bool:
        """Whether it could be used, and the customer would pay more."""
        return not self.used and self.deal is not None and self.saves_cents > 0

    @property
    def waiting(self) -> bool:
        """Whether it takes nothing off yet."""
        return not self.used and not self.worse


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The best offer for a bill, the deals that were weighed, and what became of the customer's wishes."""

    offer: Offer
    weighed: tuple[Deal, ...] = ()
    code: Coupon | None = None
    picked: Coupon | None = None

    @property
    def code_id(self) -> int | None:
        """The code that is used up by this offer, if it is part of it."""
        return self.code.code_id if self.code and self.code.used else None


@dataclass(frozen=True, slots=True)
class Listed:
    """A deal of the page of deals: the code that asks for it, and what stands against it where the food goes."""

    deal: Deal
    code: str | None
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a code, or a pick, leads to: a deal, and what stands against it."""

    label: str
    deal: Deal | None = None
    code_id: int | None = None
    obstacle: Obstacle | None = None


def best_offer(
    bill: Bill,
    context: Context,
    wish: Wish = Wish(),
    *,
    identities: Collection[str] = (),
    of: Live | None = None,
) -> Reckoning:
    """The combination that makes a bill cheapest, and what became of the code and the deal that were asked for.

    `identities` are all that the customer is known by so far, `of` the deals to choose from (those of a second ago).
    """
    on_offer = of or live()
    context = replace(context, uses=_uses(on_offer, identities))
    code = find(wish.code, context, on_offer) if wish.code else None
    picked = _pick(wish.deal_id, context) if wish.deal_id is not None else None
    weighed = _candidates(on_offer, context, code)
    pinned = code.deal.id if wish.pinned and code and code.deal and not code.obstacle else None
    offer = best.cheapest(bill, weighed, pinned=pinned)
    return Reckoning(
        offer=offer,
        weighed=weighed,
        code=_judge(code, bill, weighed, offer) if code else None,
        picked=_judge(picked, bill, weighed, offer) if picked else None,
    )


def validate(typed: str, bill: Bill, context: Context, identities: Collection[str] = ()) -> Coupon:
    """What a code would do for a bill, or why it does nothing. Keeps and uses up nothing."""
    coupon = best_offer(bill, context, Wish(code=typed), identities=identities).code
    return coupon or Coupon("", obstacle=unknown("that code"))


def deals(context: Context) -> tuple[Listed, ...]:
    """Every listed deal, those that hold here and now first."""
    on_offer = live()
    minute = context.at.replace(second=0, microsecond=0)
    here = (context.store_id, context.store_name, context.method, context.first_order, context.zone)
    key = (on_offer.version, minute, context.quoted_at, *here)
    return lists.get(key, lambda: _listed(on_offer, replace(context, uses=_uses(on_offer, ()))))


def _listed(on_offer: Live, context: Context) -> tuple[Listed, ...]:
    found = [
        Listed(deal, on_offer.code_of(deal.id), obstacle(deal, context))
        for deal in on_offer.deals.values()
        if deal.id in on_offer.listed
    ]
    lasting = [each for each in found if each.obstacle is None or each.obstacle.reason is not Reason.EXPIRED]
    return tuple(sorted(lasting, key=lambda each: each.obstacle is not None))


def deal(deal_id: int, code: str = "") -> Deal | None:
    """A deal that is on offer to everybody (listed, or automatic), or to whoever holds this code."""
    on_offer = live()
    found = on_offer.deals.get(deal_id)
    if found is None or deal_id in on_offer.listed or not found.by_code:
        return found
    holder = db.session.scalar(select(DealCode.deal_id).where(DealCode.code == code)) if code else None
    return found if holder == deal_id else None


def look_up(typed: str, context: Context, identities: Collection[str] = ()) -> Found:
    """The deal that a code asks for, and what stands against it where and when it goes."""
    on_offer = live()
    return find(typed, replace(context, uses=_uses(on_offer, identities)), on_offer)


def _uses(on_offer: Live, identities: Collection[str]) -> dict[int, Uses]:
    counted = any(deal.limit_per_customer is not None for deal in on_offer.deals.values())
    mine = used_by(identities) if counted else {}
    return {deal_id: Uses(total, mine.get(deal_id, 0)) for deal_id, total in on_offer.uses.items()}


def _candidates(on_offer: Live, context: Context, code: Found | None) -> tuple[Deal, ...]:
    asked = code.deal.id if code and code.deal and not code.obstacle else None
    return tuple(
        deal
        for deal in on_offer.deals.values()
        if deal.id == asked or (not deal.by_code and _against(deal, context) is None)
    )


def _against(deal: Deal, context: Context) -> Obstacle | None:
    """What keeps a deal from adding itself: a price must not rise once it is said where and how the food goes."""
    return undecided(deal, context) or obstacle(deal, context)


def _pick(deal_id: int, context: Context) -> Found | None:
    found = deal(deal_id)
    return Found(found.name, found, obstacle=_against(found, context)) if found else None


def find(typed: str, context: Context, on_offer: Live) -> Found:
    """The deal that a code asks for, and what stands against it but for what is in the cart.

    A secret code that does not work any more is as unknown as one that never was: who guesses learns nothing.
    """
    code = normal(typed)
    known = on_offer.codes.get(code)
    if known is not None:
        asked = on_offer.deals[known.deal_id]
        return Found(code, asked, known.id, obstacle(asked, context, code))
    return _find_secret(code, context, on_offer) or _strange(code, typed, on_offer)


def _strange(code: str, typed: str, on_offer: Live) -> Found:
    shown = code or " ".join(typed.split())[:SHOWN_LENGTH] or "that code"
    return Found(shown, obstacle=unknown(shown, meant(code, on_offer.told_codes()) if code else None))


def _find_secret(code: str, context: Context, on_offer: Live) -> Found | None:
    """A code of few uses, or one whose deal was ended by hand; None for what is to look unknown."""
    columns = (DealCode.id, DealCode.deal_id, DealCode.limit, DealCode.reserved, DealCode.redeemed)
    row = (
        db.session.execute(select(*columns, DealRow.state).join(DealRow).where(DealCode.code == code)).first()
        if code
        else None
    )
    if row is None or row.state == "draft":
        return None
    if row.limit is None:
        words = "is paused for now" if row.state == "live" else "has ended"
        return Found(code, obstacle=Obstacle(Reason.EXPIRED, f"{code} {words}."))
    asked = on_offer.deals.get(row.deal_id)
    against = obstacle(asked, context, code) if asked else None
    gone = against is not None and against.reason in {Reason.EXPIRED, Reason.USED_UP}
    if asked is None or gone or row.reserved + row.redeemed >= row.limit:
        return None
    return Found(code, asked, row.id, against)


def _judge(found: Found, bill: Bill, weighed: Sequence[Deal], offer: Offer) -> Coupon:
    coupon = Coupon(found.label, found.deal, found.code_id, obstacle=found.obstacle)
    if found.deal is None or found.obstacle is not None:
        return coupon
    own = _application(offer, found.deal)
    if own is not None:
        return replace(coupon, used=True, saves_cents=own.off_cents)
    rival = best.cheapest(bill, weighed, pinned=found.deal.id)
    if _application(rival, found.deal) is None:
        return replace(coupon, obstacle=_missing(found.deal, bill, rival, found.label))
    beside = _beside(found, offer, weighed)
    return replace(coupon, saves_cents=rival.off_cents, obstacle=beside)


def _application(offer: Offer, deal: Deal) -> Application | None:
    return next((each for each in offer.applications if each.deal_id == deal.id), None)


def _missing(deal: Deal, bill: Bill, offer: Offer, label: str) -> Obstacle:
    food = sum(unit.list_cents for unit in bill.units) - offer.off_at(Stage.ITEM)
    nothing = Obstacle(Reason.ITEMS_MISSING, f"{label} does not fit what is in your order yet.")
    return below_minimum(deal, food, label) or nothing


def _beside(found: Found, offer: Offer, weighed: Sequence[Deal]) -> Obstacle | None:
    """Whether it is worse because it may not stand beside what was taken."""
    taken = [each for each in weighed if each.id in offer.deal_ids]
    if found.deal is None or not (found.deal.alone or any(each.alone for each in taken)):
        return None
    return not_with_others(found.label, " and ".join(each.name for each in taken))
