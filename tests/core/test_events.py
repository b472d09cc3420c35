import contextlib
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
import time_machine
from sqlalchemy import event, func, select
from structlog.testing import capture_logs

from app.core import clock, events, outbox, queue
from app.core.db import db, transaction
from app.core.events import Event, Handler, InboxRow, OutboxRow
from app.core.schedule import ScheduleRow
from tests.races import HANDS, race

START = "2026-07-03T12:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Baked(Event):
    """Something came out of the oven."""

    kind: ClassVar[str] = "test.baked"
    order_id: int
    words: str = ""


acted = []


def ring_the_bell(event):
    """A hearer with an effect in the database."""
    acted.append(("bell", event))
    db.session.add(ScheduleRow(name=f"bell {event.order_id}", next_at=clock.now()))


def burn(event):
    acted.append(("burn", event))
    db.session.add(ScheduleRow(name=f"burnt {event.order_id}", next_at=clock.now()))
    db.session.flush()
    raise OSError("too hot")


def take_down(event):
    acted.append(("quiet", event))
    db.session.add(ScheduleRow(name=f"quiet {event.order_id}", next_at=clock.now()))


def call(event):
    """A hearer that asks others and keeps its own transactions."""
    acted.append(("call", event))


@pytest.fixture
def wire(shop, monkeypatch):
    acted.clear()

    def to(*handlers):
        monkeypatch.setitem(shop.extensions, "wiring", {Baked.kind: (Baked, handlers)})

    return to


def tell(order_id=1):
    with transaction():
        events.emit(Baked(order_id, "hot"))
    return db.session.scalars(select(OutboxRow.id).order_by(OutboxRow.id.desc())).first()


def row(event_id):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(OutboxRow, event_id)


@contextlib.contextmanager
def ended():
    """Every commit of the block."""
    commits = []
    note = commits.append
    event.listen(db.engine, "commit", note)
    yield commits
    event.remove(db.engine, "commit", note)


def names():
    db.session.rollback()
    return set(db.session.scalars(select(ScheduleRow.name)))


def rings(shop):
    """The rings that wait: those for events, and those for errands."""
    redis = shop.extensions["doorbell"].redis
    return tuple([int(event_id) for event_id in redis.lrange(f"rings:{name}", 0, -1)] for name in queue.BELLS)


def waiting(shop):
    return [event_id for each in rings(shop) for event_id in each]


def bells(shop):
    """How many jobs wait: those that call to events, and those that call to errands."""
    return tuple(each.count for each in queue.queues(shop.extensions["doorbell"].redis))


def test_a_fact_is_a_row_in_the_transaction_that_made_it_true(wire, quiet, shop):
    wire(Handler(ring_the_bell))
    with pytest.raises(ZeroDivisionError), transaction():
        events.emit(Baked(1))
        raise ZeroDivisionError
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    assert waiting(shop) == []


def test_a_fact_rings_once_it_is_committed_with_nothing_but_its_id(wire, quiet, shop):
    wire(Handler(ring_the_bell))
    with transaction():
        events.emit(Baked(1))
        assert waiting(shop) == []
    assert waiting(shop) == [db.session.scalar(select(OutboxRow.id))]


def test_each_hearer_gets_the_fact_as_it_was_told(wire):
    wire(Handler(ring_the_bell), Handler(call, remote=True))
    event_id = tell(7)
    events.deliver(event_id)
    assert acted == [("bell", Baked(7, "hot")), ("call", Baked(7, "hot"))]
    assert (row(event_id).done_at is not None, row(event_id).next_at) == (True, None)


def test_a_second_delivery_acts_no_more(wire):
    wire(Handler(ring_the_bell), Handler(call, remote=True))
    event_id = tell()
    events.deliver(event_id)
    events.deliver(event_id)
    assert [who for who, _ in acted] == ["bell", "call"]


def test_an_unknown_id_is_nothing_to_do(wire):
    wire(Handler(ring_the_bell))
    events.deliver(4711)
    assert acted == []


def test_a_failing_hearer_keeps_the_fact_from_nobody_and_is_asked_again(wire, monkeypatch):
    wire(Handler(burn), Handler(ring_the_bell), Handler(call, remote=True))
    event_id = tell()
    with capture_logs() as logs, pytest.raises(OSError, match="too hot"):
        events.deliver(event_id)
    assert [who for who, _ in acted] == ["burn", "bell", "call"]
    assert names() == {"bell 1"}  # what the failing one did is undone
    assert row(event_id).done_at is None
    assert [(entry["event"], entry["consumer"]) for entry in logs] == [
        ("handler_failed", "tests.core.test_events.burn")
    ]
    wire(Handler(call), Handler(ring_the_bell))  # the oven was mended; names tell hearers apart
    events.deliver(event_id)
    assert [who for who, _ in acted] == ["burn", "bell", "call"]
    assert row(event_id).done_at is not None


@pytest.fixture
def dying(monkeypatch):
    """Die once at a named place."""

    def at(where):
        def die(place):
            if place == where:
                monkeypatch.undo()
                raise SystemExit

        monkeypatch.setattr(events, "failpoint", die)

    return at


def test_the_last_effect_and_the_end_are_one(wire, dying):
    wire(Handler(take_down), Handler(ring_the_bell))
    event_id = tell()
    dying("heard")
    with pytest.raises(SystemExit):
        events.deliver(event_id)
    assert (names(), row(event_id).done_at) == ({"quiet 1"}, None)
    wire(Handler(take_down), Handler(ring_the_bell))
    events.deliver(event_id)
    assert names() == {"quiet 1", "bell 1"}
    assert [who for who, _ in acted] == ["quiet", "bell", "bell"]  # what was undone came again, what was not did not
    assert row(event_id).done_at is not None


def test_a_crash_after_a_call_repeats_no_effect(wire, dying):
    wire(Handler(ring_the_bell), Handler(call, remote=True))
    event_id = tell()
    dying("acted")
    with pytest.raises(SystemExit):
        events.deliver(event_id)
    assert (names(), row(event_id).done_at) == ({"bell 1"}, None)
    wire(Handler(ring_the_bell), Handler(call, remote=True))
    events.deliver(event_id)
    assert [who for who, _ in acted] == ["bell", "call", "call"]
    assert row(event_id).done_at is not None


def test_one_hearer_is_one_unit_of_work(wire):
    wire(Handler(ring_the_bell))
    event_id = tell()
    with ended() as commits:
        events.hear(event_id)
    assert (len(commits), row(event_id).done_at is not None) == (1, True)


def test_what_nobody_hears_any_more_ends(wire):
    wire(Handler(ring_the_bell))
    event_id = tell()
    wire()
    events.deliver(event_id)
    assert (acted, row(event_id).done_at is not None) == ([], True)


def test_a_remote_hearer_is_asked_again_when_it_died_before_its_mark(wire):
    def dying(event):
        acted.append(("dying", event))
        if len(acted) == 1:
            raise ConnectionError("no answer")

    wire(Handler(dying, remote=True))
    event_id = tell()
    with pytest.raises(ConnectionError):
        events.deliver(event_id)
    events.deliver(event_id)
    events.deliver(event_id)
    assert len(acted) == 2


def test_many_deliveries_at_once_act_once(wire, shop):
    wire(Handler(ring_the_bell))
    event_id = tell()
    assert race(shop, *[lambda: events.deliver(event_id)] * HANDS) == [None] * HANDS
    assert (len(acted), names()) == (1, {"bell 1"})


def test_one_who_acts_alone_is_never_at_it_twice_at_once(wire, shop):
    """Without the turn all hands would call: each looks for the mark before the first has left it."""
    ready = threading.Barrier(HANDS)

    def calling(event):
        acted.append(("calling", event))
        with contextlib.suppress(threading.BrokenBarrierError):
            ready.wait(1)  # long enough for every other hand to come as far

    wire(Handler(calling, remote=True, alone=True))
    event_id = tell()
    race(shop, *[lambda: events.deliver(event_id)] * HANDS)
    assert len(acted) == 1
    assert (row(event_id).done_at is not None, row(event_id).failures) == (True, 0)


def test_without_a_turn_all_of_them_call(wire, shop):
    ready = threading.Barrier(HANDS)

    def calling(event):
        acted.append(("calling", event))
        ready.wait(30)

    wire(Handler(calling, remote=True))
    event_id = tell()
    race(shop, *[lambda: events.deliver(event_id)] * HANDS)
    assert len(acted) == HANDS


def test_one_who_acts_alone_and_fails_is_asked_again_at_once(wire):
    def calling(event):
        acted.append(("calling", event))
        if len(acted) == 1:
            raise ConnectionError("no answer")

    wire(Handler(calling, remote=True, alone=True))
    event_id = tell()
    with pytest.raises(ConnectionError):
        events.deliver(event_id)
    events.deliver(event_id)
    assert (len(acted), row(event_id).done_at is not None) == (2, True)


def test_the_turn_of_one_who_died_over_it_comes_back(wire):
    def dying(event):
        acted.append(("dying", event))
        if len(acted) == 1:
            raise SystemExit

    wire(Handler(dying, remote=True, alone=True))
    with time_machine.travel(START, tick=False) as moment:
        event_id = tell()
        with pytest.raises(SystemExit):
            events.deliver(event_id)
        db.session.rollback()
        events.deliver(event_id)
        assert (len(acted), row(event_id).done_at, row(event_id).failures) == (1, None, 0)
        moment.shift(events.LONGEST_TURN + timedelta(seconds=1))
        events.deliver(event_id)
        assert (len(acted), row(event_id).done_at is not None) == (2, True)


@pytest.mark.parametrize(
    ("slept", "letters"),
    [
        (timedelta(seconds=queue.JOB_SECONDS), 1),  # no worker is let be at one job for longer
        (events.LONGEST_TURN + timedelta(seconds=1), 2),  # the control: whoever sleeps through it is taken for dead
    ],
)
def test_a_turn_outlasts_the_longest_job(wire, slept, letters):
    with time_machine.travel(START, tick=False) as moment:

        def slow(event):
            acted.append(("slow", event))
            if len(acted) == 1:
                moment.shift(slept)
                events.deliver(event_id)  # what the relay rings another worker for meanwhile

        wire(Handler(slow, remote=True, alone=True))
        event_id = tell()
        events.deliver(event_id)
        assert (len(acted), row(event_id).done_at is not None, row(event_id).failures) == (letters, True, 0)


def test_a_fact_without_hearers_is_kept_and_done_at_once(wire, quiet, shop):
    wire()
    event_id = tell()
    assert (row(event_id).done_at, row(event_id).next_at) == (row(event_id).told_at, None)
    assert waiting(shop) == []
    events.deliver(event_id)
    assert waiting(shop) == []


def test_the_relay_leaves_a_fact_to_its_teller_for_two_seconds(wire, quiet):
    wire(Handler(ring_the_bell))
    with time_machine.travel(START, tick=False) as moment:
        tell()
        assert outbox.relay() == 0
        moment.shift(events.GRACE)
        assert outbox.relay() == 0  # that ring still waits
        quiet.flushdb()
        moment.shift(outbox.REST)
        assert outbox.relay() == 1


def test_the_relay_never_gives_up_and_never_rests_longer_than_eight_seconds(wire, quiet, shop):
    wire(Handler(burn))
    pauses = []
    with time_machine.travel(START, tick=False) as moment:
        event_id = tell()
        told_at = clock.now()
        for _ in range(8):  # every ring is lost
            quiet.flushdb()
            due = row(event_id).next_at
            moment.move_to(due)
            pauses.append((due - told_at).total_seconds())
            told_at = due
            assert outbox.relay() == 1
        assert pauses == [2, 2, 4, 8, 8, 8, 8, 8]
        assert row(event_id).parked_at is None
        assert len(waiting(shop)) == 1


def test_what_fails_rests_longer_each_time(wire, quiet):
    wire(Handler(burn))
    pauses = []
    with time_machine.travel(START, tick=False) as moment:
        event_id = tell()
        for _ in range(events.MOST_FAILURES - 1):
            with pytest.raises(OSError, match="too hot"):
                events.deliver(event_id)
            pauses.append((row(event_id).next_at - clock.now()).total_seconds())
            moment.move_to(row(event_id).next_at)
            quiet.flushdb()
            assert outbox.relay() == 1
        assert pauses == [2, 4, 8, 16, 32, 64, 64, 64, 64]


def rings_without_workers(shop, moment, ticks):
    """The most rings that ever waited while nobody heard, tick by tick."""
    most = 0
    for _ in range(ticks):
        moment.shift(outbox.REST)
        outbox.relay()
        most = max(most, len(waiting(shop)))
    return most


def test_the_bell_is_not_flooded_while_workers_are_slow_or_away(wire, quiet, shop):
    """What is undone would wait behind its own echoes: a thousand rings for sixty facts, each of them to be heard."""
    wire(Handler(ring_the_bell))
    with time_machine.travel(START, tick=False) as moment:
        ids = [tell(order_id) for order_id in range(60)]
        assert rings_without_workers(shop, moment, 12) == len(ids)
        for event_id in waiting(shop):
            events.deliver(event_id)
        assert {row(event_id).done_at for event_id in ids} == {clock.now()}


class Forgetful(list):
    """So many rings wait, but for which facts?"""

    def __contains__(self, _event_id):
        return False


@pytest.mark.parametrize(("enough", "least", "most"), [(100, 100, 112), (100_000, 700, 1000)])
def test_a_relay_that_did_not_know_which_rings_wait_would_flood_the_bell(
    wire, quiet, shop, monkeypatch, enough, least, most
):
    wire(Handler(ring_the_bell))
    monkeypatch.setattr(outbox, "ENOUGH", enough)
    monkeypatch.setattr(queue, "waiting", lambda: Forgetful(waiting(shop)))
    with time_machine.travel(START, tick=False) as moment:
        for order_id in range(60):
            tell(order_id)
        assert least < rings_without_workers(shop, moment, 12) <= most  # past enough, one a tick


def test_a_fact_whose_ring_was_lost_is_heard_within_seconds_whatever_it_went_through(wire, quiet, shop):
    wire(Handler(ring_the_bell))
    with time_machine.travel(START, tick=False) as moment:
        event_id = tell()
        for _ in range(500):  # hours of storm in which Redis loses every ring
            moment.shift(outbox.REST)
            outbox.relay()
            quiet.flushdb()
        moment.shift(outbox.REST)
        assert outbox.relay() == 1
        events.deliver(*waiting(shop))
        assert row(event_id).done_at is not None


def test_what_asks_others_waits_behind_every_event(wire, quiet, shop):
    wire(Handler(ring_the_bell), Handler(call, remote=True))
    first, second = tell(1), tell(2)
    events.hear(first)
    assert [what for what, _ in acted] == ["bell"]
    assert row(first).done_at is None
    assert rings(shop) == ([first, second], [first])  # both rings, which nobody took, and the errand
    events.deliver(first)
    assert [what for what, _ in acted] == ["bell", "call"]
    assert row(first).done_at is not None


def test_what_asks_others_waits_for_nobody_where_no_event_waits(wire, quiet, shop):
    wire(Handler(ring_the_bell), Handler(call, remote=True))
    event_id = tell()
    quiet.flushdb()  # the worker took the ring
    events.hear(event_id)
    assert [what for what, _ in acted] == ["bell", "call"]
    assert row(event_id).done_at is not None
    assert waiting(shop) == []


def test_who_runs_no_errands_leaves_one_even_where_no_event_waits(wire, quiet, shop):
    wire(Handler(ring_the_bell), Handler(call, remote=True))
    event_id = tell()
    quiet.flushdb()
    events.hear(event_id, errands=False)
    assert [what for what, _ in acted] == ["bell"]
    assert waiting(shop) == [event_id]


def test_without_redis_nobody_knows_whether_events_wait(wire, deaf):
    wire(Handler(ring_the_bell), Handler(call, remote=True))
    event_id = tell()
    events.hear(event_id)
    assert [what for what, _ in acted] == ["bell"]
    assert row(event_id).done_at is None


def test_what_only_asks_others_is_an_errand_at_once_and_when_rung_for_again(wire, quiet, shop):
    wire(Handler(call, remote=True))
    with time_machine.travel(START, tick=False) as moment:
        event_id = tell()
        assert (rings(shop), bells(shop)) == (([], [event_id]), (0, 1))
        quiet.flushdb()
        moment.shift(events.GRACE)
        assert outbox.relay() == 1
    assert (rings(shop), bells(shop)) == (([], [event_id]), (0, 1))


def test_a_hearer_that_fails_keeps_nobody_from_an_errand(wire, quiet):
    wire(Handler(burn), Handler(call, remote=True))
    event_id = tell()
    with pytest.raises(OSError, match="too hot"):
        events.hear(event_id)
    assert [what for what, _ in acted] == ["burn", "call"]
    assert (row(event_id).failures, row(event_id).done_at) == (1, None)


def test_a_lost_ring_is_made_good_even_while_more_wait_than_enough(wire, quiet, shop):
    wire(Handler(ring_the_bell))
    with time_machine.travel(START, tick=False) as moment:
        lost = tell()
        quiet.flushdb()
        for number in range(outbox.ENOUGH + 50):
            queue.ring(10_000 + number)  # a rush that never ends
        moment.shift(events.GRACE)
        assert outbox.relay() == 1
        assert lost in waiting(shop)


def test_a_fact_that_failed_ten_times_is_parked_and_rung_for_no_more(wire, quiet, shop):
    wire(Handler(burn))
    with time_machine.travel(START, tick=False) as moment:
        event_id = tell()
        for n in range(10):
            assert row(event_id).parked_at is None, n
            with capture_logs() as logs, pytest.raises(OSError, match="too hot"):
                events.deliver(event_id)
        assert "event_parked" in [entry["event"] for entry in logs]
        assert row(event_id).parked_at == clock.now()
        moment.shift(timedelta(days=1))
        assert outbox.relay() == 0


def test_a_failure_that_comes_late_leaves_alone_what_another_worker_has_done(wire, quiet):
    def hang(event):
        acted.append(("hang", event))
        if len(acted) == 1:
            events.deliver(event_id)  # the relay rang another worker meanwhile, and that one had an answer
            raise TimeoutError("no answer")

    wire(Handler(hang, remote=True))
    with time_machine.travel(START, tick=False) as moment:
        event_id = tell()
        with pytest.raises(TimeoutError):
            events.deliver(event_id)
        assert (len(acted), row(event_id).done_at) == (2, clock.now())
        assert (row(event_id).failures, row(event_id).next_at) == (0, None)
        quiet.flushdb()
        moment.shift(timedelta(hours=1))
        assert (outbox.relay(), outbox.health().waiting) == (0, 0)


def test_a_failure_that_comes_late_rings_for_no_parked_fact(wire, quiet):
    wire(Handler(burn))
    with time_machine.travel(START, tick=False) as moment:
        event_id = tell()
        for _ in range(events.MOST_FAILURES + 1):  # the last one began before it was parked
            with pytest.raises(OSError, match="too hot"):
                events.deliver(event_id)
        assert (row(event_id).parked_at, row(event_id).next_at) == (clock.now(), None)
        quiet.flushdb()
        moment.shift(timedelta(hours=1))
        assert outbox.relay() == 0


def test_a_parked_fact_can_still_be_delivered_by_hand(wire, quiet):
    wire(Handler(ring_the_bell))
    event_id = tell()
    with transaction():
        row(event_id)
    with transaction():
        db.session.get(OutboxRow, event_id).parked_at = clock.now()
    events.deliver(event_id)
    assert row(event_id).parked_at is None
    assert row(event_id).done_at is not None


def test_two_relays_ring_a_fact_once(wire, quiet, shop):
    wire(Handler(ring_the_bell))
    with time_machine.travel(START, tick=False) as moment:
        for order_id in range(20):
            tell(order_id)
        quiet.flushdb()
        moment.shift(events.GRACE)
        assert sum(race(shop, outbox.relay, outbox.relay)) == 20
        assert len(set(waiting(shop))) == len(waiting(shop)) == 20


def test_the_relay_rings_for_nothing_that_is_done(wire, quiet, shop):
    wire(Handler(ring_the_bell))
    with time_machine.travel(START, tick=False) as moment:
        events.deliver(tell())
        quiet.flushdb()
        moment.shift(timedelta(hours=1))
        assert (outbox.relay(), waiting(shop)) == (0, [])


@pytest.fixture
def deaf(shop, monkeypatch):
    """Redis is down, and is found so."""
    monkeypatch.setitem(shop.extensions, "doorbell", queue.Doorbell("redis://127.0.0.1:9/0"))
    return shop.extensions["doorbell"]


def test_telling_goes_on_fast_while_redis_is_down(wire, deaf):
    wire(Handler(ring_the_bell))
    started = time.perf_counter()
    with capture_logs() as logs:
        for order_id in range(20):
            tell(order_id)
    assert time.perf_counter() - started < 2
    assert [entry["event"] for entry in logs] == ["doorbell_silent"]  # once, then the bell rests
    assert db.session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.done_at.is_(None))) == 20


def test_no_outage_of_redis_is_long_enough_to_park_a_fact(wire, quiet, deaf, shop, monkeypatch):
    wire(Handler(call, remote=True))
    with time_machine.travel(START, tick=False) as moment:
        event_id = tell()
        for _ in range(60):
            moment.shift(timedelta(minutes=1))
            outbox.relay()
        assert (row(event_id).parked_at, row(event_id).failures, acted) == (None, 0, [])
        monkeypatch.undo()
        moment.shift(outbox.REST)
        assert outbox.relay() == 1  # caught up within seconds after it is back
        assert waiting(shop) == [event_id]


def test_while_redis_is_away_the_relay_acts_itself_but_runs_no_errands(wire, quiet, deaf, shop, redis_url, monkeypatch):
    wire(Handler(ring_the_bell), Handler(call, remote=True))
    with time_machine.travel(START, tick=False) as moment:
        event_id = tell()
        moment.shift(events.GRACE)
        assert outbox.relay() == 1
        assert ([what for what, _ in acted], names()) == (["bell"], {"bell 1"})
        assert row(event_id).done_at is None
        moment.shift(outbox.REST)
        outbox.relay()
        assert len(acted) == 1  # heard once
        monkeypatch.setitem(shop.extensions, "doorbell", queue.Doorbell(redis_url))
        moment.shift(outbox.REST)
        assert (outbox.relay(), waiting(shop)) == (1, [event_id])
        events.deliver(event_id)
    assert [what for what, _ in acted] == ["bell", "call"]
    assert row(event_id).done_at is not None


def test_while_redis_is_away_the_relay_runs_no_errand_of_what_fails(wire, quiet, deaf):
    wire(Handler(burn), Handler(call, remote=True))
    with time_machine.travel(START, tick=False) as moment:
        event_id = tell()
        moment.shift(events.GRACE)
        assert outbox.relay() == 1
        assert [what for what, _ in acted] == ["burn"]
        assert (row(event_id).failures, row(event_id).done_at) == (1, None)
        wire(Handler(ring_the_bell), Handler(call, remote=True))  # the oven was mended
        moment.shift(outbox.REST)
        assert outbox.relay() == 1
    assert [what for what, _ in acted] == ["burn", "bell"]
    assert row(event_id).done_at is None


def test_by_hand_what_fails_keeps_nobody_waiting_and_what_is_new_comes_before_old_errands(wire, deaf, monkeypatch):
    monkeypatch.setattr(outbox, "BY_HAND", 1)
    with time_machine.travel(START, tick=False) as moment:
        wire(Handler(call, remote=True))
        errand = tell(1)
        wire(Handler(burn))
        failing = tell(2)
        moment.shift(events.GRACE)
        with capture_logs() as logs:
            assert (outbox.relay(), outbox.relay()) == (1, 1)
        assert "relay_failed" in [entry["event"] for entry in logs]
        assert row(failing).failures == 1
        wire(Handler(ring_the_bell))
        fresh = tell(3)
        moment.shift(outbox.REST)  # all three are due
        assert outbox.relay() == 1
        assert (row(fresh).done_at, row(errand).done_at) == (clock.now(), None)


def test_parked_facts_are_said_aloud_again_and_again(wire):
    wire(Handler(ring_the_bell))
    tell(1)
    second = tell(2)
    with capture_logs() as logs:
        outbox.alarm()
    assert logs == []
    with transaction():
        db.session.get_one(OutboxRow, second).parked_at = clock.now()
    for _ in range(2):
        with capture_logs() as logs:
            outbox.alarm()
        assert [(entry["event"], entry["count"], entry["event_id"]) for entry in logs] == [("events_parked", 1, second)]


def test_facts_of_a_month_ago_go_with_their_notes_but_parked_ones_and_the_newest_stay(shop):
    now = clock.now()
    old, lately = now - timedelta(days=31), now - timedelta(days=29)
    plain = {"kind": "test.baked", "payload": {"order_id": 1}}
    with transaction():
        db.session.add_all(OutboxRow(id=n, told_at=old, done_at=done, **plain) for n, done in ((1, old), (2, lately)))
        db.session.add_all(
            OutboxRow(id=n, told_at=old, **plain, **said)
            for n, said in (
                (3, {"parked_at": old}),
                (4, {"done_at": old}),
            )
        )
        db.session.add_all(InboxRow(consumer="bell", event_id=n, heard_at=old) for n in (1, 2, 4))
    outbox.forget_old()
    assert db.session.scalars(select(OutboxRow.id).order_by(OutboxRow.id)).all() == [2, 3, 4]
    assert db.session.scalars(select(InboxRow.event_id).order_by(InboxRow.event_id)).all() == [2, 4]


def test_what_a_worker_tells_itself_it_hears_in_the_same_job_and_leaves_all_errands_with_one_ring(wire, quiet, shop):
    def boil(event):
        acted.append(("boil", event))
        if event.order_id < 3:
            events.emit(Baked(event.order_id + 1))

    wire(Handler(boil), Handler(call, remote=True))
    first = tell(1)
    events.hear(first)
    told = db.session.scalars(select(OutboxRow.id).order_by(OutboxRow.id)).all()
    assert [event.order_id for _, event in acted] == [1, 2, 3]
    assert rings(shop) == ([first], told)  # the teller's own ring, which nobody took
    events.deliver(*told)
    assert [what for what, _ in acted] == ["boil"] * 3 + ["call"] * 3
    assert all(row(event_id).done_at for event_id in told)


def test_one_event_of_a_job_that_fails_keeps_no_other_from_being_heard(wire, quiet):
    def grumble(event):
        if event.order_id == 1:
            raise LookupError
        acted.append(("grumble", event))

    wire(Handler(grumble, remote=True))
    failing, other = tell(1), tell(2)
    with pytest.raises(LookupError):
        events.deliver(failing, other)
    assert [event.order_id for _, event in acted] == [2]
    assert (row(failing).failures, row(failing).done_at) == (1, None)
    assert row(other).done_at is not None


def test_a_worker_that_dies_over_what_it_told_itself_leaves_it_to_the_relay(wire, quiet, shop):
    def boil(event):
        if event.order_id == 2:
            raise KeyboardInterrupt
        events.emit(Baked(2))

    wire(Handler(boil))
    with pytest.raises(KeyboardInterrupt):
        events.hear(tell(1))
    left = db.session.scalars(select(OutboxRow.id).where(OutboxRow.done_at.is_(None))).all()
    assert row(left[-1]).payload["order_id"] == 2
    assert row(left[-1]).next_at is not None
    quiet.flushdb()
    with transaction():
        events.emit(Baked(3))
    assert len(waiting(shop)) == 1  # and rings are made as before
