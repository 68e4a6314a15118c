"""What the look-ahead proof finds of memories, files, clocks and ties to come, and that it accuses nobody honest."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hindsight import (
    HONEST,
    KNOWS,
    ClassMemo,
    EverAMember,
    ParameterFile,
    ReadsNotes,
    ReadsPrices,
    ReadsPricesWhenMade,
    WallClock,
)
from newsbt import EventView, Signal, Strategy
from newsbt.assembly import Components, StrategySpec
from newsbt.audit.cuts import cuts_of
from newsbt.audit.decisions import decisions_of
from newsbt.audit.lookahead import look_ahead
from newsbt.audit.proof import Proof
from newsbt.config.models import PositionConfig
from newsbt.domain.progress import SilentProgress
from newsbt.prices.price_readers import CsvPrices
from newsbt.steps.prepare import prepare_inputs, read_inputs
from newsbt.testing import SmallMarket, check_strategy, small_market


def market() -> SmallMarket:
    """One with listings to come, an end of one, special treatment to come, and a further column of the news."""
    made = small_market(days=40, events=20, tickers=("H.HK", "B.HK", "C.SH", "U", "N.HK"))
    later = {"N.HK": "2025-03-20"}
    instruments = made.instruments.assign(
        listed_on=made.instruments["ticker"].map(later).fillna("2020-01-02"),
        delisted_on=made.instruments["ticker"].map({"B.HK": "2025-06-30"}).fillna(""),
    )
    prices = made.prices[(made.prices["ticker"] != "N.HK") | (made.prices["date"] >= pd.Timestamp("2025-03-20"))]
    status = pd.DataFrame({"ticker": ["C.SH"], "status": ["st"], "from": ["2025-03-17"], "to": [""]})
    news = made.announcements.assign(
        surprise=np.linspace(-1, 1, len(made.announcements)),
        headline=[f"Headline {k}" for k in range(len(made.announcements))],
    )
    return dataclasses.replace(
        made, instruments=instruments, prices=prices, announcements=news, options={"status": status}
    )


def spec(strategy: Any) -> StrategySpec:
    name = strategy.__name__ if isinstance(strategy, type) else type(strategy).__name__
    return StrategySpec(name=name, strategy=strategy, position=PositionConfig())


def proved(strategies: list[Any], components: Components | None = None, cuts: int | None = None) -> dict[str, Proof]:
    made = components or market().components()
    made = dataclasses.replace(made, strategies=tuple(spec(one) for one in strategies))
    inputs = read_inputs(made)
    prepared = prepare_inputs(made, inputs, SilentProgress())
    return look_ahead(prepared, inputs, made.strategies, cuts=cuts)


@pytest.fixture(scope="module")
def known() -> dict[str, Proof]:
    return proved([one() for one in KNOWS])


WHAT = {
    "EverAMember": "memberships", "LaterRelationsByName": "relations", "LaterStatus": "statuses",
    "LaterListing": "listings", "Delisting": "listings", "LaterVersion": "announcements",
    "LaterColumn": "announcements", "WallClock": "the clock on the wall", "WallClockSeconds": "the clock on the wall",
}  # fmt: skip


@pytest.mark.parametrize("name", [one.__name__ for one in KNOWS])
def test_hindsight_is_caught_and_named(known: dict[str, Proof], name: str) -> None:
    proof = known[name]
    assert proof.looks_ahead, f"not caught by {proof.futures} futures at {proof.cuts} cuts of {proof.decisions}"
    assert proof.difference is not None and proof.difference.what == WHAT.get(name, "prices")
    assert proof.difference.what in str(proof.difference)


@pytest.mark.parametrize(
    ("honest", "cuts"),
    [(HONEST[3:7], 2), pytest.param(HONEST, None, marks=pytest.mark.slow)], ids=["four", "all nine"],
)  # fmt: skip
def test_honest_strategies_are_not_accused(honest: Any, cuts: int | None) -> None:
    for name, proof in proved([one if one.__name__ == "Crossing" else one() for one in honest], cuts=cuts).items():
        assert proof.difference is None and proof.unsteady is None, f"{name}: {proof.difference or proof.unsteady}"
        assert not proof.files and proof.decisions > 0 and proof.cuts >= 2, name


def test_every_decision_is_a_cut_where_there_are_few() -> None:
    made = dataclasses.replace(market().components(), strategies=(spec(HONEST[0]()),))
    prepared = prepare_inputs(made, read_inputs(made), SilentProgress())
    decided = decisions_of(prepared, made.strategies[0])
    cuts = {(cut.row, cut.market) for cut in cuts_of(decided)}
    assert len(decided.found) < 100 and {(one.row, one.market) for one in decided.found.values()} <= cuts
    assert len(cuts) > 15 and len(cuts_of(decided, 8)) <= 10


def test_what_is_remembered_from_one_world_does_not_hide_a_peek() -> None:
    """Asked twice, each time anew: neither the proof nor this process finds anything remembered."""
    for _ in range(2):
        with pytest.raises(AssertionError, match=r"looks ahead: the signal for .* when all that differs is prices"):
            check_strategy(ClassMemo(), cuts=4)
    assert ClassMemo.seen == []


def test_the_check_for_ones_own_tests_finds_the_same() -> None:
    with pytest.raises(AssertionError, match="when all that differs is memberships"):
        check_strategy(EverAMember(), cuts=4)
    with pytest.raises(AssertionError, match="that differs is the clock on the wall, set to 2025-02-10T03:07Z"):
        check_strategy(WallClock(), cuts=2)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Components]:
    """A price file of the run, another file, and components that read the former."""
    folder = tmp_path_factory.mktemp("files")
    made = market()
    made.prices.to_csv(folder / "prices.csv", index=False)
    (folder / "notes.json").write_text(json.dumps({"size": 0.5}), encoding="utf-8")
    components = dataclasses.replace(made.components(), prices=(CsvPrices(path=folder / "prices.csv"),))
    return folder / "prices.csv", folder / "notes.json", components


def test_files_that_are_opened_are_named(files: tuple[Path, Path, Components]) -> None:
    prices, notes, components = files
    found = proved(
        [
            ReadsPrices(path=str(prices)), ReadsPricesWhenMade(path=str(prices)), ReadsNotes(path=str(notes)),
            ParameterFile(path=str(notes)),
        ],
        components,
        cuts=2,
    )  # fmt: skip
    for name in ("ReadsPrices", "ReadsPricesWhenMade"):
        (file,) = found[name].files
        assert file.path == str(prices) and file.of_run and "hindsight.py:" in file.where
        assert found[name].looks_ahead and found[name].difference is None
    assert found["ReadsPricesWhenMade"].files[0].when == "made"
    (other,) = found["ReadsNotes"].files
    assert other.path == str(notes) and not other.of_run and not found["ReadsNotes"].looks_ahead
    assert not found["ParameterFile"].files and not found["ParameterFile"].looks_ahead


class Unseeded(Strategy):
    def signal(self, view: EventView) -> Signal:
        return Signal.grid(np.random.default_rng().uniform(-1, 1, view.close.shape))


def test_one_that_answers_otherwise_when_asked_again_is_not_proved() -> None:
    proof = proved([Unseeded()], cuts=2)["Unseeded"]
    assert proof.unsteady is not None and not proof.looks_ahead and proof.futures == 0
    assert "when all that differs is that it was asked again" in str(proof.unsteady)
