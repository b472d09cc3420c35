"""What the launcher says once the shop is open."""

import json
from pathlib import Path

CARDS = {
    "4242 4242 4242 4242": "is paid",
    "4000 0000 0000 0002": "is declined",
    "4000 0025 0000 3155": "asks for 3-D Secure",
}


def sign_ins(path: Path) -> list[dict[str, str]]:
    """The staff sign-ins that were made for this folder's data: role, email, password, store, totp."""
    if not path.exists():
        return []
    found: list[dict[str, str]] = json.loads(path.read_text())
    return found


def text(url: str, people: list[dict[str, str]], folder: Path, *, stand_in: bool, seconds: float) -> str:
    """The address, the cards to try, the people to sign in as, and how to stop."""
    lines = ["", f"Hot Corner is open: {url}  ({seconds:.1f} s)", ""]
    if stand_in:
        lines += ["Cards to try (any date to come, any code):"]
        lines += [f"  {number}  {effect}" for number, effect in CARDS.items()] + [""]
    if people:
        lines += ["Sign-ins made for these data:", *_columns(people), ""]
    if any(person.get("totp") for person in people):
        lines += ["Their second step is a code that changes every half minute. `make codes` tells it.", ""]
    lines += [f"Mail that goes nowhere: {url}/outbox", ""]
    return "\n".join([*lines, f"Data in {folder}, logs in {folder / 'log'}. Ctrl-C closes the shop.", ""])


def _columns(people: list[dict[str, str]]) -> list[str]:
    keys = ("role", "email", "password", "store")
    rows = [[str(person.get(key) or "") for key in keys] for person in people]
    for row, person in zip(rows, people, strict=True):
        row[-1] += ", and a code" if person.get("totp") else ""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
