"""Which clock a ZIP code goes by, and which clocks there are."""

from functools import cache
from zoneinfo import available_timezones


@cache
def known_zones() -> frozenset[str]:
    """Every time zone's name; asking for them reads hundreds of files."""
    return frozenset(available_timezones())


def time_zone(zip_code: str) -> str:
    """The time zone of a ZIP code; empty for one that nobody knows."""
    return _zones().get(zip_code, "")


@cache
def _zones() -> dict[str, str]:
    import zipcodes  # noqa: PLC0415 - 40,000 rows that only who opens or moves a store needs

    return {row["zip_code"]: row["timezone"] for row in zipcodes.list_all()}  # type: ignore[no-untyped-call]  # the library has no types
