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


def span_in_words(start: datetime, end: datetime, zone: tzinfo) -> str:
    """`7:22 to 7:30 pm`; both halves of the day are named where they differ."""
    first, last = in_words(start, zone), in_words(end, zone)
    if first == last:
        return first
    time, _, half = first.partition(" ")
    return f"{time if half == last.partition(' ')[2] else first} to {last}"


def coming_in_words(start: datetime, end: datetime, zone: tzinfo) -> str:
    """`7:22 to 7:30 pm`, `Tuesday 11:15 to 11:25 am` where that is not today there."""
    local, today = start.astimezone(zone), now().astimezone(zone)
    span = span_in_words(start, end, zone)
    return span if local.date() == today.date() else f"{local:%A} {span}"
