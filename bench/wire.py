"""What goes over the wire: a request as bytes, and where an answer ends. Only as much HTTP as our own servers speak."""

from dataclasses import dataclass

HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"\r\nContent-Length: "
COOKIE = b"\r\nSet-Cookie: "
LOCATION = b"\r\nLocation: "
BODYLESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer, and how many bytes it has with its body."""

    status: int
    size: int
    cookie: bytes | None


def request(
    path: str, host: str, method: str = "GET", headers: dict[str, str] | None = None, body: str = "", *,
    packed: bool = True,
) -> tuple[bytes, bytes]:  # fmt: skip
    """The head of a request up to where a cookie may follow, and its body. `packed`: the answer may come in gzip."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Accept: text/html,*/*"]
    lines += ["Accept-Encoding: gzip"] if packed else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode(), body.encode()


def answer(received: bytes | bytearray) -> Answer | None:
    """The answer that `received` begins with; None while its head or body is not all here."""
    end = received.find(HEAD_ENDS)
    if end < 0:
        return None
    head = bytes(received[: end + 2])
    status = int(head[9:12])
    length = 0 if status in BODYLESS else int(field(head, LENGTH) or 0)
    size = end + len(HEAD_ENDS) + length
    return Answer(status, size, field(head, COOKIE)) if len(received) >= size else None


def field(head: bytes, name: bytes) -> bytes | None:
    """What a head says under the first such name, up to a semicolon."""
    start = head.find(name)
    if start < 0:
        return None
    start += len(name)
    return head[start : head.index(b"\r\n", start)].partition(b";")[0]
