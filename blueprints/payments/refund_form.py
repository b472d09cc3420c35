"""What somebody chooses to give back, read from the form or from the page that repeats it."""

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, SelectField, StringField
from wtforms.fields import Field
from wtforms.validators import InputRequired, Length, ValidationError

from app.payments.returns import Sheet, Wish
from app.payments.service import Bearer, Reason
from blueprints.forms import OneLine
from blueprints.refund_words import BEARERS, REASONS

WHOLE, PARTS, AMOUNT = "whole", "parts", "amount"
WAYS: Any = [WHOLE, PARTS, AMOUNT]  # plain words, which the field's types do not know of
DOLLARS = re.compile(r"\$?\s*([0-9]{1,6})(?:\.([0-9]{2}))?")
WHY: Any = {"": "Choose"} | {each.value: words for each, words in REASONS.items() if each is not Reason.CANCELLED}
BORNE_BY: Any = {"": "Choose"} | {each.value: words for each, words in BEARERS.items() if each is not Bearer.NOBODY}


class RefundForm(Form):
    """What goes back (all that is left, some parts, an amount), why, and who bears it."""

    what = RadioField("What goes back", [InputRequired()], default=PARTS, choices=WAYS)
    amount = StringField("Amount", [Length(max=12), OneLine()])
    reason = SelectField("Why", [InputRequired("Choose why.")], choices=WHY)
    bearer = SelectField("Who bears it", [InputRequired("Choose who bears it.")], choices=BORNE_BY)
    note = StringField("Note", [Length(max=120), OneLine()])

    def validate_amount(self, field: Field) -> None:
        """Raises ValidationError for what is no amount of money."""
        if self.what.data == AMOUNT and not cents(field.data):
            raise ValidationError("Enter an amount in dollars, like 7.50.")


def cents(text: str | None) -> int | None:
    """An amount of dollars in cents; None for anything else."""
    found = DOLLARS.fullmatch((text or "").strip())
    return int(found[1]) * 100 + int(found[2] or 0) if found else None


def chosen(given: Mapping[str, str], seen: Sheet) -> dict[int, int]:
    """How many of each row were chosen; what makes no sense counts as none."""
    typed = {n: given.get(f"row-{n}", "") for n in range(len(seen.rows))}
    return {n: int(text) for n, text in typed.items() if text.isascii() and text.isdigit() and len(text) < 4}


def wish(form: RefundForm, given: MultiDict[str, str], seen: Sheet) -> Wish:
    """What a form that holds asks for: the first ones of each row that can still go back.

    More of a row than is left is kept, so that it is refused and not made less.
    """
    parts: tuple[str, ...] = ()
    if form.what.data == PARTS:
        for n, count in chosen(given, seen).items():
            row = seen.rows[n]
            parts += tuple(part.key for part in (row.free if count <= len(row.free) else row.parts)[:count])
    amount = cents(form.amount.data) if form.what.data == AMOUNT else None
    nothing = form.what.data == PARTS and not parts
    return Wish(
        Reason(form.reason.data), Bearer(form.bearer.data), form.note.data or "", parts, 0 if nothing else amount
    )
