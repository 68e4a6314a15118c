"""Total returns by session: of the run's own, of those before it where there are prices, and of sessions of bars."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from news_world import CONFIG, TABLES
from newsbt.assembly import assemble
from newsbt.config.loading import load
from newsbt.domain.progress import SilentProgress
from newsbt.evidence.session_returns import SessionReturns, frame_of, session_returns_of
from newsbt.steps.prepare import prepare_inputs, read_inputs
from projects import write_project

DAYS = ["2025-03-03", "2025-03-04", "2025-03-05"]
OF_A = [np.nan, 0.1, 12 / 11 - 1]


def returns_of(path: Path, *changes: str, with_inputs: bool) -> tuple[SessionReturns, tuple[str, ...]]:
    components = assemble(load(path, list(changes)))
    inputs = read_inputs(components)
    market = prepare_inputs(components, inputs, SilentProgress()).market
    return session_returns_of(market, inputs if with_inputs else None), market.panel.tickers


@pytest.mark.parametrize(
    ("changes", "with_inputs", "first"),
    [([], True, 0), (["period.start=2025-03-04"], True, 0), (["period.start=2025-03-04"], False, 1)],
)
def test_sessions_before_the_run_count_where_their_prices_are_at_hand(
    tmp_path: Path, changes: list[str], with_inputs: bool, first: int
) -> None:
    """B has no bar on the 4th: its return of the 5th is from the 3rd. Without inputs the run knows the close before."""
    path = write_project(tmp_path, CONFIG, **TABLES)
    found, tickers = returns_of(path, *changes, with_inputs=with_inputs)
    a, b = (tickers.index(name) for name in ("A.SH", "B.SH"))
    assert found.dates.astype(str).tolist() == DAYS[first:]
    np.testing.assert_allclose(found.returns[:, a], OF_A[first:])
    np.testing.assert_allclose(found.returns[:, b], [np.nan, np.nan, 0.0][first:])
    np.testing.assert_allclose(found.growth[:, a], np.array([1.0, 1.1, 1.2])[first:])
    assert found.close_at.shape == (3 - first, 1) and str(found.close_at[-1, 0])[:16] == "2025-03-05T07:00"
    frame = frame_of(found, tickers, np.array([b, a]))
    assert frame.columns.tolist() == ["B.SH", "A.SH"] and frame["A.SH"].iloc[-1] == found.returns[-1, a]


def test_bars_are_compounded_to_their_sessions(tmp_path: Path) -> None:
    """A's four bars of a day go from 10.0 to 10.3, and from 10.3 by way of 11 to 11.3; B has bars on the first day."""
    closes = {"2025-03-03": (10.0, 10.1, 10.2, 10.3), "2025-03-04": (11.0, 11.1, 11.2, 11.3)}
    rows = [
        f"{ticker}, {day}T{hour}+08:00, {price}, {price}, {price}, {price}, 1000000"
        for ticker in ("A.SH", "B.SH")
        for day, prices in closes.items()
        for hour, price in zip(("09:30", "10:30", "13:00", "14:00"), prices, strict=True)
        if ticker == "A.SH" or day == "2025-03-03"
    ]
    prices = "ticker, bar_start, open, high, low, close, volume\n" + "\n".join(rows)
    path = write_project(tmp_path, CONFIG, **{**TABLES, "prices": prices})
    found, tickers = returns_of(path, with_inputs=True)
    a, b = (tickers.index(name) for name in ("A.SH", "B.SH"))
    assert found.dates.astype(str).tolist() == DAYS[:2]
    np.testing.assert_allclose(found.returns[:, a], [10.3 / 10.0 - 1, 11.3 / 10.3 - 1])
    np.testing.assert_allclose(found.returns[:, b], [0.03, np.nan])
    np.testing.assert_allclose(found.growth[:, b], [1.03, 1.03])
    assert [str(at)[:16] for at in found.close_at[:, 0]] == ["2025-03-03T07:00", "2025-03-04T07:00"]
