"""What a `position:` asks of another kind of signal than the strategy answers is told, by a run and by `check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from news_world import TABLES
from newsbt.check import check
from newsbt.config.loading import load
from newsbt.errors import StrategyError
from newsbt.pipeline import run
from projects import write_project

CONFIG = """
account: {{cash: 100000, currency: CNY}}
strategies:
  - {{name: Mine, use: {use}, position: {position}}}
baselines: []
evaluation: {{placebo: 0, bootstrap: 0, periods_per_year: 250}}
"""
GRID = "not read, for the strategy answers a grid; leave out what is for signals of events"
EVENTS = "not read, for the strategy answers signals of events; leave out what is for a grid"
CASES = [
    ("sentiment_decay", "{hold: 3}", f"position.hold: {GRID}"),
    ("sentiment_decay", "{mode: target, on_repeat: add, event_weight: 0.5, rebalance: weekly}",
     f"position.event_weight and position.on_repeat: {GRID}"),
    ("named_tickers", "{rebalance: weekly, hold: 2}", f"position.rebalance: {EVENTS}"),
    ("named_tickers", "{min_trade: 0.01}", f"position.min_trade: {EVENTS}"),
]  # fmt: skip


@pytest.mark.parametrize(("use", "position", "message"), CASES)
def test_a_key_that_is_not_read_is_told(tmp_path: Path, use: str, position: str, message: str) -> None:
    loaded = load(write_project(tmp_path, CONFIG.format(use=use, position=position), **TABLES))
    assert message in run(loaded)["Mine"].warnings
    assert f"Mine: {message}" in check(loaded).doubts


@pytest.mark.parametrize(
    ("use", "position"),
    [
        ("sentiment_decay", "{mode: target, hold: 5, on_repeat: extend, rebalance: weekly, min_trade: 0.01}"),
        ("named_tickers", "{hold: 2, on_repeat: add, event_weight: 0.5, rebalance: daily}"),
    ],
)
def test_keys_that_are_read_and_defaults_written_out_are_not(tmp_path: Path, use: str, position: str) -> None:
    loaded = load(write_project(tmp_path, CONFIG.format(use=use, position=position), **TABLES))
    assert not any("not read" in warning for warning in run(loaded)["Mine"].warnings)
    assert not any("not read" in doubt for doubt in check(loaded).doubts)


def test_what_cannot_be_run_is_no_doubt_but_an_error_of_both(tmp_path: Path) -> None:
    loaded = load(write_project(tmp_path, CONFIG.format(use="named_tickers", position="{mode: target}"), **TABLES))
    (problem,) = check(loaded).errors
    assert "position.mode: target follows a grid" in problem.message
    with pytest.raises(StrategyError, match=r"position\.mode: target follows a grid"):
        run(loaded)


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (
            "2025-06-30",
            "the period has 25 whole weeks: moving the news by whole weeks, no placebo p can be below 0.04",
        ),
        ("2025-04-30", "the period has 16 whole weeks: there will be no placebo p, which needs 20"),
    ],
)
def test_how_small_a_placebo_p_can_be_is_said_beforehand(end: str, message: str) -> None:
    sample = Path(__file__).parents[2] / "configs" / "rival_release.yaml"
    short = ["period.start=2025-01-02", f"period.end={end}"]
    assert any(doubt.startswith(message) for doubt in check(load(sample, short)).doubts)
    for quiet in (["evaluation.placebo=0"], ["evaluation.placebo.use=windows"], ["period.start=2024-07-01"]):
        assert not any("whole weeks" in doubt for doubt in check(load(sample, [*short, *quiet])).doubts)
