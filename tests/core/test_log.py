import ast
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog

import worker
from app.core import log, queue

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
BECOME_THE_EXCEPTION = {"exc_info"}


@pytest.fixture
def lines(monkeypatch, capsys):
    """Writes to a fresh log, and gives its entries."""
    was = structlog.get_config()
    log.belongs_to()

    def configured(*, show_mail=False):
        log.configure(show_mail=show_mail)
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(sys.stderr))
        return structlog.get_logger(), lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield configured
    structlog.configure(**was)
    log.belongs_to()


def test_an_entry_is_one_json_line_with_the_id_of_its_request(lines):
    logger, entries = lines()
    log.belongs_to(request_id="abc12345")
    logger.info("request", method="GET", path="/", status=200, ms=1.5)
    (entry,) = entries()
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "path": "/",
        "status": 200,
        "ms": 1.5,
        "request_id": "abc12345",
    }


def test_what_a_job_logs_carries_its_id_until_it_ends(shop, lines, monkeypatch):
    logger, entries = lines()
    monkeypatch.setattr(worker.SimpleWorker, "perform_job", lambda *_: logger.info("acted") is None)
    redis = queue.doorbell().redis
    one = worker.EventWorker(queue.queues(redis), connection=redis)
    assert one.perform_job(SimpleNamespace(id="act-on-7"), None, None)
    logger.info("idle")
    told = {entry["event"]: entry.get("job_id") for entry in entries()}  # a thread of another test may tell, too
    assert (told["acted"], told["idle"]) == ("act-on-7", None)


def test_only_allowed_fields_reach_the_disk(lines):
    logger, entries = lines()
    logger.info("placed", order_id=7, name="Ana Lopez", phone="+13125550142", email="ana@example.com", body={"a": 1})
    assert set(entries()[0]) == {"event", "level", "timestamp", "order_id"}


def test_each_field_that_the_shop_logs_is_allowed():
    files = [*ROOT.glob("*.py"), *(file for folder in ("app", "blueprints") for file in (ROOT / folder).rglob("*.py"))]
    logged = [(file.relative_to(ROOT), call) for file in files for call in _log_calls(ast.parse(file.read_text()))]
    assert len(logged) > 30
    allowed = log.FIELDS | BECOME_THE_EXCEPTION | {None}  # no name stands for several that are only known later
    dropped = [(str(file), word.arg) for file, call in logged for word in call.keywords if word.arg not in allowed]
    assert dropped == []


@pytest.mark.parametrize("show", [True, False])
def test_mail_is_shown_only_where_it_is_not_sent(lines, show):
    logger, entries = lines(show_mail=show)
    logger.info("mail", to="ana@example.com", subject="Order 12", text="Hello")
    assert ("to" in entries()[0]) is show


@pytest.mark.parametrize("evil", ["a\r\nb", "a\nb", "a\u2028b", "a\x00b", "a\x1b[31mb", "\ud800"])
def test_nothing_that_is_logged_can_begin_a_line_of_its_own(lines, capsys, evil):
    logger, _ = lines()
    logger.info("request", path=evil)
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert all(" " <= character <= "~" for character in written.rstrip("\n"))
    assert json.loads(written)["path"] == evil


def test_an_exception_is_one_line_too(lines):
    logger, entries = lines()
    try:
        raise OSError("no\nanswer")
    except OSError:
        logger.exception("work_failed", work="sweep")
    (entry,) = entries()
    assert "OSError: no\nanswer" in entry["exception"]


def test_debug_chatter_is_left_out(lines):
    logger, entries = lines()
    logger.debug("chatter")
    assert entries() == []


def _log_calls(tree):
    for call in ast.walk(tree):
        match call:
            case ast.Call(func=ast.Attribute(ast.Name("log"), level)) if level in LEVELS:
                yield call
