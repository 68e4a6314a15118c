"""East Money's prices and the Bank of China's rates by akshare: as traded, mainland volumes in lots."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, ParamSpec
from urllib.parse import urlsplit

import pandas as pd

from newsbt._plain import JsonValue
from newsbt.pulling.frame_values import blanks_as_none, check_columns
from newsbt.pulling.observed_answers import check_status, parsed
from newsbt.pulling.provider_contract import AnsweredPrices, AnsweredRates, AskedPrices, AskedRates, ProviderError
from newsbt.pulling.symbols import AMERICAN, HONG_KONG, east_money_symbol

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter

__all__ = ["AkshareProvider"]

P = ParamSpec("P")
TIMEOUT_SECONDS = 20.0
LOT = 100.0
IN_CHINESE = {"开盘": "open", "最高": "high", "最低": "low", "收盘": "close", "成交量": "volume"}
IN_ENGLISH = {"open": "open", "high": "high", "low": "low", "close": "close", "volume": "volume"}
OF_HONG_KONG_INDEX = {"open": "open", "high": "high", "low": "low", "latest": "close"}
DAY, CHANGE = "日期", "涨跌额"
EX_DAY, PROGRESS, PAID = "除权除息日", "方案进度", "实施分配"
CASH_FOR_TEN, SHARES_FOR_TEN = "现金分红-现金分红比例", "送转股份-送转总比例"
CENTRAL_RATE = "央行中间价"  # yuan for 100 of the currency
BANK_OF_CHINA = {"USD": "美元", "HKD": "港币", "EUR": "欧元", "GBP": "英镑", "JPY": "日元"}
NO_ROWS = 9201  # the code of East Money's tables that have no row of a company


class AkshareProvider:
    """The mainland, Hong Kong and New York by East Money; dividends and bonus shares of the mainland; rates of the yuan
    by the central rates of the Bank of China's table, others by two of them."""

    def __init__(self) -> None:
        from requests.adapters import HTTPAdapter

        self._observed = _LastAnswer(HTTPAdapter.send)
        HTTPAdapter.send = self._observed.sender
        import akshare

        self._library = akshare

    def version(self) -> str:
        return str(self._library.__version__)

    def prices(self, asked: AskedPrices) -> AnsweredPrices:
        symbol, library = east_money_symbol(asked), self._library
        span = {"start_date": f"{asked.first:%Y%m%d}", "end_date": f"{asked.last:%Y%m%d}"}
        on_mainland = asked.exchange not in (HONG_KONG, *AMERICAN)
        columns, day = IN_CHINESE, DAY
        if asked.is_index and on_mainland:
            columns, day = IN_ENGLISH, "date"
            frame = self._table(symbol, library.stock_zh_index_daily_em, symbol=symbol, **span)
        elif asked.is_index:
            columns, day = OF_HONG_KONG_INDEX, "date"
            frame = self._table(symbol, library.stock_hk_index_daily_em, symbol=symbol)
        elif asked.exchange == HONG_KONG:
            frame = self._table(symbol, library.stock_hk_hist, symbol=symbol, adjust="", **span)
        elif asked.exchange in AMERICAN:
            frame = self._table(symbol, library.stock_us_hist, symbol=symbol, adjust="", **span)
        elif asked.board == "etf":
            frame = self._table(symbol, library.fund_etf_hist_em, symbol=symbol, adjust="", **span)
        else:
            frame = self._table(symbol, library.stock_zh_a_hist, symbol=symbol, adjust="", **span)
        check_columns(frame, (day, *columns))
        days = _days(frame[day])
        values = {name: blanks_as_none(frame[heading]) for heading, name in columns.items()}
        if on_mainland and not asked.is_index:
            values["volume"] = [None if one is None else one * LOT for one in values["volume"]]
            check_columns(frame, (CHANGE,))
            values["previous_close"] = _before(values["close"], blanks_as_none(frame[CHANGE]))
        rows = [k for k, on in enumerate(days) if asked.first.isoformat() <= on <= asked.last.isoformat()]
        if not rows:
            raise ProviderError("nothing", f"no days of {symbol} from {asked.first} to {asked.last}")
        dividends, splits = None, None
        if on_mainland and not asked.is_index and asked.board != "etf":
            dividends, splits = self._payments(symbol, asked.first, asked.today)
        return AnsweredPrices(
            currency="",
            adjusted="none",
            days=[days[k] for k in rows],
            values={name: [column[k] for k in rows] for name, column in values.items()},
            dividends=dividends,
            splits=splits,
        )

    def rates(self, asked: AskedRates) -> AnsweredRates:
        base, quote = asked.pair[:3], asked.pair[3:]
        in_yuan = [self._in_yuan(currency, asked) for currency in (base, quote) if currency != "CNY"]
        first, *others = in_yuan
        if others:
            found = {day: rate / others[0][day] for day, rate in first.items() if day in others[0]}
        else:
            found = first if quote == "CNY" else {day: 1.0 / rate for day, rate in first.items()}
        if not found:
            raise ProviderError("nothing", f"no rates of {asked.pair} from {asked.first} to {asked.last}")
        days = sorted(found)
        return AnsweredRates(
            days=days, rates=[found[day] for day in days], notes=["central rates of the Bank of China's table"]
        )

    def _in_yuan(self, currency: str, asked: AskedRates) -> dict[str, float]:
        """Yuan for one of a currency, by day."""
        name = BANK_OF_CHINA.get(currency)
        if name is None:
            raise ProviderError("uncovered", f"nothing known here gives {currency} in yuan")
        frame = self._table(
            name, self._library.currency_boc_sina, symbol=name, start_date=f"{asked.first:%Y%m%d}",
            end_date=f"{asked.last:%Y%m%d}",
        )  # fmt: skip
        check_columns(frame, (DAY, CENTRAL_RATE))
        rates = blanks_as_none(frame[CENTRAL_RATE])
        return {day: rate / 100.0 for day, rate in zip(_days(frame[DAY]), rates, strict=True) if rate}

    def _payments(self, symbol: str, first: date, today: date) -> tuple[dict[str, float], dict[str, float]]:
        """Dividends a share, and new shares for an old one, by the day on which prices are without them."""
        try:
            frame = self._table(symbol, self._library.stock_fhps_detail_em, symbol=symbol)
        except ProviderError as error:
            if error.kind != "nothing":
                raise
            return {}, {}
        check_columns(frame, (EX_DAY, PROGRESS, CASH_FOR_TEN, SHARES_FOR_TEN))
        dividends: dict[str, float] = {}
        splits: dict[str, float] = {}
        parts = (_days(frame[EX_DAY]), frame[PROGRESS].tolist(), frame[CASH_FOR_TEN], frame[SHARES_FOR_TEN])
        for day, progress, cash, shares in zip(*parts[:2], *map(blanks_as_none, parts[2:]), strict=True):
            if progress != PAID or not first.isoformat() <= day <= today.isoformat():
                continue
            if cash:
                dividends[day] = dividends.get(day, 0.0) + cash / 10.0
            if shares:
                splits[day] = 1.0 + shares / 10.0
        return dividends, splits

    def _table(self, of: str, ask: Callable[P, pd.DataFrame], /, *args: P.args, **kwargs: P.kwargs) -> pd.DataFrame:
        """What a function of akshare answers. It ends in errors where there is nothing, and where the answer is another
        than it expects: what the server said tells which."""
        from requests.exceptions import JSONDecodeError, RequestException

        self._observed.answer = None
        try:
            frame = ask(*args, **kwargs)
        except ProviderError:
            raise
        except JSONDecodeError as error:
            raise ProviderError("unusable", f"what comes is no JSON, or half of it ({error})") from None
        except RequestException as error:
            host = urlsplit(getattr(error.request, "url", "")).hostname
            raise ProviderError("unreachable", f"{host} does not answer ({type(error).__name__})") from None
        except Exception as error:
            if self._observed.says_nothing():
                raise ProviderError("nothing", f"East Money has nothing of {of}") from None
            raise ProviderError("unusable", f"{type(error).__name__}: {error}") from None
        if frame.empty:
            raise ProviderError("nothing", f"no days of {of}")
        return frame


class _LastAnswer:
    """The last answer of a server, and how questions are sent so that it is noted: by requests' own `send`, but not
    waiting for ever, and raising for an answer that another attempt may better."""

    def __init__(self, send: Callable[..., requests.Response]) -> None:
        self.answer: requests.Response | None = None
        self._send = send

    @property
    def sender(self) -> Callable[..., requests.Response]:
        """What stands in place of requests' own."""

        def send(
            adapter: HTTPAdapter, request: requests.PreparedRequest, stream: bool = False, timeout: float | None = None,
            verify: bool | str = True, cert: str | None = None, proxies: Mapping[str, str] | None = None,
        ) -> requests.Response:  # fmt: skip
            answer = self._send(adapter, request, stream, timeout or TIMEOUT_SECONDS, verify, cert, proxies)
            check_status(answer)
            self.answer = answer
            return answer

        return send

    def says_nothing(self) -> bool:
        """Whether it is a whole document that says that there is nothing."""
        document: Mapping[str, JsonValue] = {} if self.answer is None else parsed(self.answer.text)
        data = document.get("data", ...)
        if data is None or (isinstance(data, Mapping) and not data.get("klines", ...)):
            return True
        return document.get("result", ...) is None and document.get("code") == NO_ROWS


def _days(column: pd.Series) -> list[str]:
    """Days as ISO writes them, blank for what is none."""
    days = pd.to_datetime(column, errors="coerce")
    return ["" if pd.isna(one) else one.date().isoformat() for one in days.tolist()]


def _before(close: list[float | None], change: list[float | None]) -> list[float | None]:
    """The exchange's reference: what the close lies above by its change, to the hundredth of a cent."""
    found: list[float | None] = []
    for one, by in zip(close, change, strict=True):
        before = math.nan if one is None or by is None else round(one - by, 4)
        found.append(before if before > 0 else None)
    return found
