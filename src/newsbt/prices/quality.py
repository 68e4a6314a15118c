"""Doubts about prices: what is no bad row and yet makes a result worth less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools
from newsbt.domain.entity import Universe
from newsbt.domain.market_panel import MarketPanel
from newsbt.markets.dated_rules import Rulebook
from newsbt.markets.rules import TradingRules
from newsbt.markets.ticks import off_step, price_steps

__all__ = ["LARGEST_MOVE", "STALE_BARS", "Doubt", "find_doubts", "find_limit_breaks", "find_off_ticks"]

LARGEST_MOVE = 5.0  # a price that grows or shrinks by more than this factor between two bars
FEW_OFF_TICKS = 0.05  # up to this share of bars, a price off its step is an oddity of the file
BLOCK = 1024  # rows that are looked at at a time
STALE_BARS = 10  # equal closes on so many tradable bars running


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One doubt: `kind` for programs, the ticker and day it is about (blank: the whole run), a sentence for people.

    Kinds: ``large_move``, ``unknown_volume``, ``no_prices``, ``stale``, ``adjusted_prices``, ``off_tick``,
    ``beyond_limit``, ``unknown_lot``; of files left out, and of two that disagree, ``source``; about splits those of
    :mod:`newsbt.prices.splits`, with all `days` whose moves they explain; about announcements ``midnight_stamps``,
    ``no_links``; about the rule file ``hours``.
    """

    kind: str
    message: str
    ticker: str = ""
    date: np.datetime64 | None = None
    days: tuple[str, ...] = ()


def find_doubts(
    panel: MarketPanel, needs_volume: Bools, *, adjusted: bool = False, splits: Sequence[Doubt] = ()
) -> tuple[Doubt, ...]:
    """All doubts about a panel, by kind and in the order of its tickers.

    Parameters
    ----------
    panel : MarketPanel
        Prices on the run's rows.
    needs_volume : ndarray of shape (N,), bool
        False for indices, whose volume means nothing.
    adjusted : bool
        Whether a reader said that its prices are adjusted.
    splits : sequence of Doubt
        Doubts about splits, which come first and explain the moves of their days.

    Notes
    -----
    A move is ``close[t] / last finite close before t``, with the bar's `split` taken out: a split that the source
    declares is no doubt.
    """
    found: list[Doubt] = []
    if adjusted:
        message = "the prices are adjusted for dividends or splits: sizes, lots and price limits see other prices"
        found.append(Doubt(kind="adjusted_prices", message=f"{message} than the market did"))
    found += splits
    found += _large_moves(panel, _unexplained(panel, splits))
    found += _unknown_volumes(panel, needs_volume)
    for n, ticker in enumerate(panel.tickers):
        if not np.isfinite(panel.close[:, n]).any():
            seen = "no price in the period" if panel.has_prices[n] else "no price row at all"
            found.append(Doubt(kind="no_prices", ticker=ticker, message=f"{ticker} has {seen}; it cannot be traded"))
    found += _stale(panel)
    return tuple(found)


def find_off_ticks(panel: MarketPanel, universe: Universe, rulebook: Rulebook) -> tuple[Doubt, ...]:
    """Tickers whose closes often lie between the price steps of their exchange, as adjusted prices do."""
    alike: dict[tuple[str, str, str], list[int]] = {}  # by market, board, and ticker where that has steps of its own
    for n, item in enumerate(universe.instruments):
        market = rulebook.exchanges.get(item.exchange)
        if market is not None and not item.is_index and panel.has_prices[n]:
            own = item.ticker if item.ticker in market.rules.get("tick", {}) else ""
            alike.setdefault((item.exchange, item.board, own), []).append(n)
    first: dict[int, np.datetime64] = {}
    for (mic, _, _), columns in alike.items():
        prices = np.where(panel.tradable[:, columns], panel.close[:, columns], np.nan)
        steps = price_steps(rulebook.exchange(mic), universe.instruments[columns[0]], panel.dates, prices)
        off = off_step(prices, steps)
        often = off.sum(axis=0) > FEW_OFF_TICKS * np.isfinite(prices).sum(axis=0)
        first |= {columns[k]: panel.dates[off[:, k].argmax()] for k in np.flatnonzero(often).tolist()}
    return tuple(
        Doubt(
            kind="off_tick",
            ticker=panel.tickers[n],
            date=first[n],
            message=f"{panel.tickers[n]} has prices between its exchange's price steps: are they adjusted? Lots and "
            "price limits see other prices than the market did",
        )
        for n in sorted(first)
    )


def find_limit_breaks(panel: MarketPanel, rules: TradingRules, doubts: Sequence[Doubt] = ()) -> tuple[Doubt, ...]:
    """Tickers that leave their board's daily limits by more than a step, as undeclared bonus shares make them (X19).

    One doubt a ticker, about its first such day that no other of the `doubts` explains. Without market rules there are
    no limits to leave.
    """
    if not rules.applied:
        return ()
    free = _unexplained(panel, doubts)
    with np.errstate(invalid="ignore"):
        over = np.fmax(panel.open, panel.close) > rules.limit_up + 1.5 * rules.tick
        under = np.fmin(panel.open, panel.close) < rules.limit_down - 1.5 * rules.tick
    found = []
    broken = (over | under) & free
    for n in np.flatnonzero(broken.any(axis=0)).tolist():
        rows = np.flatnonzero(broken[:, n])
        t = int(rows[0])
        more = f", as on {len(rows) - 1} later day{'s' if len(rows) > 2 else ''}" if len(rows) > 1 else ""
        message = (
            f"{panel.tickers[n]} on {panel.dates[t]} opens at {float(panel.open[t, n])!r} and closes at "
            f"{float(panel.close[t, n])!r}, beyond the day's limits of {float(rules.limit_down[t, n])!r} and "
            f"{float(rules.limit_up[t, n])!r}{more}: a dividend, split or bonus without its column, or a wrong price?"
        )
        found.append(Doubt(kind="beyond_limit", ticker=panel.tickers[n], date=panel.dates[t], message=message))
    return tuple(found)


def _unexplained(panel: MarketPanel, doubts: Sequence[Doubt]) -> Bools:
    """(T, N): cells whose moves no doubt about a split explains."""
    free: Bools = np.ones(panel.close.shape, dtype=np.bool_)
    days = panel.dates.astype("datetime64[D]")
    for doubt in doubts:
        if doubt.days:
            free[np.isin(days, np.array(doubt.days, dtype="datetime64[D]")), panel.tickers.index(doubt.ticker)] = False
    return free


def _large_moves(panel: MarketPanel, free: Bools) -> list[Doubt]:
    far = np.empty(panel.shape, dtype=np.bool_)
    for start in range(0, len(far), BLOCK):
        block = slice(start, start + BLOCK)
        with np.errstate(invalid="ignore", divide="ignore"):
            move = panel.close[block] * panel.split[block] / panel.reference[block]
            far[block] = ((move > LARGEST_MOVE) | (move < 1 / LARGEST_MOVE)) & free[block]
    columns, rows = np.nonzero(far.T)
    return [
        Doubt(
            kind="large_move",
            ticker=panel.tickers[n],
            date=panel.dates[t],
            message=f"{panel.tickers[n]} on {panel.dates[t]}: the close goes from {float(panel.reference[t, n])!r} to "
            f"{float(panel.close[t, n])!r} in one bar; {_why(float(panel.split[t, n]))}",
        )
        for t, n in zip(rows.tolist(), columns.tolist(), strict=True)
    ]


def _why(split: float) -> str:
    if split == 1.0:
        return "a split without a `split` column, or a wrong price?"
    return f"with its split of {split:g} new shares for one old; a wrong split, or a wrong price?"


def _unknown_volumes(panel: MarketPanel, needs_volume: Bools) -> list[Doubt]:
    unknown = (panel.tradable & np.isnan(panel.volume) & needs_volume).sum(axis=0)
    return [
        Doubt(
            kind="unknown_volume",
            ticker=panel.tickers[n],
            message=f"{panel.tickers[n]} has {int(unknown[n])} bars without a volume: traded without participation cap",
        )
        for n in np.flatnonzero(unknown).tolist()
    ]


def _stale(panel: MarketPanel) -> list[Doubt]:
    found = []
    for n, ticker in enumerate(panel.tickers):
        rows = np.flatnonzero(panel.tradable[:, n])
        close = panel.close[rows, n]
        changes = np.flatnonzero(np.concatenate(([True], close[1:] != close[:-1], [True]))) if len(rows) else rows
        if len(changes) < 2:
            continue
        lengths = np.diff(changes)
        longest = int(np.argmax(lengths))
        if lengths[longest] >= STALE_BARS:
            day = panel.dates[rows[changes[longest]]]
            message = (
                f"{ticker} closes at {float(close[changes[longest]])!r} on {lengths[longest]} bars running from {day}"
            )
            found.append(Doubt(kind="stale", ticker=ticker, date=day, message=message))
    return found
