"""The chain's menu for those who look after it: its products, each with a preview before anything is saved."""

from functools import partial
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from app.core.errors import NotFound, Refusal
from app.menu import book as menu_book
from app.menu.facts import Allergen
from app.menu.listing import listing
from app.menu.preview import previewed
from app.menu.service import Catalogue
from app.menu.sheet import Row
from app.stores import service as stores
from app.users import service as users
from app.users.service import Right
from blueprints import desk, who
from blueprints.htmx import answer, wants_piece
from blueprints.menu import products
from blueprints.menu.drafts import editor
from blueprints.menu.offered import card
from blueprints.menu.products import ProductDraft

pages = Blueprint("manage_menu", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/manage/menu", "menu"
CONFLICT = "Somebody else changed this product meanwhile. What you typed is still here: check it, and save again."


@pages.get(PATH)
def menu_page() -> ResponseReturnValue:
    person = who.staff()
    if not person.may(Right.EDIT_MENU, None) and person.may_somewhere(Right.SET_PRICES):
        return redirect("/manage/prices", 303)
    editor()
    q = request.args.get("q", "").strip()[:40]
    found, more = listing(q)
    sections = [(name, list(items)) for name, items in groupby(found, key=lambda item: item.category)]
    return desk.page("menu/desk/menu.html", DOOR, sections=sections, more=more, q=q)


@pages.get(f"{PATH}/products/new")
def new_product_page() -> ResponseReturnValue:
    editor()
    return _page(_there(products.opened(None, pizza=request.args.get("kind") == "pizza")))


@pages.get(f"{PATH}/products/<slug>")
def product_page(slug: str) -> ResponseReturnValue:
    editor()
    return _page(_there(products.opened(slug)))


@pages.post(f"{PATH}/products")
def create_product() -> ResponseReturnValue:
    return _save(None)


@pages.post(f"{PATH}/products/<slug>")
def save_product(slug: str) -> ResponseReturnValue:
    return _save(slug)


@pages.post(f"{PATH}/preview")
def preview_product() -> ResponseReturnValue:
    editor()
    found = _there(products.filled(request.form.get("slug") or None, request.form))
    shown = _preview(found)
    if wants_piece():
        return answer(render_template("menu/desk/_preview.html", product=found, draft=found.draft, **shown))
    return _page(found, **shown)


@pages.post(f"{PATH}/products/<slug>/prices/end")
def take_price_back(slug: str) -> ResponseReturnValue:
    person = editor()
    menu_book.lock()
    found = _there(products.opened(slug))
    row = next((row for row in found.planned() if _asked_for(row)), None)
    if row is not None:
        gone = Row(row.record, {**row.values, "made": False})
        menu_book.write([gone], found.known)
        users.audit(desk.at_work(person).user_id, "menu.price.end", f"product:{slug}", price=row.called)
    return desk.done("That price is taken back.", f"{PATH}/products/{slug}")


def _asked_for(row: Row) -> bool:
    said = (request.form.get(name, "") for name in ("size", "crust", "from"))
    return tuple(said) == (row.values["size"], row.values["crust"] or "", row.values["from"].isoformat())


def _save(slug: str | None) -> ResponseReturnValue:
    person = editor()
    menu_book.lock()
    found = _there(products.filled(slug, request.form))
    changed = found.changes()
    if found.draft.errors:
        return _page(found, 422)
    if changed and slug and request.form.get("mark") != found.mark:
        return _page(found, 409, also=(CONFLICT,))
    if changed:
        menu_book.write(changed, found.known)
        desk.at_work(person)
        said = {"records": [f"{row.record} {row.called}" for row in changed][:40]}
        users.audit(person.user_id, "menu.product", f"product:{found.key}", **said)
    name = found.draft.said("name")
    return desk.done(f"{name} is saved." if changed else f"{name} is as it was.", f"{PATH}/products/{found.key}")


def _there(found: ProductDraft | None) -> ProductDraft:
    if found is None:
        raise NotFound("We could not find that product.")
    return found


def _preview(found: ProductDraft) -> dict[str, Any]:
    """The card as customers would see it on the menu, of the first store, and every price that would change."""
    changed = found.changes()
    if found.draft.errors:
        return {"card": None}
    shown = [_on_show(row) for row in changed] or [_on_show(row) for row in found.rows[:1]]
    store_id = stores.first()
    seen = previewed(partial(menu_book.write, shown, found.known), store_id)
    return {"card": _card(seen, found.key), "moves": [row for row in changed if row.record in {"variant", "price"}]}


def _on_show(row: Row) -> Row:
    """The record as if its product were sold today at every store: a preview is for looking at it."""
    if row.record != "product":
        return row
    always = {"everywhere": True, "first_day": None, "last_day": None, "opens": None, "closes": None}
    return Row(row.record, {**row.values, **always})


def _card(seen: Catalogue, key: str) -> object:
    item = seen.products.get(key)
    return card(seen, item, None) if item else None


def _page(found: ProductDraft, status: int = 200, also: tuple[str, ...] = (), **words: Any) -> ResponseReturnValue:
    return desk.page(
        "menu/desk/product.html",
        DOOR,
        status=status,
        product=found,
        draft=found.draft,
        groups=products.loose(found),
        field_name=products.field_name,
        allergens=[allergen.value for allergen in Allergen],
        in_words=products.in_words,
        also=also,
        **words,
    )
