"""Panels kept from one run to the next: the same to the last bit, and never one of other inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Container
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.price_table import PriceTable
from newsbt.errors import DataError
from newsbt.markets.rulebook import load_rulebook
from newsbt.prices.aligned_prices import AlignedPrices
from newsbt.prices.price_readers import CsvPrices, FramePrices
from newsbt.prices.source import PriceSource

RULEBOOK = load_rulebook()
HEAD = "ticker,date,open,high,low,close,volume,dividend\n"
ROWS = (
    "A,2025-03-03,10,11,9,10,100,\n"
    "A,2025-03-04,10,11,9,10.5,100,0.5\n"
    "B,2025-03-04,20,21,19,20,0,\n"
    "B,2025-03-05,200,201,199,200,50,\n"  # ten times the day before: a doubt
    "STRANGER,2025-03-05,1,1,1,1,1,\n"
)


def instrument(ticker: str, **changes: str) -> Instrument:
    given = {"name": ticker, "exchange": "XHKG", "board": "main", "currency": "HKD"}
    return Instrument(ticker=ticker, **{**given, **changes})


UNIVERSE = Universe(instruments=(instrument("A"), instrument("B"), instrument("C", exchange="XNYS")))


@pytest.fixture(autouse=True)
def prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWSBT_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "prices.csv"
    path.write_text(HEAD + ROWS)
    return path


def kept(prices: Path) -> int:
    """How many panels there are."""
    folder = prices.parent / "cache" / "panels"
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def panel_of(
    path: Path, universe: Universe = UNIVERSE, start: date | None = None, policy: str | None = None, **options: object
) -> AlignedPrices:
    source = PriceSource.of_readers([CsvPrices(path=path, **options)], universe.known_tickers)
    return source.aligned(universe, RULEBOOK, start, None, policy)


def assert_same(one: AlignedPrices, other: AlignedPrices) -> None:
    for item in dataclasses.fields(AlignedPrices):
        looked_for = None not in (one.off_ticks, other.off_ticks)
        if item.name != "panel" and (item.name != "off_ticks" or looked_for):
            assert getattr(one, item.name) == getattr(other, item.name), item.name
    for item in dataclasses.fields(MarketPanel):
        first, second = getattr(one.panel, item.name), getattr(other.panel, item.name)
        if isinstance(first, np.ndarray):
            assert (first.dtype, first.shape, first.tobytes()) == (second.dtype, second.shape, second.tobytes())
            of_one_value = 0 in second.strides and len(np.unique(second)) == 1
            assert (second.flags.c_contiguous or of_one_value) and not second.flags.writeable, item.name
    for item in dataclasses.fields(one.panel.clock):
        first, second = getattr(one.panel.clock, item.name), getattr(other.panel.clock, item.name)
        assert np.array_equal(first, second, equal_nan=False) or first.tobytes() == second.tobytes(), item.name


def test_a_kept_panel_is_the_one_that_was_made_and_no_row_is_read(
    prices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = panel_of(prices)
    assert kept(prices) == 1
    monkeypatch.setattr(CsvPrices, "read", lambda *_: pytest.fail("the rows were read again"))
    again = panel_of(prices)
    assert_same(made, again)
    assert again.doubts and again.ignored_tickers == {"STRANGER": 1} and again.rows_read == 5
    assert again.panel.dividend[1, 0] == 0.5 and (again.panel.split == 1.0).all()


def test_a_large_panel_is_the_same_out_of_its_files_and_its_rows_are_read_anew(
    prices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_memory = panel_of(prices, on_bad_row="skip")
    monkeypatch.setattr("newsbt.prices.source.MAPPED_BYTES", 0)
    monkeypatch.setattr("newsbt.prices.source.FEW_ROWS", 0)
    monkeypatch.setenv("NEWSBT_CACHE", str(prices.parent / "another"))
    source = PriceSource.of_readers([CsvPrices(path=prices, on_bad_row="skip")], UNIVERSE.known_tickers)
    mapped = source.aligned(UNIVERSE, RULEBOOK, None, None)
    assert_same(in_memory, mapped)
    assert isinstance(mapped.panel.close.base, np.memmap) and not isinstance(in_memory.panel.close.base, np.memmap)
    assert source.table.values["close"].tolist() == [10.0, 10.5, 20.0, 200.0]
    assert source.table is source.table


@pytest.mark.parametrize(
    "change",
    [
        {"start": date(2025, 3, 4)},
        {"policy": "skip"},
        {"volume_unit": 100},
        {"adjusted": True},
        {"on_bad_row": "skip"},
        {"columns": {"volume": "dividend"}},
        {"universe": Universe(instruments=UNIVERSE.instruments[:2])},
        {"universe": Universe(instruments=UNIVERSE.instruments[::-1])},
        {"universe": Universe(instruments=(instrument("A"), instrument("B", exchange="XSHG")))},
        {"universe": Universe(instruments=(instrument("A"), instrument("B", board="index")))},
    ],
)
def test_other_inputs_have_another_panel(prices: Path, change: dict[str, object]) -> None:
    panel_of(prices)
    panel_of(prices, **change)
    assert kept(prices) == 2


def test_a_changed_file_has_another_panel(prices: Path) -> None:
    panel_of(prices)
    prices.write_text(HEAD + ROWS.replace("10.5", "10.6"))
    assert panel_of(prices).panel.close[1, 0] == 10.6
    prices.write_text(HEAD + ROWS)
    assert panel_of(prices).panel.close[1, 0] == 10.5


def test_a_file_that_changed_before_it_was_read_is_refused_and_nothing_kept(prices: Path) -> None:
    source = PriceSource.of_readers([CsvPrices(path=prices)], UNIVERSE.known_tickers)
    prices.write_text(HEAD + ROWS.replace("10.5", "10.6"))
    with pytest.raises(DataError, match=r"prices\.csv: the file changed while it was used"):
        source.aligned(UNIVERSE, RULEBOOK, None, None)
    assert kept(prices) == 0


def test_a_file_that_came_to_the_folder_before_it_was_read_is_refused(prices: Path) -> None:
    folder = prices.parent / "many"
    folder.mkdir()
    (folder / "one.csv").write_text(HEAD + ROWS)
    source = PriceSource.of_readers([CsvPrices(path=folder)], UNIVERSE.known_tickers)
    (folder / "two.csv").write_text(HEAD + "C,2025-03-05,1,1,1,1,1,\n")
    with pytest.raises(DataError, match=r"two\.csv: the file changed while it was used"):
        source.aligned(UNIVERSE, RULEBOOK, None, None)


def test_other_code_makes_its_own_panel(prices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel_of(prices)
    monkeypatch.setattr("newsbt.prices.source._CODE", ["another version"])
    monkeypatch.setattr("newsbt.prices.source._code", lambda: ["another version"])
    panel_of(prices)
    assert kept(prices) == 2


def test_other_rules_make_their_own_panel(prices: Path, tmp_path: Path) -> None:
    panel_of(prices, on_bad_row="skip")
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "exchanges:\n  XHKG:\n    corrections:\n      - {date: 2025-03-04, closed: true, source: typhoon, conf: high}\n"
    )
    source = PriceSource.of_readers([CsvPrices(path=prices, on_bad_row="skip")], UNIVERSE.known_tickers)
    found = source.aligned(UNIVERSE, load_rulebook(rules), None, None)
    assert len(found.panel.dates) == 2 and found.bad_rows == {"not_a_session": 2}


def test_a_cut_off_entry_is_made_anew(prices: Path) -> None:
    made = panel_of(prices)
    for file in (prices.parent / "cache" / "panels").rglob("close.npy"):
        file.write_bytes(file.read_bytes()[:-8])
    assert_same(made, panel_of(prices))
    assert_same(made, panel_of(prices))


class OwnReader(CsvPrices):
    """A user's, which may read whatever it likes."""


def test_what_a_users_reader_or_a_frame_gives_is_not_kept(prices: Path) -> None:
    frame = pd.read_csv(prices)
    for reader in (OwnReader(path=prices), FramePrices(frame=frame)):
        found = PriceSource.of_readers([reader], UNIVERSE.known_tickers).aligned(UNIVERSE, RULEBOOK, None, None)
        assert_same(panel_of(prices), found)
    assert kept(prices) == 1


@dataclasses.dataclass(frozen=True, kw_only=True)
class Own:
    """A reader of the user's own that says what decides its rows."""

    path: Path
    version: int | None = 1

    def files(self) -> tuple[Path, ...]:
        return (self.path,)

    def identity(self) -> dict[str, object] | None:
        return None if self.version is None else {"reader": "own", "version": self.version}

    def read(self, known_tickers: Container[str] | None = None) -> PriceTable:
        return CsvPrices(path=self.path).read(known_tickers)


def test_what_a_users_reader_gives_is_kept_where_it_says_what_decides_it(prices: Path) -> None:
    found = []
    for version in (1, 1, 2, None):
        source = PriceSource.of_readers([Own(path=prices, version=version)], UNIVERSE.known_tickers)
        source.aligned(UNIVERSE, RULEBOOK, None, None)
        found.append(kept(prices))
    assert found == [1, 1, 2, 2]


def test_prices_for_one_use_are_not_kept(prices: Path) -> None:
    source = PriceSource.of_readers([CsvPrices(path=prices)], UNIVERSE.known_tickers).not_kept()
    source.aligned(UNIVERSE, RULEBOOK, None, None)
    assert kept(prices) == 0


def test_a_missing_file_is_told_in_the_readers_own_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such file"):
        PriceSource.of_readers([CsvPrices(path=tmp_path / "gone.csv")], UNIVERSE.known_tickers)


def test_rows_that_are_read_after_their_files_changed_are_refused(prices: Path) -> None:
    panel_of(prices)
    source = PriceSource.of_readers([CsvPrices(path=prices)], UNIVERSE.known_tickers)
    source.aligned(UNIVERSE, RULEBOOK, None, None)  # the kept one
    prices.write_text(HEAD + ROWS.replace("10.5", "10.6"))
    with pytest.raises(DataError, match="the file changed while it was used"):
        _ = source.table


def test_code_that_was_replaced_while_a_process_runs_keeps_nothing(
    prices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsbt.prices.source._code", lambda: ["what is installed by now"])
    panel_of(prices)
    assert kept(prices) == 0


def test_another_time_zone_of_the_exchange_is_another_panel(prices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel_of(prices)
    monkeypatch.setattr("newsbt.prices.source.zone_digest", lambda zone: f"corrected {zone}")
    panel_of(prices)
    assert kept(prices) == 2
