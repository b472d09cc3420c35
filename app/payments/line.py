"""The line to Stripe: connections that are kept, for the library to speak over. Its own client costs three times this.

Only `app/payments/stripe.py` imports this, when it first asks Stripe something.
"""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import stripe
import urllib3
from urllib3.exceptions import HTTPError, SSLError

CONNECT_SECONDS, READ_SECONDS = 3, 10
MOST_KEPT = 16  # connections, as many as a process has threads


class Line(stripe.HTTPClient):
    """Speaks HTTP for Stripe's library. It follows nobody elsewhere and repeats nothing by itself."""

    name: ClassVar[str] = "urllib3"

    def __init__(self, base: str) -> None:
        super().__init__()
        terms: dict[str, Any] = {
            "maxsize": MOST_KEPT,
            "timeout": urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            "retries": False,
            "ca_certs": stripe.ca_bundle_path,
        }
        proxy = _proxy_to(base)
        self._pool = urllib3.ProxyManager(proxy, **terms) if proxy else urllib3.PoolManager(**terms)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_more: Any
    ) -> tuple[Any, int, Mapping[str, str]]:
        """One call and its answer: body, status, head. Raises APIConnectionError."""
        try:
            answer = self._pool.urlopen(method.upper(), url, body=post_data, headers=headers, redirect=False)
        except HTTPError as error:
            why = f"{type(error).__name__}: {error}"
            failed: Any = stripe.APIConnectionError
            raise failed(why, should_retry=not isinstance(error, SSLError)) from error
        return answer.data, answer.status, answer.headers

    def close(self) -> None:
        """Hang up."""
        self._pool.clear()


def _proxy_to(base: str) -> str | None:
    """The proxy that the environment names for an address (HTTPS_PROXY, NO_PROXY), asked once and not at each call."""
    address = urlsplit(base)
    return None if proxy_bypass(address.hostname or "") else getproxies().get(address.scheme)
