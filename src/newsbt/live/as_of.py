"""What a run would have been made of at an instant: only what was known then, and the openings still to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from types import MappingProxyType

import numpy as np

from newsbt._typing import Array, Bools, Floats
from newsbt.assembly import Components
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.announcement_columns import AnnouncementColumns, columns_of
from newsbt.domain.cells import EARLIEST_YEAR, LATEST_YEAR
from newsbt.domain.entity import Universe
from newsbt.domain.fx_table import FxTable
from newsbt.domain.object_arrays import objects
from newsbt.domain.price_table import PRICES, PriceTable, RowSource, concatenated
from newsbt.domain.progress import Progress
from newsbt.errors import DataError
from newsbt.markets.openings import Opening, as_instant, last_closed, openings_from
from newsbt.prices.align import last_closes
from newsbt.prices.source import PriceSource
from newsbt.steps.prepare import PreparedRun, RunInputs, prepare_inputs

__all__ = ["AsOf", "prepare_as_of"]

# What an exchange or a company tells before the session it is about.
KNOWN_AHEAD = ("dividend", "split", "prev_close")


@dataclass(frozen=True, kw_only=True)
class AsOf:
    """A run as of an instant, each market's openings from then on (those under way, then the next one), and the session
    of its newest price."""

    at: datetime
    prepared: PreparedRun
    openings: Mapping[str, tuple[Opening, ...]]
    last_prices: Mapping[str, date]


def prepare_as_of(components: Components, inputs: RunInputs, at: datetime, progress: Progress) -> AsOf:
    """Place on rows what was known at an instant: news known by then, prices of bars that had ended, rates of days
    before, relations as of that day.

    Each priced ticker gets a flat bar at its last close in its market's openings that were still to end, so that the
    engines work there what a strategy would send: quantities are those of X4, prices are not known.

    Raises
    ------
    DataError
        The instant is naive or of another century, or lies before the first price.
    """
    if at.tzinfo is None:
        raise DataError(
            f"as of which instant? {at.isoformat()} needs an offset, such as {at.isoformat()}+08:00", code="naive_time"
        )
    if not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        raise DataError(
            f"as of which instant? expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}, got {at.isoformat()}",
            code="bad_time",
        )
    universe = inputs.universe.as_of(at.astimezone(UTC).date())
    table, openings, last_prices = _table_as_of(inputs.table, universe, components, at)
    config = components.config
    free_end = config.period.model_copy(update={"end": None})
    known = replace(components, config=config.model_copy(update={"period": free_end}))
    seen = replace(
        inputs,
        universe=universe,
        batch=_batch_as_of(inputs.batch, components, at),
        prices=PriceSource.of_table(table, inputs.prices.digests),
        fx=None if inputs.fx is None else _rates_as_of(inputs.fx, at),
    )
    prepared = prepare_inputs(known, seen, progress)
    return AsOf(at=at, prepared=prepared, openings=openings, last_prices=last_prices)


def _batch_as_of(batch: AnnouncementBatch, components: Components, at: datetime) -> AnnouncementBatch:
    latency = components.config.execution.latency
    columns = columns_of(batch.announcements)
    known = columns.known_at(latency) <= np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "ns")
    rows = np.flatnonzero(known)
    some = batch.announcements
    found = some.take(rows) if isinstance(some, AnnouncementColumns) else tuple(some[row] for row in rows.tolist())
    return replace(batch, announcements=found)


def _rates_as_of(fx: FxTable, at: datetime) -> FxTable:
    """A rate dated d is known at the end of d (C1)."""
    today = np.datetime64(at.astimezone(UTC).date())
    return replace(
        fx,
        rates=MappingProxyType(
            {pair: (days[days < today], rates[days < today]) for pair, (days, rates) in fx.rates.items()}
        ),
    )


def _table_as_of(
    table: PriceTable, universe: Universe, components: Components, at: datetime
) -> tuple[PriceTable, Mapping[str, tuple[Opening, ...]], Mapping[str, date]]:
    exchange = objects([universe[one].exchange if one in universe.position else "" for one in table.tickers])
    ended = _ended(table, exchange, components, at)
    past = table.take(np.flatnonzero(ended))
    if not len(past):
        first = "there are none" if not len(table) else f"the first are of {table.when.min().astype('datetime64[m]')}"
        raise DataError(f"no price was known at {at.isoformat()}: {first}; ask of a later instant", code="no_data")
    markets = sorted({mic for mic in exchange.tolist() if mic})
    interval = table.interval_ns if table.intraday else 0
    openings = {mic: openings_from(mic, at, components.rulebook, interval) for mic in markets}
    flat = _flat_bars(table, past, exchange, universe, openings)
    whole = past if flat is None else concatenated((past, flat))
    of_row, days = exchange[past.ticker_code], past.when.astype("datetime64[D]")
    last = {mic: days[of_row == mic].max().item() for mic in markets if (of_row == mic).any()}
    known = {mic: found for mic, found in openings.items() if found}
    return whole, MappingProxyType(known), MappingProxyType(last)


def _ended(table: PriceTable, exchange: Array, components: Components, at: datetime) -> Bools:
    """(R,): rows whose bar had ended."""
    of_row = exchange[table.ticker_code]
    ended: Bools = np.zeros(len(table), dtype=np.bool_)
    for mic in sorted({one for one in exchange.tolist() if one}):
        mine = of_row == mic
        if table.intraday:
            under_way = {one.open_at for one in openings_from(mic, at, components.rulebook, table.interval_ns)}
            going = np.isin(table.when, np.array(sorted(under_way), dtype="datetime64[ns]"))
            ended |= mine & (table.when < as_instant(at)) & ~going
        else:
            last = last_closed(mic, at, components.rulebook)
            if last is not None:
                ended |= mine & (table.when <= np.datetime64(last))
    return ended


def _flat_bars(
    table: PriceTable, past: PriceTable, exchange: Array, universe: Universe,
    openings: Mapping[str, tuple[Opening, ...]],
) -> PriceTable | None:  # fmt: skip
    """A bar at the last close for each ticker and each opening of its market."""
    close = last_closes(past, np.ones(len(past.when), dtype=np.bool_), past.ticker_code, len(past.tickers))
    announced = {name: table.values[name] for name in KNOWN_AHEAD if name in table.values}
    row_of = _later_rows(table, openings) if announced else {}
    codes: list[int] = []
    when: list[np.datetime64] = []
    prices: list[float] = []
    ahead: dict[str, list[float]] = {name: [] for name in announced}
    for code in np.flatnonzero(np.isfinite(close)).tolist():
        ticker = table.tickers[code]
        if ticker not in universe.position:
            continue
        price = float(close[code])
        for opening in openings.get(str(exchange[code]), ()):
            if not universe[ticker].is_listed(opening.date):
                continue
            key = opening.open_at if table.intraday else np.datetime64(opening.date)
            row = row_of.get((code, int(key.astype(np.int64))), -1)
            for name, column in announced.items():
                ahead[name].append(float(column[row]) if row >= 0 else np.nan)
            split = ahead["split"][-1] if "split" in ahead else np.nan
            price = price / split if np.isfinite(split) else price
            codes.append(code)
            when.append(key)
            prices.append(price)
    if not codes:
        return None
    flat = np.array(prices)
    stamps = np.array(when, dtype=table.when.dtype)
    count = len(codes)
    values: dict[str, Floats] = {name: flat.copy() for name in PRICES}
    values["volume"] = np.full(count, np.nan)
    values |= {name: np.array(found) for name, found in ahead.items()}
    return PriceTable(
        tickers=table.tickers,
        ticker_code=np.array(codes, dtype=np.int64),
        day=None if table.intraday else stamps,
        bar_start=stamps if table.intraday else None,
        values=MappingProxyType(values),
        source_code=np.zeros(count, dtype=np.int64),
        source_row=np.arange(count, dtype=np.int64),
        sources=(RowSource("openings to come", lambda: list(range(1, count + 1))),),
        rows_read=0,
        interval_ns=table.interval_ns,
        adjusted=table.adjusted,
        on_bad_row=table.on_bad_row,
    )


def _later_rows(table: PriceTable, openings: Mapping[str, tuple[Opening, ...]]) -> dict[tuple[int, int], int]:
    """(ticker code, time) to the row of the table, for the times of the openings."""
    times = {one.open_at if table.intraday else np.datetime64(one.date) for found in openings.values() for one in found}
    if not times:
        return {}
    rows = np.flatnonzero(np.isin(table.when, np.array(sorted(times), dtype=table.when.dtype)))
    keys = table.when[rows].astype(np.int64).tolist()
    return dict(zip(zip(table.ticker_code[rows].tolist(), keys, strict=True), rows.tolist(), strict=True))
