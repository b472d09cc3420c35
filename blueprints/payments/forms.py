"""What a checkout asks for, and how what was typed is read."""

import re

from wtforms import BooleanField, Form, HiddenField, RadioField, StringField
from wtforms.fields import Field
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from app.core.money import at_rate, format_cents
from app.payments.service import PayWith
from app.users import phones
from blueprints.forms import ASAP, EmailAddress, OneLine, Phone, TimeField

MOST_TIP_CENTS = 20_000
TIP_RATES = (100_000, 150_000, 200_000)
NO_TIP, OTHER_TIP = "0", "other"
DOLLARS = re.compile(r"\$?\s*(\d{1,3})(?:\.(\d{2}))?")
WHOLE = r"[0-9]{1,9}\Z"
KEPT = re.compile(r"kept:([0-9]{1,9})")
AT_THE_DOOR = "Leave it at the door."


def one_line(text: str | None) -> str | None:
    """Line ends and runs of blanks become one blank each."""
    return " ".join(text.split()) if text else text


class CheckoutForm(Form):
    """A checkout. `total` is what the page showed before the tip, in cents; `token` and `version` say of which cart,
    `promised` until when it was to be there.
    """

    idem = HiddenField(validators=[Regexp(r"[A-Za-z0-9_-]{16,64}\Z", message="Please press the button again.")])
    token = HiddenField()
    version = HiddenField(validators=[Regexp(WHOLE, message="Please check your order and press the button again.")])
    total = HiddenField(validators=[Regexp(WHOLE, message="Please check your order and press the button again.")])
    promised = HiddenField()
    time = TimeField("When", default=ASAP)
    name = StringField("Name", [InputRequired("Enter your name."), Length(1, 80), OneLine()], [one_line])
    phone = StringField("Phone", [InputRequired(phones.WANTED), Length(max=40), OneLine(), Phone()], [one_line])
    email = StringField(
        "Email", [InputRequired("Enter your email address."), Length(max=254), OneLine(), EmailAddress()], [one_line]
    )
    street = StringField("Street and number", [Length(max=120), OneLine()], [one_line])
    unit = StringField("Apartment, floor", [Length(max=40), OneLine()], [one_line])
    door = BooleanField("Leave it at the door")
    note = StringField("Note", [Length(max=170), OneLine()], [one_line])
    tip = RadioField("Tip", default="", choices=[], validate_choice=False)
    tip_other = StringField("Other amount", [Length(max=12), OneLine()])
    keep_address = BooleanField("Keep this address for next time")
    keep_card = BooleanField("Keep this card for next time")
    pay_with = RadioField("Pay", default=PayWith.HOSTED.value, choices=list(PayWith), validate_choice=False)

    def validate_tip(self, _field: Field) -> None:
        """Raises ValidationError for a tip that is no amount."""
        if tip_cents(self) is None:
            raise ValidationError(f"Enter a tip in dollars, up to ${MOST_TIP_CENTS // 100}.")

    def validate_pay_with(self, field: Field) -> None:
        """Raises ValidationError for a way to pay that there is not."""
        if field.data not in set(PayWith) and not KEPT.fullmatch(field.data or ""):
            raise ValidationError("Choose how to pay.")


def way(text: str | None) -> tuple[PayWith, int | None]:
    """How to pay, as a form says it, and with which kept card (`kept:7`), if with one."""
    if kept := KEPT.fullmatch(text or ""):
        return PayWith.CARD, int(kept[1])
    return (PayWith(text) if text in set(PayWith) else PayWith.HOSTED), None


def tip_cents(form: CheckoutForm) -> int | None:
    """The tip in cents; None when what was typed is no amount."""
    text = form.tip_other.data or "" if form.tip.data == OTHER_TIP else form.tip.data or NO_TIP
    if form.tip.data != OTHER_TIP:
        cents = int(text) if re.fullmatch(WHOLE, text) else None
    elif typed := DOLLARS.fullmatch(text.strip()):
        cents = int(typed[1]) * 100 + int(typed[2] or 0)
    else:
        cents = 0 if not text.strip() else None
    return cents if cents is not None and cents <= MOST_TIP_CENTS else None


def offer_tips(form: CheckoutForm, food_cents: int) -> None:
    """Offer tips in money for this much food; one that was chosen when there was more or less of it stays as it is."""
    offered = {str(at_rate(food_cents, rate)): f"{rate // 10_000}%" for rate in TIP_RATES}
    form.tip.choices, cents = list(offered.items()), tip_cents(form)
    if cents and form.tip.data not in {OTHER_TIP, *offered}:
        form.tip.data, form.tip_other.data = OTHER_TIP, format_cents(cents)


def note_of(form: CheckoutForm) -> str:
    """The note for the driver or the counter."""
    return " ".join(part for part in (AT_THE_DOOR if form.door.data else "", form.note.data or "") if part)
