"""Text messages, where the house has a provider for them: one POST of JSON to its address. Sent by jobs, never by a
request.

`SMS_URL` is that address, with the provider's key as the user's name in it; empty, nobody gets any.
"""

import json
import urllib.request
from urllib.parse import unquote, urlsplit, urlunsplit

import structlog
from flask import current_app

from app.core.db import db, in_transaction
from app.core.settings import settings

log = structlog.get_logger()
SECONDS = 10
LONGEST = 320  # two messages


def offered() -> bool:
    """Whether there is anybody to hand text messages to."""
    return bool(settings().sms_url)


def write(template: str, **words: object) -> str:
    """A message from templates/sms, on one line."""
    text = current_app.jinja_env.get_template(f"sms/{template}.txt").render(words)
    return " ".join(text.split())[:LONGEST]


def send(to: str, words: str) -> None:
    """Hand a message over. Raises OSError when the provider does not take it."""
    if in_transaction():
        raise RuntimeError("a text message is sent after the unit of work, not in it")
    db.session.rollback()  # no database waits for a provider
    url = urlsplit(settings().sms_url)
    if url.scheme == "console":
        log.info("sms", to=to, text=words)
        return
    address = urlunsplit(url._replace(netloc=url.netloc.rpartition("@")[2]))
    head = {"Content-Type": "application/json", "Authorization": f"Bearer {unquote(url.username or '')}"}
    body = json.dumps({"to": to, "text": words}).encode()
    request = urllib.request.Request(address, body, head)  # noqa: S310 - http or https, as the settings say
    with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310 - the same; a refusal is an OSError
        pass
