"""Who starts long work: whether they still may is asked again with every batch of it."""

from sqlalchemy import select

from app.core.db import db
from app.core.errors import Forbidden
from app.core.longwork import Job
from app.users.models import Membership, User
from app.users.rights import IN_WORDS, Right, Role, Who


def allow(job: Job) -> None:
    """Let a job's next batch be written. Raises Forbidden, in words for its page, when whoever began it lost the right
    to it, at any of the stores that it is about.
    """
    right = Right(job.access)
    if not as_now(job.user_id).may_at_each(right, job.stores):
        raise Forbidden(f"Whoever began this lost the right to it: {IN_WORDS[right].lower()}.")


def as_now(user_id: int) -> Who:
    """Somebody of the staff with the roles that they have by now. Raises Forbidden when they have none."""
    query = select(User.name, Membership.role, Membership.store_id).join(Membership, Membership.user_id == User.id)
    mine = query.where(User.id == user_id, User.disabled.is_(False)).order_by(Membership.id)
    held = db.session.execute(mine).all()
    if not held:
        raise Forbidden("Whoever began this works here no more.")
    return Who(user_id, held[0].name, tuple((Role(row.role), row.store_id) for row in held))
