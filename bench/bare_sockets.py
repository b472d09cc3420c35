"""The yardstick of push: asyncio and nothing else, which sends a frame of so many bytes to all who are there.

`python -m bench.bare_sockets PORT REDIS_URL`. It hears of it as the shop's own process does, by a message in Redis.
"""

import asyncio
import base64
import hashlib
import sys

from redis.asyncio import Redis

CHANNEL = "bare"
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
ACCEPTED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n"
)

there: set[asyncio.Transport] = set()


class Socket(asyncio.Protocol):
    """One socket, from its handshake on; what it says is not listened to."""

    def __init__(self) -> None:
        self.head = b""
        self.line: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the line."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what a server gives
        self.line = transport

    def data_received(self, data: bytes) -> None:
        """Shake hands."""
        if self.line is None or self.line in there:
            return
        self.head += data
        if b"\r\n\r\n" in self.head:
            key = self.head.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
            digest = base64.b64encode(hashlib.sha1(key + MAGIC, usedforsecurity=False).digest())
            self.line.write(ACCEPTED % digest)
            there.add(self.line)
            self.head = b""

    def connection_lost(self, _error: Exception | None) -> None:
        """Forget it."""
        if self.line:
            there.discard(self.line)


def frame(size: int) -> bytes:
    """A text frame of so many bytes in all, its head included."""
    return b"\x81\x7e" + (size - 4).to_bytes(2, "big") + b"x" * (size - 4)


async def serve(port: int, redis_url: str) -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Socket, "127.0.0.1", port, backlog=4096)
    async with Redis.from_url(redis_url) as redis, redis.pubsub(ignore_subscribe_messages=True) as ear, server:
        await ear.subscribe(CHANNEL)
        while True:
            message = await ear.get_message(timeout=60)
            if message is not None:
                whole = frame(int(message["data"]))
                for line in tuple(there):
                    line.write(whole)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
