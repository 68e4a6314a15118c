"""The ways in which exchanges, vendors and people write a ticker, and which instrument each one means.

``700``, ``0700``, ``00700.HK``, ``HKG:0700`` and ``0700 HK Equity`` are one listing. A form says a code and, mostly, a
market; an instrument of the universe is meant where its own ticker says the same of both. What two instruments may be
is ambiguous, and nobody's guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

__all__ = [
    "CHINA",
    "AmbiguousTickerError",
    "KnownTickers",
    "TickerForm",
    "forms_of",
    "known_of",
    "market_of",
    "meant_by",
    "ticker_words",
]

HONG_KONG, SHANGHAI, SHENZHEN, BEIJING, NEW_YORK = "HK", "SH", "SZ", "BJ", "US"
CHINA = (SHANGHAI, SHENZHEN, BEIJING)

# What stands before or behind a code and names its market: vendors' suffixes and prefixes, MICs, Reuters, Bloomberg,
# Google. CH is all of mainland China at Bloomberg, CN at FactSet; C1 and C2 are its shares bought through Hong Kong.
_MARKETS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("HK", "HKG", "HKEX", "SEHK", "XHKG", "HKSE", "HI"), (HONG_KONG,)),
    **dict.fromkeys(("SH", "SS", "SSE", "SHSE", "SHA", "SHG", "SHH", "XSHG", "CG", "C1"), (SHANGHAI,)),
    **dict.fromkeys(("SZ", "SZSE", "SHE", "SHZ", "XSHE", "CS", "C2"), (SHENZHEN,)),
    **dict.fromkeys(("BJ", "BSE", "BJSE", "XBSE", "NQ"), (BEIJING,)),
    **dict.fromkeys(
        ("US", "NYSE", "NASDAQ", "NASDAQGS", "NASDAQGM", "NASDAQCM", "NYSEARCA", "NYSEAMERICAN", "NYSEMKT", "AMEX",
         "ARCA", "BATS", "CBOE", "XNYS", "XNAS", "ARCX", "XASE", "UN", "UW", "UQ", "UR", "UP", "UA", "UF"),
        (NEW_YORK,),
    ),
    **dict.fromkeys(("CH", "CN"), CHINA),
}  # fmt: skip
# Reuters' suffixes of the American exchanges are one letter or two, as classes of shares are: only the universe tells.
# Its A, of NYSE American, is left out: what ends so is nearly always a class.
_REUTERS = frozenset({"N", "O", "OQ", "K", "P", "Z"})
_REUTERS_CLASS = re.compile(r"([A-Z]+)([a-z])(\.[A-Z]{1,2})")  # BRKb.N
_EAST_MONEY: Mapping[str, tuple[str, ...]] = {
    "1": (SHANGHAI,), "0": (SHENZHEN, BEIJING), "116": (HONG_KONG,),
    "105": (NEW_YORK,), "106": (NEW_YORK,), "107": (NEW_YORK,),
}  # fmt: skip
_BLOOMBERG_KINDS = ("EQUITY", "INDEX")
_GLUED = re.compile(r"(SH|SZ|BJ|HK)(\d{5,6})")
_A_SHARE_DIGITS = 6
# What separates the words of a file's name, and what does only where they are no tickers as they are.
_WORDS, _PARTS = re.compile(r"[_\s,()]+|[^\x00-\x7f]+|\.(?=txt|data|xls|csv)"), re.compile(r"-(?=\D)")
_COUNTER = re.compile(r"^\d{1,2}(?:\.(?=\D)|$)")  # in front of a name
# What a vendor calls all its downloads, with a number.
_DOWNLOAD = re.compile(r"historical[ _]?(?:data|prices|quotes)[ _-]*\(?\d+\)?", re.IGNORECASE)
_CLASS = re.compile(r"([A-Z]+)[.\-/_ ]([A-Z])")
_WRAPPINGS = "()[]{}\"'=$ "  # brackets and quotes around, a spreadsheet's ="00700", a cashtag's dollar
_WHOLE = re.compile(r"(\d+)\.0+")  # a code that was read as a number


class AmbiguousTickerError(ValueError):
    """What is written may mean several instruments."""

    def __init__(self, written: str, candidates: Collection[str]) -> None:
        self.written, self.candidates = written, tuple(candidates)
        super().__init__(f"{written!r} may be {' or '.join(self.candidates)}; write the one that is meant")


@dataclass(frozen=True, slots=True)
class TickerForm:
    """What a ticker as written says: `code`, without the zeros before a Hong Kong number and with a dot before a class
    of shares, and the `market` it names, empty where it names none."""

    code: str
    market: str = ""


def forms_of(written: str) -> tuple[TickerForm, ...]:
    """All that a ticker as written may say, the likeliest first.

    >>> forms_of("HKG:0700")[0], forms_of("sz.002230")[0]
    (TickerForm(code='700', market='HK'), TickerForm(code='002230', market='SZ'))
    """
    return tuple(dict.fromkeys(_forms(_plain(written))))


def market_of(written: str) -> str:
    """The market that a ticker's own form says, New York for letters, empty where nothing says it.

    >>> market_of("sz.002230"), market_of("AAPL"), market_of("7203.T")
    ('SZ', 'US', '')
    """
    markets = {form.market for form in forms_of(written) if form.market}
    if not markets and re.fullmatch(r"[A-Z]{1,5}([.\-/][A-Z])?", _plain(written)):
        return NEW_YORK
    return markets.pop() if len(markets) == 1 else ""


def _plain(written: str) -> str:
    text = " ".join(unicodedata.normalize("NFKC", written).strip(_WRAPPINGS).split())
    if number := _WHOLE.fullmatch(text):
        return number[1]
    text = _REUTERS_CLASS.sub(r"\1.\2\3", text).upper()
    for kind in _BLOOMBERG_KINDS:
        text = text.removesuffix(f" {kind}")
    return text


def _forms(text: str) -> Iterator[TickerForm]:
    if glued := _GLUED.fullmatch(text):
        yield from _coded(glued[2], (glued[1],))
    for mark in (":", ".", " ", "_", "-", "#"):
        if mark in text and not text.startswith(mark):
            before, behind = text.split(mark, 1)
            code, market = text.rpartition(mark)[::2]
            if before in _MARKETS:
                yield from _coded(behind, _MARKETS[before])
            if before in _EAST_MONEY and mark == "." and behind:
                yield from _coded(behind, _EAST_MONEY[before])
            if market in _MARKETS:
                yield from _coded(code, _MARKETS[market])
            elif market in _REUTERS and mark == ".":
                yield from _coded(code, (NEW_YORK,))
    yield from _coded(text, ("",))


def _coded(code: str, markets: Iterable[str]) -> Iterator[TickerForm]:
    code = code.strip().removeprefix("^").removeprefix(".")
    if shares := _CLASS.fullmatch(code):
        code = f"{shares[1]}.{shares[2]}"
    if not code:
        return
    for market in markets:
        if code.isdigit() and market == HONG_KONG:
            yield TickerForm(code.lstrip("0") or "0", market)
        elif code.isdigit() and market in CHINA:
            yield TickerForm(code.zfill(_A_SHARE_DIGITS), market)
        elif code.isdigit() and not market:
            if len(code) < _A_SHARE_DIGITS:
                yield TickerForm(code.lstrip("0") or "0", HONG_KONG)
            if len(code) == _A_SHARE_DIGITS:
                yield from (TickerForm(code, one) for one in CHINA)
        else:
            yield TickerForm(code, market)


def _with_zeros(written: str) -> tuple[TickerForm, ...]:
    """What digits say where a spreadsheet has eaten the zeros before them."""
    text = _plain(written)
    is_short = text.isdigit() and len(text) < _A_SHARE_DIGITS and not text.startswith("0")
    return forms_of(text.zfill(_A_SHARE_DIGITS)) if is_short else ()


def ticker_words(name: str, is_ticker: Callable[[str], bool]) -> list[str]:
    """The words of a file's name that are tickers; of one that is none as it is, its parts. Two digits beside others
    are a counter, as is a number behind a vendor's name of all downloads, such as HistoricalData_1746.

    >>> ticker_words("05_BRK-B daily", {"BRK-B", "B"}.__contains__), ticker_words("prices-AAPL", {"AAPL"}.__contains__)
    (['BRK-B'], ['AAPL'])
    """
    found: dict[str, None] = {}
    for one in () if _DOWNLOAD.fullmatch(name) else filter(None, _WORDS.split(name)):
        word = _COUNTER.sub("", one) or (one if one == name else "")
        parts = [word] if is_ticker(word) else [part for part in _PARTS.split(word) if is_ticker(part)]
        found |= dict.fromkeys(part for part in parts if part)
    return list(found)


class KnownTickers(Container[str]):
    """The tickers of a universe, and what other ways of writing mean of them.

    It is the container of exactly these tickers: `"700" in known` is false where the ticker is 0700.HK, and
    `known.meant("700")` is ``0700.HK``.
    """

    def __init__(self, exchanges: Mapping[str, str], indices: Iterable[str] = ()) -> None:
        """`exchanges` has the MIC of each ticker, in the order of the universe; where it is blank, the ticker says its
        market itself. `indices` are those that are indices."""
        self.tickers = tuple(exchanges)
        self._market = {
            ticker: _MARKETS.get(mic, ("",))[0] if mic else market_of(ticker) for ticker, mic in exchanges.items()
        }
        self._indices = frozenset(indices)
        self._found: dict[tuple[str, tuple[str, ...]], str] = {}

    def __contains__(self, ticker: object) -> bool:
        return ticker in self._market

    def __iter__(self) -> Iterator[str]:
        return iter(self.tickers)

    def __len__(self) -> int:
        return len(self.tickers)

    def market(self, ticker: str) -> str:
        """The market of a ticker of the universe, empty of another or where nothing says it."""
        return self._market.get(ticker, "")

    def is_index(self, ticker: str) -> bool:
        """Whether a ticker is one of the universe's indices."""
        return ticker in self._indices

    def meant_or_none(self, written: str) -> str:
        """As :meth:`meant`, and empty where several may be."""
        try:
            return self.meant(written)
        except AmbiguousTickerError:
            return ""

    @cached_property
    def _by_form(self) -> Mapping[TickerForm, tuple[str, ...]]:
        found: dict[TickerForm, dict[str, None]] = {}
        for ticker in self.tickers:
            forms = forms_of(ticker)  # none of marks alone
            codes = {form.code for form in forms if form.market} or {form.code for form in forms[:1]}
            for code in codes:
                for market in dict.fromkeys(("", self._market[ticker])):
                    found.setdefault(TickerForm(code, market), {})[ticker] = None
        return {form: tuple(tickers) for form, tickers in found.items()}

    @property
    def repeated(self) -> Mapping[str, str]:
        """Tickers that are another form of one before them, 700 behind 0700.HK, and that one. An index is no share."""
        found: dict[str, str] = {}
        for form, tickers in self._by_form.items():
            of_kind: dict[bool, str] = {}
            for ticker in tickers if form.market else ():
                first = of_kind.setdefault(self.is_index(ticker), ticker)
                if first != ticker:
                    found.setdefault(ticker, first)
        return found

    def meant(self, written: str, markets: Collection[str] = ()) -> str:
        """The ticker that is meant, empty where none is.

        Parameters
        ----------
        markets : collection of str
            The markets that it can be of (``HK``, ``SH``, ``SZ``, ``BJ``, ``US``) where it names none itself, as the
            file around it may say; empty: any.

        Raises
        ------
        AmbiguousTickerError
            Several instruments may be meant.
        """
        if written in self._market:
            return written
        key = (written, tuple(markets))
        if key not in self._found:
            self._found[key] = self._meant(written, markets)
        return self._found[key]

    def _meant(self, written: str, markets: Collection[str]) -> str:
        forms = (*forms_of(written), *_with_zeros(written))
        stated = [form for form in forms if form.market]
        wanted = [form for form in stated if not markets or form.market in markets]
        plain = [form for form in forms if not form.market]
        found = dict.fromkeys(
            ticker for form in (*(wanted or stated), *plain) for ticker in self._by_form.get(form, ())
        )
        if len(found) > 1:
            raise AmbiguousTickerError(written, found)
        return next(iter(found), "")


def meant_by(written: str, known: Container[str] | None) -> str:
    """The ticker among known ones that is meant; empty where there is none, or where they are a container that knows
    no other way of writing than its own.

    Raises
    ------
    AmbiguousTickerError
    """
    if isinstance(known, KnownTickers):
        return known.meant(written)
    return written if known is not None and written in known else ""


def _meant_or_none(written: str, known: Container[str]) -> str:
    try:
        return meant_by(written, known)
    except AmbiguousTickerError:
        return ""


def known_of(tickers: Iterable[str], known: Container[str] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which tickers are instruments, as the universe writes them and each once, and which are not, as they are written;
    all are where nobody says which there are, and what may be several is none."""
    if known is None:
        return tuple(tickers), ()
    meant = {written: _meant_or_none(written, known) for written in tickers}
    return tuple(dict.fromkeys(one for one in meant.values() if one)), tuple(one for one in meant if not meant[one])
