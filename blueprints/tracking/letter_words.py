"""What was sent to the customer of an order, as its store reads it."""

from dataclasses import dataclass
from datetime import datetime

from app.orders import letters
from app.orders.letters import TEXT, Letter

WHAT = {
    "order_in": "Your order is in",
    "new_time": "It has another time",
    "order_off": "Your order came to nothing",
    "out_for_delivery": "It is on its way",
    "ready": "It is ready",
    "late": "It is late",
    "store_word": "A word of the store",
    "refund": "Money goes back",
    "refund_bounced": "Money came back to us",
}


@dataclass(frozen=True, slots=True)
class LetterWords:
    """A mail or text message as a row of a table; `sent` whether it went out."""

    at: datetime
    what: str
    to: str
    went: str
    sent: bool


def letter_words(order_id: int) -> list[LetterWords]:
    """All that was sent about an order, the first one first."""
    return [_words(each) for each in letters.of_order(order_id)]


def _words(letter: Letter) -> LetterWords:
    way = "text message" if letter.way == TEXT else "mail"
    to = f"{way} to {letter.to}" if letter.to else f"{way}, address forgotten"
    at = letter.sent_at or letter.tried_at
    return LetterWords(at, WHAT.get(letter.what, letter.what), to, _went(letter), sent=letter.sent_at is not None)


def _went(letter: Letter) -> str:
    """`Went out`, `Went out at try 3`, `Did not go out yet, tried 3 times`."""
    if letter.sent_at is None:
        return f"Did not go out yet, tried {letter.tries} time{'s' if letter.tries > 1 else ''}"
    return f"Went out at try {letter.tries}" if letter.tries > 1 else "Went out"
