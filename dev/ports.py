"""Ports of this machine."""

import socket


def free_port(host: str = "127.0.0.1") -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def refusal(host: str, port: int) -> str | None:
    """Why we may not listen on `host` and `port`, in a word or two, or None when we may."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            return "not allowed for this user"
        except OSError:
            return "taken"
    return None


def prefer(port: int, host: str = "127.0.0.1") -> int:
    """`port` if it is free, else any that is."""
    return port if port < 65536 and refusal(host, port) is None else free_port(host)


def answers(host: str, port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0
