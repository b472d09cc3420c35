"""Giving money back: chosen, seen once more with the exact sum, set aside; above a limit, a second person approves."""

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue

from app.core.db import transaction
from app.core.errors import NotFound, Refusal
from app.core.money import format_cents
from app.orders import service as orders
from app.payments import limits, refunds, returns
from app.payments import service as payments
from app.payments.returns import Sheet
from app.payments.service import ProviderSilent, RefundState
from app.stores import service as stores
from app.users.service import Right, Who
from blueprints import account, desk, who
from blueprints.htmx import go, own_transactions
from blueprints.payments.refund_form import RefundForm, chosen, wish
from blueprints.refund_words import REASONS, SHORT, goes_to

pages = Blueprint("refunds", __name__)
pages.register_error_handler(Refusal, desk.refuse)
ORDER, REFUND = "/staff/orders/<row:number>", "/staff/refunds/<row:refund_id>"
DOOR = "money"
SAID = {
    RefundState.WAITING: "{} is set aside. Somebody with a higher limit has to approve it.",
    RefundState.SUCCEEDED: "{} is given back.",
}
ON_ITS_WAY = "{} is on its way back."


def _sheet(number: int) -> tuple[Who, Sheet]:
    """The person, who may give money back at its store, and what can go back. Raises NotFound, Forbidden."""
    who.staff()
    try:
        order = orders.order(number)
    except NotFound:  # PostgreSQL does not even show those of other stores
        raise who.NotTheirs from None
    person = who.at_store(Right.REFUND, order.store_id)
    return person, returns.sheet(number)


@pages.get(f"{ORDER}/refund")
@account.confirmed
def choose(number: int) -> ResponseReturnValue:
    person, seen = _sheet(number)
    return _draw(person, seen, RefundForm(request.args))


@pages.get(f"{ORDER}/refund/check")
@account.confirmed
def check(number: int) -> ResponseReturnValue:
    person, seen = _sheet(number)
    form = RefundForm(request.args)
    if not form.validate():
        return _draw(person, seen, form, 422)
    try:
        return _draw_check(person, seen, form)
    except Refusal as refusal:
        return _draw(person, seen, form, refusal.status, (refusal.message,))


@pages.post(f"{ORDER}/refunds")
@account.confirmed
def give_back(number: int) -> ResponseReturnValue:
    person, seen = _sheet(number)
    form = RefundForm(request.form)
    if not form.validate():
        return _draw(person, seen, form, 422)
    try:
        return desk.once("refund", lambda: _give_back(person, seen, form))
    except Refusal as refusal:
        return _draw(person, seen, form, refusal.status, (refusal.message,))


def _give_back(person: Who, seen: Sheet, form: RefundForm) -> str:
    number, key = seen.order.id, f"staff-{seen.order.id}-{request.form['idem']}"
    expected = request.form.get("cents", type=int)
    made = returns.give_back(
        number, wish(form, request.form, seen), desk.at_work(person), key=key, expected_cents=expected
    )
    return _said(made.id, number)


@pages.post(f"{REFUND}/approval")
@account.confirmed
def approve(refund_id: int) -> ResponseReturnValue:
    return _decide(refund_id, approved=True)


@pages.post(f"{REFUND}/refusal")
@account.confirmed
def decline(refund_id: int) -> ResponseReturnValue:
    return _decide(refund_id, approved=False)


def _decide(refund_id: int, *, approved: bool) -> ResponseReturnValue:
    person, number = _of_refund(refund_id)
    decided = returns.decide(refund_id, desk.at_work(person), approved=approved)
    words = ON_ITS_WAY if approved else "{} stays with us."
    return desk.done(words.format(format_cents(decided.cents)), f"/staff/orders/{number}")


@pages.post(f"{REFUND}/again")
@own_transactions
@account.confirmed
def try_again(refund_id: int) -> ResponseReturnValue:
    person, number = _of_refund(refund_id)
    with transaction():
        again = returns.try_again(refund_id, desk.at_work(person))
    try:
        refunds.submit(again)
    except ProviderSilent:
        return desk.done("The payment service does not answer. We keep trying.", f"/staff/orders/{number}")
    return go(_said(again, number))


def _of_refund(refund_id: int) -> tuple[Who, int]:
    """The person, who may give money back at its order's store, and the order. Raises NotFound, Forbidden."""
    who.staff()
    try:
        payment = payments.read(returns.refund(refund_id).payment_id)
    except NotFound:
        raise who.NotTheirs from None
    return who.at_store(Right.REFUND, payment.store_id), payment.order_id


def _said(refund_id: int, number: int) -> str:
    made = returns.refund(refund_id)
    failed = f"{format_cents(made.cents)} could not be given back: {made.why or 'the bank did not say why'}."
    words = SAID.get(made.state, ON_ITS_WAY).format(format_cents(made.cents))
    flash(failed if made.state is RefundState.FAILED else words)
    return f"/staff/orders/{number}"


def _draw(
    person: Who, seen: Sheet, form: RefundForm, status: int = 200, also: tuple[str, ...] = ()
) -> ResponseReturnValue:
    store = stores.store(seen.order.store_id)
    return desk.page(
        "payments/desk/refund.html",
        DOOR,
        store=store,
        status=status,
        seen=seen,
        form=form,
        also=also,
        picked=chosen(request.values, seen),
        to=goes_to(seen.payment),
        alone=limits.alone_cents(person, store.id),
    )


def _draw_check(person: Who, seen: Sheet, form: RefundForm) -> ResponseReturnValue:
    wanted = wish(form, request.args, seen)
    cents, parts = returns.worth(seen, wanted)
    return desk.page(
        "payments/desk/refund_check.html",
        DOOR,
        store=stores.store(seen.order.store_id),
        seen=seen,
        kept=[(name, value) for name, value in request.args.items() if name not in {"idem", "cents"}],
        cents=cents,
        parts=parts,
        why=", ".join(filter(None, (REASONS[wanted.reason], wanted.note))),
        borne=SHORT[wanted.bearer],
        to=goes_to(seen.payment),
        waits=returns.needs_approval(seen, cents, person),
        idem=desk.key(),
    )
