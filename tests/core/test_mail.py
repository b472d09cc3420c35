import dataclasses
import socket
from threading import Thread

import pytest
from structlog.testing import capture_logs

from app.core import mail
from app.core.db import transaction
from app.core.mail import Mail


class Postman:
    """The smallest mail server: answers each command and keeps what it was told."""

    def __init__(self, greeting=b"220 ready\r\n", refuses=()):
        self.told, self.greeting, self.refuses = [], greeting, refuses
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(20)
        self.port = self.listener.getsockname()[1]
        self.thread = Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.thread.join(20)
        self.listener.close()

    def serve(self):
        line, _ = self.listener.accept()
        with line, line.makefile("rwb") as talk:
            talk.write(self.greeting)
            talk.flush()
            in_text = False
            for raw in talk:
                word = raw.decode().rstrip("\r\n")
                self.told.append(word)
                in_text, answer = self.answer(word, in_text)
                talk.write(answer)
                talk.flush()

    def answer(self, word, in_text):
        if in_text:
            return word != ".", b"250 taken\r\n" if word == "." else b""
        command = word.split()[0].upper()
        if command in self.refuses:
            return False, b"550 no\r\n"
        if command == "EHLO":
            return False, b"250-post\r\n250 AUTH PLAIN\r\n"
        if command == "DATA":
            return True, b"354 go on\r\n"
        return False, {"AUTH": b"235 welcome\r\n", "QUIT": b"221 bye\r\n"}.get(command, b"250 ok\r\n")


@pytest.fixture
def at(shop, monkeypatch):
    """Sets where mail goes."""

    def to(url, kind="test"):
        settings = dataclasses.replace(shop.extensions["settings"], mail_url=url, kind=kind)
        monkeypatch.setitem(shop.extensions, "settings", settings)

    return to


ORDER_IN = Mail("ana@example.com", "Order 12 is in — thank you", "Hello Ana,\n\nyour jalapeños are coming.\n")


def test_mail_is_handed_over_by_smtp(at):
    with Postman() as postman:
        at(f"smtp://127.0.0.1:{postman.port}")
        mail.send(ORDER_IN)
    assert any(word.upper().startswith("MAIL FROM:<ORDERS@HOTCORNER.EXAMPLE>") for word in postman.told)
    assert any(word.upper().startswith("RCPT TO:<ANA@EXAMPLE.COM>") for word in postman.told)
    assert "To: ana@example.com" in postman.told
    assert not any(word.startswith("AUTH") for word in postman.told)


def test_a_mail_server_may_want_a_name_and_a_password(at):
    with Postman() as postman:
        at(f"smtp://shop%40us:p%40ss@127.0.0.1:{postman.port}")
        mail.send(ORDER_IN)
    assert any(word.startswith("AUTH PLAIN") for word in postman.told)


def test_production_never_sends_over_a_line_that_is_open(at):
    with Postman() as postman:
        at(f"smtp://127.0.0.1:{postman.port}", kind="production")
        with pytest.raises(OSError, match="STARTTLS"):  # smtplib's own errors are OSErrors
            mail.send(ORDER_IN)
    assert not any(word.upper().startswith("MAIL") for word in postman.told)


@pytest.mark.parametrize("refuses", [("RCPT",), ("MAIL",), ("DATA",)])
def test_a_server_that_says_no_is_heard(at, refuses):
    with Postman(refuses=refuses) as postman:
        at(f"smtp://127.0.0.1:{postman.port}")
        with pytest.raises(OSError):  # noqa: PT011 (each command has an error of its own)
            mail.send(ORDER_IN)


def test_no_server_at_all_is_an_error_to_try_again(at):
    at("smtp://127.0.0.1:9")
    with pytest.raises(OSError, match="refused"):
        mail.send(ORDER_IN)


@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_line_end_cannot_add_a_header(at, field):
    at("smtp://127.0.0.1:9")
    with pytest.raises(ValueError, match="linefeed"):
        mail.send(dataclasses.replace(ORDER_IN, **{field: "x\r\nBcc: everybody@example.com"}))


def test_on_a_laptop_mail_is_shown_in_the_log(at):
    at("console:")
    with capture_logs() as logs:
        mail.send(ORDER_IN)
    (entry,) = logs
    assert (entry["event"], entry["to"], entry["text"]) == ("mail", ORDER_IN.to, ORDER_IN.text)


def test_a_folder_keeps_mails_as_they_would_go_out_the_newest_first(at, tmp_path):
    at(f"folder:{tmp_path / 'mail'}")
    assert mail.kept() == []
    page = dataclasses.replace(ORDER_IN, subject="Once more", html="<p>Hello Ana, your jalapeños are coming.</p>")
    for each in (ORDER_IN, page):
        mail.send(each)
    assert [(one.mail.to, one.mail.subject) for one in mail.kept()] == [
        ("ana@example.com", "Once more"),
        ("ana@example.com", ORDER_IN.subject),
    ]
    newest = mail.kept()[0].mail
    assert (newest.text, newest.html.strip()) == (page.text, page.html)
    at("smtp://127.0.0.1:9")
    assert mail.kept() is None


def test_a_mail_is_written_from_its_template_and_lets_nobody_write_in_it(shop):
    made = mail.write("ana@example.com", "account_changed", name="<b>Ana</b>", what="password")
    assert made.subject == "Your password was changed"
    assert made.text.startswith("Hello <b>Ana</b>,")
    assert "&lt;b&gt;Ana" in made.html


def test_no_mail_leaves_in_the_middle_of_a_unit_of_work(at, tmp_path):
    at(f"folder:{tmp_path}")
    with pytest.raises(RuntimeError, match="after the unit of work"), transaction():
        mail.send(ORDER_IN)
    assert mail.kept() == []
