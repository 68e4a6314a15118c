"""Random small worlds as the tables a user would bring, and their runs through the whole pipeline."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from hypothesis import strategies as st

from newsbt.assembly import Components, assemble
from newsbt.config.loading import from_mapping
from newsbt.domain.results import RunResult
from newsbt.events.from_frame import FrameAnnouncements
from newsbt.linking.universe_tables import read_universe
from newsbt.pipeline import run_components
from newsbt.prices.fx_readers import FrameFx
from newsbt.prices.price_readers import FramePrices

# Hong Kong and the mainland are closed on 2025-04-04; New York is not.
FIRST, LAST = date(2025, 3, 31), date(2025, 4, 11)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
WEEKDAYS = [day for day in DAYS if day.weekday() < 5]
SHUT = {"XHKG": {date(2025, 4, 4)}, "XSHG": {date(2025, 4, 4)}, "XNYS": set()}

# Themes come from memberships alone: an undated theme is hindsight, which a dated row may overrule at any time.
INSTRUMENTS = pd.DataFrame(
    [
        ("H.HK", "Harbor", "XHKG", "main", "HKD", None, "^IDX", 100, True, None),
        ("C.SH", "Cloud", "XSHG", "main", "CNY", None, "^IDX", None, None, None),
        ("U", "Usher", "XNYS", "main", "USD", None, None, None, None, None),
        ("^IDX", "The Index", "XHKG", "index", "HKD", None, None, None, None, "E.HK"),
        ("E.HK", "The Fund", "XHKG", "etf", "HKD", None, None, 100, True, None),
    ],
    columns=["ticker", "name", "exchange", "board", "currency", "themes", "sector_index", "lot_size", "shortable",
             "proxy"],
).assign(sector="it", aliases=None)  # fmt: skip
TRADED = {"H.HK": 80.0, "C.SH": 20.0, "U": 30.0, "E.HK": 4.0}
NAMES = ("Harbor", "Cloud", "Usher", "Lab", "Rival Lab")
TIMES = ("T00:40Z", "T01:30Z", "T03:00Z", "T06:30Z", "T08:00Z", "T13:00Z", "T15:00Z", "T19:30Z", "T21:30Z")

STRATEGIES = (
    {"use": "named_tickers"},
    {"use": "rival_release", "params": {"event_types": [], "themes": ["ai"], "sign": "effect"}},
    {"use": "issuer_drift"},
    {"use": "spillover", "params": {"hops": 2}},
    {"use": "sector_index"},
    {"use": "fade"},
    {"use": "sentiment_decay", "position": {"mode": "target"}},
)
POSITION = {"weight": 0.4, "hold": 2, "stop_loss": 0.04, "trailing_stop": 0.05, "max_positions": 3}


@dataclass(frozen=True, slots=True)
class Tables:
    prices: pd.DataFrame
    announcements: pd.DataFrame
    relations: pd.DataFrame
    memberships: pd.DataFrame
    fx: pd.DataFrame


@st.composite
def prices(draw: st.DrawFn) -> pd.DataFrame:
    """Daily bars of every ticker but for a missing row or a bar without volume here and there."""
    found = []
    for ticker, price in TRADED.items():
        exchange = INSTRUMENTS.set_index("ticker").loc[ticker, "exchange"]
        close = price
        for n, day in enumerate(day for day in WEEKDAYS if day not in SHUT[exchange]):
            gap, move, up, down = draw(st.tuples(*[st.integers(-9, 9)] * 2, *[st.integers(0, 3)] * 2))
            opened = round(close * (1 + gap / 100), 2)
            close = round(opened * (1 + move / 100), 2)
            high, low = max(opened, close) * (1 + up / 100), min(opened, close) * (1 - down / 100)
            volume = draw(st.sampled_from((1e6, 1e6, 1e6, 3e4, 0.0)))
            if n == 0 or draw(st.integers(0, 9)):
                found.append((ticker, day, opened, round(high + 0.005, 2), round(low - 0.005, 2), close, volume))
    return pd.DataFrame(found, columns=["ticker", "date", "open", "high", "low", "close", "volume"])


@st.composite
def announcements(draw: st.DrawFn, days: list[date] = DAYS, prefix: str = "e") -> pd.DataFrame:
    found = [
        {
            "event_id": f"{prefix}{n}",
            "published_at": f"{draw(st.sampled_from(days))}{draw(st.sampled_from(TIMES))}",
            "event_type": "model_release",
            "issuer": draw(st.sampled_from(NAMES)),
            "headline": "x",
            "rivals": draw(st.sampled_from((None, "Somebody"))),
            "sentiment": draw(st.sampled_from((None, 1.0, 0.5, -0.5, -1.0))),
            "relevance": draw(st.sampled_from((None, 0.5))),
            "tickers": draw(st.sampled_from((None, None, "H.HK;U", "C.SH", "E.HK;H.HK"))),
        }
        for n in range(draw(st.integers(1, 8)))
    ]
    return pd.DataFrame(found)


@st.composite
def relations(draw: st.DrawFn, days: list[date] = DAYS) -> pd.DataFrame:
    kinds = st.sampled_from(("rival_of", "supplier_of", "affects"))
    objects = st.sampled_from(("Harbor", "Cloud", "Usher", "Lab"))
    made = st.tuples(st.sampled_from(NAMES), kinds, objects, st.sampled_from((None, 1.0, -0.5)), st.sampled_from(days))
    found = [row for row in draw(st.lists(made, min_size=1, max_size=5)) if row[0] != row[2]]
    frame = pd.DataFrame(found, columns=["subject", "relation", "object", "effect", "from"])
    return frame.drop_duplicates(["subject", "relation", "object"])


@st.composite
def memberships(draw: st.DrawFn, days: list[date] = DAYS) -> pd.DataFrame:
    made = [(ticker, "ai", draw(st.sampled_from(days))) for ticker in draw(st.sets(st.sampled_from(sorted(TRADED))))]
    return pd.DataFrame(sorted(made), columns=["ticker", "theme", "from"]).assign(to=None)


@st.composite
def rates(draw: st.DrawFn, days: list[date] = DAYS) -> pd.DataFrame:
    level = {"USDHKD": 7.78, "CNYHKD": 1.08}
    found = [(pair, FIRST - timedelta(days=3), rate) for pair, rate in level.items()]
    found += [(pair, day, rate * draw(st.integers(95, 105)) / 100) for pair, rate in level.items() for day in days]
    return pd.DataFrame(found, columns=["pair", "date", "rate"])


@st.composite
def tables(draw: st.DrawFn) -> Tables:
    return Tables(
        prices=draw(prices()),
        announcements=draw(announcements()),
        relations=draw(relations()),
        memberships=draw(memberships()),
        fx=draw(rates()),
    )


@st.composite
def executions(draw: st.DrawFn) -> dict:
    return {
        "entry": draw(st.sampled_from(("next_open", "same_close"))),
        "costs": {"use": draw(st.sampled_from(("market_schedule", "zero")))},
        "slippage": draw(st.sampled_from(({"use": "bps", "bps": 20}, {"use": "volume_share", "window": 5}))),
        "market_rules": draw(st.sampled_from((True, True, False))),
    }


def template(execution: dict, strategies: tuple[dict, ...] = STRATEGIES) -> Components:
    """The components of a config, whose tables are still missing."""
    table = {"use": "csv", "path": __file__}  # stands for the tables that `run_tables` brings
    loaded = from_mapping(
        {
            "name": "random",
            "universe": {"instruments": __file__},
            "announcements": [table],
            "prices": table,
            "fx": table,
            "account": {"cash": 300_000, "currency": "HKD"},
            "execution": execution,
            "strategies": [
                {**item, "name": item["use"], "position": {**POSITION, **item.get("position", {})}}
                for item in strategies
            ],
            "baselines": ["buy_and_hold", "equal_weight"],
            "evaluation": {"periods_per_year": 250, "placebo": 0, "bootstrap": 0},
        }
    )
    return assemble(loaded)


def run_tables(components: Components, given: Tables) -> RunResult:
    return run_components(
        dataclasses.replace(
            components,
            readers=(FrameAnnouncements(frame=given.announcements),) if len(given.announcements) else (),
            prices=(FramePrices(frame=given.prices),),
            fx=FrameFx(frame=given.fx),
            read_universe=lambda: read_universe(
                INSTRUMENTS,
                given.relations if len(given.relations) else None,
                given.memberships if len(given.memberships) else None,
            ),
            files=(),
        )
    )
