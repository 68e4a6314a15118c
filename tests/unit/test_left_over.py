"""`use:` put in by an override: what the old component leaves behind goes, unless it is the new one's too."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml

import newsbt
from newsbt.assembly import assemble
from newsbt.config.loading import from_mapping, load
from newsbt.errors import ConfigError
from newsbt.left_over import settled
from newsbt.sweeps.sweep import sweep
from projects import write_project

CONFIG = """
name: replaced
period: {start: 2025-03-03, end: 2025-03-07}
account: {cash: 100000, currency: HKD}
evaluation: {placebo: 0, bootstrap: 0}
execution:
  participation: null
  latency: 0min
  costs: {use: flat, commission_bps: 10, minimum: 20}
  slippage: {use: bps, bps: 30}
linker: {use: linking.py:Mine, depth: 3}
strategies:
  - {name: Named, use: named_tickers, params: {sign: one}, position: {weight: 0.5, hold: 1}}
baselines: []
"""
INSTRUMENTS = """
    ticker,name,exchange,board,currency,lot_size
    9988.HK,Alibaba,XHKG,main,HKD,100
"""
ANNOUNCEMENTS = """
    event_id,published_at,event_type,issuer,headline,tickers
    e1,2025-03-03T20:00:00+08:00,model_release,Alibaba,Alibaba releases,9988.HK
"""
PRICES = "ticker,date,open,high,low,close,volume\n" + "".join(
    f"9988.HK,2025-03-0{day},100,102,98,100,1000000\n" for day in range(3, 8)
)
OWN = '''
from dataclasses import dataclass
import newsbt
from newsbt.linking.links import TableLinker

@dataclass(frozen=True, kw_only=True)
class Mine(TableLinker):
    depth: int = 1

class Calm(newsbt.Strategy):
    event_types: tuple[str, ...] = ()
    patience: int = 2
    def signal(self, view):
        return newsbt.Signal.for_events(view.links.assign(signal=0.5)[["event_id", "ticker", "signal"]])

class Own(newsbt.BacktraderStrategy):
    params = (("average", 20),)
'''  # fmt: skip


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "linking.py").write_text(OWN)
    return write_project(tmp_path, CONFIG, instruments=INSTRUMENTS, announcements=ANNOUNCEMENTS, prices=PRICES)


def at(document: Any, dotted: str) -> Any:
    for key in dotted.split("."):
        document = document[int(key)] if key.isdecimal() else document[key]
    return document


@pytest.mark.parametrize(
    ("changes", "block", "left"),
    [
        (["execution.slippage.use=zero"], "execution.slippage", {"use": "zero"}),
        (["execution.slippage.use=half_spread"], "execution.slippage", {"use": "half_spread"}),
        (["execution.costs.use=zero"], "execution.costs", {"use": "zero"}),
        (["execution.costs.use=market_schedule"], "execution.costs", {"use": "market_schedule"}),
        (["linker.use=table"], "linker", {"use": "table"}),
        (
            ["execution.slippage.use=half_spread", "execution.slippage.ticks=2"],
            "execution.slippage",
            {"use": "half_spread", "ticks": 2},
        ),
        (
            ["execution.slippage.ticks=2", "execution.slippage.use=half_spread"],
            "execution.slippage",
            {"use": "half_spread", "ticks": 2},
        ),
        (["execution.slippage.use=bps"], "execution.slippage", {"use": "bps", "bps": 30}),
        (["execution.slippage={use: zero}"], "execution.slippage", {"use": "zero"}),
        (
            ["strategies.0.use=linking.py:Calm", "strategies.0.params.patience=4"],
            "strategies.0.params",
            {"patience": 4},
        ),
    ],
    ids=lambda case: case[0] if isinstance(case, list) else "",
)
def test_a_block_is_that_of_its_new_component(config: Path, changes: list[str], block: str, left: Any) -> None:
    components = assemble(load(config, changes))
    assert at(components.document, block) == left
    pairs = [(key, yaml.safe_load(value)) for key, _, value in (text.partition("=") for text in changes)]
    assert at(assemble(load(config, pairs)).document, block) == left


def test_the_defaults_of_a_block_that_the_file_leaves_out_go_too(config: Path) -> None:
    text = yaml.safe_load(config.read_text())
    del text["execution"]["slippage"]
    components = assemble(from_mapping(text, config.parent, ["execution.slippage.use=zero"]))
    assert components.document["execution"]["slippage"] == {"use": "zero"}
    del text["execution"]
    components = assemble(from_mapping(text, config.parent, ["execution.slippage.use=zero"]))
    assert components.document["execution"]["slippage"] == {"use": "zero"}


def test_the_placebo_keeps_its_draws_whatever_it_uses(config: Path) -> None:
    text = config.read_text(encoding="utf-8").replace("placebo: 0", "placebo: {use: weeks, draws: 40}")
    config.write_text(text, encoding="utf-8")
    found = settled(load(config, ["evaluation.placebo.use=windows"])).config.evaluation.placebo
    assert (found.use, found.draws) == ("windows", 40)


def test_keys_of_the_new_component_are_kept(config: Path) -> None:
    """`path` belongs to both readers; `columns` to none of one's own that does not name it."""
    text = yaml.safe_load(config.read_text())
    text["announcements"] = {
        "use": "csv",
        "path": "announcements.csv",
        "columns": {"issuer": "issuer"},
        "zone": "Asia/Tokyo",
        "encoding": "utf-8",
    }
    changed = settled(from_mapping(text, config.parent, ["announcements.0.use=parquet"]))
    assert set(changed.written["announcements"]) == {"use", "path", "columns", "zone"}
    text["announcements"] = [text["announcements"]]
    changed = settled(from_mapping(text, config.parent, ["announcements.0.use=articles", "announcements.0.path=."]))
    assert set(changed.written["announcements"][0]) == {"use", "path", "zone"}
    text["fx"] = {"use": "csv", "path": "fx.csv"}
    changed = settled(from_mapping(text, config.parent, ["fx.use=fixed", "fx.rates={USDHKD: 7.8}"]))
    assert changed.written["fx"] == {"use": "fixed", "rates": {"USDHKD": 7.8}}


def test_params_of_a_strategy_that_are_the_new_ones_too_are_kept(config: Path) -> None:
    text = yaml.safe_load(config.read_text())
    text["strategies"] = [
        {"name": "A", "use": "issuer_drift", "params": {"event_types": ["x"], "min_move": 0.1}, "position": {"hold": 2}}
    ]
    changed = settled(from_mapping(text, config.parent, ["strategies.A.use=linking.py:Calm"]))
    assert changed.written["strategies"] == [
        {"name": "A", "use": "linking.py:Calm", "params": {"event_types": ["x"]}, "position": {"hold": 2}}
    ]


def test_a_strategy_that_sizes_its_own_orders_has_no_position_of_another(config: Path) -> None:
    (spec,) = assemble(load(config, ["strategies.0.use=linking.py:Own"])).strategies
    assert spec.position.model_fields_set == set()
    with pytest.raises(ConfigError, match="sizes and leaves positions by its own orders; leave 'hold' out"):
        assemble(load(config, ["strategies.0.use=linking.py:Own", "strategies.0.position.hold=3"]))
    text = yaml.safe_load(config.read_text())
    text["strategies"] = [{"name": "A", "use": "linking.py:Own", "analyzers": ["SharpeRatio"], "position": {}}]
    (spec,) = assemble(from_mapping(text, config.parent, ["strategies.0.use=named_tickers"])).strategies
    assert spec.analyzers == ()


def test_what_is_set_beside_use_holds_and_is_told_where_it_does_not_fit(config: Path) -> None:
    both = ["execution.slippage.use=zero", "execution.slippage.bps=3"]
    for changes in (both, both[::-1]):
        with pytest.raises(ConfigError, match=r"unknown parameter 'bps' of Zero.*override 'execution.slippage.bps=3'"):
            assemble(load(config, changes))
    # what was set earlier, in another go, is what the config said
    assert assemble(load(config, both[1:]).override(both[:1])).document["execution"]["slippage"] == {"use": "zero"}
    # and a key that was left over and is set now is no longer left over
    with pytest.raises(ConfigError, match="unknown parameter 'bps' of Zero"):
        assemble(load(config, both[:1]).override(both[1:]))


def test_a_mistyped_component_is_named_with_the_nearest(config: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        assemble(load(config, ["execution.slippage.use=zeroo"]))
    (problem,) = caught.value.problems
    assert "did you mean 'zero'?" in problem.message and problem.key == "execution.slippage.use"
    with pytest.raises(ConfigError, match="expected the name of a component"):
        load(config, ["execution.slippage.use=5"])


def test_a_run_is_the_same_as_one_whose_config_says_so(config: Path) -> None:
    """500 shares at 100 are half of 100,000: bought 30 bps higher they cost 150 more, and sold 30 bps lower again."""
    text = yaml.safe_load(config.read_text())
    text["execution"]["slippage"] = {"use": "zero"}
    written = newsbt.run(text)
    changed = newsbt.run(str(config), overrides={"execution.slippage.use": "zero"})
    assert (changed.run_id, changed.config) == (written.run_id, written.config)
    assert changed["Named"].fills["slippage_cost"].tolist() == [0.0, 0.0]
    assert newsbt.run(str(config))["Named"].fills["slippage_cost"].tolist() == pytest.approx([150.0, 150.0])


def test_a_sweep_over_components_runs_each_with_its_own_keys(config: Path, tmp_path: Path) -> None:
    names = ["bps", "zero", "half_spread"]
    loaded = load(config, [("sweep.grid", {"execution.slippage.use": names, "execution.costs.use": ["flat", "zero"]})])
    result = sweep(loaded, tmp_path / "runs")
    assert [item.error for item in result.outcomes] == [""] * 6
    for item, (slippage, costs) in zip(result.outcomes, itertools.product(names, ["flat", "zero"]), strict=True):
        changes = {"execution.slippage.use": slippage, "execution.costs.use": costs}
        row = newsbt.run(str(config), overrides=changes).table.loc["Named"]
        assert item.metrics["total_return"] == pytest.approx(row["total_return"])
    assert len({round(item.metrics["total_return"], 9) for item in result.outcomes}) == 6


def test_a_sweep_of_a_config_with_a_replaced_component_is_that_of_one_that_says_so(
    config: Path, tmp_path: Path
) -> None:
    grid = ("sweep.grid", {"position.hold": [1, 2]})
    first = sweep(load(config, [grid, ("execution.slippage.use", "zero")]), tmp_path / "runs")
    text = yaml.safe_load(config.read_text())
    text["execution"]["slippage"] = {"use": "zero"}
    config.write_text(yaml.safe_dump(text))
    second = sweep(load(config, [grid]), tmp_path / "runs")
    assert (first.reran, second.reran, second.path) == (2, 0, first.path)
