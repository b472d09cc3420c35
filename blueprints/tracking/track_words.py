"""An order in the words of its tracker."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core import clock
from app.orders.pricing import Quote
from app.orders.service import Discount, OrderLine, OrderStatus, OrderView
from app.payments.service import PaymentState
from app.stores.service import Method, StoreInfo
from app.tracking.service import Rated, Stage, Step, StepState, TrackView
from blueprints.showing import localday
from blueprints.tracking.pay_words import customer_words, money_back_words
from blueprints.tracking.reasons import at_the_door

S, T = Stage, OrderStatus
AFTERMATH = timedelta(hours=3)  # a page of an order that is over still hears of money that goes back
HEADLINES = {
    T.PENDING_PAYMENT: "Waiting for your payment",
    T.PAYMENT_FAILED: "Not paid",
    T.EXPIRED: "Not paid in time",
    T.REJECTED: "The store could not take it",
    T.CANCELLED: "Cancelled",
}
FAILED = "Please call the store, and we will put it right."
HELP = {
    S.RECEIVED: "You can cancel until we start making it. For other food, please call the store.",
    S.OUT_FOR_DELIVERY: "It is on the road, so it is too late to cancel. Please call the store.",
    S.DELIVERY_FAILED: "Please call the store, and they will put it right.",
}
WAITS_FOR = {
    S.RECEIVED: "The kitchen has not begun it yet.",
    S.PREP: "Making it takes longer than we thought.",
    S.BAKING: "It is still in the oven.",
    S.QUALITY_CHECK: "It is boxed and waits for its turn.",
    S.OUT_FOR_DELIVERY: "The way to you takes longer than we thought.",
}
TOO_LATE = "It is too late to cancel since the kitchen has begun it. Call the store and they will put it right."
AFTERWARDS = "Not as it should be? Call the store and they will put it right."


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step of the way: the key of its icon, its name, its time in words, its state (done, now, next, failed)."""

    key: str
    name: str
    time: str
    state: str


@dataclass(frozen=True, slots=True)
class TrackWords:
    """What the tracker's piece shows; `now` is when it was drawn, in seconds."""

    now: int
    number: int
    address: str
    stage: str
    scene: str
    headline: str
    where: str
    when: str
    when_words: str
    about: str
    late: str
    why: str
    first_promise: str
    message: str
    from_store: str
    updated: str
    steps: tuple[StepWords, ...]
    code: str | None
    lines: tuple[OrderLine, ...]
    quote: Quote
    discounts: tuple[Discount, ...]
    paid: str
    over: bool
    live: bool
    cancellable: bool
    retimable: bool
    help: str
    rateable: bool
    rating: Rated | None
    store: StoreInfo


def track_words(view: TrackView, payment: PaymentState | None, store: StoreInfo, address: str) -> TrackWords:
    """How the tracker of an order reads."""
    when_words, when = _when(view, store)
    return TrackWords(
        now=int(clock.now().timestamp()),
        number=view.order_id,
        address=address,
        stage=view.stage.value,
        scene="called_off" if view.dead else view.stage.value,
        headline="Scheduled" if view.waits else HEADLINES.get(view.status, view.label),
        where=f"delivery to {view.street}" if view.method is Method.DELIVERY else f"carryout at {store.name}",
        when=when,
        when_words=when_words,
        about=_about(view, store),
        late=f"New time {_span(view.span.start, view.span.end, view, store)}." if view.late and when else "",
        why=_why(view) if view.late else "",
        first_promise=_first_promise(view, store) if when else "",
        message=_message(view, payment),
        from_store=view.message,
        updated=clock.in_words(view.heard_at, store.zone),
        steps=() if view.dead else tuple(_step(view, n, store) for n in range(len(view.steps))),
        code=None if view.dead else view.picture,
        lines=view.lines,
        quote=view.quote,
        discounts=view.discounts,
        paid="" if view.dead else customer_words(payment, view.method, handed_over=view.finished),
        over=view.dead or view.finished,
        live=not (view.dead or view.finished) or clock.now() - view.heard_at < AFTERMATH,
        cancellable=view.cancellable,
        retimable=view.retimable,
        help=_help(view),
        rateable=view.rateable,
        rating=view.rating,
        store=store,
    )


def coming_words(order: OrderView, store: StoreInfo) -> str:
    """When an order was promised, as its customer reads it: `Friday 6:30 to 6:40 pm`."""
    return clock.coming_in_words(order.promised_from, order.promised_to, store.zone)


def _first_promise(view: TrackView, store: StoreInfo) -> str:
    """What was said when it was ordered, as long as it is not what we say now."""
    if view.stage is not Stage.READY and view.span == view.promised and not view.late:
        return ""
    return _span(view.promised.start, view.promised.end, view, store)


def _why(view: TrackView) -> str:
    """What a late order waits for, as far as the board knows."""
    if view.ahead:
        return f"The kitchen is busy: {view.ahead} {'pizza is' if view.ahead == 1 else 'pizzas are'} before yours."
    return WAITS_FOR.get(view.stage, "")


def _when(view: TrackView, store: StoreInfo) -> tuple[str, str]:
    if view.dead or view.stage is Stage.DELIVERY_FAILED or view.status is OrderStatus.PENDING_PAYMENT:
        return "", ""
    if view.finished or view.stage is Stage.READY:
        return ("Ready since" if view.stage is Stage.READY else f"{view.label} at"), clock.in_words(
            view.heard_at, store.zone
        )
    words = "At your door" if view.method is Method.DELIVERY else "Ready at the counter"
    return words, _span(view.span.start, view.span.end, view, store)


def _span(start: datetime, end: datetime, view: TrackView, store: StoreInfo) -> str:
    """`7:22 to 7:30 pm`, with its day where that is not the one of the last news."""
    day, words = localday(start, store.zone), clock.span_in_words(start, end, store.zone)
    return words if day == localday(view.heard_at, store.zone) else f"{day}, {words}"


def _about(view: TrackView, store: StoreInfo) -> str:
    return f"we start about {clock.in_words(view.begin_at, store.zone)}" if view.begin_at and view.waits else ""


def _message(view: TrackView, payment: PaymentState | None) -> str:
    if view.dead:
        return " ".join(filter(None, (f"{view.reason}." if view.reason else "", money_back_words(payment))))
    return f"{at_the_door(view.failed)} {FAILED}" if view.failed else ""


def _help(view: TrackView) -> str:
    if view.dead or view.finished or view.stage is Stage.READY:
        return AFTERWARDS
    if view.cancellable:
        return HELP[Stage.RECEIVED]
    return TOO_LATE if view.stage is Stage.RECEIVED else HELP.get(view.stage, TOO_LATE)


def _step(view: TrackView, n: int, store: StoreInfo) -> StepWords:
    step = view.steps[n]
    if view.failed is not None and step.state is StepState.NOW:
        said = f"not delivered, {clock.in_words(view.failed.at, store.zone)}"
        return StepWords(step.stage.value, step.label, said, "failed")
    return StepWords(step.stage.value, step.label, _time(view, n, store), step.state.value)


def _time(view: TrackView, n: int, store: StoreInfo) -> str:
    step: Step = view.steps[n]
    if step.at is not None:
        said = clock.in_words(step.at, store.zone)
        return f"since {said}" if step.state is StepState.NOW and n else said
    return "next" if n and view.steps[n - 1].state is StepState.NOW else ""
