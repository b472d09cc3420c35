"""What a cart gets: the best offer, what becomes of its code, and which deals there are where it goes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.core.db import db
from app.promotions.codes import meant, normal
from app.promotions.eligibility import (
    Context,
    Obstacle,
    Reason,
    Uses,
    below_minimum,
    code_missing,
    not_with_others,
    obstacle,
    undecided,
    unknown,
)
from app.promotions.live import Live, live
from app.promotions.models import Deal as DealRow
from app.promotions.models import DealCode
from app.promotions.remembering import cheapest
from app.promotions.uses import used_by
from app.promotions.values import Application, Bill, Deal, Offer, Stage

SHOWN_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer asked for besides the best price: codes, the one that must be used, and a deal they picked."""

    codes: tuple[str, ...] = ()
    pinned: str = ""
    deal_id: int | None = None


@dataclass(frozen=True, slots=True)
class Coupon:
    """A code, or a deal that was picked, and what becomes of it.

    `saves_cents` is what it takes off by itself, before tax. `used` when it is part of the offer. Else `obstacle` says
    why it is not, or it is only worse: then with it `dearer_cents` more are to pay, tax included.
    """

    label: str
    deal: Deal | None = None
    code_id: int | None = None
    used: bool = False
    saves_cents: int = 0
    dearer_cents: int = 0
    obstacle: Obstacle | None = None

    @property
    def worse(self) -> bool:
        """Whether it could be used, and something else is the better choice."""
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
    codes: tuple[Coupon, ...] = ()
    picked: Coupon | None = None

    @property
    def code_ids(self) -> dict[int, int]:
        """The codes that are used up by this offer, by the deals that they asked for."""
        used = [coupon for coupon in self.codes if coupon.used]
        return {coupon.deal.id: coupon.code_id for coupon in used if coupon.deal and coupon.code_id is not None}


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
    """The combination that makes a bill cheapest, and what became of the codes and the deal that were asked for.

    `identities` are all that the customer is known by so far, `of` the deals to choose from (those of a second ago).
    """
    on_offer = of or live()
    context = replace(context, uses=_uses(on_offer, identities))
    found = _find_each(wish.codes, context, on_offer)
    asked = {each.deal.id: each.label for each in found if each.deal and not each.obstacle}
    picked = _pick(wish.deal_id, context, asked) if wish.deal_id is not None else None
    weighed = _candidates(on_offer, context, asked)
    pinned = next((deal_id for deal_id, label in asked.items() if label == wish.pinned), None)
    offer = cheapest(bill, weighed, pinned=pinned)
    return Reckoning(
        offer=offer,
        weighed=weighed,
        codes=tuple(_judge(each, bill, weighed, offer) for each in found),
        picked=_judge(picked, bill, weighed, offer) if picked else None,
    )


def deals(context: Context, of: Live | None = None) -> tuple[Listed, ...]:
    """Every listed deal, those that hold here and now first; `of` are the deals to list (those of a second ago)."""
    on_offer = of or live()
    context = replace(context, uses=_uses(on_offer, ()))
    found = [
        Listed(deal, on_offer.code_of(deal.id), obstacle(deal, context))
        for deal in on_offer.deals.values()
        if deal.id in on_offer.listed
    ]
    lasting = [each for each in found if each.obstacle is None or each.obstacle.reason is not Reason.EXPIRED]
    return tuple(sorted(lasting, key=lambda each: each.obstacle is not None))


def deal(deal_id: int, codes: Collection[str] = ()) -> Deal | None:
    """A deal that is on offer to everybody (listed, or automatic), or to whoever holds one of these codes."""
    on_offer = live()
    found = on_offer.deals.get(deal_id)
    if found is None or deal_id in on_offer.listed or not found.by_code:
        return found
    return found if _asks_for(deal_id, codes) else None


def _asks_for(deal_id: int, codes: Collection[str]) -> bool:
    asks = select(DealCode.id).where(DealCode.deal_id == deal_id, DealCode.code.in_(codes)).limit(1)
    return bool(codes) and db.session.scalar(asks) is not None


def code_of(deal_id: int) -> str | None:
    """The code that stands with a deal on the page of deals."""
    on_offer = live()
    return on_offer.code_of(deal_id) if deal_id in on_offer.listed else None


def against(
    deal: Deal, context: Context, identities: Collection[str] = (), codes: Collection[str] = ()
) -> Obstacle | None:
    """What keeps a deal from being used where and when it goes, with these codes and whatever is in the cart."""
    found = _against(deal, replace(context, uses=_uses(live(), identities)))
    return found or (code_missing(deal) if deal.by_code and not _asks_for(deal.id, codes) else None)


def look_up(typed: str, context: Context, identities: Collection[str] = ()) -> Found:
    """The deal that a code asks for, and what stands against it where and when it goes."""
    on_offer = live()
    return find(typed, replace(context, uses=_uses(on_offer, identities)), on_offer)


def _uses(on_offer: Live, identities: Collection[str]) -> dict[int, Uses]:
    counted = any(deal.most_per_customer is not None for deal in on_offer.deals.values())
    mine = used_by(identities) if counted else {}
    return {deal_id: Uses(total, mine.get(deal_id, 0)) for deal_id, total in on_offer.uses.items()}


def _candidates(on_offer: Live, context: Context, asked: Collection[int]) -> tuple[Deal, ...]:
    return tuple(
        deal
        for deal in on_offer.deals.values()
        if deal.id in asked or (not deal.by_code and _against(deal, context) is None)
    )


def _against(deal: Deal, context: Context) -> Obstacle | None:
    """What keeps a deal from adding itself: a price must not rise once it is said where and how the food goes."""
    return undecided(deal, context) or obstacle(deal, context)


def _pick(deal_id: int, context: Context, asked: Collection[int]) -> Found | None:
    found = deal(deal_id)
    if found is None:
        return None
    missing = code_missing(found) if found.by_code and deal_id not in asked else None
    return Found(found.name, found, obstacle=_against(found, context) or missing)


def _find_each(codes: Sequence[str], context: Context, on_offer: Live) -> list[Found]:
    """What each code leads to. A deal is used once in an order, so a second code for it has nothing to do."""
    found: list[Found] = []
    for typed in codes:
        each = find(typed, context, on_offer)
        twin = next((one for one in found if one.deal and one.deal == each.deal and not one.obstacle), None)
        doubled = not_with_others(each.label, twin.label) if twin and not each.obstacle else each.obstacle
        found.append(replace(each, obstacle=doubled))
    return found


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
    why_not = obstacle(asked, context, code) if asked else None
    gone = why_not is not None and why_not.reason in {Reason.EXPIRED, Reason.USED_UP}
    if asked is None or gone or row.reserved + row.redeemed >= row.limit:
        return None
    return Found(code, asked, row.id, why_not)


def _judge(found: Found, bill: Bill, weighed: tuple[Deal, ...], offer: Offer) -> Coupon:
    coupon = Coupon(found.label, found.deal, found.code_id, obstacle=found.obstacle)
    if found.deal is None or found.obstacle is not None:
        return coupon
    own = _application(offer, found.deal)
    if own is not None:
        return replace(coupon, used=True, saves_cents=own.off_cents)
    rival = cheapest(bill, weighed, pinned=found.deal.id)
    own = _application(rival, found.deal)
    if own is None:
        return replace(coupon, obstacle=_missing(found.deal, bill, rival, found.label))
    dearer, beside = rival.total_cents - offer.total_cents, _beside(found, offer, weighed)
    return replace(coupon, saves_cents=own.off_cents, dearer_cents=dearer, obstacle=beside)


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
