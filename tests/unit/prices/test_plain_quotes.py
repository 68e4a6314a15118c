"""Quotes that a file can do without are taken away, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbt.errors import DataError
from newsbt.prices import plain_quotes
from newsbt.prices.plain_quotes import without_plain_quotes
from newsbt.prices.price_readers import CsvPrices

HEAD = '"date","open","high","low","close","volume"'


@pytest.mark.parametrize("at_once", [3, 1 << 24])
@pytest.mark.parametrize("text", [b'"a","b"\n"1",2\n', b'"a"\r\n"1"\r\n', b'a,"",b\n', b'"a"', b'1,"b"'])
def test_quotes_around_whole_fields_go(monkeypatch: pytest.MonkeyPatch, text: bytes, at_once: int) -> None:
    monkeypatch.setattr(plain_quotes, "AT_ONCE", at_once)
    assert without_plain_quotes(text) == text.replace(b'"', b"")


@pytest.mark.parametrize(
    "text",
    [
        b'"a,b",c\n',
        b'"a\nb",c\n',
        b'"a""b",c\n',
        b'a"b",c\n',
        b'"a"b,c\n',
        b'"a,b\n',
        b'a;"b"\n',
        b'"a" ,b\n',
        b'""",c\n',
    ],
)
def test_quotes_that_say_something_stay(text: bytes) -> None:
    assert without_plain_quotes(text) == text


def test_a_quoted_file_is_read_as_an_unquoted_one_and_bad_cells_keep_their_lines(tmp_path: Path) -> None:
    row = '"2024-01-0{0}","1","2","0.5","{1}","100"'
    path = tmp_path / "AAPL.csv"
    path.write_text("\n".join([HEAD, row.format(2, 1), "", row.format(3, 1.5)]))
    table = CsvPrices(path=path).read()
    assert table.values["close"].tolist() == [1.0, 1.5]
    path.write_text("\n".join([HEAD, row.format(2, 1), "", row.format(3, "x")]))
    with pytest.raises(DataError) as caught:
        CsvPrices(path=path).read()
    assert [one.line for one in caught.value.problems] == [4]
