"""What of the event cards a page has room for: those of the largest profits and losses, and the bars that they show."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from newsbt.domain.run_documents import ContextTicker
from newsbt.reports.page.cards import Card, CardData, DealtFill
from newsbt.reports.page.event_activity import FillRow, RowAxis, records
from newsbt.reports.page.view import PageView

__all__ = ["MOST_BARS", "MOST_BYTES", "MOST_FILLS", "bytes_of", "within_budget"]

MOST_BYTES = 400_000  # of all cards as JSON
MOST_BARS = 7_000  # 30 bytes each
MOST_FILLS = 3_000  # marked on the charts of prices, 30 bytes each
AROUND, LONGEST = 8, 70  # rows shown before and after what happened, and at most after it


def within_budget(view: PageView, data: CardData, most_bytes: int = MOST_BYTES) -> CardData:
    """The cards that the page has room for, in their order, with the bars around them and the fills of their tickers.

    Cards of the largest profits and losses stay; `left_out` counts the others.
    """
    order = sorted(range(len(data["cards"])), key=lambda k: (-_weight(data["cards"][k]), k))
    kept, size = set[int](), 0
    for number in order:
        size += _size(data["cards"][number])
        if size > most_bytes and kept:
            break
        kept.add(number)
    tickers = _bars([data["cards"][number] for number in order if number in kept], data["tickers"])
    return {
        **data,
        "cards": [card for number, card in enumerate(data["cards"]) if number in kept],
        "tickers": tickers,
        "dealt": _dealt(view, data, tickers),
        "left_out": len(order) - len(kept),
    }


def bytes_of(data: CardData) -> int:
    """What the cards take of the page, without the bars and fills around them."""
    return sum(map(_size, data["cards"]))


def _size(card: Card) -> int:
    return len(json.dumps(card, ensure_ascii=False, default=str).encode())


def _weight(card: Card) -> float:
    return max((abs(value) for value in card["pnl"]), default=0.0)


def _bars(cards: Iterable[Card], tickers: dict[str, ContextTicker]) -> dict[str, ContextTicker]:
    """Of each ticker the bars around what the cards tell of it, those of the first cards first."""
    have = {name: dict(_flat(about)) for name, about in tickers.items()}
    wanted: dict[str, set[int]] = {name: set() for name in tickers}
    left = MOST_BARS
    for card in cards:
        for row in card["rows"]:
            name = row[1]
            if name not in have:
                continue
            for bar in _rows_of(card, row, tickers[name]):
                if bar in have[name] and bar not in wanted[name] and left > 0:
                    wanted[name].add(bar)
                    left -= 1
    return {
        name: {**about, "bars": _segments(have[name], sorted(wanted[name]))}
        for name, about in tickers.items()
        if wanted[name]
    }


def _rows_of(card: Card, row: list[Any], about: ContextTicker) -> range:
    fills, refusals = row[7], row[8]
    found = [item[0] for part in (fills, refusals) for item in part if item[0] is not None]
    at = card["at"].get(about.get("market", ""))
    starts = [*found, *([] if at is None else [int(at)])]
    if not starts:
        return range(0)
    first = min(starts)
    return range(max(first - AROUND, 0), min(max(starts), first + LONGEST) + AROUND + 1)


def _flat(about: ContextTicker) -> Iterable[tuple[int, list[float | None]]]:
    for rows, prices in about.get("bars") or ():
        for k, row in enumerate(rows):
            yield row, prices[4 * k : 4 * k + 4]


def _segments(prices: dict[int, list[float | None]], rows: list[int]) -> list[tuple[list[int], list[float | None]]]:
    """Runs of consecutive rows with their prices, as context.json has them."""
    found = []
    for _, part in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        run = [row for _, row in part]
        found.append((run, [value for row in run for value in prices[row]]))
    return found


def _dealt(view: PageView, data: CardData, tickers: dict[str, ContextTicker]) -> dict[str, list[DealtFill]]:
    """The fills of each ticker with bars, as (row, side, price, strategy), tickers of the most fills first."""
    fills = view.table("fills")
    if fills is None:
        return {}
    names = {one["name"]: k for k, one in enumerate(data["strategies"])}
    own = fills[fills["strategy"].isin(list(names)) & fills["ticker"].isin(list(tickers)) & fills["price"].notna()]
    counts, axis = own["ticker"].value_counts(sort=False), RowAxis(view)
    found: dict[str, list[DealtFill]] = {}
    left = MOST_FILLS
    for ticker in sorted(counts.index, key=lambda name: (-int(counts[name]), name)):
        if counts[ticker] > left and found:
            break
        fill: FillRow
        for fill in records(own[own["ticker"] == ticker].head(MOST_FILLS)):
            row, side = axis.row(fill), 1 if fill["side"] == "buy" else -1
            found.setdefault(str(ticker), []).append(
                (row, side, float(f"{fill['price']:.6g}"), names[fill["strategy"]])
            )
            left -= 1
    return found
