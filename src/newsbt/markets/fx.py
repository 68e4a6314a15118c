"""Exchange rates by row: C1."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from newsbt._typing import Bools, Days, Floats, Ints
from newsbt.domain.entity import Universe
from newsbt.domain.market_panel import MarketPanel, frozen_array
from newsbt.domain.showing import brief
from newsbt.errors import DataError, Problem

__all__ = ["FxRates", "Quotes", "align_fx", "crossings"]

Quotes = Mapping[str, float | Sequence[tuple[date, float]]]  # pair such as USDHKD, HKD for one USD, to its rates


@dataclass(frozen=True, kw_only=True)
class FxRates:
    """Account currency for one unit of each of C `currencies`, by row; read-only.

    `fill_rate` (T, C) is the last rate dated before the row's day, for fills and dividends; `mark_rate` (T, C) the
    last dated on it or before, for marks; NaN before the first. `currency_of` (N,) is each instrument's column. The
    account's own is 1. A currency that needs no rate, because nothing in it can be held, and has none is NaN
    throughout. `crossed` has the two pairs of which rates were made that no pair gives, by the pair that was made, and
    `first_day` the day of the first rate by currency, None where there is a pair without any.
    """

    account: str
    currencies: tuple[str, ...]
    currency_of: Ints
    fill_rate: Floats
    mark_rate: Floats
    crossed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    first_day: Mapping[str, date | None] = field(default_factory=dict)

    __repr__ = brief

    @property
    def is_known(self) -> Bools:
        """(T, N): whether a fill of each instrument has a rate in each row."""
        known: Bools = np.isfinite(self.fill_rate)[:, self.currency_of]
        return known


def align_fx(
    rates: Quotes, account: str, panel: MarketPanel, universe: Universe, needed: Collection[str] = (), remedy: str = ""
) -> FxRates:
    """Rates of every currency of a universe on the rows of a panel.

    Parameters
    ----------
    rates : mapping of pair to rates
        `USDHKD` is HKD per USD. A sequence of (day, rate) in any order, or one number that holds always.
    account : str
        Currency of the account, three capital letters.
    needed : collection of str
        Tickers that need a rate although they cannot be held, such as a benchmark index.
    remedy : str
        What to do about a pair that is missing; blank: to add it to `fx`.

    Raises
    ------
    DataError
        A currency of a tradable instrument with prices has neither the pair, nor its inverse, nor two pairs with one
        currency in common to cross; or a rate that is not positive.
    """
    currencies = tuple(dict.fromkeys([account, *(item.currency for item in universe.instruments)]))
    column = {currency: c for c, currency in enumerate(currencies)}
    dates = panel.dates
    fill_rate, mark_rate = (np.full((len(dates), len(currencies)), np.nan) for _ in range(2))
    fill_rate[:, 0] = mark_rate[:, 0] = 1.0
    problems: list[Problem] = []
    crossed: dict[str, tuple[str, str]] = {}
    first_day: dict[str, date | None] = {}
    for currency, c in column.items():
        if c == 0:
            continue
        before = len(problems)
        quotes = _quotes(rates, currency, account, problems)
        if quotes is None and len(problems) == before:
            found = _crossed(rates, currency, account, problems)
            if found is not None:
                quotes, crossed[currency + account] = found
        if quotes is None:
            holders = _holders(currency, panel, universe, needed)
            if panel.tradable[:, holders].any() and len(problems) == before:
                add = (
                    f"add rows of the pair {currency}{account} (or {account}{currency}) to `fx`, or a fixed "
                    f"rate {{use: fixed, rates: {{{currency}{account}: ...}}}}"
                )
                message = (
                    f"no rate from {currency} to {account}, which {universe.tickers[holders[0]]} "
                    f"needs; {remedy or add}; no two pairs with a currency in common make it"
                )
                problems.append(Problem(code="missing_rate", key=f"fx.{currency}{account}", message=message))
            continue
        days, values = quotes
        fill_rate[:, c] = _last(days, values, dates, "left")
        mark_rate[:, c] = _last(days, values, dates, "right")
        first_day[currency] = days[0].item() if len(days) else None
    if problems:
        raise DataError.of(problems)
    return FxRates(
        account=account,
        currencies=currencies,
        currency_of=frozen_array([column[item.currency] for item in universe.instruments], np.int64),
        fill_rate=frozen_array(fill_rate, np.float64),
        mark_rate=frozen_array(mark_rate, np.float64),
        crossed=crossed,
        first_day=first_day,
    )


_ALWAYS = np.datetime64("0001-01-01", "D")


def _quotes(rates: Quotes, currency: str, account: str, problems: list[Problem]) -> tuple[Days, Floats] | None:
    """Days and rates of the pair, or of its inverse turned round; None where there is neither."""
    for pair, turned in ((currency + account, False), (account + currency, True)):
        if pair not in rates:
            continue
        quoted = rates[pair]
        rows: list[tuple[np.datetime64, float]]
        if isinstance(quoted, (int, float)):
            rows = [(_ALWAYS, float(quoted))]
        else:
            rows = sorted((np.datetime64(day, "D"), float(value)) for day, value in quoted)
        bad = next(((day, value) for day, value in rows if not 0 < value < math.inf), None)
        if bad is not None:
            on = "" if bad[0] == _ALWAYS else f" on {bad[0]}"
            message = f"expected a rate above 0, got {bad[1]!r}{on}"
            problems.append(Problem(code="bad_value", key=f"fx.{pair}", message=message))
            return None
        values = np.array([value for _, value in rows], dtype=np.float64)
        return np.array([day for day, _ in rows], dtype="datetime64[D]"), 1.0 / values if turned else values
    return None


def crossings(currencies: Iterable[str]) -> list[str]:
    """The currencies by way of which a rate is made, the one that is taken first in front: the dollar, then by name."""
    return sorted(currencies, key=lambda name: (name != "USD", name))


def _crossed(
    rates: Quotes, currency: str, account: str, problems: list[Problem]
) -> tuple[tuple[Days, Floats], tuple[str, str]] | None:
    """Days and rates by way of a currency that both have a pair with, and its pairs; of several the dollar, then the
    first by name. A day's rate is made of the last of each that are dated on it or before."""
    others = {pair[:3] for pair in rates} | {pair[3:] for pair in rates}
    for other in crossings(others - {currency, account}):
        legs = [(a, b) for a, b in ((currency, other), (other, account)) if a + b in rates or b + a in rates]
        if len(legs) < 2:
            continue
        first, second = (_quotes(rates, a, b, problems) for a, b in legs)
        if first is None or second is None:
            return None
        (days, values), (other_days, other_values) = first, second
        every = np.union1d(days, other_days)
        made = _last(days, values, every, "right") * _last(other_days, other_values, every, "right")
        known = np.isfinite(made)
        of_first, of_second = (a + b if a + b in rates else b + a for a, b in legs)
        return (every[known], made[known]), (of_first, of_second)
    return None


def _last(days: Days, values: Floats, dates: Days, side: str) -> Floats:
    """The last value dated before each date (`left`), or on it or before (`right`); NaN where there is none."""
    index = np.searchsorted(days, dates, side="left" if side == "left" else "right")
    result: Floats = np.concatenate([[np.nan], values])[index]
    return result


def _holders(currency: str, panel: MarketPanel, universe: Universe, needed: Collection[str]) -> list[int]:
    return [
        n
        for n, item in enumerate(universe.instruments)
        if item.currency == currency
        and panel.has_prices[n]
        and (item.ticker in needed or (item.tradable and not item.is_index))
    ]
