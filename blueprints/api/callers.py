"""Who asks through the API: whoever holds a bearer token. An access token opens what its person may, an order's
address (`<number>-<key>`) that one order. No cookie is looked at, and no token opens a page.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from flask import g, request

from app.core.errors import Forbidden, NotFound, Refusal
from app.orders import holders
from app.orders import service as orders
from app.orders.holders import Holder
from app.promotions import service as promotions
from app.users import grants
from app.users.service import Right, Who
from blueprints import order_links, who
from blueprints.gateway import where_from

NO_STAFF = "Staff order for others: this is kept for customers only."
NOT_FOUND = "We could not find that order."


class Guard(StrEnum):
    """Who may ask: everybody, whoever holds a token (a guest too), an account, a customer's account, or an order's
    address as well.
    """

    OPEN = "open"
    HOLDER = "holder"
    ACCOUNT = "account"
    CUSTOMER = "customer"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person or a guest by their session, or the holder of one order's address."""

    sid: str | None = None
    person: Who | None = None
    confirmed: bool = False
    order_id: int | None = None

    @property
    def account(self) -> int | None:
        """The customer whose cart and orders these are. Staff order for others, with a cart of their session."""
        return self.person.user_id if self.person and not self.person.staff else None

    @property
    def customer(self) -> int:
        """The customer that asks, where the guard let on nobody else."""
        if self.account is None:
            raise Forbidden(NO_STAFF)
        return self.account

    @property
    def holder(self) -> Holder:
        """Whose carts and orders."""
        return Holder(self.account) if self.account is not None else Holder(None, self.sid)

    @property
    def identities(self) -> tuple[str, ...]:
        """What deals know them by."""
        return promotions.identities(account=self.account)

    @property
    def me(self) -> Who:
        """The person. Raises Refusal 401 `sign_in` for a guest."""
        if self.person is None:
            raise sign_in("Please sign in first.")
        return self.person

    def opens(self, order_id: int) -> None:
        """Let on only an order's owner, or the holder of its address. Raises NotFound."""
        theirs = self.sid is not None and holders.owns(self.holder, order_id)
        if self.order_id != order_id and not theirs:
            raise NotFound(NOT_FOUND)

    def sees(self, order_id: int, store_id: int, right: Right) -> None:
        """The same, or staff with a right at the order's store. Raises NotFound."""
        works_there = self.person is not None and not self.person.must_secure and self.person.may(right, store_id)
        if not works_there:
            self.opens(order_id)

    def at_store(self, right: Right, store_id: int) -> Who:
        """A member of staff who has a right at a store. Raises NotFound for stores not theirs, Forbidden."""
        return who.scope(right, lambda: who.as_staff(self.me)).at(store_id, NOT_FOUND).person

    def at_order(self, right: Right, order_id: int) -> Who:
        """The same about an order's store. Whoever may not is told so before whether there is such an order."""
        try:
            store_id = orders.order(order_id).store_id
        except NotFound:
            store_id = 0
        return self.at_store(right, store_id)

    def proved(self) -> None:
        """Go on only within minutes of signing in. Raises Refusal 401 `sign_in`."""
        if not self.confirmed:
            raise sign_in("Please sign in again for this.")


def sign_in(words: str) -> Refusal:
    """Whoever asks is nobody we know (any more)."""
    return Refusal("sign_in", words, status=401, action="sign_in")


def token() -> str:
    """The token that came with the request; empty when none did."""
    kind, _, sent = request.headers.get("Authorization", "").partition(" ")
    return sent.strip() if kind.lower() == "bearer" else ""


def known_as() -> str:
    """What limits count by: the session of a token of ours, else the address. Asks no database."""
    found: str | None = g.get("api_known_as")
    if found is None:
        sid = grants.read(token()) if token() else None
        found = g.api_known_as = f"session:{sid[:32]}" if sid else where_from()
    return found


def counted_as() -> str:
    """What limits count by that more sessions must not widen: the person of a token, on all their devices; else, as
    guests have as many tokens as they like, the address. Asks no database.
    """
    person = grants.named(token()) if token() else None
    return where_from() if person is None else f"person:{person}"


def nobody_in_particular() -> None:
    """Let everybody on, without asking the database who it is; but nobody with a token that is none of ours.

    Raises Refusal 401 `sign_in`.
    """
    if "Authorization" in request.headers and grants.read(token()) is None:
        raise sign_in("That token is not good any more. Refresh it, or sign in.")


def caller(guard: Guard) -> Caller:
    """Who asks. Raises Refusal 401 `sign_in` for whoever may not."""
    sent = token()
    if not sent:
        if guard is Guard.OPEN and "Authorization" not in request.headers:
            return Caller()
        raise sign_in("Send a bearer token.")
    found = _held(sent)
    if guard is Guard.ORDER and found is None:
        return _by_address(sent)
    if found is None:
        raise sign_in("That token is not good any more. Refresh it, or sign in.")
    if guard in {Guard.ACCOUNT, Guard.CUSTOMER} and found.person is None:
        raise sign_in("Please sign in first.")
    if guard is Guard.CUSTOMER and found.account is None:
        raise Forbidden(NO_STAFF)
    return found


def _held(sent: str) -> Caller | None:
    found = grants.holder(sent) if sent.count(".") == 2 else None
    g.api_person = found.person if found else None
    return Caller(found.sid, found.person, found.confirmed) if found else None


def of_session(sid: str) -> Caller | None:
    """Who holds a session, while it does."""
    found = grants.of_session(sid)
    return Caller(found.sid, found.person, found.confirmed) if found else None


def _by_address(sent: str) -> Caller:
    if sent.count(".") == 2:
        raise sign_in("That token is not good any more. Refresh it, or sign in.")
    try:
        return Caller(order_id=order_links.order_of(sent))
    except NotFound:
        raise sign_in("That token opens nothing.") from None


def marked_as() -> str:
    """Whose keys of repeated calls these are: other people's never meet them."""
    sid = grants.read(token())
    return hashlib.sha256((sid or token()).encode(errors="replace")).hexdigest()[:16]
