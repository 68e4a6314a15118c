"""The placebo of a run: against a slow reckoning of its own, and plain about what it cannot tell."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt.domain.ledger import Ledger
from newsbt.domain.results import RunResult
from newsbt.evidence.placebo_runs import NOT_HEDGED
from newsbt.strategies.named_tickers import NamedTickers
from price_walks import SESSIONS, TICKERS, tables

NEW_YORK = ZoneInfo("America/New_York")
FREE = {"costs": {"use": "zero"}, "slippage": {"use": "zero"}, "latency": "0min", "engine": "compiled"}
HOLD = 3


def run(found: dict[str, Any], *, strategies: Any = None, position: Any = None, **more: Any) -> RunResult:
    return newsbt.run(
        **found, strategies=strategies or {"follow": NamedTickers()}, cash=1_000_000.0, currency="USD",
        position=position or {"weight": 0.2, "hold": HOLD}, execution=FREE, baselines=[],
        evaluation={"bootstrap": 0, **more},
    )  # fmt: skip


# The slow reckoning: every calendar is a run of its own, hedges are followed lot by lot.


def moved(found: dict[str, Any], weeks: int, k: int) -> dict[str, Any]:
    """The same tables with every announcement k weeks later in New York, on a circle of so many weeks."""
    first = SESSIONS[0].date()

    def later(text: str) -> str:
        local = datetime.fromisoformat(text).astimezone(NEW_YORK)
        day = ((local.date() - first).days + 7 * k) % (7 * weeks)
        return datetime.combine(first + timedelta(days=day), local.time(), NEW_YORK).isoformat()

    news = found["announcements"]
    return {**found, "announcements": news.assign(published_at=[later(text) for text in news["published_at"]])}


def weeks_of() -> int:
    """Whole weeks whose events, the day before an entry at the latest, are held to their end inside the run."""
    last_entry: date = SESSIONS[-1 - HOLD].date()
    return (last_entry - SESSIONS[0].date()).days // 7


def changes_of_others(prices: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The mean change of the other tickers from the close before to each open and close."""
    opens, closes = (prices.pivot(index="date", columns="ticker", values=name) for name in ("open", "close"))
    before = closes.shift(1)
    to_open, to_close = opens / before - 1.0, closes / before - 1.0
    others = {name: [other for other in TICKERS if other != name] for name in TICKERS}
    return tuple(
        pd.DataFrame({name: change[others[name]].mean(axis=1).fillna(0.0) for name in TICKERS})
        for change in (to_open, to_close)
    )  # type: ignore[return-value]


def hedge_profits(ledger: Ledger, prices: pd.DataFrame) -> np.ndarray:
    """(T,): what the hedges of all lots gained up to each close."""
    to_open, to_close = changes_of_others(prices)
    index = (1.0 + to_close).cumprod()
    returns = prices.pivot(index="date", columns="ticker", values="close").pct_change()
    whole = returns.mean(axis=1)  # betas are measured on the mean of all
    at_open = index.shift(1).fillna(1.0) * (1.0 + to_open)
    gained = np.zeros(len(ledger.equity))
    for lot in ledger.lots:
        name, row = TICKERS[int(lot["ticker"])], int(lot["entry_row"])
        pair = pd.concat([returns[name], whole], axis=1).iloc[max(row - 120, 0) : row].dropna()
        beta = pair.cov().iloc[0, 1] / pair.iloc[:, 1].var() if len(pair) >= 30 else 1.0
        start = at_open[name].iloc[row]
        units = -beta * np.sign(lot["quantity"]) * lot["entry_notional"] / start
        for t in range(row, len(gained)):
            price = at_open[name].iloc[lot["exit_row"]] if 0 <= lot["exit_row"] <= t else index[name].iloc[t]
            gained[t] += units * (price - start)
    return gained


def slow_test(found: dict[str, Any], *, hedged: bool) -> tuple[float, float, int]:
    """T and p of the run, and the number of other calendars."""
    weeks = weeks_of()
    sums = []
    for k in range(weeks):
        ledger = run(found if k == 0 else moved(found, weeks, k), placebo=0)["follow"].ledger
        worth = ledger.equity + (hedge_profits(ledger, found["prices"]) if hedged else 0.0)
        before = np.append(1_000_000.0, ledger.equity[:-1])
        x = np.diff(worth, prepend=1_000_000.0) / before
        sums.append((x.sum(), (x**2).sum(), (ledger.gross / ledger.equity).mean()))
    profit, squares, exposure = np.array(sums).T
    t = (profit - profit.sum() / exposure.sum() * exposure) / np.sqrt(squares)
    return float(t[0]), float((t >= t[0] - 1e-9).mean()), weeks - 1


@pytest.mark.parametrize("seed", [1, 2])
def test_p_and_both_statistics_are_those_of_a_slow_reckoning(seed: int) -> None:
    found = tables(seed, effect=0.01)
    row = run(found)["follow"]
    t, p, others = slow_test(found, hedged=True)
    assert row.metrics["placebo_t"] == pytest.approx(t, abs=1e-9)
    assert (row.metrics["placebo_p"], row.metrics["placebo_m"]) == (pytest.approx(p), others)
    assert row.metrics["placebo_t_unhedged"] == pytest.approx(slow_test(found, hedged=False)[0], abs=1e-9)
    assert row.metrics["placebo_least"] == pytest.approx(1 / (others + 1))
    section = row.evidence["placebo"]
    assert (section["use"], section["weeks"], section["hedged"]) == ("weeks", others + 1, True)
    assert section["distinct"] <= others + 1 and len(section["values"]) == others
    assert section["observed"] == section["t_hedged"] == row.metrics["placebo_t"]
    assert section["p"] == row.metrics["placebo_p"] == section["p_hedged"] and section["m"] == others
    assert "placebo_t" not in row.reasons and "placebo_p" not in row.reasons
    assert section["note"].startswith(f"t {t:.2f} hedged, ") and f"of {others + 1}, smallest p " in section["note"]
    exposure, overlap = section["exposure"], section["overlap"]
    assert exposure["run"] == pytest.approx(exposure["placebo"], rel=0.3)
    assert f"mean exposure {exposure['run']:.1%}, of the placebo {exposure['placebo']:.1%}" in section["note"]
    words = f"holdings of {overlap['run']:.0%} of events meet another's, of the placebo {overlap['placebo']:.0%}"
    assert section["note"].endswith(words)


def test_an_effect_is_seen_and_the_table_pays_nothing_for_a_strategy_that_is_the_same() -> None:
    found = tables(4, events=25, effect=0.04)
    alone = run(found)["follow"]
    assert alone.metrics["placebo_p"] == alone.metrics["p_adjusted"] <= 0.04
    twice = run(
        found, strategies={"one": NamedTickers(), "other": NamedTickers()}, placebo={"use": "weeks", "draws": 5}
    )
    for name in ("one", "other"):
        assert twice[name].metrics["placebo_p"] == twice[name].metrics["p_adjusted"] == alone.metrics["placebo_p"]


def evenly(move: float) -> dict[str, Any]:
    """One stock that rises by the same share every day, with an event every fifth session."""
    found = tables(1)
    close = 100.0 * (1.0 + move) ** np.arange(1, len(SESSIONS) + 1)
    prices = pd.DataFrame(
        {
            "ticker": "AAA", "date": SESSIONS, "open": close / (1.0 + move), "close": close, "high": close,
            "low": close / (1.0 + move), "volume": 1e9,
        }
    )  # fmt: skip
    news = pd.DataFrame(
        [
            {"event_id": f"e{k}", "published_at": f"{day.date()}T12:00:00Z", "event_type": "news", "issuer": "AAA",
             "headline": "x", "sentiment": 1.0, "tickers": "AAA"}
            for k, day in enumerate(SESSIONS[5:-10:5])
        ]
    )  # fmt: skip
    return {**found, "prices": prices, "announcements": news}


@pytest.mark.parametrize("use", ["weeks", "windows"])
def test_events_every_fifth_session_held_five_say_nothing_and_are_told_so(use: str) -> None:
    row = run(evenly(0.001), position={"weight": 0.2, "hold": 5}, placebo={"use": use, "draws": 99})["follow"]
    assert math.isnan(row.metrics["placebo_p"]) and math.isnan(row.metrics["p_adjusted"])
    assert "spaced so evenly that moving it by weeks leaves" in row.reasons["placebo_p"]
    assert "hedged return +" in row.reasons["placebo_p"] and "t-value" in row.reasons["placebo_p"]
    section = row.evidence["placebo"]
    assert section["p"] is None and section["hedged"] is False and section["t_hedged"] is section["p_hedged"] is None
    assert math.isnan(row.metrics["placebo_t"]) and row.reasons["placebo_t"] == NOT_HEDGED
    assert (row.metrics["placebo_m"], row.reasons["placebo_least"]) == (0, row.reasons["placebo_p"])


def test_a_stock_that_moves_alike_every_day_has_no_p() -> None:
    found = evenly(0.001)
    news = found["announcements"].iloc[[0, 3, 4, 9, 17, 22, 30]]
    row = run({**found, "announcements": news}, position={"weight": 0.2, "hold": 2})["follow"]
    assert "p would be made of rounding" in row.reasons["placebo_p"]


@pytest.mark.parametrize(
    ("events", "position", "why"),
    [
        ([20], {"weight": 0.2, "hold": HOLD}, "came on one day"),
        ([20, 90], {"weight": 0.2, "hold": 240}, "whole weeks from the first session on"),
        ([20, 90], {"weight": 1e-9, "hold": HOLD}, "no event was traded"),
    ],
)
def test_what_a_number_would_mean_nothing_of_has_a_reason(events: list[int], position: Any, why: str) -> None:
    found = tables(3)
    news = found["announcements"].iloc[: len(events)].copy()
    news["published_at"] = [f"{SESSIONS[t].date()}T08:00:00-05:00" for t in events]
    row = run({**found, "announcements": news}, position=position)["follow"]
    assert math.isnan(row.metrics["placebo_p"]) and why in row.reasons["placebo_p"]
    assert "nan" not in row.evidence.get("placebo", {}).get("note", "")


@pytest.mark.parametrize("seed", [2, 3])
def test_a_market_that_rises_in_the_weeks_of_the_news_explains_it(seed: int) -> None:
    """The whole market rises on the days of the news: the book passes alone, and beside its hedges it does not."""
    found = tables(seed, events=20)
    days = {pd.Timestamp(text[:10]) for text in found["announcements"]["published_at"]}
    market = np.random.default_rng(seed).normal(0.0, 0.03, len(SESSIONS)) + 0.03 * SESSIONS.isin(days)
    prices = found["prices"].copy()
    moved_by = prices["date"].map(pd.Series(market, SESSIONS))
    total = moved_by.groupby(prices["ticker"]).cumsum()
    prices["close"] *= np.exp(total)
    prices["open"] *= np.exp(total - moved_by)
    prices["high"], prices["low"] = prices[["open", "close"]].max(axis=1), prices[["open", "close"]].min(axis=1)
    row = run({**found, "prices": prices}, position={"weight": 0.2, "hold": 1})["follow"]
    section = row.evidence["placebo"]
    assert section["p_unhedged"] <= 0.05 < section["p_hedged"] == row.metrics["placebo_p"]
    assert "explained by the market in those weeks" in section["note"]


def test_independent_days_stay_by_name() -> None:
    row = run(tables(5), placebo={"use": "independent_days", "draws": 40})["follow"]
    section = row.evidence["placebo"]
    assert (section["use"], section["metric"], row.metrics["placebo_m"]) == ("independent_days", "total_return", 40)
    better = int((np.array(section["values"]) >= row.metrics["total_return"] - 1e-12).sum())
    assert row.metrics["placebo_p"] == (better + 1) / 41 == row.metrics["p_adjusted"]


@pytest.mark.parametrize("use", ["weeks", "windows"])
def test_a_seed_is_told_where_calendars_are_drawn_and_only_there(use: str) -> None:
    section = run(tables(5), placebo={"use": use, "draws": 20}, seed=11)["follow"].evidence["placebo"]
    assert (section["use"], section["seed"]) == (use, None if use == "weeks" else 11)


def test_off_is_off() -> None:
    row = run(tables(5), placebo=0)["follow"]
    assert row.reasons["placebo_p"] == "switched off (evaluation.placebo: 0)" and "placebo" not in row.evidence
