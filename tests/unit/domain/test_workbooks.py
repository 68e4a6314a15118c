"""Workbooks: which sheet is read, and what makes a whole file unusable before it takes any memory."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from newsbt.domain import workbooks
from newsbt.domain.workbooks import choose_sheet, open_workbook
from newsbt.errors import DataError

HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
STAMP = datetime.fromisoformat("2025-03-06T09:35:00")


def workbook(**sheets: list[list[object]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """The archive with one member that is something else."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, content if one == name else old.read(one))
        if name not in old.namelist():
            new.writestr(name, content)
    return made.getvalue()


def write(folder: Path, data: bytes, name: str = "book.xlsx") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def refusal(path: Path) -> str:
    def first() -> object:
        book = open_workbook(path)
        return book.sheet(book.names[0])

    with pytest.raises(DataError) as caught:
        first()
    return str(caught.value)


def test_cells_have_their_types_and_rows_their_numbers(tmp_path: Path) -> None:
    rows = [["a", "b"], [], [700, 1.5], [date(2025, 3, 6), STAMP]]
    sheet = open_workbook(write(tmp_path, workbook(prices=rows))).sheet("prices")
    assert sheet.records == [["a", "b"], [700, 1.5], [date(2025, 3, 6), STAMP]]
    assert isinstance(sheet.records[1][0], int)
    assert sheet.lines == [1, 3, 4]


GOOD = workbook(prices=[["a"], [1]])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"date,open\n", "none; a table of text is read with `use: csv`"),
        (GOOD[: len(GOOD) // 2], "damaged"),
        (b"PK\x03\x04 and nothing behind it", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (with_member(GOOD, "content.xml", b"<a/>"), "OpenDocument"),
        (with_member(GOOD, "xl/worksheets/sheet1.xml", b"<worksheet"), "cannot be read"),
    ],
)
def test_what_is_no_workbook_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = write(tmp_path, data)
    assert message in (refused := refusal(path))
    assert str(path) in refused


def test_a_workbook_that_was_really_encrypted_is_named() -> None:
    kept = Path(__file__).parents[2] / "data" / "workbooks" / "encrypted.xlsx"
    assert refusal(kept).endswith("encrypted.xlsx: the workbook is encrypted; save it without a password")


def test_cells_merged_below_one_another_all_hold_their_value(tmp_path: Path) -> None:
    """What pandas writes of an index of several levels; a title over several columns is written once."""
    index = pd.MultiIndex.from_product([["2025-03-06", "2025-03-07"], ["AAPL", "MSFT"]], names=["Date", "Ticker"])
    path = tmp_path / "a.xlsx"
    pd.DataFrame({("Close", "raw"): [1, 2, 3, 4], ("Close", "adjusted"): [5, 6, 7, 8]}, index=index).to_excel(path)
    records = open_workbook(path).sheet("Sheet1").records
    assert records[0] == [None, None, "Close", None]
    assert [record[0] for record in records[-4:]] == ["2025-03-06", "2025-03-06", "2025-03-07", "2025-03-07"]


def test_a_zip_archive_of_something_else_is_none(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("prices.csv", "a,b\n1,2\n")
    assert "this is a zip archive" in refusal(write(tmp_path, content.getvalue()))


def test_a_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    bomb = with_member(GOOD, "xl/media/a.bin", bytes(20 << 20))
    assert "over 200 to 1" in refusal(write(tmp_path, bomb))


def test_a_directory_that_lies_is_refused_before_all_is_unfolded(tmp_path: Path) -> None:
    bomb = bytearray(with_member(GOOD, "xl/worksheets/sheet1.xml", HEAD.encode() + b" " * (3 << 20)))
    true, false = (3 << 20) + len(HEAD), 1000
    assert bomb.count(true.to_bytes(4, "little")) == 2  # in the member's own head, and in the directory
    lying = bytes(bomb).replace(true.to_bytes(4, "little"), false.to_bytes(4, "little"))
    assert "larger than the archive says" in refusal(write(tmp_path, lying))


def test_a_sheet_of_more_columns_than_there_are_is_refused_before_it_is_filled_up(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(a=[["date", "close"], ["2025-03-03", 1.0]]))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    wide = with_member(workbook(a=[["date"]]), "xl/worksheets/sheet1.xml", sheet.replace(b'"B2"', b'"AUOMB2"'))
    assert "columns; Excel knows no more than 16,384" in refusal(write(tmp_path, wide))


def test_two_cells_at_the_ends_of_a_sheet_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every place between them would take memory."""
    monkeypatch.setattr(workbooks, "fits", lambda size: size < 1 << 30)
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    data = with_member(GOOD, "xl/worksheets/sheet1.xml", f"{HEAD}{cells}</sheetData></worksheet>".encode())
    assert "reaches to row 1,048,576 and column 16,384" in refusal(write(tmp_path, data))


@pytest.mark.parametrize("address", ["J99999999999999999999", "XFDXFDXFDXFD1", "A" + "0" * 30 + "1048577"])
def test_a_cell_beyond_all_that_can_be_counted_is_refused(tmp_path: Path, address: str) -> None:
    """Calamine would count on from nought, ask for all memory that there is, and end the process."""
    cells = f'<row r="1"><c r="A1"><v>1</v></c><c r="{address}"><v>1</v></c></row>'
    data = with_member(workbook(a=[[1]]), "xl/worksheets/sheet1.xml", f"{HEAD}{cells}</sheetData></worksheet>".encode())
    assert "reaches to row" in refusal(write(tmp_path, data))


def test_one_long_text_in_very_many_cells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "fits", lambda size: size < 100 << 20)
    cells = "".join(f'<row r="{k}"><c r="A{k}" t="s"><v>0</v></c></row>' for k in range(1, 9000))
    data = with_member(GOOD, "xl/worksheets/sheet1.xml", f"{HEAD}{cells}</sheetData></worksheet>".encode())
    texts = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
    data = with_member(data, "xl/sharedStrings.xml", f"{texts}{'x' * 32_000}</t></si></sst>".encode())
    assert "does not fit" in refusal(write(tmp_path, data))


def is_table(records: list[list[object]]) -> bool:
    return records[0][0] == "date"


def test_of_several_sheets_the_one_with_a_known_head_is_read(tmp_path: Path) -> None:
    book = open_workbook(write(tmp_path, workbook(notes=[["by hand"]], prices=[["date"], [1]], empty=[])))
    sheet, notes = choose_sheet(book, None, is_table, "prices")
    assert (sheet.name, notes) == ("prices", ("sheet 'prices' of 3",))
    assert choose_sheet(book, "notes", is_table, "prices")[0].name == "notes"


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        ({"a": [["date"]], "b": [["date"]], "c": [["x"]]}, "several ('a', 'b'); its sheets are 'a', 'b', 'c'"),
        ({"a": [["x"]], "b": [["y"]]}, "got none; its sheets are 'a', 'b': say which with `sheet: ...`"),
        ({"a": [], "b": []}, "no cells; its sheets are 'a', 'b'"),
    ],
)
def test_which_sheet_is_asked_for(tmp_path: Path, sheets: dict[str, list[list[object]]], message: str) -> None:
    with pytest.raises(DataError) as caught:
        choose_sheet(open_workbook(write(tmp_path, workbook(**sheets))), None, is_table, "prices")
    assert message in str(caught.value)


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no sheet 'price'; there are 'prices'; did you mean 'prices'"):
        choose_sheet(open_workbook(write(tmp_path, GOOD)), "price", is_table, "prices")
