"""This browser: its cart, the links of deals that it opened, whom its orders were for, and what they usually have."""

import secrets

from flask import g, session

from app.core.db import after_commit
from app.orders import cart, usual, wishes
from app.orders.keys import cart_key, opens_cart
from app.orders.offers import known_by
from app.orders.usual import Usual
from app.orders.values import CartHead
from app.promotions import service as promotions
from blueprints import who
from blueprints.order_links import is_row, recent_orders

LINKS, USUAL = "links", "usual"


def cart_id() -> int | None:
    """This browser's cart, if it has one. A customer's own is there only while they are signed in."""
    found = g.get("new_cart") or _kept_cart()
    return found if isinstance(found, int) else None


def _kept_cart() -> object:
    owner = session.get("cart_of")
    return session.get("cart") if owner is None or owner == who.account() else None


def cart_head() -> CartHead | None:
    """What every page shows of this browser's open cart; asked once a request."""
    head: CartHead | str | None = g.get("cart_head", "unasked")
    if isinstance(head, str):
        found = cart_id()
        head = g.cart_head = cart.head(found) if found is not None else None
    return head


def forget_cart_head() -> None:
    """Ask anew: the cart was changed in this request."""
    g.pop("cart_head", None)


def forget_new_cart() -> None:
    """What this request did came to nothing: the browser has the cart that it came with."""
    g.pop("new_cart", None)
    forget_cart_head()


def leave_cart() -> None:
    """Forget this browser's cart and its orders, those that staff took for others, too: the next person is another."""
    for kept in ("cart", "cart_of", "orders", "orders_of"):
        session.pop(kept, None)
    forget_new_cart()


def open_cart() -> int:
    """This browser's open cart, made when there is none, in the open unit of work."""
    head = cart_head()
    if head is not None:
        return head.id
    made = cart.create(codes=links(), user_id=who.account())
    take_cart(made)
    after_commit(lambda: session.pop(LINKS, None))
    return made


def links() -> tuple[str, ...]:
    """The codes of deals' links that were opened before there was a cart: they go onto the first one."""
    kept = session.get(LINKS, "")
    return tuple(kept.split()) if isinstance(kept, str) else ()


def keep_link(code: str) -> None:
    """Remember the code of a link until there is a cart. Raises Refusal `too_many_codes`."""
    _keep(**{LINKS: " ".join(wishes.beside(links(), code))})


def identities() -> tuple[str, ...]:
    """All that this browser's customer is known by so far: their account, and whom its latest orders were for."""
    return (*promotions.identities(account=who.account()), *known_by(recent_orders()))


def usual_order() -> Usual | None:
    """What the signed-in customer usually has."""
    mine = who.account()
    return usual.of(mine, str(session.get(USUAL, ""))) if mine is not None else None


def changed_usual() -> None:
    """Look anew from here on: what they usually have was renamed or taken off, after the commit of this request."""
    after_commit(lambda: _keep(**{USUAL: secrets.token_urlsafe(6)}))


def take_cart(cart_id: int) -> None:
    """Give this browser another cart, in the open unit of work.

    The cookie hears of it after the commit: a number that was rolled back may become somebody else's cart.
    """
    g.new_cart = cart_id
    forget_cart_head()
    owner = who.account()
    after_commit(lambda: _keep(cart=cart_id, cart_of=owner))


def cart_token(cart_id: int) -> str:
    """What a form carries of the cart that it shows: its number and key."""
    return f"{cart_id}-{cart_key(cart_id)}"


def find_cart(token: str, *, of_guests: bool = False) -> None:
    """Give a browser that lost its cookie the cart of the form that it sends; one that has a cart keeps it.

    With `of_guests` only a cart that is still nobody's: its form may stand on a page from before somebody signed in.
    Raises NotFound for such a cart that is not open.
    """
    number, _, key = token.partition("-")
    found = cart_id() is None and is_row(number) and key.isascii() and opens_cart(int(number), key)
    if found and not (of_guests and cart.opened(int(number)).user_id is not None):
        take_cart(int(number))


def _keep(**values: object) -> None:
    session.update(values)
    session.permanent = True
