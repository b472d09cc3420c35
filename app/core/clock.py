"""The only clock of the house."""

from datetime import UTC, datetime, tzinfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def in_words(moment: datetime, zone: tzinfo) -> str:
    """A moment on the wall clock of a zone, as people say it: `7:22 pm`; `1:15 am CDT` in an hour that comes twice."""
    local = moment.astimezone(zone)
    words = f"{local.hour % 12 or 12}:{local.minute:02d} {'am' if local.hour < 12 else 'pm'}"
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{words} {local:%Z}" if twice else words
