"""Logs: one JSON line an entry, allow-listed fields, and the id of the request or job that it belongs to."""

import json
import logging
import sys
from collections.abc import Mapping
from contextvars import ContextVar

import structlog
from structlog.typing import EventDict, WrappedLogger

from app.core import clock

ENCODER = json.JSONEncoder(ensure_ascii=True, default=repr)  # made once: json.dumps would make one a line
_origin: ContextVar[Mapping[str, str]] = ContextVar("origin", default={})  # noqa: B039 - never written to

# What may stand in a log line. Anything else is dropped: names, addresses and bodies never reach the disk.
FIELDS = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "request_id",
        "job_id",
        "method",
        "path",
        "status",
        "ms",
        "error",
        "exception",
        "consumer",
        "event_id",
        "event_kind",
        "order_id",
        "payment_id",
        "refund_id",
        "store_id",
        "topic",
        "seq",
        "count",
        "code",
        "process",
        "work",
        "work_id",
        "to",
        "subject",
        "text",
        "way",
        "account",
    ]
)


def belongs_to(**ids: str) -> None:
    """Whatever is logged from here on in this thread carries these ids, until the next request or job begins."""
    _origin.set(ids)


def configure(*, show_mail: bool) -> None:
    """Set the log up for this process; mail is shown whole only where it is not really sent."""
    fields = FIELDS if show_mail else FIELDS - {"to", "subject", "text"}

    def as_line(logger: WrappedLogger, method: str, entry: EventDict) -> str:
        if "exc_info" in entry:
            entry = structlog.processors.format_exc_info(logger, method, entry)
        timestamp = clock.now().isoformat().replace("+00:00", "Z")
        told = {**_origin.get(), **entry, "level": method, "timestamp": timestamp}
        return ENCODER.encode({name: value for name, value in told.items() if name in fields})

    structlog.configure(
        processors=[as_line],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
