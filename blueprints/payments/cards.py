"""A customer's kept cards: which there are, one more, one less. Their numbers are at the provider, never with us."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.payments import cards
from blueprints import account
from blueprints.errors import draw_refusal
from blueprints.gateway import allow_stripe, limiter
from blueprints.htmx import answer, go, own_transactions
from blueprints.payments.paying import card_choices, stripe_facts

pages = Blueprint("cards", __name__)
PATH = "/account/cards"


@pages.errorhandler(Refusal)
def refuse(refusal: Refusal) -> ResponseReturnValue:
    if refusal.code == "sign_in":
        return go(f"/sign-in?next={PATH}")
    if request.method == "POST":
        flash(refusal.message)
        return go(PATH)
    return draw_refusal(refusal)


@pages.get(PATH)
def cards_page() -> ResponseReturnValue:
    mine = card_choices(account.customer())
    return account.page("payments/cards.html", "cards", cards=mine, full=len(mine) >= cards.MOST_CARDS)


@pages.post(f"{PATH}/new")
@own_transactions
@limiter.limit("10/minute")
def begin() -> ResponseReturnValue:
    setup = cards.begin(account.customer())
    allow_stripe()
    words = {"secret": setup.client_secret, "stripe": stripe_facts(), "back": f"{PATH}/kept"}
    return answer(render_template("payments/card.html", **words))


@pages.get(f"{PATH}/kept")
@limiter.limit("20/minute")
def come_back() -> ResponseReturnValue:
    kept = cards.finish(account.customer(), request.args.get("setup_intent", "")[:80])
    flash("Your card is kept." if kept else "The card was not accepted, so it is not kept.")
    return go(PATH)


@pages.post(f"{PATH}/<row:card_id>/removal")
@own_transactions
def remove(card_id: int) -> ResponseReturnValue:
    cards.forget(account.customer(), card_id)
    flash("That card is kept no longer.")
    return go(PATH)
