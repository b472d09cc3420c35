"""What a machine lacks is installed by root, and named to anybody else."""

import os
import shutil
import subprocess

import pytest

from dev import install, machine, postgres


@pytest.fixture
def bare(monkeypatch):
    """A machine without PostgreSQL's server and without Chromium; gives what was run on it."""
    ran = []

    def nothing():
        raise postgres.MissingError

    monkeypatch.delenv("CHROMIUM_PATH", raising=False)
    monkeypatch.setattr(postgres, "binaries", nothing)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: ran.append(" ".join(command)))
    return ran


def test_a_visitor_is_told_what_to_ask_root_for(bare, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert machine.main() == 1
    assert bare == []
    assert capsys.readouterr().err == (
        "The tests need PostgreSQL's server and Chromium. "
        "As root: apt-get install -y --no-install-recommends postgresql chromium-headless-shell\n"
    )


def test_root_gets_them_and_hears_when_that_did_not_help(bare, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert machine.main() == 1
    patient = "apt-get -o Acquire::Retries=0 -o Acquire::http::Timeout=10"
    wanted = "postgresql chromium-headless-shell"
    assert bare == [f"{patient} update -q", f"{patient} install -y --no-install-recommends {wanted}"]
    assert "The tests need" in capsys.readouterr().err


def test_the_whole_browser_will_do_where_its_shell_cannot_be_had(bare, monkeypatch):
    monkeypatch.setattr(postgres, "binaries", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: None if name == machine.SHELL else f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert machine.main() == 0
    assert bare == []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert machine.main() == 0
    assert [words.split()[-1] for words in bare] == ["-q", machine.SHELL]
    assert machine.chromium() == "/usr/bin/chromium"


def test_a_machine_that_has_everything_is_left_alone(monkeypatch, capsys):
    monkeypatch.setenv("CHROMIUM_PATH", "/usr/bin/chromium")
    assert machine.main() == 0
    assert capsys.readouterr().out == ""


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "STAMPS", tmp_path / "installed")
    return tmp_path


def test_a_lock_is_installed_once_and_again_when_it_changed(project, capsys):
    lock = project / "requirements.txt"
    lock.write_text("# nothing yet\n")
    assert install.main("requirements.txt") == 0
    assert "Installing 0 packages" in capsys.readouterr().out
    assert install.main("requirements.txt") == 0
    assert capsys.readouterr().out == ""
    lock.write_text("# nothing still\n")
    (project / "requirements-dev.txt").write_text("# nor for the tests\n")
    both = ("requirements.txt", "requirements-dev.txt")
    assert install.main(*both) == 0
    assert "Installing 0 packages from requirements.txt and requirements-dev.txt" in capsys.readouterr().out
    assert install.main(*both) == 0
    assert capsys.readouterr().out == ""


def test_a_failed_install_ends_with_the_words_of_pip_and_is_tried_again(project, capsys):
    (project / "requirements.txt").write_text("./no-such-package\n")
    assert install.main("requirements.txt") != 0
    assert "no-such-package" in capsys.readouterr().err
    assert not (project / "installed" / "requirements.txt").exists()
