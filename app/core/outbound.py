"""Whom the shop speaks to: hosts that its settings name and no others, whatever a library would follow.

Python tells an audit hook of each name that is about to be looked up, by whichever library; what is not listed is
refused there. The driver of PostgreSQL asks the system itself: its one address is a setting.
"""

import sys
from typing import Any
from urllib.parse import urlsplit

from app.core.settings import LOOPBACK, Settings


class Listed:
    """The hosts of this process; None lets everything through, as on a developer's machine."""

    hosts: frozenset[str] | None = None
    hooked = False


class UnlistedError(OSError):
    """Somebody wanted to speak to a host that no setting names."""


def hosts(ours: Settings) -> frozenset[str]:
    """All hosts that the settings name."""
    urls = (ours.redis_url, ours.stripe_api_base, ours.mail_url, ours.sms_url, _with_scheme(ours.geocoder_url))
    named = {urlsplit(url).hostname or "" for url in urls}
    return LOOPBACK | named | {host.lower() for host in ours.outbound_hosts}


def only(allowed: frozenset[str] | None) -> None:
    """Let this process look up these hosts and no others from here on."""
    Listed.hosts = allowed
    if allowed is not None and not Listed.hooked:
        Listed.hooked = True
        sys.addaudithook(_look)


def _look(event: str, told: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo" and Listed.hosts is not None:
        host = told[0].decode(errors="replace") if isinstance(told[0], bytes) else told[0]
        if host is not None and host.lower() not in Listed.hosts:
            raise UnlistedError(f"{host} is a host that no setting names")


def _with_scheme(url: str) -> str:
    return url if "://" in url else f"https://{url}"
