"""What two tickers, or two sources of one ticker, say of each other: the same series, or another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from newsbt._typing import Bools, Days, Floats, Ints
from newsbt.domain.findings import Finding
from newsbt.domain.price_table import PRICES, PriceTable
from newsbt.prices.checking.series import grouped_rows

__all__ = ["disagreements", "same_series"]

FEWEST = 5  # rows in common from which on two tickers are one series
SHARE = 0.02  # of the shorter one's rows: days on which two tickers have all five numbers in common are no chance
MIX = np.uint64(0x9E3779B97F4A7C15)
RATIO_STEP = 0.0015  # by how much the ratio of two sources' closes changes over a dividend, at least
MOST_DAYS = 6


def same_series(tables: Sequence[PriceTable]) -> Iterator[Finding]:
    """Tickers whose rows, day by day, have the prices and volumes of another's: one download under two names."""
    names = list(dict.fromkeys(ticker for table in tables for ticker in table.tickers))
    number = {ticker: k for k, ticker in enumerate(names)}
    hashes, owners, when = [], [], []
    for table in tables:
        mine = np.array([number[ticker] for ticker in table.tickers], dtype=np.int64)[table.ticker_code]
        volume = table.values["volume"]
        moving = np.isfinite(table.values["close"]) & ((volume > 0) | np.isnan(volume)) & ~_is_flat(table)
        hashes.append(_row_hashes(table)[moving])
        owners.append(mine[moving])
        when.append(table.when.astype("M8[D]")[moving])
    found, owner, day = np.concatenate(hashes), np.concatenate(owners), np.concatenate(when)
    order = np.argsort(found, kind="stable")
    again = found[order][1:] == found[order][:-1]
    if not again.any():
        return
    of_owner = np.bincount(owner, minlength=len(names))
    one, other = owner[order][:-1][again], owner[order][1:][again]
    days = day[order][1:][again]
    low, high = np.minimum(one, other), np.maximum(one, other)
    pairs = Counter(zip(low.tolist(), high.tolist(), strict=True))
    for (a, b), count in sorted(pairs.items()):
        least = min(int(of_owner[a]), int(of_owner[b]))
        if a == b or count < max(FEWEST, SHARE * least):
            continue
        first = days[(low == a) & (high == b)].min()
        share = "all of its" if count == of_owner[b] else f"{count:,} of its"
        yield Finding(
            kind="same_series", ticker=names[b], date=str(first), count=int(count),
            message=f"{names[b]} has the same prices and volumes as {names[a]} in {share} {of_owner[b]:,} rows",
        )  # fmt: skip


def _is_flat(table: PriceTable) -> Bools:
    first = table.values["open"]
    found: Bools = np.logical_and.reduce([table.values[name] == first for name in PRICES[1:]])
    return found


def _row_hashes(table: PriceTable) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """(R,): a number of each row's time, prices and volume, the same for the same ones."""
    found = table.when.astype(np.int64).view(np.uint64) * MIX
    for name in (*PRICES, "volume"):
        bits = np.ascontiguousarray(np.nan_to_num(table.values[name], nan=-1.0)).view(np.uint64)
        found = (found ^ bits) * MIX
        found ^= found >> np.uint64(29)
    return found


class _Common(NamedTuple):
    """The days on which two sources have a close of one ticker, and the closes and volumes of either."""

    day: Days
    close: tuple[Floats, Floats]
    volume: tuple[Floats, Floats]


def disagreements(tables: Sequence[PriceTable]) -> Iterator[Finding]:
    """Daily sources of one ticker whose closes differ: how often, by how much, and on which days the difference
    changes, as it does over a dividend or a split that one of them has in its prices."""
    daily = [table for table in tables if not table.intraday]
    rows = [{table.tickers[code]: mine for code, mine in grouped_rows(table)} for table in daily]
    for k, table in enumerate(daily):
        for earlier in range(k):
            for ticker in sorted(rows[k].keys() & rows[earlier].keys()):
                common = _common(daily[earlier], rows[earlier][ticker], table, rows[k][ticker])
                names = [
                    _source(one, mine[ticker]) for one, mine in ((daily[earlier], rows[earlier]), (table, rows[k]))
                ]
                if names[0] != names[1]:
                    yield from _difference(ticker, names, common)


def _common(one: PriceTable, mine: Ints, other: PriceTable, theirs: Ints) -> _Common:
    mine, theirs = (rows[np.isfinite(table.values["close"][rows])] for table, rows in ((one, mine), (other, theirs)))
    day, first, second = np.intersect1d(one.when[mine], other.when[theirs], return_indices=True)
    mine, theirs = mine[first], theirs[second]
    return _Common(
        day,
        (one.values["close"][mine], other.values["close"][theirs]),
        (one.values["volume"][mine], other.values["volume"][theirs]),
    )


def _source(table: PriceTable, rows: Ints) -> str:
    return table.sources[int(table.source_code[rows[0]])].name


def _difference(ticker: str, names: Sequence[str], common: _Common) -> Iterator[Finding]:
    if not len(common.day):
        return
    ratio = np.log(common.close[1] / common.close[0])
    apart = np.abs(ratio) > 1e-4
    if not apart.any():
        return
    step = np.abs(np.diff(ratio))
    # Rounded to ticks, the ratio of two adjusted prices flickers; a dividend moves it for good.
    flicker = 4 * float(np.median(step)) if len(step) else 0.0
    at = np.flatnonzero(step > max(RATIO_STEP, flicker)) + 1
    days = [str(day) for day in common.day[at]]
    more = f" and {len(days) - MOST_DAYS} more" if len(days) > MOST_DAYS else ""
    where = ""
    if days:
        listed = ", ".join(days[:MOST_DAYS])
        where = f"; their returns differ on {listed}{more}: dividends, splits, or prices of another hour?"
    with np.errstate(divide="ignore", invalid="ignore"):
        volumes = common.volume[1] / common.volume[0]
    volumes = volumes[np.isfinite(volumes) & (volumes > 0)]
    times = float(np.median(volumes)) if len(volumes) else 1.0
    if not 0.67 < times < 1.5:
        where += f"; the volumes are {times:.3g} times the other's"
    first = int(apart.argmax())
    yield Finding(
        kind="sources_differ", ticker=ticker, date=str(common.day[first]), file=names[1],
        message=f"{ticker} closes elsewhere than in {names[0]} on {apart.sum():,} of {len(common.day):,} days, by up "
        f"to {float(np.abs(np.expm1(ratio)).max()):.2%}{where}",
    )  # fmt: skip
