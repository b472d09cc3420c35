"""What a deal would do that is not on offer yet: the engine of every cart, asked once without it and once with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.promotions.eligibility import Context, Obstacle, obstacle
from app.promotions.live import Live
from app.promotions.offers import best_offer
from app.promotions.values import Application, Bill, Deal, Offer


@dataclass(frozen=True, slots=True)
class Tried:
    """The best offer for a bill without a deal and with it; `obstacle` is what stands against it here and now."""

    deal: Deal
    without: Offer
    beside: Offer
    obstacle: Obstacle | None

    @property
    def application(self) -> Application | None:
        """What the deal takes off, where it is part of the best offer."""
        return next((each for each in self.beside.applications if each.deal_id == self.deal.id), None)

    @property
    def eaten(self) -> Mapping[int, int]:
        """Deals that take less off beside it than without it, and how many cents less."""
        if self.application is None:
            return {}
        now = _by_deal(self.beside)
        less = {deal_id: cents - now.get(deal_id, 0) for deal_id, cents in _by_deal(self.without).items()}
        return {deal_id: cents for deal_id, cents in less.items() if cents > 0}


def tried(deal: Deal, bill: Bill, context: Context, others: Sequence[Deal]) -> Tried:
    """A deal among others, as if whoever ordered knew its code. An earlier version of it does not count.

    `context.uses` says how often it was used, if that matters.
    """
    rivals = [other for other in others if other.id != deal.id]
    against = obstacle(deal, context)
    without = best_offer(bill, context, of=_live(rivals, context)).offer
    beside = without if against else best_offer(bill, context, of=_live([*rivals, deal], context)).offer
    return Tried(deal, without, beside, against)


def _live(deals: Sequence[Deal], context: Context) -> Live:
    automatic = {deal.id: replace(deal, by_code=False) for deal in sorted(deals, key=lambda deal: deal.id)}
    uses = {deal_id: uses.total for deal_id, uses in context.uses.items() if deal_id in automatic}
    return Live(version=0, deals=automatic, listed=frozenset(), codes={}, uses=uses)


def _by_deal(offer: Offer) -> dict[int, int]:
    return {each.deal_id: each.off_cents for each in offer.applications}
