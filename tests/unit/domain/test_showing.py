"""Every public object shows itself in a few lines that tell what it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import newsbt
from made_runs import made_run
from newsbt.assembly import assemble
from newsbt.audit.auditing import audit
from newsbt.config.loading import load
from newsbt.domain.progress import SilentProgress
from newsbt.domain.showing import LINES, lines, short
from newsbt.events.extraction.extract import extract
from newsbt.explain import explain, read_item
from newsbt.runs.run_document import record_of
from newsbt.steps.prepare import prepare, read_inputs
from newsbt.strategies.named_tickers import NamedTickers
from newsbt.testing import check_strategy, small_market

ROOT = Path(__file__).parents[3]
LONG = "x" * 5_000


def within(one: Any) -> Iterator[Any]:
    """An object and what of newsbt's own stands in its fields, two levels deep."""
    waiting = [(one, 0)]
    while waiting:
        found, depth = waiting.pop()
        yield found
        if depth < 2 and dataclasses.is_dataclass(found):
            for field in dataclasses.fields(found):
                value = getattr(found, field.name)
                listed = value if isinstance(value, tuple) else (value,)
                waiting += [(inner, depth + 1) for inner in listed if type(inner).__module__.startswith("newsbt")]


def is_short(one: Any) -> bool:
    text = repr(one)
    return len(text) <= 2_000 and len(text.splitlines()) <= LINES and type(one).__name__ in text


@pytest.fixture(scope="module")
def bundled() -> Any:
    return load(
        ROOT / "configs" / "rival_release.yaml",
        {"evaluation.placebo": 3, "evaluation.bootstrap": 10, "execution.engine": "compiled"}.items(),
    )


def test_a_result_tells_its_rows(bundled: Any) -> None:
    result = newsbt.run(bundled)
    text = repr(result)
    assert text.startswith("Result 'rival-release': 2024-07-01 to 2025-07-31, 283 rows")
    assert "! simulated sample" in text
    for name in result.table.index:
        assert name in text
    assert f"{result.table.loc['Buy on rival release', 'total_return']:+.2%}" in text
    row = repr(result["Buy on rival release"])
    assert row.startswith("StrategyView 'Buy on rival release': strategy, engine compiled")
    assert "sharpe 1.315" in row and "806 trades" in row
    for one in (*within(result), result["Buy on rival release"], record_of(result)):
        assert is_short(one), type(one)


def test_what_a_run_is_made_of_is_short_too(bundled: Any) -> None:
    components = assemble(bundled)
    inputs = read_inputs(components)
    item = read_item(ROOT / "tests/data/articles/wire/01_alibaba_qwq32b.txt", inputs.universe)
    prepared = prepare(components, SilentProgress())
    batch, explained = inputs.batch, explain(components, item, inputs)
    for one in (components, inputs, prepared, inputs.universe, inputs.universe["9988.HK"], batch, bundled):
        assert is_short(one), type(one)
    for one in (batch.announcements[0], item, explained, audit(components, cuts=1, draws=2)):
        assert is_short(one), type(one)


def test_long_rows_long_names_and_many_strategies_are_cut() -> None:
    made = made_run()
    many = dataclasses.replace(
        made, strategies=tuple(dataclasses.replace(made.strategies[0], name=f"{k} {LONG}\x1b[31m\n") for k in range(50))
    )
    assert is_short(many) and "more" in repr(many)
    assert is_short(many.strategies[0])
    assert "\x1b" not in repr(many) + repr(many.strategies[0])
    item = newsbt.Announcement(
        event_id="e1", published_at=datetime(2025, 3, 6, 8, tzinfo=UTC), event_type="t", issuer="A",
        headline=LONG, body=LONG, tickers=tuple(f"{k:04d}.HK" for k in range(900)), attributes={LONG: LONG},
    )  # fmt: skip
    assert is_short(item) and "event_id='e1'" in repr(item) and "0000.HK" in repr(item)
    assert "sentiment" not in repr(item)  # as nobody set it


def test_other_answers_are_short() -> None:
    market = small_market(30)
    rng = np.random.default_rng(3)
    days = pd.bdate_range("2023-01-02", periods=300)
    returns = pd.DataFrame(rng.normal(0, 0.01, (300, 6)), index=days, columns=[f"000{k}.HK" for k in range(6)])
    events = pd.DataFrame(
        {"event_id": range(12), "ticker": [f"000{k % 6}.HK" for k in range(12)], "date": days[150:270:10]}
    )
    study = newsbt.event_study(returns, pd.Series(rng.normal(0, 0.01, 300), index=days), events, by=None)
    assert "[-5,5]" in repr(study)
    signal = newsbt.Signal.grid(np.zeros((300, 6)))
    assert repr(signal) == "Signal(array=float64 array of (300, 6))"
    for one in (
        market, study, signal, market.prepared(NamedTickers()), newsbt.performance(returns["0000.HK"]),
        extract(f"Alibaba unveils Qwen3\nPublished: 2025-03-06T16:45+08:00\n\n{LONG}"),
    ):  # fmt: skip
        assert is_short(one) or isinstance(one, dict), type(one)


class Sees(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        assert is_short(view) and "close=float64 array of" in repr(view)
        return newsbt.Signal.grid(np.zeros_like(view.close))


class Steps(newsbt.StepStrategy):
    def signal_at(self, t: int, past: newsbt.PastView) -> Any:
        assert is_short(past)
        return np.zeros(len(past.tickers))


def test_views_of_strategies_are_short() -> None:
    for strategy in (Sees(), Steps()):
        assert is_short(check_strategy(strategy, cuts=2))


def test_a_sweep_tells_what_is_left_of_the_best(bundled: Any, tmp_path: Path) -> None:
    swept = bundled.override(
        [("sweep", {"strategy": "Buy on rival release", "grid": {"position.hold": list(range(1, 31))}})]
    )
    result = newsbt.sweep(swept, runs=tmp_path)
    text = repr(result)
    assert text.startswith("SweepResult 'Buy on rival release': 30 variants by sharpe, 0 failed")
    assert f"{result.dsr:.3f}" in text and f"{result.pbo:.3f}" in text
    for one in within(result):
        assert is_short(one), type(one)


def test_lines_and_values_are_cut_where_they_are_long() -> None:
    assert lines([str(k) for k in range(40)]).splitlines()[-2:] == ["  ... 21 more", "39"]
    assert len(lines([str(k) for k in range(40)]).splitlines()) == LINES
    assert len(short({LONG: LONG})) <= 72 and len(short([LONG] * 9)) <= 72
    assert short((1,)) == "(1,)" and short([]) == "[]" and short(None) == "None"
    assert short(pd.DataFrame({"a": [1], "b": [2]})) == "DataFrame of 1 rows: a, b"
