"""Yahoo's prices by yfinance: adjusted for splits, with the dividends and splits that they are adjusted for."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import pandas as pd

from newsbt.pulling.frame_values import blanks_as_none, check_columns, days_of, events_of
from newsbt.pulling.observed_answers import HttpAnswerSeen, check_status
from newsbt.pulling.provider_contract import AnsweredPrices, AnsweredRates, AskedPrices, AskedRates, ProviderError
from newsbt.pulling.symbols import renamed, yahoo_rate, yahoo_symbol

if TYPE_CHECKING:
    import yfinance

__all__ = ["YfinanceProvider"]

COLUMNS = {"Open": "open", "High": "high", "Low": "low", "Close": "close", "Volume": "volume"}
DIVIDENDS, SPLITS = "Dividends", "Stock Splits"
CHART = "/v8/finance/chart/"
TIMEOUT_SECONDS = 20
NOT_FOUND = 404
P = ParamSpec("P")
A = TypeVar("A", bound=HttpAnswerSeen)


class YfinanceProvider:
    """Hong Kong, New York and more, indices, funds and rates.

    Open, high, low, close, volume and dividends always hold every split up to now, whatever `auto_adjust`. So the days
    that are asked end with today, also where fewer are wanted: a split after them is in their numbers.
    """

    def __init__(self) -> None:
        import yfinance
        from curl_cffi.requests import Session

        logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # what it says there it raises too
        yfinance.config.debug.hide_exceptions = False
        self._library = yfinance
        self._session = Session(impersonate="chrome")  # the browser that yfinance is by itself
        self._session.request = _observed(self._session.request)

    def version(self) -> str:
        return str(self._library.__version__)

    def prices(self, asked: AskedPrices) -> AnsweredPrices:
        symbol = yahoo_symbol(asked)
        ticker, frame = self._history(symbol, asked.first, asked.today)
        check_columns(frame, (*COLUMNS, DIVIDENDS, SPLITS))
        about = ticker.history_metadata
        answered = str(about.get("symbol") or symbol)
        if answered.upper() != symbol.upper():
            raise ProviderError("unusable", renamed(symbol, answered))
        dividends = events_of(frame, DIVIDENDS)
        notes = []
        for day, currency in _in_other_currency(ticker, str(about.get("currency") or "")):
            if day in dividends:
                dividends[day] = math.nan
                notes.append(f"a dividend of {day} is in {currency} and left out")
        return AnsweredPrices(
            currency=str(about.get("currency") or ""),
            adjusted="splits",
            days=days_of(frame),
            values={COLUMNS[name]: blanks_as_none(frame[name]) for name in COLUMNS},
            dividends=dividends,
            splits=events_of(frame, SPLITS),
            notes=notes,
        )

    def rates(self, asked: AskedRates) -> AnsweredRates:
        symbol = asked.symbol or yahoo_rate(asked.pair)
        ticker, frame = self._history(symbol, asked.first, asked.today)
        check_columns(frame, COLUMNS)
        quoted = str(ticker.history_metadata.get("currency") or "")
        if quoted not in ("", asked.pair[3:]):
            raise ProviderError("unusable", f"{symbol} is quoted in {quoted}, not in {asked.pair[3:]}")
        return AnsweredRates(days=days_of(frame), rates=blanks_as_none(frame["Close"]))

    def _history(self, symbol: str, first: date, today: date) -> tuple[yfinance.Ticker, pd.DataFrame]:
        with suppress(AttributeError):
            self._library.data.YfData.cache_get.cache_clear()  # or what is no answer would be that of every attempt
        ticker = self._library.Ticker(symbol, session=self._session)
        known = self._library.exceptions
        try:
            # The end itself is left out.
            frame = ticker.history(
                start=first.isoformat(), end=(today + timedelta(days=2)).isoformat(), auto_adjust=False,
                timeout=TIMEOUT_SECONDS,
            )  # fmt: skip
        except ProviderError:
            raise
        except known.YFRateLimitError as error:
            raise ProviderError("busy", str(error)) from None
        except known.YFTickerMissingError as error:
            raise ProviderError("nothing", str(error)) from None
        except OSError as error:  # of the connection, its time too
            if getattr(getattr(error, "response", None), "status_code", None) == NOT_FOUND:
                raise ProviderError("nothing", f"Yahoo does not know {symbol}") from None
            raise ProviderError("unreachable", f"{type(error).__name__}: {error}") from None
        except Exception as error:
            raise ProviderError("unusable", f"{type(error).__name__}: {error}") from None
        if frame.empty:
            raise ProviderError("nothing", f"no days of {symbol} from {first} on")
        return ticker, frame


def _observed(ask: Callable[P, A]) -> Callable[P, A]:
    """The same question, which raises for an answer that another attempt may better: yfinance would keep such an answer
    for the next attempt."""

    def request(*args: P.args, **kwargs: P.kwargs) -> A:
        answer = ask(*args, **kwargs)
        if CHART in answer.url:
            check_status(answer)
        return answer

    return request


def _in_other_currency(ticker: yfinance.Ticker, currency: str) -> Iterator[tuple[str, str]]:
    """Days of dividends that are paid in another currency than the prices are in. yfinance has that in a place of its
    own and in no column of its table."""
    paid = getattr(getattr(ticker, "_price_history", None), "_dividends", None)
    if isinstance(paid, pd.DataFrame) and "currency" in paid.columns:
        for at, other in zip(paid.index, paid["currency"].tolist(), strict=True):
            if other and other != currency:
                yield at.date().isoformat(), str(other)
