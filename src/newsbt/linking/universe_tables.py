"""The universe from its tables: instruments, relations, memberships, statuses; every fault in one go."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

from newsbt.domain import cells
from newsbt.domain.entity import BOARDS, RELATIONS, Instrument, Membership, Relation, StatusSpan, Universe
from newsbt.domain.ticker_forms import AmbiguousTickerError, KnownTickers
from newsbt.errors import nearest
from newsbt.linking.checked_rows import CheckedRow, CheckedTable, CheckedTables, TableSource, kept
from newsbt.markets.guessed_market import guessed_instrument

__all__ = ["read_universe"]

Guess: TypeAlias = Callable[[str, str | None], Instrument | None]
T = TypeVar("T")

INSTRUMENT_REQUIRED = ("ticker",)
INSTRUMENT_OPTIONAL = (
    "name", "exchange", "board", "currency", "sector", "themes", "sector_index", "aliases", "company", "lot_size",
    "tradable", "shortable", "proxy", "listed_on", "delisted_on",
)  # fmt: skip
ASSUMED = {"exchange": "ticker", "board": "ticker and exchange", "currency": "exchange"}  # what tells a blank cell
CURE = "add it or leave it blank"  # of a reference inside the table of instruments

_MIC = re.compile(r"[A-Z0-9]{4}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def read_universe(
    instruments: TableSource,
    relations: TableSource | None = None,
    memberships: TableSource | None = None,
    status: TableSource | None = None,
    *,
    on_bad_row: str = "error",
    exchanges: Sequence[str] | None = None,
    boards: Sequence[str] | None = BOARDS,
    guess: Guess = guessed_instrument,
) -> Universe:
    """Read the tables of a universe, each a CSV file (UTF-8; plain, gz or zst) or a DataFrame.

    Parameters
    ----------
    instruments
        Columns of docs/files.md; the order of its rows is the order of the universe. Further columns are ignored.
    relations
        ``subject, relation, object``, optionally ``effect, from, to, note``. Subjects and objects may be unlisted.
    memberships
        ``ticker, theme, from, to``; `from` and `to` may be blank.
    status
        ``ticker, status, from, to``.
    on_bad_row : {'error', 'skip'}
        Whether a bad row stops the reading, or is left out and counted in the universe's `bad_rows`. With an
        instrument go those that name it as their sector index or proxy, and its memberships and statuses.
    exchanges : sequence of str, optional
        The MICs that there are rules for; an instrument of another is a bad row. None takes any.
    boards : sequence of str, optional
        The boards that there are rules for, likewise; those of the packaged rules unless a rule file adds some.

    guess : callable
        What a ticker and its exchange, where that is stated, say of an instrument: its exchange, board and currency,
        for cells that are blank.

    Raises
    ------
    DataError
        With one problem for each fault in any of the tables. Under ``skip`` only for what makes a whole table unusable.
    """
    tables = CheckedTables(on_bad_row)
    rows = tables.read(instruments, "instruments", lambda table: _read_instruments(table, exchanges, boards, guess))
    listed = tuple(item for _, item in rows)
    tickers = _known_tickers(listed)
    related = tables.read(relations, "relations", _read_relations)
    members = tables.read(memberships, "memberships", lambda table: _read_memberships(table, tickers))
    statuses = tables.read(status, "status", lambda table: _read_statuses(table, tickers))
    tables.finish()
    return Universe(
        instruments=listed, relations=related, memberships=members, statuses=statuses, bad_rows=tables.bad_rows,
        readings=_assumed(rows),
    )  # fmt: skip


def _read_instruments(
    table: CheckedTable, exchanges: Sequence[str] | None, boards: Sequence[str] | None, guess: Guess
) -> tuple[tuple[CheckedRow, Instrument], ...]:
    rows = table.rows(INSTRUMENT_REQUIRED, INSTRUMENT_OPTIONAL)
    found = kept((row, _instrument(row, exchanges, boards, guess)) for row in rows)
    lines: dict[str, int] = {}
    for row, item in found:
        if item.ticker in lines:
            message = f"{item.ticker!r} stands already in line {lines[item.ticker]}; give each ticker one row"
            row.wrong("ticker", message, "duplicate")
        elif item.ticker:
            lines[item.ticker] = row.line
    again = _known_tickers(item for _, item in found).repeated
    for row, item in found:
        if (first := again.get(item.ticker)) is not None:
            message = f"{item.ticker!r} is {first!r} of line {lines[first]} in another form; give each listing one row"
            row.wrong("ticker", message, "duplicate")
    count = 0
    while count != len(found := kept(found)):  # whoever names an instrument that is skipped goes with it
        count = len(found)
        found = _with_references(found)
    return tuple(found)


def _assumed(found: Sequence[tuple[CheckedRow, Instrument]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The table of instruments and what its blank cells were taken for; empty where all that must be known is given."""
    notes = []
    for key, source in ASSUMED.items():
        values = Counter(str(getattr(item, key)) for row, item in found if not row.text(key))
        if count := sum(values.values()):
            shown = ", ".join(f"{value} {n:,}" if len(values) > 1 else value for value, n in sorted(values.items()))
            notes.append(f"{key} of {count:,} instrument{'s' if count > 1 else ''} by {source} ({shown})")
    return ((found[0][0].table.file, tuple(notes)),) if notes else ()


def _known_tickers(listed: Iterable[Instrument]) -> KnownTickers:
    items = [item for item in listed if item.ticker]
    return KnownTickers({item.ticker: item.exchange for item in items}, [one.ticker for one in items if one.is_index])


def _with_references(found: Sequence[tuple[CheckedRow, Instrument]]) -> list[tuple[CheckedRow, Instrument]]:
    """The instruments with their sector indices and proxies as this table writes them."""
    boards = {item.ticker: "index" if item.is_index else item.board for _, item in found if item.ticker}
    known = _known_tickers(item for _, item in found)
    resolved = []
    for row, item in found:
        sector_index, proxy = (
            written
            and _meant(
                row, key, written, known, lambda name: f"no instrument of this table{nearest(name, boards)}; {CURE}"
            )
            for key, written in (("sector_index", item.sector_index), ("proxy", item.proxy))
        )
        if boards.get(proxy) == "index":
            row.wrong("proxy", f"a proxy is traded in an index's place, and {proxy!r} is an index itself")
        resolved.append((row, replace(item, sector_index=sector_index, proxy=proxy)))
    return resolved


def _exchange(row: CheckedRow, exchanges: Sequence[str] | None) -> str:
    found = row.matching("exchange", _MIC, "an ISO 10383 code such as XHKG, XSHE or XNYS")
    if found and exchanges is not None and found not in exchanges and _MIC.fullmatch(found):
        known = f"{', '.join(exchanges)}, or an exchange that a rule file of your own adds"
        message = f"unknown exchange {found!r}; expected one of {known}{nearest(found, exchanges)}"
        row.wrong("exchange", message, "unknown_exchange")
    return found


def _instrument(
    row: CheckedRow, exchanges: Sequence[str] | None, boards: Sequence[str] | None, guess: Guess
) -> Instrument:
    lot_size = row.read("lot_size", cells.whole, None)
    if lot_size is not None and lot_size < 1:
        row.wrong("lot_size", f"expected a whole number of shares from 1, got {lot_size}; leave it blank if unknown")
    tradable = row.read("tradable", cells.flag, None)
    listed_on, delisted_on = row.span("listed_on", "delisted_on")
    ticker = row.needed("ticker")
    usual = guess(ticker, row.text("exchange") or None) if ticker else None
    has = {name: bool(row.text(name)) for name in ("name", "exchange", "board", "currency")}
    return Instrument(
        ticker=ticker,
        name=row.text("name") or ticker,
        exchange=_exchange(row, exchanges) if has["exchange"] or usual is None else usual.exchange,
        board=_board(row, boards) if has["board"] or usual is None else usual.board,
        currency=_currency(row) if has["currency"] or usual is None or usual.currency == "?" else usual.currency,
        sector=row.text("sector"),
        themes=row.read("themes", cells.items, ()),
        sector_index=row.text("sector_index"),
        aliases=row.read("aliases", cells.items, ()),
        company=row.text("company"),
        lot_size=lot_size,
        tradable=True if tradable is None else tradable,
        shortable=row.read("shortable", cells.flag, None),
        proxy=row.text("proxy"),
        listed_on=listed_on,
        delisted_on=delisted_on,
    )


def _board(row: CheckedRow, boards: Sequence[str] | None) -> str:
    return row.needed("board") if boards is None else row.one_of("board", boards)


def _currency(row: CheckedRow) -> str:
    return row.matching("currency", _CURRENCY, "an ISO 4217 code such as HKD")


def _read_relations(table: CheckedTable) -> tuple[Relation, ...]:
    rows = table.rows(("subject", "relation", "object"), ("effect", "from", "to", "note"))
    return _without_repeats(
        ((row, _relation(row)) for row in rows),
        lambda item: (item.subject.casefold(), item.relation, item.object.casefold(), item.from_on),
    )


def _relation(row: CheckedRow) -> Relation:
    effect = row.read("effect", cells.number, 0.0)
    if not (effect != effect or -1.0 <= effect <= 1.0):  # noqa: PLR0124 - blank is NaN
        row.wrong("effect", f"expected a number from -1 to 1, got {effect:g}")
    from_on, to_on = row.span()
    return Relation(
        subject=row.needed("subject"),
        relation=row.one_of("relation", RELATIONS),
        object=row.needed("object"),
        effect=None if effect != effect else effect,  # noqa: PLR0124
        from_on=from_on,
        to_on=to_on,
        note=row.text("note"),
    )


def _read_memberships(table: CheckedTable, tickers: KnownTickers) -> tuple[Membership, ...]:
    rows = table.rows(("ticker", "theme", "from", "to"), ())
    found = []
    for row in rows:
        from_on, to_on = row.span()
        ticker = _known(row, tickers)
        item = Membership(ticker=ticker, theme=row.needed("theme"), from_on=from_on, to_on=to_on)
        found.append((row, item))
    return _without_repeats(found, lambda item: (item.ticker, item.theme, item.from_on))


def _read_statuses(table: CheckedTable, tickers: KnownTickers) -> tuple[StatusSpan, ...]:
    rows = table.rows(("ticker", "status", "from", "to"), ())
    found = []
    for row in rows:
        from_on, to_on = row.span()
        ticker = _known(row, tickers)
        item = StatusSpan(ticker=ticker, status=row.needed("status"), from_on=from_on, to_on=to_on)
        found.append((row, item))
    return _without_repeats(found, lambda item: (item.ticker, item.status, item.from_on))


def _known(row: CheckedRow, tickers: KnownTickers) -> str:
    """The ticker as the instruments write it."""
    written = row.needed("ticker")
    # Without a single readable instrument every row would be a stranger, and the instruments' own problem is told.
    if not (written and len(tickers)):
        return written
    return _meant(
        row, "ticker", written, tickers, lambda name: f"no instrument of the universe{nearest(name, tickers)}"
    )


def _meant(row: CheckedRow, key: str, written: str, tickers: KnownTickers, otherwise: Callable[[str], str]) -> str:
    """The instrument's own ticker; where there is none the row is wrong, and `otherwise` says what is written."""
    try:
        ticker = tickers.meant(written)
    except AmbiguousTickerError as error:
        row.wrong(key, str(error), "unknown_ticker")
        return written
    if not ticker:
        row.wrong(key, f"{written!r} is {otherwise(written)}", "unknown_ticker")
    return ticker or written


def _without_repeats(found: Iterable[tuple[CheckedRow, T]], key_of: Callable[[T], Hashable]) -> tuple[T, ...]:
    lines: dict[Hashable, int] = {}
    found = kept(found)
    for row, item in found:
        first = lines.setdefault(key_of(item), row.line)
        if first != row.line:
            row.wrong("from", f"the row says the same as line {first}; leave one out", "duplicate")
    return tuple(item for _, item in kept(found))
