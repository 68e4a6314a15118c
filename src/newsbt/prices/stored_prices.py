"""Prices and exchange rates out of a price store, as of an instant; nothing is asked of anybody."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newsbt._plain import JsonValue
from newsbt._typing import Ints
from newsbt.domain import cells
from newsbt.domain.bad_rows import check_policy
from newsbt.domain.fx_table import FxTable
from newsbt.domain.market_panel import frozen_array
from newsbt.domain.price_table import VALUES, PriceTable, RowSource
from newsbt.domain.ticker_forms import meant_by
from newsbt.errors import ConfigError, DataError
from newsbt.ports.pulled_reader import ANY_CONFIG, STORE_FOLDER, not_pulled, pull_command
from newsbt.price_store import PriceStore, StoredRows
from newsbt.price_store.asked import asked_days, currencies_given
from newsbt.price_store.traded_prices import TradedPrices, newest_traded
from newsbt.prices.raw_prices import RawPrices
from newsbt.prices.row_checks import ReadOptions, checked
from newsbt.prices.splits import STORED

__all__ = ["StoredFx", "StoredPrices", "of_known"]

_COLUMNS = {**{name: name for name in VALUES}, "dividend": "dividend", "split": "split", "prev_close": "previous_close"}
_OPTIONS = ReadOptions(volume_unit=1.0, ends=False, adjusted=False, splits="", timezone=None, on_bad_row="error")
_MOST_NAMES = 6


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """What is read out of a store, as of an instant.

    Attributes
    ----------
    path : str or Path, optional
        The store's folder; without it ``data/store`` of the config's project.
    as_of : str or datetime, optional
        An instant with an offset, such as ``2025-03-06T08:45:00Z``: what was pulled later counts for nothing. Without
        it that is the instant at which the reader was made.
    on_bad_row : {'error', 'skip'}
        Whether a bad row, or a damaged file, stops the run or is left out and counted.
    config : str
        The config that the command which pulls is to be given, in messages; a config's own reader has its path.
    """

    project_folder: ClassVar[str] = STORE_FOLDER
    kind: ClassVar[str]

    path: str | Path | None = None
    as_of: str | datetime | None = None
    on_bad_row: str = "error"
    config: str = ANY_CONFIG

    def __post_init__(self) -> None:
        check_policy(self.on_bad_row)
        if self.path is None:
            raise ConfigError("path: name the folder of the store", code="missing_key")
        _ = self.instant  # from now on

    @cached_property
    def instant(self) -> datetime:
        """Until when what was pulled counts."""
        try:
            written = cells.instant(self.as_of)
        except ValueError as error:
            raise ConfigError(f"as_of: {error}", code="bad_time") from None
        if written is None:
            return datetime.now(UTC)
        if written.utcoffset() is None:
            raise ConfigError(
                f"as_of: {self.as_of} has no offset; write one, such as 2025-03-06T08:45:00Z", code="naive_time"
            )
        return written.astimezone(UTC)

    @property
    def store(self) -> PriceStore:
        assert self.path is not None
        return PriceStore(Path(self.path))

    @cached_property
    def _records(self) -> pa.Table:
        """Those of all pulls until then, which are the same whenever they are read."""
        return self.store.records(self.instant)

    def asked(self) -> Mapping[str, tuple[tuple[date, date], ...]]:
        """The days that were asked for until then, as first and last of each stretch, by ticker or pair."""
        return asked_days(self._records, self.kind)

    def rows(self) -> StoredRows:
        """All rows of all pulls until then, as they were given."""
        return self.store.read(self.kind, self.instant, skip_damaged=self.on_bad_row == "skip")

    def _nothing(self, what: str, records: pa.Table) -> DataError:
        """The error where the store holds nothing of what is asked for."""
        first = "" if records.num_rows else self._before_the_first()
        problem = not_pulled(f"the store {self.path} holds no {what}{first}", self.config)
        return DataError(str(problem), [problem])

    def _before_the_first(self) -> str:
        pulls = self.store.pulls(datetime.max.replace(tzinfo=UTC))
        if not pulls:
            return ""
        return f" as of {self.instant.isoformat()}: its first pull is of {pulls[0].pulled_at.isoformat()}"


@dataclass(frozen=True, kw_only=True)
class StoredPrices(_Stored):
    """Daily prices as traded, out of a price store: of each ticker and day the newest that was pulled."""

    kind = "prices"

    def files(self) -> tuple[Path, ...]:
        """The files of prices and of the records of pulls that hold something of then, sorted."""
        return self.store.files("prices", self.instant)

    def currencies(self) -> tuple[tuple[str, str, str], ...]:
        """Ticker, provider and currency, where a provider said it."""
        return currencies_given(self._records)

    def identity(self) -> Mapping[str, JsonValue] | None:
        """Its class and options; the files are told apart by their bytes. None of a class that derives from it."""
        if type(self).__module__ != __name__:
            return None
        # What was compacted while a clock was ahead may hold pulls that are to come: they are left out until then.
        if self.as_of is None and self.store.reaches_beyond(self.instant):
            return None
        instant = None if self.as_of is None else self.instant.isoformat()
        return {"reader": type(self).__qualname__, "as_of": instant, "on_bad_row": self.on_bad_row}

    def read(self, known_tickers: Container[str] | None = None) -> PriceTable:
        """The newest row of each ticker and day, as traded, and checked.

        Parameters
        ----------
        known_tickers
            The universe's tickers; rows of others are counted and not looked at any further. None keeps all rows.

        Raises
        ------
        DataError
            The store holds nothing of these tickers, which names the command that pulls; a file is damaged, a row is
            bad and `on_bad_row` is ``error``, or prices are adjusted for dividends.
        """
        stored = self.rows()
        table, ignored = of_known(stored.table, known_tickers)
        traded = newest_traded(table)
        if not len(traded.ticker):
            what = "prices" if known_tickers is None else "prices of the config's instruments"
            raise self._nothing(what, stored.records)
        options = replace(_OPTIONS, on_bad_row=self.on_bad_row)
        found = checked(_raw_prices(stored, table, traded), options, known_tickers)
        return replace(
            found,
            files=stored.read,
            splits=(STORED,) * len(found.sources),
            rows_read=stored.table.num_rows,
            ignored_tickers=MappingProxyType(ignored),
            readings=((str(self.path), _reading(stored)),),
            warnings=(
                *stored.warnings,
                *_gaps(stored.records, "prices", _priced(traded), known_tickers),
                *found.warnings,
            ),
        )


@dataclass(frozen=True, kw_only=True)
class StoredFx(_Stored):
    """Exchange rates out of a price store: of each pair and day the newest that was pulled."""

    kind = "rates"

    def read(self) -> FxTable:
        """The rates by pair.

        Raises
        ------
        DataError
            The store holds no rates, which names the command that pulls; or a file is damaged.
        """
        stored = self.rows()
        table = stored.table
        if not table.num_rows:
            raise self._nothing("exchange rates", stored.records)
        pairs = table.column("pair").combine_chunks().dictionary_encode()
        code, day = pairs.indices.to_numpy(), table.column("date").to_numpy().astype("datetime64[D]")
        newest = np.flatnonzero(np.concatenate(((code[1:] != code[:-1]) | (day[1:] != day[:-1]), [True])))
        rate = table.column("rate").to_numpy()
        rates = {}
        for k, pair in enumerate(pairs.dictionary.to_pylist()):
            rows = newest[code[newest] == k]
            rates[pair] = (frozen_array(day[rows], "datetime64[D]"), frozen_array(rate[rows], np.float64))
        return FxTable(
            rates=MappingProxyType(rates),
            rows_read=table.num_rows,
            files=stored.read,
            remedy="; ".join(
                [f"get the pair with `{pull_command(self.config)}`", *_gaps(stored.records, "rates", set(rates))]
            ),
        )


def of_known(table: pa.Table, known: Container[str] | None) -> tuple[pa.Table, dict[str, int]]:
    """The rows of known tickers, and how many there are of each other one."""
    if known is None or not table.num_rows:
        return table, {}
    counts = {one["values"]: one["counts"] for one in pc.value_counts(table.column("ticker")).to_pylist()}
    strange = {ticker: count for ticker, count in counts.items() if not (meant_by(ticker, known) or ticker in known)}
    if not strange:
        return table, {}
    kept = pa.array([ticker for ticker in counts if ticker not in strange], pa.string())
    return table.filter(pc.is_in(table.column("ticker"), kept)), strange


def _raw_prices(stored: StoredRows, table: pa.Table, traded: TradedPrices) -> list[RawPrices]:
    """Rows by the file that each stands in, so that messages can name it and the row."""
    file = table.column("file").to_numpy()[traded.row]
    number = table.column("row").to_numpy()[traded.row]
    tickers = pa.array(traded.tickers, pa.string())
    raws = []
    for k in np.unique(file).tolist():
        rows = np.flatnonzero(file == k)
        codes = pa.DictionaryArray.from_arrays(pa.array(traded.ticker[rows].astype(np.int32)), tickers)
        columns = {
            "ticker": pa.chunked_array([codes]),
            "date": pa.chunked_array([pa.array(traded.day[rows])]),
            **{name: pa.chunked_array([pa.array(traded.values[own][rows])]) for name, own in _COLUMNS.items()},
        }
        source = RowSource(str(stored.files[k]), _Lines(number[rows]))
        raws.append(RawPrices(source, len(rows), columns, {}, stored.files[k]))
    return raws


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    numbers: Ints

    def __call__(self) -> Sequence[int]:
        return [int(number) for number in self.numbers.tolist()]


def _reading(stored: StoredRows) -> tuple[str, ...]:
    """Who gave the prices, and how the same ones are read again."""
    gave = pc.and_(pc.equal(stored.records.column("kind"), "prices"), pc.greater(stored.records.column("rows"), 0))
    records = stored.records.filter(gave)
    versions = records.group_by(["provider", "provider_version"], use_threads=False).aggregate([]).to_pylist()
    named = sorted(f"{one['provider']} {one['provider_version']}" for one in versions)
    newest = pc.max(stored.records.column("pulled_at")).as_py()
    stamp = f"{newest.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
    how = "traded prices by each provider's own splits"
    return (f"pulled from {', '.join(named)}", how, f"`as_of: {stamp}` repeats it")


def _priced(traded: TradedPrices) -> set[str]:
    return {traded.tickers[code] for code in np.unique(traded.ticker).tolist()}


def _gaps(records: pa.Table, kind: str, there: Container[str], known: Container[str] | None = None) -> list[str]:
    """Known tickers, or pairs, that were asked for, and of which nobody gave anything, in a sentence."""
    asked = records.filter(pc.equal(records.column("kind"), kind))
    columns = (asked.column(name).to_pylist() for name in ("ticker", "provider", "gap"))
    found: dict[str, dict[str, str]] = {}
    for ticker, provider, gap in zip(*columns, strict=True):
        if ticker not in there and (known is None or ticker in known):
            found.setdefault(ticker, {})[provider] = gap or "no rows"
    if not found:
        return []
    named = [
        f"{ticker} (" + "; ".join(f"{provider}: {gap}" for provider, gap in by.items()) + ")"
        for ticker, by in sorted(found.items())
    ]
    more = f" and {len(named) - _MOST_NAMES} more" if len(named) > _MOST_NAMES else ""
    return [f"nobody who was asked gave {kind} of {', '.join(named[:_MOST_NAMES])}{more}"]
