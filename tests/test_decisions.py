"""docs/decisions: the index names every one of them."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "decisions"


def test_the_index_has_each_decision_by_its_number_and_title():
    rows = []
    for page in sorted(FOLDER.glob("[0-9]*.md")):
        number, _, title = page.read_text().splitlines()[0].removeprefix("# ").partition(". ")
        assert page.name.startswith(f"{int(number):04}-")
        rows.append(f"| {number} | [{title}]({page.name}) |")
    index = (FOLDER / "README.md").read_text().splitlines()
    assert [line for line in index if line.startswith("| ") and "](" in line] == rows
