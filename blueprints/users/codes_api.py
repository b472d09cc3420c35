"""Codes by mail for programs: to sign in without a password, or to choose a new one."""

from app.core.db import transaction
from app.users import service as users
from app.users.service import Code, Purpose
from blueprints.api.callers import Caller
from blueprints.api.contract import Api
from blueprints.api.people import Asked, Entered
from blueprints.users import entering, sealed
from blueprints.users.api import APP, let_in
from blueprints.users.asked import AskCode, EnterByCode, ResetPassword
from blueprints.users.limits import by_address, mailbox_codes
from blueprints.users.sealed import CODE

api = Api("codes", "/api/auth")
ASKED = {"email": "ana@example.com", "purpose": "sign_in"}
GIVEN = {"codeId": "1-aaaa", "code": "123456"}


@api.post("/codes", Asked, body=AskCode, status=201, limits=(by_address, mailbox_codes), example=ASKED)
def ask_code(body: AskCode) -> Asked:
    """Have a code sent to a mailbox. The answer is the same whether or not it has an account."""
    code_id = users.ask(Purpose(body.purpose), users.mailbox(body.email))
    return Asked(code_id=sealed.sealed(CODE, code_id))


@api.post("/login/code", Entered, body=EnterByCode, alone=True, limits=(by_address,), example=GIVEN, refuses=(403,))
def login_by_code(body: EnterByCode, caller: Caller) -> Entered:
    """Sign in by the code that was mailed; whoever has a second step sends its code along.

    Sent with a guest's token, the guest's cart comes along.
    """
    with transaction():
        code = _given(body, Purpose.SIGN_IN)
        entry = users.enter_by(code, APP) if code else None
    if code is None or entry is None:
        raise sealed.wrong()
    entering.note_try("code", "halfway" if entry.halfway else "in", code.email)
    return let_in(entry, body.second_step, code.email, caller)


@api.post(
    "/password",
    None,
    body=ResetPassword,
    alone=True,
    limits=(by_address,),
    example={**GIVEN, "password": "a pizza peel and a broom"},
)
def reset_password(body: ResetPassword) -> None:
    """Set a password by the code that was mailed. Every session ends."""
    with transaction():
        code = _given(body, Purpose.RESET)
        if code is not None:
            users.reset_password(code, body.password)
    if code is None:
        raise sealed.wrong()


def _given(body: EnterByCode | ResetPassword, purpose: Purpose) -> Code | None:
    """The code that was given; None for a wrong one, which counts, so it is committed before it is refused."""
    number = sealed.opened(CODE, body.code_id)
    code = users.give(number, body.code)
    if code is not None and code.purpose is not purpose:
        raise users.over()
    return code
