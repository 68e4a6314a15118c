"""What the services know: prices as they were traded, and what was paid and split. Each gives it in its own form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

__all__ = ["Series", "split_adjusted"]


@dataclass(frozen=True, kw_only=True)
class Series:
    """Daily rows of an instrument: `frame` has open, high, low, close, volume (shares) by day, as traded. `splits` are
    new shares for an old one, `dividends` cash for a share of that day; `before` the exchange's previous closes, where
    they are not those that splits and dividends make of the close before."""

    frame: pd.DataFrame
    currency: str = "HKD"
    splits: Mapping[str, float] = field(default_factory=dict)
    dividends: Mapping[str, float] = field(default_factory=dict)
    before: pd.Series | None = None

    @property
    def previous_close(self) -> pd.Series:
        """What the exchange takes for the close before: without what is paid and split that day."""
        if self.before is not None:
            return self.before
        found = self.frame["close"].shift().fillna(self.frame["open"].iloc[0])
        for day, cash in self.dividends.items():
            found.loc[day] -= cash
        for day, ratio in self.splits.items():
            found.loc[day] /= ratio
        return found.round(3)


def split_adjusted(series: Series) -> tuple[pd.DataFrame, dict[str, float]]:
    """Rows and dividends as a service gives them that takes every split out of all days before it."""
    days = series.frame.index
    later = np.ones(len(days))
    for day, ratio in series.splits.items():
        later[days < pd.Timestamp(day)] *= ratio
    frame = series.frame[["open", "high", "low", "close"]].div(later, axis=0)
    frame["volume"] = (series.frame["volume"] * later).round()
    paid = {
        day: cash / float(np.prod([ratio for on, ratio in series.splits.items() if on > day]))
        for day, cash in series.dividends.items()
    }
    return frame, paid
