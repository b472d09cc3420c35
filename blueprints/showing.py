"""How templates write amounts and times."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask

from app.core import clock
from app.core.money import format_cents
from blueprints.deal_words import dearer_words


def init_app(app: Flask) -> None:
    """Give templates the filters `money`, `localtime`, `localday` and `dearer`."""
    app.add_template_filter(format_cents, "money")
    app.add_template_filter(clock.in_words, "localtime")
    app.add_template_filter(localday)
    app.add_template_filter(dearer_words, "dearer")


def localday(moment: datetime, zone: ZoneInfo) -> str:
    """`Fri, Jul 3` in the place of a store."""
    local = moment.astimezone(zone)
    return f"{local:%a, %b} {local.day}"
