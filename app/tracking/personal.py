"""What the tracking domain knows about somebody: when their orders moved, and what was written and said of them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from app.core.db import db
from app.orders.events import OrdersErased
from app.orders.personal import of_account
from app.tracking.following import timeline
from app.tracking.models import Rating, StageMove, TicketMessage, TicketRow


def export(user_id: int) -> Mapping[str, Any]:
    """Every step of somebody's orders, with its time; what their stores wrote, and what they said of the food."""
    mine = of_account(user_id)
    steps = {number: timeline(number) for number in mine}
    word = TicketMessage
    written = select(word.order_id, word.words, word.at).where(word.order_id.in_(mine), word.words != "")
    said = select(Rating.order_id, Rating.stars, Rating.words, Rating.at).where(Rating.order_id.in_(mine))
    written, said = written.order_by(word.order_id, word.number), said.order_by(Rating.order_id)
    return {
        "steps": [
            {"order": number, "to": tap.to, "at": tap.at, "reason": tap.reason}
            for number, taps in steps.items()
            for tap in taps
        ],
        "messages": [{"order": row.order_id, "words": row.words, "at": row.at} for row in db.session.execute(written)],
        "ratings": [
            {"order": row.order_id, "stars": row.stars, "words": row.words, "at": row.at}
            for row in db.session.execute(said)
        ],
    }


def erase(event: OrdersErased) -> None:
    """Empty what was written about orders whose people are forgotten; stars and times stay, and name nobody."""
    theirs = event.order_ids
    db.session.execute(update(TicketRow).where(TicketRow.order_id.in_(theirs)).values(message=""))
    db.session.execute(update(TicketMessage).where(TicketMessage.order_id.in_(theirs)).values(words=""))
    db.session.execute(update(Rating).where(Rating.order_id.in_(theirs)).values(words=""))
    db.session.execute(update(StageMove).where(StageMove.order_id.in_(theirs)).values(reason=""))
