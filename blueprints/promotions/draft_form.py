"""A deal as a form: what each kind asks for, how it is filled from a deal, and the terms that it says."""

from collections.abc import Collection
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (  # type: ignore[attr-defined]  # the stubs do not know SelectChoice yet
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from app.core.day import DAY_TURNS
from app.menu.service import Catalogue
from app.promotions.deals import NEEDS
from app.promotions.eligibility import DAY_NAMES
from app.promotions.values import MINUTES_OF_A_DAY, Combine, Deal, Kind, Slot
from app.stores import service as stores
from app.stores.service import Chosen, Method
from blueprints.forms import OneLine
from blueprints.promotions.kinds import KINDS
from blueprints.promotions.typed import Cents, Day, Minute, Percent, Whole

WHOLE_DAY = (DAY_TURNS, DAY_TURNS + MINUTES_OF_A_DAY)
MOST_TIERS = 5
AUTOMATIC, BY_CODE = "automatic", "code"
COMBINES = (
    (Combine.NORMAL.value, "With others: any number of deals on other items"),
    (Combine.EXCLUSIVE.value, "Alone: nothing else comes off items and order, but add-ons"),
    (Combine.COMPLEMENTARY.value, "Add-on: even beside a deal that stands alone"),
)


def choices(*pairs: tuple[object, str]) -> list[SelectChoice]:
    """Choices of a field: values with their words."""
    return [SelectChoice(str(value), words) for value, words in pairs]


class SlotForm(Form):
    """Which items a place of a deal takes. Nothing chosen asks for nothing."""

    categories = SelectMultipleField("Section of the menu")
    sizes = SelectMultipleField("Sizes")
    crusts = SelectMultipleField("Crusts")
    products = SelectMultipleField("Only these")
    most_toppings = Whole("Toppings included", description="Empty includes all of them. More are paid at list price.")
    no_specialties = BooleanField("Only pizzas that people build themselves")
    count = Whole("How many")


class TierForm(Form):
    """A step: from so many on, so much."""

    count = Whole("From how many")
    percent = Percent("Percent off")


class DealForm(Form):
    """A deal. `version` is the one that was changed, `idem` a key against pressing twice."""

    idem = HiddenField()
    version = HiddenField()
    name = StringField("Name", [OneLine()], description="As customers see it on their receipt.")
    percent = Percent("Percent off")
    off = Cents("Amount off, in dollars")
    price = Cents("Price, in dollars")
    cap = Cents("At most, in dollars")
    min_count = Whole("From how many")
    max_per_order = Whole("Most times in one order")
    tiers = FieldList(FormField(TierForm), "Steps", max_entries=MOST_TIERS)
    slots = FieldList(FormField(SlotForm), "Items", max_entries=NEEDS[Kind.BUNDLE_PRICE].slots[1])
    way = RadioField("How customers get it", choices=choices((AUTOMATIC, "It adds itself"), (BY_CODE, "With a code")))
    code = StringField("First code", description="3 to 24 letters and digits. More of them can be made later.")
    listed = BooleanField("Show it on the page of deals")
    first = Day("First day")
    last = Day("Last day")
    weekdays = SelectMultipleField("Days", coerce=int, choices=choices(*enumerate(DAY_NAMES)))
    opens = Minute("From")
    closes = Minute("Until", description="The night counts to the day before: 22:00 until 02:00 works.")
    stores = TextAreaField(
        "Stores", description="Names, cities, states, ZIP codes or numbers like 1-40, with commas. Empty: every store."
    )
    methods = SelectMultipleField(
        "How the food goes", choices=choices(*((m.value, m.value.capitalize()) for m in Method))
    )
    min_spend = Cents("Food for at least, in dollars")
    limit = Whole("Uses in all")
    limit_per_customer = Whole("Uses per customer")
    first_order = BooleanField("Only on a first order")
    chosen = Chosen()
    combine = RadioField("What may stand beside it", choices=choices(*COMBINES))
    stackable = BooleanField("May stand beside deals on items")


def form_of(
    kind: Kind,
    menu: Catalogue,
    places: Collection[int] | None,
    *,
    deal: Deal | None = None,
    typed: MultiDict[str, str] | None = None,
    more: bool = False,
) -> DealForm:
    """The form of a kind: as it was typed, else as a deal is, else empty. `more` adds an item to a bundle.

    `places` are the stores that may be named in it; whoever has few of them finds them there already.
    """
    mine = stores.written(places) if places and typed is None else ""
    empty = {"way": AUTOMATIC, "combine": "normal", "listed": True, "stores": mine}
    form = DealForm(typed, data=_filled(deal) if deal else empty)
    form.chosen = stores.chosen(form.stores.data or "", places)
    least, most = NEEDS[kind].slots
    wanted = max(least, 3 if kind is Kind.BUNDLE_PRICE else most, len(form.slots) + more)
    while len(form.slots) < min(wanted, most):
        form.slots.append_entry({"count": 1 if len(form.slots) < max(least, 2) else 0})
    while kind is Kind.TIERED_PERCENT and len(form.tiers) < MOST_TIERS:
        form.tiers.append_entry()
    for entry in form.slots:
        _offer_choices(entry.form, menu)
    return form


def _offer_choices(slot: SlotForm, menu: Catalogue) -> None:
    slot.categories.choices = choices(*((each.slug, each.name) for each in menu.categories))
    slot.sizes.choices = choices(*((key, size.name) for key, size in menu.sizes.items()))
    slot.crusts.choices = choices(*((key, crust.name) for key, crust in menu.crusts.items()))
    known = {slug: product.name for slug, product in menu.products.items()}
    gone = {slug: f"{slug} (not on the menu any more)" for slug in slot.products.data or () if slug not in known}
    slot.products.choices = choices(*known.items(), *gone.items())


def _filled(deal: Deal) -> dict[str, Any]:
    """A deal as the form's fields have it."""
    window, stage_of_fee = deal.window, deal.kind is Kind.DELIVERY
    whole = (window.opens, window.closes) == WHOLE_DAY
    return {
        "version": str(deal.version),
        "name": deal.name,
        "percent": deal.rate_ppm or None,
        "off": deal.off_cents or None,
        "price": deal.price_cents,
        "cap": deal.cap_cents,
        "min_count": deal.min_count if deal.min_count > 1 else None,
        "max_per_order": deal.max_per_order,
        "tiers": [{"count": tier.count, "percent": tier.rate_ppm} for tier in deal.tiers],
        "slots": [] if stage_of_fee else [_filled_slot(slot) for slot in deal.slots],
        "way": BY_CODE if deal.by_code else AUTOMATIC,
        "first": window.first,
        "last": window.last,
        "weekdays": list(window.weekdays),
        "opens": None if whole else window.opens,
        "closes": None if whole else window.closes,
        "stores": stores.written(deal.stores),
        "methods": list(deal.methods),
        "min_spend": deal.min_spend_cents or None,
        "limit": deal.limit,
        "limit_per_customer": deal.limit_per_customer,
        "first_order": deal.first_order,
        "combine": deal.combine.value,
        "stackable": deal.stackable,
    }


def _filled_slot(slot: Slot) -> dict[str, Any]:
    names = ("categories", "sizes", "crusts", "products")
    return {
        **{name: list(getattr(slot, name)) for name in names},
        "most_toppings": slot.most_toppings,
        "no_specialties": slot.no_specialties,
        "count": slot.count,
    }


def terms(form: DealForm, kind: Kind) -> dict[str, Any]:
    """What the form says, as the terms of a deal; of another kind's fields nothing."""
    asked = KINDS[kind]

    def own(name: str) -> Any:
        return form[name].data if name in asked.fields else None

    return {
        "name": form.name.data,
        "kind": kind.value,
        "slots": [
            _slot(entry.form, counted=n < asked.counted)
            for n, entry in enumerate(form.slots)
            if wanted(entry.form, kind, n)
        ],
        "rate_ppm": own("percent"),
        "off_cents": own("off"),
        "price_cents": own("price"),
        "cap_cents": own("cap"),
        "min_count": own("min_count"),
        "max_per_order": own("max_per_order"),
        "tiers": [[e.form.count.data, e.form.percent.data] for e in form.tiers if _any(e.form)]
        if kind is Kind.TIERED_PERCENT
        else [],
        "combine": form.combine.data,
        "stackable": bool(own("stackable")),
        "min_spend_cents": form.min_spend.data,
        "by_code": form.way.data == BY_CODE,
        "window": _window(form),
        "stores": list(form.chosen.ids),
        "methods": form.methods.data,
        "first_order": form.first_order.data,
        "limit": form.limit.data,
        "limit_per_customer": form.limit_per_customer.data,
    }


def wanted(slot: SlotForm, kind: Kind, n: int) -> bool:
    """Whether a place was filled in: one of a bundle has a number, one of an order's discount asks for something."""
    least, most = NEEDS[kind].slots
    if n >= most:
        return False
    if kind is Kind.BUNDLE_PRICE:
        return bool(slot.count.data)
    return n < least or asks(slot)


def asks(slot: SlotForm) -> bool:
    """Whether a place asks for anything."""
    lists = (slot.categories, slot.sizes, slot.crusts, slot.products)
    return any(field.data for field in lists) or slot.no_specialties.data or slot.most_toppings.data is not None


def _slot(slot: SlotForm, *, counted: bool) -> dict[str, Any]:
    names = ("categories", "sizes", "crusts", "products", "most_toppings", "no_specialties")
    return {**{name: slot[name].data for name in names}, "count": slot.count.data if counted else 1}


def _any(form: Form) -> bool:
    return any(field.data is not None for field in form)


def _window(form: DealForm) -> dict[str, Any]:
    opens, closes = form.opens.data, form.closes.data
    return {
        "first": form.first.data.isoformat() if form.first.data else None,
        "last": form.last.data.isoformat() if form.last.data else None,
        "weekdays": form.weekdays.data,
        "opens": WHOLE_DAY[0] if opens is None else opens,
        "closes": WHOLE_DAY[1] if closes in {None, DAY_TURNS} else closes,
    }
