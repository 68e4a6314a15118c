"""What makes a whole file unusable, and which line a record is on."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import zstandard

from newsbt.domain.table_files import choose_columns, read_bytes, read_header, read_table, read_text
from newsbt.errors import DataError


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_lines_count_the_header_quoted_breaks_and_blank_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b'a,b\n1,"x\ny"\n\n2,z\n   \n3,w')
    table = read_table(path)
    assert table.columns == ("a", "b")
    assert table.rows == [["1", "x\ny"], ["2", "z"], ["3", "w"]]
    assert table.lines == [2, 5, 7]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_packing_line_ends_and_byte_order_mark_change_nothing(tmp_path: Path, pack, ending, mark) -> None:
    path = write(tmp_path / "a.csv", pack(mark + ending.join([b"a,b", "阿里,2".encode()])))
    assert read_table(path).rows == [["阿里", "2"]]
    assert read_table(path).columns == ("a", "b")
    assert read_header(path, b'\n"a,\n b",c\n1,2') == ("a,\n b", "c")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \n\n", "the file is empty"),
        (b"a,b\n", "a header and no rows"),
        ("a,b\n1,2".encode("utf-16"), "UTF-16; save it as UTF-8"),
        ("a,b\n1,阿里".encode("gb18030"), r":2: the byte 0x.. is not UTF-8.*GB18030"),
        (b"a,b\n1,\x002\n", ":2: .*NUL bytes"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"PAR1rest", "use: parquet"),
        (gzip.compress(b"a,b\n1,2" * 100, mtime=0)[:20], "damaged"),
        (zstandard.ZstdCompressor().compress(b"a,b\n1,2" * 100)[:12], "ends too early"),
        (b"\x28\xb5\x2f\xfdgarbage", "damaged"),
        (b"a,a\n1,2", "names 'a' twice"),
        (b'a,b\n1,2\n3,"never closed\n4,5\n', ":3: the quotes do not pair up"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path, data: bytes, message: str) -> None:
    path = write(tmp_path / "a.csv", data)
    with pytest.raises(DataError, match=message) as caught:
        read_table(path)
    assert caught.value.problems[0].file == str(path)


def test_a_missing_file_is_named_with_the_nearest_there_is(tmp_path: Path) -> None:
    write(tmp_path / "announcements.csv", b"x")
    with pytest.raises(DataError, match=r"no such file; did you mean 'announcements\.csv'"):
        read_bytes(tmp_path / "anouncements.csv")
    with pytest.raises(DataError, match="no such file"):
        read_text(tmp_path / "nowhere" / "a.csv")
    with pytest.raises(DataError, match="this is a folder"):
        read_text(tmp_path)


def test_missing_columns_are_told_together_with_what_arrived() -> None:
    with pytest.raises(DataError) as caught:
        choose_columns("a.csv", ("Ticker", "day"), {"close": "last"}, ("ticker", "close", "date"), ())
    codes = [(problem.key, problem.code) for problem in caught.value.problems]
    assert codes == [("ticker", "missing_column"), ("close", "missing_column"), ("date", "missing_column")]
    assert "expected a column 'ticker', got 'Ticker', 'day'; did you mean 'Ticker'?" in str(caught.value)


def test_a_file_with_other_separators_is_told_so() -> None:
    with pytest.raises(DataError, match=r"`columns: \{ticker: ...\}`, or separate the fields by commas"):
        choose_columns("a.csv", ("ticker;date",), {}, ("ticker",), ())
