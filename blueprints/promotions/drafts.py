"""Writing deals: the kind first, then its fields, and beside them how customers will read it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.core.errors import Conflict, NotFound, Refusal
from app.menu.service import Catalogue
from app.promotions import service as promotions
from app.promotions.deals import unpacked
from app.promotions.service import Deal, Kind, Listed
from app.stores import service as stores
from app.users import service as users
from app.users.service import Who
from blueprints import desk
from blueprints.deal_words import card
from blueprints.desk import at_work, key, once
from blueprints.htmx import answer, wants_piece
from blueprints.promotions import scope
from blueprints.promotions.draft_faults import blame, check, faults, field_of
from blueprints.promotions.draft_form import BY_CODE, DealForm, form_of, terms
from blueprints.promotions.kinds import KINDS
from blueprints.promotions.scope import DOOR, PATH
from blueprints.promotions.typed import WHOLE

pages = Blueprint("deal_drafts", __name__)
pages.register_error_handler(Refusal, desk.refuse)


@pages.get(f"{PATH}/new")
def new_page() -> ResponseReturnValue:
    person, kind = scope.anywhere(), _kind()
    if kind is None:
        return desk.page("promotions/desk/kinds.html", DOOR, kinds=KINDS)
    form = form_of(kind, scope.offered(person), scope.places(person))
    form.idem.data = key()
    return _draw(person, form, kind)


@pages.post(PATH)
def create() -> ResponseReturnValue:
    person, kind = scope.anywhere(), _known_kind()
    form = _typed(person, kind)
    if _only_looks():
        return _look(person, form, kind)

    def write(said: Mapping[str, Any]) -> ResponseReturnValue:
        return once("deal.create", lambda: _create(person, form, said))

    return _saved(person, form, kind, write)


def _create(person: Who, form: DealForm, said: Mapping[str, Any]) -> str:
    deal_id = promotions.write(said, by=person.user_id, listed=form.listed.data)
    code = (form.code.data or "").strip()
    if code and form.way.data == BY_CODE:
        promotions.add_code(deal_id, code)
    at_work(person)
    users.audit(person.user_id, "deal.create", f"deal:{deal_id}", terms=said, code=code)
    return f"{PATH}/{deal_id}"


@pages.get(f"{PATH}/<row:deal_id>/edit")
def edit_page(deal_id: int) -> ResponseReturnValue:
    person, found = scope.of_deal(deal_id)
    deal = found.deal
    form = form_of(deal.kind, scope.offered(person), scope.places(person), deal=deal)
    form.listed.data = found.listed
    form.idem.data = key()
    return _draw(person, form, deal.kind, deal)


@pages.post(f"{PATH}/<row:deal_id>")
def change(deal_id: int) -> ResponseReturnValue:
    person, found = scope.of_deal(deal_id)
    kind, form = found.deal.kind, _typed(person, found.deal.kind)
    if _only_looks():
        return _look(person, form, kind, found.deal)

    def write(said: Mapping[str, Any]) -> ResponseReturnValue:
        return once("deal.change", lambda: _change(person, deal_id, form, said))

    return _saved(person, form, kind, write, found.deal)


def _change(person: Who, deal_id: int, form: DealForm, said: Mapping[str, Any]) -> str:
    typed = form.version.data or ""
    seen = int(typed) if WHOLE.fullmatch(typed) else 0
    number = promotions.change(deal_id, seen, said, by=person.user_id, listed=form.listed.data)
    at_work(person)
    users.audit(person.user_id, "deal.change", f"deal:{deal_id}", version=number, terms=said)
    flash("Saved. It holds from the next order on.")
    return f"{PATH}/{deal_id}"


def _kind() -> Kind | None:
    word = request.values.get("kind", "")
    return Kind(word) if word in list(Kind) else None


def _known_kind() -> Kind:
    found = _kind()
    if found is None:
        raise NotFound("Choose what the deal does first.")
    return found


def _only_looks() -> bool:
    return "look" in request.form or "more" in request.form


def _look(person: Who, form: DealForm, kind: Kind, deal: Deal | None = None) -> ResponseReturnValue:
    """How customers would read what was typed: as a piece beside the form, or as its page."""
    if not wants_piece():
        return _draw(person, form, kind, deal)
    reading = _reading(form, kind, scope.offered(person))
    return answer(render_template("promotions/desk/_reading.html", path=_path(deal), **reading))


def _path(deal: Deal | None) -> str:
    return f"{PATH}/{deal.id}" if deal else PATH


def _typed(person: Who, kind: Kind) -> DealForm:
    typed = request.form
    return form_of(kind, scope.offered(person), scope.places(person), typed=typed, more="more" in typed)


def _saved(
    person: Who,
    form: DealForm,
    kind: Kind,
    write: Callable[[Mapping[str, Any]], ResponseReturnValue],
    deal: Deal | None = None,
) -> ResponseReturnValue:
    """What `write` answers; else the form as it was typed, with the words of what is wrong beside its fields."""
    if not check(form, kind):
        return _draw(person, form, kind, deal, status=422)
    said = terms(form, kind)
    if not said["stores"] and not scope.chain_wide(person):
        form.stores.errors = ["Choose your stores. A deal at every store is up to marketing."]
        return _draw(person, form, kind, deal, status=422)
    scope.of_stores(said["stores"])
    try:
        return write(said)
    except Conflict as conflict:
        if deal is not None:  # who presses again after these words has decided, on the version that there is now
            form.version.data, form.idem.data = str(promotions.standing(deal.id).deal.version), key()
        return _draw(person, form, kind, deal, status=409, also=conflict.message)
    except Refusal as refusal:
        if refusal.field is None:
            raise
        blame(form, kind, refusal)
        return _draw(person, form, kind, deal, status=422)


def _reading(form: DealForm, kind: Kind, menu: Catalogue) -> dict[str, Any]:
    """The coupon that customers will see, or what is still missing for it; and the stores that were named."""
    where = stores.in_words(form.chosen.ids) if form.chosen.ids else ""
    if not check(form, kind):
        return {"reading": None, "missing": next((words for _, words in faults(form)), ""), "where": where}
    said = terms(form, kind)
    try:
        deal = unpacked({**said, "name": said["name"] or "Your deal"}, 0, 1)
    except Refusal as refusal:
        label = field_of(form, kind, refusal.field or "").label.text
        return {"reading": None, "missing": f"{label}: {refusal.message}", "where": where}
    reading = card(Listed(deal, (form.code.data or "").strip() or None, None), menu)
    return {"reading": reading, "missing": "", "where": where}


def _draw(
    person: Who, form: DealForm, kind: Kind, deal: Deal | None = None, *, status: int = 200, also: str = ""
) -> ResponseReturnValue:
    wrong = list(faults(form)) if status != 200 else []
    looked = form_of(kind, scope.offered(person), scope.places(person), deal=deal, typed=_sent())
    return desk.page(
        "promotions/desk/draft.html",
        DOOR,
        status=status,
        form=form,
        kind=kind,
        asked=KINDS[kind],
        deal=deal,
        wrong=wrong,
        also=also,
        path=_path(deal),
        **_reading(looked, kind, scope.offered(person)),
    )


def _sent() -> MultiDict[str, str] | None:
    return request.form if request.method == "POST" else None
