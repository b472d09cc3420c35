"""What the launcher tells a person, and what it keeps to itself."""

import json
from pathlib import Path

from dev import codes, logs, welcome
from dev.logs import Tail
from tests.factories.staff import SECRET, app_code

MINA = {"role": "manager", "email": "mina@hotcorner.example", "password": "oven-tray-salt", "store": "Elm Street"}
ADA = {"role": "admin", "email": "ada@hotcorner.example", "password": "rye-sage-fig", "store": None}


def test_the_welcome_names_address_cards_and_people():
    said = welcome.text("http://127.0.0.1:8000", [MINA, ADA], Path("/data"), stand_in=True, seconds=3.21)
    assert "Hot Corner is open: http://127.0.0.1:8000  (3.2 s)" in said
    assert "4242 4242 4242 4242  is paid" in said
    assert "  manager  mina@hotcorner.example  oven-tray-salt  Elm Street\n" in said
    assert "  admin    ada@hotcorner.example   rye-sage-fig\n" in said
    assert "/data/log" in said
    assert "http://127.0.0.1:8000/outbox" in said
    assert "make codes" not in said


def test_who_needs_a_second_step_is_told_where_its_codes_are(tmp_path):
    mina = {**MINA, "totp": SECRET}
    said = welcome.text("http://x", [mina, ADA], Path("/data"), stand_in=False, seconds=1)
    assert "oven-tray-salt  Elm Street, and a code\n" in said
    assert "make codes" in said
    head, shown = codes.lines([mina])
    assert head == "For the next 30 seconds (each works once):"
    assert shown == f"  manager    mina@hotcorner.example  {app_code()}"


def test_test_cards_are_not_offered_for_the_real_stripe():
    assert "4242" not in welcome.text("http://x", [], Path("/data"), stand_in=False, seconds=1)


def test_sign_ins_are_read_when_there_are_any(tmp_path):
    path = tmp_path / "sign-ins.json"
    assert welcome.sign_ins(path) == []
    path.write_text(json.dumps([MINA]))
    assert welcome.sign_ins(path) == [MINA]


def test_a_line_is_shown_once_and_only_when_it_is_whole(tmp_path):
    path = tmp_path / "web.log"
    path.write_text("ERROR of yesterday\n")
    tail = Tail(path)
    with path.open("a") as log:
        log.write("ERROR one\nERROR tw")
        log.flush()
        assert list(tail.warnings()) == ["ERROR one"]
        log.write("o\nall is well\n")
        log.flush()
        assert list(tail.warnings()) == ["ERROR two"]
    assert list(tail.warnings()) == []


def test_a_quiet_program_stays_quiet(tmp_path):
    tail = Tail(tmp_path / "redis.log", loud=False)
    tail.path.write_text("# WARNING Memory overcommit must be enabled!\n")
    assert list(tail.warnings()) == []


def test_a_log_that_grew_big_is_put_aside(tmp_path):
    path = tmp_path / "web.log"
    path.write_bytes(b"x" * (logs.BIG + 1))
    Tail(path)
    assert not path.exists()
    assert (tmp_path / "web.log.1").stat().st_size == logs.BIG + 1
