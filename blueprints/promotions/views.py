"""The deals: all of them as coupons, bundles to fill place by place, and links that bring a deal along."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from app.core.db import transaction
from app.core.errors import Refusal
from app.menu import service as menu
from app.menu.service import Catalogue, Selection
from app.orders import bundles, cart, wishes
from app.orders.offers import context_of, deals_of
from app.promotions import service as promotions
from app.promotions.service import Kind, Listed, Obstacle, Reason
from blueprints import browser, picks
from blueprints.deal_words import card
from blueprints.frame import Frame
from blueprints.gateway import count_answer, note_miss, tries_codes
from blueprints.htmx import answer, go, own_transactions, wants_piece
from blueprints.promotions.bundle import Bundle, lay_out

pages = Blueprint("promotions", __name__)
pages.after_request(count_answer)


OVER = frozenset({Reason.EXPIRED, Reason.USED_UP, Reason.USED_ALREADY})


def catalogue() -> Catalogue:
    """The menu of this browser's store."""
    head = browser.cart_head()
    return menu.catalogue(cart.menu_store(head.store_id if head else None))


@pages.get("/deals")
def deals_page() -> ResponseReturnValue:
    return _draw_deals()


def _draw_deals(*, missed: Obstacle | None = None, status: int = 200) -> ResponseReturnValue:
    offered = catalogue()
    cards = [card(listed, offered) for listed in deals_of(Frame().cart)]
    return answer(render_template("promotions/deals.html", cards=cards, missed=missed), status)


@pages.get("/d/<code>")
@tries_codes
@own_transactions
def open_link(code: str) -> ResponseReturnValue:
    """A deal by its code, kept on the order through sign-in, choice of store and reload."""
    found = promotions.look_up(code, context_of(Frame().cart), browser.identities())
    if found.obstacle and found.obstacle.reason is Reason.UNKNOWN:
        note_miss()
    if found.deal is None or (found.obstacle and found.obstacle.reason in OVER):
        return _draw_deals(missed=found.obstacle, status=404)
    _keep(found.label)
    why = f" {found.obstacle.message}" if found.obstacle else ""
    flash(f"{found.deal.name} is on your order: {found.label}.{why}")
    return go(f"/deals/{found.deal.id}" if found.deal.kind is Kind.BUNDLE_PRICE else "/")


def _keep(code: str) -> None:
    """On the cart, if there is one. Looking makes none: a preview of a link is nobody's order."""
    head = browser.cart_head()
    if head is None:
        browser.keep_link(code)
        return
    with transaction():
        wishes.keep_code(head.id, code)
    browser.forget_cart_head()


@pages.get("/deals/<row:deal_id>")
def deal_page(deal_id: int) -> ResponseReturnValue:
    return _draw_bundle(_bundle(deal_id))


@pages.post("/deals/<row:deal_id>/places/<row:number>")
def fill_place(deal_id: int, number: int) -> ResponseReturnValue:
    selection = _selection()
    try:
        line = bundles.fill(browser.open_cart(), deal_id, number, selection)
    except Refusal as refusal:
        if wants_piece() or selection.placements is None:
            raise
        return _mend(selection, deal_id, number, refusal)
    browser.forget_cart_head()
    said = f"{line.name} is in place {number}."
    if wants_piece():
        return _draw_bundle(_bundle(deal_id), said)
    flash(said)
    return go(f"/deals/{deal_id}#place-{number}")


def _mend(selection: Selection, deal_id: int, number: int, refusal: Refusal) -> ResponseReturnValue:
    """Back to the builder with the pizza as it was: only what stands against it is to be changed."""
    flash(refusal.message)
    pizza = picks.write(catalogue(), selection, selection.placements or ())
    return go(f"/build/{selection.product}?{pizza}&deal={deal_id}&place={number}")


@pages.post("/deals/<row:deal_id>/beginning")
def begin_again(deal_id: int) -> ResponseReturnValue:
    bundles.begin_again(browser.cart_id() or 0, deal_id)
    return go(f"/deals/{deal_id}")


def _selection() -> Selection:
    offered = catalogue()
    item = menu.product(offered, request.form.get("product", "")[:40])
    return picks.read(offered, item, request.form)[0]


def _bundle(deal_id: int) -> Bundle:
    """Raises NotFound for what is not a bundle on offer here."""
    head, kept = browser.cart_head(), Frame().cart
    codes = [coupon.label for coupon in kept.deals.codes] if kept else Frame().links
    deal = wishes.on_offer(deal_id, codes)
    taken = bundles.filled(head.id, deal_id) if head else {}
    against = promotions.against(deal, context_of(kept), browser.identities(), codes)
    return lay_out(deal, catalogue(), taken, kept, against)


def _draw_bundle(bundle: Bundle, said: str | None = None) -> ResponseReturnValue:
    shown = card(Listed(bundle.deal, promotions.code_of(bundle.deal.id), bundle.against), catalogue())
    words = {"card": shown, "bundle": bundle, "said": said, "frame": Frame()}
    return answer(render_template("promotions/bundle_changed.html" if said else "promotions/bundle.html", **words))
