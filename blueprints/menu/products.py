"""The form of one product: its sizes with their prices, and what it comes with, as records and as a page."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from werkzeug.datastructures import MultiDict

from app.core.errors import Refusal
from app.core.money import format_cents
from app.menu import prices, rules
from app.menu.book import Book, book, changed
from app.menu.cells import DAY, PRICE, Wrong, maybe
from app.menu.columns import CALORIES, RECORDS
from app.menu.service import BASE_GROUPS
from app.menu.sheet import Row
from app.pictures import FOODS
from blueprints.menu import drafts
from blueprints.menu.drafts import Draft

Made = tuple[str, str | None]  # a size, and a crust where it is a pizza's


@dataclass(slots=True)
class ProductDraft:
    """A product being edited: the menu it belongs to, the form, and the records that would be written."""

    slug: str | None
    pizza: bool
    known: Book
    draft: Draft
    key: str = ""
    rows: list[Row] = field(default_factory=list)
    starts: date | None = None

    @property
    def mark(self) -> str:
        """Names what is known of the product, so that nobody writes over what somebody else wrote meanwhile."""
        mine = [row for row in self.known.values() if self.slug in {row.values.get("key"), row.values.get("product")}]
        return hashlib.sha256(repr([(row.record, row.values) for row in mine]).encode()).hexdigest()[:16]

    @property
    def sizes(self) -> list[Row]:
        """The sizes that it can be made in: those of pizzas are the ones on which a topping costs something."""
        made = {size for size, _ in self.made}
        return [
            row
            for row in self.of("size")
            if (row.values["topping_price"] > 0) is self.pizza or row.values["key"] in made
        ]

    @property
    def crusts(self) -> list[Row | None]:
        """The crusts that it can be made on; one that is none, where it is no pizza."""
        return [*self.of("crust")] if self.pizza else [None]

    @property
    def made(self) -> dict[Made, Row]:
        """What it is made in now."""
        return {(row.values["size"], row.values["crust"]): row for row in self.of("variant")}

    def of(self, record: str) -> list[Row]:
        """The records of a kind."""
        return [row for row in self.known.values() if row.record == record]

    def price(self, made: Made) -> int:
        """The chain's price now of what it is made in."""
        begun = [row.values for row in self._dated(made) if row.values["from"] <= prices.latest_today()]
        usual: int = self.made[made].values["price"]
        return max(begun, key=lambda said: said["from"])["price"] if begun else usual

    def planned(self) -> list[Row]:
        """Prices that have not begun yet."""
        return [row for row in self.of("price") if row.values["from"] > prices.latest_today()]

    def called(self, row: Row) -> str:
        """What a variant or its price is called: `Large, Thin`."""
        words = [self.known["size", row.values["size"]].values["name"]]
        words += [self.known["crust", row.values["crust"]].values["name"]] if row.values["crust"] else []
        return ", ".join(words)

    @property
    def categories(self) -> list[tuple[str, str]]:
        """The sections to choose from."""
        return [(row.values["key"], row.values["name"]) for row in self.of("category")]

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """The drawings to choose from."""
        return [("", "A bag"), *((key, key.replace("_", " ").capitalize()) for key in sorted(FOODS))]

    def moved(self, row: Row) -> str:
        """What becomes of a price: `$16.00, now $17.00`."""
        made = (row.values["size"], row.values["crust"])
        was = format_cents(self.price(made)) if made in self.made else ""
        if not row.values["made"]:
            return f"{was}, no more made" if row.record == "variant" else ""
        words = (
            f"{format_cents(row.values['price'])}{f' from {in_words(self.starts)}' if row.record == 'price' else ''}"
        )
        return f"{was} → {words}" if was and was != words else words

    def _dated(self, made: Made) -> list[Row]:
        return [row for row in self.of("price") if (row.values["size"], row.values["crust"]) == made]

    def changes(self) -> list[Row]:
        """The records that differ from the menu as it is; what does not hold is noted."""
        found = changed(self.rows, self.known)
        lines = [Row(row.record, row.values, line) for line, row in enumerate(found, start=1)]
        fields = {row.line: _name(row) for row in lines if row.record in {"variant", "price"}}
        for fault in () if self.draft.errors else rules.faults(lines, self.known):
            self.draft.errors.setdefault(fields.get(fault.row, fault.column), fault.words)
        if self.slug is None and found and ("product", self.key) in self.known:
            self.draft.errors.setdefault("key", "There is a product with this name in its address already.")
        return found


def in_words(day: date | None) -> str:
    """`December 1, 2026`."""
    return f"{day:%B} {day.day}, {day.year}" if day else ""


def field_name(kind: str, made: Made) -> str:
    """The name of a field in the table of sizes: `price.l.thin`."""
    return f"{kind}.{made[0]}.{made[1] or ''}"


def _name(row: Row) -> str:
    return field_name("price", (row.values["size"], row.values["crust"]))


def opened(slug: str | None, *, pizza: bool = False) -> ProductDraft | None:
    """A product as the menu has it, or a new one; None where there is no such product."""
    found = _found(slug, slug or "", pizza=pizza)
    if found is None:
        return None
    form = found.draft.typed
    if slug is None:
        form.update({"group": "pizzas" if pizza else "", "everywhere": "1", "places": "1" if pizza else "0"})
        return found
    form.update(drafts.typed(found.known["product", slug]))
    for made, row in found.made.items():
        form[field_name("price", made)] = PRICE.write(found.price(made))
        form[field_name("kcal", made)] = CALORIES.write(row.values["calories"])
        if row.values["default"]:
            form["default"] = field_name("", made)
    return found


def _found(slug: str | None, key: str, *, pizza: bool) -> ProductDraft | None:
    known = book([key]) if key and "\0" not in key else book([])
    if slug is not None and ("product", slug) not in known:
        return None
    crusted = any(row.values["crust"] for row in known.values() if row.record == "variant")
    return ProductDraft(slug, crusted if slug else pizza, known, Draft(MultiDict()), key)


def filled(slug: str | None, form: MultiDict[str, str]) -> ProductDraft | None:
    """A product as somebody filled its form in; None where there is no such product."""
    draft = Draft(form)
    key = slug or _new_key(draft)
    found = _found(slug, key, pizza=form.get("kind") == "pizza")
    if found is None:
        return None
    found.draft, found.starts = draft, _day(draft)
    values = drafts.plain(draft, "product", leave=("key",)) | {
        "key": key,
        "everywhere": bool(draft.said("everywhere")),
        "options": drafts.options(draft, found.known),
        "toppings": drafts.toppings(draft, found.known) if found.pizza else (),
    }
    found.rows = [Row("product", values), *_variants(found, key), *_prices(found, key)]
    return found


def _new_key(draft: Draft) -> str:
    """What a new product is called in its address: as typed, else made from its name."""
    key = draft.said("key") or slugged(draft.said("name"))
    try:
        read: str = RECORDS["product"].cells["key"].value(key)
    except Wrong as wrong:
        draft.errors["key" if draft.said("name") else "name"] = drafts.sentence(wrong.words)
        return ""
    if read == "new":
        draft.errors["key"] = "Choose another name for its address."
    return read


def _day(draft: Draft) -> date | None:
    day: date | None = draft.read("starts", maybe(DAY))
    try:
        return prices.check_day(day, prices.latest_today())
    except Refusal as refusal:
        draft.errors["starts"] = refusal.message
        return None


def _variants(found: ProductDraft, key: str) -> Iterator[Row]:
    """What it is made in from now on; prices of a day to come are no business of these."""
    draft = found.draft
    for made, cents in _typed_prices(found):
        known = found.made.get(made)
        identity = {"product": key, "size": made[0], "crust": made[1]}
        if cents is None:
            if known is not None:
                yield Row("variant", {**identity, "made": False})
            continue
        calories = draft.read(field_name("kcal", made), CALORIES)
        rest = {"calories": calories, "default": draft.said("default") == field_name("", made)}
        at_once = known is None or (found.starts is None and cents != found.price(made))
        yield Row("variant", {**identity, **rest, **({"price": cents} if at_once else {})})


def _prices(found: ProductDraft, key: str) -> Iterator[Row]:
    """Prices from a day on; at once, those that have begun make room."""
    for made, cents in _typed_prices(found):
        if made not in found.made or cents is None or cents == found.price(made):
            continue
        identity = {"product": key, "size": made[0], "crust": made[1]}
        if found.starts is not None:
            yield Row("price", {**identity, "from": found.starts, "price": cents})
            continue
        for row in found._dated(made):
            if row.values["from"] <= prices.latest_today():
                yield Row("price", {**identity, "from": row.values["from"], "made": False})


def _typed_prices(found: ProductDraft) -> Iterator[tuple[Made, int | None]]:
    for made in _grid(found):
        yield made, found.draft.read(field_name("price", made), maybe(PRICE))


def _grid(found: ProductDraft) -> Iterable[Made]:
    crusts = [row.values["key"] if row else None for row in found.crusts]
    return [(row.values["key"], crust) for row in found.sizes for crust in crusts]


def slugged(name: str) -> str:
    """The name of an address for a product's name: `jalapeno-feta` for `Jalapeño & Feta`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def loose(found: ProductDraft) -> list[tuple[str, list[Row]]]:
    """The toppings by their groups, those that a pizza starts with first."""
    groups = sorted(found.of("topping_group"), key=lambda row: row.values["key"] not in BASE_GROUPS)
    toppings = found.of("topping")
    return [(g.values["name"], [t for t in toppings if t.values["group"] == g.values["key"]]) for g in groups]
