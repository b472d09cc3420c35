"""Which deals may stand together (price law, section 4): the courses that a search may take."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.promotions.values import Combine, Deal, Stage


@dataclass(frozen=True, slots=True)
class Course:
    """Deals on items that may be used together, and the deals on order and fee of which one each may follow.

    Any part of a course is valid too. None stands for no deal at that stage.
    """

    items: tuple[Deal, ...]
    orders: tuple[Deal | None, ...]
    fees: tuple[Deal | None, ...]


def courses(deals: Sequence[Deal]) -> tuple[Course, ...]:
    """The fewest courses that hold every valid combination of these deals."""
    ranked = sorted(deals, key=lambda deal: deal.id)
    together = [deal for deal in ranked if not deal.alone]
    addons = [deal for deal in ranked if deal.combine is Combine.COMPLEMENTARY]
    found = [_course(together, together, together)]
    for deal in ranked:
        if not deal.alone:
            continue
        match deal.stage:
            case Stage.ITEM:
                found.append(_course([deal, *addons], addons, together))
            case Stage.ORDER:
                found.append(_course(addons, [deal], together))
            case Stage.FEE:
                found.append(_course(addons, addons, [deal]))
    return tuple(found)


def _course(items: Sequence[Deal], orders: Sequence[Deal], fees: Sequence[Deal]) -> Course:
    return Course(
        tuple(sorted((deal for deal in items if deal.stage is Stage.ITEM), key=lambda deal: deal.id)),
        (None, *(deal for deal in orders if deal.stage is Stage.ORDER)),
        (None, *(deal for deal in fees if deal.stage is Stage.FEE)),
    )
