"""Where a run may live, and what it says when it may not."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dev import keys, place, ports

ROOT = Path(__file__).parents[2]


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_named_with_a_way_out(listener):
    with pytest.raises(place.NoPlaceError, match=rf"Port {listener} is taken\. Try PORT=\d+ make run\."):
        place.find({"PORT": str(listener)})


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eighty", "８０"])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(place.NoPlaceError, match="is not a port"):
        place.find({"PORT": port})


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(place.NoPlaceError, match=r"192\.0\.2\.1 is not this machine"):
        place.find({"HOST": "192.0.2.1", "PORT": str(ports.free_port())})


def test_the_parts_get_ports_of_their_own(tmp_path):
    found = place.find({"PORT": str(ports.free_port()), "VAR": str(tmp_path)})
    assert len({found.port, found.sockets_port, found.stripe_port, found.redis_port}) == 4
    assert found.folder == tmp_path


def test_the_address_to_open_is_one_that_a_browser_takes(tmp_path):
    port = ports.free_port()
    assert place.find({"HOST": "0.0.0.0", "PORT": str(port)}).url == f"http://127.0.0.1:{port}"  # noqa: S104 - as given
    assert place.find({"HOST": "::1", "PORT": str(port)}).url == f"http://[::1]:{port}"


def test_two_runs_on_one_folder_are_told_of_each_other(tmp_path):
    lock = place.claim(tmp_path / "var")
    try:
        with pytest.raises(place.NoPlaceError, match=rf"Another run \(process {os.getpid()}\)"):
            place.claim(tmp_path / "var")
    finally:
        os.close(lock)
    os.close(place.claim(tmp_path / "var"))


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(place.NoPlaceError, match=r"cannot hold the data: .* Try VAR="):
        place.claim(tmp_path / "file" / "var")


def test_the_launcher_says_it_in_one_line_and_not_as_a_traceback(tmp_path, listener):
    environ = {**os.environ, "PORT": str(listener), "VAR": str(tmp_path / "var")}
    done = subprocess.run(
        [sys.executable, "-m", "dev.up"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Port {listener} is taken.")
    assert done.stderr.count("\n") == 1


def test_secrets_are_made_once_and_only_the_owner_reads_them(tmp_path):
    path = tmp_path / "secrets.json"
    first = keys.load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(first) == set(keys.NAMES)
    assert len(set(first.values())) == len(first)
    assert keys.load(path) == first


def test_a_secret_that_came_later_is_added_to_the_old_ones(tmp_path):
    path = tmp_path / "secrets.json"
    keys.write_private(path, '{"SECRET_KEY": "old"}')
    assert keys.load(path)["SECRET_KEY"] == "old"
    assert keys.load(path)["STRIPE_WEBHOOK_SECRET"].startswith("whsec_")
