"""`--set dotted.key=value`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsbt.config.loading import load
from newsbt.config.models import SessionCount
from newsbt.errors import ConfigError


def test_values_are_yaml_and_strategies_go_by_number_or_name(small, write):
    text = small.replace("name: Buy it", "name: Buy v1.2 = best") + "  - {name: Buy v1, use: fade}\n"
    config = load(
        write(text),
        [
            "strategies.0.position.hold={sessions: 2}",
            "strategies[0].params.themes=[a, b]",
            "strategies.Buy v1.position.hold=30min",
            "strategies.Buy v1.params.min_move=0.01",
            "account.cash=1e7",
            "benchmark=^HSTECH",
            "execution.participation=null",
            "execution.market_rules=no",
            "prices.path=other",
            "prices.0.volume_unit=100",
            "announcements.0.path=x=y",
        ],
    ).config
    assert config.strategies[0].position.hold == SessionCount(sessions=2)
    assert config.strategies[0].params == {"themes": ["a", "b"]}
    assert config.strategies[1].position.hold == timedelta(minutes=30)
    assert config.strategies[1].params == {"min_move": 0.01}
    assert (config.account.cash, config.benchmark, config.execution.participation) == (1e7, "^HSTECH", None)
    assert config.execution.market_rules is False
    assert config.prices[0].params == {"path": "other"} and config.prices[0].volume_unit == 100
    assert config.announcements[0].params == {"path": "x=y"}


def test_the_longest_name_that_fits_is_meant(small, write):
    text = small.replace("name: Buy it", "name: Buy") + "  - {name: Buy.more, use: fade}\n"
    config = load(write(text), ["strategies.Buy.more.position.hold=9"]).config
    assert [s.position.hold for s in config.strategies] == [3, 9]


def test_a_missing_component_starts_from_the_default(small, write):
    config = load(write(small), ["execution.slippage.bps=20", "execution.costs.commission=bank"]).config
    assert (config.execution.slippage.use, config.execution.slippage.params) == ("bps", {"bps": 20})
    assert (config.execution.costs.use, config.execution.costs.params) == ("market_schedule", {"commission": "bank"})
    config = load(write(small + "execution: {slippage: {use: zero}}\n"), ["execution.costs.use=zero"]).config
    assert (config.execution.slippage.use, config.execution.costs.use) == ("zero", "zero")


def test_sweep_keys_keep_their_dots(small, write):
    config = load(write(small), ["sweep.grid.position.hold=[1, 2]"]).config
    assert config.sweep is not None and config.sweep.grid == {"position.hold": (1, 2)}


def test_the_last_override_wins_and_the_document_shows_it(small, write):
    loaded = load(write(small), ["strategies.0.position.hold=4", "strategies.0.position.hold=6"])
    assert loaded.config.strategies[0].position.hold == 6
    assert loaded.document["strategies"][0]["position"]["hold"] == 6
    assert loaded.line_of("strategies[0].position.hold") is None and loaded.line_of("strategies[0].use") == 8


def test_a_loaded_config_can_be_changed_again_and_stays_as_it_was(small, write):
    loaded = load(write(small), ["execution.latency=1h"])
    other = loaded.override([("strategies.Buy it.position.hold", 9), "account.cash=5"])
    assert (other.config.strategies[0].position.hold, other.config.account.cash) == (9, 5)
    assert other.config.execution.latency == timedelta(hours=1)
    assert (loaded.config.strategies[0].position.hold, loaded.config.account.cash) == (3, 1_000_000)
    with pytest.raises(ConfigError, match=r"override 'strategies.Buy it.position.hold=0'"):
        loaded.override([("strategies.Buy it.position.hold", 0)])


BAD = [
    ("hold=3", "hold", "unknown_key", "did you mean 'strategies[0].position.hold'?"),
    ("execution.latenzy=1h", "execution.latenzy", "unknown_key", "did you mean 'latency'?"),
    ("positon.x=3", "positon", "unknown_key", "unknown key 'positon'"),
    ("strategies.0.position.hold=0", "strategies[0].position.hold", "bad_value", "got 0"),
    (
        "strategies.Buy its.position.hold=3",
        "strategies.Buy its.position.hold",
        "bad_override",
        "did you mean 'Buy it'?",
    ),
    ("strategies.7.use=fade", "strategies.7.use", "bad_override", "a list of 1; expected 0, its only one, got 7"),
    ("announcements.x.use=csv", "announcements.x.use", "bad_override", "got 'x'"),
    ("name.first=x", "name.first", "bad_override", "'name' is neither a mapping nor a list"),
    ("fx.path=x.csv", "fx.use", "missing_key", "missing"),
    ("account.cash", "account.cash", "bad_override", "expected dotted.key=value"),
    ("=5", None, "bad_override", "expected dotted.key=value"),
    ("account..cash=5", "account..cash", "bad_override", "empty"),
    ("account.cash=[1", "account.cash", "bad_override", "not valid YAML"),
    ("account={cash: 1, cash: 2}", "account", "bad_override", "already on line 1"),
    ("account.cash=${NOPE}", "account.cash", "unset_variable", "'NOPE' is not set"),
    (".".join(["x"] * 60) + "=1", ".".join(["x"] * 60), "too_large", "nested deeper than 50 levels"),
    ("benchmark=\udcff", "benchmark", "bad_override", "no Unicode"),
]


@pytest.mark.parametrize(("override", "key", "code", "says"), BAD, ids=[ascii(case[0]) for case in BAD])
def test_a_bad_override_is_named(small, faults, override, key, code, says):
    (problem,) = faults(small, override)
    assert (problem.file, problem.line, problem.code) == (None, None, code)
    if code != "bad_override" or key is None:
        assert problem.key == key
    assert says in problem.message and f"(override {override!r})" in problem.message


def test_faults_of_overrides_and_file_come_together(small, faults):
    found = faults(small + "x: 1\n", "y=1", "z")
    assert [(p.line, p.code) for p in found] == [(None, "unknown_key"), (None, "bad_override"), (11, "unknown_key")]


def test_a_fault_names_the_last_override_of_its_key(small, write):
    with pytest.raises(ConfigError, match=r"account\.cash=none") as caught:
        load(write(small), ["account={cash: 5, currency: HKD}", "account.cash=none"])
    assert "currency: HKD" not in str(caught.value)
