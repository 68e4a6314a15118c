"""An instrument from nothing but its ticker, for files that come without a table of instruments."""

from __future__ import annotations

from newsbt.domain.entity import Instrument
from newsbt.markets.dated_rules import Rulebook
from newsbt.markets.rulebook import load_rulebook

__all__ = ["guessed_instrument"]

_BOARDS = {"688": "star", "689": "star", "300": "chinext", "301": "chinext", "302": "chinext"}
_INDICES = {"XSHG": "000", "XSHE": "399", "BJSE": "899"}
_FUNDS = {"XSHG": ("50", "51", "56", "58"), "XSHE": ("15", "16")}


def guessed_instrument(ticker: str, exchange: str | None = None, rulebook: Rulebook | None = None) -> Instrument | None:
    """What a ticker's own form says: ``9988.HK`` is Hong Kong, ``300663.SZ`` ChiNext, ``000300.SH`` an index, ``BABA``
    New York.

    `exchange` stands in place of the guess, by the suffixes of `rulebook`, else of the packaged one. None where neither
    says anything, as for ``^HSTECH``.

    >>> found = guessed_instrument("300663.SZ")
    >>> found.exchange, found.board
    ('XSHE', 'chinext')
    """
    code = ticker.rpartition(".")[0]
    book = rulebook or load_rulebook()
    found = book.exchanges.get(exchange) if exchange else book.exchange_of(ticker)
    mic, currency = ("", "") if found is None else (found.mic, found.currency)
    is_index = ticker.startswith("^")
    mic = exchange or mic
    if not mic:
        return None
    is_index = is_index or (code.isdigit() and code.startswith(_INDICES.get(mic, "?")))
    board = "index" if is_index else _BOARDS.get(code[:3], "main")
    if not is_index and code.startswith(_FUNDS.get(mic, ("?",))):
        board = "etf"
    if mic == "BJSE" and board == "main":
        board = "bjse"
    return Instrument(ticker=ticker, name=ticker, exchange=mic, board=board, currency=currency or "?")
