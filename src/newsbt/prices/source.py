"""The prices of a run: rows read when they are asked for, and the panel, which is kept from one run to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

import numpy as np

from newsbt import cache
from newsbt._plain import JsonValue
from newsbt._typing import Array
from newsbt.digests import PACKAGE, digest_of, file_digest, source_digest
from newsbt.domain.entity import Universe
from newsbt.domain.market_panel import Clock, MarketPanel, frozen_array
from newsbt.domain.price_table import PriceTable
from newsbt.domain.read_files import changed_error, digests_of, recording
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.errors import NewsbtError
from newsbt.markets.calendars import zone_digest
from newsbt.markets.clock import bar_clock, daily_clock
from newsbt.markets.dated_rules import Rulebook
from newsbt.ports import KeptPriceReader, PriceReader
from newsbt.ports.conformance import fitting
from newsbt.prices.aligned_prices import AlignedPrices
from newsbt.prices.combine import combine
from newsbt.prices.known_tickers import with_known
from newsbt.prices.quality import Doubt, find_off_ticks

__all__ = ["PriceSource"]

KIND = "panels"
MAPPED_BYTES = 64 << 20  # of a grid: from here on a panel lies in its files, not in memory, once it is kept
FEW_ROWS = 2_000_000  # of a table that is kept beside the panel that is made of it
MADE_BY = ("domain", "markets", "prices")  # packages whose code decides what a panel is
STANDS_ON = ("numpy", "pandas", "pyarrow", "python-calamine", "exchange_calendars")
CLOCK = ("dates", "open_at", "close_at", "cutoff_at", "session_of", "previous_cutoff_at")
GRIDS = ("open", "high", "low", "close", "volume", "tradable", "dividend", "split", "prev_close", "adj_factor")
COLUMNS = ("market_of", "close_before", "has_prices")


@dataclass(frozen=True, kw_only=True)
class PriceSource:
    """Where the prices of a run come from.

    `read` gives their rows, `files` are what it reads, `digests` the hashes of their bytes by absolute path. `name` is
    a hash of all that decides the rows, blank where nobody can tell, as with a reader of the user's own: then nothing
    is kept. Where there is a name, `read` gives the rows of those bytes, or raises a DataError.
    """

    read: Callable[[], PriceTable]
    files: tuple[Path, ...] = ()
    digests: Mapping[Path, str] = field(default_factory=dict)
    name: str = ""

    @classmethod
    def of_readers(cls, readers: Sequence[PriceReader], known: KnownTickers) -> PriceSource:
        """What some readers have of some tickers."""
        name, files = _named(readers, known)
        digests = {file.absolute(): digest for file, digest in files.items()}
        if not name:
            with recording() as seen:
                table = combine(with_known(_read(reader, known), known) for reader in readers)
            return cls.of_table(table, seen)

        def read() -> PriceTable:
            with recording() as seen:
                table = combine(reader.read(known) for reader in readers)
            changed = [file for file in {**digests, **seen} if seen.get(file) != digests.get(file)]
            if changed:
                raise changed_error(changed)
            return table

        return cls(read=_ReadOnce(read), files=tuple(files), digests=digests, name=name)

    @classmethod
    def of_table(cls, table: PriceTable, digests: Mapping[Path, str] | None = None) -> PriceSource:
        """Rows that were read, or made, already; `digests` of the bytes they were read from, where that is known."""
        files = {file.absolute(): digest for file, digest in digests_of(table.files, digests or {}).items()}
        return cls(read=partial(_given, table), files=table.files, digests=files)

    @property
    def table(self) -> PriceTable:
        """The rows; read once.

        Raises DataError where the files are no longer those that the panel is of.
        """
        return self.read()

    def not_kept(self) -> PriceSource:
        """The same prices, for panels that nobody will ask for again."""
        return replace(self, name="")

    def aligned(
        self, universe: Universe, rulebook: Rulebook, start: date | None, end: date | None, policy: str | None = None
    ) -> AlignedPrices:
        """The panel of a period, as `newsbt.prices.align.align` makes it: out of the cache where it has it."""
        key = ""
        if self.name:
            listed = [(item.ticker, item.exchange, item.board, item.is_index) for item in universe.instruments]
            exchanges = sorted({item.exchange for item in universe.instruments})
            zones = [zone_digest(rulebook.exchange(mic).time_zone) for mic in exchanges]
            key = digest_of([_CODE, zones, self.name, listed, rulebook.fingerprint, start, end, policy])
            entry = cache.load_entry(KIND, key)
            if entry is not None:
                return _unpacked(entry, universe.tickers)
        from newsbt.prices.align import align  # only where no panel is kept, as what reads rows

        found = align(
            self.read.for_a_panel() if isinstance(self.read, _ReadOnce) else self.read(),
            universe,
            lambda first, last, markets: daily_clock(markets, first, last, rulebook),
            start,
            end,
            policy,
            bar_clock_for=lambda markets, bars, interval: bar_clock(markets, bars, interval, rulebook),
        )
        if key and _code() == _CODE:
            found = replace(found, off_ticks=find_off_ticks(found.panel, universe, rulebook))
            cache.save_entry(KIND, key, *_packed(found))
            if found.panel.close.nbytes >= MAPPED_BYTES and (entry := cache.load_entry(KIND, key)) is not None:
                return _unpacked(entry, universe.tickers)
        return found


@dataclass(slots=True)
class _ReadOnce:
    """Rows that are read when they are first asked for, and kept; those of a large table not beside the panel that they
    were read for, but from when somebody wants the rows themselves."""

    make: Callable[[], PriceTable]
    found: PriceTable | None = None

    def __call__(self) -> PriceTable:
        if self.found is None:
            self.found = self.make()
        return self.found

    def for_a_panel(self) -> PriceTable:
        if self.found is not None:
            return self.found
        table = self.make()
        if len(table) <= FEW_ROWS:
            self.found = table
        return table


def _given(table: PriceTable) -> PriceTable:
    return table


def _read(reader: PriceReader, known: KnownTickers) -> PriceTable:
    return fitting(reader.read(known), PriceTable, f"read() of {type(reader).__name__}")


def _named(readers: Sequence[PriceReader], known: KnownTickers) -> tuple[str, dict[Path, str]]:
    """A hash of all that decides what readers find, and the hashes of their files; blank where nobody can tell."""
    kept = [reader for reader in readers if isinstance(reader, KeptPriceReader)]
    if not kept or len(kept) < len(readers):
        return "", {}
    content: list[JsonValue] = [sorted([ticker, known.market(ticker), known.is_index(ticker)] for ticker in known)]
    found: dict[Path, str] = {}
    try:
        for reader in kept:
            identity = reader.identity()
            if identity is None:
                return "", {}
            digests = {file: file_digest(file) for file in reader.files()}
            content.append([dict(identity), [(file.name, digest) for file, digest in digests.items()]])
            found |= digests
    except (NewsbtError, OSError):
        return "", {}  # the reader says what is wrong, in its own words
    return digest_of(content), found


def _code() -> list[str]:
    return [source_digest(PACKAGE / name for name in MADE_BY), *map(version, STANDS_ON)]


_CODE = _code()  # of what was imported; what is installed may be replaced while a process runs


def _packed(found: AlignedPrices) -> tuple[dict[str, Array], dict[str, JsonValue]]:
    """Arrays and the rest; a grid that holds one value is kept as that value."""
    panel = found.panel
    arrays = {name: getattr(panel, name) for name in COLUMNS}
    arrays |= {f"clock_{name}": getattr(panel.clock, name) for name in CLOCK}
    same: dict[str, float] = {}
    for name in GRIDS:
        grid = getattr(panel, name)
        value = grid.flat[0] if grid.size else 0.0
        if np.array_equal(grid, np.broadcast_to(value, grid.shape), equal_nan=grid.dtype.kind == "f"):
            same[name] = float(value)
        else:
            arrays[name] = grid
    return arrays, {
        "same": same,
        "markets": panel.clock.markets,
        "intraday": panel.clock.intraday,
        "rows_read": found.rows_read,
        "bad_rows": dict(found.bad_rows),
        "ignored_tickers": dict(found.ignored_tickers),
        "readings": [[file, list(notes)] for file, notes in found.readings],
        "starts_late": found.starts_late,
        "doubts": _plain(found.doubts),
        "off_ticks": _plain(found.off_ticks or ()),
    }


def _plain(doubts: Iterable[Doubt]) -> list[JsonValue]:
    return [
        [one.kind, one.message, one.ticker, None if one.date is None else str(one.date), one.days] for one in doubts
    ]


def _unpacked(entry: cache.Entry, tickers: tuple[str, ...]) -> AlignedPrices:
    arrays, document = entry.arrays, entry.document

    def doubts(name: str) -> tuple[Doubt, ...]:
        return tuple(
            Doubt(
                kind=kind,
                message=message,
                ticker=ticker,
                date=None if day is None else np.datetime64(day),
                days=tuple(days),
            )
            for kind, message, ticker, day, days in document[name]
        )

    clock = Clock(
        markets=tuple(document["markets"]),
        intraday=document["intraday"],
        **{name: arrays[f"clock_{name}"] for name in CLOCK},
    )
    shape = (len(clock), len(tickers))
    grids = {name: np.broadcast_to(value, shape) for name, value in document["same"].items()}
    if "tradable" in grids:
        grids["tradable"] = frozen_array(grids["tradable"], np.bool_)
    grids |= {name: arrays[name] for name in GRIDS if name in arrays}
    return AlignedPrices(
        panel=MarketPanel(tickers=tickers, clock=clock, **grids, **{name: arrays[name] for name in COLUMNS}),
        rows_read=document["rows_read"],
        bad_rows=MappingProxyType(document["bad_rows"]),
        ignored_tickers=MappingProxyType(document["ignored_tickers"]),
        readings=tuple((file, tuple(notes)) for file, notes in document["readings"]),
        starts_late=document["starts_late"],
        doubts=doubts("doubts"),
        off_ticks=doubts("off_ticks"),
    )
