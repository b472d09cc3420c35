"""The only clock of the house."""

from datetime import UTC, datetime, tzinfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def in_words(moment: datetime, zone: tzinfo) -> str:
    """A moment on the wall clock of a zone, as people say it: `7:22 pm`."""
    local = moment.astimezone(zone)
    return f"{local.hour % 12 or 12}:{local.minute:02d} {'am' if local.hour < 12 else 'pm'}"
