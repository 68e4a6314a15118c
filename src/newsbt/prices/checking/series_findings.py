"""What is odd about the bars of one ticker, and about its moves from one to the next."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from newsbt._typing import Bools, Floats
from newsbt.domain.findings import Finding, rows_text
from newsbt.markets.calendars import Sessions
from newsbt.markets.ticks import off_step
from newsbt.prices.checking.coverage import among
from newsbt.prices.checking.series import Series
from newsbt.prices.checking.volumes import odd_volumes

__all__ = ["half_days_of", "odd_bars", "odd_days"]

LARGEST_MOVE = 5.0
NEAR = 0.06  # how far a move may lie from a split's ratio
OPENS_NEAR = 0.12  # the same of the open, which a split takes with it: a crash begins nearer to the close before
TAKEN_BACK = 0.15  # a share of a move's logarithm by which its return may miss, where a price was wrong for a day
WRONG_FOR_A_DAY = 1.5  # the least factor of such a move
RATIOS = (2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 50, 100)  # new shares for one old, and the other way round
HALF_MORE, NEARER = 1.5, 0.03
SINGLE = 0.05  # up to this share of rows, prices off their step are odd rows; above it is so the series
DENSE = 0.3  # so is it where this share is off between the first and the last
FEWEST = 5  # fewer are odd rows in any case
# What settles them of files, and of what was pulled, whose provider says what its numbers are.
IF_ADJUSTED = ("then say `adjusted: true`", "`pull.providers` names who is asked instead")
IF_SPLIT = (
    "a `split` column, or split-adjusted prices, would say so",
    "its provider states no split; `pull.providers` names who is asked instead",
)


def odd_bars(
    series: Series, half_days: Bools, steps: Floats | None, adjusted: bool, known: Bools | None = None
) -> Iterator[Finding]:
    """What single bars show. `half_days` (R,) are rows of sessions that end early by calendar; `steps` (R, 4) the
    exchange's price step at each price, None where no rule file knows any; `known` (R,) rows that are named already."""
    item, volume = series.item, series.volume
    named = np.zeros(len(volume), dtype=np.bool_) if known is None else known
    lacking = ~series.is_priced & ~named
    if lacking.any():
        yield series.finding(
            "blank_price",
            lacking,
            f"lacks a price in {rows_text(lacking.sum())}: {series.days_of(lacking)}; not traded there",
        )
    if not item.is_index:
        yield from odd_volumes(series, half_days, named)
    else:
        yield from _odd_index(series)
    same = series.repeats() & ~named
    same[1:] &= (volume[1:] == volume[:-1]) & (volume[1:] > 0)
    if same.any():
        yield series.finding(
            "copied_row", same, f"repeats the row before in {rows_text(same.sum())}: {series.days_of(same)}"
        )
    if steps is not None and not adjusted and not item.is_index:
        yield from _off_steps(series, steps)


def _odd_index(series: Series) -> Iterator[Finding]:
    flat = series.is_flat & series.is_priced
    if flat.any() and flat.mean() < 0.5:
        yield series.finding(
            "flat_bar", flat, f"has {rows_text(flat.sum(), 'bar')} of one price among others: {series.days_of(flat)}"
        )
    if len(flat) and (series.volume == 0).all():
        yield series.finding("zero_volume", np.array([0]), "has volume 0 in all of its bars, as an index may")


def _off_steps(series: Series, steps: Floats) -> Iterator[Finding]:
    off = np.asarray(off_step(series.prices, steps).any(axis=1))
    if not off.any():
        return
    share = off.mean()
    rows = np.flatnonzero(off)
    first, last = int(rows[0]), int(rows[-1])
    if len(rows) < FEWEST or (share <= SINGLE and len(rows) < DENSE * (last + 1 - first)):
        yield series.finding(
            "off_tick", off, f"has prices between the exchange's price steps on {series.days_of(off)}"
        )  # fmt: skip
        return
    since = "" if first <= 0.05 * len(off) else f", from {series.day[first]} on"
    until = "" if last + 1 >= 0.95 * len(off) else f", up to {series.day[last]}"
    yield series.finding(
        "adjusted_prices", off,
        f"has prices between the exchange's price steps in {share:.0%} of its rows{since}{until}: adjusted "
        f"for dividends or splits? If so, {IF_ADJUSTED[series.is_stored]}",
        count=1,
    )  # fmt: skip


def odd_days(series: Series, limit: tuple[Floats, Floats] | None, known: Bools | None = None) -> Iterator[Finding]:
    """What moves from one bar to the next show. `limit` are the lower and upper limit (R,) of each row's prices, NaN
    where there is none; `known` (R,) are rows that are named already."""
    for doubt in series.splits:
        yield Finding(kind=doubt.kind, ticker=doubt.ticker, date=doubt.day, message=doubt.message, row=doubt.row)
    with np.errstate(invalid="ignore", divide="ignore"):
        move = series.close / series.reference
        opened = series.prices[:, 0] / series.reference
    taken = series.explained.copy() if known is None else series.explained | known
    spike = _taken_back(move) & ~taken
    if spike.any():
        k = int(np.flatnonzero(spike)[0])
        yield series.finding(
            "large_move", spike,
            f"goes from {series.reference[k]:g} to {series.close[k]:g} on {series.day[k]}, and back in the next bar: a "
            "wrong price?",
        )  # fmt: skip
        taken |= spike
        taken[1:] |= spike[:-1]
    for factor, near, words in () if series.item.is_index else _factors():
        like = (np.abs(move / factor - 1) < near) & (np.abs(opened / factor - 1) < OPENS_NEAR) & ~taken & ~series.acts
        taken |= like
        if like.any():
            k = int(np.flatnonzero(like)[0])
            yield series.finding(
                "unadjusted_split", like,
                f"goes from {series.reference[k]:g} to {series.close[k]:g} on {series.day[k]}, as in a split of "
                f"{words}; {IF_SPLIT[series.is_stored]}",
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
    beyond = (
        (np.fmax.reduce(series.prices, axis=1) > upper) | (np.fmin.reduce(series.prices, axis=1) < lower)
    ) & ~taken
    beyond &= ~large
    if beyond.any():
        k = int(np.flatnonzero(beyond)[0])
        what = ("opens", "rises", "falls", "closes")[_farthest(series.prices[k], float(lower[k]), float(upper[k]))]
        price = series.prices[k, ("opens", "rises", "falls", "closes").index(what)]
        yield series.finding(
            "beyond_limit", beyond,
            f"{what} beyond its price limit on {series.days_of(beyond)}: {price:g} on {series.day[k]}, allowed "
            f"{lower[k]:.10g} to {upper[k]:.10g}; a dividend or split without a column, adjusted prices, or another "
            "board",
        )  # fmt: skip


def _taken_back(move: Floats) -> Bools:
    """(R,): rows that move far, and are followed by a move back of the same size."""
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.log(move)
        found: Bools = np.abs(size) > np.log(WRONG_FOR_A_DAY)
        found[:-1] &= np.abs(size[:-1] + size[1:]) < TAKEN_BACK * np.abs(size[:-1])
    found[-1:] = False
    found[1:] &= ~found[:-1]
    return found


def _factors() -> Iterator[tuple[float, float, str]]:
    """What a close is multiplied by in a split, how near to it a move must be, and the split in words."""
    for ratio in RATIOS:
        yield 1 / ratio, NEAR, f"{ratio} for 1"
        yield float(ratio), NEAR, f"1 for {ratio}"
    yield 1 / HALF_MORE, NEARER, "3 for 2"
    yield HALF_MORE, NEARER, "2 for 3"


def _farthest(prices: Floats, lower: float, upper: float) -> int:
    """Which price of a bar to name: the close where it is beyond a limit, else the open, else high or low."""
    beyond = (prices > upper) | (prices < lower)
    return next(index for index in (3, 0, 1, 2) if beyond[index])


def half_days_of(series: Series, listed: Sessions, usual: np.timedelta64) -> Bools:
    """(R,): rows of sessions that end earlier than the exchange's `usual` session does."""
    if not len(listed):
        return np.zeros(len(series.day), dtype=np.bool_)
    return among(series.day, listed.dates[listed.close_at - listed.open_at < usual])
