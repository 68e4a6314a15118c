"""`newsbt prove`: p by chance and power on null prices, or a reason."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import newsbt
from newsbt import EventView, Signal
from newsbt.assembly import Components
from newsbt.audit.power_study import EFFECTS, PowerStudy
from newsbt.audit.proving import prove
from newsbt.cli import main
from newsbt.errors import StrategyError
from newsbt.from_objects import components_of
from newsbt.runs.stored_runs import find_runs
from newsbt.strategies.named_tickers import NamedTickers
from peeking import OrdersFair, Step
from price_walks import tables, walk
from projects import write_project


def of(seed: int = 1, **market: Any) -> Components:
    prepared, _ = walk(seed, **{"events": 20, **market})
    return prepared.components


@pytest.fixture(scope="module")
def study() -> PowerStudy:
    return prove(of(), worlds=6)


def test_every_world_is_counted_and_a_larger_effect_is_seen_at_least_as_often(study: PowerStudy) -> None:
    (one,) = study.strategies
    assert study.worlds == 6 and not one.reason and one.trades > 10
    assert one.by_chance.of + one.withheld == 6 and one.power is not None
    seen = [one.power[effect].found for effect in EFFECTS]
    assert seen == sorted(seen) and all(share.of == 6 for share in one.power.values())
    assert seen[0] >= one.by_chance.found and seen[-1] > one.by_chance.found
    assert one.floor["per_trade"] > 0


def test_a_world_is_the_same_however_many_there_are(study: PowerStudy) -> None:
    """Worlds 0 to 5 of the seed, and again; another seed has others."""
    assert prove(of(), worlds=6).as_dict() == study.as_dict()
    other = prove(of(), worlds=6, seed=99)
    assert other.seed == 99 and other.strategies[0].mean_return != study.strategies[0].mean_return


def without(market: dict[str, Any], tickers: tuple[str, ...]) -> dict[str, Any]:
    """The tables without some instruments, whose events then name nobody."""
    kept = {name: market[name][~market[name]["ticker"].isin(tickers)] for name in ("prices", "instruments")}
    news = market["announcements"].assign(tickers="AAA", issuer="AAA")
    return market | kept | {"announcements": news}


def from_tables(market: dict[str, Any], **options: Any) -> Components:
    made = {"strategies": {"follow": NamedTickers()}, "cash": 1e6, "currency": "USD"} | options
    return components_of(**market, **made)


def bad_inputs() -> dict[str, Components]:
    market = tables(1, events=20)
    news = market["announcements"]
    at_once = news.assign(published_at=news["published_at"].iloc[5])
    short = {"period": {"start": "2024-03-04", "end": "2024-04-05"}}
    return {
        "no event": from_tables(market | {"announcements": []}),
        "one event": from_tables(market | {"announcements": news.iloc[5:6]}),
        "all at once": from_tables(market | {"announcements": at_once}),
        "a short period": from_tables(market, **short),
        "a period shorter than a hold": from_tables(market, **short, position={"hold": 60}),
        "one ticker": from_tables(without(market, ("BBB", "CCC", "DDD", "EEE"))),
        "no placebo": from_tables(market, evaluation={"placebo": 0}),
        "a grid that reads no news": from_tables(market, strategies={"steps": Step()}, position={"mode": "target"}),
        "orders of its own": from_tables(market, strategies={"orders": OrdersFair}),
    }


BAD = bad_inputs()


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gives_a_reason_and_no_number(name: str) -> None:
    found = prove(BAD[name], worlds=2)
    (one,) = found.as_dict()["strategies"]
    assert one["reason"] and found.worlds == 0
    assert one["by_chance"] is None and one["power"] == [] and one["visible"] is None and one["mean_return"] is None


class Rises(newsbt.Strategy):
    """Trades what rose before the news, so that other prices are answered otherwise."""

    def signal(self, view: EventView) -> Signal:
        links = view.links[(view.links["hop"] == 0) & (view.links["row"] > 1)]
        at = {ticker: n for n, ticker in enumerate(view.tickers)}
        rose = [
            float(view.close[link.row - 1, at[link.ticker]] > view.close[link.row - 2, at[link.ticker]])
            for link in links.itertuples()
        ]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=rose))


def test_strategies_are_asked_anew_and_stand_beside_those_that_have_a_reason() -> None:
    prepared, _ = walk(2, events=20, strategies={"rises": Rises(), "follow": NamedTickers()})
    components = prepared.components
    steps = replace(components.strategies[0], name="steps", strategy=Step())
    found = prove(replace(components, strategies=(*components.strategies, steps)), worlds=2)
    rises, follow, other = found.strategies
    assert not rises.reason and not follow.reason and other.reason == "the strategy read no events"
    assert rises.trades < follow.trades and rises.by_chance.of + rises.withheld == 2


CONFIG = """
name: walk
universe: {instruments: instruments.csv}
announcements: {use: csv, path: announcements.csv}
prices: {use: csv, path: prices.csv}
period: {start: 2024-01-02, end: 2024-12-31}
account: {cash: 1000000}
strategies:
  - {name: Follow, use: named_tickers, params: {sign: one}, position: {weight: 0.2, hold: 3}}
  - {name: Few, use: named_tickers, params: {sign: one, event_types: [nothing]}}
evaluation: {bootstrap: 0}
baselines: []
"""


def csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    market = tables(1, events=20)
    return write_project(
        tmp_path, CONFIG, instruments=csv(market["instruments"]), announcements=csv(market["announcements"]),
        prices=csv(market["prices"]),
    )  # fmt: skip


def test_the_command_keeps_it_in_the_run_and_the_report_shows_it(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prove", str(config), "--worlds", "3", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (run,) = find_runs(config.parent / "runs")
    assert document["worlds"] == 3 and document["run"] == str(run)
    kept = json.loads((run / "evidence.json").read_text(encoding="utf-8"))
    assert set(kept["prove"]) == {"Follow", "Few"} and "placebo" in kept
    follow, few = document["strategies"]
    assert kept["prove"]["Follow"]["power"] == follow["power"] and kept["prove"]["Follow"]["worlds"] == 3
    assert few["reason"] == "no signal inside the period" and few["power"] == []
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "Prove" in page and "by_chance" in page

    assert main(["prove", str(config), "--worlds", "2", "--seed", "5"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "2 null worlds of this config's own prices (seed 5)" in shown and "Nothing to prove: no signal" in shown
    assert "p of at most 5 % in" in shown and "detection floor" in shown and "+0.25%" in shown
    assert find_runs(config.parent / "runs") == [run]  # of the same config and data: no other one is made
    assert json.loads((run / "evidence.json").read_text(encoding="utf-8"))["prove"]["Follow"]["seed"] == 5


def test_a_strategy_that_fails_on_other_prices_is_told_in_which_world() -> None:
    class OnlyHere(newsbt.Strategy):
        def signal(self, view: EventView) -> Signal:
            assert view.close[-1, 0] == last, "prices that it does not know"
            links = view.links[view.links["hop"] == 0]
            return Signal.for_events(links[["event_id", "ticker"]].assign(signal=1.0))

    market = tables(1, events=20)
    last = market["prices"].groupby("ticker")["close"].last()["AAA"]
    with pytest.raises(StrategyError, match=r"in null world 0 \(seed \d+\), whose prices are not the run's: .*know"):
        prove(from_tables(market, strategies={"here": OnlyHere()}), worlds=1)
