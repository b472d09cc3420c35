"""Codes as people type them, pure: one form for all ways of writing, and the one they may have meant."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import takewhile

LONGEST = 24
CODE = re.compile(rf"[A-Z0-9]{{3,{LONGEST}}}")
BETWEEN = re.compile(r"[\s_.\-]+")


def normal(typed: str) -> str:
    """A code as it is kept: capitals and digits alone; empty for what no code of ours can be."""
    if len(typed) > 2 * LONGEST:
        return ""
    found = BETWEEN.sub("", unicodedata.normalize("NFKC", typed)).upper()
    return found if CODE.fullmatch(found) else ""


def meant(code: str, known: Iterable[str]) -> str | None:
    """The known code that differs in one letter (changed, missing, or one too many), when there is exactly one."""
    close = [other for other in known if _one_apart(code, other)]
    return close[0] if len(close) == 1 else None


def _one_apart(one: str, other: str) -> bool:
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
    rest, others = one[same:], other[same:]
    return rest[1:] == others[1:] or rest[1:] == others or rest == others[1:]
