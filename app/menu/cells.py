"""One cell of a menu's sheet, pure: what people write there, and the value that it stands for.

A cell is read back exactly as it was written, so that a sheet that nobody touched changes nothing.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.menu.facts import Allergen
from app.menu.values import Amount, Placement, Side

CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
MONEY = re.compile(r"\$?([0-9]{1,4})\.([0-9]{2})")
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ISO_DAY, AMERICAN_DAY = (
    re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII),
    re.compile(r"(\d\d?)/(\d\d?)/(\d{4})", re.ASCII),
)
CLOCK = re.compile(r"(\d\d?):(\d\d)", re.ASCII)
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})
NONE, UNKNOWN = "none", "unknown"
A_DAY = 24 * 60


class Wrong(Exception):
    """A cell that cannot be read, in words for whoever wrote it."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Cell:
    """How a column is read and written. `empty` is what an empty cell stands for; None, and it may not be empty."""

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    empty: str | None = None

    def value(self, said: str) -> Any:
        """What somebody wrote there. Raises Wrong."""
        said = said or self.empty or ""
        if not said and self.empty is None:
            raise Wrong("this is missing")
        return self.read(said)


def _text(most: int) -> Callable[[str], str]:
    def read(said: str) -> str:
        if CONTROL.search(said):
            raise Wrong("use plain text on one line")
        if len(said) > most:
            raise Wrong(f"{len(said)} characters are too many, {most} at most")
        return said

    return read


def text(most: int) -> Cell:
    """Words for people, up to so many characters."""
    return Cell(_text(most))


def maybe(cell: Cell) -> Cell:
    """The same, but may be empty: None."""
    return Cell(
        lambda said: cell.read(said) if said else None,
        lambda value: "" if value is None else cell.write(value),
        empty="",
    )


def blank(most: int) -> Cell:
    """Words that may be empty."""
    return Cell(_text(most), empty="")


def key(most: int) -> Cell:
    """A name for programs: small letters, digits and hyphens."""

    def read(said: str) -> str:
        if not KEY.fullmatch(said) or len(said) > most:
            raise Wrong(f"use small letters, digits and hyphens, {most} characters at most")
        return said

    return Cell(read)


def word(most: int) -> Cell:
    """A key that programs gave: small letters, digits, hyphens and underscores."""

    def read(said: str) -> str:
        if not KEY.fullmatch(said.replace("_", "-")) or len(said) > most:
            raise Wrong(f"use small letters, digits, - and _, {most} characters at most")
        return said

    return Cell(read)


def otherwise(cell: Cell, empty: str) -> Cell:
    """The same, but an empty cell says this."""
    return Cell(cell.read, cell.write, empty)


def number(least: int, most: int) -> Cell:
    """A whole number between two."""

    def read(said: str) -> int:
        if not (said.isascii() and said.isdigit() and len(said) < 10) or not least <= int(said) <= most:
            raise Wrong(f"write a whole number from {least} to {most:,}")
        return int(said)

    return Cell(read)


def _money(said: str) -> int:
    found = MONEY.fullmatch(said)
    if not found or not said.isascii():
        raise Wrong("write a price like 13.50")
    return int(found[1]) * 100 + int(found[2])


def dollars(cents: int) -> str:
    """`13.50` for 1350."""
    return f"{cents // 100}.{cents % 100:02d}"


def _yes(said: str) -> bool:
    if said.lower() not in YES | NO:
        raise Wrong("write yes or no")
    return said.lower() in YES


def one_of(words: Collection[str]) -> Cell:
    """One word of a closed set."""

    def read(said: str) -> str:
        if said.lower() not in words:
            raise Wrong(f"“{said[:30]}” is none of: {', '.join(sorted(words))}")
        return said.lower()

    return Cell(read)


def _day(said: str) -> date:
    iso, american = ISO_DAY.fullmatch(said), AMERICAN_DAY.fullmatch(said)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if american:
            return date(int(american[3]), int(american[1]), int(american[2]))
    except ValueError:
        pass
    raise Wrong("write a day like 2026-12-31")


def _clock(said: str) -> int:
    found = CLOCK.fullmatch(said)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise Wrong("write a time like 11:00 or 22:30")
    return int(found[1]) * 60 + int(found[2])


def _clock_words(minute: int) -> str:
    return f"{minute % A_DAY // 60:02d}:{minute % 60:02d}"


def words(known: Collection[str] | None = None, most: int = 12) -> Cell:
    """A list, `;` between its words; `none` where it is empty."""

    def read(said: str) -> list[str]:
        found = [] if said.lower() in {"", NONE} else [part.strip().lower() for part in said.split(";")]
        strange = next((part for part in found if known is not None and part not in known), None)
        if strange is not None:
            raise Wrong(f"“{strange[:30]}” is none of: {', '.join(known or ())}")
        if len(found) > most or len(set(found)) < len(found) or not all(found):
            raise Wrong(f"write up to {most} different words with ; between them")
        return [_text(24)(part) for part in found]

    return Cell(read, lambda value: "; ".join(value) or NONE, empty=NONE)


def _allergens(said: str) -> list[str] | None:
    if said.lower() in {"", UNKNOWN}:
        return None
    return in_order(words([one.value for one in Allergen]).read(said))


def in_order(allergens: Collection[str]) -> list[str]:
    """Allergens in the order that menus name them, so that the same ones are always the same list."""
    known = [one.value for one in Allergen]
    return sorted(allergens, key=lambda word: (known.index(word) if word in known else len(known), word))


def _placements(said: str) -> tuple[Placement, ...]:
    if said.lower() in {"", NONE}:
        return ()
    return tuple(sorted(_placement(part.split()) for part in said.lower().split(";")))


def _placement(said: list[str]) -> Placement:
    side, amount = Side.WHOLE, Amount.NORMAL
    for part in said[1:]:
        if part in list(Side):
            side = Side(part)
        elif part in list(Amount):
            amount = Amount(part)
        else:
            raise Wrong(f"“{part[:20]}” is neither left, right nor whole, light, normal, extra nor double")
    if not said:
        raise Wrong("write toppings with ; between them, like: tomato; pepperoni left extra")
    return Placement(word(24).read(said[0]), side, amount)


def _placements_words(value: Iterable[Placement]) -> str:
    def one(placed: Placement) -> str:
        side = "" if placed.side is Side.WHOLE else f" {placed.side}"
        return placed.topping + side + ("" if placed.amount is Amount.NORMAL else f" {placed.amount}")

    return "; ".join(one(placed) for placed in sorted(value)) or NONE


def _asked(said: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for part in said.lower().split(";") if said.lower() not in {"", NONE} else ():
        group, _, keys = part.partition(":")
        name = word(12).read(group.strip())
        if name in found:
            raise Wrong(f"names {name} twice")
        found[name] = tuple(sorted(word(24).read(one) for one in keys.split()))
    return dict(sorted(found.items()))


def _asked_words(value: dict[str, tuple[str, ...]]) -> str:
    return "; ".join(f"{group}: {' '.join(keys)}".rstrip() for group, keys in sorted(value.items())) or NONE


PRICE = Cell(_money, dollars)
YES_NO = Cell(_yes, lambda value: "yes" if value else "no")
DAY = Cell(_day, date.isoformat)
TIME = Cell(_clock, _clock_words)
ALLERGENS = Cell(_allergens, lambda value: UNKNOWN if value is None else "; ".join(value) or NONE, empty=UNKNOWN)
TOPPINGS = Cell(_placements, _placements_words, empty=NONE)
OPTIONS = Cell(_asked, _asked_words, empty=NONE)
