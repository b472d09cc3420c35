"""What customers thought of their orders: stars and a word, once, for the store's manager to read."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db, insert_new
from app.core.errors import Conflict, Refusal
from app.tracking.models import Rating
from app.tracking.stages import ENDS, Stage
from app.tracking.tickets import publish, ticket
from app.tracking.values import Rated

OPEN_FOR = timedelta(days=14)
STARS = range(1, 6)


def rate(order_id: int, stars: int, words: str) -> None:
    """Keep what a customer thought, in the open unit of work.

    Raises NotFound, Refusal `no_such_stars`, `not_rateable` before they have it and two weeks after, Conflict
    `rated_already`.
    """
    row = ticket(order_id)
    if stars not in STARS:
        raise Refusal("no_such_stars", "Choose one to five stars.", field="stars")
    if not rateable(Stage(row.stage), row.closed_at):
        raise Refusal("not_rateable", "An order can be rated for two weeks from when you have it.", field="stars")
    if not insert_new(Rating, order_id=order_id, store_id=row.store_id, stars=stars, words=words[:200], at=clock.now()):
        raise Conflict("rated_already", "You have rated this order already. Thank you!")
    publish(row, row.seq)


def rateable(stage: Stage, closed_at: datetime | None) -> bool:
    """Whether an order may be rated: once its customer has it, for two weeks."""
    return stage in ENDS and closed_at is not None and clock.now() < closed_at + OPEN_FOR


def rating_of(order_id: int) -> Rated | None:
    """What its customer thought of an order, if they said."""
    row = db.session.get(Rating, order_id, populate_existing=True)
    return _rated(row) if row else None


def latest(store_id: int, most: int) -> tuple[Rated, ...]:
    """A store's latest ratings, the newest first."""
    query = select(Rating).where(Rating.store_id == store_id).order_by(Rating.at.desc(), Rating.order_id.desc())
    return tuple(_rated(row) for row in db.session.scalars(query.limit(most)))


def counted(store_id: int, since: datetime) -> dict[int, int]:
    """How often each number of stars was given since a moment, five first."""
    query = select(Rating.stars, func.count()).where(Rating.store_id == store_id, Rating.at > since)
    found = {row[0]: row[1] for row in db.session.execute(query.group_by(Rating.stars))}
    return {stars: found.get(stars, 0) for stars in reversed(STARS)}


def _rated(row: Rating) -> Rated:
    return Rated(row.order_id, row.stars, row.words, row.at)
