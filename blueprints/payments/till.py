"""A store's money of a day: the cash-up, what waits for a second person, what stands still; and all of it as a file."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.core.db import transaction
from app.core.errors import Refusal
from app.core.money import format_cents
from app.payments import returns, sights, till
from app.payments.ledger import Account
from app.payments.service import PaymentState, PayWith
from app.payments.sights import SeenAt
from app.stores.service import StoreInfo
from app.tracking import runs
from app.users import service as users
from app.users.service import Right
from blueprints import desk
from blueprints.refund_words import refund_words

pages = Blueprint("till", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH, DOOR = "/staff/money", "money"
BORNE = {Account.BY_STORE: "the store", Account.BY_CHAIN: "the chain", Account.COURTESY: "as a courtesy"}
# What the provider calls how a payment or a refund stands there.
SAID = {
    "requires_payment_method": "no card was approved",
    "requires_confirmation": "the card was not confirmed",
    "requires_action": "the customer’s bank waits for an answer",
    "processing": "it is still at it",
    "requires_capture": "the money is held",
    "succeeded": "the money is taken",
    "canceled": "the money was let go",
    "refund_pending": "the refund is on its way",
    "refund_requires_action": "the refund needs somebody at the provider",
    "refund_succeeded": "the refund is through",
    "refund_failed": "the refund failed",
    "refund_canceled": "the refund was called off",
    sights.UNLIKE: "what it has is unlike ours",
    sights.NEVER_BEGUN: "nothing was begun there",
}
REFUNDING = "a refund is not through"
STANDS = {"authorised": "money held, not taken", "captured": REFUNDING, "part_refunded": REFUNDING}


@pages.get(PATH)
def money_page() -> ResponseReturnValue:
    person, store = desk.at_store(Right.REFUND, DOOR)
    day, today = _day(store), till.today(store)
    return desk.page(
        "payments/desk/money.html",
        DOOR,
        store=store,
        up=till.cash_up(store, day),
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < today else None,
        borne=BORNE,
        waiting=[refund_words(each, order) for order, each in returns.waiting(store.id)],
        stuck=[(each, _stands(each), _said(seen)) for each, seen in till.stuck(store.id)],
        me=person.user_id,
        carried_cents=sum(each.cents for each in runs.owed(store.id)) if day == today else 0,
        off_cents=sum(each.difference_cents for each in runs.handed_in(store, day)),
    )


@pages.get(f"{PATH}.csv")
def hand_out() -> ResponseReturnValue:
    person, store = desk.at_store(Right.REFUND, DOOR)
    day = _day(store)
    with transaction():
        users.audit(person.user_id, "money.export", f"store:{store.id}", day=day.isoformat())
    response = Response("".join(_lines(store, day)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="money-{store.slug}-{day}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _day(store: StoreInfo) -> date:
    """The day in the address; the store's own where there is none that makes sense."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return till.today(store)
    return day if date(2000, 1, 2) < day <= till.today(store) else till.today(store)


def _stands(payment: PaymentState) -> str:
    words = STANDS.get(payment.status.value, payment.status.value.replace("_", " "))
    return (
        f"{format_cents(payment.amount_cents)} {'in cash' if payment.pay_with is PayWith.CASH else 'by card'}: {words}"
    )


def _said(seen: SeenAt | None) -> tuple[datetime, str] | None:
    """When the provider was last asked, and what it said, in words with its own beside them."""
    if seen is None:
        return None
    if seen.said == sights.SILENT:
        return seen.at, f"it did not answer ({seen.words})"
    known, own = SAID.get(seen.said), ": ".join(filter(None, [seen.said, seen.words]))
    return seen.at, f"{known} ({own})" if known else own


def _lines(store: StoreInfo, day: date) -> Iterator[str]:
    yield _csv(["time", "order", "what", "where", "cents"])
    for each in till.booked(store, day):
        at = each.at.astimezone(store.zone).isoformat(timespec="seconds")
        yield _csv([at, each.order_id, each.transfer, each.account, each.cents])


def _csv(row: list[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(row)
    return text.getvalue()
