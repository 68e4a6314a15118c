"""What each built-in strategy answers to a few announcements, worked out by hand (S4-S6)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from newsbt.strategies.fade import Fade
from newsbt.strategies.issuer_drift import IssuerDrift
from newsbt.strategies.named_tickers import NamedTickers
from newsbt.strategies.rival_release import RivalRelease
from newsbt.strategies.sector_index import SectorIndex
from newsbt.strategies.sentiment_decay import SentimentDecay
from newsbt.strategies.spillover import Spillover
from newsbt.testing import SmallMarket, make_events

pytestmark = pytest.mark.rule("S4", "S5", "S6")

DAYS = ("2025-03-03", "2025-03-04", "2025-03-05", "2025-03-06")
NOTHING = pd.DataFrame()
INSTRUMENTS = pd.DataFrame(
    [
        ("A.HK", "Alpha", "main", "ai", "^I", "Alef", "Alpha", "true", ""),
        ("A2.HK", "Alpha new", "main", "ai", "^I", "", "Alpha", "true", "2025-03-05"),
        ("B.HK", "Beta", "main", "ai", "", "", "", "true", ""),
        ("C.HK", "Closed", "main", "ai", "", "", "", "false", ""),
        ("D.HK", "Delta", "main", "", "", "", "", "true", ""),
        ("^I", "Index", "index", "ai", "", "", "", "true", ""),
    ],
    columns=["ticker", "name", "board", "themes", "sector_index", "aliases", "company", "tradable", "listed_on"],
).assign(exchange="XHKG", currency="HKD", sector="", lot_size=100)
RELATIONS = pd.DataFrame(
    [
        ("Lab", "rival_of", "Beta", -0.5),
        ("Lab", "affects", "Beta", 0.9),
        ("Beta", "supplier_of", "Delta", 0.5),
        ("Delta", "customer_of", "Alpha", -0.8),
    ],
    columns=["subject", "relation", "object", "effect"],
).assign(**{"from": "2025-01-01"})


def flat() -> pd.DataFrame:
    made = [(one, day, 10.0, 10.0, 10.0, 10.0, 1e6) for one in INSTRUMENTS["ticker"] for day in DAYS]
    return pd.DataFrame(made, columns=["ticker", "date", "open", "high", "low", "close", "volume"])


def market(
    *events: dict[str, Any], prices: pd.DataFrame | None = None, relations: pd.DataFrame = RELATIONS
) -> SmallMarket:
    return SmallMarket(
        prices=flat() if prices is None else prices,
        announcements=make_events(*({"published_at": "2025-03-04T00:00Z", **event} for event in events)),
        instruments=INSTRUMENTS,
        relations=relations,
        memberships=NOTHING,
        fx=NOTHING,
        options={"execution": {"latency": 0}},
    )


def answers(strategy: Any, *events: dict[str, Any], prices: pd.DataFrame | None = None) -> list[tuple[Any, ...]]:
    found = market(*events, prices=prices).signals(strategy)
    return [
        (event, ticker, round(signal, 9), delay)
        for event, ticker, signal, delay in found.itertuples(index=False, name=None)
    ]


def tickers(strategy: Any, **event: Any) -> list[str]:
    return [ticker for _, ticker, _, _ in answers(strategy, event)]


def test_named_tickers_trades_what_is_named_and_nothing_that_hangs_on_it() -> None:
    events = ({"tickers": "A.HK;D.HK", "sentiment": -0.5}, {"tickers": "A.HK"}, {"issuer": "Beta"})
    named = [("e1", "A.HK", -0.5, 0), ("e1", "D.HK", -0.5, 0)]
    assert answers(NamedTickers(), *events) == named  # nothing says which way the second is to be traded


def test_a_rival_release_buys_what_can_be_traded_of_the_theme_that_day() -> None:
    assert tickers(RivalRelease(themes=("ai",)), issuer="Lab") == ["A.HK", "B.HK"]
    assert tickers(RivalRelease(), issuer="Lab") == ["A.HK", "B.HK", "D.HK"]
    assert tickers(RivalRelease(themes=("ai",)), issuer="Lab", published_at="2025-03-05T00:00Z") == [
        "A.HK", "A2.HK", "B.HK",
    ]  # fmt: skip


def test_a_release_is_a_rivals_where_it_names_rivals_or_its_issuer_is_one() -> None:
    assert tickers(RivalRelease(), issuer="Delta") == []  # a customer is no rival
    assert tickers(RivalRelease(), issuer="Delta", rivals="o1") == ["A.HK", "B.HK", "D.HK"]
    assert tickers(RivalRelease(), issuer="Lab", event_type="funding") == []
    assert tickers(RivalRelease(event_types=()), issuer="Lab", event_type="funding") == ["A.HK", "B.HK", "D.HK"]


def test_issuers_go_by_any_of_their_names() -> None:
    assert tickers(RivalRelease(issuers=("Alpha",)), issuer="Alef", rivals="o1") == ["A.HK", "B.HK", "D.HK"]
    assert tickers(RivalRelease(issuers=("Beta",)), issuer="Alef", rivals="o1") == []
    assert tickers(RivalRelease(include_issuer=False), issuer="Alef", rivals="o1") == ["B.HK", "D.HK"]


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        ("one", {"A.HK": 1, "B.HK": 1, "D.HK": 1}),
        ("short", {"A.HK": -1, "B.HK": -1, "D.HK": -1}),
        ("type", {"A.HK": 1, "B.HK": 1, "D.HK": 1}),
        ("effect", {"B.HK": -0.5}),  # Lab has no relation to the others
        ("sentiment", {"A.HK": -0.4, "B.HK": -0.4, "D.HK": -0.4}),
    ],
)
def test_the_sign_of_a_rival_release(sign: str, expected: dict[str, float]) -> None:
    found = answers(RivalRelease(sign=sign), {"issuer": "Lab", "sentiment": -0.4})
    assert {ticker: signal for _, ticker, signal, _ in found} == expected
    assert answers(RivalRelease(sign="sentiment"), {"issuer": "Lab"}) == []


def test_an_issuers_own_listings_have_the_effect_one() -> None:
    found = answers(RivalRelease(sign="effect"), {"issuer": "Beta", "rivals": "o1"})
    assert [(ticker, signal) for _, ticker, signal, _ in found] == [("B.HK", 1.0), ("D.HK", 0.5)]


def test_issuer_drift_follows_the_sign_in_all_listings_of_that_day() -> None:
    events = ({"issuer": "Alef", "sentiment": -0.3}, {"issuer": "Alpha", "published_at": "2025-03-05T00:00Z"})
    assert answers(IssuerDrift(), *events) == [("e1", "A.HK", -1.0, 0)]
    assert answers(IssuerDrift(sign="short"), *events) == [
        ("e1", "A.HK", -1.0, 0), ("e2", "A.HK", -1.0, 0), ("e2", "A2.HK", -1.0, 0),
    ]  # fmt: skip


def test_spillover_is_signed_and_loses_by_the_hop() -> None:
    event = {"issuer": "Beta", "sentiment": -0.8}
    assert answers(Spillover(), event) == [("e1", "D.HK", -0.4, 0)]
    assert answers(Spillover(sign="one"), event) == answers(Spillover(sign="effect"), event)
    both = {"hops": 2, "decay": 0.25, "sign": "one"}
    assert answers(Spillover(**both), event) == [("e1", "D.HK", 0.5, 0), ("e1", "A.HK", -0.1, 0)]
    assert answers(Spillover(**both | {"sign": "short"}), event) == [("e1", "D.HK", -0.5, 0), ("e1", "A.HK", 0.1, 0)]
    assert answers(Spillover(hops=2, relations=("customer_of",)), event) == [("e1", "A.HK", 0.16, 0)]
    assert answers(Spillover(), {"issuer": "Beta"}) == []
    no_effect = market({"issuer": "Lab", "sentiment": 1.0}, relations=RELATIONS.assign(effect=None))
    assert no_effect.signals(Spillover()).empty and no_effect.view().links["weight"].isna().all()


@pytest.mark.parametrize("strategy", [NamedTickers, IssuerDrift, SectorIndex, Spillover, SentimentDecay, RivalRelease])
def test_a_sign_of_another_word_is_refused(strategy: Any) -> None:
    with pytest.raises(ValueError, match="did you mean 'sentiment'"):
        strategy(sign="sentimant")


@pytest.mark.parametrize("strategy", [NamedTickers, IssuerDrift, SectorIndex])
@pytest.mark.parametrize(("sign", "expected"), [("sentiment", None), ("type", None), ("one", 1.0), ("effect", 1.0),
                                                ("short", -1.0)])  # fmt: skip
def test_news_without_a_sign_is_not_traded(strategy: Any, sign: str, expected: float | None) -> None:
    """A policy has no default sign, and this one no sentiment."""
    event = {"issuer": "Alpha", "tickers": "A.HK", "event_type": "policy"}
    wanted = set() if expected is None else {expected}
    assert {signal for *_, signal, _ in answers(strategy(sign=sign), event)} == wanted
    release = event | {"event_type": "model_release"}
    assert {signal for *_, signal, _ in answers(strategy(sign="type"), release)} == {1.0}


def test_sector_index_trades_the_index_with_the_sentiment() -> None:
    events = ({"tickers": "A.HK", "sentiment": -0.5}, {"issuer": "Alpha"}, {"issuer": "Beta"})
    assert answers(SectorIndex(), *events) == [("e1", "^I", -0.5, 0)]


def test_fade_bets_against_the_first_bar_one_bar_later() -> None:
    prices = flat().set_index(["ticker", "date"])
    bar = ["open", "high", "low", "close"]
    prices.loc[("A.HK", "2025-03-04"), bar] = (
        14.0,
        14.0,
        12.0,
        12.5,
    )  # below its open, a quarter above the close before
    prices.loc[("B.HK", "2025-03-04"), bar] = (9.0, 9.5, 9.0, 9.5)
    prices.loc[("^I", "2025-03-04"), bar] = (13.0, 13.0, 13.0, 13.0)
    prices = prices.reset_index()
    events = ({"tickers": "A.HK"}, {"tickers": "B.HK;D.HK"})
    assert answers(Fade(), *events, prices=prices) == [("e1", "A.HK", -1.0, 1), ("e2", "B.HK", 1.0, 1)]
    assert answers(Fade(min_move=0.1), *events, prices=prices) == [("e1", "A.HK", -1.0, 1)]
    assert answers(Fade(min_move=0.25), *events, prices=prices) == []  # a move beyond, not one as large


def test_sentiment_decays_by_half_in_a_half_life_from_the_row_before_the_first_bar() -> None:
    events = (
        {"tickers": "A.HK", "sentiment": 0.8, "relevance": 0.5},
        {"tickers": "A.HK", "published_at": "2025-03-06T00:00Z", "sentiment": -0.6},
        {"tickers": "A.HK"},  # nobody knows whether it is good
    )
    grid = market(*events).signals(SentimentDecay(half_life=1.0))
    np.testing.assert_allclose(grid["A.HK"], [0.4, 0.2, 0.1 - 0.6, 0.05 - 0.3], atol=1e-12)
    # its company's other listing, listed on the fifth
    np.testing.assert_allclose(grid["A2.HK"], [0.0, 0.0, -0.6, -0.3], atol=1e-12)
    assert not grid.drop(columns=["A.HK", "A2.HK"]).to_numpy().any()  # not the index that the news touches as well


def test_the_age_of_sentiment_counts_sessions_also_of_intraday_bars() -> None:
    starts = [f"{day}T{hour}:00+08:00" for day in DAYS[:3] for hour in ("10", "11")]
    made = [(one, at, 10.0, 10.0, 10.0, 10.0, 1e6) for one in INSTRUMENTS["ticker"] for at in starts]
    prices = pd.DataFrame(made, columns=["ticker", "bar_start", "open", "high", "low", "close", "volume"])
    event = {"tickers": "A.HK", "published_at": "2025-03-03T02:30Z", "sentiment": 0.8}
    grid = market(event, prices=prices).signals(SentimentDecay(half_life=1.0))
    np.testing.assert_allclose(grid["A.HK"], [0.8, 0.8, 0.4, 0.4, 0.2, 0.2])


@pytest.mark.parametrize("strategy", [NamedTickers, IssuerDrift, Spillover, SectorIndex])
def test_event_types_choose_the_events(strategy: Any) -> None:
    events = (
        {"issuer": "Beta", "tickers": "A.HK", "event_type": "news"},
        {"issuer": "Beta", "tickers": "A.HK", "event_type": "funding"},
    )
    assert {event for event, *_ in answers(strategy(sign="one"), *events)} == {"e1", "e2"}
    assert {event for event, *_ in answers(strategy(event_types=("funding",), sign="one"), *events)} == {"e2"}


def test_fade_asks_for_a_first_bar_that_traded() -> None:
    prices = flat()
    idle = (prices["ticker"] == "A.HK") & (prices["date"] == "2025-03-04")
    prices.loc[idle, ["open", "high", "low", "close"]] = 12.0
    prices.loc[idle, "volume"] = 0.0
    assert answers(Fade(), {"tickers": "A.HK"}, prices=prices) == []


def test_decayed_sentiment_ends_at_one() -> None:
    event = {"tickers": "A.HK", "sentiment": 0.8}
    grid = market(event, event | {"event_id": "again"}).signals(SentimentDecay(half_life=1.0))
    np.testing.assert_allclose(grid["A.HK"], [1.0, 0.8, 0.4, 0.2])
