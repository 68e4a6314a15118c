"""Null worlds of a run's own market: its prices as they could have gone by chance, and with an effect planted in them.

Every day of the run keeps its size and goes its way or the opposite one, for all tickers together (docs/methods.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from newsbt._typing import Floats, Ints
from newsbt.assembly import Components
from newsbt.domain.ledger import Ledger
from newsbt.domain.market_panel import MarketPanel, ex_price, frozen_array
from newsbt.kernels.mirrored_prices import mirrored_prices
from newsbt.markets.limits import PRICE_UNIT
from newsbt.markets.rules import LimitTable, TradingRules, limit_table, trading_rules
from newsbt.steps.market_setup import MarketSetup

__all__ = ["NullPrices", "Planted", "drawn_signs", "null_prices", "planted_at"]

NAMES = ("open", "high", "low", "close")
PASSES = 4  # until the price steps are those of the prices


@dataclass(frozen=True, kw_only=True)
class Planted:
    """An effect: what is added to each ticker's return to a bar's open and from there to its close, both (T, N)."""

    at_open: Floats
    later: Floats


@dataclass(frozen=True, kw_only=True)
class NullPrices:
    """What the prices of a market are made of anew, as the kernel `mirrored_prices` takes it."""

    components: Components
    market: MarketSetup
    bars: Floats
    at_limit: Ints
    action: Floats
    paid: Floats
    given: Floats
    session: Ints
    limits: LimitTable
    tick: Ints

    def market_of(self, sign: Ints, planted: Planted | None = None) -> MarketSetup:
        """The market with every row as it went (`sign` 1) or its mirror image (-1), (T,), and an effect where one is
        planted; rules, fees and slippage follow the prices."""
        source, panel = self.market, self.market.panel
        made = np.empty((len(NAMES), *panel.shape))
        dividend, prev_close = np.empty(panel.shape), np.empty(panel.shape)
        nothing = np.zeros(panel.shape)
        at_open, later = (nothing, nothing) if planted is None else (planted.at_open, planted.later)
        limits, tick = self.limits, self.tick
        for _ in range(PASSES):
            mirrored_prices(
                self.bars, self.at_limit, self.action, self.paid, panel.split, self.given, self.session, limits.which,
                limits.rates, limits.below, limits.amount, limits.bands, tick, panel.close_before, sign, at_open, later,
                made, dividend, prev_close,
            )  # fmt: skip
            prices = dict(zip(NAMES, made, strict=True)) | {"dividend": dividend, "prev_close": prev_close}
            other = replace(panel, **{name: frozen_array(values, np.float64) for name, values in prices.items()})
            rules = trading_rules(other, source.universe, source.rulebook, enabled=source.rules.applied)
            steps = _steps(rules)
            if (steps == tick)[limits.which >= 0].all():
                break
            tick = steps  # of the price bands in which these prices lie
        return replace(
            source,
            prices=replace(source.prices, panel=other),
            rules=rules,
            fees=self.components.costs.table(other, source.universe, source.rulebook),
            slippage=self.components.slippage.table(other, rules),
        )


def null_prices(components: Components, market: MarketSetup) -> NullPrices:
    """Take a market's prices apart: each bar against its reference price, and what stands at a price limit."""
    panel, rules = market.panel, market.rules
    reference = panel.reference
    with np.errstate(divide="ignore", invalid="ignore"):
        paid = np.where(panel.dividend != 0.0, panel.dividend / reference, 0.0)
        given = panel.prev_close / reference
        action = ex_price(reference, panel.dividend, panel.split) / reference
    adjusts = _adjustments(panel)
    action = np.where((panel.dividend == 0.0) & (panel.split == 1.0), adjusts, action)
    action = np.where(np.isfinite(action) & (action > 0.0), action, 1.0)
    paid = np.where(np.isfinite(paid), paid, 0.0)
    base = np.where(np.isfinite(reference), reference * action, 1.0)
    prices = np.stack([getattr(panel, name) for name in NAMES])
    rows = np.arange(len(panel.dates))[:, np.newaxis]
    session = (
        panel.clock.session_of[:, panel.market_of] if panel.clock.intraday else rows.repeat(panel.shape[1], axis=1)
    )
    return NullPrices(
        components=components,
        market=market,
        bars=prices / base,
        at_limit=_at_limit(prices, rules),
        action=action,
        paid=paid,
        given=given,
        session=session,
        limits=limit_table(panel, market.universe, market.rulebook, enabled=rules.applied),
        tick=_steps(rules),
    )  # fmt: skip


def drawn_signs(panel: MarketPanel, random: np.random.Generator) -> Ints:
    """(T,): 1 or -1 for each row, the same within a date, each date by itself: signs that lasted would keep what prices
    go on doing after news, and let who follows them gain."""
    dates, of_row = np.unique(panel.dates.astype("M8[D]"), return_inverse=True)
    ways = random.choice(np.array([-1, 1], dtype=np.int64), len(dates))
    return np.asarray(ways[of_row], dtype=np.int64)


def planted_at(ledger: Ledger, effect: float, panel: MarketPanel) -> Planted:
    """An effect in every trade that an event caused: in the direction of the trade, from the entry's fill on, for good.

    Where one bar holds several entries of a ticker one way, the effect comes once.
    """
    at_open, later = np.zeros(panel.shape), np.zeros(panel.shape)
    lots = ledger.lots[ledger.lots["event"] >= 0]
    row, ticker, side = lots["entry_row"], lots["ticker"], np.sign(lots["quantity"])
    closing = lots["entry_at"] == panel.clock.close_at[row, panel.market_of[ticker]]
    later[row[~closing], ticker[~closing]] = effect * side[~closing]
    for t, n, way in zip(row[closing].tolist(), ticker[closing].tolist(), side[closing].tolist(), strict=True):
        after = np.flatnonzero(panel.tradable[t + 1 :, n])
        if len(after):
            at_open[t + 1 + after[0], n] = effect * way
    return Planted(at_open=at_open, later=later)


def _steps(rules: TradingRules) -> Ints:
    return np.asarray(np.rint(rules.tick * PRICE_UNIT), dtype=np.int64)


def _at_limit(prices: Floats, rules: TradingRules) -> Ints:
    half = 0.5 * rules.tick
    with np.errstate(invalid="ignore"):
        return (prices >= rules.limit_up - half).astype(np.int64) - (prices <= rules.limit_down + half)


def _adjustments(panel: MarketPanel) -> Floats:
    """(T, N): what a change of `adj_factor` from one close to the next leaves of the last close."""
    found = np.ones(panel.shape)
    for n in np.flatnonzero(np.isfinite(panel.adj_factor).any(axis=0)).tolist():
        rows = np.flatnonzero(np.isfinite(panel.adj_factor[:, n]) & np.isfinite(panel.close[:, n]))
        factor = panel.adj_factor[rows, n]
        found[rows[1:], n] = factor[:-1] / factor[1:]
    return found
