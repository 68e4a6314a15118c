"""What providers call an instrument: from its ticker, exchange and board, where no config says it."""

from __future__ import annotations

import re

from newsbt.domain.ticker_forms import forms_of
from newsbt.pulling.provider_contract import AskedPrices, ProviderError

__all__ = ["AMERICAN", "baostock_symbol", "code_of", "east_money_symbol", "renamed", "yahoo_rate", "yahoo_symbol"]

HONG_KONG = "XHKG"
YAHOO_SUFFIX = {HONG_KONG: ".HK", "XSHG": ".SS", "XSHE": ".SZ"}
AMERICAN = {"XNAS": "105", "XNYS": "106", "ARCX": "107", "XASE": "107", "BATS": "107"}  # by East Money's numbers
BAOSTOCK_MARKET = {"XSHG": "sh", "XSHE": "sz"}
# East Money's word for an index of Hong Kong, where it is not the ticker's own.
HONG_KONG_INDICES = {"HSCE": "HSCEI"}
CSI = ".CSI"


def code_of(asked: AskedPrices) -> str:
    """A ticker's code without its market: ``700`` of 0700.HK, ``002230`` of sz.002230, ``BRK.B``."""
    forms = [form for form in forms_of(asked.ticker) if form.market] or list(forms_of(asked.ticker))
    return forms[0].code if forms else asked.ticker


def renamed(symbol: str, other: str) -> str:
    """What to say where a provider answers for another name than it was asked for."""
    return f"asked for {symbol} it answers for {other}; if that is its new name, say so with pull.symbols"


def yahoo_symbol(asked: AskedPrices) -> str:
    """Such as ``0700.HK``, ``600519.SS``, ``BRK-B``; an index that is written with a ``^`` has the same name there.

    >>> from datetime import date
    >>> day = date(2025, 3, 6)
    >>> days = {"first": day, "last": day, "today": day}
    >>> made = lambda ticker, mic: AskedPrices(ticker=ticker, exchange=mic, board="main", **days)
    >>> yahoo_symbol(made("700", "XHKG")), yahoo_symbol(made("sh600519", "XSHG")), yahoo_symbol(made("BRK.B", "XNYS"))
    ('0700.HK', '600519.SS', 'BRK-B')
    """
    if asked.symbol or asked.ticker.startswith("^"):
        return asked.symbol or asked.ticker
    code = code_of(asked)
    if asked.exchange in YAHOO_SUFFIX and not asked.ticker.endswith(CSI):
        digits = code.zfill(4) if asked.exchange == HONG_KONG else code
        return f"{digits}{YAHOO_SUFFIX[asked.exchange]}"
    if asked.exchange in AMERICAN:
        return re.sub(r"[./ ]", "-", code)
    raise ProviderError("uncovered", f"no name is known for {asked.ticker} of {asked.exchange}")


def yahoo_rate(pair: str) -> str:
    """The symbol of a rate: the dollar's are named by the other currency alone.

    >>> yahoo_rate("USDHKD"), yahoo_rate("CNYHKD")
    ('HKD=X', 'CNYHKD=X')
    """
    return f"{pair.removeprefix('USD')}=X"


def east_money_symbol(asked: AskedPrices) -> str:
    """As akshare's functions of East Money want it: six digits of the mainland, five of Hong Kong, ``105.NVDA``; an
    index ``sh000300``, ``csi930713``, ``HSTECH``."""
    if asked.symbol:
        return asked.symbol
    code = code_of(asked)
    if asked.exchange == HONG_KONG:
        return HONG_KONG_INDICES.get(code, code) if asked.is_index else code.zfill(5)
    if asked.is_index and asked.ticker.endswith(CSI):
        return f"csi{asked.ticker.removesuffix(CSI)}"
    if asked.is_index and asked.exchange in BAOSTOCK_MARKET:
        return f"{BAOSTOCK_MARKET[asked.exchange]}{code}"
    if asked.exchange in (*BAOSTOCK_MARKET, "BJSE") and not asked.is_index:
        return code
    if asked.exchange in AMERICAN and not asked.is_index:
        return f"{AMERICAN[asked.exchange]}.{code.replace('.', '_')}"
    raise ProviderError("uncovered", f"nothing known here gives {asked.ticker} of {asked.exchange}")


def baostock_symbol(asked: AskedPrices) -> str:
    """Such as ``sh.600519``; it has Shanghai and Shenzhen only."""
    if asked.symbol:
        return asked.symbol
    if asked.exchange not in BAOSTOCK_MARKET or asked.ticker.endswith(CSI):
        raise ProviderError("uncovered", f"it has Shanghai and Shenzhen only, not {asked.ticker}")
    return f"{BAOSTOCK_MARKET[asked.exchange]}.{code_of(asked)}"
