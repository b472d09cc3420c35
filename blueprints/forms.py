"""What several forms share: one-line text, e-mail addresses, times to choose, and pages of our own to go back to."""

import re
from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email
from wtforms import Form
from wtforms.fields import Field
from wtforms.validators import ValidationError

from app.core import clock
from app.core.errors import Refusal
from app.orders.cart import ask
from app.orders.values import CartView
from app.stores import service as stores
from blueprints.frame import at_store

ASAP = "asap"
FURTHEST = timedelta(days=7)  # beyond it lies nothing that was ever offered
ZIP = re.compile(r"[0-9]{5}\Z")
ZIP_WANTED = "A ZIP code has five digits, like 60610."
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
CARD_LIKE = re.compile(r"\d(?:[ -]?\d){12,18}")


class OneLine:
    """Text on one line: trimmed, without control characters; anything that looks like a card's number is masked."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Refuse what no keyboard types; raises ValidationError."""
        text = field.data or ""
        if CONTROL.search(text):
            raise ValidationError("Please use plain text on one line.")
        field.data = CARD_LIKE.sub(_masked, text.strip())


class EmailAddress:
    """An address that a mail could reach, by its form alone; kept as mail servers write it."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Raises ValidationError."""
        try:
            field.data = validate_email(field.data or "", check_deliverability=False).normalized
        except EmailNotValidError as error:
            raise ValidationError("Enter an email address like name@example.com.") from error


def in_one_line(text: str) -> str:
    """Text as people type it on one line, whatever was sent; what looks like a card's number is masked."""
    return CARD_LIKE.sub(_masked, " ".join(CONTROL.sub(" ", text).split()))


def _masked(found: re.Match[str]) -> str:
    digits = [int(digit) for digit in found[0] if digit.isdigit()]
    doubled = [digit if n % 2 == 0 else sum(divmod(2 * digit, 10)) for n, digit in enumerate(reversed(digits))]
    return "(card number removed)" if sum(doubled) % 10 == 0 else found[0]


def time_choices(view: CartView | None) -> list[tuple[str, str]]:
    """As soon as possible, every later time until tomorrow night that has room, and the one that was chosen."""
    choices = [(ASAP, "As soon as possible")]
    if view is None or view.place is None:
        return choices
    info = stores.store(view.place.store_id)
    try:
        times = stores.later_times(ask(view.place, view.lines))
    except Refusal:
        return choices
    free = {at for at, has_room in times if has_room} | {at for at in (view.place.wanted_at,) if at}
    return choices + [(at.isoformat(), at_store(at, info)) for at in sorted(free)]


def chosen_time(text: str | None) -> datetime | None:
    """The moment that was chosen; None for as soon as possible. Raises Refusal `bad_time` for what no list offers."""
    if not text or text == ASAP:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or abs(moment - clock.now()) > FURTHEST:
        raise Refusal("bad_time", "Please choose a time from the list.", field="time")
    return moment


def own_path(text: str) -> str | None:
    """The text when it is a path of our own pages; None for anything that could lead away."""
    ours = text.startswith("/") and not text.startswith("//") and "\\" not in text
    return text if ours and not CONTROL.search(text) else None
