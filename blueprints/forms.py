"""What several forms share: one-line text, addresses, phones, times to choose, and pages of our own to go back to."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email
from markupsafe import Markup
from wtforms import Form, StringField
from wtforms.fields import Field
from wtforms.validators import Length, Optional, Regexp, ValidationError

from app.core import clock
from app.core.errors import Refusal
from app.orders.cart import ask
from app.orders.values import CartView
from app.stores import service as stores
from app.stores.addresses import read_line, zip_of
from app.stores.service import Address
from app.users import phones
from blueprints.attributes import attributes
from blueprints.frame import times_at_store

ASAP = "asap"
FURTHEST = timedelta(days=8)  # a week, and the way there: beyond it lies nothing that was ever offered
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


class TimeList:
    """A list of times, a hundred and more of them: an option is written once, and kept from one page to the next. One
    that sends nothing can only be read.
    """

    def __call__(self, field: "TimeField", **given: object) -> Markup:
        """The list, with the chosen time chosen."""
        options = "".join([_option(value, words, value == field.data) for value, words in field.offered])
        said = attributes(name=field.name, **{"id": field.id, **given})
        return Markup(f"<select {said}>{options}</select>")  # noqa: S704 - both are escaped


@lru_cache(4_096)
def _option(value: str, words: str, chosen: bool) -> Markup:
    state = (" selected" if chosen else "") if value else " disabled"
    return Markup('<option{} value="{}">{}</option>').format(state, value, words)


class TimeField(StringField):
    """One of the days or times that are `offered`, as value and words. Whether it still is, the store says later."""

    widget = TimeList()
    offered: Sequence[tuple[str, str]] = ()


class Phone:
    """A US number in any way of writing; kept as `+13125550142`."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Raises ValidationError."""
        try:
            field.data = phones.number_of(field.data or "")
        except Refusal as refusal:
            raise ValidationError(refusal.message) from refusal


class AddressForm(Form):
    """Where somebody lives."""

    street = StringField("Street and number", [Length(max=120), OneLine()])
    unit = StringField("Apartment, floor", [Length(max=40), OneLine()])
    city = StringField("City", [Length(max=60), OneLine()])
    zip = StringField(
        "ZIP code", [Optional(), Regexp(ZIP, message=ZIP_WANTED)], filters=[lambda text: zip_of(text or "")]
    )

    @property
    def address(self) -> Address:
        """Where that is."""
        return Address(self.street.data or "", self.city.data or "", self.zip.data or "")


def taken_apart(form: Mapping[str, str]) -> dict[str, str]:
    """A form whose street holds a whole address, as people paste it, taken apart into its fields."""
    typed = {name: form[name] for name in form}
    line = read_line(typed.get("street", ""))
    if not typed.get("zip", "").strip() and line.zip and line.street:
        parts = {"street": line.street, "unit": line.unit, "city": line.city, "zip": line.zip}
        typed |= {name: part for name, part in parts.items() if part and (name == "street" or not typed.get(name))}
    return typed


def in_one_line(text: str) -> str:
    """Text as people type it on one line, whatever was sent; what looks like a card's number is masked."""
    return CARD_LIKE.sub(_masked, " ".join(CONTROL.sub(" ", text).split()))


def _masked(found: re.Match[str]) -> str:
    digits = [int(digit) for digit in found[0] if digit.isdigit()]
    doubled = [digit if n % 2 == 0 else sum(divmod(2 * digit, 10)) for n, digit in enumerate(reversed(digits))]
    # Never longer than what it takes the place of: the text was measured before.
    return "(card removed)"[: len(found[0])] if sum(doubled) % 10 == 0 else found[0]


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
    free, wanted = [at for at, has_room in times if has_room], view.place.wanted_at
    if wanted and wanted not in free:
        free = sorted([*free, wanted])
    return choices + [(at.isoformat(), words) for at, words in zip(free, times_at_store(free, info), strict=True)]


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
