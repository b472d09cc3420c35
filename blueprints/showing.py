"""How templates write amounts and times."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask

from app.core import clock
from app.core.money import format_cents
from app.users import phones
from blueprints.deal_words import dearer_words


def init_app(app: Flask) -> None:
    """Give templates the filters `money`, `localtime`, `localday`, `dearer`, `phone` and `ago`."""
    app.add_template_filter(format_cents, "money")
    app.add_template_filter(clock.in_words, "localtime")
    app.add_template_filter(localday)
    app.add_template_filter(dearer_words, "dearer")
    app.add_template_filter(phones.in_words, "phone")
    app.add_template_filter(ago)


def localday(moment: datetime, zone: ZoneInfo) -> str:
    """`Fri, Jul 3` in the place of a store."""
    local = moment.astimezone(zone)
    return f"{local:%a, %b} {local.day}"


def ago(moment: datetime) -> str:
    """How long something is past: `just now`, `5 minutes ago`, `3 days ago`."""
    minutes = (clock.now() - moment) // timedelta(minutes=1)
    for size, word in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            many = minutes // size
            return f"{many} {word}{'' if many == 1 else 's'} ago"
    return "just now"
