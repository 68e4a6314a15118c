"""Readers of prices: from columns to a checked table, under rules T4 and T8.

What reads rows is imported where they are read: a run whose panel is kept reads none.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo, available_timezones

import pandas as pd

from newsbt._plain import JsonValue
from newsbt.domain.bad_rows import check_policy
from newsbt.domain.price_table import COLUMNS, PriceTable
from newsbt.domain.read_files import recording
from newsbt.domain.showing import brief
from newsbt.domain.table_files import check_column_names, file_error
from newsbt.domain.text_encoding import check_encoding
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.error_codes import ErrorCode
from newsbt.errors import ConfigError, DataError, nearest
from newsbt.prices.price_files import find_files, stem_of

if TYPE_CHECKING:
    from newsbt.prices.layouts.recognised import StatedOptions
    from newsbt.prices.raw_prices import RawPrices

__all__ = ["CsvPrices", "ExcelPrices", "FramePrices", "ParquetPrices"]

STAMPS = ("start", "end")
SPLITS = ("as_traded", "in_prices")
# Why a file holds no prices, or is broken: no key of the config would answer that.
UNUSABLE: frozenset[ErrorCode] = frozenset({
    "wrong_format", "empty_file", "unreadable_file", "missing_column", "duplicate", "ohlc_order",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Prices:
    """What every price reader can be told.

    Attributes
    ----------
    columns : mapping
        newsbt's column names to the source's, such as ``{volume: vol}``.
    volume_unit : float
        Shares in one unit of the volume column: 100 for files in lots.
    stamp : {'start', 'end'}
        Whether `bar_start` holds the start or the end of its bar; an end is moved back by the usual step between
        two bars. Daily rows have no stamp.
    adjusted : bool
        Whether dividends and splits are already inside the prices; then `dividend` and `split` columns are not
        applied, which would count them twice.
    splits : {'as_traded', 'in_prices'}, optional
        Whether the prices are as traded, so that they fall by a split in its row, or hold their splits already, as
        split-adjusted ones do; then the `split` column is not applied. Without it they are as traded, and a split that
        looks otherwise is a doubt.
    timezone : str, optional
        The IANA zone of `bar_start` times without an offset, such as ``Asia/Shanghai``. Without it they are bad rows.
    on_bad_row : {'error', 'skip'}
        Whether a bad row stops the run or is left out and counted.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    ticker: str | None = None
    volume_unit: float | None = None
    stamp: str | None = None
    adjusted: bool | None = None
    splits: str | None = None
    timezone: str | None = None
    time_format: str | None = None
    on_bad_row: str = "error"

    def __post_init__(self) -> None:
        check_column_names(self.columns, COLUMNS)
        check_policy(self.on_bad_row)
        if self.volume_unit is not None:
            _check_unit(self.volume_unit)
        if self.stamp is not None and self.stamp not in STAMPS:
            raise ConfigError(
                f"stamp is 'start' or 'end', not {self.stamp!r}{nearest(str(self.stamp), STAMPS)}", code="bad_value"
            )
        if self.splits is not None and self.splits not in SPLITS:
            known = "'as_traded' or 'in_prices'"
            raise ConfigError(
                f"splits is {known}, not {self.splits!r}{nearest(str(self.splits), SPLITS)}", code="bad_value"
            )
        self._zone()

    def _zone(self) -> ZoneInfo | None:
        if self.timezone is None:
            return None
        try:
            return ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError, TypeError):
            raise ConfigError(
                f"timezone is an IANA name such as Asia/Shanghai, not {self.timezone!r}"
                f"{nearest(str(self.timezone), sorted(available_timezones()))}",
                code="bad_value",
            ) from None

    def _stated(self) -> StatedOptions:
        from newsbt.prices.layouts.recognised import StatedOptions

        return StatedOptions(
            columns=self.columns, ticker=self.ticker, volume_unit=self.volume_unit, adjusted=self.adjusted,
            splits=self.splits, stamp=self.stamp, zone=self.timezone, time_format=self.time_format,
        )  # fmt: skip

    def _checked(self, raws: Sequence[RawPrices], known_tickers: Container[str] | None) -> PriceTable:
        from newsbt.prices.row_checks import ReadOptions, checked

        terms = ReadOptions(
            volume_unit=1.0 if self.volume_unit is None else float(self.volume_unit),
            ends=self.stamp == "end",
            adjusted=bool(self.adjusted),
            splits=self.splits or "",
            timezone=self._zone(),
            on_bad_row=self.on_bad_row,
        )
        return checked(raws, terms, known_tickers)


def _check_unit(volume_unit: object) -> None:
    """Raise ConfigError unless a volume unit is a positive number of shares."""
    if isinstance(volume_unit, bool) or not isinstance(volume_unit, int | float) or not 0 < volume_unit < 1e9:
        raise ConfigError(
            f"volume_unit is the number of shares in one unit, 1 or 100 for lots; got {volume_unit!r}", code="bad_value"
        )


@dataclass(frozen=True, kw_only=True)
class _FilePrices(_Prices, ABC):
    """Prices in files of a kind, told by their endings."""

    suffixes: ClassVar[tuple[str, ...]]

    path: str | Path

    def files(self) -> tuple[Path, ...]:
        """What `path` stands for, sorted; DataError where nothing is there."""
        return find_files(Path(self.path), self.suffixes)

    def identity(self) -> Mapping[str, JsonValue] | None:
        """Its class and every option but `path`: the files themselves are told apart by their bytes. None of a class
        that derives from this one: what its code does is not known here."""
        if type(self).__module__ != __name__:
            return None
        options = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "path"}
        return {"reader": type(self).__qualname__, **options, "columns": dict(self.columns)}

    def read(self, known_tickers: Container[str] | None = None) -> PriceTable:
        """Read and check all files.

        Parameters
        ----------
        known_tickers
            The universe's tickers; rows of others are counted and not looked at any further. None keeps all rows.

        Raises
        ------
        DataError
            A file cannot be used, a column is missing, or a row is bad and `on_bad_row` is ``error``. Under ``skip`` a
            file that is no table of prices, or a broken one, is left out and named where there are others.
        """
        known = known_tickers if isinstance(known_tickers, KnownTickers) else None
        raws: list[RawPrices] = []
        unusable: list[DataError] = []
        with recording():
            for file in self.files():
                try:
                    raws.append(self._raw(file, known))
                except DataError as error:
                    if self.on_bad_row == "error" or not all(one.code in UNUSABLE for one in error.problems):
                        raise
                    unusable.append(error)
            if not raws:
                raise unusable[0]
            table = self._checked(raws, known_tickers)
        warnings = tuple(f"{error}; the file is left out (`on_bad_row: skip`)" for error in unusable)
        return replace(table, warnings=(*warnings, *table.warnings)) if warnings else table

    @abstractmethod
    def _raw(self, file: Path, known: KnownTickers | None) -> RawPrices:
        """One file's columns."""


@dataclass(frozen=True, kw_only=True)
class CsvPrices(_FilePrices):
    """CSV prices (UTF-8; plain, gz or zst): one long file, a folder, or a pattern such as ``prices/*.HK.csv.gz``.

    A file without a `ticker` column holds one ticker, the one its name says: ``9988.HK.csv.gz`` is 9988.HK.
    """

    suffixes = (".csv", ".tsv")
    encoding: str | None = None

    __repr__ = brief

    def __post_init__(self) -> None:
        super().__post_init__()
        check_encoding(self.encoding)

    def _raw(self, file: Path, known: KnownTickers | None) -> RawPrices:
        from newsbt.prices.files import from_csv

        return from_csv(file, replace(self._stated(), encoding=self.encoding), self.suffixes, known)


@dataclass(frozen=True, kw_only=True)
class ParquetPrices(_FilePrices):
    """Parquet prices: one long file, a folder, or a pattern. Line numbers count the rows from 1."""

    suffixes = (".parquet", ".pq")

    __repr__ = brief

    def _raw(self, file: Path, known: KnownTickers | None) -> RawPrices:
        from newsbt.prices.files import from_parquet

        return from_parquet(file, self._stated(), self.suffixes, known)


@dataclass(frozen=True, kw_only=True)
class ExcelPrices(_FilePrices):
    """Prices in a sheet of an Excel workbook: one long file, a folder, or a pattern. `sheet` says which, where several
    have a head of prices; line numbers are rows of the sheet."""

    suffixes = (".xlsx", ".xls", ".xlsm")
    sheet: str | None = None

    __repr__ = brief

    def _raw(self, file: Path, known: KnownTickers | None) -> RawPrices:
        from newsbt.prices.workbook_columns import from_excel

        return from_excel(file, replace(self._stated(), sheet=self.sheet), stem_of(file, self.suffixes), known)


@dataclass(frozen=True, kw_only=True, eq=False)
class FramePrices(_Prices):
    """Prices in a long pandas DataFrame, or in one a ticker: ``{"9988.HK": frame}``. `ticker` and `date` may be the
    index, and an index of days or instants need not be named. Heads of vendors and libraries are known as those of
    files are, yfinance.download's with two levels among them. Messages call it `name`.

    Parameters
    ----------
    frame : DataFrame, or a mapping of ticker to DataFrame
        Prices in local currency, volumes in shares unless `volume_unit` says otherwise.
    ticker : str, optional
        Of a frame without a column of tickers.
    time_format : str, optional
        The strptime form of its days or times; else what the whole column tells.
    name : str
        What messages call it.

    Examples
    --------
    >>> import pandas as pd
    >>> from newsbt import FramePrices
    >>> bar = {"date": "2025-03-05", "open": 10.0, "high": 11.0, "low": 9.0, "close": 10.5, "volume": 1000}
    >>> FramePrices(frame=pd.DataFrame([bar]), ticker="BABA").read().tickers
    ('BABA',)
    """

    frame: pd.DataFrame | Mapping[str, pd.DataFrame]
    name: str = "prices (DataFrame)"

    __repr__ = brief

    def read(self, known_tickers: Container[str] | None = None) -> PriceTable:
        """Check the frame.

        Parameters
        ----------
        known_tickers
            The universe's tickers; rows of others are counted and not looked at any further. None keeps all rows.

        Raises
        ------
        DataError
            A column is missing, the frame is empty, or a row is bad and `on_bad_row` is ``error``.
        """
        from newsbt.prices.frame_columns import from_frame

        known = known_tickers if isinstance(known_tickers, KnownTickers) else None
        stated = self._stated()
        if not isinstance(self.frame, Mapping):
            return self._checked([from_frame(self.frame, stated, self.name, known)], known_tickers)
        if not self.frame:
            raise file_error(self.name, "there is no frame", code="empty_file")
        raws = [
            from_frame(frame, replace(stated, ticker=str(ticker)), f"{self.name} of {ticker!r}", known)
            for ticker, frame in self.frame.items()
        ]
        return self._checked(raws, known_tickers)
