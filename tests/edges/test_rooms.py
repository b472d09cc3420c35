"""Rooms and wires: one drawing for all, nobody waits for a slow reader, dead lines are found, and looks are few."""

import socket as network
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from queue import SimpleQueue
from unittest.mock import Mock

import pytest

from blueprints.tracking import hub, rooms, seats, socket, wire
from blueprints.tracking.pieces import Piece
from blueprints.tracking.rooms import Feed, Room
from blueprints.tracking.seats import Seats, as_many_as_files
from tests.edges.sockets import HANDSHAKE, ORIGIN, address, ended_with, frame_with, until

pytestmark = pytest.mark.one_database

LARGE = 4_000_000  # more than the kernel keeps for a reader


def raw(sockets, order_id: int) -> network.socket:
    """A line on which hands were shaken, and of which nobody reads."""
    line = network.create_connection(("127.0.0.1", sockets.port), timeout=10)
    lines = {"Host": f"127.0.0.1:{sockets.port}", **HANDSHAKE, **ORIGIN}
    head = "\r\n".join(f"{name}: {value}" for name, value in lines.items())
    line.sendall(f"GET /ws/track/{address(order_id)} HTTP/1.1\r\n{head}\r\n\r\n".encode())
    return line


@pytest.fixture
def thing(monkeypatch) -> list[str]:
    """Something to follow in the place of an order: its words are the last of this list."""
    words = ["one"]
    monkeypatch.setattr(socket, "track_piece", lambda *_: Piece(words[-1], lambda: words[-1]))
    monkeypatch.setattr(wire, "REDRAW_SECONDS", 0.0)  # looked at with every tick
    return words


def test_what_many_follow_is_drawn_and_encoded_once(sockets, order_id, thing, monkeypatch):
    drawn, encoded = [], rooms.encoded
    clients = [sockets.track(order_id) for _ in range(8)]
    for client in clients:
        frame_with(client, "one")
    monkeypatch.setattr(rooms, "encoded", lambda words: drawn.append(words) or encoded(words))
    thing.append("two")
    for client in clients:
        frame_with(client, "two")
        client.close()
    assert drawn == ["two"]


def test_who_comes_later_sees_what_hangs_there_and_the_others_hear_nothing(sockets, order_id, thing):
    first = sockets.track(order_id)
    frame_with(first, "one")
    second = sockets.track(order_id)
    frame_with(second, "one")
    assert first.receive(timeout=0.4) is None
    for client in (first, second):
        client.close()


def test_a_slow_reader_holds_nobody_up_and_is_shown_the_newest_at_the_end(sockets, order_id, thing):
    thing.append("a" * LARGE)
    with closing(raw(sockets, order_id)) as slow:
        until(lambda: sockets.taken == 1)
        quick = sockets.track(order_id)
        frame_with(quick, "aaa")
        for words in ("two", "three"):
            thing.append(words)
            frame_with(quick, words)
        heard = b""
        while not heard.endswith(b"three"):
            heard += slow.recv(1_000_000)
        quick.close()
    assert heard.count(b"a") >= LARGE
    assert b"two" not in heard


def test_a_line_that_answers_no_ping_is_cut_and_one_that_does_stays(sockets, order_id, monkeypatch):
    monkeypatch.setattr(wire, "PING_SECONDS", 0.3)
    client = sockets.track(order_id)
    frame_with(client, "track")
    with closing(raw(sockets, order_id)) as asleep:
        until(lambda: sockets.taken == 2)
        until(lambda: sockets.taken == 1)
        heard = b""
        while news := asleep.recv(100_000):
            heard += news
    assert b"\x88\x02" + wire.COME_BACK.to_bytes(2) in heard, "whoever wakes up is asked to come again"
    assert client.receive(timeout=0.7) is None
    assert sockets.taken == 1
    client.close()


def test_a_right_that_cannot_be_asked_about_ends_the_socket(sockets, order_id, monkeypatch):
    def broken(*_args: object) -> bool:
        raise RuntimeError("no")

    monkeypatch.setattr(wire, "CHECK_SECONDS", 0.1)
    monkeypatch.setattr("blueprints.tracking.events.still", broken)
    client = sockets.open(f"/tracking?orderId={address(order_id)}")
    assert ended_with(client) == wire.FAILED


def test_without_a_hint_those_come_first_who_waited_longest_and_only_some_at_once(app, monkeypatch):
    work = SimpleQueue()
    many = [Room(Feed(n, f"order:{n}", lambda: Piece("", str)), work) for n in range(50)]
    for age, room in zip(count(), many):
        room.looked_at = 100.0 - age
    monkeypatch.setattr(hub, "LOOKS_A_SECOND", 12)
    house = hub.Hub(app)
    house._look_around(many, now=200.0)
    asked = [work.get_nowait() for _ in range(work.qsize())]
    assert asked == [room.look for room in reversed(many[-3:])]
    house._look_around(many, now=many[-1].looked_at + wire.REDRAW_SECONDS - 1)
    assert work.empty()


def test_while_nobody_gives_hints_rooms_are_looked_at_sooner_and_more_of_them(app):
    work = SimpleQueue()
    many = [Room(Feed(n, f"order:{n}", lambda: Piece("", str)), work) for n in range(50)]
    for room in many:
        room.looked_at = 100.0
    house = hub.Hub(app)
    house._look_around(many, now=100.0 + hub.DEAF_REDRAW_SECONDS)
    assert work.empty()
    house._deaf.set()
    house._look_around(many, now=100.0 + hub.DEAF_REDRAW_SECONDS)
    assert work.qsize() == hub.DEAF_LOOKS_A_SECOND * hub.TICK_SECONDS


def test_a_thing_of_which_there_is_nothing_to_say_yet_is_shown_to_nobody(app):
    @dataclass(frozen=True, slots=True)
    class Nothing(Piece):
        def frames(self, _number: int) -> list[tuple[int, str]]:
            return []

    one, other = network.socketpair()
    with closing(one), closing(other), app.app_context():
        room = Room(Feed("x", "order:1", lambda: Nothing("", str)), SimpleQueue())
        follower = Mock(sock=one, connected=True)
        room.wires.add(wire.Wire(follower, beat=20.0))
        room.look()
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.recv(1)
        assert not follower.close.called


def test_two_hints_before_anybody_looked_are_one_look():
    work = SimpleQueue()
    room = Room(Feed("x", "order:1", lambda: Piece("", str)), work)
    room.ask()
    room.ask()
    assert work.qsize() == 1


def test_nobody_has_more_than_a_thousand_seats_however_many_there_are():
    many = Seats(10_000)
    assert all(many.take("address:1") for _ in range(seats.MOST_EACH))
    assert not many.take("address:1")
    assert many.take("address:2")
    many.leave("address:1")
    assert many.take("address:1")


def test_there_are_no_more_seats_than_the_machine_has_files(monkeypatch):
    limits = [(1_024, 3_000)]
    monkeypatch.setattr(seats.resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(seats.resource, "setrlimit", lambda _, wanted: limits.append(wanted))
    assert as_many_as_files(100) == 100
    assert len(limits) == 1
    assert as_many_as_files(10_000) == 3_000 - seats.OTHER_FILES
    assert limits[-1] == (3_000, 3_000)
