"""What a strategy may not do to what it is handed, and may not answer, in words; what it is said to have read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt.errors import StrategyError
from newsbt.steps.missing_rates import wanted_of
from newsbt.steps.strategy_signals import StrategyAnswer, ask, traded_grid, view_of
from newsbt.testing import make_events, small_market
from newsbt.testing.small_market import spec_of

EVENTS = make_events(("2025-03-05T01:00Z", "Harbor"), ("2025-03-06T01:00Z", "Beacon"), ("2025-03-07T01:00Z", "Lab"))
MARKET = small_market(30, events=EVENTS)


def doing(does: Callable[[Any], Any]) -> newsbt.Strategy:
    """A strategy that does something to its view, and answers what that gave or a grid of nothing."""

    class Mine(newsbt.Strategy):
        def signal(self, view: newsbt.EventView) -> newsbt.Signal:
            found = does(view)
            nothing = newsbt.Signal.grid(np.zeros((len(view.dates), len(view.tickers))))
            return nothing if found is None else found  # type: ignore[no-any-return]

    return Mine()


def halve(view: Any) -> None:
    view.links["weight"] *= 0.5


def halved(view: Any) -> None:
    links = view.links.copy()
    links["weight"] *= 0.5


def name(view: Any) -> None:
    view.events["mine"] = 1


def lengthen(view: Any) -> None:
    view.links.loc[len(view.links)] = view.links.iloc[0]


@pytest.mark.parametrize(
    ("does", "frame", "what"),
    [
        (halve, "links", "its column 'weight'"),
        (name, "events", "its column 'mine'"),
        (lengthen, "links", "its rows, from "),
        (lambda view: view.instruments.insert(0, "size", 1), "instruments", "its column 'size'"),
    ],
)  # fmt: skip
def test_a_frame_that_was_changed_is_named_with_what_to_do(does: Any, frame: str, what: str) -> None:
    with pytest.raises(StrategyError) as caught:
        MARKET.signals(doing(does))
    message = str(caught.value)
    assert f"changed what it was handed: view.{frame}, {what}" in message
    assert f"work on a copy, such as {frame} = view.{frame}.copy()" in message


def test_what_is_no_signal_or_has_another_shape_is_refused() -> None:
    with pytest.raises(StrategyError, match="answered a int; signal"):
        MARKET.signals(doing(lambda view: 7))
    with pytest.raises(StrategyError, match=r"a grid of shape \(3, 2\); expected \(\d+, 6\), a row"):
        MARKET.signals(doing(lambda view: newsbt.Signal.grid(np.zeros((3, 2)))))
    prepared = MARKET.prepared()
    for shape in ((prepared.market.panel.shape[0] + 1, 6), (prepared.market.panel.shape[0], 5)):
        with pytest.raises(StrategyError, match="a grid of shape"):
            MARKET.signals(doing(lambda view, shape=shape: newsbt.Signal.grid(np.zeros(shape))))


def test_a_ticker_is_meant_however_it_is_written_and_a_strange_one_is_named() -> None:
    def written(ticker: str) -> pd.DataFrame:
        frame = pd.DataFrame({"event_id": ["event-1"], "ticker": [ticker], "signal": [1.0]})
        ids = MARKET.announcements["event_id"].tolist()
        return MARKET.signals(doing(lambda view: newsbt.Signal.for_events(frame.assign(event_id=ids[:1]))))

    assert written("H.HK")["ticker"].tolist() == written("h.hk")["ticker"].tolist() == ["H.HK"]
    assert written("QQQQ")["ticker"].tolist() == ["QQQQ"]


def test_whether_news_was_read_is_told() -> None:
    prepared = MARKET.prepared()
    for does, read in ((lambda view: None, False), (halved, True)):
        assert ask(prepared.market, prepared.news, spec_of(doing(does))).read_news is read
    view = view_of(prepared.market, prepared.news)
    ask(prepared.market, prepared.news, spec_of(doing(halved)), view)
    with pytest.raises(StrategyError, match="changed what it was handed"):
        ask(prepared.market, prepared.news, spec_of(doing(halve)), view)
    assert view.links["weight"].tolist() == view_of(prepared.market, prepared.news).links["weight"].tolist()


def test_links_are_seen_up_to_so_many_relations_away() -> None:
    prepared = MARKET.prepared(hops=2)
    seen = {hops: view_of(prepared.market, prepared.news, hops).links["hop"].tolist() for hops in (0, 1, 2)}
    assert seen[0] == seen[1] and set(seen[1]) == {0, 1} and set(seen[2]) == {0, 1, 2}
    links = view_of(prepared.market, prepared.news, 1).links
    assert links.index.tolist() == list(range(len(links)))


def test_a_grid_wants_what_it_asks_anew_a_row_later() -> None:
    """A signal is followed from the next row on: what stays as it was wants nothing, what changes its size does."""
    market = MARKET.prepared().market
    grid = np.zeros(market.panel.shape)
    grid[1:4, 1], grid[2, 0], grid[3, 0], grid[-1, 3] = 0.5, 0.3, -0.3, 1.0
    followed = np.vstack([np.zeros(grid.shape[1]), traded_grid(market.universe, grid)])[:-1]
    answer = StrategyAnswer(signal=newsbt.Signal.grid(grid), read_news=False)
    wanted = wanted_of(market, None, answer)  # type: ignore[arg-type]
    cells = sorted(zip(wanted.row.tolist(), wanted.ticker.tolist(), strict=True))
    assert cells == [(2, 1), (3, 0), (4, 0)]
    assert all(followed[cell] for cell in cells)
