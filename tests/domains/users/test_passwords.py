"""Which passwords are taken, and which codes an authenticator app shows."""

from datetime import UTC, datetime

import pytest

from app.core.errors import Refusal
from app.users import passwords, totp


@pytest.mark.parametrize("password", ["eight or", "x" * 128, "пароль из слов", "🍕🍕🍕🍕🍕🍕🍕🍕", "tea-at-9am"])
def test_any_characters_will_do_when_there_are_enough(shop, password):
    passwords.check(password, "ana@example.com", "Ana Lopez")
    assert passwords.matches(passwords.hashed(password), password)
    assert not passwords.matches(passwords.hashed(password), password + "x")


@pytest.mark.parametrize(
    "password",
    [
        *("", "seven c", "x" * 129, "password", "PASSWORD", "iloveyou", "1qaz2wsx", "HotCorner", "hotcorner2026!"),
        *("anabelle.lopez", "anabelle.lopez@example.com", "Anabelle Lopez"),
    ],
)
def test_what_is_guessed_first_is_refused(shop, password):
    with pytest.raises(Refusal) as raised:
        passwords.check(password, "anabelle.lopez@example.com", "Anabelle Lopez")
    assert (raised.value.code, raised.value.field) == ("weak_password", "password")


def test_thousands_of_common_passwords_are_known_each_long_enough_to_be_typed():
    common = passwords._common()
    assert len(common) == 5000
    assert all(passwords.SHORTEST <= len(word) <= passwords.LONGEST for word in common)


def test_the_same_characters_from_another_keyboard_are_the_same_password():
    assert passwords.matches(passwords.hashed("jalape\u00f1o crust"), "jalapen\u0303o crust")


# RFC 6238, appendix B, SHA-1: its secret is these twenty ASCII characters.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}


@pytest.mark.parametrize(("seconds", "code"), RFC_VECTORS.items())
def test_codes_are_those_of_the_standard(seconds, code):
    step = totp.step_at(datetime.fromtimestamp(seconds, UTC))
    assert totp.code(RFC_SECRET, step, digits=8) == code
    assert totp.code(RFC_SECRET, step) == code[2:]


def test_a_code_holds_half_a_minute_to_either_side_and_never_again():
    now = datetime.fromtimestamp(1111111111, UTC)
    step = totp.step_at(now)
    for near in (-1, 0, 1):
        assert totp.step_of(RFC_SECRET, totp.code(RFC_SECRET, step + near), now, after=0) == step + near
        assert totp.step_of(RFC_SECRET, totp.code(RFC_SECRET, step + near), now, after=step + near) is None
    for far in (-2, 2):
        assert totp.step_of(RFC_SECRET, totp.code(RFC_SECRET, step + far), now, after=0) is None


def test_a_secret_is_new_each_time_and_reaches_the_app_with_its_account():
    assert totp.new_secret() != totp.new_secret()
    assert len(totp.new_secret()) == 32
    said = totp.address(RFC_SECRET, "ana+pizza@example.com")
    assert said == f"otpauth://totp/Hot%20Corner:ana%2Bpizza%40example.com?secret={RFC_SECRET}&issuer=Hot%20Corner"
