"""Many who follow orders: a process of its own that holds sockets on one thread and notes when frames come.

`python -m bench.followers` reads one JSON order a line: {"open": ...} and {"hear": ...}, and answers each with a line.
"""

import base64
import json
import os
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
)
TEXT, CLOSE, PING = 1, 8, 9
PONG = b"\x8a\x80\0\0\0\0"
SMALLEST = 200  # a sign of life is no news
AT_ONCE, PLACES = 50, 40  # each address of loopback has ports of its own, and seats of its own
TIMEOUT, SETTLED = 30.0, 2.0


@dataclass(slots=True)
class Follower:
    """One socket: to whom, what came of a frame so far."""

    line: socket.socket
    group: str
    came: bytes = b""

    def frames(self) -> list[tuple[int, int]]:
        """The kind and length of each frame that has come whole. Raises OSError."""
        chunk = self.line.recv(262_144)
        if not chunk:
            raise ConnectionResetError
        self.came = self.came + chunk if self.came else chunk
        found = []
        while (ends := _ends(self.came)) and len(self.came) >= ends:
            found.append((self.came[0] & 15, ends))
            self.came = self.came[ends:]
        return found


def _ends(data: bytes) -> int:
    """Where the first frame ends; 0 where that is not known yet."""
    if len(data) < 2:
        return 0
    short = data[1] & 127
    if short < 126:
        return 2 + short
    wide = 2 if short == 126 else 8
    return 2 + wide + int.from_bytes(data[2 : 2 + wide], "big") if len(data) >= 2 + wide else 0


@dataclass(slots=True)
class Crowd:
    """All of them, and what is being waited for."""

    ready: select.epoll = field(default_factory=select.epoll)
    all: dict[int, Follower] = field(default_factory=dict)
    lost: int = 0

    def open(self, group: str, port: int, paths: list[str], number: int) -> dict[str, Any]:
        """Open so many more, as many on each of these paths; `held` says how many of the group there are then."""
        began, error = time.monotonic(), ""
        for first in range(0, number, AT_ONCE):
            try:
                self._shake_hands(
                    group, port, [paths[n * len(paths) // number] for n in range(first, min(first + AT_ONCE, number))]
                )
            except OSError as failed:
                error = f"{type(failed).__name__}: {failed}"
                break
            self.settle(0.0)
        took = time.monotonic() - began
        self.settle(SETTLED)
        held = sum(one.group == group for one in self.all.values())
        return {"held": held, "seconds": took, "error": error}

    def _shake_hands(self, group: str, port: int, paths: list[str]) -> None:
        lines = []
        for path in paths:
            place = f"127.0.0.{2 + len(self.all) % PLACES}"
            line = socket.create_connection(("127.0.0.1", port), TIMEOUT, source_address=(place, 0))
            key = base64.b64encode(os.urandom(16)).decode()
            line.sendall(HANDSHAKE.format(path=path, port=port, key=key).encode())
            lines.append(line)
            self.all[line.fileno()] = Follower(line, group)
        for line in lines:
            head = b""
            while b"\r\n\r\n" not in head:
                chunk = line.recv(65_536)
                if not chunk:
                    raise ConnectionResetError(head[:60].decode(errors="replace"))
                head += chunk
            if not head.startswith(b"HTTP/1.1 101"):
                raise ConnectionRefusedError(head[:60].decode(errors="replace"))
            self.all[line.fileno()].came = head.partition(b"\r\n\r\n")[2]
            line.setblocking(False)
            self.ready.register(line, select.EPOLLIN)

    def settle(self, seconds: float) -> None:
        """Take what comes for a while: who is never listened to is sent away."""
        until = time.monotonic() + seconds
        while events := self.ready.poll(max(0.0, until - time.monotonic())):
            self._take(events, "", [])
            if time.monotonic() > until:
                return

    def hear(self, group: str, wanted: int) -> dict[str, Any]:
        """When each of a group got its next piece, and how large that was."""
        times: list[float] = []
        size, until = 0, time.monotonic() + TIMEOUT
        while len(times) < wanted and time.monotonic() < until:
            size = self._take(self.ready.poll(TIMEOUT), group, times) or size
        return {"times": times, "size": size, "lost": self.lost}

    def _take(self, events: list[tuple[int, int]], group: str, times: list[float]) -> int:
        """Note the moments at which pieces came for a group; gives the size of the last one, 0 where none did."""
        size = 0
        for number, _ in events:
            follower = self.all[number]
            try:
                frames = follower.frames()
            except OSError:
                self._leave(number)
                continue
            now = time.monotonic()
            for kind, length in frames:
                if kind == PING:
                    follower.line.send(PONG)
                elif kind == TEXT and length > SMALLEST and follower.group == group:
                    times.append(now)
                    size = length
        return size

    def _leave(self, number: int) -> None:
        self.ready.unregister(number)
        self.all.pop(number).line.close()
        self.lost += 1


def main() -> int:
    """Work through the orders on standard input; between them nothing is read, so that they come soon."""
    crowd = Crowd()
    for line in sys.stdin:
        order = json.loads(line)
        if "open" in order:
            answer = crowd.open(**order["open"])
        else:
            print(json.dumps({"ready": True}), flush=True)
            answer = crowd.hear(**order["hear"])
        print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
