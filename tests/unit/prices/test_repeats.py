"""Two sources of one ticker and time: what they say otherwise, and files that cannot be used beside others."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from newsbt.domain.ticker_forms import KnownTickers
from newsbt.errors import DataError
from newsbt.prices.combine import combine
from newsbt.prices.price_readers import CsvPrices, ParquetPrices

pytestmark = pytest.mark.rule("T8")

KNOWN = KnownTickers({"0700.HK": "XHKG", "9988.HK": "XHKG"})
HEAD = "ticker,date,open,high,low,close,volume\n"
DAYS = ("2025-03-03", "2025-03-04", "2025-03-05")


def rows(ticker: str, close: float = 10.0, days: tuple[str, ...] = DAYS) -> str:
    return HEAD + "".join(f"{ticker},{day},10,12,9,{close},1000\n" for day in days)


def two(folder: Path, close: float) -> Path:
    (folder / "a.csv").write_text(rows("0700.HK"))
    (folder / "b.csv").write_text(rows("700", close, DAYS[1:]))
    return folder


def test_two_files_that_disagree_are_named_with_what_they_say(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"b\.csv:2: 0700\.HK on .*stands already at .*a\.csv:3, with close 11\.0 in place of"
    ):
        CsvPrices(path=two(tmp_path, 11.0)).read(KNOWN)
    table = CsvPrices(path=tmp_path, on_bad_row="skip").read(KNOWN)
    (warning,) = table.warnings
    assert "a.csv and" in warning
    assert (
        "b.csv disagree in 2 of 2 rows that both have, first on 2025-03-04, with close 11.0 in place of 10.0" in warning
    )
    assert dict(table.bad_rows) == {"duplicate": 2}
    assert table.values["close"].tolist() == [10.0, 10.0, 10.0]


@pytest.mark.parametrize(("close", "count"), [(10.0, 0), (10.0009, 0), (10.002, 1)])
def test_what_vendors_round_differently_is_no_disagreement(tmp_path: Path, close: float, count: int) -> None:
    assert len(CsvPrices(path=two(tmp_path, close), on_bad_row="skip").read(KNOWN).warnings) == count


def test_two_readers_that_disagree_are_named(tmp_path: Path) -> None:
    two(tmp_path, 11.0)
    tables = [CsvPrices(path=tmp_path / name, on_bad_row="skip").read(KNOWN) for name in ("a.csv", "b.csv")]
    (warning,) = combine(tables).warnings
    assert "disagree in 2 of 2 rows" in warning
    strict = CsvPrices(path=tmp_path / "b.csv").read(KNOWN)
    with pytest.raises(DataError, match=r"a\.csv:3, with close 11\.0 in place of 10\.0; leave the ticker out of one"):
        combine([tables[0], strict])


def test_rows_that_one_file_repeats_are_no_disagreement_of_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(rows("0700.HK") + f"0700.HK,{DAYS[0]},10,12,9,11,1000\n")
    assert CsvPrices(path=tmp_path, on_bad_row="skip").read(KNOWN).warnings == ()


SWAPPED = "date,open,high,low,close,volume,amount\n" + "".join(
    f"2025-03-{day:02},10,9,12,10,1000,1\n" for day in range(3, 29)
)
BROKEN = {
    "a page": b"<!DOCTYPE html><html><body>429</body></html>",
    "half an archive": gzip.compress(rows("9988.HK").encode() * 50)[:60],
    "no bytes": b"",
    "another table": b"a,b\n1,2\n",
    "a head that lies": SWAPPED.encode(),
    "an open quote": HEAD.encode() + b'9988.HK,2025-03-03,"10,12,9,10,1000\n',
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_used_stops_or_is_left_out_and_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "0700.HK.csv").write_text(rows("0700.HK"))
    name = "9988.HK.csv.gz" if content[:2] == b"\x1f\x8b" else "9988.HK.csv"
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=name):
        CsvPrices(path=tmp_path).read(KNOWN)
    table = CsvPrices(path=tmp_path, on_bad_row="skip").read(KNOWN)
    (warning,) = table.warnings
    assert name in warning and warning.endswith("the file is left out (`on_bad_row: skip`)")
    assert (table.tickers, len(table)) == (("0700.HK",), 3)
    with pytest.raises(DataError, match=name):  # nothing is left without it
        CsvPrices(path=tmp_path / name, on_bad_row="skip").read(KNOWN)


def test_a_question_about_one_file_stops_whatever_becomes_of_bad_rows(tmp_path: Path) -> None:
    (tmp_path / "0700.HK.csv").write_text(rows("0700.HK"))
    asked = "Date,Open,High,Low,Close,Adj Close,Volume\n2025-03-03,10,12,9,10,9,1000\n2025-03-04,10,12,9,10,9,1000\n"
    (tmp_path / "9988.HK.csv").write_text(asked)
    with pytest.raises(DataError, match="adjusted"):
        CsvPrices(path=tmp_path, on_bad_row="skip").read(KNOWN)


def test_half_a_parquet_file_beside_a_whole_one(tmp_path: Path) -> None:
    import io

    import pandas as pd

    frame = pd.read_csv(io.StringIO(rows("0700.HK")))
    frame.to_parquet(tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:500])
    table = ParquetPrices(path=tmp_path, on_bad_row="skip").read(KNOWN)
    assert len(table) == 3 and "b.parquet" in table.warnings[0]
