"""Which entry of the rulebook decides for an instrument on a day, and how it is quoted in a sentence."""

from __future__ import annotations

from datetime import date

from newsbt.domain.entity import Instrument, Universe, in_force
from newsbt.markets.calendars import sessions
from newsbt.markets.dated_rules import DatedEntry, Rulebook, selectors

__all__ = ["limit_in_force", "lot_in_force", "quoted", "rule_in_force"]


def rule_in_force(rulebook: Rulebook, item: Instrument, rule: str, on: date) -> DatedEntry | None:
    """The entry of a rule that decides for an instrument, None where its exchange has none or is unknown."""
    market = rulebook.exchanges.get(item.exchange)
    return None if market is None else market.in_force(rule, on, *selectors(item))


def lot_in_force(rulebook: Rulebook, item: Instrument, on: date) -> str:
    """What decides an instrument's lot, quoted."""
    if item.lot_size is not None:
        return "lot_size of the instrument"
    return quoted(rule_in_force(rulebook, item, "lot", on), item)


def limit_in_force(rulebook: Rulebook, universe: Universe, item: Instrument, on: date) -> tuple[str, DatedEntry | None]:
    """The board whose price limit holds for an instrument on a day, by its status, and the entry that says it (X8)."""
    market = rulebook.exchanges.get(item.exchange)
    if market is None:
        return item.board, None
    if item.listed_on is not None and item.listed_on <= on:
        first = market.in_force("new_listing", item.listed_on, *selectors(item))
        if first is not None and len(sessions(item.exchange, item.listed_on, on, rulebook)) <= first["sessions"]:
            return item.board, first
    board = item.board
    for span in universe.statuses:
        if span.ticker == item.ticker and in_force(on, span.from_on, span.to_on):
            board = rulebook.statuses.get(span.status.casefold(), {}).get(item.board, board)
    return board, market.in_force("price_limit", on, *selectors(item, board))


def quoted(entry: DatedEntry | None, item: Instrument, what: str = "", board: str | None = None) -> str:
    """``10 % since 1996-12-16, XSHE main``: what an entry says, since when and until when, and for whom."""
    text = what
    if entry is not None and entry.from_on is not None:
        text += f" since {entry.from_on}"
    if entry is not None and entry.to_on is not None:
        text += f" until {entry.to_on}"
    board_name = f"{item.exchange} {board or item.board}"
    return f"{text.strip()}, {board_name}" if text else board_name
