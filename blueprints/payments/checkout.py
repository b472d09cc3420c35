"""Checkout: one page, one press, one order."""

import secrets
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.db import transaction
from app.core.errors import Conflict, NotFound, Refusal
from app.orders import cart, switching
from app.orders import service as orders
from app.orders.service import Contact, Placing
from app.orders.values import CartView
from app.payments import service as payments
from app.payments.service import CheckoutRequest
from app.promotions import service as promotions
from app.stores import service as stores
from blueprints import order_links, who
from blueprints.forms import ASAP, FURTHEST, chosen_time, time_choices
from blueprints.gateway import allow_stripe, limiter
from blueprints.htmx import answer, go, own_transactions, piece_only, wants_piece
from blueprints.payments.forms import CheckoutForm, note_of, tip_cents, tips, way
from blueprints.payments.paying import card_choices, send_to_pay, stripe_facts, track_url
from blueprints.promised import words

pages = Blueprint("checkout", __name__)


@pages.get("/checkout")
def checkout_page() -> ResponseReturnValue:
    head = who.cart_head()
    if head is None:
        return _ordered_before()
    if head.count == 0:
        return go("/cart")
    if head.store_id is None:
        return go("/where?next=/checkout")
    return _draw(CheckoutForm())


@pages.post("/checkout")
@own_transactions
@limiter.limit("6/minute")
def check_out() -> ResponseReturnValue:
    form = CheckoutForm(request.form)
    who.find_cart(form.token.data or "")
    if not form.validate():
        return _draw(form, 422)
    try:
        _check_time(form)
        _check_street(form)
        done = payments.check_out(_request(form))
    except Refusal as refusal:
        return _draw(form, refusal.status, refusal)
    order_links.remember_order(done.order_id)
    return send_to_pay(done.order_id, *way(form.pay_with.data))


@pages.post("/checkout/time")
@own_transactions
def choose_time() -> ResponseReturnValue:
    form = CheckoutForm(request.form)
    who.find_cart(form.token.data or "")
    try:
        _set_time(form.time.data)
    except Refusal as refusal:
        return _draw(form, refusal.status, refusal)
    return _draw(form) if wants_piece() else go("/checkout")


@pages.post("/checkout/street")
@own_transactions
@limiter.limit("30/minute")
def choose_street() -> ResponseReturnValue:
    form = CheckoutForm(request.form)
    who.find_cart(form.token.data or "")
    if not form.street.validate(form):
        return _draw(form, 422)
    try:
        told = _set_street(form)
    except Refusal as refusal:
        return _draw(form, refusal.status, refusal)
    return _draw(form, told=told)


@pages.get("/x/checkout/total")
def total() -> ResponseReturnValue:
    piece_only()
    form = CheckoutForm(request.args)
    mine = who.cart_head()
    if mine is None:
        return go("/checkout")
    view = cart.view(mine.id, tip_cents=tip_cents(form) or 0, identities=_identities(form))
    return answer(render_template("payments/checkout_total.html", **_facts(form, view)))


def _identities(form: CheckoutForm) -> tuple[str, ...]:
    """Whose uses of deals count: whoever the form says, and until it does, whoever ordered in this browser last."""
    said = promotions.identities(account=who.account(), email=form.email.data or "", phone=form.phone.data or "")
    return said if form.email.data else who.identities()


def _ordered_before() -> ResponseReturnValue:
    """The page after the order: back, a reload, or a second tab."""
    mine = who.cart_id()
    order_id = orders.of_cart(mine) if mine is not None else None
    if order_id is None:
        return go("/cart")
    if not payments.state(order_id).paid:
        return go(f"/pay/{order_links.order_address(order_id)}")
    page = render_template("payments/ordered.html", order_id=order_id, track_url=track_url(order_id))
    return answer(page)


def _check_time(form: CheckoutForm) -> None:
    """Without scripts the time may have been changed and not yet set: set it, and show what it leads to."""
    head = who.cart_head()
    if head is not None and chosen_time(form.time.data) != head.wanted_at:
        _set_time(form.time.data)
        raise Conflict("time_changed", "We changed the time. Please check it and press the button again.")


def _check_street(form: CheckoutForm) -> None:
    """A street that was changed and not yet set: go on where nothing is different there, else show what is."""
    if told := _set_street(form):
        raise Conflict("address_changed", f"{told} Please check it and press the button again.")


def _set_street(form: CheckoutForm) -> str:
    """Take the cart to the street that was typed, and say what is promised there; nothing where that stays as it is.

    Raises Conflict `another_store` with the move until the customer has seen its differences.
    """
    head, street = who.cart_head(), form.street.data or ""
    if head is None or street in {"", head.street}:
        return ""
    there = switching.at_street(head.id, street, form.unit.data or "")
    if there is None:
        return ""
    stores.locate(there.address)  # before anything is written: it may ask somebody outside
    move = switching.readdress(head.id, there)
    if move is None:
        return ""
    told = words(stores.store(move.place.store_id), move.promise)
    if move.differences and request.form.get("seen") != move.seal:
        raise Conflict("another_store", told, extra={"move": move, "there": switching.name_of(move.place)})
    with transaction():
        switching.move(head.id, move.place)
    who.forget_cart_head()
    return told


def _set_time(chosen: str | None) -> None:
    head = who.cart_head()
    if head is None:
        raise NotFound("That order is not open any more.", code="cart_closed")
    view = cart.view(head.id)
    if view.place is None:
        raise Refusal("no_place", "Tell us where the food goes first.", action="choose_place")
    place = replace(view.place, wanted_at=chosen_time(chosen))
    stores.accepts(cart.ask(place, view.lines))
    with transaction():
        cart.go_to(head.id, place)
    who.forget_cart_head()


def _request(form: CheckoutForm) -> CheckoutRequest:
    tip = tip_cents(form) or 0
    placing = Placing(
        cart_id=who.cart_id() or 0,
        cart_version=int(form.version.data or 0),
        expected_total_cents=int(form.total.data or 0) + tip,
        contact=Contact(form.name.data or "", form.phone.data or "", form.email.data or ""),
        note=note_of(form),
        tip_cents=tip,
        street=form.street.data or "",
        unit=form.unit.data or "",
        account=who.account(),
        promised_to=_moment(form.promised.data),
    )
    staff = who.person()
    by = staff.user_id if staff and staff.staff else None
    pay_with, _ = way(form.pay_with.data)
    return CheckoutRequest(form.idem.data or "", placing, pay_with, by, keep_card=form.keep_card.data)


def _moment(text: str | None) -> datetime | None:
    """The moment that a page of ours sends back; None where it sends none, or nonsense."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo and abs(moment - clock.now()) < FURTHEST else None


def _draw(form: CheckoutForm, status: int = 200, refusal: Refusal | None = None, told: str = "") -> ResponseReturnValue:
    if refusal is not None and refusal.code == "slot_full":
        _take_next_time()
    head = who.cart_head()
    if head is None:
        return _ordered_before()
    if head.store_id is None:
        return go("/where?next=/checkout")
    view = cart.view(head.id, tip_cents=tip_cents(form) or 0, identities=_identities(form))
    asked = refusal.extra if refusal is not None else {}
    if refusal is not None and refusal.field and refusal.field in form:
        form[refusal.field].errors = [refusal.message]
        refusal = None
    allow_stripe()
    template = "payments/checkout_changed.html" if wants_piece() else "payments/checkout.html"
    said = {"refusal": refusal, "told": told, "asked": asked}
    page = render_template(template, stripe=stripe_facts(), **said, **_facts(form, view))
    return answer(page, status)


def _facts(form: CheckoutForm, view: CartView) -> dict[str, object]:
    info = stores.store(view.place.store_id) if view.place else None
    limit = info.cash_limit_cents if info else 0
    kept, may_keep = card_choices(who.account()), who.account() is not None
    facts = {"cart": view, "form": _fresh(form, view), "store": info, "cash_limit_cents": limit}
    return {**facts, "kept": kept, "may_keep": may_keep}


def _take_next_time() -> None:
    """The chosen time is lost: the next one that has room takes its place, for the customer to look at."""
    head = who.cart_head()
    if head is None or head.wanted_at is None:
        return
    view = cart.view(head.id)
    try:
        chosen = stores.next_time(cart.ask(view.place, view.lines)) if view.place else None
        _set_time(chosen.isoformat() if chosen else ASAP)
    except Refusal as lost:
        flash(lost.message)


def _fresh(form: CheckoutForm, view: CartView) -> CheckoutForm:
    """The form with what only we know: the cart's version, its total, the times and tips that there are."""
    form.idem.data = secrets.token_urlsafe(18)
    form.token.data = who.cart_token(view.id)
    form.version.data = str(view.version)
    form.promised.data = view.promise.ready_to.isoformat() if view.promise else ""
    form.total.data = str(view.quote.total_cents - view.quote.tip_cents)
    form.time.choices = time_choices(view)
    wanted = view.place.wanted_at if view.place else None
    form.time.data = wanted.isoformat() if wanted else ASAP
    form.tip.choices = [(str(cents), words) for words, cents in tips(view.quote.food_cents)]
    if view.place is not None:
        form.street.data = form.street.data or view.place.street
        form.unit.data = form.unit.data or view.place.unit
    return form
