"""Checkout: one page, one press, one order."""

import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.db import transaction
from app.core.errors import Refusal
from app.orders import cart, doors
from app.orders import service as orders
from app.orders.service import Contact, Placing
from app.orders.values import CartView
from app.payments import service as payments
from app.payments.service import CheckoutRequest
from app.promotions import service as promotions
from app.stores import service as stores
from app.stores.service import Method
from app.users import addresses, phones
from app.users.addresses import MOST_ADDRESSES, Door, Kept
from blueprints import account, browser, order_links, who
from blueprints.forms import ASAP, FURTHEST, time_choices
from blueprints.frame import Frame
from blueprints.gateway import allow_stripe, limiter
from blueprints.htmx import answer, go, own_transactions, piece_only, wants_piece
from blueprints.payments import moving
from blueprints.payments.forms import WHOLE, CheckoutForm, note_of, offer_tips, tip_cents, way
from blueprints.payments.knowing import known_of
from blueprints.payments.paying import card_choices, send_to_pay, stripe_facts, track_url

pages = Blueprint("checkout", __name__)


@dataclass(frozen=True, slots=True)
class Doors:
    """Addresses that the cart could go to instead, whether that of the cart may be kept, and how to find its door."""

    others: tuple[Kept, ...] = ()
    may_keep: bool = False
    note: str = ""


@pages.get("/checkout")
def checkout_page() -> ResponseReturnValue:
    head = browser.cart_head()
    if head is None:
        return _ordered_before()
    if head.count == 0:
        return go("/cart")
    if head.store_id is None:
        return go("/where?next=/checkout")
    return _draw(CheckoutForm(data=known_of(who.account())))


@pages.post("/checkout")
@own_transactions
@limiter.limit("6/minute")
def check_out() -> ResponseReturnValue:
    form = CheckoutForm(request.form)
    browser.find_cart(form.token.data or "")
    if not form.validate():
        return _draw(form, 422)
    try:
        moving.check_time(form)
        moving.check_street(form)
        done = payments.check_out(_request(form))
    except Refusal as refusal:
        return _draw(form, refusal.status, refusal)
    order_links.remember_order(done.order_id)
    _keep_address(form, done.order_id)
    return send_to_pay(done.payment, *way(form.pay_with.data))


@pages.post("/checkout/time")
@own_transactions
@limiter.limit("30/minute")
def choose_time() -> ResponseReturnValue:
    form = CheckoutForm(request.form)
    browser.find_cart(form.token.data or "")
    try:
        moving.set_time(form.time.data)
    except Refusal as refusal:
        return _draw(form, refusal.status, refusal)
    return _draw(form)


@pages.post("/checkout/street")
@own_transactions
@limiter.limit("30/minute")
def choose_street() -> ResponseReturnValue:
    form = CheckoutForm(request.form)
    browser.find_cart(form.token.data or "")
    if not form.street.validate(form):
        return _draw(form, 422)
    try:
        told = moving.set_street(form)
    except Refusal as refusal:
        return _draw(form, refusal.status, refusal)
    return _draw(form, told=told)


@pages.post("/checkout/address")
@own_transactions
@limiter.limit("30/minute")
def choose_address() -> ResponseReturnValue:
    mine, form = account.customer(), CheckoutForm(request.form)
    browser.find_cart(form.token.data or "")
    try:
        told = moving.set_kept(form, mine, request.form.get("kept", type=int) or 0)
    except Refusal as refusal:
        return _draw(form, refusal.status, refusal)
    return _draw(form, told=told)


@pages.post("/x/checkout/total")
@limiter.limit("30/minute")
def total() -> ResponseReturnValue:
    piece_only()
    form = CheckoutForm(request.form)
    mine = browser.cart_head()
    if mine is None:
        return go("/checkout")
    return answer(render_template("payments/checkout_total.html", **_facts(form, _seen(form, mine.id))))


def _seen(form: CheckoutForm, cart_id: int) -> CartView:
    """The cart for whoever the form says, at the price that their page showed for as long as that is good."""
    tip, typed = tip_cents(form) or 0, form.total.data or ""
    shown = int(typed) + tip if re.fullmatch(WHOLE, typed) else None
    return cart.view(cart_id, tip_cents=tip, identities=_identities(form), shown_cents=shown)


def _keep_address(form: CheckoutForm, order_id: int) -> None:
    mine = who.account()
    if form.keep_address.data and mine is not None:
        with suppress(Refusal), transaction():  # there is room for a few only: the order matters more
            doors.keep_from(mine, order_id)


def _identities(form: CheckoutForm) -> tuple[str, ...]:
    """Whose uses of deals count: whoever the form says, and until it does, whoever ordered in this browser last."""
    phone = phones.known(form.phone.data or "")
    said = promotions.identities(account=who.account(), email=form.email.data or "", phone=phone)
    return said if form.email.data else browser.identities()


def _ordered_before() -> ResponseReturnValue:
    """The page after the order: back, a reload, or a second tab."""
    if wants_piece():
        return go("/checkout")
    mine = browser.cart_id()
    order_id = orders.of_cart(mine) if mine is not None else None
    if order_id is None:
        return go("/cart")
    if not payments.state(order_id).paid:
        return go(f"/pay/{order_links.order_address(order_id)}")
    page = render_template("payments/ordered.html", order_id=order_id, track_url=track_url(order_id))
    return answer(page)


def _request(form: CheckoutForm) -> CheckoutRequest:
    tip = tip_cents(form) or 0
    placing = Placing(
        cart_id=browser.cart_id() or 0,
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
        moving.take_next_time()
    head = browser.cart_head()
    if head is None:
        return _ordered_before()
    if head.store_id is None:
        return go("/where?next=/checkout")
    view = _seen(form, head.id)
    if request.method == "GET" and not view.quote.tip_cents and _identities(form) == browser.identities():
        Frame.keep(head, view)
    asked = refusal.extra if refusal is not None else {}
    if refusal is not None and refusal.field and refusal.field in form:
        form[refusal.field].errors = [refusal.message]
        refusal = None
    form.time.offered = time_choices(view)
    allow_stripe()
    template = "payments/checkout_changed.html" if wants_piece() else "payments/checkout.html"
    said = {"refusal": refusal, "told": told, "asked": asked}
    page = render_template(template, stripe=stripe_facts(), **said, **_facts(form, view))
    return answer(page, status)


def _facts(form: CheckoutForm, view: CartView) -> dict[str, object]:
    info = stores.store(view.place.store_id) if view.place else None
    limit = info.cash_limit_cents if info else 0
    kept, may_keep = card_choices(who.account()), who.account() is not None
    doors = _doors(view)
    if request.method == "GET":
        form.note.data = form.note.data or doors.note
    facts = {"cart": view, "form": _fresh(form, view), "store": info, "cash_limit_cents": limit}
    return {**facts, "kept": kept, "may_keep": may_keep, "doors": doors}


def _doors(view: CartView) -> Doors:
    """A customer's addresses beside the one that the cart goes to, which may be kept, too."""
    mine, place = who.account(), view.place
    if mine is None or place is None or place.method is not Method.DELIVERY:
        return Doors()
    kept, here = addresses.of(mine), Door(place.street, place.zip, place.unit, place.city)
    others = tuple(one for one in kept if one.key != here.key)
    note = next((one.note for one in kept if one.key == here.key), "")
    return Doors(others, len(others) == len(kept) < MOST_ADDRESSES, note)


def _fresh(form: CheckoutForm, view: CartView) -> CheckoutForm:
    """The form with what only we know: the cart's version, its total, the tips that there are."""
    form.idem.data = secrets.token_urlsafe(18)
    form.token.data = browser.cart_token(view.id)
    form.version.data = str(view.version)
    form.promised.data = view.promise.ready_to.isoformat() if view.promise else ""
    form.total.data = str(view.quote.total_cents - view.quote.tip_cents)
    wanted = view.place.wanted_at if view.place else None
    form.time.data = wanted.isoformat() if wanted else ASAP
    offer_tips(form, view.quote.food_cents)
    if view.place is not None:
        form.street.data = form.street.data or view.place.street
        form.unit.data = form.unit.data or view.place.unit
    return form
