"""What a config needs of prices and rates: every instrument of its universe, and its currencies, over its period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from newsbt.config.models import RunConfig
from newsbt.domain.entity import Instrument, Universe
from newsbt.errors import ConfigError, Problem

__all__ = ["BEFORE", "Needs", "needs_of"]

BEFORE = timedelta(days=14)  # of the period's first day: the close before it, and a rate that is known then


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Instruments (shares, funds, indices), pairs (``USDHKD`` being HKD per USD), and the days, both included."""

    instruments: Sequence[Instrument]
    pairs: Sequence[str]
    first: date
    last: date

    def unlisted(self, item: Instrument) -> str:
        """Why an instrument can have no prices in these days; empty where it can."""
        if item.listed_on is not None and item.listed_on > self.last:
            return f"it was listed on {item.listed_on}, after the days that are asked for"
        if item.delisted_on is not None and item.delisted_on < self.first:
            return f"it was delisted on {item.delisted_on}, before the days that are asked for"
        return ""


def needs_of(config: RunConfig, universe: Universe, today: date) -> Needs:
    """What a run of this config reads: prices up to its period's last day, or today.

    Raises
    ------
    ConfigError
        The config does not say from which day on.
    """
    start, end = config.period.start, config.period.end
    if start is None:
        message = "expected the first day to pull, such as 2024-01-02; without it a run takes all days that there are"
        raise ConfigError.of([Problem(code="missing_value", key="period.start", message=message)])
    if start > today:
        message = f"the period begins on {start}, after today ({today} by this machine's clock)"
        raise ConfigError.of([Problem(code="bad_value", key="period.start", message=message)])
    currencies = dict.fromkeys(item.currency for item in universe.instruments if item.currency != "?")
    account = config.account.currency
    pairs = [] if account is None else [one + account for one in currencies if one != account]
    return Needs(instruments=universe.instruments, pairs=pairs, first=start - BEFORE, last=min(end or today, today))
