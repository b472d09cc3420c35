"""Tickets in the words of the kitchen. Moments are seconds since the epoch, for the board's own clocks."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core import clock
from app.orders.service import OrderLine
from app.stores.service import Method, StoreInfo
from app.tracking.service import DEEDS, LABELS, Age, Board, Failure, Moved, Stage, Ticket
from blueprints.frame import at_store
from blueprints.showing import localday

MODES = {Method.DELIVERY: "Delivery", Method.CARRYOUT: "Carryout"}
EMPTY = {
    "new": "No new orders.",
    "making": "Nothing is being made.",
    "oven": "The oven is free.",
    "boxed": "Nothing waits.",
    "away": "Nobody is on the road.",
}
TOLD = ("", "Nobody has touched it. The store’s people were told.", "Nobody has touched it. Headquarters sees it.")
SAYS_ALLERGY = re.compile(r"^allerg(y|ies)\s*[:,-]\s*", re.IGNORECASE)  # the bar says the word itself
HALF_A_DAY = timedelta(hours=12)  # nearer than that, an hour comes once
CHANGED_SECONDS = 60  # so long a ticket says that it was moved
BECAME = {
    Stage.DELIVERY_FAILED: "was not delivered",
    Stage.DELIVERED: "was delivered",
    Stage.COLLECTED: "was handed over",
}
WORDS = {
    Stage.RECEIVED: "new",
    Stage.PREP: "on time",
    Stage.BAKING: "of 7 min",
    Stage.QUALITY_CHECK: "waiting",
    Stage.READY: "ready",
    Stage.OUT_FOR_DELIVERY: "on the road",
    Stage.DELIVERY_FAILED: "not delivered",
    Stage.DELIVERED: "delivered",
    Stage.COLLECTED: "handed over",
}


@dataclass(frozen=True, slots=True)
class TicketWords:
    """What a ticket shows."""

    id: int
    number: int
    stage: str
    since: int
    hurry_at: int | None
    late_at: int | None
    clock: str
    changed: bool
    word: str
    age: str
    fresh: bool
    accepted: bool
    rings: bool
    loud_at: int
    told: str
    failed: str
    to_print: bool
    printed: bool
    who: str
    due: str
    allergy: str
    note: str
    lines: tuple[OrderLine, ...]
    label: str
    go: str
    may_fail: bool
    open: bool
    url: str


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """A column of the board."""

    key: str
    name: str
    empty: str
    tickets: tuple[TicketWords, ...]


@dataclass(frozen=True, slots=True)
class UndoWords:
    """The last tap, while it may be taken back."""

    number: int
    words: str
    url: str
    until: int


@dataclass(frozen=True, slots=True)
class BoardWords:
    """What the board shows: `shown` is the one column that a phone shows, `runs` whether its reader may end a pause."""

    store_id: int
    now: int
    shown: str
    columns: tuple[ColumnWords, ...]
    later: tuple[TicketWords, ...]
    undo: UndoWords | None
    pause: str
    pause_ends: int
    pause_left: str
    runs: bool


def board_words(board: Board, store: StoreInfo, shown: str, now: datetime, *, runs: bool) -> BoardWords:
    """How a board reads."""
    columns = tuple(
        ColumnWords(
            column.key, column.name, EMPTY[column.key], tuple(ticket_words(one, store, now) for one in column.tickets)
        )
        for column in board.columns
    )
    return BoardWords(
        store_id=board.store_id,
        now=int(now.timestamp()),
        shown=shown,
        columns=columns,
        later=tuple(ticket_words(one, store, now) for one in board.later),
        undo=_undo(board.undoable),
        pause=f"No new orders until {at_store(board.paused[0], store)}: {board.paused[1]}" if board.paused else "",
        pause_ends=int(board.paused[0].timestamp()) if board.paused else 0,
        pause_left=_clock(int((board.paused[0] - now).total_seconds())) if board.paused else "",
        runs=runs,
    )


def shown_column(asked: str | None) -> str:
    """The column that a phone shows: the one asked for if there is such a column, else the first."""
    return asked if asked in EMPTY else next(iter(EMPTY))


def _undo(moved: Moved | None) -> UndoWords | None:
    if moved is None or moved.until is None:
        return None
    words = BECAME.get(moved.to, f"moved to {LABELS[moved.to]}")
    url = f"/staff/orders/{moved.order_id}/moves/{moved.seq}/reversal"
    return UndoWords(moved.order_id, f"{moved.order_id} {words}", url, int(moved.until.timestamp()))


def failed_words(failed: Failure | None, store: StoreInfo) -> str:
    """`Not delivered at 7:42 pm: Nobody answered (Dino).`; nothing for what did not fail."""
    if failed is None:
        return ""
    said = f"Not delivered at {clock.in_words(failed.at, store.zone)}"
    return f"{said}{': ' + failed.reason if failed.reason else ''}{f' ({failed.by})' if failed.by else ''}."


def ticket_words(ticket: Ticket, store: StoreInfo, now: datetime) -> TicketWords:
    """How a ticket reads at a moment."""
    age = ticket.age(now)
    waited = max(0, int((now - ticket.since).total_seconds()))
    return TicketWords(
        id=ticket.order_id,
        number=ticket.order_id,
        stage=ticket.stage.value,
        since=int(ticket.since.timestamp()),
        hurry_at=int(ticket.hurry_at.timestamp()) if ticket.hurry_at else None,
        late_at=None if ticket.stage is Stage.READY else int(ticket.due_at.timestamp()),
        clock=_clock(waited),
        changed=ticket.seq > 0 and waited < CHANGED_SECONDS,
        word=_word(ticket, age, now),
        age=age.value if age in {Age.HURRY, Age.LATE} else "",
        fresh=ticket.stage is Stage.RECEIVED,
        accepted=ticket.accepted,
        rings=ticket.stage is Stage.RECEIVED and not ticket.touched,
        loud_at=int(ticket.loud_at.timestamp()),
        told="" if ticket.touched else TOLD[ticket.told],
        failed=failed_words(ticket.failed, store),
        to_print=ticket.to_print,
        printed=ticket.printed,
        who=f"{MODES[ticket.method]}, {ticket.name}",
        due=_due(ticket, store, now),
        allergy=(SAYS_ALLERGY.sub("", ticket.note) or ticket.note) if ticket.allergy else "",
        note="" if ticket.allergy else ticket.note,
        lines=ticket.lines,
        label=LABELS[ticket.stage],
        go=_go(ticket),
        may_fail=Stage.DELIVERY_FAILED in ticket.onward,
        open=ticket.open,
        url=f"/staff/orders/{ticket.order_id}",
    )


def _clock(seconds: int) -> str:
    """Seconds as the board's clocks say them: `4:05`, `1:04:05`."""
    minutes, rest = divmod(max(0, seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"


def _word(ticket: Ticket, age: Age, now: datetime) -> str:
    if age is Age.LATE:
        return f"{int((now - ticket.due_at).total_seconds()) // 60 + 1} min late"
    if age is Age.HURRY:
        return "hurry"
    return f"driver {ticket.driver}" if ticket.driver else WORDS[ticket.stage]


def _due(ticket: Ticket, store: StoreInfo, now: datetime) -> str:
    time, day = clock.in_words(ticket.due_at, store.zone), localday(ticket.due_at, store.zone)
    if day != localday(now, store.zone):
        return f"due {day}, {time}"
    near = abs(ticket.due_at - now) < HALF_A_DAY
    return f"due {time.removesuffix(' am').removesuffix(' pm') if near else time}"


def _go(ticket: Ticket) -> str:
    if not ticket.onward:
        return ""
    again = " again" if ticket.stage is Stage.DELIVERY_FAILED else ""
    return DEEDS[ticket.onward[0]] + again
