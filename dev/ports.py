"""Ports of this machine."""

import errno
import socket


def free_port(host: str = "127.0.0.1") -> int:
    """A port on which nobody listens now."""
    with _probe(host) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def refusal(host: str, port: int) -> str | None:
    """Why we may not listen on `host` and `port`, in the words of a sentence, or None when we may."""
    with _probe(host) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            return f"Port {port} is kept for root."
        except OSError as error:
            return f"Port {port} is taken." if error.errno == errno.EADDRINUSE else f"{host} is not this machine."
    return None


def prefer(port: int, host: str = "127.0.0.1") -> int:
    """`port` if it is free, else any that is."""
    return port if port < 65536 and refusal(host, port) is None else free_port(host)


def answers(host: str, port: int, request: bytes = b"", reply: bytes = b"") -> bool:
    """Whether somebody listens and, given a `request`, answers it with something that begins like `reply`."""
    try:
        with socket.create_connection((host, port), timeout=5) as line:
            line.sendall(request)
            return not reply or line.recv(len(reply), socket.MSG_WAITALL) == reply
    except OSError:
        return False


def _probe(host: str) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
