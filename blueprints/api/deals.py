"""Deals and codes as the API says them."""

from app.core.money import format_cents
from app.menu.service import Catalogue
from app.promotions.service import Coupon, Listed, Reason
from blueprints.api.shape import Id, Money, Shape, money
from blueprints.deal_words import card, dearer_words

ACTIONS = {
    Reason.WRONG_STORE: "choose_store",
    Reason.WRONG_METHOD: "choose_method",
    Reason.WRONG_TIME: "choose_time",
    Reason.CODE_MISSING: "enter_code",
    Reason.BELOW_MINIMUM: "add_items",
    Reason.ITEMS_MISSING: "add_items",
}


class Deal(Shape):
    """A deal on offer: what it gives and its limits in words, and whether it holds where the food goes."""

    id: Id
    version: int
    name: str
    kind: str
    code: str | None
    holds: bool
    reason: str | None
    action: str | None
    gives: str
    limits: list[str]
    explanation: str | None


class Deals(Shape):
    """The deals on offer, those that hold first."""

    deals: list[Deal]


class Judged(Shape):
    """What a code takes off, or why it takes nothing off and what would change that."""

    code: str
    applies: bool
    discount: Money
    explanation: str
    reason: str | None
    missing: Money | None
    action: str | None


def deal(listed: Listed, offered: Catalogue) -> Deal:
    """A deal of the list."""
    one, against, said = listed.deal, listed.obstacle, card(listed, offered)
    return Deal(
        id=str(one.id),
        version=one.version,
        name=one.name,
        kind=one.kind.value,
        code=listed.code if one.by_code else None,
        holds=against is None,
        reason=against.reason.value if against else None,
        action=ACTIONS.get(against.reason) if against else None,
        gives=said.gives,
        limits=list(said.limits),
        explanation=said.why or None,
    )


def judged(coupon: Coupon) -> Judged:
    """What became of a code."""
    against = coupon.obstacle if not coupon.used else None
    reason = None if coupon.used else "better_offer" if coupon.worse else against.reason.value if against else None
    missing = against.missing_cents if against else 0
    return Judged(
        code=coupon.label,
        applies=coupon.used,
        discount=money(coupon.saves_cents),
        explanation=_explained(coupon),
        reason=reason,
        missing=money(missing) if missing else None,
        action=ACTIONS.get(against.reason) if against else None,
    )


def _explained(coupon: Coupon) -> str:
    takes = f"{coupon.label} takes {format_cents(coupon.saves_cents)} off."
    if coupon.used:
        return takes
    if coupon.worse:
        return f"{takes} {dearer_words(coupon)}"
    return coupon.obstacle.message if coupon.obstacle else f"{coupon.label} takes nothing off."
