"""The outbox as a customer's eyes read it."""

import re

from app.core import mail
from app.core.mail import Mail


def mails(to: str = "") -> list[Mail]:
    """What was sent, to somebody or to anybody, the oldest first."""
    return [one.mail for one in reversed(mail.kept() or []) if to in one.mail.to]


def code_in(sent: Mail) -> str:
    """The six digits in a mail."""
    return re.findall(r"^\s+(\d{6})$", sent.text, re.MULTILINE)[0]


def link_in(sent: Mail) -> str:
    """Where the link in a mail leads, as a path."""
    return re.findall(r"https?://[^/\s]+(/code/\S+)", sent.text)[0]
