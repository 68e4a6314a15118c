"""Values that a config takes and refuses, block by block, with line, key and code."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from newsbt.config.blocks import Component
from newsbt.config.loading import from_mapping, load
from newsbt.config.models import PositionConfig, RunConfig, SessionCount


def minimal(**more: object) -> dict[str, object]:
    return {
        "name": "small",
        "universe": {"instruments": "i.csv"},
        "announcements": [{"use": "csv", "path": "n.csv"}],
        "prices": {"use": "csv", "path": "p"},
        "strategies": [{"name": "A", "use": "rival_release"}],
    } | more


def test_every_default_is_the_documented_one():
    config = from_mapping(minimal()).config
    assert (config.fx, config.benchmark, config.sweep) == (None, None, None)
    assert (config.period.start, config.period.end) == (None, None)
    assert (config.account.cash, config.account.currency) == (1_000_000, None)
    execution = config.execution
    assert (execution.engine, execution.entry, execution.latency) == ("backtrader", "next_open", timedelta(minutes=5))
    assert execution.market_rules is True
    assert (execution.costs.use, execution.costs.params) == ("market_schedule", {})
    assert (execution.slippage.use, execution.slippage.params) == ("bps", {"bps": 5})
    assert (execution.participation, execution.on_short_cash, execution.borrow_bps) == (0.1, "reduce", 0)
    position = config.strategies[0].position
    assert (position.weight, position.hold, position.on_repeat, position.mode) == (0.05, 5, "extend", "events")
    assert (position.rebalance, position.min_trade, position.hedge) == ("daily", 0.001, None)
    assert (position.stop_loss, position.take_profit, position.trailing_stop) == (None, None, None)
    assert (position.max_positions, position.event_weight) == (None, None)
    assert (config.strategies[0].params, config.strategies[0].analyzers) == ({}, ())
    assert config.baselines == ("buy_and_hold", "equal_weight", "benchmark")
    evaluation = config.evaluation
    assert (evaluation.placebo.use, evaluation.placebo.draws) == ("weeks", 200)
    assert (evaluation.bootstrap, evaluation.seed) == (1000, 7)
    assert evaluation.periods_per_year == "auto"
    assert (config.output.runs, config.output.report) == (None, True)
    prices, reader = config.prices[0], config.announcements[0]
    assert (prices.volume_unit, prices.stamp, prices.adjusted, prices.on_bad_row) == (None, None, None, "error")
    assert (reader.columns, reader.dedupe, reader.on_bad_row) == ({}, None, "error")


def test_the_whole_of_the_contract_is_accepted(write):
    loaded = load(
        write("""\
name: rival-release
universe: {instruments: i.csv, relations: r.csv, memberships: m.csv, status: s.csv}
announcements:
  - {use: csv, path: n.csv, columns: {subject: model_or_subject}, on_bad_row: skip}
  - {use: rss, url: feed.xml, dedupe: {window: 24h, threshold: 0.7}}
prices:
  - {use: csv, path: p, columns: {close: Close}, volume_unit: 100, stamp: end, adjusted: true}
  - {use: yfinance}
fx: {use: fixed, rates: {CNYHKD: 1.08, USDHKD: 7.78}}
period: {start: 2024-07-01, end: "2025-07-31"}
account: {cash: 1e6, currency: HKD}
execution:
  engine: compiled
  entry: same_close
  latency: 1h30min
  market_rules: ../my_rules.yaml
  costs: {use: market_schedule, commission: bank}
  slippage: {use: half_spread, ticks: 1}
  participation: null
  on_short_cash: reject
  borrow_bps: 25
benchmark: ^HSTECH
strategies:
  - name: One
    use: ../strategies/mine.py:Mine
    params: {themes: [chinese_ai], decay: 0.5}
    position: {weight: 1, hold: {sessions: 2}, stop_loss: 0.1, take_profit: 2, trailing_stop: 0.2, max_positions: 3,
               event_weight: 1.0, on_repeat: add, mode: target, rebalance: on_change, min_trade: 0, hedge: benchmark}
    analyzers: [SharpeRatio, {use: TradeAnalyzer, depth: 2}]
  - {name: Two, use: fade, position: {hold: 30min}}
  - {name: Three, use: fade, position: {hold: null, hedge: sector_index}}
baselines: []
evaluation: {placebo: 0, bootstrap: 0, seed: 0, periods_per_year: 252}
output: {runs: /tmp/runs, report: false}
sweep: {strategy: One, grid: {params.themes: [[a], [b]], position.hold: [1, 3], execution.latency: [5min]},
        search: optuna, trials: 50, metric: sharpe}
""")
    )
    config = loaded.config
    assert [item.use for item in config.announcements] == ["csv", "rss"]
    assert config.announcements[1].params == {"url": "feed.xml"}
    assert config.announcements[1].dedupe is not None
    assert config.announcements[1].dedupe.window == timedelta(days=1)
    assert config.prices[0].columns == {"close": "Close"} and config.prices[0].params == {"path": "p"}
    assert config.fx is not None and config.fx.params == {"rates": {"CNYHKD": 1.08, "USDHKD": 7.78}}
    assert (config.period.start, config.period.end) == (date(2024, 7, 1), date(2025, 7, 31))
    assert config.account.cash == 1e6
    assert config.execution.latency == timedelta(minutes=90)
    assert config.execution.market_rules == "../my_rules.yaml"
    assert config.execution.slippage.params == {"ticks": 1}
    assert [item.position.hold for item in config.strategies] == [SessionCount(sessions=2), timedelta(minutes=30), None]
    assert [(a.use, a.params) for a in config.strategies[0].analyzers] == [
        ("SharpeRatio", {}),
        ("TradeAnalyzer", {"depth": 2}),
    ]
    assert config.sweep is not None and config.sweep.grid["params.themes"] == (["a"], ["b"])


BAD_VALUES = [
    ("account: {cash: 0}", "account.cash", "bad_value", "a number above 0 and at most 1000000000000000; got 0"),
    ("account: {cash: 1.1e+15}", "account.cash", "bad_value", "at most 1000000000000000; got 1100000000000000.0"),
    ("account: {cash: .inf}", "account.cash", "bad_value", "at most 1000000000000000; got inf"),
    ("account: {cash: .nan}", "account.cash", "bad_value", "at most 1000000000000000; got nan"),
    ("account: {cash: '1000'}", "account.cash", "wrong_type", "got '1000'; write it without quotes"),
    ("account: {cash: true}", "account.cash", "wrong_type", "got true"),
    ("account: {currency: hkd}", "account.currency", "bad_value", "three capital letters"),
    ("account: {currency: 344}", "account.currency", "wrong_type", "got 344"),
    ("account: 5", "account", "wrong_type", "expected a mapping; got 5"),
    ("account: null", "account", "wrong_type", "got nothing (null)"),
    ("fx: USDHKD", "fx", "wrong_type", "expected a mapping, or null; got 'USDHKD'"),
    ("fx: {rates: {USDHKD: 7.8}}", "fx.use", "missing_key", "missing"),
    ("benchmark: 600519", "benchmark", "wrong_type", "got 600519; put it in quotes"),
    ("period: {start: 2024-13-01}", "period.start", "bad_value", "a date such as 2024-07-01"),
    ("period: {start: 2024}", "period.start", "wrong_type", "got 2024"),
    ("period: {start: 0001-01-01}", "period.start", "bad_value", "from 1900 to 2200"),
    ("period: {start: 2024-07-01T09:00:00}", "period.start", "bad_value", "2024-07-01T09:00:00"),
    ("period: {start: 2025-07-02, end: 2025-07-01}", "period.start", "bad_value", "2025-07-02 is after the end"),
    ("execution: {engine: compild}", "execution.engine", "bad_value", "did you mean 'compiled'?"),
    ("execution: {engine: 3}", "execution.engine", "wrong_type", "one of backtrader, compiled; got 3"),
    ("execution: {latency: 5}", "execution.latency", "wrong_type", "with its unit; got 5"),
    ("execution: {latency: 5 minutes}", "execution.latency", "bad_value", "got '5 minutes'"),
    ("execution: {latency: -5min}", "execution.latency", "bad_value", "got '-5min'"),
    ("execution: {latency: 99999999999d}", "execution.latency", "bad_value", "at most 3650d"),
    ("execution: {market_rules: 7}", "execution.market_rules", "wrong_type", "true, false or the path"),
    ("execution: {market_rules: ''}", "execution.market_rules", "bad_value", "true, false or the path"),
    ("execution: {costs: zero}", "execution.costs", "wrong_type", "expected a mapping; got 'zero'"),
    ("execution: {slippage: {bps: 5}}", "execution.slippage.use", "missing_key", "missing"),
    ("execution: {slippage: {use: [1]}}", "execution.slippage.use", "wrong_type", "a list of 1"),
    ("execution: {participation: 0}", "execution.participation", "bad_value", "above 0 and at most 1, or null; got 0"),
    ("execution: {participation: 1.01}", "execution.participation", "bad_value", "got 1.01"),
    ("execution: {on_short_cash: refuse}", "execution.on_short_cash", "bad_value", "one of reduce, reject"),
    ("execution: {borrow_bps: -1}", "execution.borrow_bps", "bad_value", "of at least 0"),
    (
        "evaluation: {placebo: 1.5}",
        "evaluation.placebo",
        "wrong_type",
        "of at least 0, or a block with the key draws; got 1.5",
    ),
    ("evaluation: {placebo: -1}", "evaluation.placebo", "bad_value", "got -1"),
    ("evaluation: {bootstrap: 99999999999999999999}", "evaluation.bootstrap", "bad_value", "at most 2147483647"),
    ("evaluation: {seed: true}", "evaluation.seed", "wrong_type", "got true"),
    ("evaluation: {periods_per_year: 0}", "evaluation.periods_per_year", "bad_value", "or auto; got 0"),
    ("evaluation: {periods_per_year: often}", "evaluation.periods_per_year", "wrong_type", "or auto; got 'often'"),
    ("output: {report: maybe}", "output.report", "wrong_type", "true or false; got 'maybe'"),
    ("output: {runs: 3}", "output.runs", "wrong_type", "got 3; put it in quotes"),
    ("baselines: [bench]", "baselines[0]", "bad_value", "did you mean 'benchmark'?"),
    ("baselines: benchmark", "baselines", "wrong_type", "expected a list; got 'benchmark'"),
    ("baselines: [benchmark, benchmark]", "baselines[1]", "duplicate", "stands twice"),
    ("sweep: {grid: {position.hodl: [1]}}", "sweep.grid.position.hodl", "unknown_key", "did you mean 'hold'?"),
    ("sweep: {grid: {hold: [1]}}", "sweep.grid.hold", "unknown_key", "params., position. or execution."),
    ("sweep: {grid: {strategies.0.params.x: [1]}}", "sweep.grid.strategies.0.params.x", "unknown_key", "params., "),
    ("sweep: {grid: {position: [1]}}", "sweep.grid.position", "bad_value", "a key inside 'position'"),
    ("sweep: {grid: {position.hold: []}}", "sweep.grid.position.hold", "bad_value", "at least one value"),
    ("sweep: {grid: {position.hold: 3}}", "sweep.grid.position.hold", "wrong_type", "expected a list; got 3"),
    ("sweep: {grid: {}, search: random}", "sweep.trials", "missing_key", "number of trials"),
    ("sweep: {grid: {}, strategy: Buy it!}", "sweep.strategy", "bad_value", "did you mean 'Buy it'?"),
    ("sweep: {}", "sweep.grid", "missing_key", "missing"),
]


@pytest.mark.parametrize(("line", "key", "code", "says"), BAD_VALUES, ids=[case[0] for case in BAD_VALUES])
def test_a_bad_value_is_named_with_line_key_and_expectation(small, faults, line, key, code, says):
    (problem,) = faults(f"{small}{line}\n")
    assert (problem.line, problem.key, problem.code) == (11, key, code)
    assert says in problem.message


BAD_POSITIONS = [
    ("weight: 0", "weight", "bad_value", "a number above 0 and at most 1, or a block with the key use; got 0"),
    ("weight: 1.5", "weight", "bad_value", "got 1.5"),
    ("weight: 5%", "weight", "wrong_type", "got '5%'"),
    ("event_weight: 2", "event_weight", "bad_value", "or null; got 2"),
    ("hold: 0", "hold", "bad_value", "of at least 1"),
    ("hold: 2.5", "hold", "wrong_type", "got 2.5"),
    ("hold: true", "hold", "wrong_type", "got true"),
    ("hold: '5'", "hold", "bad_value", "a duration such as 30min"),
    ("hold: '0'", "hold", "bad_value", "got '0'"),
    ("hold: {session: 5}", "hold", "bad_value", "a mapping with the keys session"),
    ("hold: {sessions: 0}", "hold", "bad_value", "{sessions: n}"),
    ("hold: [5]", "hold", "wrong_type", "a list of 1"),
    ("stop_loss: 0", "stop_loss", "bad_value", "above 0 and below 1"),
    ("stop_loss: 1", "stop_loss", "bad_value", "got 1"),
    ("trailing_stop: 1.0", "trailing_stop", "bad_value", "got 1.0"),
    ("take_profit: -0.1", "take_profit", "bad_value", "above 0"),
    ("max_positions: 0", "max_positions", "bad_value", "of at least 1"),
    ("on_repeat: no", "on_repeat", "bad_value", "one of extend, ignore, add; got 'no'"),
    ("mode: grid", "mode", "bad_value", "one of events, target"),
    ("rebalance: weekley", "rebalance", "bad_value", "did you mean 'weekly'?"),
    ("min_trade: 1", "min_trade", "bad_value", "below 1"),
    ("hedge: sector", "hedge", "bad_value", "one of benchmark, sector_index, or null"),
    ("hedge: benchmark", "hedge", "bad_value", "top-level key `benchmark`"),
    ("holds: 3", "holds", "unknown_key", "did you mean 'hold'?"),
]


@pytest.mark.parametrize(("entry", "key", "code", "says"), BAD_POSITIONS, ids=[case[0] for case in BAD_POSITIONS])
def test_a_bad_position_is_named(small, faults, entry, key, code, says):
    (problem,) = faults(small.replace("hold: 3", entry))
    assert (problem.line, problem.key, problem.code) == (10, f"strategies[0].position.{key}", code)
    assert says in problem.message


@pytest.mark.parametrize("name", ["a/b", "a\\b", ".", "..", ".hidden", "'  '", "a:b", "阿里", "'x\ty'", "a" * 81])
def test_a_name_is_one_path_component(small, faults, name):
    (problem,) = faults(small.replace("name: small", f"name: {name}"))
    assert (problem.line, problem.key, problem.code) == (1, "name", "bad_value")


@pytest.mark.parametrize("name", ["a", "rival-release", "Q1 2025_v1.2", "a" * 80, "'2025'"])
def test_good_names(small, write, name):
    assert load(write(small.replace("name: small", f"name: {name}"))).config.name == name.strip("'")


@pytest.mark.parametrize("missing", ["name", "universe", "announcements", "prices", "strategies"])
def test_five_keys_have_no_default(missing):
    with pytest.raises(Exception, match=f"{missing}: this key is missing"):
        from_mapping({key: value for key, value in minimal().items() if key != missing})


@pytest.mark.parametrize("key", ["prices", "strategies"])
def test_lists_that_may_not_be_empty(key):
    with pytest.raises(Exception, match=f"{key}: expected at least one .*; got an empty list"):
        from_mapping(minimal(**{key: []}))


def test_one_mapping_is_a_list_of_one_for_readers_but_not_for_strategies():
    config = from_mapping(minimal(announcements={"use": "csv", "path": "x"})).config
    assert [item.params for item in config.announcements] == [{"path": "x"}]
    with pytest.raises(Exception, match="strategies: expected a list; got a mapping"):
        from_mapping(minimal(strategies={"name": "A", "use": "fade"}))


def test_two_strategies_of_one_name_and_the_name_of_a_baseline(small, faults):
    text = small + "  - {name: Buy it, use: fade}\n  - {name: benchmark, use: fade}\n"
    first, second = faults(text)
    assert (first.line, first.key, first.code) == (11, "strategies[1].name", "duplicate")
    assert (second.line, second.key, second.code) == (12, "strategies[2].name", "duplicate")
    assert faults(text.replace("Buy it, use", "Buy, use") + "baselines: [buy_and_hold]\nx: 1\n")[0].key == "x"


def test_a_sweep_names_its_strategy_where_there_are_several(small, faults):
    (problem,) = faults(small + "  - {name: B, use: fade}\nsweep: {grid: {position.hold: [1]}}\n")
    assert (problem.line, problem.key, problem.code) == (12, "sweep.strategy", "missing_key")


def test_words_that_yaml_1_1_reads_as_booleans(write, small):
    text = small + "output: {report: no}\nexecution: {market_rules: off}\nbenchmark: ON\n"
    config = load(write(text.replace("themes: [ai]", "themes: [no, 0700, 000300, 12:30, 1e3]"))).config
    assert config.output.report is False and config.execution.market_rules is False and config.benchmark == "ON"
    assert config.strategies[0].params["themes"] == ["no", "0700", "000300", "12:30", 1000.0]


def test_models_are_frozen_and_components_can_be_built_by_hand():
    with pytest.raises(ValidationError):
        PositionConfig().weight = 0.1  # type: ignore[misc]
    component = Component(use="flat", params={"minimum": 1})
    assert component.params == {"minimum": 1}
    assert Component.model_validate({"use": "flat", "minimum": 1}) == component
    assert isinstance(from_mapping(minimal()).config, RunConfig)


def test_the_room_is_light():
    code = (
        "import sys, newsbt.config.loading, newsbt.config.json_schema\n"
        "heavy = {'pandas', 'numba', 'backtrader', 'numpy'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
