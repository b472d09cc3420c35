"""What is wrong with a deal's form, in words beside the field that it is about."""

from collections.abc import Iterator

from wtforms import Field, FieldList, Form

from app.core.errors import Refusal
from app.promotions.values import Kind
from blueprints.promotions.draft_form import AUTOMATIC, DealForm, asks, wanted
from blueprints.promotions.scope import unknown_words

# Where the form says what the terms say by another name.
NAMES = {
    "rate_ppm": "percent",
    "off_cents": "off",
    "price_cents": "price",
    "cap_cents": "cap",
    "min_spend_cents": "min_spend",
    "window.first": "first",
    "window.last": "last",
    "window.weekdays": "weekdays",
    "window.opens": "opens",
    "window.closes": "closes",
}


def check(form: DealForm, kind: Kind) -> bool:
    """Whether everything typed can be read and nothing is half filled in; the words are beside the fields."""
    fine: bool = form.validate()
    for field, words in _half_filled(form, kind):
        field.errors = [*field.errors, words]
        fine = False
    return fine


def _half_filled(form: DealForm, kind: Kind) -> Iterator[tuple[Field, str]]:
    for entry in form.tiers if kind is Kind.TIERED_PERCENT else ():
        if (entry.form.count.data is None) != (entry.form.percent.data is None):
            yield entry.form.count, "A step needs both: from how many, and the percentage."
    if kind is Kind.FREE_ITEM and not asks(form.slots[1].form):
        yield form.slots[1].form.categories, "Say what is free."
    if form.chosen.unknown:
        yield form.stores, unknown_words(form.chosen)
    if form.way.data == AUTOMATIC and (form.code.data or "").strip():
        yield form.code, "A deal that adds itself needs no code. Choose “With a code”, or leave this empty."
    if form.limit.data == 0:
        yield form.limit, "This must be at least 1. Leave it empty for no limit."


def blame(form: DealForm, kind: Kind, refusal: Refusal) -> None:
    """Put a refusal's words beside the field that it is about; at the name for one that is nowhere in the form."""
    field = field_of(form, kind, refusal.field or "")
    field.errors = [*field.errors, refusal.message]


def field_of(form: DealForm, kind: Kind, name: str) -> Field:
    """The field of the form that says what the terms call by a name."""
    front, _, rest = name.partition(".")
    if front == "slots" and len(form.slots):
        number, _, part = rest.partition(".")
        filled = [entry.form for n, entry in enumerate(form.slots) if wanted(entry.form, kind, n)]
        slot = filled[int(number)] if number.isdigit() and int(number) < len(filled) else form.slots[0].form
        return getattr(slot, part, slot.categories)
    if name == "tiers" and len(form.tiers):
        return form.tiers[0].form.count
    return getattr(form, NAMES.get(name, name), form.name)


def faults(form: Form) -> Iterator[tuple[str, str]]:
    """Every fault with the id of its field, from the first to the last."""
    for field in form:
        if isinstance(field, FieldList):
            for entry in field:
                yield from faults(entry.form)
        elif field.errors:
            yield field.id, str(field.errors[0])
