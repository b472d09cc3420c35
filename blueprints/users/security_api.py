"""How somebody signs in and where, for programs: showing that it is them, password, address, devices."""

from app.core.db import transaction
from app.core.errors import Refusal
from app.users import accounts, grants, sessions
from app.users import service as users
from app.users.service import Purpose
from blueprints.api import people
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.people import Asked, Devices, Tokens
from blueprints.users import sealed
from blueprints.users.asked import GiveCode, NewEmail, NewPassword, Proof
from blueprints.users.limits import by_address, mailbox_codes, own_codes, proofs
from blueprints.users.sealed import CODE

api = Api("security", "/api/users/me")
ACCOUNT = Guard.ACCOUNT
GIVEN = {"codeId": "1-aaaa", "code": "123456"}


@api.post("/confirmation/code", Asked, guard=ACCOUNT, status=201, limits=(by_address, own_codes), refuses=(409,))
def ask_to_confirm(caller: Caller) -> Asked:
    """Have a code sent to one's own mailbox, to show that it is oneself; 409 for whoever has a second step."""
    return Asked(code_id=sealed.sealed(CODE, users.ask_to_confirm(caller.me.user_id)))


@api.post(
    "/confirmation",
    None,
    guard=ACCOUNT,
    body=Proof,
    alone=True,
    limits=(by_address, proofs),
    example={"password": "a pizza peel and a broom"},
)
def confirm_it_is_me(body: Proof, caller: Caller) -> None:
    """Show that it is oneself, for the next five minutes: by password or a code that was mailed; for whoever has a
    second step, by that alone.
    """
    with transaction():
        right = _proved(body, caller)
        if right:
            sessions.confirm_by(caller.sid or "")
    if not right:
        raise Refusal("wrong_proof", "That did not match. Please try again.", field="code" if body.code else "password")


def _proved(body: Proof, caller: Caller) -> bool:
    """Whether what was sent is right; a wrong code counts, so it is committed either way."""
    mine = caller.me
    if mine.secured:
        return users.passes(mine.user_id, body.code)
    if body.code_id:
        code = sealed.of_person(body.code_id, mine.user_id)
        return code.purpose is Purpose.CONFIRM and users.give(code.id, body.code) is not None
    return bool(body.password) and users.password_is(mine.user_id, body.password)


@api.put("/password", Tokens, guard=ACCOUNT, body=NewPassword, example={"password": "an oven and two stones"})
def change_password(body: NewPassword, caller: Caller) -> Tokens:
    """Set one's password, within minutes of showing who one is. Every other session ends; this one has new tokens."""
    caller.proved()
    return people.tokens(
        grants.renewed(accounts.change_password_by(caller.me.user_id, body.password, caller.sid or ""))
    )


@api.post(
    "/email",
    Asked,
    guard=ACCOUNT,
    body=NewEmail,
    status=201,
    limits=(by_address, own_codes, mailbox_codes),
    example={"email": "ana.lopez@example.com"},
)
def ask_to_change_email(body: NewEmail, caller: Caller) -> Asked:
    """Have a code sent to a new address, within minutes of showing who one is. Nothing changes before it comes back."""
    caller.proved()
    return Asked(code_id=sealed.sealed(CODE, users.ask_to_change_email(caller.me.user_id, body.email)))


@api.post("/email/confirmation", Tokens, guard=ACCOUNT, body=GiveCode, alone=True, limits=(by_address,), example=GIVEN)
def change_email(body: GiveCode, caller: Caller) -> Tokens:
    """Have the new address, with the code from its mailbox. Every other session ends; this one has new tokens."""
    waits, fresh = sealed.of_person(body.code_id, caller.me.user_id), None
    with transaction():
        code = users.give(waits.id, body.code)
        if code is not None:
            fresh = grants.renewed(accounts.change_email_by(code, caller.sid or ""))
    if fresh is None:
        raise sealed.wrong()
    return people.tokens(fresh)


@api.get("/devices", Devices, guard=ACCOUNT)
def my_devices(caller: Caller) -> Devices:
    """Where one is signed in, the latest seen first."""
    return people.devices(sessions.devices_of(caller.me.user_id, caller.sid or ""))


@api.delete("/devices/<row:device_id>", None, guard=ACCOUNT)
def sign_out_device(device_id: int, caller: Caller) -> None:
    """Sign one device out. Safe to repeat."""
    users.end_one(caller.me.user_id, device_id)


@api.delete("/devices", None, guard=ACCOUNT)
def sign_out_everywhere(caller: Caller) -> None:
    """Sign every device out, this one too."""
    users.end_all(caller.me.user_id)
