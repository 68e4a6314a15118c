"""What `newsbt data rules` asks the rulebook, and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict
from zoneinfo import ZoneInfo

import rich_click as click

from newsbt._plain import PlainValue
from newsbt.domain.entity import Instrument, Universe
from newsbt.errors import DataError, nearest
from newsbt.markets.calendars import sessions
from newsbt.markets.dated_rules import Rulebook
from newsbt.markets.rule_citation import limit_in_force
from newsbt.markets.rulebook import RuleInForce, load_rulebook, rules_in_force

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Question", "answer", "ask"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which market, on which day, and for which instrument, None for all."""

    rulebook: Rulebook
    exchange: str
    on: date
    item: Instrument | None
    universe: Universe


def ask(
    *,
    exchange: str | None,
    on: date,
    ticker: str | None,
    board: str | None,
    config: Path | None,
    instruments: Path | None,
    rule_file: Path | None,
) -> Question:
    """Find the rulebook and the instrument.

    Raises
    ------
    ConfigError, DataError
        The config, a table or the rule file cannot be used; the exchange, the ticker or the board is unknown.
    """
    universe, rulebook = _universe_and_rules(config, instruments, rule_file)
    boards = rulebook.boards
    if board is not None and board not in boards:
        raise click.BadParameter(
            f"expected one of {', '.join(boards)}, got {board!r}{nearest(board, boards)}", param_hint="--board"
        )
    item = None if ticker is None else _instrument(ticker, exchange, board, universe, rulebook)
    mic = exchange or (None if item is None else item.exchange)
    if mic is None:
        raise click.UsageError("name the exchange with --exchange, such as XSHE, or a ticker with --ticker")
    rulebook.exchange(mic)
    return Question(rulebook=rulebook, exchange=mic, on=on, item=item, universe=universe)


def _universe_and_rules(
    config: Path | None, instruments: Path | None, rule_file: Path | None
) -> tuple[Universe, Rulebook]:
    from newsbt.linking.universe_tables import read_universe

    universe, rulebook = Universe(instruments=()), load_rulebook(rule_file)
    if config is not None:
        from newsbt.assembly import assemble
        from newsbt.config.loading import load

        components = assemble(load(config))
        universe = components.read_universe()
        rulebook = rulebook if rule_file is not None else components.rulebook
    if instruments is not None:
        universe = read_universe(instruments, boards=rulebook.boards)
    return universe, rulebook


def _instrument(
    ticker: str, exchange: str | None, board: str | None, universe: Universe, rulebook: Rulebook
) -> Instrument:
    from dataclasses import replace

    from newsbt.domain.ticker_forms import AmbiguousTickerError
    from newsbt.markets.guessed_market import guessed_instrument

    try:
        ticker = universe.known_tickers.meant(ticker) or ticker
    except AmbiguousTickerError as error:
        raise DataError(f"--ticker: {error}", code="ambiguous_ticker") from None
    item = universe[ticker] if ticker in universe.position else guessed_instrument(ticker, exchange, rulebook)
    if item is None or (ticker not in universe.position and universe.instruments):
        hint = nearest(ticker, universe.tickers)
        raise DataError(
            f"--ticker: {ticker!r} is not an instrument{hint or '; name its exchange with --exchange'}",
            code="unknown_ticker",
        )
    if exchange is not None and item.exchange != exchange:
        raise DataError(f"--ticker: {ticker} is on {item.exchange}, not on {exchange}", code="bad_value")
    return item if board is None else replace(item, board=board)


class RuleHours(TypedDict):
    open: str
    close: str
    cutoff: str


class RulesJson(TypedDict):
    """The document of `newsbt data rules --json`."""

    exchange: str
    name: str
    on: date
    ticker: str | None
    board: str | None
    session: RuleHours | None
    rules: list[dict[str, PlainValue]]


def answer(question: Question) -> tuple[RulesJson, str, Sequence[str], list[RuleInForce]]:
    """The document, a title, lines under it, and the rules."""
    from newsbt.reports.market_rules import rule_documents

    market, on, item = question.rulebook.exchange(question.exchange), question.on, question.item
    found = rules_in_force(question.rulebook, question.exchange, on, item)
    board = None
    if item is not None:
        board, limit = limit_in_force(question.rulebook, question.universe, item, on)
        if limit is not None and not any(rule.value == limit.values for rule in found if _is_limit(rule)):
            kept = [rule for rule in found if not rule.key.startswith("price_limit")]
            key = f"price_limit.{board}"
            found = [*kept, RuleInForce(key, limit.values, limit.from_on, limit.to_on, limit.source, limit.conf)]
    listed = sessions(question.exchange, on, on, question.rulebook)
    zone = ZoneInfo(market.time_zone)
    session: RuleHours | None = None
    if len(listed):
        session = {"open": _local(listed.open_at[0], zone), "close": _local(listed.close_at[0], zone),
                   "cutoff": _local(listed.cutoff_at[0], zone)}  # fmt: skip
    title = f"{market.name} ({market.mic}) on {on}"
    if item is not None:
        title += f", {item.ticker} ({board})"
    day = (
        "no session on this day"
        if session is None
        else f"session from {session['open']} to {session['close']} local time ({market.time_zone}); known by "
        f"{session['cutoff']} is in time for the open"
    )
    document: RulesJson = {
        "exchange": market.mic,
        "name": market.name,
        "on": on,
        "ticker": None if item is None else item.ticker,
        "board": board,
        "session": session,
        "rules": rule_documents(found),
    }
    return document, title, [day], found


def _is_limit(rule: RuleInForce) -> bool:
    return rule.key.startswith("price_limit")


def _local(at: np.datetime64, zone: ZoneInfo) -> str:
    from newsbt.domain.instants import utc

    return f"{utc(at).astimezone(zone):%H:%M}"
