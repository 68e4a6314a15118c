"""One ticker's rows in order of time, and what is odd about each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Days, Floats, Instants, Ints
from newsbt.domain.entity import Instrument
from newsbt.domain.findings import Finding, rows_text, spans
from newsbt.domain.market_panel import carried_prices
from newsbt.domain.price_table import PRICES, PriceTable
from newsbt.markets.calendars import Sessions
from newsbt.markets.ticks import off_step
from newsbt.prices.splits import SplitDoubt, split_doubts

__all__ = ["Series", "odd_bars", "odd_days", "series_of"]

LARGEST_MOVE = 5.0
NEAR = 0.06  # how far a move may lie from a split's ratio
RATIOS = (2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 50, 100)  # new shares for one old, and the other way round


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """R rows of one ticker in order of time. `when` (R,) are sessions or bar starts, `day` (R,) the local day of each;
    `prices` (R, 4) are open, high, low, close. `reference` (R,) is the last close before, less dividend and split, or
    the given `prev_close`. `acts` (R,) are rows with a split, `splits` doubts about those, `explained`
    (R,) the rows whose moves they explain."""

    item: Instrument
    when: Days | Instants
    day: Days
    prices: Floats
    volume: Floats
    reference: Floats
    acts: Bools
    splits: tuple[SplitDoubt, ...]
    explained: Bools

    @property
    def close(self) -> Floats:
        found: Floats = self.prices[:, 3]
        return found

    @property
    def is_flat(self) -> Bools:
        found: Bools = (self.prices == self.prices[:, :1]).all(axis=1)
        return found

    def finding(self, kind: str, rows: Bools | Ints, text: str) -> Finding:
        """A finding about some rows; `text` follows the ticker."""
        indices = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return Finding(
            kind=kind,
            ticker=self.item.ticker,
            date=str(self.day[indices[0]]),
            count=len(indices),
            message=f"{self.item.ticker} {text}",
        )

    def days(self, rows: Bools) -> str:
        """The days of some rows."""
        days = np.unique(self.day)
        return spans(np.unique(self.day[rows]), days)


def series_of(table: PriceTable, code: int, item: Instrument, day: Days) -> Series:
    """The rows of one ticker of a table; `day` (R,) are the local days of the table's rows."""
    rows = np.flatnonzero(table.ticker_code == code)
    rows = rows[np.argsort(table.when[rows], kind="stable")]
    values = {name: array[rows] for name, array in table.values.items()}
    close = values["close"]
    dividend = np.nan_to_num(values["dividend"]) if "dividend" in values else np.zeros(len(rows))
    split = np.nan_to_num(values["split"], nan=1.0) if "split" in values else np.ones(len(rows))
    reference = (carried_prices(np.nan, close, dividend, split)[:-1] - dividend) / split
    given = values.get("prev_close")
    if given is not None:
        reference = np.where(np.isfinite(given), given, reference)
    prices = np.column_stack([values[name] for name in PRICES])
    splits = tuple(split_doubts(table, code))
    explained = np.isin(rows, [row for doubt in splits for row in doubt.rows])
    return Series(
        item, table.when[rows], day[rows], prices, values["volume"], reference, split != 1.0, splits, explained
    )


def odd_bars(series: Series, half_days: Bools, steps: Floats | None, adjusted: bool) -> Iterator[Finding]:
    """What single bars show. `half_days` (R,) are rows of sessions that end early by calendar; `steps` (R, 4) the
    exchange's price step at each price, None where no rule file knows any."""
    item, volume = series.item, series.volume
    lacking = np.asarray(~np.isfinite(series.prices).all(axis=1))
    if lacking.any():
        yield series.finding(
            "blank_price",
            lacking,
            f"lacks a price in {rows_text(lacking.sum())}: {series.days(lacking)}; not traded there",
        )
    if not item.is_index:
        yield from _odd_volumes(series, half_days)
    same = np.zeros(len(volume), dtype=bool)
    same[1:] = (series.prices[1:] == series.prices[:-1]).all(axis=1) & (volume[1:] == volume[:-1]) & (volume[1:] > 0)
    if same.any():
        yield series.finding(
            "copied_row", same, f"repeats the row before in {rows_text(same.sum())}: {series.days(same)}"
        )
    if steps is not None and not adjusted and not item.is_index:
        yield from _off_steps(series, steps)


def _odd_volumes(series: Series, half_days: Bools) -> Iterator[Finding]:
    volume, priced = series.volume, np.isfinite(series.prices).all(axis=1)
    absurd = (volume > 0) & (volume < 1)
    if absurd.any():
        flat = " in flat bars, as of a snapshot taken before the day had traded" if series.is_flat[absurd].all() else ""
        yield series.finding(
            "absurd_volume", absurd,
            f"has volumes below one share in {rows_text(absurd.sum())}{flat}: {series.days(absurd)}",
        )  # fmt: skip
    empty = priced & (volume == 0)
    flat = empty & series.is_flat
    halves = flat & half_days
    if halves.any():
        yield series.finding(
            "half_day_bar", halves,
            f"has half days as flat bars without volume on {series.days(halves)}: the source left them out, and "
            "nothing can be traded in them",
        )  # fmt: skip
    flat &= ~half_days
    if flat.any():
        yield series.finding(
            "flat_bar",
            flat,
            f"has {rows_text(flat.sum(), 'flat bar')} without volume: {series.days(flat)}; suspended, or filled in",
        )
    rest = empty & ~series.is_flat
    if rest.any():
        yield series.finding(
            "zero_volume", rest, f"has prices that move without volume in {rows_text(rest.sum())}: {series.days(rest)}"
        )
    blank = priced & np.isnan(volume)
    if blank.any():
        yield series.finding(
            "blank_volume", blank, f"has no volume in {rows_text(blank.sum())}: traded without participation cap"
        )


def _off_steps(series: Series, steps: Floats) -> Iterator[Finding]:
    rows = np.asarray(off_step(series.prices, steps).any(axis=1))
    if rows.any():
        share = rows.mean()
        hint = "; adjusted prices? then say `adjusted: true`" if share > 0.5 else ""
        yield series.finding(
            "off_tick", rows, f"has prices between the exchange's price steps in {share:.0%} of its rows{hint}"
        )


def odd_days(series: Series, limit: tuple[Floats, Floats] | None) -> Iterator[Finding]:
    """What moves from one bar to the next show. `limit` are the lower and upper limit (R,) of each row's closes, NaN
    where there is none."""
    for doubt in series.splits:
        yield Finding(kind=doubt.kind, ticker=doubt.ticker, date=doubt.day, message=doubt.message)
    with np.errstate(invalid="ignore", divide="ignore"):
        move = series.close / series.reference
    taken = series.explained.copy()
    for ratio in RATIOS:
        for factor, words in ((1 / ratio, f"{ratio} for 1"), (float(ratio), f"1 for {ratio}")):
            like = (np.abs(move / factor - 1) < NEAR) & ~taken & ~series.acts
            taken |= like
            if like.any():
                k = int(np.flatnonzero(like)[0])
                yield series.finding(
                    "unadjusted_split", like,
                    f"goes from {series.reference[k]:g} to {series.close[k]:g} on {series.day[k]}, as in a split of "
                    f"{words}; a `split` column, or split-adjusted prices, would say so",
                )  # fmt: skip
    large = ((move > LARGEST_MOVE) | (move < 1 / LARGEST_MOVE)) & ~taken
    if large.any():
        k = int(np.flatnonzero(large)[0])
        yield series.finding(
            "large_move", large, f"goes from {series.reference[k]:g} to {series.close[k]:g} on {series.day[k]}"
        )
    if limit is None:
        return
    lower, upper = limit
    beyond = ((series.close > upper) | (series.close < lower)) & ~taken & ~large
    if beyond.any():
        k = int(np.flatnonzero(beyond)[0])
        yield series.finding(
            "beyond_limit", beyond,
            f"closes beyond its price limit on {series.days(beyond)}: {series.close[k]:g} on {series.day[k]}, allowed "
            f"{lower[k]:.10g} to {upper[k]:.10g}; a dividend or split without a column, adjusted prices, or another "
            "board",
        )  # fmt: skip


def half_days_of(series: Series, listed: Sessions) -> Bools:
    """(R,): rows of sessions that end earlier than the exchange's usual session does."""
    if not len(listed):
        return np.zeros(len(series.day), dtype=bool)
    length = listed.close_at - listed.open_at
    usual = np.sort(length)[len(length) // 2]
    return np.isin(series.day, listed.dates[length < usual])
