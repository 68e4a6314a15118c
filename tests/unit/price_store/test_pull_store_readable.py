"""The files of a store as others read them: pandas, polars and DuckDB, straight from the folder."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from pulled_answers import prices, rates, store_at

YEARS = ["2024-03-01", "2025-03-04"]
NEWEST = """
    select ticker, date, close, provider, adjusted, pulled_at from read_parquet('{folder}/prices/*.parquet')
    qualify row_number() over (partition by ticker, date order by pulled_at desc) = 1 order by date
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    store_at(tmp_path, 0).add(prices(YEARS, [1.0, 2.0]))
    store_at(tmp_path, 1).add(prices(YEARS[1:], [3.0], provider="akshare", adjusted="none"))
    store_at(tmp_path, 2).add(rates(YEARS, [7.7, 7.8]))
    return tmp_path


def test_pandas_reads_the_folder(store: Path) -> None:
    frame = pd.read_parquet(store / "prices").sort_values(["date", "pulled_at"])
    assert frame["close"].tolist() == [1.0, 2.0, 3.0] and frame["provider"].iloc[-1] == "akshare"
    assert str(frame["pulled_at"].iloc[0]) == "2025-03-06 12:00:00+00:00"
    assert pd.read_parquet(store / "rates")["rate"].tolist() == [7.7, 7.8]
    assert len(pd.read_parquet(store / "pulls")) == 3


def test_polars_reads_the_folder(store: Path) -> None:
    frame = pl.read_parquet(store / "prices" / "*.parquet")
    newest = frame.sort("pulled_at").group_by("ticker", "date").last().sort("date")
    assert newest["close"].to_list() == [1.0, 3.0] and newest["adjusted"].to_list() == ["splits", "none"]
    assert frame.schema["date"] == pl.Date and frame.schema["close"] == pl.Float64
    assert pl.read_parquet(store / "pulls" / "*.parquet").height == 3


def test_duckdb_reads_the_folder(store: Path) -> None:
    found = duckdb.sql(NEWEST.format(folder=store)).fetchall()
    assert [(str(day), close, provider) for _, day, close, provider, *_ in found] == [
        ("2024-03-01", 1.0, "yfinance"), ("2025-03-04", 3.0, "akshare"),
    ]  # fmt: skip
