"""Codes as people type them, pure: one form for all ways of writing, and the one they may have meant."""

import re
import unicodedata
from collections.abc import Iterable

from app.promotions.eligibility import one_slip_apart

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
    """The known code that is one slip of the finger away, when there is exactly one."""
    close = [other for other in known if one_slip_apart(code, other)]
    return close[0] if len(close) == 1 else None
