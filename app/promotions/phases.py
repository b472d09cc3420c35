"""Where a deal stands, in a word or two for those who run it. Pure."""

from datetime import date, timedelta
from enum import StrEnum

from app.promotions.standing import Standing

WEEK = timedelta(days=7)


class Phase(StrEnum):
    """What a deal does today."""

    DRAFT = "draft"
    RUNNING = "running"
    UPCOMING = "upcoming"
    PAUSED = "paused"
    USED_UP = "used up"
    ENDED = "ended"


def phase(standing: Standing, today: date) -> Phase:
    """What a deal does on a business date."""
    deal = standing.deal
    if standing.state in {"draft", "paused"}:
        return Phase(standing.state)
    if standing.state == "ended" or (deal.window.last and deal.window.last < today):
        return Phase.ENDED
    if deal.limit is not None and standing.reserved + standing.redeemed >= deal.limit:
        return Phase.USED_UP
    return Phase.UPCOMING if deal.window.first and deal.window.first > today else Phase.RUNNING


def phase_words(standing: Standing, today: date) -> str:
    """The same in words: `starts Friday`, `starts March 3`, `running`."""
    found, first = phase(standing, today), standing.deal.window.first
    if found is not Phase.UPCOMING or first is None:
        return found.value
    return f"starts {first:%A}" if first - today < WEEK else f"starts {first:%B} {first.day}"
