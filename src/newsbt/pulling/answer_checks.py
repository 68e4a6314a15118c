"""Whether an answer can be what was asked for: its currency, its days, and how many of the sessions it has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from newsbt._typing import Days, Floats
from newsbt.domain.entity import Instrument
from newsbt.pulling.provider_contract import AnsweredPrices, AnsweredRates, AskedPrices, AskedRates, ProviderError

__all__ = ["Coverage", "checked_prices", "checked_rates", "coverage", "price_frame", "rate_frame"]

CURRENCY = re.compile("[A-Z]{3}")
# Sessions without a row, and their share, for which no second provider is asked: days without trading.
FEWEST, FEW = 2, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many of the sessions that were asked for have a row, and those that have none. `before` is the number of
    those before the first row; where it may not have been listed then they are not among the missing."""

    sessions: int
    missing: Sequence[date]
    before: int

    @property
    def is_whole(self) -> bool:
        """Whether no more is missing than days without trading may explain."""
        return len(self.missing) <= max(FEWEST, FEW * self.sessions)

    @property
    def text(self) -> str:
        """In words, with the first and the last that is missing."""
        return (
            f"{len(self.missing)} of {self.sessions} sessions have no row, from {self.missing[0]} to {self.missing[-1]}"
            if self.missing
            else f"all {self.sessions} sessions have a row"
        )


def checked_prices(
    answer: AnsweredPrices, asked: AskedPrices, item: Instrument, closed: date, today: date
) -> AnsweredPrices:
    """The rows up to the last session that is over, `closed`, and what was paid and split up to today: prices that hold
    their splits hold today's from the morning on.

    Raises
    ------
    ProviderError
        Another currency than the instrument's, days that are no days or not in order, or days after today.
    """
    expected = answer.currency if item.currency == "?" else item.currency
    if answer.currency and (answer.currency != expected or not CURRENCY.fullmatch(answer.currency)):
        message = f"its prices of {item.ticker} are in {answer.currency}, and the universe says {item.currency}"
        raise ProviderError("unusable", message)
    _check_days(answer.days, today)
    last = closed.isoformat()
    count = sum(day <= last for day in answer.days)
    if not count:
        raise ProviderError("nothing", f"no days of {item.ticker} from {asked.first} to {closed} that are over")
    return replace(
        answer,
        days=answer.days[:count],
        values={name: column[:count] for name, column in answer.values.items()},
        dividends=_until(answer.dividends, today.isoformat()),
        splits=_until(answer.splits, today.isoformat()),
    )


def checked_rates(answer: AnsweredRates, asked: AskedRates, today: date) -> AnsweredRates:
    """The rates of days before today, which may still change, and of those that have one.

    Raises
    ------
    ProviderError
        As of :func:`checked_prices`.
    """
    _check_days(answer.days, today)
    rows = [
        (day, rate) for day, rate in zip(answer.days, answer.rates, strict=True) if rate and day < today.isoformat()
    ]
    if not rows:
        raise ProviderError("nothing", f"no rates of {asked.pair} from {asked.first} to {asked.last}")
    return replace(answer, days=[day for day, _ in rows], rates=[rate for _, rate in rows])


def _check_days(days: Sequence[str], today: date) -> None:
    try:
        read = [date.fromisoformat(day) for day in days]
    except ValueError as error:
        raise ProviderError("unusable", f"a row has no day: {error}") from None
    for one, following in pairwise(read):
        if one >= following:
            raise ProviderError("unusable", f"the row of {following} stands behind that of {one}")
    if read and read[-1] > today:
        message = f"it has a row of {read[-1]}, after today, {today} by this machine's clock: is the clock right?"
        raise ProviderError("unusable", message)


def _until(events: Mapping[str, float] | None, last: str) -> dict[str, float] | None:
    return None if events is None else {day: value for day, value in events.items() if day <= last}


def coverage(days: Sequence[str], sessions: Days, listed: bool) -> Coverage:
    """What of the sessions (S,) has a row; `listed` says that the instrument was, on all of them."""
    have = np.array(days, dtype="datetime64[D]")
    missing = sessions[~np.isin(sessions, have)]
    before = int((missing < have[0]).sum())
    counted = missing if listed else missing[before:]
    return Coverage(sessions=len(sessions) - (0 if listed else before), missing=counted.tolist(), before=before)


def price_frame(ticker: str, answer: AnsweredPrices) -> pd.DataFrame:
    """Rows as the store takes them; a payment on a day without a row has one without prices."""
    frame = pd.DataFrame({name: _numbers(column) for name, column in answer.values.items()})
    frame.index = pd.Index(list(answer.days), dtype="str")
    for name, events in (("dividend", answer.dividends), ("split", answer.splits)):
        if events is not None:
            frame = frame.reindex(sorted({*frame.index, *events}))
            frame[name] = pd.Series(events, dtype="float64").reindex(frame.index, fill_value=0.0)
    for name in ("open", "high", "low", "close", "volume"):
        if name not in frame:
            frame[name] = np.nan
    frame = frame.rename_axis("date").reset_index()
    return frame.assign(ticker=ticker, currency=answer.currency)


def _numbers(column: Sequence[float | None]) -> Floats:
    return np.array([np.nan if one is None else one for one in column], dtype=np.float64)


def rate_frame(pair: str, answer: AnsweredRates) -> pd.DataFrame:
    """Rows as the store takes them."""
    return pd.DataFrame({"pair": pair, "date": list(answer.days), "rate": list(answer.rates)})
