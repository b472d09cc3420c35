"""Card numbers that people type where they do not belong."""

import re

CANDIDATE = re.compile(r"(?<!\d)\d(?:[ .-]?\d){12,18}(?!\d)")


def mask(text: str) -> str:
    """The text with every card number in it (13 to 19 digits that pass the Luhn sum) cut down to its last four."""
    return CANDIDATE.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    doubled = "".join(str(int(digit) * (1 + place % 2)) for place, digit in enumerate(reversed(digits)))
    return found[0] if sum(map(int, doubled)) % 10 else f"[card ending in {digits[-4:]}]"
