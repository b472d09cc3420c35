"""Whether a deal holds for a customer here and now, pure; and if not, the reason in a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.core.day import business_date
from app.core.money import format_cents
from app.promotions import windows
from app.promotions.values import MINUTES_OF_A_DAY, Deal, Window

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPAN = 3  # from so many days in a row on, the first and the last are named


class Reason(StrEnum):
    """What may stand against a deal."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    WRONG_STORE = "wrong_store"
    WRONG_METHOD = "wrong_method"
    WRONG_TIME = "wrong_time"
    NOT_FIRST_ORDER = "not_first_order"
    USED_ALREADY = "used_already"
    USED_UP = "used_up"
    CODE_MISSING = "code_missing"
    BELOW_MINIMUM = "below_minimum"
    ITEMS_MISSING = "items_missing"
    NOT_WITH_OTHERS = "not_with_others"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A reason against a deal, in words for the customer; `missing_cents` up to a minimum."""

    reason: Reason
    message: str
    missing_cents: int = 0


@dataclass(frozen=True, slots=True)
class Uses:
    """How often a deal was used: in all, and by this customer."""

    total: int = 0
    mine: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """Where, when and for whom a price is worked out.

    No store, method or history (None) means not known yet, which speaks against no deal. `quoted_at` is when a price
    was shown that still stands: what began since is no part of it.
    """

    at: datetime
    zone: ZoneInfo
    store_id: int | None = None
    store_name: str = "this store"
    method: str | None = None
    first_order: bool | None = None
    uses: Mapping[int, Uses] = field(default_factory=dict)
    quoted_at: datetime | None = None


def obstacle(deal: Deal, context: Context, label: str | None = None) -> Obstacle | None:
    """What stands against a deal but for what is in the cart, or None. `label` is what to call it, such as its code."""
    name, uses = label or deal.name, context.uses.get(deal.id, Uses())
    if not windows.holds(deal.window, context.at, context.zone, context.quoted_at):
        return _closed(deal.window, business_date(context.at, context.zone), name)
    if deal.stores and context.store_id is not None and context.store_id not in deal.stores:
        return Obstacle(Reason.WRONG_STORE, f"{name} does not hold at {context.store_name}.")
    if deal.methods and context.method is not None and context.method not in deal.methods:
        return Obstacle(Reason.WRONG_METHOD, f"{name} is for {' and '.join(deal.methods)} only.")
    if deal.first_order and context.first_order is False:
        return Obstacle(Reason.NOT_FIRST_ORDER, f"{name} is for a first order.")
    most = deal.most_per_customer
    if most is not None and uses.mine >= most:
        times = "already" if most == 1 else f"{most} times, as often as it can be"
        return Obstacle(Reason.USED_ALREADY, f"You have used {name} {times}.")
    if deal.limit is not None and uses.total >= deal.limit:
        return Obstacle(Reason.USED_UP, f"{name} is used up: all {deal.limit:,} are gone.")
    return None


def undecided(deal: Deal, context: Context) -> Obstacle | None:
    """Whether a deal hangs on where or how the food goes, and the customer has not said so yet."""
    if deal.methods and context.method is None:
        ways = " and ".join(deal.methods)
        return Obstacle(Reason.WRONG_METHOD, f"{deal.name} is for {ways} only. Choose where your food goes first.")
    if deal.stores and context.store_id is None:
        return Obstacle(Reason.WRONG_STORE, f"{deal.name} holds at some stores. Choose yours first.")
    return None


def code_missing(deal: Deal) -> Obstacle:
    """A deal by code that was asked for without it."""
    return Obstacle(Reason.CODE_MISSING, f"{deal.name} needs its code.")


def closed(deal: Deal, at: datetime, zone: ZoneInfo) -> Obstacle | None:
    """Why a deal does not hold at a moment; None when it does."""
    if windows.holds(deal.window, at, zone):
        return None
    return _closed(deal.window, business_date(at, zone), deal.name)


def _closed(window: Window, today: date, name: str) -> Obstacle:
    if window.last and today > window.last:
        return Obstacle(Reason.EXPIRED, f"{name} ended on {_day_words(window.last)}.")
    if window.first and today < window.first:
        return Obstacle(Reason.NOT_YET, f"{name} starts on {_day_words(window.first)}.")
    return Obstacle(Reason.WRONG_TIME, f"{name} holds {hours_in_words(window)} only.")


def below_minimum(deal: Deal, food_cents: int, label: str | None = None) -> Obstacle | None:
    """Whether the food after deals on items falls short of a deal's minimum spend, and by how much."""
    missing = deal.min_spend_cents - food_cents
    if missing <= 0:
        return None
    name, least = label or deal.name, format_cents(deal.min_spend_cents)
    message = f"{name} starts at {least} of food. Add {format_cents(missing)} more."
    return Obstacle(Reason.BELOW_MINIMUM, message, missing)


def not_with_others(name: str, others: str) -> Obstacle:
    """A deal that may not stand beside those that are taken."""
    return Obstacle(Reason.NOT_WITH_OTHERS, f"{name} cannot be used together with {others}.")


def unknown(code: str, meant: str | None = None) -> Obstacle:
    """A code that nobody gave out; `meant` is a known one that is a slip of the finger away."""
    question = f" Did you mean {meant}?" if meant else ""
    return Obstacle(Reason.UNKNOWN, f"We don't know {code}.{question}")


def one_slip_apart(typed: str, known: str) -> bool:
    """Whether one letter more, less or different makes one word the other."""
    short, long = sorted((typed, known), key=len)
    if short == long or len(long) - len(short) > 1:
        return False
    same = next((n for n, (one, other) in enumerate(zip(short, long, strict=False)) if one != other), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]


def hours_in_words(window: Window) -> str:
    """Days and hours as people say them: `on Fridays, 10 pm to 2 am`, `Mondays to Thursdays`."""
    whole_day = window.closes - window.opens == MINUTES_OF_A_DAY
    hours = "" if whole_day else f"{_clock(window.opens)} to {_clock(window.closes)}"
    return ", ".join(filter(None, (_days(window.weekdays), hours))) or "every day"


def _days(weekdays: tuple[int, ...]) -> str:
    names = [f"{DAY_NAMES[day]}s" for day in weekdays]
    if len(weekdays) >= SPAN and weekdays == tuple(range(weekdays[0], weekdays[-1] + 1)):
        return f"{names[0]} to {names[-1]}"
    return f"on {_and(names)}" if names else ""


def _and(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _clock(minute: int) -> str:
    hour, rest = divmod(minute % MINUTES_OF_A_DAY, 60)
    if rest == 0 and hour in {0, 12}:
        return "noon" if hour else "midnight"
    return f"{hour % 12 or 12}{f':{rest:02d}' if rest else ''} {'pm' if hour >= 12 else 'am'}"


def _day_words(day: date) -> str:
    return f"{day:%B} {day.day}"
