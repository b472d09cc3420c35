"""A promise as customers read it, wherever it is shown."""

from app.core import clock
from app.core.money import format_cents
from app.stores.service import Method, Promise, StoreInfo
from blueprints.frame import at_store


def words(info: StoreInfo, promise: Promise) -> str:
    """A promise in a sentence: who, when, for how much, from which food value on."""
    when = f"{at_store(promise.ready_from, info)} to {clock.in_words(promise.ready_to, info.zone)}"
    if promise.method is Method.CARRYOUT:
        return f"Carryout from {info.name}, ready {when}."
    fee = format_cents(promise.fee_cents) if promise.fee_cents else "free"
    free_from = next((step.from_cents for step in promise.steps if step.fee_cents == 0 and step.from_cents), None)
    free = f", free from {format_cents(free_from)}" if free_from else ""
    return f"{info.name} delivers here, {when}: {fee}{free}, from {format_cents(promise.minimum_cents)} of food."
