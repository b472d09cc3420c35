"""What is sealed opens under its own name, with a key of ours, and only as it was."""

import base64
from dataclasses import replace

import pytest

from app.core import sealing

NAME, TEXT = "totp:7", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def turned(shop, monkeypatch):
    """Sets today's secret and those that were rotated away."""

    def turn(*secrets):
        ours = shop.extensions["settings"]
        changed = replace(ours, secret_key=secrets[0], secret_key_fallbacks=secrets[1:])
        monkeypatch.setitem(shop.extensions, "settings", changed)

    return turn


@pytest.mark.parametrize("text", ["", "x", TEXT, "пароль", "x" * 64])
def test_what_is_sealed_comes_out_again(shop, text):
    kept = sealing.seal(NAME, text)
    assert sealing.unseal(NAME, kept) == text
    assert len(kept) <= 130


def test_nothing_of_it_shows_and_no_two_are_alike(shop):
    kept = {sealing.seal(NAME, TEXT) for _ in range(50)}
    assert len(kept) == 50
    for one in kept:
        assert TEXT.encode() not in base64.urlsafe_b64decode(one.removeprefix("1."))
    pads = {base64.urlsafe_b64decode(one.removeprefix("1."))[32:] for one in kept}
    assert len(pads) == 50  # two with the same pad would tell what differs between them


def test_it_opens_in_no_other_place(shop):
    assert sealing.unseal("totp:8", sealing.seal(NAME, TEXT)) is None


def test_one_bit_that_was_changed_is_seen_wherever_it_is(shop):
    raw = base64.urlsafe_b64decode(sealing.seal(NAME, TEXT).removeprefix("1."))
    for place in range(len(raw)):
        changed = bytes(byte ^ (at == place) for at, byte in enumerate(raw))
        assert sealing.unseal(NAME, "1." + base64.urlsafe_b64encode(changed).decode()) is None, place


@pytest.mark.parametrize("kept", ["", "1.", TEXT, "1." + TEXT, "1.é", "2.x", "1.A", "x" * 120])
def test_what_was_never_sealed_does_not_open(shop, kept):
    assert sealing.unseal(NAME, kept) is None


def test_what_was_sealed_says_how(shop):
    assert sealing.unseal(NAME, sealing.seal(NAME, TEXT).removeprefix("1.")) is None


def test_a_key_that_was_rotated_away_opens_and_one_that_is_gone_does_not(turned):
    turned("a" * 40)
    kept = sealing.seal(NAME, TEXT)
    turned("b" * 40, "a" * 40)
    assert sealing.unseal(NAME, kept) == TEXT
    turned("b" * 40)
    assert sealing.unseal(NAME, kept) is None


def test_long_texts_are_not_for_this(shop):
    with pytest.raises(ValueError, match="short"):
        sealing.seal(NAME, "x" * 65)
