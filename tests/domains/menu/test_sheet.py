"""A menu's sheet: each cell reads back as written, and whatever file comes, each fault has a place and words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.sheets import Fault, text_of
from app.menu import cells, sheet
from app.menu.columns import COLUMNS, RECORDS
from app.menu.service import Amount, Placement, Side
from app.menu.sheet import Row

HEAD = "record,key,name,tax\n"


def faults(content: str) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.words) for fault in sheet.read(content).faults]


def one(row: str, head: str = HEAD) -> Row:
    read = sheet.read(head + row)
    assert read.faults == []
    return read.rows[0]


def test_a_row_says_only_what_its_file_has_columns_for():
    row = one("size,l,Large", "record,key,name\n")
    assert (row.record, dict(row.values), row.line) == ("size", {"key": "l", "name": "Large"}, 2)


@pytest.mark.parametrize(
    "content",
    [
        "record;key;name;tax\ncategory;pies;Pies;food\n",
        "record\tkey\tname\ttax\ncategory\tpies\tPies\tfood\n",
        "\ufeffRecord, KEY ,name,tax\r\n\r\n Category , pies , Pies , food \r\n,,,\r\n",
        'record,key,name,tax,\ncategory,pies,"Pies",food,\n',
    ],
    ids=["semicolons", "tabs", "as Excel writes it", "an empty column"],
)
def test_files_of_every_spreadsheet_are_read(content):
    read = sheet.read(text_of(content.encode(), 1_000))
    assert read.faults == []
    assert [dict(row.values) for row in read.rows] == [{"key": "pies", "name": "Pies", "tax": "food"}]


FILES = [
    ("nothing", "", (1, "", "The first line has to name the columns, and “record” is not among them.")),
    ("no head", "category,a,b\n", (1, "", "The first line has to name the columns, and “record” is not among them.")),
    ("a column twice", "record,key,key\n", (1, "key", "This column is there twice.")),
    ("open quotes", HEAD + 'category,a,"b,c\n', None),
    ("a cell without end", HEAD + "category,a," + "x" * 200_000 + ",food\n", None),
]


@pytest.mark.parametrize(("content", "first"), [f[1:] for f in FILES], ids=[f[0] for f in FILES])
def test_what_is_no_sheet_is_refused_in_words(content, first):
    found = faults(content)
    assert len(found) == 1
    if first:
        assert found[0] == first
    else:
        assert "quotes" in found[0][2]


ROWS = [
    ("menu,a,b,food", "record", "“menu” is none of: category"),
    ("category,,Pies,food", "key", "This is missing."),
    ("category,Pies!,Pies,food", "key", "Use small letters, digits and hyphens"),
    ("category,pies,,food", "name", "This is missing."),
    (f"category,pies,{'x' * 41},food", "name", "41 characters are too many, 40 at most."),
    ("category,pies,Pies,food,more", "", "This row has more cells than there are columns."),
    ('category,pies,"=HYPERLINK(""http://evil"")",food', "name", "Cells may not begin with =, which spreadsheets run"),
    ("category,pies,+1,food", "name", "Cells may not begin with +"),
    ("category,pies,-1,food", "name", "Cells may not begin with -"),
    ("category,pies,@SUM(A1),food", "name", "Cells may not begin with @"),
    ('category,pies,"two\nlines",food', "name", "Use plain text on one line."),
    ("category,pies,\u2028,food", "name", "This is missing."),
    ("category,pies,a\u2028b,food", "name", "Use plain text on one line."),
    ("size,l,Large,food", "tax", "A size has no tax: leave this empty."),
]


@pytest.mark.parametrize(("row", "column", "words"), ROWS, ids=range(len(ROWS)))
def test_every_fault_is_told_by_row_and_column(row, column, words):
    found = faults(HEAD + row + "\n")
    assert any((line, where) == (2, column) and said.startswith(words) for line, where, said in found), found


def test_all_faults_of_a_file_are_told_at_once_and_good_rows_are_read():
    read = sheet.read(HEAD + "category,a,,x\ncategory,b,B,food\nnothing,c,,\n,,,\ncategory,b,B,food\n")
    assert [(fault.row, fault.column) for fault in read.faults] == [(2, "name"), (4, "record"), (6, "key")]
    assert read.faults[2].words == "The same category stands in row 3 already."
    assert [row.line for row in read.rows] == [3]


def test_an_endless_file_is_stopped():
    found = faults("record\n" + "\n".join(["x"] * (sheet.MOST_ROWS + 1)))
    assert found[-1][2].startswith("These are more than 60,000 rows.")


def test_no_cell_of_a_file_of_ours_runs_as_a_formula():
    evil = ["=1+1", "+1", "-1", "@x", "'=1", "plain"]
    rows = [Row("category", {"key": f"k{n}", "name": said, "tax": "food"}) for n, said in enumerate(evil)]
    text = sheet.write(rows)
    for line in text.splitlines()[1:]:
        assert not any(cell.strip('"').startswith(("=", "+", "-", "@")) for cell in line.split(","))
    assert [row.values["name"] for row in sheet.read(text.removeprefix("\ufeff")).rows][:4] == evil[:4]


VALUES = [
    ("size", "topping_price", "1.25", 125, "1.25"),
    ("size", "topping_price", "$0.05", 5, "0.05"),
    ("topping", "whole_only", "TRUE", True, "yes"),
    ("topping", "whole_only", "", False, "no"),
    ("topping", "amounts", "light; normal", ["light", "normal"], "light; normal"),
    ("topping", "allergens", "", None, "unknown"),
    ("topping", "allergens", "none", [], "none"),
    ("topping", "allergens", "Tree Nuts;milk", ["milk", "tree nuts"], "milk; tree nuts"),
    ("product", "first_day", "2026-12-01", date(2026, 12, 1), "2026-12-01"),
    ("product", "first_day", "12/1/2026", date(2026, 12, 1), "2026-12-01"),
    ("product", "opens", "9:05", 545, "09:05"),
    ("product", "everywhere", "", True, "yes"),
    (
        "product",
        "toppings",
        "tomato; bacon left extra; corn double",
        (
            Placement("bacon", Side.LEFT, Amount.EXTRA),
            Placement("corn", amount=Amount.DOUBLE),
            Placement("tomato"),
        ),
        "bacon left extra; corn double; tomato",
    ),
    ("product", "options", "dip: ranch blue; cut:", {"cut": (), "dip": ("blue", "ranch")}, "cut:; dip: blue ranch"),
    ("variant", "calories", "", None, ""),
]


@pytest.mark.parametrize(("record", "column", "said", "value", "again"), VALUES)
def test_a_cell_stands_for_a_value(record, column, said, value, again):
    cell = RECORDS[record].cells[column]
    assert cell.value(said) == value
    assert cell.write(value) == again
    assert cell.value(again) == value


WRONG = [
    ("size", "topping_price", "1,25"),
    ("size", "topping_price", "1.255"),
    ("size", "topping_price", "1.5"),
    ("size", "topping_price", "99999.00"),
    ("size", "topping_price", "١.٠٠"),
    ("size", "topping_price", "1e2"),
    ("size", "pieces", "0"),
    ("size", "pieces", "８"),
    ("size", "pieces", "9" * 5000),
    ("topping", "whole_only", "maybe"),
    ("topping", "allergens", "milk; gluten"),
    ("topping", "allergens", "milk; milk"),
    ("topping", "amounts", "lots"),
    ("topping", "diet", "paleo"),
    ("product", "first_day", "2026-02-30"),
    ("product", "first_day", "31.12.2026"),
    ("product", "opens", "25:00"),
    ("product", "opens", "11"),
    ("product", "toppings", "bacon up"),
    ("product", "toppings", ";"),
    ("product", "options", "dip: ranch; dip: blue"),
    ("product", "options", "DIP SAUCE: x"),
    ("product", "tags", "a;;b"),
    ("product", "tags", ";".join(f"t{n}" for n in range(13))),
]


@pytest.mark.parametrize(("record", "column", "said"), WRONG)
def test_a_cell_that_makes_no_sense_says_what_would(record, column, said):
    with pytest.raises(cells.Wrong) as raised:
        RECORDS[record].cells[column].value(said)
    assert raised.value.words


@given(st.text(max_size=400))
def test_whatever_is_sent_is_answered(content):
    read = sheet.read(content)
    assert read.rows or read.faults or content.strip() == "record"


@given(st.lists(st.lists(st.text(max_size=30), max_size=12), max_size=5))
def test_whatever_stands_in_the_cells_is_answered(rows):
    out = ",".join(COLUMNS[:12]) + "\n" + "\n".join(",".join(cell.replace("\n", " ") for cell in row) for row in rows)
    read = sheet.read(out)
    assert all(isinstance(fault, Fault) and fault.words for fault in read.faults)
