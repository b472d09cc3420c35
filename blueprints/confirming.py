"""Deeds that want to know again who is at the keyboard: roles, invitations, closing a sign-in."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.users import staff
from blueprints import who

FRESH = timedelta(minutes=5)
View = Callable[..., ResponseReturnValue]


def recently_confirmed(view: View) -> View:
    """Let only those do it who signed in within five minutes. Raises Refusal `sign_in` for everybody else."""

    @wraps(view)
    def confirmed(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        who.staff()
        if not staff.signed_in_within(who.token() or "", FRESH):
            raise Refusal("sign_in", "Please sign in again first.", status=401, action="sign_in")
        return view(*args, **kwargs)

    confirmed.wants_confirming = True  # type: ignore[attr-defined]  # a mark on a function
    return confirmed
