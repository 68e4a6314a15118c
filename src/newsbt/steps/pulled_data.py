"""What a run needs of a price store and nobody has pulled: it ends there, and says how to get it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from newsbt.assembly import Components
from newsbt.config.models import PeriodConfig
from newsbt.domain.entity import Universe
from newsbt.domain.market_panel import MarketPanel
from newsbt.errors import DataError, Problem
from newsbt.ports.pulled_reader import PulledReader, not_pulled

if TYPE_CHECKING:
    from newsbt.price_store import TickerPull

__all__ = ["refuse_unpulled"]

_DAY = timedelta(days=1)
_MOST_NAMES = 6


def refuse_unpulled(components: Components, universe: Universe, panel: MarketPanel) -> None:
    """Check that everything was asked for which a run reads out of a store.

    That is each instrument without prices of another source, from the period's first day to its last, or as far as was
    asked where the period is not over at the reader's instant; and each pair of the rates. What was asked for and not
    given is no missing data. The currency of prices is that of the instrument.

    Raises
    ------
    DataError
        It names what is missing, and the command that pulls it; or the instruments in another currency.
    """
    period, problems = components.config.period, list[Problem]()
    for reader in components.prices:
        if isinstance(reader, PulledReader):
            pulls = [one for one in reader.pulls() if one.kind == "prices" and one.ticker in universe.position]
            asked = {one.ticker for one in pulls}
            without = [universe.tickers[n] for n in np.flatnonzero(~panel.has_prices).tolist()]
            never = [ticker for ticker in without if ticker not in asked]
            problems += _missing("prices", [(ticker, "") for ticker in never])
            problems += _missing("prices", _holes(pulls, period, reader.instant))
            problems += _other_currencies(pulls, universe)
    if isinstance(components.fx, PulledReader):
        pulls = [one for one in components.fx.pulls() if one.kind == "rates"]
        problems += _missing("rates", _holes(pulls, period, components.fx.instant))
    if problems:
        raise DataError("\n".join(map(str, problems)), problems)


def _missing(key: str, found: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    """One problem for all tickers and the days of each that nobody asked for."""
    if found:
        shown = ", ".join(f"{ticker}{days}" for ticker, days in found[:_MOST_NAMES])
        more = f" and {len(found) - _MOST_NAMES} more" if len(found) > _MOST_NAMES else ""
        yield not_pulled(f"the store lacks what nobody has pulled yet: {shown}{more}", key)


def _holes(pulls: Iterable[TickerPull], period: PeriodConfig, instant: datetime) -> list[tuple[str, str]]:
    """Tickers with the first days of the period that nobody asked for."""
    found = []
    asked: dict[str, list[tuple[date, date]]] = {}
    for one in pulls:
        asked.setdefault(one.ticker, []).append((one.asked_from, one.asked_through))
    for ticker, spans in asked.items():
        reached = (period.start or min(first for first, _ in spans)) - _DAY
        is_over = period.end is not None and period.end < instant.date()
        end = period.end if period.end and is_over else max(last for _, last in spans)
        for first, last in [*sorted(spans), (end + _DAY, end)]:
            if first > reached + _DAY and reached < end:
                found.append((ticker, f" from {reached + _DAY} to {min(first - _DAY, end)}"))
                break
            reached = max(reached, last)
    return found


def _other_currencies(pulls: Iterable[TickerPull], universe: Universe) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for one in pulls:
        currency = universe[one.ticker].currency
        if one.currency and one.currency != currency and (one.ticker, one.currency) not in seen:
            seen.add((one.ticker, one.currency))
            message = (
                f"{one.ticker} is in {currency} by the table of instruments, and {one.provider} gave it in "
                f"{one.currency} ({one.pulled_at.isoformat()}): another listing, or the table is wrong"
            )
            yield Problem(code="other_currency", key="prices", message=message)
