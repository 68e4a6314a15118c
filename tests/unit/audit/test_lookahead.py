"""The look-ahead proof catches every kind of peek, and accuses nobody else."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt.assembly import Components, StrategySpec
from newsbt.audit.lookahead import Proof, look_ahead
from newsbt.catalog import BUILT_IN
from newsbt.config.models import PositionConfig
from newsbt.domain.progress import SilentProgress
from newsbt.from_objects import components_of
from newsbt.simulation.sizers import InverseVolatility
from newsbt.steps.prepare import prepare_inputs, read_inputs
from newsbt.strategies.rival_release import RivalRelease
from newsbt.strategies.sentiment_decay import SentimentDecay
from newsbt.testing import small_market
from peeking import (
    FAIR,
    PEEKS,
    ByLaterVolatility,
    EntryBar,
    EntryVolume,
    GridToday,
    GridTomorrow,
    LaterMembers,
    LaterNews,
    LaterRelations,
    NewYorkToday,
    OrdersAhead,
    OrdersFair,
    Yesterday,
)

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "configs" / "rival_release.yaml"
PERIOD = {"period.start": "2025-01-02", "period.end": "2025-04-30"}
ALL = [one for kind in PEEKS.values() for one in kind]
# One of each kind of thing that can be seen; the others take as long again.
FIRST = [EntryBar, EntryVolume, LaterNews, LaterRelations, LaterMembers, NewYorkToday, GridTomorrow, OrdersAhead]


def proved(strategies: Any, *, cuts: int = 2, **changes: Any) -> dict[str, Proof]:
    components = components_of(CONFIG, strategies=strategies, overrides={**PERIOD, **changes})
    return proof_of(components, cuts)


def proof_of(components: Components, cuts: int) -> dict[str, Proof]:
    inputs = read_inputs(components)
    prepared = prepare_inputs(components, inputs, SilentProgress())
    return look_ahead(prepared, inputs, components.strategies, cuts=cuts)


@pytest.fixture(scope="module")
def peeks() -> dict[str, Proof]:
    return proved({one.__name__: one for one in FIRST})


@pytest.fixture(scope="module")
def more_peeks() -> dict[str, Proof]:
    return proved({one.__name__: one for one in ALL if one not in FIRST})


@pytest.mark.parametrize("name", [one.__name__ for one in FIRST])
def test_a_peek_is_caught(peeks: dict[str, Proof], name: str) -> None:
    is_caught(name, peeks[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", [one.__name__ for one in ALL if one not in FIRST])
def test_every_peek_is_caught(more_peeks: dict[str, Proof], name: str) -> None:
    is_caught(name, more_peeks[name])


def is_caught(name: str, proof: Proof) -> None:
    assert proof.looks_ahead, f"{name} was not caught by {proof.futures} futures at {proof.cuts} cuts"
    assert proof.difference is not None and proof.difference.kind in ("signal", "order")
    assert proof.difference.date in str(proof.difference)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("EntryBar", "prices"), ("LaterNews", "announcements"), ("LaterRelations", "relations"),
        ("GridTomorrow", "prices"), ("OrdersAhead", "prices"),
    ],
)  # fmt: skip
def test_it_is_told_what_the_strategy_saw(peeks: dict[str, Proof], name: str, what: str) -> None:
    found = peeks[name].difference
    assert found is not None and found.what == what


@pytest.mark.parametrize("fair", [FAIR[:2], pytest.param(FAIR, marks=pytest.mark.slow)], ids=["two", "all"])
def test_those_who_use_what_was_known_are_not_accused(fair: Any) -> None:
    for name, proof in proved({one.__name__: one for one in fair}).items():
        assert proof.difference is None, f"{name}: {proof.difference}"
        assert proof.decisions > 0 and proof.cuts > 0 and proof.futures >= 3


@pytest.mark.slow
def test_no_built_in_strategy_is_accused() -> None:
    blocks = [{"name": use, "use": use} for use in sorted(BUILT_IN["strategies"])]
    blocks += [{"name": "two hops", "use": "spillover", "params": {"hops": 2}}]
    blocks += [{"name": file.stem, "use": f"../strategies/{file.name}:{name}"} for file, name in examples()]
    for one in blocks:
        if one["use"] == "sentiment_decay":
            one["position"] = {"mode": "target"}
    for name, proof in proved_blocks(blocks).items():
        assert proof.difference is None, f"{name}: {proof.difference}"


@pytest.mark.parametrize("changes", [{"execution.entry": "same_close"}, {"execution.latency": "6h"}])
def test_other_clocks_accuse_nobody_and_still_catch(changes: dict[str, Any]) -> None:
    found = proved({"fair": FAIR[1], "peek": PEEKS["signal"][0]}, **changes)
    assert found["fair"].difference is None and found["peek"].looks_ahead


@pytest.mark.rule("T5")
@pytest.mark.parametrize("seed", [100, 102])
def test_an_event_that_leaves_the_run_where_prices_end_accuses_nobody(seed: int) -> None:
    """rival_release signals what an event does not link, on markets that open before those that it does (T5)."""
    market = small_market(seed=seed, days=30, events=12)
    spec = StrategySpec(name="rivals", strategy=RivalRelease(), position=PositionConfig())
    proof = proof_of(dataclasses.replace(market.components(), strategies=(spec,)), 5)["rivals"]
    assert proof.difference is None, str(proof.difference)
    assert proof.decisions > 0


def weighed(sizer: newsbt.Sizer) -> dict[str, Proof]:
    """A strategy of events and a grid with the same sizer."""
    market = small_market(seed=3, days=40, events=12)
    weight = {"use": "mine"}
    kinds = {"events": (RivalRelease(), "events"), "grid": (SentimentDecay(), "target")}
    specs = tuple(
        StrategySpec(
            name=name, strategy=strategy, sizer=sizer,
            position=PositionConfig.model_validate({"weight": weight, "mode": mode}),
        )
        for name, (strategy, mode) in kinds.items()
    )  # fmt: skip
    return proof_of(dataclasses.replace(market.components(), strategies=specs), 4)


@pytest.mark.rule("X23")
def test_a_sizer_that_peeks_is_caught() -> None:
    for name, proof in weighed(ByLaterVolatility()).items():
        assert proof.difference is not None, name
        assert (proof.difference.kind, proof.difference.what) == ("weight", "prices"), str(proof.difference)


@pytest.mark.rule("X23")
@pytest.mark.parametrize(
    "sizer", [InverseVolatility(window=10), ByLaterVolatility(ahead=0)], ids=["by volatility", "of one's own"]
)
def test_a_sizer_that_knows_what_was_known_is_not_accused(sizer: newsbt.Sizer) -> None:
    for name, proof in weighed(sizer).items():
        assert proof.difference is None, f"{name}: {proof.difference}"
        assert proof.decisions > 10


def examples() -> list[tuple[Path, str]]:
    """The strategies that users are given to begin with."""
    found = []
    for file in sorted((ROOT / "strategies").glob("*.py")):
        names = re.findall(r"^class (\w+)\(.*Strategy\):", file.read_text(encoding="utf-8"), re.MULTILINE)
        found += [(file, name) for name in names]
    assert found
    return found


def proved_blocks(blocks: list[dict[str, Any]]) -> dict[str, Proof]:
    components = components_of(CONFIG, overrides={**PERIOD, "strategies": blocks})
    return proof_of(components, 2)


def intraday() -> dict[str, pd.DataFrame]:
    """Half-hour bars of New York over eight sessions, with announcements while it trades."""
    random = np.random.default_rng(3)
    days = ("2025-03-03", "2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07", "2025-03-10", "2025-03-11")
    starts = [
        pd.Timestamp(f"{day} 09:30", tz="America/New_York") + pd.Timedelta(minutes=30 * k)
        for day in days
        for k in range(13)
    ]
    frames = []
    for ticker in ("AAA", "BBB"):
        close = 100 * np.exp(np.cumsum(random.normal(0, 0.01, len(starts))))
        opened = np.append(100, close[:-1])
        frames.append(
            pd.DataFrame(
                {
                    "ticker": ticker, "bar_start": starts, "open": opened, "close": close, "volume": 1e6,
                    "high": np.maximum(opened, close) * 1.002, "low": np.minimum(opened, close) / 1.002,
                }
            )
        )  # fmt: skip
    published = [starts[k] + pd.Timedelta(minutes=7) for k in range(8, len(starts) - 8, 6)]
    announcements = pd.DataFrame(
        {
            "event_id": [f"e{k:02d}" for k in range(len(published))],
            "published_at": [at.isoformat() for at in published],
            "event_type": "news", "issuer": "AAA", "headline": "x", "tickers": "AAA;BBB",
        }
    )  # fmt: skip
    instruments = pd.DataFrame(
        {"ticker": ["AAA", "BBB"], "name": ["AAA", "BBB"], "exchange": "XNYS", "board": "main", "currency": "USD"}
    )
    for name in ("sector", "themes", "sector_index", "aliases"):
        instruments[name] = ""
    return {"prices": pd.concat(frames), "announcements": announcements, "instruments": instruments}


def test_intraday_bars_are_cut_bar_by_bar() -> None:
    strategies = {one.__name__: one for one in (EntryBar, Yesterday, GridTomorrow, GridToday, OrdersAhead, OrdersFair)}
    components = components_of(**intraday(), strategies=strategies, cash=1e6, currency="USD")
    found = proof_of(components, 4)
    assert {name for name, proof in found.items() if proof.looks_ahead} == {"EntryBar", "GridTomorrow", "OrdersAhead"}
    assert all(proof.decisions for proof in found.values())
