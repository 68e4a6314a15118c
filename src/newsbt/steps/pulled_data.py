"""What a run needs of a price store and nobody has pulled: it ends there, and says how to get it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np

from newsbt.assembly import Components
from newsbt.config.models import PeriodConfig
from newsbt.domain.entity import Universe
from newsbt.domain.market_panel import MarketPanel
from newsbt.errors import DataError, Problem
from newsbt.markets.fx import crossings
from newsbt.ports.pulled_reader import PulledPriceReader, PulledReader, not_pulled

__all__ = ["refuse_unpulled"]

_DAY = timedelta(days=1)
_MOST_NAMES = 6


def refuse_unpulled(
    components: Components, universe: Universe, panel: MarketPanel, account: str, pairs: Collection[str]
) -> None:
    """Check that everything was asked for which a run reads out of a store.

    That is each instrument without prices of another source, from the period's first day to its last, or as far as was
    asked where the period is not over at the reader's instant; and those of the `pairs` with rates that lead from the
    currencies of the prices to the account's. What was asked for and not given is no missing data. The currency of
    prices is that of the instrument.

    Raises
    ------
    DataError
        It names what is missing, and the command that pulls it; or the instruments in another currency.
    """
    period, problems = components.config.period, list[Problem]()
    for reader in components.prices:
        if isinstance(reader, PulledPriceReader):
            asked = {ticker: days for ticker, days in reader.asked().items() if ticker in universe.position}
            without = [universe.tickers[n] for n in np.flatnonzero(~panel.has_prices).tolist()]
            never = [(ticker, "") for ticker in without if ticker not in asked]
            problems += _missing("prices", reader, [*never, *_holes(asked, period, reader.instant)])
            problems += _other_currencies(reader, universe)
    if isinstance(components.fx, PulledReader):
        priced = {universe.instruments[n].currency for n in np.flatnonzero(panel.has_prices).tolist()}
        used = set(_pairs_used(priced - {account}, account, pairs))
        asked = {pair: days for pair, days in components.fx.asked().items() if pair in used}
        problems += _missing("rates", components.fx, [*_holes(asked, period, components.fx.instant)])
    if problems:
        raise DataError("\n".join(map(str, problems)), problems)


def _missing(key: str, reader: PulledReader, found: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    """One problem for all tickers and the days of each that nobody asked for."""
    if found:
        shown = ", ".join(f"{ticker}{days}" for ticker, days in found[:_MOST_NAMES])
        more = f" and {len(found) - _MOST_NAMES} more" if len(found) > _MOST_NAMES else ""
        yield not_pulled(f"the store lacks what nobody has pulled yet: {shown}{more}", reader.config, key)


def _holes(
    asked: Mapping[str, Sequence[tuple[date, date]]], period: PeriodConfig, instant: datetime
) -> Iterator[tuple[str, str]]:
    """Tickers with the first days of the period that nobody asked for."""
    is_over = period.end is not None and period.end < instant.date()
    for ticker, spans in asked.items():
        reached = (period.start or spans[0][0]) - _DAY
        end = period.end if period.end and is_over else spans[-1][1]
        for first, last in [*spans, (end + _DAY, end)]:
            if first > reached + _DAY and reached < end:
                yield ticker, f" from {reached + _DAY} to {min(first - _DAY, end)}"
                break
            reached = max(reached, last)


def _pairs_used(currencies: Iterable[str], account: str, pairs: Collection[str]) -> Iterator[str]:
    """The pairs that give the rates of currencies: one, or two with a currency in common."""
    others = {pair[:3] for pair in pairs} | {pair[3:] for pair in pairs}
    for currency in sorted(currencies):
        for way in ((currency, account), *((currency, other, account) for other in crossings(others))):
            legs = [next((pair for pair in (a + b, b + a) if pair in pairs), "") for a, b in pairwise(way)]
            if all(legs):
                yield from legs
                break


def _other_currencies(reader: PulledPriceReader, universe: Universe) -> Iterator[Problem]:
    for ticker, provider, given in reader.currencies():
        if ticker in universe.position and given != (currency := universe[ticker].currency):
            message = (
                f"{ticker} is in {currency} by the table of instruments, and {provider} gave it in {given}: another "
                "listing, or the table is wrong"
            )
            yield Problem(code="unknown_currency", key="prices", message=message)
