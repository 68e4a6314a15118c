"""Doubts as a run tells them: a line for each kind, with how many there are and the first few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from newsbt.prices.quality import Doubt

__all__ = ["doubt_sentences"]

MOST_NAMES = 5
MOST_IN_FULL = 3  # of splits, each of which names its row


def doubt_sentences(doubts: Iterable[Doubt], tickers: int) -> tuple[str, ...]:
    """One sentence for each kind, of splits up to three, in the order of the first of each; `tickers` is how many the
    run has.

    >>> made = [Doubt(kind="stale", ticker=name, message=f"{name} does not move") for name in ("A", "B", "C")]
    >>> doubt_sentences(made, 3)
    ('A does not move. Likewise 2 more: B, C',)
    """
    by_kind: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        by_kind.setdefault(doubt.kind, []).append(doubt)
    return tuple(sentence for kind, mine in by_kind.items() for sentence in _sentences(kind, mine, tickers))


def _sentences(kind: str, mine: Sequence[Doubt], tickers: int) -> list[str]:
    full = mine[: MOST_IN_FULL - 1] if kind.startswith("split_") else []
    rest = mine[len(full) :]
    return [*(one.message for one in full), *([_sentence(kind, rest, tickers)] if rest else [])]


def _sentence(kind: str, mine: Sequence[Doubt], tickers: int) -> str:
    first, *others = mine
    if kind == "no_prices" and others:
        return f"{len(mine)} of {tickers} tickers have no prices and cannot be traded: {_names(mine)}"
    if not others:
        return first.message
    end = "" if first.message.endswith(("?", ".")) else "."
    return f"{first.message}{end} Likewise {len(others)} more: {_names(others)}"


def _names(doubts: Sequence[Doubt]) -> str:
    """Tickers, with the day where one has several doubts; a sentence where there is no ticker."""
    once = len({doubt.ticker for doubt in doubts}) == len(doubts)
    named = [
        doubt.message if not doubt.ticker else doubt.ticker if once or doubt.date is None else
        f"{doubt.ticker} on {doubt.date}"
        for doubt in doubts[:MOST_NAMES]
    ]  # fmt: skip
    return ", ".join(named) + (", ..." if len(doubts) > MOST_NAMES else "")
