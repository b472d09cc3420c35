import dataclasses
import os
import signal
import time

import pytest

from app.core.failpoints import failpoint


@pytest.fixture
def places(shop, tmp_path, monkeypatch):
    settings = dataclasses.replace(shop.extensions["settings"], failpoints=str(tmp_path))
    monkeypatch.setitem(shop.extensions, "settings", settings)
    return tmp_path


@pytest.fixture
def deeds(monkeypatch):
    done = []
    monkeypatch.setattr(time, "sleep", lambda _seconds: done.append("slept"))
    monkeypatch.setattr(os, "kill", lambda pid, number: done.append((pid == os.getpid(), number)))
    return done


def test_a_place_that_nobody_asked_for_does_nothing(places, deeds):
    (places / "elsewhere.die").touch()
    failpoint("here")
    assert deeds == []


def test_a_file_stops_one_process_once(places, deeds):
    for deed in ("sleep", "die"):
        (places / f"here.{deed}").touch()
    failpoint("here")
    failpoint("here")
    assert deeds == ["slept", (True, signal.SIGKILL)]
    assert list(places.iterdir()) == []


def test_without_the_setting_there_are_none(shop, deeds):
    assert shop.extensions["settings"].failpoints == ""
    failpoint("here")
    assert deeds == []
