"""The worked examples in strategies/, run by the configs that use them, on the bundled sample."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from newsbt.check import check
from newsbt.cli.project import create_project
from newsbt.config.loading import load
from newsbt.domain.results import RunResult
from newsbt.pipeline import run
from newsbt.runs.run_document import run_document
from newsbt.testing import check_strategy, load_strategy, make_events, small_market

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "configs").glob("*.yaml"))
PULLED = [path for path in FILES if yaml.safe_load(path.read_text("utf-8"))["prices"]["use"] == "store"]
CONFIGS = [path for path in FILES if path not in PULLED]  # that run on the sample
QUICK = ("evaluation.placebo=0", "evaluation.bootstrap=0", "baselines=[]")
EXAMPLES = {
    "buy_rival_release": ("BuyRivalRelease", {}),
    "momentum": ("Momentum", {"lookback": 8, "skip": 2, "top": 2}),
    "theme_index": ("ThemeIndex", {"average": 4}),
    "fade_gap": ("FadeGap", {"min_gap": 0.0}),
    "related_sentiment": ("RelatedSentiment", {}),
    "bracketed": ("Bracketed", {"average": 5}),
}


@cache
def ran(name: str) -> RunResult:
    return run(load(ROOT / "configs" / name, QUICK))


def example(name: str) -> Any:
    return load_strategy(ROOT / "strategies" / f"{name}.py", EXAMPLES[name][0])


def test_every_file_is_an_example_and_every_example_is_in_a_config() -> None:
    assert {path.stem for path in (ROOT / "strategies").glob("*.py")} == set(EXAMPLES)
    used = {item["use"] for path in CONFIGS for item in yaml.safe_load(path.read_text("utf-8"))["strategies"]}
    assert {f"../strategies/{name}.py:{cls}" for name, (cls, _) in EXAMPLES.items()} <= used


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_looks_at_nothing_that_lies_ahead(name: str) -> None:
    found = check_strategy(example(name), EXAMPLES[name][1], cuts=3)
    assert found.decisions > 5


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_runs_on_the_sample_and_every_strategy_trades(path: Path) -> None:
    result = ran(path.name)
    for row in result.strategies:
        assert row.counts["fills"] > 0, row.name
        assert np.isfinite(row.equity).all() and (row.equity > 0).all()
        pnl = row.ledger.lots["pnl"].sum()
        assert row.equity.iloc[-1] - row.ledger.initial_cash == pytest.approx(pnl, abs=1e-3)
    assert any("simulated" in notice for notice in result.summary.notices)


def test_configs_work_in_a_new_project_too(tmp_path: Path) -> None:
    create_project(tmp_path / "mine")
    copied = sorted((tmp_path / "mine" / "configs").glob("*.yaml"))
    assert [path.name for path in copied] == [path.name for path in FILES]
    for path in copied:
        report = check(load(path))
        if path.name in [one.name for one in PULLED]:  # one pull, one run
            assert not report.ok and "newsbt data pull" in report.errors[0].message
        else:
            assert report.ok, report.errors


def test_the_flagship_by_hand_and_the_built_in_one_agree() -> None:
    """The user's own version without quiet days answers what the built-in answers on the same market."""
    market = small_market(themes=("chinese_ai",))
    own = market.signals(example("buy_rival_release")())
    built_in = market.signals(load_built_in("rival_release")(themes=("chinese_ai",)))
    key = ["event_id", "ticker"]
    pd.testing.assert_frame_equal(
        own.sort_values(key).reset_index(drop=True), built_in.sort_values(key).reset_index(drop=True)
    )


def load_built_in(use: str) -> Any:
    from newsbt.catalog import find_class

    return find_class("strategies", use, ROOT, lambda code, key, message: pytest.fail(message))


def test_quiet_days_leave_out_the_second_release() -> None:
    news = make_events(
        ("2025-03-05T19:00Z", "Harbor"), ("2025-03-06T19:00Z", "Harbor"), ("2025-03-20T19:00Z", "Harbor"),
        rivals="Beacon",
    )  # fmt: skip
    market = small_market(events=news, themes=("chinese_ai",))
    cls = example("buy_rival_release")
    assert set(market.signals(cls(quiet_days=0))["event_id"]) == {"e1", "e2", "e3"}
    assert set(market.signals(cls(quiet_days=5))["event_id"]) == {"e1", "e3"}


def test_momentum_holds_the_top_of_what_has_risen() -> None:
    market = small_market()
    signals = market.signals(example("momentum")(lookback=10, skip=0, top=2))
    held = signals.sum(axis=1)
    assert (held.iloc[:10] == 0).all() and held.max() == 2
    assert (signals["^AI"] == 0).all()
    view = market.view()
    t, n = 30, [k for k, ticker in enumerate(view.tickers) if ticker in ("H.HK", "B.HK", "U")]
    gains = view.close[t, n] / view.close[t - 10, n]
    held_now = signals.to_numpy()[t, n]
    if held_now.any():
        assert gains[held_now > 0].min() > 1.0


def test_sentiment_goes_along_relations_with_its_sign() -> None:
    news = make_events(("2025-03-05T19:00Z", "Lab"), sentiment=0.8, event_type="model_release")
    market = small_market(events=news)
    links = market.view(hops=2).links
    signals = market.signals(example("related_sentiment")(least=0.0, sign="sentiment")).set_index("ticker")["signal"]
    direct = links[links["hop"] == 1].set_index("ticker")
    assert len(direct)
    for ticker, link in direct.iterrows():
        assert signals[ticker] == pytest.approx(0.8 * link["weight"])


def test_the_bracketed_example_leaves_backtraders_analyzers_in_the_runs_document() -> None:
    document = json.loads(json.dumps(run_document(ran("backtrader_bracket.yaml"))))
    (row,) = document["strategies"]
    assert set(row["analyzers"]) == {"TradeAnalyzer", "DrawDown", "SharpeRatio"}
    closed = row["analyzers"]["TradeAnalyzer"]["total"]["closed"]
    assert closed == row["counts"]["trades"]
    assert row["analyzers"]["DrawDown"]["max"]["drawdown"] >= 0
