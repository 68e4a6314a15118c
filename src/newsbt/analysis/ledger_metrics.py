"""Metrics of what was traded: turnover, exposure, and the closed trades' profits."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Floats
from newsbt.analysis import distribution
from newsbt.analysis.measure import Measure, Metrics, undefined
from newsbt.domain.metrics import keys_of

__all__ = ["ledger_metrics"]


def ledger_metrics(
    *,
    equity: Floats,
    fill_notional: Floats,
    gross_exposure: Floats,
    net_exposure: Floats,
    trade_pnl: Floats,
    periods_per_year: float,
    lost: str = "",
) -> Metrics:
    """Turnover, exposure and trade statistics of one strategy.

    Parameters
    ----------
    equity : ndarray of shape (T,)
        E_1 .. E_T at the closes, account currency; the initial capital is not among them.
    fill_notional : ndarray of any length
        Notional of each fill (or summed by bar, if absolute), account currency; signs do not matter.
    gross_exposure, net_exposure : ndarray of shape (T,)
        Sum of |position value| and of signed position value over equity at the close, as fractions; 0 without a
        position, NaN where equity is zero or less.
    trade_pnl : ndarray of shape (K,)
        Net profit of each closed trade, account currency.
    periods_per_year : float
        Bars a year.
    lost : str
        Why exposures have no mean, where equity has been zero or less.

    Returns
    -------
    Metrics
        `turnover, turnover_one_way, exposure, mean_gross, mean_net, hit_rate, profit_factor, expectancy,
        payoff_ratio, wins, losses, zeros`.
    """
    bars = equity.size
    measures: dict[str, Measure] = {}
    traded = float(np.abs(fill_notional).sum())
    if bars == 0:
        measures |= dict.fromkeys(keys_of("holdings"), undefined("no bars"))
    else:
        mean_equity = float(equity.mean())
        if mean_equity > 0:
            two_sided = traded / mean_equity * periods_per_year / bars
            measures["turnover"] = Measure(two_sided)
            measures["turnover_one_way"] = Measure(two_sided / 2)
        else:
            measures |= dict.fromkeys(("turnover", "turnover_one_way"), undefined("mean equity is not positive"))
        measures["exposure"] = Measure(int(np.count_nonzero(gross_exposure)) / bars)
        measures["mean_gross"] = undefined(lost) if lost else Measure(float(gross_exposure.mean()))
        measures["mean_net"] = undefined(lost) if lost else Measure(float(net_exposure.mean()))
    return Metrics.of(measures | trade_measures(trade_pnl))


def trade_measures(pnl: Floats) -> dict[str, Measure]:
    """Hit rate, profit factor, expectancy and counts of closed trades with net profits `pnl` (K,)."""
    won, lost = pnl[pnl > 0], pnl[pnl < 0]
    measures = {
        "wins": Measure(float(won.size)),
        "losses": Measure(float(lost.size)),
        "zeros": Measure(float(pnl.size - won.size - lost.size)),
    }
    if pnl.size == 0:
        return measures | dict.fromkeys(keys_of("trades"), undefined("no closed trades"))
    measures["hit_rate"] = distribution.hit_rate(pnl)
    measures["profit_factor"] = distribution.gain_loss_ratio(pnl)
    measures["expectancy"] = Measure(float(pnl.mean()))
    if won.size and lost.size:
        measures["payoff_ratio"] = Measure(float(won.mean() / -lost.mean()))
    else:
        measures["payoff_ratio"] = undefined("no losses" if won.size else "no wins")
    return measures
