"""What a run's tables say of its signals, where it is not what was filled."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects import rows, run_project

INSTRUMENTS = """
    ticker, name,  exchange, board, currency, lot_size
    A.HK,   Alpha, XHKG,     main,  HKD,      100
    """
PRICES = """
    ticker, date,       open, high, low, close, volume
    A.HK,   2025-03-03, 10,   10,   10,  10,    1000000
    A.HK,   2025-03-04, 11,   12,   11,  12,    1000000
    A.HK,   2025-03-05, 12,   12,   12,  12,    1000000
    A.HK,   2025-03-06, 12,   12,   12,  12,    1000000
    """
NEWS = """
    event_id, published_at,           event_type, issuer, headline, tickers
    first,    2025-03-03T20:00+08:00, news,       Alpha,  Good,     A.HK
    last,     2025-03-05T20:00+08:00, news,       Alpha,  Good,     A.HK
    """
LATER = """
import newsbt


class Later(newsbt.Strategy):
    delay: int = 0

    def signal(self, view):
        return newsbt.Signal.for_events(view.links[["event_id", "ticker"]].assign(signal=1.0, delay=self.delay))
"""


@pytest.mark.rule("S3")
@pytest.mark.parametrize(
    ("use", "params", "signal", "entry", "last"),
    [
        ("fade", "{}", -1.0, "2025-03-05T01:30Z", None),
        ("mine.py:Later", "{}", 1.0, "2025-03-04T01:30Z", "extended"),
        ("mine.py:Later", "{delay: 1}", 1.0, "2025-03-05T01:30Z", "after_period"),
        ("mine.py:Later", "{delay: 2}", 1.0, "2025-03-06T01:30Z", "after_period"),
    ],
)
def test_a_delayed_signal_keeps_the_first_tradable_bar_of_its_event(
    tmp_path: Path, use: str, params: str, signal: float, entry: str, last: str | None
) -> None:
    """S3: known on Monday evening, the first event could be traded on Tuesday morning, whatever its signal waits for.
    The second could be traded on Thursday, the last day: with a delay no bar is left for it."""
    (tmp_path / "mine.py").write_text(LATER, encoding="utf-8")
    config = f"""
        account: {{cash: 100000, currency: HKD}}
        execution: {{costs: {{use: zero}}, slippage: {{use: zero}}, participation: null, market_rules: false}}
        strategies: [{{name: S, use: '{use}', params: {params}, position: {{weight: 0.1, hold: null}}}}]
        baselines: []
        evaluation: {{placebo: 0}}
        """
    found = run_project(tmp_path, config, instruments=INSTRUMENTS, prices=PRICES, announcements=NEWS)["S"]
    table = rows(found.events, "event_id", "first_tradable_at", "signal", "refused_reason")
    assert table[0] == ("first", "2025-03-04T01:30Z", signal, None)
    assert table[1][:2] == ("last", "2025-03-06T01:30Z")
    assert table[1][3] == last
    assert rows(found.fills, "at") == [(entry,)]


@pytest.mark.rule("T7", "S3")
def test_a_delayed_signal_among_fills_at_closes(tmp_path: Path) -> None:
    """T7, S3: known at noon, an event is traded at that day's close, and its delayed signal, which fills at an open,
    from the next morning on."""
    (tmp_path / "mine.py").write_text(LATER, encoding="utf-8")
    config = """
        account: {cash: 100000, currency: HKD}
        execution: {entry: same_close, costs: {use: zero}, slippage: {use: zero}, participation: null}
        strategies:
          - {name: Now, use: 'mine.py:Later', position: {weight: 0.1, hold: null}}
          - {name: Later, use: 'mine.py:Later', params: {delay: 1}, position: {weight: 0.1, hold: null}}
        baselines: []
        evaluation: {placebo: 0}
        """
    news = """
        event_id, published_at,           event_type, issuer, headline, tickers
        noon,     2025-03-04T12:00+08:00, news,       Alpha,  Good,     A.HK
        """
    run = run_project(tmp_path, config, instruments=INSTRUMENTS, prices=PRICES, announcements=news)
    first = {name: rows(run[name].events, "first_tradable_at")[0][0] for name in ("Now", "Later")}
    assert first == {"Now": "2025-03-04T08:00Z", "Later": "2025-03-05T01:30Z"}
    assert {name: rows(run[name].fills, "at")[0][0] for name in first} == {
        "Now": "2025-03-04T08:00Z", "Later": "2025-03-06T01:30Z",
    }  # fmt: skip
