"""DataFrames and strategies handed over from Python: nothing is dropped, and the config says what was used."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import backtrader as bt
import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt.errors import ConfigError
from newsbt.from_objects import components_of
from newsbt.strategies.fade import Fade
from newsbt.strategies.named_tickers import NamedTickers
from newsbt.testing import small_market

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "configs" / "rival_release.yaml"


class Orders(newsbt.BacktraderStrategy):
    def next(self) -> None:
        """Never trades."""


class Crossing(Orders):
    params = (("period", 4),)


def test_the_kept_config_names_the_strategies_that_ran_with_their_positions() -> None:
    found = components_of(CONFIG, strategies=[Fade(), NamedTickers()], position={"weight": np.float64(0.05), "hold": 2})
    assert [item.name for item in found.strategies] == ["Fade", "NamedTickers"]
    assert [item.position.weight for item in found.strategies] == [0.05, 0.05]
    kept = found.document["strategies"]
    assert [(item["name"], item["use"], item["position"]["hold"]) for item in kept] == [
        ("Fade", "<Fade>", 2),
        ("NamedTickers", "<NamedTickers>", 2),
    ]


def test_the_kept_config_tells_the_parameters_of_strategies() -> None:
    found = components_of(CONFIG, strategies=[Fade(min_move=0.02), NamedTickers, Crossing])
    assert [item["params"] for item in found.document["strategies"]] == [
        {"min_move": 0.02, "event_types": []},
        {"event_types": [], "sign": "sentiment"},
        {"period": 4},
    ]


def identity(**changes: Any) -> tuple[str, dict[str, float]]:
    """The id and the trial keys of a run of a small market, parts of it changed."""
    market = small_market(days=60, events=20)
    strategy = changes.pop("strategy", Fade())
    result = dataclasses.replace(market, **changes).run(strategy, evaluation={"placebo": 0, "bootstrap": 0})
    return result.run_id, dict(result.trials)


def test_the_same_content_is_the_same_run() -> None:
    market = small_market(days=60, events=20)
    shuffled = market.prices[market.prices.columns[::-1]]
    assert identity() == identity() == identity(prices=shuffled, strategy=Fade(min_move=0.0))


@pytest.mark.parametrize("name", ["prices", "announcements", "instruments", "relations", "memberships", "fx"])
def test_another_frame_is_another_run_and_another_trial(name: str) -> None:
    frame = getattr(small_market(days=20, events=5), name).copy()
    text = {"announcements": "headline", "instruments": "aliases", "relations": "note", "memberships": "to"}
    column = text.get(name)
    if column is None:
        number = "rate" if name == "fx" else "volume"
        frame.loc[frame.index[-1], number] = frame[number].iloc[-1] * 1.5
    else:
        frame[column] = [
            *frame.get(column, pd.Series("", frame.index))[:-1],
            "2026-01-01" if column == "to" else "other",
        ]
    run_id, trials = identity()
    other_id, others = identity(**{name: frame})
    assert run_id != other_id
    assert trials.keys().isdisjoint(others)


class Table(newsbt.Strategy):
    """Holds what no config can say."""

    scores: Any = None

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        return newsbt.Signal.grid(np.zeros(view.close.shape))


def test_other_parameters_are_another_run_and_another_trial() -> None:
    found = [
        identity(strategy=one)
        for one in (Fade(), Fade(min_move=0.5), Table(scores=np.arange(2000.0)), Table(scores=np.arange(2000.0) // 2))
    ]
    assert len({run_id for run_id, _ in found}) == 4
    assert len({key for _, trials in found for key in trials}) == 4


def test_overrides_reach_strategies_that_are_objects() -> None:
    found = components_of(CONFIG, strategies={"mine": Fade()}, overrides={"strategies.mine.position.hold": 7})
    assert found.strategies[0].position.hold == 7


def test_one_table_replaces_its_file_alone() -> None:
    relations = pd.DataFrame({"subject": ["DeepSeek"], "relation": ["rival_of"], "object": ["BABA"]})
    found = components_of(CONFIG, relations=relations)
    kept = found.document["universe"]
    assert kept["relations"] == "<DataFrame>"
    assert kept["instruments"].endswith("instruments.csv")
    universe, whole = found.read_universe(), components_of(CONFIG).read_universe()
    assert len(universe.relations) == 1 < len(whole.relations)
    assert universe.instruments == whole.instruments
    assert universe.memberships == whole.memberships
    assert "relations.csv" not in [file.name for file in found.files]


def test_rates_and_prices_that_stand_in_for_files_are_told() -> None:
    prices = pd.DataFrame({"date": ["2025-03-06"], "ticker": ["9988.HK"], "close": [1.0]})
    found = components_of(CONFIG, prices=prices, fx={"USDHKD": 7.78})
    assert found.document["prices"][0]["path"] == "<DataFrame>"
    assert found.document["fx"]["rates"] == {"USDHKD": 7.78}
    assert len(found.prices) == 1
    assert found.prices[0].frame is prices


def test_a_mapping_may_leave_out_what_is_handed_over() -> None:
    frames: dict[str, Any] = {
        name: pd.DataFrame({"ticker": ["A"]}) for name in ("prices", "announcements", "instruments")
    }
    found = components_of({"name": "short"}, strategies=Fade(), **frames)
    assert found.config.name == "short"
    assert [item.name for item in found.strategies] == ["Fade"]


def test_names_choose_among_the_configs_strategies() -> None:
    assert [item.name for item in components_of(CONFIG, strategies="Follow the issuer").strategies] == [
        "Follow the issuer"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"strategies": [Fade()], "position": {"wieght": 0.1}}, r"strategies\[0\].position.wieght.*'weight'"),
        ({"strategies": [Fade()], "position": {"weight": -1}}, r"strategies\[0\].position.weight.*above 0"),
        ({"strategies": [Fade()], "position": {"hedge": "nothing"}}, r"position.hedge"),
        ({"strategies": [Orders], "position": {"stop_loss": 0.1}}, r"own orders; leave 'stop_loss' out"),
        ({"strategies": {"o": Orders}, "position": {"weight": 0.2}}, r"own orders; leave 'weight' out"),
        ({"position": {"weight": 0.1}}, r"there are none.*overrides"),
        ({"strategies": ["Sector index"], "position": {"weight": 0.1}}, r"there are none.*overrides"),
        ({"strategies": ["Sector index", Fade()]}, r"'Sector index' is a name"),
        ({"strategies": {"mine": "Sector index"}}, r"'Sector index' is a name"),
        ({"strategies": []}, r"there is none"),
        ({"overrides": ["account.cash=3"]}, r"overrides: expected a mapping of dotted keys .*, got a list"),
        ({"strategies": [3]}, r"'int' is a int"),
        ({"strategies": {"buy_and_hold": Fade()}}, r"name of a baseline"),
        ({"strategies": [bt.Strategy]}, r"BacktraderStrategy class"),
    ],
)
def test_what_cannot_be_used_is_told(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        components_of(CONFIG, **arguments)


def test_without_a_config_all_that_is_missing_is_named() -> None:
    with pytest.raises(ConfigError, match=r"missing: announcements, instruments, strategies"):
        components_of(prices=pd.DataFrame())
