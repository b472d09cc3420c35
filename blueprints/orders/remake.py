"""Making an order again at no charge, by whoever may give that much of it back on their own word."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from wtforms import Form, SelectField
from wtforms.validators import InputRequired

from app.core.errors import NotFound, Refusal
from app.core.money import format_cents
from app.orders import remaking
from app.orders import service as orders
from app.orders.remaking import Again, Unit
from app.orders.service import OrderView
from app.payments import limits
from app.payments.service import Bearer, Reason
from app.stores import service as stores
from app.users import service as users
from app.users.service import Right, Who
from blueprints import desk, who
from blueprints.refund_words import BEARERS, REASONS

pages = Blueprint("remake", __name__)
pages.register_error_handler(Refusal, desk.refuse)
PATH = "/staff/orders/<row:number>/remakes"
WHY: Any = {"": "Choose"} | {each.value: words for each, words in REASONS.items() if each is not Reason.CANCELLED}
BORNE_BY: Any = {"": "Choose"} | {each.value: words for each, words in BEARERS.items() if each is not Bearer.NOBODY}


class RemakeForm(Form):
    """Why something is made again, and who bears it."""

    reason = SelectField("Why", [InputRequired("Choose why.")], choices=WHY)
    bearer = SelectField("Who bears it", [InputRequired("Choose who bears it.")], choices=BORNE_BY)


@pages.get(PATH)
def choose(number: int) -> ResponseReturnValue:
    order, person = _order(number)
    return _draw(order, person, RemakeForm(), frozenset(unit.id for unit in remaking.units(number)))


@pages.post(PATH)
def make_again(number: int) -> ResponseReturnValue:
    order, person = _order(number)
    form, picked = RemakeForm(request.form), frozenset(request.form.getlist("unit", type=int))
    if not form.validate():
        return _draw(order, person, form, picked, 422)
    try:
        return desk.once("remake", lambda: _make(order, person, form, picked))
    except Refusal as refusal:
        return _draw(order, person, form, picked, refusal.status, (refusal.message,))


def _make(order: OrderView, person: Who, form: RemakeForm, picked: frozenset[int]) -> str:
    orders.hold(order.id)  # two tabs at once would each see what was given before both
    _check_limit(order, person, [unit for unit in remaking.units(order.id) if unit.id in picked])
    again = Again(order.id, picked, form.reason.data, form.bearer.data, desk.at_work(person).name[:40])
    made = remaking.make_again(again)
    said = {"again": made, "reason": again.reason, "bearer": again.bearer}
    users.audit(person.user_id, "order.remake", f"order:{order.id}", order.store_id, **said)
    return f"/staff/orders/{made}"


def _check_limit(order: OrderView, person: Who, chosen: list[Unit]) -> None:
    """What was made again of an order before counts, so that nobody goes past a limit in small steps."""
    cents = sum(unit.paid_cents for unit in chosen) + remaking.worth_of(order.id)
    if not limits.may_alone(person, order.store_id, cents):
        limit = format_cents(limits.alone_cents(person, order.store_id) or 0)
        message = (
            f"That is more than the {limit} of one order that you may give away. Ask somebody with a higher limit."
        )
        raise Refusal("above_limit", message)


def _order(number: int) -> tuple[OrderView, Who]:
    """An order, and the person, who may give its money back. Raises NotFound elsewhere, Forbidden."""
    who.staff()
    try:
        order = orders.order(number)
    except NotFound:  # PostgreSQL does not even show those of other stores
        raise who.NotTheirs from None
    return order, who.at_store(Right.REFUND, order.store_id)


def _draw(
    order: OrderView,
    person: Who,
    form: RemakeForm,
    picked: frozenset[int],
    status: int = 200,
    also: tuple[str, ...] = (),
) -> ResponseReturnValue:
    return desk.page(
        "orders/desk/remake.html",
        "orders",
        store=stores.store(order.store_id),
        status=status,
        order=order,
        units=remaking.units(order.id),
        picked=picked,
        form=form,
        also=also,
        alone=limits.alone_cents(person, order.store_id),
        idem=request.form.get("idem") or desk.key(),
    )
