"""A sweep as a whole: what it runs and in which order, what it keeps, and what it says of bad input."""

from __future__ import annotations

import errno
import io
import json
import logging
import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

import newsbt
from market_files import STRATEGY, config
from newsbt.cli import main
from newsbt.config.loading import load
from newsbt.errors import ConfigError, DataError, UnsupportedError
from newsbt.markets.rulebook import load_rulebook
from newsbt.pipeline import run
from newsbt.reports.sweep_text import sweep_view
from newsbt.sweeps import running, store
from newsbt.sweeps.checking import size_of
from newsbt.sweeps.sweep import sweep
from newsbt.sweeps.sweep_context import SweepContext
from newsbt.sweeps.variant_result import METRICS, VariantResult


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many parts as a sweep has on an idle machine, however long its first variant is compiled for."""
    monkeypatch.setattr(running, "PATIENCE_SECONDS", math.inf)


GRID = {
    "position.hold": [1, 3, {"sessions": 4}, None],
    "execution.latency": ["0min", "20h"],
    "params.event_types": [["release"], []],
    "execution.slippage.bps": [0, 30],
    "position.weight": [0.1, 0.3],
}


def test_a_variant_is_what_a_run_with_its_values_would_be(here: Path) -> None:
    result = sweep(config(here, {"grid": GRID}), here / "runs")
    assert len(result.outcomes) == 64 and result.reran == 64
    assert not any(item.error for item in result.outcomes)
    for index in (0, 13, 38, 63):
        item = result.outcomes[index]
        changes = [
            (f"strategies.0.{key}" if key.startswith(("params", "position")) else key, value)
            for key, value in item.params.items()
        ]
        row = run(load(here / "config.yaml", changes), engine="compiled").strategies[0]
        known = {**row.metrics, **row.counts}
        for name in METRICS:
            assert item.metrics[name] == pytest.approx(known[name], rel=1e-9, nan_ok=True), (item.params, name)
    assert len({item.values.tobytes() for item in result.outcomes}) > 40


VOLATILITY = {"use": "inverse_volatility", "target": 0.1, "window": 20}


@pytest.mark.rule("X23")
@pytest.mark.parametrize("use", ["named_tickers", "sentiment_decay"])
@pytest.mark.parametrize(
    ("weight", "grid"),
    [
        (VOLATILITY, {"position.weight.target": [0.05, 0.1], "position.weight.window": [10, 30]}),
        (0.3, {"position.weight": [0.1, VOLATILITY, {**VOLATILITY, "max_weight": 0.2}]}),
        (VOLATILITY, {"position.weight.window": [10, 20], "position.event_weight": [None, 0.1]}),
        (VOLATILITY, {"position.weight.use": ["inverse_volatility", "mine.py:Half"]}),
    ],
    ids=["parameters", "numbers and blocks", "capped", "components"],
)
def test_weights_that_are_asked_are_those_of_a_run(here: Path, use: str, weight: object, grid: dict[str, list]) -> None:
    (here / "mine.py").write_text(HALF, encoding="utf-8")
    mode = "target" if use == "sentiment_decay" else "events"
    held = {"position.rebalance": ["daily", "weekly"]} if mode == "target" else {"position.hold": [1, 5]}
    if mode == "target":
        grid = {key: values for key, values in grid.items() if key != "position.event_weight"}
    strategy = {"name": STRATEGY, "use": use, "position": {"weight": weight, "mode": mode}}
    result = sweep(config(here, {"grid": {**held, **grid}}, strategies=[strategy]), here / "runs")
    assert not [item.error for item in result.outcomes if item.error]
    for item in result.outcomes:
        changes = [(f"strategies.0.{key}", value) for key, value in item.params.items()]
        row = run(load(here / "config.yaml", changes), engine="compiled").strategies[0]
        for name in ("total_return", "sharpe", "turnover", "total_costs"):
            assert item.metrics[name] == pytest.approx(row.metrics[name], rel=1e-9, nan_ok=True), (item.params, name)
        assert item.metrics["refusals"] == row.counts["refusals"], item.params
    assert len({item.values.tobytes() for item in result.outcomes}) == len(result.outcomes)


HALF = """
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Half:
    target: float = 0.5

    def weights(self, panel):
        return np.full(panel.shape, self.target)
"""


def test_a_sizer_of_ones_own_that_changed_runs_its_variants_again(here: Path) -> None:
    (here / "mine.py").write_text(HALF, encoding="utf-8")
    strategy = {"name": STRATEGY, "use": "named_tickers", "position": {"weight": {"use": "mine.py:Half"}}}
    made = config(here, {"grid": {"position.hold": [1, 2]}}, strategies=[strategy])
    assert sweep(made, here / "runs").reran == 2
    assert sweep(load(here / "config.yaml"), here / "runs").reran == 0
    (here / "mine.py").write_text(HALF.replace("0.5", "0.2"), encoding="utf-8")
    assert sweep(load(here / "config.yaml"), here / "runs").reran == 2


def test_a_weight_that_cannot_be_read_fails_its_variants_alone(here: Path) -> None:
    grid = {"position.weight": [0.1, {**VOLATILITY, "windw": 5}, {**VOLATILITY, "window": 1}, {"use": "vola"}]}
    good, *bad = sweep(config(here, {"grid": grid}), here / "runs").outcomes
    assert not good.error
    for item, words in zip(bad, ("did you mean 'window'", "at least 2", "'vola' is not one of"), strict=True):
        assert words in item.error


def test_grid_order_and_results_do_not_depend_on_the_number_of_workers(here: Path) -> None:
    loaded = config(here, {"grid": GRID})
    one = sweep(loaded, here / "one", workers=1)
    four = sweep(loaded, here / "four", workers=4)
    assert [item.number for item in four.outcomes] == list(range(64))
    for left, right in zip(one.outcomes, four.outcomes, strict=True):
        assert left.params == right.params
        assert left.values.tobytes() == right.values.tobytes()
        assert left.blocks.tobytes() == right.blocks.tobytes()
    assert (one.dsr, one.pbo, one.trials) == (four.dsr, four.pbo, four.trials)
    assert 0.0 <= one.dsr <= 1.0 and 0.0 <= one.pbo <= 1.0 and one.trials == 64


def test_only_what_is_new_runs(here: Path) -> None:
    runs = here / "runs"
    small = {"position.hold": [1, 3], "position.stop_loss": [None, 0.05]}
    first = sweep(config(here, {"grid": small}), runs)
    again = sweep(config(here, {"grid": small}), runs)
    assert (first.reran, again.reran) == (4, 0)
    assert again.path == first.path
    assert [item.values.tobytes() for item in again.outcomes] == [item.values.tobytes() for item in first.outcomes]
    assert (again.pbo, again.dsr) == (first.pbo, first.dsr)
    grown = {"position.stop_loss": [0.05, 0.02, None], "position.hold": [3, 1, 2]}  # more values, another order
    third = sweep(config(here, {"grid": grown}), runs)
    assert third.reran == 5
    assert len(third.outcomes) == 9 and [item.number for item in third.outcomes] == list(range(9))
    other = config(here, {"grid": small}, account={"cash": 50_000, "currency": "USD"})
    assert sweep(other, runs).reran == 4, "another account is another sweep"


def test_a_failing_variant_is_recorded_and_the_rest_goes_on(here: Path) -> None:
    grid = {"position.hold": [1, 0], "execution.latency": ["0min", "a while"], "position.mode": ["events", "target"]}
    result = sweep(config(here, {"grid": grid}), here / "runs")
    errors = [item.error for item in result.outcomes]
    assert [bool(error) for error in errors] == [False, *[True] * 7]
    assert "mode: target" in errors[1]
    assert "a while" in errors[2]
    assert "hold" in errors[4] and "0" in errors[4]
    assert result.best.number == 0
    again = sweep(config(here, {"grid": grid}), here / "runs")
    assert again.reran == 0 and [item.error for item in again.outcomes] == errors
    assert sweep(config(here, {"grid": grid}), here / "runs", retry_failed=True).reran == 7
    table = again.table
    assert table["position.hold"].tolist() == [1, 1, 1, 1, 0, 0, 0, 0] and table.index.tolist() == list(range(8))
    assert table["error"].tolist() == errors and table["sharpe"].notna().tolist() == [True, *[False] * 7]


def test_a_strategy_that_raises_for_some_values(here: Path) -> None:
    (here / "mine.py").write_text(
        "import newsbt\n"
        "class Mine(newsbt.Strategy):\n"
        "    share: float = 1.0\n"
        "    def signal(self, view):\n"
        "        frame = view.links[['event_id', 'ticker']].assign(signal=1 / self.share)\n"
        "        return newsbt.Signal.for_events(frame)\n"
    )
    strategies = [{"name": STRATEGY, "use": "mine.py:Mine"}]
    loaded = config(here, {"grid": {"params.share": [0, 1.0, 0.5], "position.hold": [1, 2]}}, strategies=strategies)
    result = sweep(loaded, here / "runs")
    assert ["ZeroDivisionError" in item.error for item in result.outcomes] == [True, True, False, False, False, False]
    assert "mine.py:5" in result.outcomes[0].error
    assert "[-1, 1]; T0 on e0 has 2.0" in result.outcomes[4].error


def test_signals_are_asked_once_for_all_that_share_them(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from newsbt.sweeps import sweep_context

    asked: list[str] = []
    real = sweep_context.ask
    monkeypatch.setattr(sweep_context, "ask", lambda *given: asked.append(given[2].name) or real(*given))
    sweep(config(here, {"grid": GRID}), here / "runs")
    assert len(asked) == 5, "two latencies by two event types, and the best once more for its returns"


def same_as_runs(here: Path, result, indices: tuple[int, ...]) -> None:
    """Some variants have the numbers of runs with their values."""
    for index in indices:
        item = result.outcomes[index]
        assert not item.error
        changes = [
            (f"strategies.0.{key}" if key.startswith(("params", "position")) else key, value)
            for key, value in item.params.items()
        ]
        row = run(load(here / "config.yaml", changes)).strategies[0]
        for name in ("total_return", "sharpe", "max_drawdown", "trades"):
            known = {**row.metrics, **row.counts}[name]
            assert item.metrics[name] == pytest.approx(known, rel=1e-9, nan_ok=True), (item.params, name)


@pytest.mark.parametrize("base", [None, "benchmark"])
def test_hedged_variants_are_hedged_runs(here: Path, base: str | None) -> None:
    grid = {"position.hold": [2, 5], "position.hedge": [None, "benchmark", "sector_index"]}
    instruments = (here / "instruments.csv").read_text().replace("it,ai,,", "it,ai,T5,")
    (here / "instruments.csv").write_text(instruments.replace("T5,Company 5,XNYS,main", "T5,Company 5,XNYS,index"))
    position = {"weight": 0.1, "hold": 5, "hedge": base}
    strategies = [{"name": STRATEGY, "use": "named_tickers", "position": position}]
    loaded = config(here, {"grid": grid, "walk_forward": {"folds": 3}}, benchmark="T4", strategies=strategies)
    result = sweep(loaded, here / "runs")
    same_as_runs(here, result, tuple(range(6)))
    assert len({item.metrics["total_return"] for item in result.outcomes}) == 6
    plain = sweep(config(here, {"grid": {"position.hold": [5]}}, benchmark="T4", strategies=strategies), here / "runs")
    same_as_runs(here, plain, (0,))


@pytest.mark.parametrize(
    ("answer", "key", "values"),
    [
        ("Signal.grid(np.ones(view.close.shape) * 0.1)", "position.hold", [1, 2]),
        ("Signal.for_events(view.links[['event_id', 'ticker']].assign(signal=0.5))", "position.min_trade", [0, 0.1]),
    ],
)
def test_what_the_strategys_signals_do_not_read_is_not_swept(here: Path, answer: str, key: str, values: list) -> None:
    (here / "mine.py").write_text(
        "import newsbt\nimport numpy as np\nfrom newsbt import Signal\n"
        f"class Mine(newsbt.Strategy):\n    def signal(self, view):\n        return {answer}\n"
    )
    strategies = [{"name": STRATEGY, "use": "mine.py:Mine"}]
    result = sweep(config(here, {"grid": {key: values}}, strategies=strategies), here / "runs")
    assert [f"{key} is not read" in item.error for item in result.outcomes] == [True, True]


def test_a_hedge_without_an_index_fails_with_the_configs_own_words(here: Path) -> None:
    result = sweep(config(here, {"grid": {"position.hedge": [None, "benchmark"]}}), here / "runs")
    assert [bool(item.error) for item in result.outcomes] == [False, True]
    assert "benchmark" in result.outcomes[1].error


OTHER_COSTS = """\
from dataclasses import dataclass
from newsbt.markets.costs import Flat

@dataclass(frozen=True, kw_only=True)
class Dear(Flat):
    commission_bps: float = {bps}
"""


def test_nothing_stale_is_taken_for_new(here: Path) -> None:
    runs = here / "runs"
    # A file that only a variant reads.
    news = (here / "announcements.csv").read_text()
    (here / "other.csv").write_text(news)
    block = {"grid": {"announcements.0.path": ["announcements.csv", "other.csv"]}}
    first = sweep(config(here, block), runs)
    assert first.reran == 2 and sweep(config(here, block), runs).reran == 0
    (here / "other.csv").write_text("".join(news.splitlines(keepends=True)[:20]))
    again = sweep(config(here, block), runs)
    assert again.reran == 1
    same_as_runs(here, again, (0, 1))
    assert again.outcomes[1].metrics["trades"] < first.outcomes[1].metrics["trades"]
    # The files of the config itself.
    (here / "announcements.csv").write_text("".join(news.splitlines(keepends=True)[:30]))
    hold = {"grid": {"position.hold": [2]}}
    fewer = sweep(config(here, hold), runs)
    (here / "announcements.csv").write_text(news)
    every = sweep(config(here, hold), runs)
    assert every.reran == 1 and every.outcomes[0].metrics["trades"] > fewer.outcomes[0].metrics["trades"]
    # The source of a strategy of the user's own.
    buy = "import newsbt\nclass Mine(newsbt.Strategy):\n    def signal(self, view):\n"
    mine = {"strategies": [{"name": STRATEGY, "use": "mine.py:Mine", "position": {"weight": 0.3}}]}
    answer = "        return newsbt.Signal.for_events(view.links[['event_id', 'ticker']].assign(signal={}))\n"
    (here / "mine.py").write_text(buy + answer.format("1.0"))
    long = sweep(config(here, hold, **mine), runs)
    (here / "mine.py").write_text(buy + answer.format("-1.0"))
    short = sweep(config(here, hold, **mine), runs)
    assert (long.reran, short.reran) == (1, 1)
    same_as_runs(here, short, (0,))
    # The source of a component of the user's own.
    (here / "dear.py").write_text(OTHER_COSTS.format(bps=1.0))
    own = {"execution": {"costs": {"use": "dear.py:Dear"}}}
    cheap = sweep(config(here, {"grid": {"position.hold": [2]}}, **own), runs)
    (here / "dear.py").write_text(OTHER_COSTS.format(bps=200.0))
    dear = sweep(config(here, {"grid": {"position.hold": [2]}}, **own), runs)
    assert (cheap.reran, dear.reran) == (1, 1)
    assert dear.outcomes[0].metrics["total_costs"] > 10 * cheap.outcomes[0].metrics["total_costs"]


SLIPS = """\
from dataclasses import dataclass
from newsbt.domain.slippage_table import Slippage

@dataclass(frozen=True, kw_only=True)
class Slips:
    file: str = "none"

    def table(self, panel, rules):
        return Slippage(rate={rate})
"""


def test_what_a_variants_own_values_name_is_part_of_its_key(here: Path) -> None:
    runs = here / "runs"
    for grid in (
        {"execution.slippage": [{"use": "slips.py:Slips"}]},
        {"execution.slippage": [{"use": "slips.py:Slips", "params": {"file": "slips.py"}}]},
        {"params.event_types": [["slips.py"]], "position.hold": [2]},  # a strategy may read what it is told of
    ):
        (here / "slips.py").write_text(SLIPS.format(rate=0.0))
        cheap = sweep(config(here, {"grid": grid}), runs)
        assert (cheap.reran, sweep(config(here, {"grid": grid}), runs).reran) == (1, 0)
        (here / "slips.py").write_text(SLIPS.format(rate=0.02))
        dear = sweep(config(here, {"grid": grid}), runs)
        assert dear.reran == 1
        if "execution.slippage" in grid:
            assert dear.outcomes[0].metrics["total_return"] < cheap.outcomes[0].metrics["total_return"]


def test_other_code_and_other_rules_are_another_sweep(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = config(here, {"grid": {"position.hold": [1]}})
    assert sweep(loaded, here / "runs").reran == 1
    monkeypatch.setattr("newsbt.sweeps.outcome_keys._CODE", "another version")
    assert sweep(loaded, here / "runs").reran == 1
    book = replace(load_rulebook(), fingerprint="corrected")
    monkeypatch.setattr("newsbt.assembly.load_rulebook", lambda *_: book)
    assert sweep(loaded, here / "runs").reran == 1
    assert sweep(loaded, here / "runs").reran == 0


def test_files_of_a_folder_or_pattern_that_a_variant_reads_count(here: Path) -> None:
    (here / "more").mkdir()
    (here / "more" / "prices.csv").write_text((here / "prices.csv").read_text())
    for value in ("more", "more/*.csv"):
        block = {"grid": {"prices": [{"use": "csv", "path": value, "on_bad_row": "skip"}], "position.hold": [1]}}
        assert sweep(config(here, block), here / "runs").reran == 1
        assert sweep(config(here, block), here / "runs").reran == 0
        (here / "more" / "prices.csv").write_text((here / "more" / "prices.csv").read_text() + "\n")
        assert sweep(config(here, block), here / "runs").reran == 1


@pytest.mark.parametrize(
    ("write", "message"),
    [
        ("view.links['ticker'] = 'T0'", "changed what it was handed"),
        ("view.links.loc[:, 'ticker'] = 'T0'", "changed what it was handed"),
        ("view.tickers[2:] = ''", "read-only"),
    ],
)
def test_a_strategy_that_writes_to_its_view_harms_no_other_variant(here: Path, write: str, message: str) -> None:
    (here / "mine.py").write_text(
        "import newsbt\n"
        "class Mine(newsbt.Strategy):\n"
        "    spoil: bool = False\n"
        "    scale: float = 1.0\n"
        "    def signal(self, view):\n"
        "        frame = view.links[['event_id', 'ticker']].assign(signal=self.scale)\n"
        "        if self.spoil:\n"
        f"            {write}\n"
        "        return newsbt.Signal.for_events(frame)\n"
    )
    strategies = [{"name": STRATEGY, "use": "mine.py:Mine"}]
    grid = {"params.scale": [0.4, 0.8], "params.spoil": [True, False]}
    result = sweep(config(here, {"grid": grid}, strategies=strategies), here / "runs")
    assert [message in item.error for item in result.outcomes] == [True, False, True, False]
    same_as_runs(here, result, (1, 3))


def test_from_python_it_is_the_same(here: Path) -> None:
    block = {"grid": {"position.hold": [1, 2, 3], "position.weight": [0.1, 0]}}
    config(here, block)
    whole = newsbt.sweep(here / "config.yaml", runs=here / "runs", workers=1)
    assert isinstance(whole.table, pd.DataFrame) and len(whole.table) == 6 and whole.reran == 6
    again = newsbt.sweep(here / "config.yaml", runs=here / "runs", overrides={"sweep.metric": "total_return"})
    assert again.reran == 0 and again.metric == "total_return"
    assert again.best.metrics["total_return"] == again.table["total_return"].max()
    assert newsbt.sweep(here / "config.yaml", runs=here / "runs", retry_failed=True).reran == 3
    with pytest.raises(ConfigError, match="`sweep:` block"):
        newsbt.sweep(here / "config.yaml", overrides={"sweep": None})


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"grid": {"params.event_type": [["a"]]}}, "unknown parameter 'event_type'"),
        ({"grid": {"position.hold": []}}, "at least one value"),
        ({"grid": {}}, "no variant"),
        ({"grid": {"position.hold": [1]}, "metric": "sharp"}, "not 'sharp'"),
        ({"grid": {"position.hold": [1]}, "metric": "hit_rate", "walk_forward": {"folds": 2}}, "walk-forward chooses"),
        ({"grid": {"position.hold": [1]}, "walk_forward": {"folds": 90}}, "fewer folds"),
        ({"grid": {"execution.slippage.bsp": [1, 2]}}, "bsp"),
    ],
)
def test_what_cannot_start_says_so_before_anything_runs(here: Path, block: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        sweep(config(here, block), here / "runs")
    assert caught.value.exit_code == 2
    assert all(problem.line for problem in caught.value.problems)
    assert not (here / "runs").exists()


def test_a_random_search_is_seeded_and_without_repeats(here: Path) -> None:
    block = {
        "grid": {"position.hold": list(range(1, 11)), "position.weight": [0.1, 0.2]},
        "search": "random",
        "trials": 7,
    }
    first, second = (sweep(config(here, block), here / name) for name in ("a", "b"))
    chosen = [item.number for item in first.outcomes]
    assert chosen == [item.number for item in second.outcomes] == sorted(set(chosen)) and len(chosen) == 7
    other = sweep(config(here, block, evaluation={"placebo": 0, "bootstrap": 0, "seed": 8}), here / "a")
    assert [item.number for item in other.outcomes] != chosen
    everything = sweep(config(here, {**block, "trials": 500}), here / "a")
    assert len(everything.outcomes) == 20


@pytest.mark.parametrize(
    ("name", "value"), [("params", "[1]"), ("params", "{1"), ("key", None), ("blocks", [1.0, 2.0, 3.0])]
)
def test_a_part_with_a_row_of_another_kind_is_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, value: object
) -> None:
    kept = store.SweepStore(tmp_path)
    kept.add([VariantResult(number=1, key="a", params={"hold": 1}, error="none")])
    kept.add([VariantResult(number=2, key="b", params={"hold": 2}, error="none")])
    part = tmp_path / "part-000001.parquet"
    table = pq.read_table(part)
    at = table.column_names.index(name)
    pq.write_table(table.set_column(at, table.schema.field(at), pa.array([value], table.schema.field(at).type)), part)
    with caplog.at_level(logging.WARNING):
        assert list(kept.read()) == ["b"]
    assert str(part) in caplog.text


def test_a_damaged_part_is_passed_over_with_a_warning(here: Path, caplog: pytest.LogCaptureFixture) -> None:
    loaded = config(here, {"grid": {"position.hold": [1, 2, 3]}})
    first = sweep(loaded, here / "runs")
    (part,) = first.path.glob("part-*.parquet")
    part.write_bytes(part.read_bytes()[:200])
    with caplog.at_level(logging.WARNING):
        second = sweep(loaded, here / "runs")
    assert second.reran == 3
    assert str(part) in caplog.text
    assert sweep(loaded, here / "runs").reran == 0


def test_a_full_disk_is_named_and_what_was_kept_stays(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(running, "PART", 2)
    real, written = pq.write_table, []

    def write(table, where):
        if len(written) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(where)
        real(table, where)

    monkeypatch.setattr(store.pq, "write_table", write)
    noted: dict[str, float] = {}
    loaded = config(here, {"grid": {"position.hold": list(range(1, 10))}})
    result = sweep(loaded, here / "runs", note=noted.update)
    assert "No space left" in result.not_kept
    assert len(result.table) == len(noted) == 9, "what was tried counts as tried, and is shown"
    assert not list((here / "runs").rglob("*.partial"))
    assert main(["sweep", str(here / "config.yaml"), "--runs", str(here / "runs")]) == 1
    out, err = capsys.readouterr()
    assert "9 variants" in out and "not all are kept" in out
    assert err.count("error: ") == 1 and "No space left" in err and "Traceback" not in err
    monkeypatch.undo()
    assert sweep(loaded, here / "runs").reran == 5


def test_two_that_write_at_once_lose_nothing(here: Path) -> None:
    loaded = config(here, {"grid": {"position.hold": [1, 2]}})
    result = sweep(loaded, here / "runs")
    one, two = store.SweepStore(result.path), store.SweepStore(result.path)
    real = os.link

    def late(source, target):
        os.link = real
        two.add([result.outcomes[1]])
        real(source, target)

    os.link = late
    try:
        one.add([result.outcomes[0]])
    finally:
        os.link = real
    assert len(list(result.path.glob("part-*.parquet"))) == 3
    assert len(one.read()) == 2


def test_what_every_configuration_tried_does_to_the_best(here: Path) -> None:
    loaded = config(here, {"grid": {"position.hold": [1, 2, 3]}})
    alone = sweep(loaded, here / "runs")
    rng = np.random.default_rng(1)
    tried = {f"t{k}": float(value) for k, value in enumerate(rng.normal(0, 0.1, 500))}
    beside = sweep(loaded, here / "runs", trials=tried)
    assert (alone.trials, beside.trials) == (3, 503)
    assert beside.dsr < alone.dsr


def test_walk_forward_chooses_on_the_past_and_is_judged_as_one(here: Path) -> None:
    holds = [1, 2, 5, 8]
    block = {"grid": {"position.hold": holds}, "walk_forward": {"folds": 4, "embargo": 2}}
    loaded = config(here, block)
    result = sweep(loaded, here / "runs")
    walked = result.walk_forward
    sweep_context = SweepContext(loaded=loaded, strategy=STRATEGY)
    folds, dates = sweep_context.folds, sweep_context.dates
    assert len(walked.dates) == len(walked.returns) == len(dates) - folds.first[0]
    assert len(set(walked.dates.tolist())) == len(walked.dates)
    runs = {
        hold: run(load(here / "config.yaml", [("strategies.0.position.hold", hold)])).strategies[0] for hold in holds
    }
    returns = {hold: row.returns.to_numpy() for hold, row in runs.items()}
    for fold, choice in enumerate(walked.choices):
        test = folds.test(fold)
        hold = choice.params["position.hold"]
        np.testing.assert_allclose(
            walked.returns[test.start - folds.first[0] :][: test.stop - test.start], returns[hold][test]
        )
        # What comes later decides nothing: the choice is the best among those scored on the past alone.
        scores = [item.training[fold, METRICS.index("sharpe")] for item in result.outcomes]
        assert choice.number == int(np.nanargmax(scores))
        assert choice.value == scores[choice.number]
    growth = np.prod(1 + walked.returns) - 1
    assert walked.metrics["total_return"] == pytest.approx(growth)
    stored = sweep(loaded, here / "runs")
    assert stored.reran == 0 and stored.walk_forward.metrics == walked.metrics
    assert sweep(config(here, {**block, "walk_forward": {"folds": 3}}), here / "runs").reran == 4


def test_walk_forward_without_anything_to_choose_on_is_an_error(here: Path) -> None:
    block = {"grid": {"position.hold": [None]}, "walk_forward": {"folds": 3, "embargo": 40}}
    with pytest.raises(DataError, match="no variant has a sharpe"):
        sweep(config(here, block), here / "runs")


def test_later_prices_do_not_move_an_earlier_choice(here: Path) -> None:
    block = {"grid": {"position.hold": [1, 2, 5, 8], "position.stop_loss": [None, 0.03]}, "walk_forward": {"folds": 4}}
    before = sweep(config(here, block), here / "a").walk_forward
    last = before.choices[-1].first
    lines = (here / "prices.csv").read_text().splitlines(keepends=True)

    def shaken(line: str) -> str:
        cells = line.rstrip("\n").split(",")
        if cells[1] < last:
            return line
        # 40 % lower from here on, and a little more each day: other winners, the same past.
        return ",".join([*cells[:2], *(f"{float(cell) * 0.6:.4f}" for cell in cells[2:6]), cells[6]]) + "\n"

    (here / "prices.csv").write_text(lines[0] + "".join(shaken(line) for line in lines[1:]))
    after = sweep(config(here, block), here / "b").walk_forward
    assert [item.params for item in after.choices] == [item.params for item in before.choices]
    assert [item.value for item in after.choices] == pytest.approx([item.value for item in before.choices])
    assert not np.allclose(after.returns, before.returns)


def test_a_search_that_learns_is_seeded_and_goes_on_where_it_stopped(here: Path) -> None:
    pytest.importorskip("optuna", reason="the extra `optuna` is not installed")
    grid = {
        "position.hold": list(range(1, 21)),
        "position.stop_loss": [None, *np.round(np.arange(0.01, 0.2, 0.01), 3).tolist()],
    }
    block = {"grid": grid, "search": "optuna", "trials": 60}
    whole = sweep(config(here, block), here / "a")
    assert len(whole.outcomes) == len({item.number for item in whole.outcomes}) == 60
    part = sweep(config(here, {**block, "trials": 24}), here / "b")
    rest = sweep(config(here, block), here / "b", workers=1)
    assert (part.reran, rest.reran) == (24, 36)
    assert [item.number for item in rest.outcomes] == [item.number for item in whole.outcomes]
    small = {"grid": {"position.hold": [1, 2, 3]}, "search": "optuna", "trials": 60}
    assert len(sweep(config(here, small), here / "a").outcomes) == 3


def test_without_optuna_it_says_what_to_install(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    block = {"grid": {"position.hold": [1, 2]}, "search": "optuna", "trials": 2}
    with pytest.raises(UnsupportedError, match=r"pip install 'newsbt\[optuna\]'"):
        sweep(config(here, block), here / "runs")


def test_ten_million_variants_say_their_cost_first(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grid = {
        f"position.{name}": list(np.linspace(0.01, 0.9, 100).tolist())
        for name in ("weight", "stop_loss", "take_profit")
    }
    grid["position.hold"] = list(range(1, 11))
    assert size_of(config(here, {"grid": grid})) == 10_000_000
    assert main(["sweep", str(here / "config.yaml")]) == 2
    message = capsys.readouterr().err
    assert "10,000,000 variants" in message and "--yes" in message and "MB" in message


def test_the_command_prints_table_and_document(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    block = {"grid": {"position.hold": [1, 2, 0], "position.weight": [0.1, 0.2]}, "walk_forward": {"folds": 3}}
    config(here, block)
    path, runs = str(here / "config.yaml"), str(here / "runs")
    assert main(["sweep", path, "--runs", runs, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"variants", "best", "dsr", "pbo", "path", "walk_forward"} <= document.keys()
    assert [item["params"]["position.hold"] for item in document["variants"]] == [1, 1, 2, 2, 0, 0]
    assert "hold" in document["variants"][4]["error"]
    assert len(document["walk_forward"]["folds"]) == 3
    page = Path(document["heat_map"]).read_text(encoding="utf-8")
    assert "position.weight" in page
    assert main(["sweep", path, "--runs", runs, "--top", "2"]) == 0
    out = capsys.readouterr().out
    assert "the past only" in out and "0 of them run now, 2 failed (--retry-failed" in out
    assert main(["sweep", path, "--runs", runs, "--heat", "position.hold", "position.wait"]) == 2
    assert "did you mean 'position.weight'" in capsys.readouterr().err
    ledger = (Path(runs) / ".trials.jsonl").read_text().splitlines()
    assert len(ledger) == 4, "every variant that ran is a trial, once"


def test_a_narrow_terminal_shows_fewer_columns_and_folds_none() -> None:
    keys = {"position.hold": 15, "params.delay": 2, "position.weight": 0.02, "position.stop_loss": 0.04}
    values = np.linspace(0.1, 0.9, len(METRICS))
    outcomes = [VariantResult(number=k, key=str(k), params=keys, values=values) for k in range(3)]
    shown = {}
    for width in (80, 140):
        out = Console(width=width, record=True, file=io.StringIO())
        out.print(sweep_view(outcomes, "sharpe", 3, STRATEGY, outcomes[0].metrics), crop=False)
        shown[width] = out.export_text()
        lines = shown[width].splitlines()
        assert "…" not in shown[width] and max(map(len, lines)) <= width
        assert sum("everything" in line and "0.04" in line for line in lines) == 3
        assert sum("the past only" in line for line in lines) == 1
    head, missing = shown[80].partition("─")[0], " ".join(shown[80].partition("Not shown")[2].split())
    assert "refusals" in shown[140] and "refusals" not in head and "refusals." in missing and "sharpe" in shown[80]


def test_a_sweep_in_which_everything_fails_has_failed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config(here, {"grid": {"position.hold": [0, -1]}})
    assert main(["sweep", str(here / "config.yaml"), "--runs", str(here / "runs")]) == 1
    assert "2 failed" in capsys.readouterr().out


def test_a_config_without_a_sweep_and_options_of_another_backend(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config(here, None)
    assert main(["sweep", str(here / "config.yaml")]) == 2
    assert "`sweep:` block" in capsys.readouterr().err
    config(here, {"grid": {"position.hold": [1]}})
    assert main(["sweep", str(here / "config.yaml"), "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert "--backend dask" in capsys.readouterr().err
