"""A sheet of codes: read whole, every fault by row and column, nothing guessed."""

import pytest

from app.core.errors import Refusal
from app.core.sheets import Fault
from app.promotions import code_sheet
from app.promotions.code_sheet import MOST_ROWS, CodeRow


def read(text: str) -> code_sheet.Sheet:
    return code_sheet.read(text)


def test_codes_are_read_as_people_write_them():
    sheet = read("Code,Limit\r\npizza-20,\r\n  half off 5 ,12\r\n\r\nＡＢＣ９,1\r\n")
    assert sheet.rows == (CodeRow(2, "PIZZA20", 1), CodeRow(3, "HALFOFF5", 12), CodeRow(5, "ABC9", 1))
    assert sheet.faults == ()


def test_the_limit_may_be_missing_as_a_column_and_as_a_cell():
    assert read("code\nABC1\nABC2").rows == (CodeRow(2, "ABC1", 1), CodeRow(3, "ABC2", 1))
    assert read("limit,code\n3,ABC1\n").rows == (CodeRow(2, "ABC1", 3),)


def test_every_fault_is_told_with_its_row_and_column():
    sheet = read("code,limit\nAB,1\nABC1,x\nABC1,0\n!!,-5\nABC2,1\n")
    assert [(fault.row, fault.column) for fault in sheet.faults] == [
        (2, "code"),
        (3, "limit"),
        (4, "code"),
        (4, "limit"),
        (5, "code"),
        (5, "limit"),
    ]
    assert sheet.faults[2] == Fault(4, "code", "ABC1 stands in row 3 already.")
    assert sheet.rows == (CodeRow(6, "ABC2", 1),)


@pytest.mark.parametrize("limit", ["1.5", "1e3", "１２", "99999999999999999999", "1000001", "=1+1", "NaN", "-1"])
def test_a_limit_is_a_plain_whole_number(limit):
    assert [fault.column for fault in read(f"code,limit\nABC1,{limit}\n").faults] == ["limit"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "first row must name the columns"),
        ("name\nABC1", "first row must name the columns"),
        ("code,code\nA,B", "first row must name the columns"),
        ("code,secret\nABC1,x", "first row must name the columns"),
        ("code\n\n\n", "There are no codes"),
        ('code\n"ABC1', "quotation mark"),
        ("code\n" + "ABC1\n" * (MOST_ROWS + 1), "Send it in parts"),
    ],
)
def test_what_is_no_sheet_of_codes_is_refused_whole(text, words):
    with pytest.raises(Refusal, match=words) as refused:
        read(text)
    assert refused.value.field == "file"


def test_codes_that_are_given_out_already_are_faults_of_their_rows():
    sheet = code_sheet.with_taken(read("code\nABC1\nX\nABC3\n"), {"ABC1"})
    assert [fault.row for fault in sheet.faults] == [2, 3]
    assert [row.code for row in sheet.rows] == ["ABC3"]
