"""Forms of the menu's editors: who sends them, what was typed, what is wrong there, and the records it stands for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.menu.cells import Cell, Wrong, in_order
from app.menu.columns import RECORDS
from app.menu.service import Amount, Placement, Side
from app.menu.sheet import Row
from app.users.service import Right, Who
from blueprints import who

NOWHERE = "none"
LISTED = frozenset({"allergens", "toppings", "options", "everywhere"})  # have controls of their own
Book = Mapping[tuple[Any, ...], Row]


def editor() -> Who:
    """Whoever may change the chain's menu. Raises Refusal `sign_in`, Forbidden."""
    return who.of_chain(Right.EDIT_MENU)


@dataclass(slots=True)
class Draft:
    """A form as it was typed, or as the menu has it: what stands in each field, and what is wrong with it."""

    typed: MultiDict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def said(self, name: str) -> str:
        """What stands in a field."""
        return self.typed.get(name, "").strip()

    def has(self, name: str, value: str) -> bool:
        """Whether a value is among those that are chosen."""
        return value in self.typed.getlist(name)

    def read(self, name: str, cell: Cell) -> Any:
        """The value of a field; None where it is wrong, which is noted."""
        try:
            return cell.value(self.said(name))
        except Wrong as wrong:
            self.errors[name] = sentence(wrong.words)
            return None


def sentence(words: str) -> str:
    """`This is missing.` for `this is missing`."""
    return f"{words[:1].upper()}{words[1:]}."


def typed(row: Row) -> MultiDict[str, str]:
    """A record as its form shows it."""
    form: MultiDict[str, str] = MultiDict()
    for name, cell in RECORDS[row.record].cells.items():
        if name in row.values and name not in LISTED:
            form[name] = cell.write(row.values[name]) if row.values[name] != [] else ""
    if row.values.get("allergens") is not None:
        form["allergens-known"] = "1"
        form.setlist("allergens", row.values["allergens"])
    if row.values.get("everywhere", True):
        form["everywhere"] = "1"
    for placed in row.values.get("toppings", ()):
        form[f"t-{placed.topping}"], form[f"a-{placed.topping}"] = placed.side.value, placed.amount.value
    for group, keys in row.values.get("options", {}).items():
        form[f"o-{group}"] = "1"
        form.setlist(f"with-{group}", list(keys))
    return form


def plain(draft: Draft, record: str, leave: Iterable[str] = ()) -> dict[str, Any]:
    """The values of a record's plain fields, those that the form has."""
    found = {
        name: draft.read(name, cell)
        for name, cell in RECORDS[record].cells.items()
        if name not in LISTED and name not in leave and name in draft.typed
    }
    if "allergens" in RECORDS[record].cells:
        chosen = in_order(draft.typed.getlist("allergens"))
        found["allergens"] = chosen if draft.said("allergens-known") else None
        _check_allergens(draft, found["allergens"], record)
    return {name: value for name, value in found.items() if not (name == "position" and value is None)}


def _check_allergens(draft: Draft, chosen: list[str] | None, record: str) -> None:
    try:
        RECORDS[record].cells["allergens"].value("; ".join(chosen or ()))
    except Wrong as wrong:
        draft.errors["allergens"] = sentence(wrong.words)


def toppings(draft: Draft, book: Book) -> tuple[Placement, ...]:
    """What a pizza comes with, as the form says."""
    return tuple(sorted(_placements(draft, book)))


def _placements(draft: Draft, book: Book) -> Iterator[Placement]:
    for row in book.values():
        key = row.values.get("key")
        side, amount = draft.said(f"t-{key}") or NOWHERE, draft.said(f"a-{key}") or Amount.NORMAL.value
        if row.record != "topping" or side == NOWHERE:
            continue
        if side in list(Side) and amount in list(Amount):
            yield Placement(str(key), Side(side), Amount(amount))
        else:
            draft.errors["toppings"] = "Choose where each topping lies from the list."


def options(draft: Draft, book: Book) -> dict[str, tuple[str, ...]]:
    """What a product is asked about, as the form says, and what it comes with."""
    groups = [row.values["key"] for row in book.values() if row.record == "option_group"]
    asked = sorted(group for group in groups if draft.said(f"o-{group}"))
    return {group: tuple(sorted(draft.typed.getlist(f"with-{group}"))) for group in asked}
