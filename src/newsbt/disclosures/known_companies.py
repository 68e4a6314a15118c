"""Which companies of a universe a source has: by its own list of today's names, and by the user's table of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from newsbt.disclosures.disclosure import SOURCES
from newsbt.disclosures.source_contract import Companies, Company
from newsbt.domain import cells
from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import read_table
from newsbt.errors import DataError, Problem

__all__ = ["FormerIds", "Known", "known_companies"]

COLUMNS = ("source", "ticker", "id")
NAME = "name"
Known = tuple[str, str]
"""Id and name."""


@dataclass(frozen=True, slots=True)
class FormerIds:
    """The user's ids of companies that a source's list of today does not have, or has under another one: by source and
    ticker."""

    ids: Mapping[str, Mapping[str, tuple[Known, ...]]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path | None) -> FormerIds:
        """A table of ``source, ticker, id`` and, where known, ``name``.

        Raises
        ------
        DataError
            With every bad row.
        """
        if path is None:
            return cls()
        table = read_table(path, limit=limit_of("universe"))
        problems = [
            Problem(code="missing_column", message=f"the table has no column {name!r}", file=str(path), line=1)
            for name in COLUMNS
            if name not in table.columns
        ]
        found: dict[str, dict[str, tuple[Known, ...]]] = {}
        for line, row in zip(table.lines, table.rows, strict=True) if not problems else ():
            one = dict(zip(table.columns, (cells.text(cell) for cell in row), strict=False))
            source, ticker, key = (one.get(name, "") for name in COLUMNS)
            if source not in SOURCES or not ticker or not key:
                message = (
                    f"expected one of {', '.join(SOURCES)}, a ticker and an id, got {source!r}, {ticker!r}, {key!r}"
                )
                problems.append(Problem(code="bad_value", message=message, file=str(path), line=line))
                continue
            mine = found.setdefault(source, {})
            mine[ticker] = (*mine.get(ticker, ()), (key, one.get(NAME, "")))
        if problems:
            raise DataError("\n".join(map(str, problems)), problems)
        return cls(found)

    def of(self, source: str) -> Mapping[str, tuple[Known, ...]]:
        """What it says of one source, by ticker."""
        return self.ids.get(source, {})


def known_companies(
    universe: Universe, markets: Sequence[str], former: Mapping[str, tuple[Known, ...]],
    codes: Callable[[str], Sequence[str]], listed: Callable[[], Mapping[str, Known]],
    looked_up: Callable[[Sequence[str]], Mapping[str, Known]] = lambda _: {},
) -> Companies:  # fmt: skip
    """The companies of a universe as a source knows them.

    Parameters
    ----------
    markets
        Those of the source (``HK``, ``SH``, ``SZ``, ``BJ``, ``US``).
    former
        The user's ids by ticker, which go before the source's.
    codes
        What a ticker may be in the source's list.
    listed
        Asks the source for its list: ids and names by code. Not asked where the universe has none of its shares.
    looked_up
        Asks for codes that are not in the list.
    """
    wanted = _listings(universe, markets)
    found = listed() if wanted else {}
    missing = [one.ticker for one in wanted if one.ticker not in former]
    unlisted = [codes(one) for one in missing if not any(code in found for code in codes(one))]
    return _grouped(wanted, former, {**found, **looked_up([code for one in unlisted for code in one])}, codes)


def _listings(universe: Universe, markets: Sequence[str]) -> tuple[Instrument, ...]:
    """The shares of a universe that are listed in one of the markets (``HK``, ``SH``, ``SZ``, ``BJ``, ``US``)."""
    known = universe.known_tickers
    return tuple(one for one in universe.instruments if not one.is_index and known.market(one.ticker) in markets)


def _grouped(
    wanted: Sequence[Instrument], former: Mapping[str, tuple[Known, ...]], listed: Mapping[str, Known],
    codes: Callable[[str], Sequence[str]],
) -> Companies:  # fmt: skip
    """Listings by the company that a source knows them as.

    Parameters
    ----------
    former
        The user's ids by ticker, which go before the source's.
    listed
        The source's ids and names by code.
    codes
        What a ticker may be in the source's list.
    """
    found: dict[str, tuple[str, list[str]]] = {}
    unknown = []
    for item in wanted:
        ids = former.get(item.ticker, ()) or tuple(
            dict.fromkeys(listed[code] for code in codes(item.ticker) if code in listed)
        )
        for key, name in ids:
            found.setdefault(key, (name or item.name, []))[1].append(item.ticker)
        if not ids:
            unknown.append(item.ticker)
    return Companies(
        found=tuple(Company(key=key, name=name, tickers=tuple(tickers)) for key, (name, tickers) in found.items()),
        unknown=tuple(unknown),
    )
