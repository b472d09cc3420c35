"""Who works where, and as what: found by store, and changed by those whose own role carries it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, delete, func, or_, select, update

from app.core.db import db
from app.core.errors import Forbidden, NotFound, Refusal
from app.users import second_step
from app.users.models import Membership, User
from app.users.rights import Role, Who
from app.users.sessions import end_all

PAGE = 50
Stores = Collection[int] | None  # None: every one there is


@dataclass(frozen=True, slots=True)
class Post:
    """A role that somebody has at a store; at every store for None."""

    id: int
    role: Role
    store_id: int | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the staff, with the posts that whoever looks may see; `elsewhere` when they have others, too."""

    user_id: int
    name: str
    email: str
    closed: bool
    secured: bool
    posts: tuple[Post, ...]
    elsewhere: bool


def people(
    among: Stores, *, words: str = "", role: Role | None = None, after: tuple[str, int] | None = None, most: int = PAGE
) -> tuple[Colleague, ...]:
    """Staff by name, a page at a time: of some stores, or of the chain for None; `after` a name and number."""
    posts = select(Membership.user_id)
    if among is not None:
        posts = posts.where(Membership.store_id.in_(among))
    if role is not None:
        posts = posts.where(Membership.role == role.value)
    query = select(User).where(User.id.in_(posts)).order_by(User.name, User.id).limit(most)
    for word in words.replace("\0", "").lower().split()[:5]:
        query = query.where(func.lower(User.name + " " + User.email).contains(word, autoescape=True))
    if after is not None:
        query = query.where(or_(User.name > after[0], and_(User.name == after[0], User.id > after[1])))
    return _seen(db.session.scalars(query).all(), among)


def colleague(user_id: int, among: Stores) -> Colleague:
    """One of the staff of some stores, or of the chain for None. Raises NotFound."""
    user = db.session.get(User, user_id)
    found = _seen([user], among) if user else ()
    if not found or not found[0].posts:
        raise NotFound("We could not find that person.")
    return found[0]


def _seen(found: Collection[User], among: Stores) -> tuple[Colleague, ...]:
    held: defaultdict[int, list[Post]] = defaultdict(list)
    wanted = [user.id for user in found]
    for row in db.session.scalars(select(Membership).where(Membership.user_id.in_(wanted)).order_by(Membership.id)):
        held[row.user_id].append(Post(row.id, Role(row.role), row.store_id))
    return tuple(_shown(user, held[user.id], among) for user in found)


def _shown(user: User, posts: list[Post], among: Stores) -> Colleague:
    seen = tuple(post for post in posts if among is None or post.store_id in among)
    return Colleague(
        user.id,
        user.name,
        user.email,
        user.disabled,
        user.totp_secret is not None,
        seen,
        elsewhere=len(seen) < len(posts),
    )


def give(by: Who, user_id: int, role: Role, store_id: int | None) -> None:
    """Make somebody of the staff `role` at a store, instead of what they were there; it ends their sessions.

    In the open unit of work. Raises Forbidden for a role beyond one's own, NotFound, Refusal `own_role`, `chain_role`,
    `last_admin`.
    """
    check_place(by, role, store_id)
    held = _lock(by, user_id)
    _may_take(by, user_id, [post for post in held if post.store_id == store_id])
    appoint(user_id, role, store_id)
    end_all(user_id)


def check_place(by: Who, role: Role, store_id: int | None) -> None:
    """Whether somebody may give this role at this place. Raises Forbidden, Refusal `chain_role`."""
    if not by.gives(role, store_id):
        raise Forbidden("Your role does not allow giving that one.")
    if role is Role.ADMIN and store_id is not None:
        raise Refusal("chain_role", "An admin is one at every store. Choose “Every store”.", field="store")


def appoint(user_id: int, role: Role, store_id: int | None) -> None:
    """Write down what somebody is at a place from now on, in the open unit of work."""
    db.session.execute(
        delete(Membership).where(Membership.user_id == user_id, Membership.store_id.is_not_distinct_from(store_id))
    )
    db.session.add(Membership(user_id=user_id, role=role.value, store_id=store_id))


def take(by: Who, user_id: int, post_id: int) -> Post:
    """Take a role away, in the open unit of work; it ends their sessions. Raises what `give` raises."""
    found = next((post for post in _lock(by, user_id) if post.id == post_id), None)
    if found is None or not _sees(by, found):
        raise NotFound("They do not have that role any more.")
    _may_take(by, user_id, [found])
    db.session.execute(delete(Membership).where(Membership.id == post_id))
    end_all(user_id)
    return found


def close(by: Who, user_id: int) -> None:
    """Let somebody sign in no more, in the open unit of work. Raises what `give` raises: it takes all their roles."""
    _may_take(by, user_id, _lock(by, user_id))
    db.session.execute(update(User).where(User.id == user_id).values(disabled=True))
    end_all(user_id)


def reopen(by: Who, user_id: int) -> None:
    """Let somebody sign in again, in the open unit of work. Raises what `give` raises."""
    _may_take(by, user_id, _lock(by, user_id))
    db.session.execute(update(User).where(User.id == user_id).values(disabled=False))


def take_step(by: Who, user_id: int) -> None:
    """Take the second step off for somebody who lost phone and recovery codes, in the open unit of work.

    It ends their sessions; where their role needs one they set up a new one at the next sign-in. For admins only.
    Raises Forbidden, NotFound, Refusal `own_role`, `no_second_step`.
    """
    _lock(by, user_id)
    if not by.gives(Role.ADMIN, None):
        raise Forbidden("Only an admin takes somebody's second step off.")
    if db.session.get_one(User, user_id).totp_secret is None:
        raise Refusal("no_second_step", "They have no second step.", status=409)
    second_step.forget(user_id)
    end_all(user_id)


def _lock(by: Who, user_id: int) -> list[Post]:
    """What somebody is; nobody else changes that until the unit of work ends."""
    if by.user_id == user_id:
        raise Refusal("own_role", "Nobody changes what they are themselves. Ask somebody else.", status=403)
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
    rows = db.session.scalars(select(Membership).where(Membership.user_id == user_id).order_by(Membership.id))
    posts = [Post(row.id, Role(row.role), row.store_id) for row in rows]
    if not any(_sees(by, post) for post in posts):
        raise NotFound("We could not find that person.")
    return posts


def _sees(by: Who, post: Post) -> bool:
    return any(by.gives(role, post.store_id) for role in Role)


def _may_take(by: Who, user_id: int, posts: Collection[Post]) -> None:
    for post in posts:
        if not by.gives(post.role, post.store_id):
            raise Forbidden("Somebody whose role is higher has to change that.")
        if (post.role, post.store_id) == (Role.ADMIN, None) and set(admins()) <= {user_id}:
            raise Refusal("last_admin", "This is the last admin. Make somebody else one first.", status=409)


def admins() -> list[int]:
    """Who runs the chain and can sign in. Nobody else takes that from any of them until the unit of work ends."""
    of_chain = (Membership.role == Role.ADMIN.value, Membership.store_id.is_(None))
    db.session.execute(select(Membership.id).where(*of_chain).order_by(Membership.id).with_for_update()).all()
    # Asked anew, as what was waited for may have changed: a statement sees what was committed before it began.
    query = select(Membership.user_id).join(User, User.id == Membership.user_id)
    return list(db.session.scalars(query.where(*of_chain, User.disabled.is_(False)).order_by(Membership.id)))
