"""Codes that a program waits for: known to it by a number and a seal, as a browser knows them by its cookie."""

from app.core import keys
from app.core.errors import Refusal
from app.users import service as users
from app.users.service import Code

REGISTRATION, CODE = "registration", "code"


def sealed(kind: str, code_id: int) -> str:
    """What a program sends back with the digits of the mail."""
    return f"{code_id}-{keys.derive(f'{kind}:{code_id}')}"


def opened(kind: str, text: str) -> int:
    """The number of a code by what a program was given. Raises Refusal `code_over`."""
    number, _, seal = text.partition("-")
    known = number.isascii() and number.isdigit() and len(number) < 10 and seal.isascii()
    if not known or not keys.opens(f"{kind}:{int(number)}", seal):
        raise users.over()
    return int(number)


def of_person(text: str, user_id: int) -> Code:
    """A code that somebody asked for themselves, while it waits. Raises Refusal `code_over`."""
    code = users.waiting(opened(CODE, text))
    if code is None or code.user_id != user_id:
        raise users.over()
    return code


def wrong() -> Refusal:
    """What is said of a code that was typed wrong."""
    return Refusal("wrong_code", "That code is not right. Look at the newest mail.", field="code")
