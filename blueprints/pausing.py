"""The form with which a store takes no orders for a while; it stands on the board, and among the store's hours."""

from typing import Any

from wtforms import Form, RadioField, StringField
from wtforms.validators import DataRequired, Length

from blueprints.forms import OneLine

PAUSES = {"15": "15 min", "30": "30 min", "60": "1 hour", "day": "Until I resume"}
PAUSE_KEYS: Any = list(PAUSES)  # plain words, which the field's types do not know of
REASONS = ("We have more orders than oven. Back soon.", "The oven is being mended.", "We close early today.")


class PauseForm(Form):
    """No orders for a while, and why."""

    minutes = RadioField("For how long", choices=PAUSE_KEYS, default="30")
    reason = StringField("What customers read", [DataRequired("Say why."), Length(max=120), OneLine()])


def asked_anew() -> PauseForm:
    """The form as it is first seen."""
    return PauseForm(data={"minutes": "30", "reason": REASONS[0]})


def words(form: Form) -> dict[str, object]:
    """What its template wants."""
    return {"rest": form, "reasons": REASONS, "pauses": PAUSES.items()}
