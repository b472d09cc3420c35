"""Deals as data: a version of a deal to JSON and back, held to what its kind needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeVar

from app.core.day import DAY_TURNS
from app.core.errors import Refusal
from app.core.money import PPM, format_cents
from app.promotions.values import MINUTES_OF_A_DAY, Combine, Deal, Kind, Slot, Tier, Window

MOST_CENTS = 1_000_000
MOST_COUNT = 50
MOST_SLOTS = 8
NAME_LENGTH = 80
METHODS = ("carryout", "delivery")

Enum = TypeVar("Enum", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a kind is made of: how many slots, and which numbers it must have."""

    slots: tuple[int, int]
    numbers: tuple[str, ...] = ()


NEEDS: Mapping[Kind, _Needs] = {
    Kind.PERCENT_ITEMS: _Needs((1, 1), ("rate_ppm",)),
    Kind.AMOUNT_ITEMS: _Needs((1, 1), ("off_cents",)),
    Kind.FIXED_EACH: _Needs((1, 1), ("price_cents",)),
    Kind.BUNDLE_PRICE: _Needs((1, MOST_SLOTS), ("price_cents",)),
    Kind.BUY_X_GET_Y: _Needs((2, 2), ("rate_ppm",)),
    Kind.FREE_ITEM: _Needs((2, 2)),
    Kind.PERCENT_ORDER: _Needs((0, 1), ("rate_ppm",)),
    Kind.AMOUNT_ORDER: _Needs((0, 1), ("off_cents",)),
    Kind.DELIVERY: _Needs((0, 0)),
    Kind.TIERED_PERCENT: _Needs((1, 1), ("tiers",)),
}


def packed(deal: Deal) -> dict[str, Any]:
    """All that marketing decides of a deal, as JSON; its id and version are the row's."""
    return {
        "name": deal.name,
        "kind": deal.kind.value,
        "slots": [_packed_slot(slot) for slot in deal.slots],
        "rate_ppm": deal.rate_ppm,
        "off_cents": deal.off_cents,
        "price_cents": deal.price_cents,
        "cap_cents": deal.cap_cents,
        "min_count": deal.min_count,
        "tiers": [[tier.count, tier.rate_ppm] for tier in deal.tiers],
        "combine": deal.combine.value,
        "stackable": deal.stackable,
        "min_spend_cents": deal.min_spend_cents,
        "max_per_order": deal.max_per_order,
        "by_code": deal.by_code,
        "window": {
            "first": deal.window.first.isoformat() if deal.window.first else None,
            "last": deal.window.last.isoformat() if deal.window.last else None,
            "weekdays": list(deal.window.weekdays),
            "opens": deal.window.opens,
            "closes": deal.window.closes,
        },
        "stores": list(deal.stores),
        "methods": list(deal.methods),
        "first_order": deal.first_order,
        "limit": deal.limit,
        "limit_per_customer": deal.limit_per_customer,
    }


def _packed_slot(slot: Slot) -> dict[str, Any]:
    return {
        "categories": list(slot.categories),
        "products": list(slot.products),
        "sizes": list(slot.sizes),
        "crusts": list(slot.crusts),
        "most_toppings": slot.most_toppings,
        "no_specialties": slot.no_specialties,
        "count": slot.count,
    }


def unpacked(data: Mapping[str, Any], deal_id: int, version: int) -> Deal:
    """The deal that this JSON describes. Raises Refusal `invalid_deal`, its `field` naming what is wrong."""
    kind = _choice(Kind, data, "kind")
    deal = Deal(
        id=deal_id,
        version=version,
        name=_name(data.get("name")),
        kind=kind,
        slots=_slots(data, kind),
        rate_ppm=_whole(data, "rate_ppm", most=PPM) or 0,
        off_cents=_whole(data, "off_cents") or 0,
        price_cents=_whole(data, "price_cents"),
        cap_cents=_whole(data, "cap_cents", least=1),
        min_count=_whole(data, "min_count", least=1, most=MOST_COUNT) or 1,
        tiers=tuple(_tier(tier) for tier in _list(data, "tiers")),
        combine=_choice(Combine, data, "combine", Combine.NORMAL),
        stackable=_flag(data, "stackable"),
        min_spend_cents=_whole(data, "min_spend_cents") or 0,
        max_per_order=_whole(data, "max_per_order", least=1, most=MOST_COUNT),
        by_code=_flag(data, "by_code"),
        window=_window(_mapping(data.get("window") or {}, "window")),
        stores=tuple(sorted({_number(each, "stores") for each in _list(data, "stores")})),
        methods=_methods(data),
        first_order=_flag(data, "first_order"),
        limit=_whole(data, "limit", most=None),
        limit_per_customer=_whole(data, "limit_per_customer", least=1, most=MOST_COUNT),
    )
    _check_kind(deal)
    return deal


def _check_kind(deal: Deal) -> None:
    needs = NEEDS[deal.kind]
    least, most = needs.slots
    if not least <= len(deal.slots) <= most:
        raise _invalid("slots", "Say which items it is about." if len(deal.slots) < least else "Too many items.")
    for number in needs.numbers:
        if getattr(deal, number) in (0, None, ()):
            raise _invalid(number, "This is needed for that kind of deal.")
    if deal.kind is Kind.DELIVERY and sum((deal.rate_ppm > 0, deal.off_cents > 0, deal.price_cents is not None)) != 1:
        raise _invalid("rate_ppm", "Take a percentage or an amount off the fee, or give it a fixed price: one of them.")
    if any(low.count >= high.count or low.rate_ppm >= high.rate_ppm for low, high in pairwise(deal.tiers)):
        raise _invalid("tiers", "From each step to the next, the number and the percentage must rise.")


def _slots(data: Mapping[str, Any], kind: Kind) -> tuple[Slot, ...]:
    found = [_slot(slot, f"slots.{n}") for n, slot in enumerate(_list(data, "slots"))]
    if kind is Kind.FREE_ITEM:  # one is free at a time; deals of long ago may say another number
        found[1:] = [replace(slot, count=1) for slot in found[1:]]
    return tuple(found)


def _slot(data: Any, where: str) -> Slot:
    found = _mapping(data, where)
    return Slot(
        categories=_words(found, "categories", where),
        products=_words(found, "products", where),
        sizes=_words(found, "sizes", where),
        crusts=_words(found, "crusts", where),
        most_toppings=_whole(found, "most_toppings", most=MOST_COUNT, where=where),
        no_specialties=_flag(found, "no_specialties", where),
        count=_whole(found, "count", least=1, most=MOST_COUNT, where=where) or 1,
    )


def _tier(data: Any) -> Tier:
    if not isinstance(data, Sequence) or isinstance(data, str) or len(data) != 2:
        raise _invalid("tiers", "A step is a number of items and a percentage.")
    step = {"count": data[0], "rate_ppm": data[1]}
    count = _whole(step, "count", least=1, most=MOST_COUNT, where="tiers")
    rate = _whole(step, "rate_ppm", least=1, most=PPM, where="tiers")
    return Tier(count or 1, rate or 0)


def _window(data: Mapping[str, Any]) -> Window:
    window = Window(
        first=_day(data, "first"),
        last=_day(data, "last"),
        weekdays=tuple(sorted({_number(each, "window.weekdays") for each in _list(data, "weekdays")})),
        opens=_number(data.get("opens", DAY_TURNS), "window.opens"),
        closes=_number(data.get("closes", DAY_TURNS + MINUTES_OF_A_DAY), "window.closes"),
    )
    if window.first and window.last and window.first > window.last:
        raise _invalid("window.last", "The last day is before the first.")
    if not set(window.weekdays) <= set(range(7)):
        raise _invalid("window.weekdays", "Choose days of the week.")
    if not DAY_TURNS <= window.opens < window.closes <= DAY_TURNS + MINUTES_OF_A_DAY:
        raise _invalid("window.closes", "Hours lie between 4:00 and 4:00 of the next morning, the end after the start.")
    return window


def _day(data: Mapping[str, Any], key: str) -> date | None:
    if data.get(key) in (None, ""):
        return None
    try:
        return date.fromisoformat(data[key])
    except (TypeError, ValueError):
        raise _invalid(f"window.{key}", "Write the day as 2026-11-30.") from None


def _name(value: Any) -> str:
    name = value.strip() if isinstance(value, str) else ""
    if not 1 <= len(name) <= NAME_LENGTH:
        raise _invalid("name", f"Give it a name of up to {NAME_LENGTH} letters.")
    return name


def _methods(data: Mapping[str, Any]) -> tuple[str, ...]:
    methods = _words(data, "methods")
    if not set(methods) <= set(METHODS):
        raise _invalid("methods", "Choose delivery, carryout or both.")
    return methods


def _choice(kinds: type[Enum], data: Mapping[str, Any], key: str, default: Enum | None = None) -> Enum:
    if default is not None and data.get(key) is None:
        return default
    try:
        return kinds(str(data.get(key)))
    except ValueError:
        raise _invalid(key, "Choose one of the list.") from None


def _whole(
    data: Mapping[str, Any], key: str, *, least: int = 0, most: int | None = MOST_CENTS, where: str = ""
) -> int | None:
    value = data.get(key)
    if value is None:
        return None
    field = f"{where}.{key}" if where else key
    number = _number(value, field)
    if number < least or (most is not None and number > most):
        shown = format_cents if key.endswith("_cents") else str
        most_words = f" and at most {shown(most)}" if most is not None else ""
        raise _invalid(field, f"This must be at least {shown(least)}{most_words}.")
    return number


def _number(value: Any, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _invalid(field, "This must be a whole number.")
    return value


def _flag(data: Mapping[str, Any], key: str, where: str = "") -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        raise _invalid(f"{where}.{key}" if where else key, "This is yes or no.")
    return value


def _words(data: Mapping[str, Any], key: str, where: str = "") -> tuple[str, ...]:
    words = _list(data, key, where)
    if not all(isinstance(word, str) and 0 < len(word) <= NAME_LENGTH for word in words):
        raise _invalid(f"{where}.{key}" if where else key, "Choose from the list.")
    return tuple(sorted(set(words)))


def _list(data: Mapping[str, Any], key: str, where: str = "") -> list[Any]:
    value = data.get(key) or []
    if not isinstance(value, list | tuple):
        raise _invalid(f"{where}.{key}" if where else key, "This must be a list.")
    return list(value)


def _mapping(value: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _invalid(field, "This must have fields.")
    return value


def _invalid(field: str, message: str) -> Refusal:
    return Refusal("invalid_deal", message, field=field)
