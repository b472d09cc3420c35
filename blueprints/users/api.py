"""Signing in for programs: tokens that last minutes, and refresh tokens for one use each."""

from app.core.db import transaction
from app.core.errors import NotFound, Refusal
from app.orders import claims, holders
from app.users import grants
from app.users import service as users
from app.users.grants import Granted
from app.users.service import Entry
from blueprints.api import callers, people
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.people import Entered, Registered, Tokens
from blueprints.gateway import limiter
from blueprints.users import entering, limits, sealed
from blueprints.users.asked import Confirm, Login, Refresh, Register
from blueprints.users.limits import by_address, mailbox_codes
from blueprints.users.sealed import REGISTRATION

api = Api("auth", "/api/auth")
APP = "An app"
ANA = {"name": "Ana Lopez", "email": "ana@example.com", "password": "a pizza peel and a broom"}


# Counted together with the pages, so that nobody guesses twice as often.
sign_ins = limiter.shared_limit("5/minute;30/hour", "sign_ins", key_func=limits.mailbox)


@api.post("/guest", Tokens, status=201, limits=(by_address,))
def guest() -> Tokens:
    """Tokens of a guest, who has a cart and can order. Signing in brings the cart along."""
    return people.tokens(grants.guest())


@api.post("/register", Registered, body=Register, status=201, limits=(by_address, mailbox_codes), example=ANA)
def register(body: Register) -> Registered:
    """Ask for an account. It comes to be when the code from its mailbox is confirmed; until then the tokens are a
    guest's. The answer is the same where the address has an account already: only its mailbox is told.
    """
    code_id = users.ask_to_register(body.email, body.name, body.password, body.phone)
    newcomer = people.Newcomer(name=body.name, email=body.email)
    tokens = people.tokens(grants.guest())
    return Registered(user=newcomer, registration_id=sealed.sealed(REGISTRATION, code_id), tokens=tokens)


@api.post(
    "/register/confirmation",
    Entered,
    body=Confirm,
    status=201,
    alone=True,
    limits=(by_address,),
    example={"registrationId": "1-aaaa", "code": "123456"},
)
def confirm(body: Confirm, caller: Caller) -> Entered:
    """Confirm an account with the code from its mailbox: it comes to be, and its owner is in. Whoever has one already,
    with a second step, sends its code along.
    """
    number = sealed.opened(REGISTRATION, body.registration_id)
    with transaction():
        code = users.give(number, body.code)  # a wrong one counts, so it is committed before it is refused
        entry = users.enter_by(code, APP) if code else None
    if code is None or entry is None:
        raise sealed.wrong()
    return let_in(entry, body.second_step, code.email, caller)


@api.post(
    "/login",
    Entered,
    body=Login,
    limits=(by_address, sign_ins),
    example={"email": ANA["email"], "password": ANA["password"]},
    alone=True,
    refuses=(403,),
)
def login(body: Login, caller: Caller) -> Entered:
    """Sign in by password, and by a code where a second step was set up (`action: second_step` asks for it).

    Sent with a guest's token, the guest's cart comes along.
    """
    try:
        with transaction():
            entry = users.sign_in(body.email, body.password, APP)
    except Refusal:
        entering.note_try("password", "refused", body.email)
        raise
    entering.note_try("password", "halfway" if entry.halfway else "in", body.email)
    return let_in(entry, body.code, body.email, caller)


@api.post(
    "/refresh", Tokens, body=Refresh, alone=True, limits=(limiter.limit("60/minute"),), example={"refreshToken": "x"}
)
def refresh(body: Refresh) -> Tokens:
    """New tokens for a refresh token. One that comes back a second time ends the session and all its tokens."""
    with transaction():
        granted = grants.refresh(body.refresh_token)
    if granted is None:
        raise callers.sign_in("That token is not good any more. Please sign in again.")
    return people.tokens(granted)


@api.post("/logout", None, guard=Guard.HOLDER, status=204)
def logout(caller: Caller) -> None:
    """End the session of this token, and all its tokens."""
    users.end_by(caller.sid or "")


def let_in(entry: Entry, given: str, email: str, caller: Caller) -> Entered:
    """Whoever a session belongs to that has just begun, once the code of their second step is right, if they have one.

    Raises Refusal `second_step_needed`.
    """
    token = _second_step(entry, given, email) if entry.halfway else entry.token
    with transaction():
        return _entered_by(token, caller)


def _second_step(entry: Entry, given: str, email: str) -> str:
    """The token of a session whose second step is right; one that is not ends.

    Raises Refusal `second_step_needed`, RateLimitExceeded.
    """
    user_id = users.halfway(entry.token)
    if given and user_id is not None:
        limits.count_step(user_id)
    with transaction():
        passed = bool(given) and user_id is not None and users.passes(user_id, given)
        token = users.renew(entry.token) if passed else ""
        if not passed:
            users.sign_out(entry.token)
    if given:
        entering.note_try("second_step", "in" if passed else "refused", email)
    if not passed:
        words = "That code is not right. Wait for the next one." if given else "Send the code of your second step."
        raise Refusal("second_step_needed", words, status=401, field="code", action="second_step")
    return token


def _entered_by(token: str, caller: Caller) -> Entered:
    """Whoever a session belongs to, with tokens for it and the cart of the guest that they were."""
    person = users.who(token)
    if person is None:
        raise NotFound
    granted: Granted = grants.grant(token)
    guest_sid = caller.sid if caller.person is None else None
    home = None if person.staff else holders.come_home(person.user_id, guest_sid)
    brought = () if person.staff else claims.bring_home(person.user_id, holders.orders_of_guest(guest_sid or ""))
    if guest_sid is not None:
        users.end_by(guest_sid)
    account = people.user(users.account(person.user_id), person)
    set_aside = home.set_aside if home else 0
    return Entered(
        user=account, tokens=people.tokens(granted), set_aside=set_aside, orders_brought=list(map(str, brought))
    )
