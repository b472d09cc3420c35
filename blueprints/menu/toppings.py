"""Toppings for those who look after the menu: what they are, and what one costs on each size."""

from functools import partial
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.core.errors import NotFound, Refusal
from app.menu import book as menu_book
from app.menu import rules
from app.menu.book import Book
from app.menu.cells import PRICE
from app.menu.columns import RECORDS
from app.menu.facts import Allergen
from app.menu.pizza import topping_charge
from app.menu.preview import previewed
from app.menu.service import Amount, Placement
from app.menu.sheet import Row
from app.pictures import TOPPINGS
from app.stores import service as stores
from app.users import service as users
from app.users.service import Who
from blueprints import desk
from blueprints.htmx import answer, wants_piece
from blueprints.menu import drafts
from blueprints.menu.builder import topping_row
from blueprints.menu.drafts import Draft, editor
from blueprints.menu.products import slugged

pages = Blueprint("manage_toppings", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/manage/menu/toppings", "menu"
PAGES = frozenset({"new", "preview", "prices"})  # what no topping can be called in an address


@pages.get(PATH)
def toppings_page() -> ResponseReturnValue:
    editor()
    return _list(menu_book.book([]))


@pages.post(f"{PATH}/prices")
def save_prices() -> ResponseReturnValue:
    person, known = editor(), _locked()
    draft = Draft(request.form)
    rows = [
        Row("size", {"key": key, "topping_price": draft.read(f"price-{key}", PRICE)})
        for key in (row.values["key"] for row in known.values() if row.record == "size")
        if f"price-{key}" in request.form
    ]
    if draft.errors:
        return _list(known, draft, 422)
    return _write(person, rows, known, "Prices of toppings are saved.", PATH)


@pages.get(f"{PATH}/new")
def new_topping_page() -> ResponseReturnValue:
    editor()
    fresh = MultiDict([("weight", "1000"), *(("amounts", amount.value) for amount in Amount)])
    return _page(menu_book.book([]), None, Draft(fresh))


@pages.get(f"{PATH}/<key>")
def topping_page(key: str) -> ResponseReturnValue:
    editor()
    known = menu_book.book([])
    row = _topping(known, key)
    form = drafts.typed(row)
    form.setlist("amounts", row.values["amounts"])
    if not row.values["whole_only"]:
        form.pop("whole_only")
    return _page(known, key, Draft(form))


@pages.post(PATH)
def create_topping() -> ResponseReturnValue:
    return _save(None)


@pages.post(f"{PATH}/preview")
def preview_topping() -> ResponseReturnValue:
    editor()
    known, key, draft = menu_book.book(), request.form.get("key") or None, Draft(request.form)
    row, changed = _filled(draft, key, known)
    words = {} if draft.errors else _seen(row, changed, known)
    if wants_piece():
        return answer(render_template("menu/desk/_topping_preview.html", draft=draft, **words))
    return _page(known, key, draft, **words)


def _seen(row: Row, changed: list[Row], known: Book) -> dict[str, Any]:
    """The topping as customers of the first store would see it, and what one costs in each size."""
    offered = previewed(partial(menu_book.write, changed, known), stores.first())
    topping = offered.toppings.get(row.values["key"])
    if topping is None:
        return {}
    one = (Placement(topping.key),)
    sizes = [size for size in offered.sizes.values() if size.topping_cents]
    costs = [(size.name, topping_charge(offered, size.key, (), one)) for size in sizes]
    return {"topping": topping, "costs": costs, "topping_row": topping_row}


@pages.post(f"{PATH}/<key>")
def save_topping(key: str) -> ResponseReturnValue:
    return _save(key)


def _save(key: str | None) -> ResponseReturnValue:
    person, known = editor(), _locked()
    draft = Draft(request.form)
    row, changed = _filled(draft, key, known)
    if draft.errors:
        return _page(known, key, draft, 422)
    return _write(person, changed, known, f"{row.values['name']} is saved.", f"{PATH}/{row.values['key']}")


def _filled(draft: Draft, key: str | None, known: Book) -> tuple[Row, list[Row]]:
    """The topping as somebody filled its form in, and what of it would change; what does not hold is noted."""
    if key is not None:
        _topping(known, key)
    row = Row("topping", _values(draft, key))
    changed = menu_book.changed([row], known) if not draft.errors else []
    if key is None and changed and ("topping", row.values["key"]) in known:
        draft.errors["name"] = "There is a topping with this name already."
    for fault in () if draft.errors else rules.faults(changed, known):
        draft.errors.setdefault(fault.column, fault.words)
    return row, changed


def _values(draft: Draft, key: str | None) -> dict[str, object]:
    cell = RECORDS["topping"].cells["key"]
    typed = Draft(MultiDict({"name": key or slugged(draft.said("name"))[:24].strip("-")}))
    found = typed.read("name", cell)
    draft.errors |= typed.errors
    amounts = Draft(MultiDict({"amounts": "; ".join(draft.typed.getlist("amounts"))}))
    values = drafts.plain(draft, "topping", leave=("key", "amounts", "whole_only")) | {
        "key": found,
        "amounts": amounts.read("amounts", RECORDS["topping"].cells["amounts"]),
        "whole_only": bool(draft.said("whole_only")),
    }
    draft.errors |= amounts.errors
    if found in PAGES:
        draft.errors["name"] = "Choose another name."
    if not draft.typed.getlist("amounts"):
        draft.errors["amounts"] = "Choose one."
    return values


def _locked() -> Book:
    menu_book.lock()
    return menu_book.book()


def _topping(known: Book, key: str) -> Row:
    row = known.get(("topping", key))
    if row is None:
        raise NotFound("We could not find that topping.")
    return row


def _write(person: Who, rows: list[Row], known: Book, said: str, url: str) -> ResponseReturnValue:
    changed = menu_book.changed(rows, known)
    if changed:
        menu_book.write(changed, known)
        records = [f"{row.record} {row.called}" for row in changed]
        users.audit(desk.at_work(person).user_id, "menu.topping", "menu", records=records)
    return desk.done(said, url)


def _list(known: Book, draft: Draft | None = None, status: int = 200) -> ResponseReturnValue:
    of = {record: [row for row in known.values() if row.record == record] for record in RECORDS}
    names = {row.values["key"]: row.values["name"] for row in of["topping_group"]}
    ordered = sorted(of["topping"], key=lambda row: list(names).index(row.values["group"]))
    sections = [(names[key], list(rows)) for key, rows in groupby(ordered, key=lambda row: row.values["group"])]
    sizes = [row for row in of["size"] if row.values["topping_price"] > 0]
    now = MultiDict({f"price-{row.values['key']}": PRICE.write(row.values["topping_price"]) for row in sizes})
    shown = draft or Draft(now)
    return desk.page("menu/desk/toppings.html", DOOR, status=status, sections=sections, sizes=sizes, draft=shown)


def _page(known: Book, key: str | None, draft: Draft, status: int = 200, **words: Any) -> ResponseReturnValue:
    groups = [(row.values["key"], row.values["name"]) for row in known.values() if row.record == "topping_group"]
    return desk.page(
        "menu/desk/topping.html",
        DOOR,
        status=status,
        key=key,
        draft=draft,
        groups=groups,
        pictures=[("", "By its own name"), *((name, name.replace("_", " ").capitalize()) for name in sorted(TOPPINGS))],
        amounts=[
            (amount.value, "Regular" if amount is Amount.NORMAL else amount.value.capitalize()) for amount in Amount
        ],
        allergens=[allergen.value for allergen in Allergen],
        **words,
    )
