"""Who asks: the signed-in person, this browser's cart, and its recent orders."""

from dataclasses import dataclass

from flask import Flask, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from app.core.db import after_commit
from app.core.errors import Forbidden, NotFound, Refusal
from app.orders import cart, wishes
from app.orders.keys import cart_key, opens, opens_cart, tracking_key
from app.orders.offers import known_by
from app.orders.values import CartHead
from app.promotions import service as promotions
from app.stores import service as stores
from app.stores.service import StoreInfo
from app.users import service as users
from app.users.service import Right, Who
from blueprints.sessions import Sessions

RECENT_ORDERS = 5
LINKS = "links"
login_manager = LoginManager()


@dataclass
class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """What Flask-Login carries: its id is the session's token, so that ending the session ends every copy of it."""

    token: str
    person: Who

    def get_id(self) -> str:
        """The session's token."""
        return self.token


def init_app(app: Flask) -> None:
    """Let requests know who asks."""
    app.session_interface = Sessions()
    login_manager.init_app(app)
    login_manager.session_protection = None
    # Nobody is remembered past a session of ours, so no request need ask for it.
    app.after_request_funcs[None].remove(login_manager._update_remember_cookie)
    login_manager.user_loader(_load)


def _load(token: str) -> SignedIn | None:
    person = users.who(token)
    return SignedIn(token, person) if person else None


def person() -> Who | None:
    """The signed-in person."""
    found = _signed_in()
    return found.person if found else None


def token() -> str | None:
    """The signed-in person's session token."""
    found = _signed_in()
    return found.token if found else None


def _signed_in() -> SignedIn | None:
    """Whom Flask-Login loads; most pages go to visitors, whose cookie says at once that there is nobody to load."""
    if "_user_id" not in session or not current_user.is_authenticated:
        return None
    found: SignedIn = current_user._get_current_object()
    return found


def enter(session_token: str) -> None:
    """Sign this browser in with a fresh session."""
    found = _load(session_token)
    if found is None:
        raise Refusal("wrong_sign_in", "Please sign in again.")
    login_user(found)
    session.permanent = True


def leave() -> None:
    """Sign this browser out; the cart stays."""
    if current_user.is_authenticated:
        users.sign_out(current_user.token)
    logout_user()


def staff() -> Who:
    """The signed-in member of staff. Raises Refusal 401 `sign_in`, Forbidden."""
    found = person()
    if found is None:
        raise Refusal("sign_in", "Please sign in first.", status=401, action="sign_in")
    if not found.staff:
        raise Forbidden
    return found


def at_store(right: Right, store_id: int) -> Who:
    """The member of staff, who has a right at this store. Raises NotFound for stores not theirs, Forbidden."""
    found = staff()
    if not any(place in {None, store_id} for _, place in found.roles):
        raise NotFound
    if not found.may(right, store_id):
        raise not_yours(right, store_id)
    return found


def of_chain(right: Right) -> Who:
    """The member of staff, who has one of the chain's rights. Raises Refusal 401 `sign_in`, Forbidden."""
    found = staff()
    if not found.may(right, None):
        raise not_yours(right, None)
    return found


def not_yours(right: Right, store_id: int | None) -> Forbidden:
    """No, and whom to ask instead."""
    people = users.whom_to_ask(right, store_id)
    return Forbidden(f"Your role does not allow this. Ask {' or '.join(people)}.") if people else Forbidden()


def my_stores(right: Right, *, words: str = "", most: int = 2) -> tuple[StoreInfo, ...]:
    """Stores at which the signed-in member of staff has a right: the one scope of every staff page.

    Two by default, which is enough to know whether there is one, or several to choose from.
    """
    return stores.listed(among=staff().places(right), words=words, most=most)


def cart_id() -> int | None:
    """This browser's cart, if it has one."""
    found = g.get("new_cart") or session.get("cart")
    return found if isinstance(found, int) else None


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


def open_cart() -> int:
    """This browser's open cart, made when there is none, in the open unit of work."""
    head = cart_head()
    if head is not None:
        return head.id
    made = cart.create(codes=links())
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
    return (*promotions.identities(account=account()), *known_by(recent_orders()))


def account() -> int | None:
    """The signed-in customer. Staff who take an order take it for somebody else."""
    found = person()
    return found.user_id if found and not found.staff else None


def take_cart(cart_id: int) -> None:
    """Give this browser another cart, in the open unit of work.

    The cookie hears of it after the commit: a number that was rolled back may become somebody else's cart.
    """
    g.new_cart = cart_id
    forget_cart_head()
    after_commit(lambda: _keep(cart=cart_id))


def cart_token(cart_id: int) -> str:
    """What a form carries of the cart that it shows: its number and key."""
    return f"{cart_id}-{cart_key(cart_id)}"


def find_cart(token: str) -> None:
    """Give a browser that lost its cookie the cart of the form that it sends; one that has a cart keeps it."""
    number, _, key = token.partition("-")
    if cart_id() is None and _is_number(number) and key.isascii() and opens_cart(int(number), key):
        take_cart(int(number))


def remember_order(order_id: int) -> None:
    """Keep an order in this browser, newest first, so that its pages can show where it stands."""
    recent = [order_id, *(known for known in session.get("orders", []) if known != order_id)]
    _keep(orders=recent[:RECENT_ORDERS])


def _keep(**values: object) -> None:
    session.update(values)
    session.permanent = True


def recent_orders() -> tuple[int, ...]:
    """This browser's latest orders, newest first."""
    return tuple(known for known in session.get("orders", []) if isinstance(known, int))


def order_of(address: str) -> int:
    """The order that a `<number>-<key>` address opens. Raises NotFound when the key is not the order's."""
    number, _, key = address.partition("-")
    if not (_is_number(number) and key.isascii() and opens(int(number), key)):
        raise NotFound("We could not find that order. Please check the link.")
    return int(number)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def order_address(order_id: int) -> str:
    """The `<number>-<key>` part of an order's address."""
    return f"{order_id}-{tracking_key(order_id)}"
