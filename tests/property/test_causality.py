"""Nothing that a run does up to a row depends on what comes after it, whatever the strategy (docs/methods.md)."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsbt.catalog import BUILT_IN
from newsbt.domain.results import RunResult
from random_projects import (
    DAYS,
    LAST,
    STRATEGIES,
    Tables,
    announcements,
    executions,
    memberships,
    prices,
    rates,
    relations,
    run_tables,
    tables,
    template,
)

MANY = os.environ.get("HYPOTHESIS_PROFILE") == "wide"
few = settings(
    max_examples=25 if MANY else 12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

CUTS = [day for day in DAYS[1:] if day.weekday() < 5 and day < LAST - timedelta(days=1)]


def spliced(before: pd.DataFrame, after: pd.DataFrame, column: str, cut: date) -> pd.DataFrame:
    """Rows of one table up to a day and of the other from the next day on; undated rows stay."""
    early = before[column].isna() | (before[column] <= cut)
    return pd.concat([before[early], after[after[column] > cut]], ignore_index=True)


def blank_after(prices: pd.DataFrame, cut: date) -> pd.DataFrame:
    """No price after a day. Its rows stay: where they end, the run ends (T6), and with it the news of its last day
    that touches a market which opens no more (T5)."""
    values = prices.columns.difference(["ticker", "date"])
    return prices.assign(**{name: prices[name].where(prices["date"] <= cut) for name in values})


@st.composite
def forked(draw: st.DrawFn) -> tuple[Tables, Tables, date]:
    """Two worlds that are the same up to the last close of a day: the other's future is redrawn, or blank."""
    world, cut = draw(tables()), draw(st.sampled_from(CUTS))
    later = [day for day in DAYS if day > cut]
    # New York closes at 20:00 UTC. What is published later that evening is first traded on the next day.
    published = pd.to_datetime(world.announcements["published_at"], utc=True, format="ISO8601")
    known = world.announcements[published <= pd.Timestamp(f"{cut}T20:00Z")]
    future = draw(announcements(later, prefix="f"))
    if draw(st.booleans()):
        other = Tables(
            prices=spliced(world.prices, draw(prices()), "date", cut),
            announcements=pd.concat([known, future], ignore_index=True),
            relations=spliced(world.relations, draw(relations(later)), "from", cut).drop_duplicates(
                ["subject", "relation", "object"]
            ),
            memberships=spliced(world.memberships, draw(memberships(later)), "from", cut),
            fx=spliced(world.fx, draw(rates(later)), "date", cut),
        )
    else:
        other = Tables(
            prices=blank_after(world.prices, cut),
            announcements=known,
            relations=world.relations[world.relations["from"] <= cut],
            memberships=world.memberships[world.memberships["from"] <= cut],
            fx=world.fx[world.fx["date"] <= cut],
        )
    return world, other, cut


def past(run: RunResult, cut: date) -> dict[tuple[str, str], pd.DataFrame]:
    """What each strategy had decided, done and come to by the end of a day.

    `would_have_returned` is hindsight and says so. A grid's signal of a row counts what is known before the next row
    opens, in which it trades (S3): that of the last row may still change.
    """
    found = {}
    for item in run.strategies:
        for name in ("signals", "fills", "refusals", "curve"):
            frame = getattr(item, name)
            frame = frame[frame["date"] <= pd.Timestamp(cut)]
            if name == "signals":
                frame = frame[frame["event_id"].notna() | (frame["date"] < pd.Timestamp(cut))]
            found[item.name, name] = frame.drop(columns="would_have_returned", errors="ignore").reset_index(drop=True)
    return found


def assert_same_past(run: RunResult, other: RunResult, cut: date, tables: tuple[str, ...] = ()) -> None:
    theirs = past(other, cut)
    for (strategy, name), frame in past(run, cut).items():
        if not tables or name in tables:
            pd.testing.assert_frame_equal(
                frame, theirs[strategy, name], check_exact=True, check_dtype=False, obj=f"{name} of {strategy} to {cut}"
            )


def test_every_built_in_strategy_is_here() -> None:
    assert {item["use"] for item in STRATEGIES} == set(BUILT_IN["strategies"])


@few
@given(forked(), executions())
def test_the_future_changes_nothing(worlds: tuple[Tables, Tables, date], execution: dict) -> None:
    """Intents, fills, refusals and equity up to a day are the same, whatever prices, rates, announcements, relations
    and memberships come after its last close."""
    world, other, cut = worlds
    components = template(execution)
    assert_same_past(run_tables(components, world), run_tables(components, other), cut)


@few
@given(tables(), prices(), st.sampled_from(CUTS), executions())
def test_a_days_own_prices_change_none_of_its_intents(
    world: Tables, redrawn: pd.DataFrame, on: date, execution: dict
) -> None:
    """What trades in a row is decided before any of the row's prices is known.

    Whether there is a bar stays as it was: a delayed signal waits for its ticker's next one.
    """
    keys = ["ticker", "date"]
    both = world.prices[[*keys, "volume"]].merge(redrawn.drop(columns="volume"), on=keys)
    drawn = both.set_index(keys).combine_first(world.prices.set_index(keys)).reset_index()
    other = Tables(
        prices=spliced(world.prices, drawn, "date", on - timedelta(days=1)),
        announcements=world.announcements,
        relations=world.relations,
        memberships=world.memberships,
        fx=world.fx,
    )
    components = template(execution, tuple(item for item in STRATEGIES if item["use"] != "sentiment_decay"))
    assert_same_past(run_tables(components, world), run_tables(components, other), on, ("signals",))


PEEKING = """
from newsbt.domain.signal import Signal
from newsbt.ports import EventView, Strategy


class Peeking(Strategy):
    ahead: int = 1

    def signal(self, view: EventView) -> Signal:
        links = view.links[view.links["row"] >= 0]
        column = {ticker: n for n, ticker in enumerate(view.tickers)}
        last = len(view.dates) - 1
        seen = [
            view.close[min(row + self.ahead, last), column[ticker]]
            for row, ticker in zip(links["row"], links["ticker"], strict=True)
        ]
        signs = [1.0 if price > 10.0 else -1.0 for price in seen]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=signs))
"""


def rising(share: float) -> pd.DataFrame:
    """H.HK and U at 10, from 2025-04-08 on moved by a share of it."""
    days = [day for day in DAYS if day.weekday() < 5]
    found = [
        (ticker, day, price, price, price, price, 1e6)
        for ticker in ("H.HK", "U")
        for day in days
        if not (ticker == "H.HK" and day == date(2025, 4, 4))
        for price in [10.0 if day < date(2025, 4, 8) else 10.0 * (1 + share)]
    ]
    return pd.DataFrame(found, columns=["ticker", "date", "open", "high", "low", "close", "volume"])


@pytest.mark.parametrize(("ahead", "cut", "what"), [(1, date(2025, 4, 7), ()), (0, date(2025, 4, 8), ("signals",))])
def test_a_strategy_that_peeks_is_caught(tmp_path: Path, ahead: int, cut: date, what: tuple[str, ...]) -> None:
    """One looks at tomorrow's close, one at the close of the day at whose open it trades."""
    file = tmp_path / "peeking.py"
    file.write_text(PEEKING, encoding="utf-8")
    news = [("e", f"{cut}T00:30Z", "news", "Harbor", "x")]
    words = pd.DataFrame(news, columns=["event_id", "published_at", "event_type", "issuer", "headline"])
    nothing = pd.DataFrame()
    fx = pd.DataFrame([("USDHKD", date(2025, 3, 28), 7.78)], columns=["pair", "date", "rate"])
    components = template(
        {"costs": {"use": "zero"}}, ({"use": f"{file}:Peeking", "params": {"ahead": ahead}, "name": "Peek"},)
    )
    up, down = (run_tables(components, Tables(rising(share), words, nothing, nothing, fx)) for share in (0.1, -0.1))
    with pytest.raises(AssertionError, match=r"signals of .*Peeking"):
        assert_same_past(up, down, cut, what)
