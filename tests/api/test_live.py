"""The socket for programs: everything from a number on, then everything that happens, for whoever may see it."""

import json
import socket as network

import pytest

from app.core.db import transaction
from app.tracking import service as tracking
from app.tracking.sequence import happened
from app.tracking.service import Stage
from app.users import grants
from app.users.service import Role
from tests.api.hands import COUNTER, guest, staff
from tests.edges.sockets import HANDSHAKE, ORIGIN, address, ended_with, frame_with, refused
from tests.factories.orders import MILWAUKEE_AVENUE

FOLLOW = "/tracking?orderId="


def events(client, number: int) -> list[dict]:
    """The next so many events."""
    return [json.loads(frame_with(client, '"type":"status"')) for _ in range(number)]


def close_code(sockets, path: str, **headers: str) -> int:
    """The code with which a socket closes at once, read off the line: clients may miss what comes at once."""
    asked = "".join(f"{name}: {value}\r\n" for name, value in {**HANDSHAKE, **ORIGIN, **headers}.items())
    with network.create_connection(("127.0.0.1", sockets.port), timeout=10) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{asked}\r\n".encode())
        heard = b""
        while b"\r\n\r\n\x88" not in heard and (chunk := line.recv(4096)):
            heard += chunk
    head, _, frame = heard.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101")
    return int.from_bytes(frame[2:4])


def tap(order_id: int, expected: Stage = Stage.RECEIVED) -> None:
    with transaction():
        tracking.advance(order_id, expected, by="Beppe")


def test_all_that_happened_is_told_by_number_then_all_that_happens(sockets, order_id):
    client = sockets.open(f"{FOLLOW}{address(order_id)}")
    known = happened(order_id)
    assert [one["seq"] for one in events(client, len(known))] == list(range(1, len(known) + 1))
    tap(order_id)
    fresh = events(client, len(happened(order_id)) - len(known))
    assert fresh[-1]["status"] == "prep"
    assert set(fresh[-1]) == {"type", "seq", "orderId", "status", "estimatedTime", "lastUpdated"}
    client.close()


def test_a_program_that_was_away_misses_nothing_and_hears_nothing_twice(sockets, order_id):
    client = sockets.open(f"{FOLLOW}{address(order_id)}")
    heard = [one["seq"] for one in events(client, len(happened(order_id)))]
    client.close()
    tap(order_id)
    tap(order_id, Stage.PREP)
    client = sockets.open(f"{FOLLOW}{address(order_id)}&since={heard[-1]}")
    missed = events(client, len(happened(order_id)) - len(heard))
    assert [one["seq"] for one in missed] == list(range(len(heard) + 1, len(happened(order_id)) + 1))
    assert missed[-1]["status"] == "baking"
    client.close()


def test_the_numbers_are_those_that_the_call_gives(shop, sockets, order_id):
    rosa = staff(shop, "Rosa", Role.COUNTER)
    tap(order_id)
    told = rosa.get(f"/tracking/{order_id}").json
    assert (told["seq"], told["status"]) == (happened(order_id)[-1].seq, "prep")


def test_the_trackers_own_piece_comes_for_whoever_asks_for_it(sockets, order_id):
    client = sockets.open(f"{FOLLOW}{address(order_id)}&format=html")
    assert "<h1>Order in</h1>" in frame_with(client, "<h1>")
    client.close()


def test_owner_and_staff_of_the_store_may_listen_and_nobody_else(shop, sockets, order_id):
    ana = guest(shop)
    ana.post("/cart/items", {"productId": "cola"})
    ana.put("/cart/fulfilment", COUNTER)
    mine = ana.checkout().json["id"]
    beppe = staff(shop, "Beppe", Role.KITCHEN)
    elsewhere = staff(shop, "Carlo", Role.MANAGER, MILWAUKEE_AVENUE)

    def closes(path: str, token: str = "", **headers: str) -> int:
        said = {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        return close_code(sockets, path, **said)

    for token in (ana.token, beppe.token):
        client = sockets.open(f"{FOLLOW}{mine}", Authorization=f"Bearer {token}")
        assert events(client, 1)[0]["orderId"] == mine
        client.close()
    assert closes(f"{FOLLOW}{mine}") == 4401
    assert closes(f"{FOLLOW}{mine}", "a.b.c") == 4401
    assert closes(f"{FOLLOW}{order_id}", ana.token) == 4404
    assert closes(f"{FOLLOW}{mine}", elsewhere.token) == 4404
    assert closes(f"{FOLLOW}999", beppe.token) == 4404
    assert closes(f"{FOLLOW}{mine}-{'a' * 26}") == 4404
    for origin in ("http://evil.example", "http://["):
        assert closes(f"{FOLLOW}{mine}", ana.token, Origin=origin) == 4403


def test_a_session_that_ended_hears_nothing_more(shop, serve, order_id, monkeypatch):
    monkeypatch.setattr("blueprints.tracking.wire.CHECK_SECONDS", 0.2)
    beppe = staff(shop, "Beppe", Role.KITCHEN)
    client = serve().open(f"{FOLLOW}{order_id}", Authorization=f"Bearer {beppe.token}")
    events(client, 1)
    beppe.post("/auth/logout")
    assert ended_with(client) == 4403


def test_a_full_house_says_so_before_the_handshake(serve, order_id):
    assert refused(serve(socket_limit=0), f"{FOLLOW}{address(order_id)}") == 503


@pytest.mark.parametrize("since", ["-1", "x", "9" * 30, "%00", ""])
def test_a_number_that_is_none_means_from_the_beginning(sockets, order_id, since):
    client = sockets.open(f"{FOLLOW}{address(order_id)}&since={since}")
    assert events(client, 1)[0]["seq"] == 1
    client.close()


def test_a_token_says_nothing_once_its_session_is_over(shop):
    ana = guest(shop)
    assert grants.holder(ana.token)
    ana.post("/auth/logout")
    assert grants.holder(ana.token) is None
    assert ana.get("/cart").status_code == 401
