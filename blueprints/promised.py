"""A promise as customers read it, wherever it is shown."""

from flask import Flask

from app.core import clock
from app.core.money import format_cents
from app.stores.service import Method, Promise, StoreInfo


def init_app(app: Flask) -> None:
    """Give templates the function `promised`."""
    app.add_template_global(time_words, "promised")


def time_words(promise: Promise, info: StoreInfo) -> str:
    """When it is there: `7:22 to 7:32 pm`, `Tuesday 11:15 to 11:25 am` where that is not today at the store."""
    return clock.coming_in_words(promise.ready_from, promise.ready_to, info.zone)


def words(info: StoreInfo, promise: Promise) -> str:
    """A promise in a sentence: who, when, for how much, from which food value on."""
    when = time_words(promise, info)
    if promise.method is Method.CARRYOUT:
        return f"Carryout from {info.name}, ready {when}."
    fee = format_cents(promise.fee_cents) if promise.fee_cents else "free"
    free_from = next((step.from_cents for step in promise.steps if step.fee_cents == 0 and step.from_cents), None)
    free = f", free from {format_cents(free_from)}" if free_from else ""
    return f"{info.name} delivers here, {when}: {fee}{free}, from {format_cents(promise.minimum_cents)} of food."
