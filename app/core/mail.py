"""Mail: to the log in development, over SMTP in production. Sent by jobs, never by a request."""

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import structlog
from flask import render_template

from app.core.settings import settings

log = structlog.get_logger()
SECONDS = 10


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person, in plain text, and in HTML for those who like it better."""

    to: str
    subject: str
    text: str
    html: str = ""


def written(to: str, subject: str, template: str, **words: object) -> Mail:
    """A message from `templates/mail/<template>.txt` and `.html`."""
    text, html = (render_template(f"mail/{template}.{kind}", **words) for kind in ("txt", "html"))
    return Mail(to, subject, text, html)


def send(mail: Mail) -> None:
    """Hand a message over. Raises OSError when the server does not take it, ValueError for a broken header."""
    url = urlsplit(settings().mail_url)
    if url.scheme == "console":
        log.info("mail", to=mail.to, subject=mail.subject, text=mail.text)
        return
    message = _as_message(mail)
    connect = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with connect(url.hostname or "localhost", url.port or 0, timeout=SECONDS) as server:
        if url.scheme == "smtp" and settings().production:
            server.starttls()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def _as_message(mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings().mail_from, mail.to, mail.subject
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message
