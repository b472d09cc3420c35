"""What a browser sees: the payment page, the bank's question, and the frame that takes card numbers."""

from contextlib import suppress
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dev.stripe import cards, charging, sessions, setups
from dev.stripe.errors import ApiError
from dev.stripe.store import Object
from dev.stripe.world import World

_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'"


def register(app: Flask, world: World) -> None:
    """Add the pages to the app."""
    pages = Blueprint("hosted", __name__)
    pages.after_request(_guard)
    app.add_template_filter(_money, "money")

    @pages.get("/endive/stripe.js")
    def script() -> Response:
        return app.send_static_file("stripe.js")

    @pages.get("/elements/payment")
    def element() -> str:
        return render_template("element.html", wallets=[(each, cards.WALLETS[each]) for each in world.wallets])

    @pages.get("/wallets/<name>")
    def wallet(name: str) -> str:
        if name not in world.wallets:
            abort(404)
        return render_template("wallet.html", name=cards.WALLETS[name], last4=cards.IN_WALLET[-4:])

    @pages.route("/c/pay/<name>", methods=["GET", "POST"])
    def pay(name: str) -> ResponseReturnValue:
        with world.lock:
            answer = _pay(world, _found(world, name))
            world.store.save()
        return answer

    @pages.route("/3ds/<name>", methods=["GET", "POST"])
    def bank(name: str) -> ResponseReturnValue:
        with world.lock:
            intent = world.store.find(name, "payment_intent") or world.store.find(name, "setup_intent")
            if not intent or request.args.get("client_secret") != intent["client_secret"]:
                abort(404)
            answer = _bank(world, intent)
            world.store.save()
        return answer

    app.register_blueprint(pages)


def _guard(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def _money(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02}"


def _found(world: World, name: str) -> Object:
    try:
        return sessions.current(world, name)
    except ApiError:
        abort(404)


def _pay(world: World, session: Object) -> ResponseReturnValue:
    if session["status"] == "expired":
        return render_template("expired.html", session=session), 410
    if sessions.conclude(world, session):
        return _back(session)
    problem = ""
    if request.method == "POST":
        try:
            intent = sessions.intent_of(world, session)
            charging.pay(world, intent, _typed(world))
        except ApiError as refusal:
            problem = refusal.error["message"]
        else:
            return _onward(world, session, intent)
    return _page(world, session, problem)


def _page(world: World, session: Object, problem: str) -> ResponseReturnValue:
    intent = world.store.find(session["payment_intent"], "payment_intent") or {}
    known = problem or (intent.get("last_payment_error") or {}).get("message", "")
    page = render_template("pay.html", session=session, problem=known, typed=request.form)
    return make_response(page, 402 if problem else 200)


def _typed(world: World) -> Object:
    month, _, year = request.form.get("expiry", "").replace(" ", "").partition("/")
    number = cards.checked(request.form.get("number", ""), month, year, request.form.get("cvc", ""))
    return charging.card_method(world, number, month=int(month), year=2000 + int(year) % 2000)


def _onward(world: World, session: Object, intent: Object) -> ResponseReturnValue:
    if intent["status"] == "requires_action":
        return redirect(f"/3ds/{intent['id']}?client_secret={intent['client_secret']}", 303)
    sessions.conclude(world, session)
    return _back(session)


def _back(session: Object) -> ResponseReturnValue:
    return redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]), 303)


def _bank(world: World, intent: Object) -> ResponseReturnValue:
    if intent["status"] == "requires_action":
        if request.method == "GET":
            return render_template("bank.html", intent=intent)
        # The intent carries a refusal from here on, for whichever page comes next.
        with suppress(ApiError):
            answered = setups.answer if intent["object"] == "setup_intent" else charging.authenticate
            answered(world, intent, proven=request.form.get("answer") == "complete")
    return _after_bank(world, intent)


def _after_bank(world: World, intent: Object) -> ResponseReturnValue:
    if session := world.store.find(intent.get("_session"), "checkout.session"):
        sessions.conclude(world, session)
        return redirect(f"/c/pay/{session['id']}", 303)
    if request.args.get("origin"):
        return render_template("answered.html")
    kind = intent["object"]
    outcome = "failed" if intent.get("last_payment_error") or intent.get("last_setup_error") else "succeeded"
    asked = {kind: intent["id"], f"{kind}_client_secret": intent["client_secret"], "redirect_status": outcome}
    back = intent["_return_url"]
    return redirect(f"{back}{'&' if '?' in back else '?'}{urlencode(asked)}", 303)
