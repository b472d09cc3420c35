"""Who asks: the signed-in person, and what they may do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Flask, Response, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.exceptions import HTTPException

from app.core import clock, walls
from app.core.cache import Memory
from app.core.db import transaction
from app.core.errors import Forbidden, NotFound, Refusal
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.users import service as users
from app.users.service import Right, Visit, Who
from blueprints.htmx import without_key
from blueprints.sessions import Sessions

SEEN_EVERY = timedelta(hours=1)  # how exactly a customer who only looks around is known to be there
CUSTOMERS = (0, "")
login_manager = LoginManager()
refused: Memory[tuple[int, str], bool] = Memory(most=10_000, age=timedelta(minutes=1))


@dataclass
class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """What Flask-Login carries: its id is the session's token, so that ending the session ends every copy of it."""

    token: str
    visit: Visit

    def get_id(self) -> str:
        """The session's token."""
        return self.token


class NotTheirs(NotFound):
    """Somebody of the staff reached for another store: told that it is not there, and written down."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a member of staff sees by a right: what is of these stores, of every one for None, nothing where empty."""

    person: Who
    right: Right
    stores: frozenset[int] | None

    def at(self, store_id: int, words: str = "") -> "Scope":
        """The same at one store. Raises NotFound, with words if given, for stores not theirs, Forbidden."""
        theirs = self.person.stores
        if theirs is not None and store_id not in theirs:
            raise NotTheirs(*([words] if words else []))
        if self.stores is not None and store_id not in self.stores:
            raise not_yours(self.right, store_id)
        return replace(self, stores=frozenset({store_id}))

    @property
    def several(self) -> bool:
        """Whether there is more than one store to choose from."""
        return (stores.count() if self.stores is None else len(self.stores)) > 1

    def somewhere(self) -> "Scope":
        """The same, where it is anything at all. Raises Forbidden."""
        if self.stores is not None and not self.stores:
            raise not_yours(self.right, None)
        return self


def init_app(app: Flask) -> None:
    """Let requests know who asks."""
    app.session_interface = Sessions()
    login_manager.init_app(app)
    login_manager.session_protection = None
    # Nobody is remembered past a session of ours, so no request need ask for it.
    app.after_request_funcs[None].remove(login_manager._update_remember_cookie)
    login_manager.user_loader(_load)
    app.after_request(_note_seen)


def _load(token: str) -> SignedIn | None:
    visit = users.visit(token)
    return SignedIn(token, visit) if visit else None


def _note_seen(response: Response) -> Response:
    """A customer who is here stays signed in. Staff do by what they do (`desk.at_work`), not by a page left open."""
    found = g.get("_login_user")
    customer = isinstance(found, SignedIn) and not found.visit.person.staff
    if customer and found.visit.seen_at < clock.now() - SEEN_EVERY:
        with transaction():
            users.seen(found.token)
    return response


def person() -> Who | None:
    """The signed-in person."""
    found = _signed_in()
    return found.visit.person if found else None


def token() -> str | None:
    """The signed-in person's session token."""
    found = _signed_in()
    return found.token if found else None


def confirmed() -> bool:
    """Whether the signed-in person showed in the last minutes that it is them."""
    found = _signed_in()
    return found is not None and found.visit.confirmed


def _signed_in() -> SignedIn | None:
    """Whom Flask-Login loads; most pages go to visitors, whose cookie says at once that there is nobody to load."""
    if "_user_id" not in session or not current_user.is_authenticated:
        return None
    found: SignedIn = current_user._get_current_object()
    return found


def become(session_token: str) -> Who | None:
    """Be whom a session's token belongs to, from here on; None when it opens nothing."""
    found = _load(session_token)
    if found is None:
        return None
    login_user(found)
    session.permanent = True
    return found.visit.person


def be_nobody() -> None:
    """Be a guest from here on."""
    logout_user()


def account() -> int | None:
    """The signed-in customer."""
    return account_of(person())


def account_of(found: Who | None) -> int | None:
    """The account of whoever asks; None for guests, and for staff, who take an order for somebody else."""
    return found.user_id if found and not found.staff else None


def signed_in() -> Who:
    """The signed-in person. Raises Refusal 401 `sign_in`."""
    found = person()
    if found is None:
        raise Refusal("sign_in", "Please sign in first.", status=401, action="sign_in")
    return found


def staff() -> Who:
    """The signed-in member of staff. Raises Refusal 401 `sign_in`, 403 `second_step_needed`, Forbidden."""
    return as_staff(signed_in())


def as_staff(found: Who) -> Who:
    """Somebody who works here, within their stores. Raises Refusal 403 `second_step_needed`, Forbidden."""
    if not found.staff:
        raise Forbidden
    if found.must_secure:
        words = "Your role needs a second step at sign-in. Set it up first."
        raise Refusal("second_step_needed", words, status=403, action="second_step")
    walls.see_only(found.stores)
    return found


def scope(right: Right, asks: Callable[[], Who] = staff) -> Scope:
    """What the member of staff who asks sees by a right: the one scope of every query of staff.

    Raises Refusal 401 `sign_in`, 403 `second_step_needed`, Forbidden for whoever does not work here.
    """
    found = asks()
    return Scope(found, right, found.places(right))


def at_store(right: Right, store_id: int) -> Who:
    """The member of staff, who has a right at this store. Raises NotFound for stores not theirs, Forbidden."""
    return scope(right).at(store_id).person


def somewhere(right: Right) -> Who:
    """The member of staff, who has a right at some store. Raises Refusal 401 `sign_in`, Forbidden."""
    return scope(right).somewhere().person


def of_chain(right: Right) -> Who:
    """The member of staff, who has one of the chain's rights. Raises Refusal 401 `sign_in`, Forbidden."""
    seen = scope(right)
    if seen.stores is not None:
        raise not_yours(right, None)
    return seen.person


def not_yours(right: Right, store_id: int | None) -> Forbidden:
    """No, and whom to ask instead."""
    people = users.whom_to_ask(right, store_id)
    return Forbidden(f"Your role does not allow this. Ask {' or '.join(people)}.") if people else Forbidden()


def note_refusal(refusal: Refusal, asks: Callable[[], Who | None] = person) -> None:
    """Write down that the signed-in person was refused what is not theirs, in a unit of work of its own.

    Once a minute for each page of somebody's, so that one which asks again by itself does not fill the book; and of all
    who do not work here together, as anybody can become a customer. The gate logs each of them.
    """
    found = asks() if isinstance(refusal, Forbidden | NotTheirs) else None
    if found is None:
        return
    knock = (found.user_id, request.endpoint or "") if found.staff else CUSTOMERS
    if refused.recall(knock) is None:
        refused.put(knock, True)
        subject = f"{request.method} {without_key(request.path)}"[:60]
        with transaction():
            wanted = _store_asked()
            place = wanted if any(place == wanted for _, place in found.roles) else None
            users.audit(found.user_id, "access.refused", subject, place, status=refusal.status)


def _store_asked() -> int | None:
    try:
        return request.values.get("store", type=int)
    except HTTPException:  # a form too large to be read
        return None


def my_stores(right: Right, *, words: str = "", most: int = 2) -> tuple[StoreInfo, ...]:
    """Stores at which the signed-in member of staff has a right.

    Two by default, which is enough to know whether there is one, or several to choose from.
    """
    return stores.listed(among=scope(right).stores, words=words, most=most)
