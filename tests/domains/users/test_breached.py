"""Passwords that leaked are found in a file beside the shop."""

import hashlib
from dataclasses import replace

import pytest

from app.core.errors import Refusal
from app.users import passwords
from app.users.breached import leaked


def lines(*words):
    digests = {word: hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper() for word in words}
    return sorted(f"{digest}:{len(word)}" for word, digest in digests.items())


@pytest.mark.parametrize("count", [0, 1, 2, 3, 100])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False], ids=["closed", "open"])
def test_each_password_of_a_file_is_found_and_no_other(tmp_path, count, end, last):
    words, file = [f"word number {n}" for n in range(count)], tmp_path / "hashes"
    file.write_bytes((end.join(lines(*words)) + (end if last else "")).encode())
    assert all(leaked(file, word) for word in words)
    assert not any(leaked(file, f"another {n}") for n in range(100))


def test_who_chooses_one_is_told(shop, monkeypatch, tmp_path):
    file = tmp_path / "hashes"
    file.write_text("\n".join(lines("correct horse battery", *map(str, range(50)))))
    passwords.check("correct horse battery")
    ours = replace(shop.extensions["settings"], breached_passwords=str(file))
    monkeypatch.setitem(shop.extensions, "settings", ours)
    with pytest.raises(Refusal, match="has leaked") as raised:
        passwords.check("correct horse battery")
    assert (raised.value.code, raised.value.field) == ("weak_password", "password")
    passwords.check("correct horse batteries")
