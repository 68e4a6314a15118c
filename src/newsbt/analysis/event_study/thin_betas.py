"""Betas of thinly traded shares, whose returns answer the market a day late or early."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.analysis.event_study.fitted import Schedule, fit
from newsbt.analysis.event_study.panel import StudyPanel

__all__ = ["BETAS", "thin_betas"]

BETAS = ("ols", "dimson", "scholes_williams")


def thin_betas(panel: StudyPanel, dropped: Bools, ticker: Ints, day: Ints, schedule: Schedule, *, beta: str) -> Floats:
    """(E, 1): market betas with one lag and one lead, NaN where they cannot be estimated.

    "dimson" is the sum of the three slopes of one regression on yesterday's, today's and tomorrow's market (Dimson
    1979); "scholes_williams" the sum of the slopes of three regressions over 1 + 2 rho, rho the market's first
    autocorrelation on the same days (Scholes and Williams 1977).
    """
    market = panel.factors[:, :, :1]
    missing = np.full_like(market[:, :1], np.nan)
    shifted = (
        np.concatenate((missing, market[:, :-1]), axis=1),
        market,
        np.concatenate((market[:, 1:], missing), axis=1),
    )

    def slopes(returns: Floats, columns: Floats) -> Floats:
        changed = replace(panel, returns=returns, factors=columns)
        return fit(changed, dropped, ticker, day, schedule).coefficients[:, 1:]

    if beta == "dimson":
        return np.asarray(slopes(panel.returns, np.concatenate(shifted, axis=2)).sum(axis=1, keepdims=True))
    total = sum(slopes(panel.returns, columns) for columns in shifted)
    # The market's own regression on its yesterday, over each ticker's usable days.
    own = np.where(np.isnan(panel.returns), np.nan, market[panel.factors_of, :, 0])
    return np.asarray(total / (1 + 2 * slopes(own, shifted[0])))
