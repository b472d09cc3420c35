"""Mail: into a folder or the log in development, over SMTP in production. Sent by jobs, never by a request."""

import email
import secrets
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from flask import current_app

from app.core import clock
from app.core.db import db, in_transaction
from app.core.settings import settings

log = structlog.get_logger()
SECONDS = 10
MOST_SHOWN = 50
KEPT = timedelta(days=7)
_number = count()


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person: in plain text, and as a page where `html` is not empty."""

    to: str
    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A message in the outbox of a developer's machine, and when it was sent."""

    at: datetime
    mail: Mail


def write(to: str, template: str, **words: object) -> Mail:
    """A message from templates/mail: `<template>.txt`, its subject in the first line, and `<template>.html`."""
    words |= {"base_url": settings().base_url}
    text = current_app.jinja_env.get_template(f"mail/{template}.txt").render(words)
    html = current_app.jinja_env.get_template(f"mail/{template}.html").render(words)
    subject, _, body = text.partition("\n")
    return Mail(to, subject.strip(), body.strip() + "\n", html)


def send(mail: Mail) -> None:
    """Hand a message over. Raises OSError when the server does not take it, ValueError for a broken header."""
    if in_transaction():
        raise RuntimeError("a mail is sent after the unit of work, not in it")
    db.session.rollback()  # ends the read that the mail was written from: no database waits for a mail server
    url = urlsplit(settings().mail_url)
    if url.scheme == "console":
        log.info("mail", to=mail.to, subject=mail.subject, text=mail.text)
    elif url.scheme == "folder":
        _keep(mail, Path(url.path))
    else:
        _hand_over(mail)


def _keep(mail: Mail, folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S%f}-{next(_number):06}-{secrets.token_hex(3)}"  # in order, and nobody else's
    fresh = folder / f"{name}.new"
    fresh.write_bytes(_as_message(mail).as_bytes())
    fresh.rename(folder / f"{name}.eml")  # nobody reads half a message


def _hand_over(mail: Mail) -> None:
    url = urlsplit(settings().mail_url)
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
    message["Date"] = clock.now()
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


def kept() -> list[KeptMail] | None:
    """What lies in the outbox of a developer's machine, newest first; None where mail really goes out."""
    url = urlsplit(settings().mail_url)
    if url.scheme != "folder":
        return None
    files = sorted(Path(url.path).glob("*.eml"), reverse=True)[:MOST_SHOWN]
    return [_read(file.read_bytes()) for file in files]


def forget_old() -> None:
    """Delete mails of more than a week ago from the outbox of a developer's machine."""
    url, before = urlsplit(settings().mail_url), f"{clock.now() - KEPT:%Y%m%dT%H%M%S%f}"
    if url.scheme == "folder":
        for file in Path(url.path).glob("*.eml"):
            if file.name < before:
                file.unlink(missing_ok=True)


def _read(raw: bytes) -> KeptMail:
    message = email.message_from_bytes(raw, policy=policy.default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    mail = Mail(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
    )
    return KeptMail(message["Date"].datetime, mail)
