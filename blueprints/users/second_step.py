"""The second step: given at sign-in, set up and renewed in the account."""

from flask import Blueprint, flash, render_template, request, session
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import Form, StringField
from wtforms.validators import Length

from app.core.errors import Refusal
from app.users import service as users
from blueprints import account, desk, who
from blueprints.account import PRIVATE
from blueprints.htmx import answer, go
from blueprints.users import entering, limits

pages = Blueprint("second_step", __name__)
pages.register_error_handler(Refusal, account.refuse)

WRONG = "That code is not right, or was used already. Wait for the next one and type it in."


class StepForm(Form):
    """A code of an authenticator app, or a recovery code."""

    code = StringField("Code", [Length(max=100)])


@pages.get("/sign-in/second-step")
def step_page() -> ResponseReturnValue:
    return _step(StepForm()) if users.halfway(entering.halfway()) else go("/sign-in")


@pages.post("/session/second-step")
@limits.by_address
@limits.steps
def step() -> ResponseReturnValue:
    form, token = StepForm(request.form), entering.halfway()
    user_id = users.halfway(token)
    if user_id is None:
        return go("/sign-in")
    if not form.validate() or not users.passes(user_id, form.code.data or ""):
        form.code.errors = [WRONG]
        entering.note_try("second_step", "refused", users.account(user_id).email)
        return _step(form, 422)
    entering.note_try("second_step", "in", users.account(user_id).email)
    return entering.arrive(users.renew(token))


def _step(form: StepForm, status: int = 200) -> ResponseReturnValue:
    return answer(render_template("users/step.html", form=form), status, Cache_Control=PRIVATE)


@pages.get("/account/second-step")
@account.confirmed
def enrol_page() -> ResponseReturnValue:
    return _enrol(StepForm())


@pages.post("/account/second-step")
@limits.proofs
@account.confirmed
def enrol() -> ResponseReturnValue:
    form, person = StepForm(request.form), who.signed_in()
    try:
        codes = users.enrol(person.user_id, _on_offer(person.user_id), form.code.data or "")
    except Refusal as refusal:
        form.code.errors = [refusal.message]
        return _enrol(form, refusal.status)
    users.end_all(person.user_id, but=who.token() or "")
    who.become(users.renew(who.token() or ""))
    session.pop(entering.SECRET, None)
    return _codes(codes)


@pages.post("/account/recovery-codes")
@account.confirmed
def renew_recovery() -> ResponseReturnValue:
    return _codes(users.renew_recovery(who.signed_in().user_id))


@pages.post("/account/second-step/end")
@account.confirmed
def drop() -> ResponseReturnValue:
    users.drop_second_step(who.signed_in().user_id)
    flash("You sign in without a second step now.")
    return go("/account/security")


def _codes(codes: tuple[str, ...]) -> ResponseReturnValue:
    person = who.signed_in()
    onward = desk.home(person) if person.staff else "/account/security"
    return account.page("users/recovery_codes.html", "security", codes=codes, onward=onward)


def _enrol(form: StepForm, status: int = 200) -> ResponseReturnValue:
    mine = users.account(who.signed_in().user_id)
    secret = _on_offer(mine.user_id)
    picture = _qr(users.secret_address(secret, mine.email))
    return account.page("users/second_step.html", "security", status=status, form=form, secret=secret, picture=picture)


def _on_offer(user_id: int) -> str:
    """The secret that this browser shows somebody until their app has proved that it has it, and shows nobody else."""
    kept = session.get(entering.SECRET)
    if not isinstance(kept, list) or kept[0] != user_id:
        kept = session[entering.SECRET] = [user_id, users.new_secret()]
    return str(kept[1])


def _qr(text: str) -> Markup:
    import segno  # noqa: PLC0415 - one page in a year needs it

    drawn = segno.make(text, error="m").svg_inline(scale=5, dark="#000", light="#fff", title="QR code", omitsize=True)
    return Markup(drawn)  # noqa: S704 - drawn here, from our own text
