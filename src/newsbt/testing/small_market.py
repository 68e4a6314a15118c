"""A small made-up market in one line, for unit tests of strategies and components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from newsbt._plain import PlainValue
from newsbt.api import Result, run
from newsbt.assembly import Components, StrategySpec
from newsbt.config.models import PositionConfig
from newsbt.domain.progress import SilentProgress
from newsbt.domain.showing import brief
from newsbt.domain.signal import Signal
from newsbt.errors import ConfigError
from newsbt.from_objects import components_of
from newsbt.markets.calendars import sessions
from newsbt.markets.guessed_market import guessed_instrument
from newsbt.markets.rulebook import load_rulebook
from newsbt.ports import EventView, StepStrategy, Strategy
from newsbt.steps.prepare import PreparedRun, prepare
from newsbt.steps.strategy_signals import ask, view_of

__all__ = ["SmallMarket", "make_events", "small_market", "spec_of"]

START = date(2025, 2, 10)
NAMES = ("Harbor", "Beacon", "Cloud", "Usher")
STRANGERS = ("Lab", "Rival Lab")
INDEX, FUND = "^AI", "E.HK"
HOURS = ("00:40", "01:20", "03:00", "06:30", "08:10", "13:00", "15:00", "19:30", "22:00")  # UTC


@dataclass(frozen=True, kw_only=True)
class SmallMarket:
    """Tables as a user brings them, and one-line ways to use them.

    Attributes
    ----------
    prices, announcements, instruments, relations, memberships, fx : DataFrame
        With the columns that newsbt reads.
    cash : float
        In HKD.
    options : mapping
        Further keywords of :func:`newsbt.run`, such as ``{"execution": {"latency": "1h"}}``.
    """

    prices: pd.DataFrame
    announcements: pd.DataFrame
    instruments: pd.DataFrame
    relations: pd.DataFrame
    memberships: pd.DataFrame
    fx: pd.DataFrame
    cash: float = 1_000_000.0
    options: Mapping[str, Any] = field(default_factory=dict)

    __repr__ = brief

    def run(self, *strategies: Any, position: Mapping[str, Any] | None = None, **options: Any) -> Result:
        """:func:`newsbt.run` of instances, or of BacktraderStrategy classes, on this market."""
        return run(strategies=list(strategies), position=position, **{**self._arguments(), **options})

    def view(self, hops: int = 1) -> EventView:
        """What a Strategy is handed here, with links up to so many relations away."""
        prepared = self.prepared(hops=hops)
        return view_of(prepared.market, prepared.news, hops)

    def signals(self, strategy: Strategy | StepStrategy) -> pd.DataFrame:
        """A strategy's answer: a frame `event_id, ticker, signal, delay`, or for a grid dates x tickers."""
        prepared = self.prepared(strategy)
        panel = prepared.market.panel
        answer = ask(prepared.market, prepared.news, spec_of(strategy)).signal
        if answer.events is not None:
            return answer.events
        return pd.DataFrame(answer.array, index=pd.DatetimeIndex(panel.dates), columns=list(panel.tickers))

    def prepared(self, strategy: Any = None, *, hops: int = 1) -> PreparedRun:
        """Everything read, placed on rows and linked, as a run does it."""
        spec = spec_of(strategy if strategy is not None else _Silent(hops=hops))
        return prepare(replace(self.components(), strategies=(spec,)), SilentProgress())

    def components(self) -> Components:
        """The parts of a run here, with a strategy that never trades."""
        return components_of(strategies=[_Silent()], **self._arguments())

    def _arguments(self) -> dict[str, Any]:
        tables = {
            name: getattr(self, name)
            for name in ("prices", "announcements", "instruments", "relations", "memberships", "fx")
        }
        present: dict[str, Any] = {name: None if table.empty else table for name, table in tables.items()}
        if self.announcements.empty:
            present["announcements"] = []
        days = pd.to_datetime(self.prices["date" if "date" in self.prices else "bar_start"])
        defaults: dict[str, Any] = {
            "cash": self.cash,
            "currency": "HKD",
            "baselines": [],
            "period": {"start": str(days.min().date()), "end": str(days.max().date())},
        }
        return {**defaults, **present, **self.options}


class _Silent(Strategy):
    hops: int = 1

    def signal(self, view: EventView) -> Signal:
        return Signal.grid(np.zeros(view.close.shape))


def spec_of(strategy: Any, params: Mapping[str, Any] | None = None) -> StrategySpec:
    """A strategy, or a BacktraderStrategy class with its parameters, under its own name and on the default terms."""
    name = strategy.__name__ if isinstance(strategy, type) else type(strategy).__name__
    return StrategySpec(name=name, strategy=strategy, position=PositionConfig(), params=params or {})


def make_events(*events: Any, **columns: Any) -> pd.DataFrame:
    """Announcements in one line.

    Parameters
    ----------
    *events : tuple or mapping
        ``(published_at, issuer)``, or a mapping with any columns of an announcement. Times carry an offset.
    **columns
        A value for all of them; a list has one for each.

    Returns
    -------
    DataFrame
        `event_id` (``e1``, ``e2``, ...), `published_at`, `issuer`, `event_type`, `headline`, and what was given.

    Raises
    ------
    ValueError
        A tuple has other than two parts.

    Examples
    --------
    >>> made = make_events(("2025-03-05T19:00Z", "Harbor"), sentiment=0.5)
    >>> made[["event_id", "issuer", "event_type", "sentiment"]].values.tolist()
    [['e1', 'Harbor', 'model_release', 0.5]]
    """
    rows: list[dict[str, PlainValue]] = []
    for k, event in enumerate(events):
        own = dict(event) if isinstance(event, Mapping) else dict(zip(("published_at", "issuer"), event, strict=True))
        common = {name: value[k] if isinstance(value, list) else value for name, value in columns.items()}
        defaults = {"event_id": f"e{k + 1}", "event_type": "model_release", "issuer": NAMES[0], "headline": "News"}
        rows.append({**defaults, **common, **own})
    return pd.DataFrame(rows)


def small_market(
    days: int = 60,
    *,
    seed: int = 7,
    tickers: Sequence[str] = ("H.HK", "B.HK", "C.SH", "U"),
    themes: Sequence[str] = ("ai",),
    event_types: Sequence[str] = ("model_release",),
    issuers: Sequence[str] = (),
    events: pd.DataFrame | int = 30,
    start: date = START,
    **options: Any,
) -> SmallMarket:
    """A market of a few instruments in Hong Kong, Shanghai and New York, with news, relations and rates.

    Parameters
    ----------
    days : int
        Calendar weeks hold five of them: the market lasts `days` weekdays from `start`.
    seed : int
        Of everything that is drawn; the same seed gives the same market.
    tickers : sequence of str
        ``.HK`` trades in Hong Kong, ``.SH``, ``.SZ`` and ``.BJ`` on the mainland, letters alone in New York. The
        sector index ``^AI`` and its fund ``E.HK`` come on top. The first four are called Harbor, Beacon, Cloud, Usher.
    themes : sequence of str
        Themes that the instruments have, from one day or another.
    event_types, issuers : sequence of str
        What announcements are about; issuers that are no instruments are rivals of one of them.
    events : DataFrame or int
        The announcements, as by :func:`make_events`; or how many to draw.
    start : date
        The first day.
    **options
        Further keywords of :func:`newsbt.run`.

    Returns
    -------
    SmallMarket

    Raises
    ------
    ConfigError
        A ticker whose form names no exchange here.

    Examples
    --------
    >>> sorted(set(small_market(20).prices["ticker"]))
    ['B.HK', 'C.SH', 'E.HK', 'H.HK', 'U', '^AI']
    """
    rng = np.random.default_rng(seed)
    weekdays = [day for day in (start + timedelta(days=n) for n in range(2 * days)) if day.weekday() < 5][:days]
    names = {ticker: NAMES[k] if k < len(NAMES) else f"Company {k + 1}" for k, ticker in enumerate(tickers)}
    instruments = _instruments(names, tuple(themes))
    drawn = events if isinstance(events, pd.DataFrame) else _news(rng, events, weekdays, names, event_types, issuers)
    return SmallMarket(
        prices=_prices(rng, instruments, weekdays),
        announcements=drawn,
        instruments=instruments,
        relations=_relations(rng, weekdays, list(names.values()), (*STRANGERS, *issuers)),
        memberships=_memberships(rng, weekdays, list(names), themes),
        fx=_rates(rng, weekdays),
        options=options,
    )


def _instruments(names: Mapping[str, str], themes: tuple[str, ...]) -> pd.DataFrame:
    rows = []
    for ticker, name in names.items():
        item = guessed_instrument(ticker)
        if item is None:
            raise ConfigError(
                f"tickers: {ticker!r} names no exchange; end it in .HK, .SH, .SZ or .BJ, or in nothing",
                code="unknown_exchange",
            )
        rows.append((ticker, name, item.exchange, item.board, item.currency, ";".join(themes), INDEX, ""))
    rows.append((INDEX, "The sector index", "XHKG", "index", "HKD", "", "", FUND))
    rows.append((FUND, "The sector fund", "XHKG", "etf", "HKD", "", "", ""))
    columns = ["ticker", "name", "exchange", "board", "currency", "themes", "sector_index", "proxy"]
    frame = pd.DataFrame(rows, columns=columns).assign(sector="it", aliases="")
    hong_kong = frame["exchange"] == "XHKG"
    frame["lot_size"] = np.where(hong_kong, 100.0, np.nan)
    frame["shortable"] = np.where(hong_kong, "true", "")
    return frame


def _prices(rng: np.random.Generator, instruments: pd.DataFrame, weekdays: Sequence[date]) -> pd.DataFrame:
    """A random walk for each; now and then a day without volume or without a row, never the first or the last."""
    rulebook = load_rulebook()
    parts = []
    for ticker, exchange in zip(instruments["ticker"], instruments["exchange"], strict=True):
        own = sessions(exchange, weekdays[0], weekdays[-1], rulebook).dates
        count = len(own)
        close = 40.0 * np.exp(np.cumsum(rng.normal(0.0, 0.02, count)))
        opens = np.append(40.0, close[:-1]) * np.exp(rng.normal(0.0, 0.008, count))
        high = np.maximum(opens, close) * np.exp(np.abs(rng.normal(0.0, 0.006, count)))
        low = np.minimum(opens, close) * np.exp(-np.abs(rng.normal(0.0, 0.006, count)))
        volume = np.round(rng.uniform(1e6, 3e6, count))
        frame = pd.DataFrame(
            {"ticker": ticker, "date": own, "open": opens, "high": high, "low": low, "close": close, "volume": volume}
        ).round({"open": 2, "high": 2, "low": 2, "close": 2})
        inner = rng.permutation(np.arange(1, count - 1))
        if count > 10 and ticker != INDEX:
            frame.loc[inner[:1], "volume"] = 0.0
            frame = frame.drop(index=inner[1:2].tolist())
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def _news(
    rng: np.random.Generator,
    count: int,
    weekdays: Sequence[date],
    names: Mapping[str, str],
    event_types: Sequence[str],
    issuers: Sequence[str],
) -> pd.DataFrame:
    own = list(names.values())
    speakers = [*issuers] * 2 or [*own, *STRANGERS]
    days = np.sort(rng.choice(np.arange(1, len(weekdays) - 2), count, replace=count > len(weekdays) - 3))
    rows = []
    for k, day in enumerate(days.tolist()):
        blank = rng.random(4) < 0.3
        rows.append(
            {
                "event_id": f"e{k + 1:03d}",
                "published_at": f"{weekdays[day]}T{rng.choice(HOURS)}Z",
                "event_type": str(rng.choice(list(event_types) or ["model_release"])),
                "issuer": str(rng.choice([*speakers, *own])),
                "headline": "News",
                "rivals": "" if blank[0] else str(rng.choice(own)),
                "sentiment": np.nan if blank[1] else float(rng.choice([-1.0, -0.5, 0.5, 0.8, 1.0])),
                "relevance": np.nan if blank[2] else float(rng.choice([0.25, 0.5, 1.0])),
                "tickers": ";".join(rng.choice(list(names), 2, replace=False)) if blank[3] and len(names) > 1 else "",
            }
        )
    return pd.DataFrame(rows)


def _relations(
    rng: np.random.Generator, weekdays: Sequence[date], own: Sequence[str], strangers: Sequence[str]
) -> pd.DataFrame:
    """Some known from before the market opens, others as time goes on; one ends."""
    rows: list[tuple[PlainValue, ...]] = []
    before = weekdays[0] - timedelta(days=9)
    for k, subject in enumerate(dict.fromkeys((*strangers, *own))):
        others = [name for name in own if name != subject]
        for kind, effect in (("rival_of", -1.0 if k % 2 else 0.5), ("supplier_of", 0.5)):
            if others:
                day = weekdays[int(rng.integers(len(weekdays)))]
                known = before if kind == "rival_of" and k < 3 else day
                rows.append((subject, kind, str(rng.choice(others)), effect, str(known), ""))
    if rows:
        rows[-1] = (*rows[-1][:4], str(weekdays[3]), str(weekdays[len(weekdays) // 2]))
    return pd.DataFrame(rows, columns=["subject", "relation", "object", "effect", "from", "to"])


def _memberships(
    rng: np.random.Generator, weekdays: Sequence[date], tickers: Sequence[str], themes: Sequence[str]
) -> pd.DataFrame:
    """Half of the instruments have each theme from the start, the others from a day on."""
    rows = []
    for theme in themes:
        for k, ticker in enumerate(tickers):
            later = weekdays[int(rng.integers(1, 2 * len(weekdays) // 3))]
            rows.append((ticker, theme, str(later if k % 2 else weekdays[0] - timedelta(days=9))))
    return pd.DataFrame(rows, columns=["ticker", "theme", "from"]).assign(to="")


def _rates(rng: np.random.Generator, weekdays: Sequence[date]) -> pd.DataFrame:
    days = [weekdays[0] - timedelta(days=5), *weekdays]
    parts = [
        pd.DataFrame(
            {
                "pair": pair,
                "date": [str(day) for day in days],
                "rate": np.round(level * np.exp(np.cumsum(rng.normal(0, 0.001, len(days)))), 5),
            }
        )
        for pair, level in (("USDHKD", 7.78), ("CNYHKD", 1.08))
    ]
    return pd.concat(parts, ignore_index=True)
