"""Whatever the bytes, a reader answers or raises DataError; whatever the dress of a good file, it says the same."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.market_panel import NO_INSTANT, Clock, frozen_array
from newsbt.errors import DataError
from newsbt.events.from_csv import CsvAnnouncements
from newsbt.events.from_jsonl import JsonlAnnouncements
from newsbt.events.from_parquet import ParquetAnnouncements
from newsbt.linking.universe_tables import read_universe
from newsbt.prices.align import align
from newsbt.prices.fx_readers import CsvFx
from newsbt.prices.price_readers import CsvPrices, ParquetPrices

READERS: dict[str, Callable[[Path, str], object]] = {
    "csv announcements": lambda path, policy: CsvAnnouncements(path=path, on_bad_row=policy).read({"A"}),
    "jsonl announcements": lambda path, policy: JsonlAnnouncements(path=path, on_bad_row=policy).read({"A"}),
    "parquet announcements": lambda path, policy: ParquetAnnouncements(path=path, on_bad_row=policy).read({"A"}),
    "csv prices": lambda path, policy: CsvPrices(path=path, on_bad_row=policy).read({"A"}),
    "parquet prices": lambda path, policy: ParquetPrices(path=path, on_bad_row=policy).read({"A"}),
    "fx": lambda path, policy: CsvFx(path=path, on_bad_row=policy).read(),
    "universe": lambda path, policy: read_universe(path, path, path, path, on_bad_row=policy),
    "instruments": lambda path, policy: read_universe(path, on_bad_row=policy),
}
HEADERS = {
    "csv announcements": "event_id,published_at,event_type,issuer,headline,tickers,sentiment,received_at",
    "csv prices": "ticker,date,open,high,low,close,volume,split",
    "fx": "pair,date,rate",
    "instruments": "ticker,name,exchange,board,currency,sector,themes,sector_index,aliases,lot_size,proxy,listed_on",
}
BEGINNINGS = (b"", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1", b"\xef\xbb\xbf", b"\xff\xfe", b'{"event_id": ')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readers")


def answers(name: str, path: Path, policy: str) -> object | None:
    try:
        return READERS[name](path, policy)
    except DataError:
        return None


@pytest.mark.parametrize("name", READERS)
@given(beginning=st.sampled_from(BEGINNINGS), rest=st.binary(max_size=200), policy=st.sampled_from(["error", "skip"]))
def test_arbitrary_bytes_give_a_result_or_a_data_error(
    folder: Path, name: str, beginning: bytes, rest: bytes, policy: str
) -> None:
    path = folder / "any.bin"
    path.write_bytes(beginning + rest)
    answers(name, path, policy)


CELL = st.one_of(
    st.sampled_from(
        ["A", "B", "", " ", "1", "0", "1e400", "nan", "2025-03-06", "2025-03-06T03:00:00+08:00", "0001-01-01",
         "9999-12-31T23:59:59-23:59", "USDHKD", "XHKG", "main", "HKD", "true", "^I", ";", '"', "'",
         "\ud7ff", "-1", "1_0", "٣"]
    ),
    st.text(max_size=6),
)  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
@given(rows=st.lists(st.lists(CELL, max_size=13), min_size=1, max_size=6), policy=st.sampled_from(["error", "skip"]))
@settings(max_examples=150)
def test_arbitrary_cells_give_a_result_or_a_data_error_and_no_row_is_lost(
    folder: Path, name: str, rows: list[list[str]], policy: str
) -> None:
    path = folder / "cells.csv"
    width = HEADERS[name].count(",") + 1
    lines = [",".join((row + [""] * width)[: max(width, len(row))]) for row in rows]
    path.write_bytes("\n".join([HEADERS[name], *lines]).encode())
    found = answers(name, path, policy)
    if found is not None and name == "csv announcements":
        assert found.rows_read == len(found.announcements) + sum(found.bad_rows.values())
    if found is not None and name == "instruments":
        with path.open(encoding="utf-8", newline="") as written:  # quotes may hold several lines together
            records = sum(1 for record in csv.reader(written) if len(record) > 1 or "".join(record).strip())
        assert records - 1 == len(found.instruments) + sum(found.bad_rows.get("instruments", {}).values())
    if found is not None and name == "csv prices":
        assert found.rows_read == len(found) + sum(found.bad_rows.values()) + sum(found.ignored_tickers.values())
        assert all(np.isfinite(array).sum() >= 0 and not np.isinf(array).any() for array in found.values.values())


UNIVERSE = Universe(
    instruments=tuple(
        Instrument(ticker=ticker, name=ticker, exchange="XHKG", board="main", currency="HKD")
        for ticker in ("A", "B", "C")
    )
)


def every_day(start: date, end: date, markets: Sequence[str]) -> Clock:
    dates = np.arange(np.datetime64(start), np.datetime64(end) + np.timedelta64(1, "D"), dtype="datetime64[D]")
    opens = dates.astype("datetime64[ns]")[:, None]
    return Clock(
        markets=tuple(markets),
        dates=frozen_array(dates, "datetime64[D]"),
        open_at=frozen_array(opens, "datetime64[ns]"),
        close_at=frozen_array(opens, "datetime64[ns]"),
        cutoff_at=frozen_array(opens, "datetime64[ns]"),
        session_of=frozen_array(np.arange(len(dates))[:, None], np.int64),
        previous_cutoff_at=frozen_array([NO_INSTANT], "datetime64[ns]"),
    )


PRICE = st.one_of(st.none(), st.floats(0.01, 1e6, allow_nan=False))
BAR = st.tuples(st.sampled_from("ABC"), st.integers(1, 28), PRICE, PRICE, st.one_of(st.none(), st.integers(0, 10**9)))


@given(
    bars=st.lists(BAR, min_size=1, max_size=12, unique_by=lambda bar: bar[:2]),
    shuffle=st.randoms(use_true_random=False),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.booleans(),
    quotes=st.booleans(),
    packed=st.booleans(),
    blank_lines=st.booleans(),
    dates=st.sampled_from(["2025-02-{:02}", "2025/2/{}", "202502{:02}"]),
)
def test_the_dress_of_a_file_changes_no_panel(
    folder: Path, bars, shuffle, ending: str, mark: bool, quotes: bool, packed: bool, blank_lines: bool, dates: str
) -> None:
    names = ["ticker", "date", "open", "high", "low", "close", "volume"]

    def panel(order: list, dressed: bool):
        lines = []
        for ticker, day, opened, close, volume in order:
            known = [price for price in (opened, close) if price is not None] or [1.0]
            written = (dates if dressed else "2025-02-{:02}").format(day)
            cells = [ticker, written, opened, max(known), min(known), close, volume]
            lines.append(["" if cell is None else str(cell) for cell in cells])
        quote = '"{}"' if dressed and quotes else "{}"
        rows = [",".join(quote.format(cell) for cell in line) for line in [names, *lines]]
        if dressed and blank_lines:
            rows = [part for row in rows for part in (row, "")]
        data = (ending if dressed else "\n").join(rows).encode()
        data = b"\xef\xbb\xbf" + data if dressed and mark else data
        path = folder / "prices.csv"
        path.write_bytes(gzip.compress(data) if dressed and packed else data)
        return align(CsvPrices(path=path).read(), UNIVERSE, every_day).panel

    plain = panel(bars, False)
    order = list(bars)
    shuffle.shuffle(order)
    dressed = panel(order, True)
    np.testing.assert_array_equal(plain.dates, dressed.dates)
    for name in ("open", "high", "low", "close", "volume", "tradable", "close_before", "has_prices"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(dressed, name))
