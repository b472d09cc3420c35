"""The account: the frame of every page about oneself. Its rooms, who may come in, and how it says no."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.core.errors import Refusal
from app.users import service as users
from app.users.service import Account, Who
from blueprints import desk, who
from blueprints.errors import draw_refusal
from blueprints.forms import own_path
from blueprints.htmx import View, answer, go, wants_piece

PRIVATE = "no-store"
KEPT_PATH = "confirm_path"


@dataclass(frozen=True, slots=True)
class Room:
    """A page that the account's navigation leads to."""

    word: str
    name: str
    path: str
    of_customers: bool = False


# Every page of the account, in the order of the navigation. A page that is not here is reached from one that is.
ROOMS: tuple[Room, ...] = (
    Room("account", "Account", "/account"),
    Room("orders", "Orders", "/account/orders", of_customers=True),
    Room("favourites", "Favourites", "/account/favourites", of_customers=True),
    Room("addresses", "Addresses", "/account/addresses", of_customers=True),
    Room("cards", "Cards", "/account/cards", of_customers=True),
    Room("security", "Signing in", "/account/security"),
    Room("devices", "Devices", "/account/devices"),
    Room("privacy", "Your data", "/account/privacy"),
)


@dataclass(frozen=True, slots=True)
class Here:
    """The frame of one page: whose account it is, and which room they are in."""

    person: Who
    account: Account
    here: str

    @property
    def rooms(self) -> tuple[Room, ...]:
        """The rooms of the navigation."""
        return tuple(one for one in ROOMS if not (one.of_customers and self.person.staff))

    @property
    def desk(self) -> str | None:
        """Where staff go to work; None for customers."""
        return desk.home(self.person) if self.person.staff and not self.person.must_secure else None


def customer() -> int:
    """The signed-in customer. Raises Refusal 401 `sign_in` for staff, too, who take orders for somebody else."""
    mine = who.account()
    if mine is None:
        raise Refusal("sign_in", "Please sign in first.", status=401, action="sign_in")
    return mine


def page(template: str, here: str, *, status: int = 200, **words: Any) -> ResponseReturnValue:
    """A page of the account: `here` is the word of its room. The template extends account.html. Raises Refusal."""
    person = who.signed_in()
    frame = Here(person, users.account(person.user_id), here)
    return answer(render_template(template, room=frame, **words), status, Cache_Control=PRIVATE)


def refuse(refusal: Refusal) -> ResponseReturnValue:
    """How the account says no: whoever is not signed in (any more) signs in and comes back; all else has words."""
    if refusal.code != "sign_in":
        return draw_refusal(refusal)
    back = request.full_path.rstrip("?") if request.method == "GET" and not wants_piece() else "/account"
    return go(f"/sign-in?next={quote(back)}")


def confirmed(view: View) -> View:
    """Guard a view for which somebody must have shown lately that it is them: for money, roles and addresses.

    Whoever has not is asked; a form that they were sending is kept, and sent on by itself once they have.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        who.signed_in()
        if who.confirmed():
            found: ResponseReturnValue = view(*args, **kwargs)
            return found
        if request.method == "POST" and not wants_piece() and not request.files:
            return ask_first(request.path, dict(kept_fields()), 403, again=True)
        return go(f"/confirm?next={quote(_page_of_form())}")

    return guarded  # type: ignore[return-value]  # the same view, asked later


def kept_fields() -> Iterator[tuple[str, list[str]]]:
    """The fields of the form that waits, without those of the question."""
    for name, values in request.form.lists():
        if not name.startswith("confirm_"):
            yield name, values


def _page_of_form() -> str:
    if request.method == "GET":
        return request.full_path.rstrip("?")
    try:
        came = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    except ValueError:  # no address at all
        return "/account"
    return own_path(came.path + (f"?{came.query}" if came.query else "")) or "/account"


def ask_first(path: str, kept: dict[str, list[str]], status: int = 200, **words: Any) -> ResponseReturnValue:
    """The page that asks somebody to show that it is them, and goes on to `path`.

    `kept` are the fields of the form that waits, if one does (`again`); `mailed` says that a code is on its way,
    `wrong` what was wrong with the last try.
    """
    mine = users.account(who.signed_in().user_id)
    page = render_template("users/confirm.html", account=mine, path=path, kept=kept, **words)
    return answer(page, status, Cache_Control=PRIVATE)
