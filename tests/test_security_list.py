"""docs/security.md names only what there is, and every number of the levels that it promises."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = (ROOT / "docs" / "security.md").read_text()
NUMBER = r"\d+\.\d+\.\d+"
# How many requirements each section of ASVS 5.0 has at levels 1 and 2, by their last numbers; V10 and V17 are whole.
ASKED = {
    "1.1": "1-2",
    "1.2": "1-9",
    "1.3": "1-11",
    "1.4": "1-3",
    "1.5": "1-2",
    "2.1": "1-3",
    "2.2": "1-3",
    "2.3": "1-4",
    "2.4": "1",
    "3.2": "1-2",
    "3.3": "1-4",
    "3.4": "1-6",
    "3.5": "1-5",
    "3.7": "1-2",
    "4.1": "1-3",
    "4.2": "1",
    "4.3": "1-2",
    "4.4": "1-4",
    "5.1": "1",
    "5.2": "1-3",
    "5.3": "1-2",
    "5.4": "1-3",
    "6.1": "1-3",
    "6.2": "1-12",
    "6.3": "1-4",
    "6.4": "1-4",
    "6.5": "1-5",
    "6.6": "1-3",
    "6.8": "1-4",
    "7.1": "1-3",
    "7.2": "1-4",
    "7.3": "1-2",
    "7.4": "1-5",
    "7.5": "1-2",
    "7.6": "1-2",
    "8.1": "1-2",
    "8.2": "1-3",
    "8.3": "1",
    "8.4": "1",
    "9.1": "1-3",
    "9.2": "1-4",
    "11.1": "1-2",
    "11.2": "1-3",
    "11.3": "1-3",
    "11.4": "1-4",
    "11.5": "1",
    "11.6": "1",
    "12.1": "1-3",
    "12.2": "1-2",
    "12.3": "1-4",
    "13.1": "1",
    "13.2": "1-5",
    "13.3": "1-2",
    "13.4": "1-5",
    "14.1": "1-2",
    "14.2": "1-4",
    "14.3": "1-3",
    "15.1": "1-3",
    "15.2": "1-3",
    "15.3": "1-7",
    "16.1": "1",
    "16.2": "1-5",
    "16.3": "1-4",
    "16.4": "1-3",
    "16.5": "1-3",
}


def numbers(cell: str) -> set[str]:
    """The requirements that a first cell names: `3.3.1 to 3.3.4, 3.5.1`."""
    found = set()
    for part in cell.split(","):
        first, *rest = re.findall(NUMBER, part)
        section, _, start = first.rpartition(".")
        end = rest[0].rpartition(".")[2] if rest else start
        found |= {f"{section}.{number}" for number in range(int(start), int(end) + 1)}
    return found


def test_every_requirement_of_both_levels_has_a_line():
    cells = re.findall(rf"^\| ({NUMBER}[^|]*) \|", LIST, re.MULTILINE)
    told = set().union(*(numbers(cell) for cell in cells))
    asked = set()
    for section, span in ASKED.items():
        first, _, last = span.partition("-")
        asked |= {f"{section}.{number}" for number in range(int(first), int(last or first) + 1)}
    assert told == asked


def test_every_test_that_is_named_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", LIST)
    assert len(named) > 50
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text(), f"{path}::{name}"


def test_every_page_that_is_named_exists():
    for path in re.findall(r"\]\(([\w./-]+\.md)\)", LIST):
        assert (ROOT / "docs" / path).exists(), path
