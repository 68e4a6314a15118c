"""Prices of Shanghai and Shenzhen by baostock: as traded, with the exchange's previous closes."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING

from newsbt.pulling.provider_contract import AnsweredPrices, AnsweredRates, AskedPrices, AskedRates, ProviderError
from newsbt.pulling.symbols import baostock_symbol, renamed

if TYPE_CHECKING:
    from baostock.data.resultset import ResultData
    from baostock.util.socketutil import SocketUtil

__all__ = ["BaostockProvider"]

TIMEOUT_SECONDS = 20.0
FIELDS = {
    "open": "open", "high": "high", "low": "low", "close": "close", "volume": "volume", "preclose": "previous_close",
}  # fmt: skip
AS_TRADED = "3"
SUCCESS = "0"
OF_THE_SESSION, OF_THE_NETWORK = "10001001", "10002"
BUSY = ("10001005", "10001006", "10001011")  # too many sessions, no right to, barred
EX_DAY, CASH, BONUS, FROM_RESERVES = (
    "dividOperateDate",
    "dividCashPsBeforeTax",
    "dividStocksPs",
    "dividReserveToStockPs",
)
DAY = re.compile(r"\d{4}-\d\d-\d\d")


class BaostockProvider:
    """Shares, funds and indices whose code begins with ``sh.`` or ``sz.``. Days without trading are rows too: with the
    close before for all prices, and no volume."""

    def __init__(self) -> None:
        socket.setdefaulttimeout(TIMEOUT_SECONDS)
        import baostock
        from baostock.common import contants
        from baostock.util.socketutil import SocketUtil

        SocketUtil.connect = _ending(SocketUtil.connect)
        self._page = contants.BAOSTOCK_PER_PAGE_COUNT
        self._library = baostock
        self._is_in = False

    def version(self) -> str:
        return version("baostock")

    def prices(self, asked: AskedPrices) -> AnsweredPrices:
        symbol = baostock_symbol(asked)
        self._log_in()
        fields = ["date", "code", *FIELDS, "adjustflag", *(() if asked.is_index else ("tradestatus",))]
        rows = list(
            self._rows(
                self._library.query_history_k_data_plus(
                    symbol, ",".join(fields), asked.first.isoformat(), asked.last.isoformat(), "d", AS_TRADED
                ),
                fields,
            )
        )
        if not rows:
            raise ProviderError("nothing", f"no days of {symbol} from {asked.first} to {asked.last}")
        _check(symbol, rows)
        values = {name: [_number(row[field]) for row in rows] for field, name in FIELDS.items()}
        resting = [row.get("tradestatus") == "0" for row in rows]
        values["volume"] = [0.0 if rests else one for one, rests in zip(values["volume"], resting, strict=True)]
        dividends, splits = (None, None) if asked.is_index else self._payments(symbol, asked)
        return AnsweredPrices(
            currency="",
            adjusted="none",
            days=[row["date"] for row in rows],
            values=values,
            dividends=dividends,
            splits=splits,
        )

    def rates(self, asked: AskedRates) -> AnsweredRates:
        raise ProviderError("uncovered", f"it has no exchange rates, nor {asked.pair}")

    def _payments(self, symbol: str, asked: AskedPrices) -> tuple[dict[str, float], dict[str, float]]:
        """Dividends a share before tax, and new shares for an old one, by the day on which prices are without them."""
        dividends: dict[str, float] = {}
        splits: dict[str, float] = {}
        for year in range(asked.first.year, asked.today.year + 1):
            answer = self._library.query_dividend_data(symbol, year=str(year), yearType="operate")
            for row in self._rows(answer, (EX_DAY, CASH, BONUS, FROM_RESERVES)):
                day = row[EX_DAY]
                if not asked.first.isoformat() <= day <= asked.today.isoformat():
                    continue
                cash = _number(row[CASH]) or 0.0
                shares = (_number(row[BONUS]) or 0.0) + (_number(row[FROM_RESERVES]) or 0.0)
                if cash:
                    dividends[day] = dividends.get(day, 0.0) + cash
                if shares:
                    splits[day] = 1.0 + shares
        return dividends, splits

    def _log_in(self) -> None:
        if self._is_in:
            return
        answer = self._library.login()
        if answer.error_code != SUCCESS:
            raise _refusal(answer.error_code, answer.error_msg)
        self._is_in = True

    def _rows(self, answer: ResultData | None, fields: tuple[str, ...] | list[str]) -> Iterator[dict[str, str]]:
        """All rows of all pages, by field. The library's own `get_data` does not know a second page with this pandas,
        and takes one that fails for the end."""
        if answer is None:
            raise ProviderError("unusable", "it does not understand the question")
        while answer.error_code == SUCCESS and answer.next():
            if missing := [name for name in fields if name not in answer.fields]:
                shown = ", ".join(answer.fields[:12])
                raise ProviderError("unusable", f"its table has other columns: {', '.join(missing)} not among {shown}")
            yield dict(zip(answer.fields, answer.get_row_data(), strict=True))
        if answer.error_code == SUCCESS and len(answer.data) == self._page:
            self._is_in = False
            raise ProviderError("unreachable", "the answer ends behind a whole page, and the next one did not come")
        if answer.error_code != SUCCESS:
            # Whatever comes next on this connection belongs to no question.
            self._is_in = self._is_in and not answer.error_code.startswith((OF_THE_SESSION, OF_THE_NETWORK))
            raise _refusal(answer.error_code, answer.error_msg)


def _check(symbol: str, rows: list[dict[str, str]]) -> None:
    """Raise where rows are of another instrument, adjusted, or of no day."""
    others = {row["code"] for row in rows} - {symbol}
    if others:
        raise ProviderError("unusable", renamed(symbol, ", ".join(sorted(others))))
    flags = {row["adjustflag"] for row in rows} - {AS_TRADED, ""}
    if flags:
        raise ProviderError("unusable", f"it answers adjusted prices (adjustflag {', '.join(sorted(flags))})")
    bad = next((row["date"] for row in rows if DAY.fullmatch(row["date"]) is None), None)
    if bad is not None:
        raise ProviderError("unusable", f"{bad!r} of {symbol} is no day")


def _ending(connect: Callable[[SocketUtil, str], None]) -> Callable[[SocketUtil, str], None]:
    """The library's own way to connect, with a connection that ends; from the login on."""

    def connected(util: SocketUtil, api_key: str) -> None:
        from baostock.common import context

        connect(util, api_key)
        context.default_socket = _EndingSocket(context.default_socket)

    return connected


class _EndingSocket:
    """A connection whose end is an error: baostock waits for ever for what comes after it."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self.send, self.close = inner.sendall, inner.close

    def recv(self, size: int) -> bytes:
        received = self._inner.recv(size)
        if not received:
            raise ConnectionError("the server has closed the connection")
        return received


def _refusal(code: str, message: str) -> ProviderError:
    shown = f"it answers {code}: {message}"
    if code in BUSY:
        return ProviderError("busy", shown)
    if code.startswith(OF_THE_NETWORK) or code == OF_THE_SESSION:
        return ProviderError("unreachable", shown)
    return ProviderError("nothing" if code in ("10004011", "10004015") else "unusable", shown)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None
