"""A row without a price beside another of its ticker and time says nothing, wherever it stands and comes from."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from newsbt.domain.price_table import PriceTable
from newsbt.errors import DataError
from newsbt.prices.combine import combine
from newsbt.prices.price_readers import CsvPrices, FramePrices, ParquetPrices

HEADER = "ticker,date,open,high,low,close,volume,dividend,split,adj_factor"
BEFORE = "A,2025-03-03,10,10,10,10,100,,,"
REAL = "A,2025-03-04,11,12,10,11,200,,,"
EMPTY = "A,2025-03-04,,,,,,,,"


def read(kind: str, rows: Sequence[str], folder: Path, on_bad_row: str = "error") -> PriceTable:
    text = "\n".join((HEADER, *rows)) + "\n"
    frame = pd.read_csv(io.StringIO(text))
    if kind == "frame":
        return FramePrices(frame=frame, on_bad_row=on_bad_row).read()
    path = folder / f"prices.{kind}"
    if kind == "csv":
        path.write_text(text, encoding="utf-8")
        return CsvPrices(path=path, on_bad_row=on_bad_row).read()
    frame.to_parquet(path)
    return ParquetPrices(path=path, on_bad_row=on_bad_row).read()


def row_of(table: PriceTable, day: str = "2025-03-04") -> dict[str, float]:
    (row,) = np.flatnonzero(table.when == np.datetime64(day))
    return {name: float(column[row]) for name, column in table.values.items() if np.isfinite(column[row])}


@pytest.mark.parametrize("kind", ["csv", "parquet", "frame"])
@pytest.mark.parametrize("order", list(itertools.permutations([BEFORE, EMPTY, REAL])))
def test_an_empty_row_says_nothing_in_any_order(kind: str, order: Sequence[str], tmp_path: Path) -> None:
    table = read(kind, order, tmp_path)
    assert row_of(table) == {"open": 11, "high": 12, "low": 10, "close": 11, "volume": 200}
    assert (len(table), table.rows_read, dict(table.bad_rows)) == (2, 3, {"empty_row": 1})


@pytest.mark.parametrize("empty", [EMPTY, "A,2025-03-04,,,,,0,0,1,1", "A,2025-03-04,,,,,200,,,"])
@pytest.mark.parametrize("first", [True, False])
def test_zeros_and_what_the_real_row_says_too_are_nothing(empty: str, first: bool, tmp_path: Path) -> None:
    table = read("csv", [empty, REAL] if first else [REAL, empty], tmp_path)
    assert row_of(table)["close"] == 11 and row_of(table)["volume"] == 200 and len(table) == 1


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("real", [REAL, "A,2025-03-04,11,12,10,11,200,0,1,1"])
def test_a_dividend_or_split_on_the_empty_row_is_not_lost(first: bool, real: str, tmp_path: Path) -> None:
    empty = "A,2025-03-04,,,,,,0.5,2,0.9"
    table = read("csv", [empty, real] if first else [real, empty], tmp_path)
    assert {name: row_of(table)[name] for name in ("close", "dividend", "split", "adj_factor")} == {
        "close": 11, "dividend": 0.5, "split": 2, "adj_factor": 0.9,
    }  # fmt: skip


def test_an_empty_row_that_contradicts_the_real_one_is_a_duplicate(tmp_path: Path) -> None:
    rows = ["A,2025-03-04,,,,,,0.5,,", "A,2025-03-04,11,12,10,11,200,0.4,,"]
    with pytest.raises(DataError, match=r"csv:3: A on 2025-03-04: the row stands already at .*csv:2"):
        read("csv", rows, tmp_path)


def test_two_real_rows_are_a_duplicate_with_an_empty_one_between(tmp_path: Path) -> None:
    other = "A,2025-03-04,11,12,10,11.5,200,,,"
    with pytest.raises(DataError, match=r"csv:4: A on 2025-03-04: the row stands already at .*csv:2"):
        read("csv", [REAL, EMPTY, other], tmp_path)
    table = read("csv", [EMPTY, REAL, other], tmp_path, on_bad_row="skip")
    assert row_of(table)["close"] == 11 and dict(table.bad_rows) == {"duplicate": 1, "empty_row": 1}


def test_of_two_empty_rows_one_stays(tmp_path: Path) -> None:
    table = read("csv", [BEFORE, EMPTY, "A,2025-03-04,,,,,,0.5,,"], tmp_path)
    assert row_of(table) == {"dividend": 0.5} and dict(table.bad_rows) == {"empty_row": 1}


def test_an_empty_bar_beside_the_real_one() -> None:
    times = pd.to_datetime(["2025-03-04T01:30Z", "2025-03-04T01:35Z", "2025-03-04T01:35Z", "2025-03-04T01:40Z"])
    prices = np.array([10, np.nan, 11, 12.0])
    frame = pd.DataFrame({"ticker": "A", "bar_start": times, **dict.fromkeys(("open", "high", "low", "close"), prices)})
    table = FramePrices(frame=frame.assign(volume=[1, 0, 1, 1])).read()
    assert table.values["close"].tolist() == [10, 11, 12] and table.interval_ns == 300 * 10**9


@pytest.mark.parametrize("first", [True, False])
def test_an_empty_row_of_another_reader(first: bool, tmp_path: Path) -> None:
    one = read("csv", [EMPTY if first else REAL], tmp_path)
    other = read("frame", [REAL if first else EMPTY], tmp_path)
    table = combine([one, other])
    assert (len(table), row_of(table)["close"], dict(table.bad_rows)) == (1, 11, {"empty_row": 1})
