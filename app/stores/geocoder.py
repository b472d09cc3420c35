"""The only file that speaks to providers of maps, through geopy: which one, and for how long, settings say."""

from functools import lru_cache
from typing import Any

from app.core.settings import settings
from app.stores.geo import Point
from app.stores.values import Address

NAMED = "Hot Corner ordering"


class SilentError(Exception):
    """The provider did not answer in time, or not in a way that tells anything."""


def ask(address: Address) -> Point | None:
    """Where a provider says that an address is; None when it knows no such place. Raises SilentError."""
    from geopy.exc import GeopyError  # noqa: PLC0415 - only where a provider is set

    words = f"{address.street}, {address.city} {address.zip}, USA"
    try:
        found = _provider().geocode(words, exactly_one=True)
    except (GeopyError, ValueError, TypeError, KeyError) as error:  # an answer off its form is none
        raise SilentError(type(error).__name__) from error
    if found is None:
        return None
    try:
        return Point(float(found.latitude), float(found.longitude))
    except (ValueError, TypeError) as error:
        raise SilentError("no place on the globe") from error


def _provider() -> Any:
    ours = settings()
    return _made(ours.geocoder, ours.geocoder_key, ours.geocoder_url, ours.geocoder_seconds)


@lru_cache(maxsize=4)
def _made(name: str, key: str, url: str, seconds: int) -> Any:
    from geopy.adapters import URLLibAdapter  # noqa: PLC0415 - only where a provider is set
    from geopy.geocoders import get_geocoder_for_service  # noqa: PLC0415 - only where a provider is set

    words: dict[str, Any] = {"timeout": seconds, "user_agent": NAMED, "adapter_factory": URLLibAdapter}
    if key:
        words["api_key"] = key
    if url:
        scheme, _, domain = url.partition("://")
        words |= {"domain": domain or scheme, "scheme": scheme if domain else "https"}
    return get_geocoder_for_service(name)(**words)
