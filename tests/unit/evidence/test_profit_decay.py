"""Each point of the curves about a strategy is the run that it says it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import newsbt
from newsbt.evidence.profit_decay import decay
from newsbt.simulation.account_terms import PositionTerms
from newsbt.strategies.named_tickers import NamedTickers
from price_walks import tables

CLOCKS = ("09:27", "09:24", "08:35")  # before the opening at 09:30, in New York


@dataclass(frozen=True)
class Terms:
    panel: Any
    position: PositionTerms


class ASessionLate(newsbt.Strategy):
    """Follows the named tickers, each a session later."""

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        pairs = view.links[["event_id", "ticker"]].drop_duplicates()
        return newsbt.Signal.for_events(pairs.assign(signal=1.0, delay=1))


def world() -> dict[str, Any]:
    """News minutes before the opening, of stocks of which accounts of a hundred million cannot buy all they want."""
    found = tables(3, events=9, effect=0.02)
    found["announcements"]["published_at"] = [
        at.replace("T08:00", f"T{CLOCKS[k % 3]}").replace("-04:00", "-05:00" if at[5:7] in ("01", "02") else "-04:00")
        for k, at in enumerate(found["announcements"]["published_at"])
    ]
    found["prices"]["volume"] = 1e6
    return found


def run(strategy: Any = None, *, latency: str = "2min", hold: int = 3, cash: float = 1e6) -> Any:
    return newsbt.run(
        **world(), strategies={"follow": strategy or NamedTickers()}, cash=cash, currency="USD",
        position={"weight": 0.2, "hold": hold}, execution={"latency": latency, "engine": "compiled"}, baselines=[],
        evaluation={"bootstrap": 0, "placebo": 0},
    )["follow"]  # fmt: skip


@pytest.fixture(scope="module")
def evidence() -> dict[str, Any]:
    found: dict[str, Any] = run().evidence
    return found


@pytest.mark.parametrize("latency", [timedelta(0), timedelta(minutes=5), timedelta(hours=6)])
def test_an_event_waits_the_difference_of_two_latencies_to_the_nanosecond(latency: timedelta) -> None:
    known_at = np.array(["2025-03-05T08:00", "2025-03-06T08:00"], dtype="datetime64[ns]")
    news = SimpleNamespace(events=SimpleNamespace(known_at=known_at))
    signals: Any = SimpleNamespace(
        news=news, moves=lambda later: bool(later), at=lambda instants, extra_delay=0: (instants.tolist(), extra_delay)
    )
    asked: list[Any] = []

    def rerun(runs: Any) -> np.ndarray:
        asked.extend(runs)
        return np.arange(len(runs), dtype=float)

    terms: Any = Terms(SimpleNamespace(clock=SimpleNamespace(intraday=False)), PositionTerms())
    found = decay(signals, latency, terms, rerun)
    waits = [np.timedelta64(minutes, "m") - np.timedelta64(latency) for minutes in (0, 5, 60)]
    assert [one.entries for one in asked[20:23]] == [((known_at + wait).tolist(), 0) for wait in waits]
    assert asked[23].entries == (known_at.tolist(), 1) and len(asked) == 24
    assert [one.entries for one in asked[:20]] == [(known_at.tolist(), 0)] * 20
    assert [point["net_return"] for point in found["hold"]] == list(range(20))
    assert [point["net_return"] for point in found["latency"]] == [20, 21, 22, 23]


def test_the_net_return_by_holding_time_and_by_latency(evidence: dict[str, Any]) -> None:
    held = {point["hold"]: point["net_return"] for point in evidence["decay"]["hold"]}
    assert list(held) == list(range(1, 21))
    for hold in (1, 3, 20):
        assert held[hold] == pytest.approx(run(hold=hold).metrics["total_return"], abs=1e-12)
    late = {point["latency"]: point["net_return"] for point in evidence["decay"]["latency"]}
    assert list(late) == ["0", "5min", "1h", "one session"] and len({*late.values()}) == 4
    for name, latency in (("0", "0min"), ("5min", "5min"), ("1h", "1h")):
        assert late[name] == pytest.approx(run(latency=latency).metrics["total_return"], abs=1e-12)
    assert late["one session"] == pytest.approx(run(ASessionLate()).metrics["total_return"], abs=1e-12)


def test_the_net_return_by_the_size_of_the_account(evidence: dict[str, Any]) -> None:
    found = {point["size"]: point["total_return"] for point in evidence["capacity"]}
    assert list(found) == [1e5, 1e6, 1e7, 1e8, 1e9] and len({*found.values()}) == 5
    for size in (1e5, 1e9):
        assert found[size] == pytest.approx(run(cash=size).metrics["total_return"], abs=1e-12)
