"""What a provider answered, checked and as the store's columns; the numbers stay as the provider gives them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from newsbt._typing import Days, Floats
from newsbt.error_codes import ErrorCode
from newsbt.errors import DataError, Problem, nearest

__all__ = [
    "ADJUSTED", "PRICE_SCHEMA", "PRICE_VALUES", "PULL_SCHEMA", "RATE_SCHEMA", "Adjusted", "Pulled", "PulledPrices",
    "PulledRates",
]  # fmt: skip

Adjusted = Literal["none", "splits", "splits+dividends"]
ADJUSTED: tuple[Adjusted, ...] = ("none", "splits", "splits+dividends")
PRICE_VALUES = ("open", "high", "low", "close", "volume", "previous_close", "dividend", "split")
_NEEDED = PRICE_VALUES[:5]
_TEXTS = ("currency", "provider", "provider_version", "adjusted")
_STAMP = ("pulled_at", pa.timestamp("us", "UTC"))
PRICE_SCHEMA = pa.schema([
    ("ticker", pa.string()), ("date", pa.date32()), *((name, pa.float64()) for name in PRICE_VALUES),
    *((name, pa.string()) for name in _TEXTS), _STAMP,
])  # fmt: skip
RATE_SCHEMA = pa.schema([
    ("pair", pa.string()), ("date", pa.date32()), ("rate", pa.float64()),
    ("provider", pa.string()), ("provider_version", pa.string()), _STAMP,
])  # fmt: skip
PULL_SCHEMA = pa.schema([
    ("kind", pa.string()), ("ticker", pa.string()), ("exchange", pa.string()), ("provider", pa.string()),
    ("provider_version", pa.string()), _STAMP, ("adjusted", pa.string()), ("asked_from", pa.date32()),
    ("asked_through", pa.date32()), ("rows", pa.int64()), ("first", pa.date32()), ("last", pa.date32()),
    ("currency", pa.string()), ("gap", pa.string()),
])  # fmt: skip
_DAY = timedelta(days=1)
_PROVIDER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
_EXCHANGE = re.compile(r"[A-Z0-9]{4}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_PAIR = re.compile(r"([A-Z]{3})(?!\1)[A-Z]{3}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Pulled:
    """What was asked of one provider, and what it answered.

    Attributes
    ----------
    provider, provider_version : str
        A word such as ``yfinance``, and the version of its client library.
    asked : mapping
        Every ticker (or pair) that was asked for, and the first and last day asked, both inclusive; also those of
        which nothing came.
    frame : DataFrame
        The answers; its index counts for nothing.
    gaps : mapping
        Of tickers of which nothing came: why, in a sentence. They are gaps that have a name, and no missing data.
    """

    kind: ClassVar[str]
    key: ClassVar[str]

    provider: str
    provider_version: str
    asked: Mapping[str, tuple[date, date]]
    frame: pd.DataFrame
    gaps: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _PROVIDER.fullmatch(self.provider) or self.provider == "compacted":
            raise ValueError(f"provider: expected a word such as yfinance, got {self.provider!r}")
        if not self.asked:
            raise ValueError("asked: expected at least one ticker, with the days that were asked for")
        for ticker, (first, last) in self.asked.items():
            if not ticker or first > last:
                raise ValueError(
                    f"asked: expected a ticker and its first and last day, got {ticker!r}: {first}, {last}"
                )
        for ticker in self.gaps:
            if ticker not in self.asked:
                raise ValueError(f"gaps: {ticker} was not asked for")

    def _columns(self, needed: Iterable[str], known: Iterable[str]) -> dict[str, pd.Series]:
        """The frame's columns by name; DataError for one that is missing, unknown or there twice."""
        names = [str(name) for name in self.frame.columns]
        known = tuple(known)
        for name in needed:
            if name not in names:
                raise self.error(f"expected a column {name!r}, got {', '.join(names) or 'none'}", code="missing_column")
        for k, name in enumerate(names):
            if name not in known or name in names[:k]:
                what = "twice" if name in known else f"unknown{nearest(name, known)}"
                raise self.error(f"the column {name!r} is {what}; known: {', '.join(known)}", code="structure_changed")
        return {name: self.frame.iloc[:, k] for k, name in enumerate(names)}

    def _keys(self, column: pd.Series) -> list[str]:
        keys = [str(one) for one in column.tolist()]
        for one in dict.fromkeys(keys):
            if one not in self.asked:
                raise self.error(
                    f"it answers {one!r}, which was not asked for{nearest(one, self.asked)}", code="structure_changed"
                )
            if one in self.gaps:
                raise self.error(f"there are rows of {one}, and a gap: {self.gaps[one]}", code="bad_value")
        return keys

    def _days(self, column: pd.Series, latest: date) -> Days:
        try:
            if getattr(column.dtype, "tz", None) is not None:
                raise ValueError("they have a zone; expected the exchange's days")
            values = np.asarray(column.tolist() if column.dtype == np.dtype("O") else column)
            days: Days = values.astype("datetime64[D]") if len(values) else np.empty(0, dtype="datetime64[D]")
        except (ValueError, TypeError) as error:
            raise self.error(f"date: expected days: {error}", code="bad_value") from None
        if np.isnat(days).any():
            raise self.error("date: a row has no day", code="bad_value")
        if len(days) and days.max() > np.datetime64(latest):
            message = (
                f"it gives a row of {days.max()}, later than the pull ({latest - _DAY}): is this machine's clock off?"
            )
            raise self.error(message, code="bad_time")
        return days

    def _numbers(self, name: str, column: pd.Series) -> Floats:
        try:
            numbers = np.asarray(column, dtype=np.float64)
        except (ValueError, TypeError) as error:
            raise self.error(f"{name}: expected numbers: {error}", code="bad_value") from None
        if np.isinf(numbers).any():
            raise self.error(f"{name}: expected finite numbers, got infinity", code="bad_value")
        return numbers

    def _sorted_once(self, table: pa.Table) -> pa.Table:
        """The rows by key and day; DataError where one stands twice."""
        ordered = table.sort_by([(self.key, "ascending"), ("date", "ascending")])
        keys, days = ordered.column(self.key).to_pylist(), ordered.column("date").to_pylist()
        for k in range(1, len(keys)):
            if (keys[k], days[k]) == (keys[k - 1], days[k - 1]):
                raise self.error(f"{keys[k]} on {days[k]} stands twice", code="duplicate")
        return ordered

    def error(self, message: str, *, code: ErrorCode) -> DataError:
        """A DataError about this answer."""
        problem = Problem(code=code, message=f"the answer of {self.provider} cannot be stored: {message}")
        return DataError(str(problem), [problem])

    def _record(
        self, table: pa.Table, stamp: datetime, exchange: str, adjusted: str, value: str, currency: Mapping[str, str]
    ) -> pa.Table:
        """One row a ticker: what was asked, and how much came."""
        spans: dict[str, list[date]] = {}
        rows: dict[str, int] = {}
        columns = (table.column(name).to_pylist() for name in (self.key, "date", value))
        for ticker, day, number in zip(*columns, strict=True):
            rows[ticker] = rows.get(ticker, 0) + 1
            if not math.isnan(number):
                spans.setdefault(ticker, []).append(day)
        listed = [
            {
                "kind": self.kind, "ticker": ticker, "exchange": exchange, "provider": self.provider,
                "provider_version": self.provider_version, "pulled_at": stamp, "adjusted": adjusted,
                "asked_from": first, "asked_through": last, "rows": rows.get(ticker, 0),
                "first": spans[ticker][0] if ticker in spans else None,
                "last": spans[ticker][-1] if ticker in spans else None,
                "currency": currency.get(ticker, ""), "gap": self.gaps.get(ticker, ""),
            }
            for ticker, (first, last) in sorted(self.asked.items())
        ]  # fmt: skip
        return pa.Table.from_pylist(listed, schema=PULL_SCHEMA)


@dataclass(frozen=True, kw_only=True, eq=False)
class PulledPrices(Pulled):
    """Daily prices of one exchange from one provider, all tickers and years of one batch of answers.

    Attributes
    ----------
    exchange : str
        Its MIC, such as XHKG.
    adjusted : {'none', 'splits', 'splits+dividends'}
        What the numbers are adjusted for. With ``splits`` all splits from the first day to the instant of the pull are
        in the frame: each number holds those after its day.
    frame : DataFrame
        ``ticker, date, open, high, low, close, volume`` and ``previous_close, dividend, split, currency`` where the
        provider gives them: prices and dividends in units of the currency, volumes in shares, `split` in new shares for
        one old. NaN is what the provider does not say, a dividend or split of 0 one that there is not. What happened on
        a day without a price is a row without one.
    """

    kind = "prices"
    key = "ticker"

    exchange: str
    adjusted: Adjusted

    def __post_init__(self) -> None:
        super().__post_init__()
        if not _EXCHANGE.fullmatch(self.exchange):
            raise ValueError(f"exchange: expected a MIC such as XHKG, got {self.exchange!r}")
        if self.adjusted not in ADJUSTED:
            raise ValueError(f"adjusted: expected one of {', '.join(ADJUSTED)}, got {self.adjusted!r}")

    def tables(self, stamp: datetime) -> tuple[pa.Table, pa.Table]:
        """The rows, by ticker and day, and the record of the pull, both stamped with its instant.

        Raises
        ------
        DataError
            The frame cannot be stored: other columns, no days or numbers, a row twice, a ticker that nobody asked
            for, two currencies of one ticker, rows of days to come.
        """
        needed = ("ticker", "date", *_NEEDED, *(("split",) if self.adjusted != "none" and len(self.frame) else ()))
        if self.frame.empty:
            table = PRICE_SCHEMA.empty_table()
            return table, self._record(table, stamp, self.exchange, self.adjusted, "close", {})
        columns = self._columns(needed, ("ticker", "date", *PRICE_VALUES, "currency"))
        keys, rows = self._keys(columns["ticker"]), len(self.frame)
        currencies = self._currencies(keys, columns.get("currency"))
        arrays = {
            "ticker": keys,
            "date": self._days(columns["date"], stamp.date() + _DAY),
            **{
                name: self._numbers(name, columns[name]) if name in columns else np.full(rows, np.nan)
                for name in PRICE_VALUES
            },
            "currency": [currencies[key] for key in keys],
            "provider": [self.provider] * rows,
            "provider_version": [self.provider_version] * rows,
            "adjusted": [self.adjusted] * rows,
            "pulled_at": [stamp] * rows,
        }
        table = self._sorted_once(pa.table(arrays, schema=PRICE_SCHEMA))
        return table, self._record(table, stamp, self.exchange, self.adjusted, "close", currencies)

    def _currencies(self, keys: list[str], column: pd.Series | None) -> dict[str, str]:
        """The currency of each ticker with rows, blank where the provider says none."""
        found: dict[str, str] = dict.fromkeys(keys, "")
        if column is None:
            return found
        for ticker, value in zip(keys, column.tolist(), strict=True):
            currency = value if isinstance(value, str) else ""
            if currency and not _CURRENCY.fullmatch(currency):
                raise self.error(f"{ticker}: expected a currency of three capitals, got {currency!r}", code="bad_value")
            if currency and found[ticker] and found[ticker] != currency:
                raise self.error(f"{ticker} is in {found[ticker]} and in {currency}", code="unknown_currency")
            found[ticker] = found[ticker] or currency
        return found


@dataclass(frozen=True, kw_only=True, eq=False)
class PulledRates(Pulled):
    """Exchange rates from one provider: a frame ``pair, date, rate``, ``USDHKD`` being HKD per USD."""

    kind = "rates"
    key = "pair"

    def __post_init__(self) -> None:
        super().__post_init__()
        for pair in self.asked:
            if not _PAIR.fullmatch(pair):
                raise ValueError(f"asked: expected pairs of two currencies such as USDHKD, got {pair!r}")

    def tables(self, stamp: datetime) -> tuple[pa.Table, pa.Table]:
        """As of :meth:`PulledPrices.tables`; a rate that is none above 0 is a DataError."""
        if self.frame.empty:
            table = RATE_SCHEMA.empty_table()
            return table, self._record(table, stamp, "", "none", "rate", {})
        columns = self._columns(("pair", "date", "rate"), ("pair", "date", "rate"))
        keys, rows = self._keys(columns["pair"]), len(self.frame)
        rates = self._numbers("rate", columns["rate"])
        if not (rates > 0).all():
            raise self.error("rate: expected numbers above 0", code="bad_value")
        arrays = {
            "pair": keys,
            "date": self._days(columns["date"], stamp.date() + _DAY),
            "rate": rates,
            "provider": [self.provider] * rows,
            "provider_version": [self.provider_version] * rows,
            "pulled_at": [stamp] * rows,
        }
        table = self._sorted_once(pa.table(arrays, schema=RATE_SCHEMA))
        return table, self._record(table, stamp, "", "none", "rate", {})
