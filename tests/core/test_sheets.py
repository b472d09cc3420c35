"""Files from spreadsheets: what is text is read, all else is refused in words."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refusal
from app.core.sheets import lines, text_of

MOST = 4 * 1024


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing to read"),
        (b" \r\n ", "nothing to read"),
        (b"code\nAB\0C", "nothing to read"),
        ("code,a".encode("utf-16"), "not a CSV file in UTF-8"),
        ("Crème".encode("latin-1"), "not a CSV file in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a CSV file in UTF-8"),
        (b"x" * (MOST + 1), "larger than 4 kB"),
    ],
)
def test_what_is_no_text_is_refused(content, words):
    with pytest.raises(Refusal, match=words) as raised:
        text_of(content, MOST)
    assert (raised.value.code, raised.value.field) == ("bad_file", "file")


def test_a_spreadsheets_mark_at_the_start_is_left_out():
    assert text_of("\ufeffcode\nABC1".encode(), MOST) == "code\nABC1"


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda said: said.encode("utf-8", "surrogatepass")))
def test_whatever_is_sent_is_text_or_refused(content):
    with suppress(Refusal):
        assert text_of(content, MOST).strip()


def test_nothing_that_goes_out_is_a_formula():
    assert lines([["=1+1", "-2", "@x", "plain", -2]]) == "'=1+1,'-2,'@x,plain,-2\r\n"
