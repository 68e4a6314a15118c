"""S3, X21: strategies that are asked row by row, written out for the twin; `whole_run` has the same ones for newsbt.

`fall`   half of the weight in what fell from one close to the next, short in what rose by over 3 %, else a quarter.
`news`   half of the sum of the sentiments of the news that count.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from .intents import first_key, instrument_of, traded
from .scenario import Cause, Key, Scenario


def with_grid(scenario: Scenario) -> Scenario:
    """The scenario with the grid that its strategy answers, and what moved it."""
    rows, wanted = scenario.rows, {"fall": _fall, "news": _news}[scenario.step]
    grid: dict[Key, dict[str, float]] = {}
    for t, key in enumerate(rows):
        grid[key] = dict.fromkeys((item.ticker for item in scenario.instruments), 0.0)
        for ticker in list(grid[key]):
            grid[key][traded(scenario, ticker)] += wanted(scenario, ticker, t)
        grid[key] = {ticker: max(-1.0, min(1.0, value)) for ticker, value in grid[key].items()}
    causes = _causes(scenario, grid) if scenario.step == "news" else ()
    return replace(scenario, grid=grid, causes=causes, step=None)


def _fall(scenario: Scenario, ticker: str, t: int) -> float:
    if instrument_of(scenario, ticker).is_index:
        return 0.0
    bars = [scenario.bars.get((ticker, key)) for key in scenario.rows[: t + 1]]
    closes = [bar.close for bar in bars if bar is not None and bar.close is not None]
    if len(closes) < 2:
        return 0.25
    return 0.5 if closes[-1] < closes[-2] else -0.25 if closes[-1] > closes[-2] * 1.03 else 0.25


def _links(scenario: Scenario) -> list[tuple[int, str, str, float, bool]]:
    """S2, T5: row in which each link can first be traded, event, ticker, sentiment x relevance, 1 where blank, and
    whether the sentiment is known."""
    found = []
    for item in sorted(scenario.news, key=lambda one: one.event_id):
        direct = [ticker for ticker in item.tickers if is_listed(scenario, ticker, item.published_at)]
        indices = [instrument_of(scenario, ticker).sector_index for ticker in direct]
        value = (1.0 if item.sentiment is None else item.sentiment) * (
            1.0 if item.relevance is None else item.relevance
        )
        for ticker in dict.fromkeys([*direct, *filter(None, indices)]):
            key = first_key(scenario, instrument_of(scenario, traded(scenario, ticker)).exchange, item.published_at)
            if not isinstance(key, str):
                found.append((scenario.rows.index(key), item.event_id, ticker, value, item.sentiment is not None))
    return found


def is_listed(scenario: Scenario, ticker: str, at: datetime) -> bool:
    """X20, S2: links end with the listing."""
    last = instrument_of(scenario, ticker).delisted_on
    return last is None or at.date() <= last


def _news(scenario: Scenario, ticker: str, t: int) -> float:
    sentiments = {item.event_id: item.sentiment for item in scenario.news}
    counting = [sentiments[name] for row, name, linked, *_ in _links(scenario) if linked == ticker and row <= t + 1]
    total = sum(0.0 if sentiment is None else sentiment for sentiment in counting)
    return max(-1.0, min(1.0, 0.5 * total))


def _causes(scenario: Scenario, grid: dict[Key, dict[str, float]]) -> tuple[Cause, ...]:
    """Where the signal rose, good news, where it fell, bad, unless there is only the other; unknown either way."""
    rows = scenario.rows
    first: dict[tuple[int, str], list[tuple[str, float, bool]]] = {}
    for row, name, ticker, value, known in _links(scenario):
        if value:
            first.setdefault((max(row - 1, 0), traded(scenario, ticker)), []).append((name, value, known))
    found = []
    for (row, ticker), news in sorted(first.items()):
        moved = grid[rows[row]][ticker] - (grid[rows[row - 1]][ticker] if row else 0.0)
        helped = [one for one in news if one[1] * moved > 0 or not one[2]] or news
        found += [Cause(rows[row], ticker, name, abs(value)) for name, value, _ in helped]
    return tuple(found)
