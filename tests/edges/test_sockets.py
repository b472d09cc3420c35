"""Live pieces over real sockets: who gets one, what is pushed when, and how it ends."""

import json
import signal
import socket as network
import time
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from redis import Redis
from simple_websocket import ConnectionClosed
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from wsproto.utilities import LocalProtocolError

from app.core import clock, live, queue
from app.core.db import db, transaction
from app.orders import service as orders
from app.orders.keys import tracking_key
from app.payments import service as payments
from app.payments.service import Giving, Reason
from app.stores import service as stores
from app.tracking import service as tracking
from app.tracking.service import Stage
from app.users import service as users
from app.users.service import Role
from blueprints.tracking import hub, socket, wire
from blueprints.tracking.pieces import Piece
from dev import processes
from tests.conftest import browser
from tests.edges.sockets import HANDSHAKE, ORIGIN, address, ended_with, frame_with, refused, until
from tests.factories.orders import ELM_STREET, MILWAUKEE_AVENUE, check_out, placed
from tests.factories.staff import PASSWORD, hired, signed_in


def tap(order_id: int, expected: Stage = Stage.RECEIVED) -> None:
    with transaction():
        tracking.advance(order_id, expected, by="Beppe")


def cookie_of(shop, name: str = "Beppe", role: Role = Role.KITCHEN, store_id: int | None = ELM_STREET) -> str:
    client = signed_in(shop, name, role, store_id)
    return f"hotcorner={client.get_cookie('hotcorner').value}"


def test_the_piece_comes_at_once_and_a_tap_within_a_second(sockets, order_id):
    client = sockets.track(order_id)
    first = frame_with(client, "<h1>Order in</h1>")
    assert first.lstrip().startswith("<title>")
    waited = []
    for expected, words in (
        (Stage.RECEIVED, "Making"),
        (Stage.PREP, "In the oven"),
        (Stage.BAKING, "Checked and boxed"),
    ):
        tap(order_id, expected)
        tapped = time.monotonic()
        frame_with(client, f"<h1>{words}")
        waited.append(time.monotonic() - tapped)
    assert min(waited) < 1  # a busy machine keeps some waiting; how long each takes, `make bench` measures
    client.close()


def test_each_refund_comes_to_an_open_tracker(sockets, provider, work_off, monkeypatch):
    monkeypatch.setattr(wire, "REDRAW_SECONDS", 60)  # what comes sooner was told
    order_id, payment_id = check_out()
    payments.begin(payment_id)
    provider.pay(payments.state(order_id).intent_id)
    payments.settle(payment_id)
    with transaction():
        orders.accept(order_id, by="Beppe")
    work_off()
    client = sockets.track(order_id)
    assert "given back" not in frame_with(client, "Paid by Visa ending 4242")
    for number, words in enumerate(("$1.00 of it given back", "$2.00 of it given back")):  # the second moves no status
        with transaction():
            payments.refund(payment_id, Giving(100, f"cold-{number}", Reason.COLD, by="Mina"))
        work_off()
        frame_with(client, words)
    client.close()


def test_money_that_goes_back_comes_to_the_tracker_of_a_cancelled_order(sockets, provider, work_off, monkeypatch):
    monkeypatch.setattr(wire, "REDRAW_SECONDS", 60)
    order_id, payment_id = check_out()
    payments.begin(payment_id)
    provider.pay(payments.state(order_id).intent_id)
    payments.settle(payment_id)
    with transaction():
        orders.accept(order_id, by="Beppe")
    work_off()
    client = sockets.track(order_id)
    frame_with(client, "Paid by Visa ending 4242")
    with transaction():
        orders.cancel(order_id, by="store", reason="The oven is cold")
    frame_with(client, "The oven is cold. The money goes back to your card within a few days.")
    work_off()
    frame_with(client, "back to your Visa ending 4242. Your bank shows it within 5 to 10 days.")
    client.close()


def test_a_new_order_comes_to_the_board_of_its_store_alone(shop, sockets, work_off):
    here = sockets.open(f"/ws/board/{ELM_STREET}", Cookie=cookie_of(shop))
    elsewhere = sockets.open(
        f"/ws/board/{MILWAUKEE_AVENUE}", Cookie=cookie_of(shop, "Mina", Role.MANAGER, MILWAUKEE_AVENUE)
    )
    frame_with(here, "No new orders.")
    frame_with(elsewhere, "No new orders.")
    order_id = placed()
    work_off()
    frame_with(here, f'id="ticket-{order_id}"')
    tap(order_id)
    frame_with(here, "Into the oven")
    assert elsewhere.receive(timeout=0.2) is None
    here.close()
    elsewhere.close()


def test_a_pause_and_its_end_come_to_every_screen_of_the_kitchen(shop, sockets, work_off, monkeypatch):
    monkeypatch.setattr(wire, "REDRAW_SECONDS", 60)  # what comes sooner was told
    kitchen = sockets.open(f"/ws/board/{ELM_STREET}", Cookie=cookie_of(shop))
    manager = sockets.open(f"/ws/board/{ELM_STREET}", Cookie=cookie_of(shop, "Mina", Role.MANAGER))
    for screen in (kitchen, manager):
        assert "No new orders until" not in frame_with(screen, "No new orders.")
    with transaction():
        stores.pause(ELM_STREET, clock.now() + timedelta(minutes=30), "The oven <rests>.")
    work_off()
    assert "Take orders again" in frame_with(manager, "The oven &lt;rests&gt;.")
    assert "Take orders again" not in frame_with(kitchen, "The oven &lt;rests&gt;.")
    with transaction():
        stores.resume(ELM_STREET)
    work_off()
    for screen in (kitchen, manager):
        assert 'id="pause"' not in frame_with(screen, 'id="board"')
        screen.close()


def test_a_phones_board_keeps_the_column_that_it_shows(shop, sockets, order_id):
    client = sockets.open(f"/ws/board/{ELM_STREET}?stage=oven", Cookie=cookie_of(shop))
    assert 'id="col-oven" aria-labelledby="col-oven-head" data-shown' in frame_with(client, "board")
    client.close()


def test_only_our_own_pages_open_a_socket(sockets, order_id):
    path = f"/ws/track/{address(order_id)}"
    for origin in ("https://evil.example", "null", "", "http://127.0.0.1.evil.example", "http://[", "http://]["):
        assert refused(sockets, path, Origin=origin) == 403
    assert sockets.taken == 0


def test_a_trusted_host_may_be_another_one(serve, order_id):
    sockets = serve(trusted_hosts=("127.0.0.1", "shop.example"))
    client = sockets.track(order_id, Origin="https://shop.example")
    frame_with(client, "track")
    client.close()


def test_a_wrong_key_opens_nothing(sockets, order_id):
    assert refused(sockets, f"/ws/track/{order_id}-aaaa") == 404
    assert refused(sockets, f"/ws/track/{order_id + 1}-{tracking_key(order_id)}") == 404


def test_a_board_is_for_its_own_staff(shop, sockets):
    path = f"/ws/board/{ELM_STREET}"
    assert refused(sockets, path) == 401
    elsewhere = cookie_of(shop, "Mina", Role.MANAGER, MILWAUKEE_AVENUE)
    assert refused(sockets, path, Cookie=elsewhere) == 404
    chain = cookie_of(shop, "Ada", Role.ADMIN, None)
    assert refused(sockets, "/ws/board/999", Cookie=chain) == 404
    marketing = cookie_of(shop, "Carla", Role.MARKETING, None)
    assert refused(sockets, path, Cookie=marketing) == 403


def test_a_full_room_says_so_and_has_room_again(serve, order_id):
    sockets = serve(socket_limit=1)
    first = sockets.track(order_id)
    frame_with(first, "track")
    assert refused(sockets, f"/ws/track/{address(order_id)}") == 503
    first.close()
    until(lambda: sockets.taken == 0)
    second = sockets.track(order_id)
    frame_with(second, "track")
    second.close()


def test_one_address_does_not_fill_the_room(serve, order_id):
    sockets = serve(socket_limit=4)
    mine = [sockets.track(order_id) for _ in range(2)]
    assert refused(sockets, f"/ws/track/{address(order_id)}") == 503
    for client in mine:
        client.close()


def test_a_house_with_many_addresses_has_the_seats_of_one(serve, order_id):
    sockets = serve(socket_limit=4, proxy_hops=1)
    mine = [sockets.track(order_id, **{"X-Forwarded-For": f"2001:db8:1:2::{n}"}) for n in (1, 2)]
    path = f"/ws/track/{address(order_id)}"
    assert refused(sockets, path, **{"X-Forwarded-For": "2001:db8:1:2::3"}) == 503
    other = sockets.track(order_id, **{"X-Forwarded-For": "2001:db8:1:3::3"})
    frame_with(other, "track")
    for client in (*mine, other):
        client.close()


def test_what_a_client_says_is_not_listened_to(sockets, order_id):
    client = sockets.track(order_id)
    frame_with(client, "track")
    client.send("<b>hello</b>")
    assert client.receive(timeout=0.2) is None
    client.send("x" * 2000)
    assert ended_with(client) == 1009


def test_who_talks_without_end_is_sent_away(sockets, order_id):
    client = sockets.track(order_id)
    with capture_logs() as logs:
        with suppress(ConnectionClosed, OSError, LocalProtocolError):  # the last of which: it is just being closed
            while True:
                client.send("hello")
        assert ended_with(client) == wire.UNWANTED
        until(lambda: sockets.taken == 0)
    assert [line for line in logs if line["log_level"] == "error"] == []


@pytest.mark.parametrize(
    ("error", "status"),
    [(RuntimeError("no"), 500), (OperationalError("SELECT 1", {}, Exception("database is locked")), 503)],
)
def test_what_fails_before_the_handshake_is_said_in_one_line(sockets, order_id, monkeypatch, error, status):
    def broken(_address: str) -> int:
        raise error

    monkeypatch.setattr(socket.order_links, "order_of", broken)
    answer = sockets.shake_hands(f"/ws/track/{address(order_id)}")
    assert answer.status == status
    assert answer.getheader("Content-Type") == "text/plain; charset=utf-8"
    assert sockets.taken == 0


def test_a_quiet_line_shows_that_it_lives(sockets, order_id, monkeypatch):
    monkeypatch.setattr(socket, "TRACK_BEAT", 0.1)
    client = sockets.track(order_id)
    frame_with(client, "track")
    sign = json.loads(frame_with(client, "alive"))
    assert "content" not in sign
    client.close()


def test_what_redis_lost_is_drawn_a_little_later(sockets, order_id, monkeypatch):
    monkeypatch.setattr(wire, "REDRAW_SECONDS", 0.2)
    client = sockets.track(order_id)
    frame_with(client, "Order in")
    monkeypatch.setattr(live, "_send", lambda _topic, _seq: None)
    tap(order_id)
    frame_with(client, "<h1>Making</h1>")
    client.close()


def test_a_right_that_ends_ends_the_socket(shop, sockets, monkeypatch):
    monkeypatch.setattr(wire, "CHECK_SECONDS", 0.1)
    client = browser(shop)
    client.post("/session", data={"email": hired(), "password": PASSWORD})
    board = sockets.open(f"/ws/board/{ELM_STREET}", Cookie=f"hotcorner={client.get_cookie('hotcorner').value}")
    frame_with(board, "board")
    assert board.receive(timeout=0.3) is None
    client.post("/session/end")
    assert ended_with(board) == wire.NOT_YOURS


def test_a_board_that_is_on_keeps_its_session(shop, sockets, monkeypatch):
    seen = []
    monkeypatch.setattr(wire, "CHECK_SECONDS", 0.1)
    monkeypatch.setattr(users, "seen", seen.append)
    board = sockets.open(f"/ws/board/{ELM_STREET}", Cookie=cookie_of(shop))
    until(lambda: len(seen) > 1)
    board.close()


def test_no_socket_lives_for_ever(sockets, order_id, monkeypatch):
    monkeypatch.setattr(wire, "LIFE_SECONDS", 0.2)
    client = sockets.track(order_id)
    assert ended_with(client) == wire.COME_BACK


def test_a_process_that_ends_says_good_bye(sockets, order_id):
    client = sockets.track(order_id)
    frame_with(client, "track")
    sockets.app.extensions["hub"].stop()
    assert ended_with(client) == wire.RESTARTING


def test_while_the_database_is_away_sockets_stay_and_then_show_what_is_there(sockets, order_id, monkeypatch):
    client = sockets.track(order_id)
    frame_with(client, "track")

    def away(_order_id: int, _address: str) -> Piece:
        raise OperationalError("SELECT", {}, ConnectionError())

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(socket, "track_piece", away)
        tap(order_id)
        until(lambda: "socket_waits" in [entry["event"] for entry in logs])
    assert sockets.taken == 1
    with transaction():
        live.publish(f"order:{order_id}")
    frame_with(client, "track")
    client.close()


def test_a_piece_that_cannot_be_drawn_ends_the_socket_and_not_the_process(sockets, order_id, monkeypatch):
    def broken(_order_id: int, _address: str) -> Piece:
        raise RuntimeError("no")

    client = sockets.track(order_id)
    frame_with(client, "track")  # a good-bye on the heels of the handshake is more than the tests' client can tell
    with monkeypatch.context() as patch:
        patch.setattr(socket, "track_piece", broken)
        tap(order_id)
        assert ended_with(client) == wire.FAILED
    client = sockets.track(order_id)
    frame_with(client, "track")
    client.close()


def test_while_it_waits_a_socket_holds_no_database_connection(sockets, order_id):
    clients = [sockets.track(order_id) for _ in range(5)]
    for client in clients:
        frame_with(client, "track")

    def all_back() -> bool:
        with sockets.app.app_context():
            return db.engine.pool.checkedout() == 0

    until(all_back)
    for client in clients:
        client.close()


def test_nothing_is_compressed(sockets, order_id):
    answer = sockets.shake_hands(f"/ws/track/{address(order_id)}", **{"Sec-WebSocket-Extensions": "permessage-deflate"})
    assert answer.status == 101
    assert answer.headers["Sec-WebSocket-Extensions"] is None


@pytest.mark.one_database
def test_who_does_not_read_is_dropped(sockets, order_id, monkeypatch):
    monkeypatch.setattr(wire, "SEND_SECONDS", 1)
    monkeypatch.setattr(wire, "REDRAW_SECONDS", 0.0)
    monkeypatch.setattr(socket, "track_piece", lambda *_: Piece(uuid4().hex, lambda: "x" * 2_000_000))
    with network.create_connection(("127.0.0.1", sockets.port)) as deaf:
        lines = {"Host": f"127.0.0.1:{sockets.port}", **HANDSHAKE, **ORIGIN}
        request = "\r\n".join(f"{name}: {value}" for name, value in lines.items())
        deaf.sendall(f"GET /ws/track/{address(order_id)} HTTP/1.1\r\n{request}\r\n\r\n".encode())
        until(lambda: sockets.taken == 1)
        until(lambda: sockets.taken == 0)


@pytest.mark.one_database  # this and the next are about Redis
def test_redis_may_go_and_come_back(serve, order_id, other_redis):
    url, start = other_redis
    redis = start()
    sockets = serve(redis_url=url)
    client = sockets.track(order_id)
    frame_with(client, "Order in")
    processes.stop(redis)
    tap(order_id)  # told to another Redis: this process can only learn it by itself
    start()
    frame_with(client, "<h1>Making</h1>", seconds=8)
    client.close()


@pytest.mark.one_database
def test_a_redis_that_says_nothing_is_noticed_and_heard_again_when_it_speaks(
    shop, serve, order_id, other_redis, monkeypatch
):
    url, start = other_redis
    redis = start()
    bell = queue.Doorbell(url)
    monkeypatch.setitem(shop.extensions, "doorbell", bell)
    monkeypatch.setattr(wire, "REDRAW_SECONDS", 600)  # what comes sooner was told, or looked for as nobody tells
    monkeypatch.setattr(live, "DEAF_SECONDS", 1)
    client = serve(redis_url=url).track(order_id)
    frame_with(client, "Order in")
    redis.send_signal(signal.SIGSTOP)
    tap(order_id)  # goes on, and is committed
    assert bell.resting
    frame_with(client, "<h1>Making</h1>", seconds=10)
    redis.send_signal(signal.SIGCONT)
    bell.resting_until = None
    until(queue.hears)
    monkeypatch.setattr(hub, "DEAF_REDRAW_SECONDS", 600)
    until(lambda: redis_heard(bell.redis))
    tap(order_id, Stage.PREP)
    frame_with(client, "<h1>In the oven</h1>")
    client.close()
    bell.redis.close()


def redis_heard(redis: Redis) -> bool:
    """Whether a socket process listens."""
    return dict(redis.pubsub_numsub(live.CHANNEL))[live.CHANNEL.encode()] > 0
