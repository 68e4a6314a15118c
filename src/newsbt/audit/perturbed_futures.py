"""Other futures: a run's inputs, changed only in what could not be known when an order had to be in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from types import MappingProxyType

import numpy as np

from newsbt._typing import Bools
from newsbt.assembly import Components
from newsbt.audit.perturbed_universe import OTHER_TIES, Foresight
from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Universe
from newsbt.domain.entries import FillPoint
from newsbt.domain.fx_table import FxTable
from newsbt.domain.instants import utc
from newsbt.domain.market_panel import Clock, MarketPanel, frozen_array
from newsbt.domain.price_table import PRICES, PriceTable
from newsbt.markets.dated_rules import Correction, Rulebook
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.prepare import PreparedRun, RunInputs

__all__ = ["KINDS", "Cut", "Future", "futures", "mixed_futures", "one_thing"]

KINDS = ("prices", "fx", "announcements", *OTHER_TIES)
MIXED = ("one", "other")  # everything of KINDS at once, twice over
TURNS = 8
ONE_HOUR = np.timedelta64(1, "h")
NEW = 7  # announcements that the other future adds
SUSPENDED = 0.25  # of later bars that do not trade where some do not; half of them have no prices either


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where two worlds part: just before an order for row `row` of market `market` has to be in, at `at` (UTC).

    Bars of that row and later differ unless they had closed by then; with `by_row` all of them do, as a grid's row t
    may use rows up to t, and row t + 1 is the one it trades in.
    """

    row: int
    market: int
    at: np.datetime64
    by_row: bool

    @classmethod
    def before(cls, clock: Clock, row: int, market: int, *, by_row: bool) -> Cut:
        """The cut at a market's cut-off of a row, which must be a session of it."""
        return cls(row=row, market=market, at=clock.cutoff_at[row, market].astype("M8[ns]"), by_row=by_row)

    @classmethod
    def before_close(cls, clock: Clock, row: int, market: int) -> Cut:
        """The cut of an entry at the same close (T7): an hour before it, the latest that its event may be known."""
        return cls(row=row, market=market, at=(clock.close_at[row, market] - ONE_HOUR).astype("M8[ns]"), by_row=False)

    def is_in_time(self, clock: Clock, row: int, market: int, point: FillPoint) -> bool:
        """Whether an order for a row and market had to be in by the cut."""
        if row != self.row:
            return 0 <= row < self.row
        if point is FillPoint.CLOSE:
            return bool(clock.close_at[row, market] - ONE_HOUR <= self.at)
        return market < 0 or bool(clock.cutoff_at[row, market] <= self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Future:
    """Inputs, and components where the calendar differs, that agree with the run's up to the cut.

    `what` says what was changed; `moves_bars` that later bars may be gone, so that delayed entries move.
    """

    what: str
    cut: Cut
    components: Components
    inputs: RunInputs
    moves_bars: bool = False


def futures(prepared: PreparedRun, inputs: RunInputs, cut: Cut, seed: int) -> tuple[Callable[[], Future | None], ...]:
    """Makers of several futures after a cut: everything else twice over, then an unforeseen closing day, and none at
    all. The latter two answer None where there is no such future."""
    components, market = prepared.components, prepared.market
    return (
        *(partial(_mixed, components, market, inputs, cut, seed, k) for k in range(len(MIXED))),
        partial(_with_closing_day, components, market, inputs, cut),
        partial(_ended, prepared, inputs, cut),
    )


def mixed_futures(
    components: Components, market: MarketSetup, inputs: RunInputs, cut: Cut, seed: int
) -> Iterator[Future]:
    """Futures of the same sessions, in which everything of KINDS is another; in the last one some bars do not trade."""
    return (_mixed(components, market, inputs, cut, seed, k) for k in range(len(MIXED)))


def _mixed(components: Components, market: MarketSetup, inputs: RunInputs, cut: Cut, seed: int, k: int) -> Future:
    random = np.random.default_rng([seed, cut.row, cut.market, k])
    suspends, latency = MIXED[k] == "other", components.config.execution.latency
    changed = inputs
    for kind in KINDS:
        changed = _changed(market, latency, changed, cut, kind, random, suspends=suspends)
    return Future(what=", ".join(KINDS), cut=cut, components=components, inputs=changed, moves_bars=suspends)


def _with_closing_day(components: Components, market: MarketSetup, inputs: RunInputs, cut: Cut) -> Future | None:
    closing = _closing_day(market.panel.clock, cut)
    if closing is None or inputs.table.intraday:
        return None
    mics, day = closing
    kept = np.flatnonzero(~_rows_on(market, inputs.table, mics, day))
    return Future(
        what="the calendar", cut=cut, moves_bars=True,
        components=replace(components, rulebook=_closed(components.rulebook, mics, day)),
        inputs=inputs.with_table(inputs.table.take(kept)),
    )  # fmt: skip


def _ended(prepared: PreparedRun, inputs: RunInputs, cut: Cut) -> Future | None:
    market = prepared.market
    ended = _later(market, inputs.table, cut) & _after_entries(market.panel, prepared.news, inputs.table, cut)
    if _markets(market, inputs.table, ~ended) != _markets(market, inputs.table, np.ones_like(ended)):
        return None
    nothing = inputs.with_table(_until(market, inputs.table, ended))
    return Future(
        what="whether there is anything", cut=cut, components=prepared.components, inputs=nothing, moves_bars=True
    )


def _until(market: MarketSetup, table: PriceTable, ended: Bools) -> PriceTable:
    """The table without some later rows. Whoever has no others keeps one, without prices, on its market's last day:
    how many instruments have prices is the user's choice, as their number is."""
    column = _columns_of(market.universe, table)
    code, first = np.unique(table.ticker_code, return_index=True)
    lost = first[~np.isin(code, table.ticker_code[~ended]) & (column[first] >= 0)]
    rows = np.append(np.flatnonzero(~ended), lost)
    when, of_market = table.when.copy(), np.where(column >= 0, market.panel.market_of[column], -1)
    for row in lost.tolist():
        when[row] = table.when[~ended & (of_market == of_market[row])].max()
    blank = np.isin(np.arange(len(table)), lost)
    values = {name: np.where(blank, np.nan, column) for name, column in table.values.items()}
    daily = table.bar_start is None
    return replace(
        table, values=MappingProxyType(values), day=when if daily else None, bar_start=None if daily else when
    ).take(rows)


def one_thing(components: Components, market: MarketSetup, inputs: RunInputs, cut: Cut, seed: int) -> Iterator[Future]:
    """Futures in which a single thing differs, each in several ways, to tell which of them a strategy saw."""
    latency = components.config.execution.latency
    for turn in range(TURNS):
        for kind in KINDS:
            suspends = turn == 1
            random = np.random.default_rng([seed, cut.row, cut.market, turn, KINDS.index(kind)])
            changed = _changed(market, latency, inputs, cut, kind, random, suspends=suspends)
            yield Future(
                what=kind, cut=cut, components=components, inputs=changed,
                moves_bars=suspends and kind == "prices",
            )  # fmt: skip


def _changed(
    market: MarketSetup, latency: timedelta, inputs: RunInputs, cut: Cut, kind: str, random: np.random.Generator, *,
    suspends: bool,
) -> RunInputs:  # fmt: skip
    if kind == "prices":
        later = _later(market, inputs.table, cut)
        return inputs.with_table(_other_prices(inputs.table, later, random, suspends=suspends))
    if kind == "fx":
        return inputs if inputs.fx is None else replace(inputs, fx=_other_rates(market.panel, inputs.fx, cut, random))
    if kind in OTHER_TIES:
        sight = _foresight(market, latency, inputs, cut, random)
        return replace(inputs, universe=OTHER_TIES[kind](inputs.universe, sight))
    news = _other_news(inputs.batch.announcements, cut, latency, random)
    return replace(inputs, batch=replace(inputs.batch, announcements=news))


def _foresight(
    market: MarketSetup, latency: timedelta, inputs: RunInputs, cut: Cut, random: np.random.Generator
) -> Foresight:
    """What ties to come are drawn with; the names that news and relations of before the cut speak of are known."""
    known_on, limit = cut.at.astype("M8[D]").astype(date), utc(cut.at)
    known = {
        name.casefold()
        for item in inputs.batch.announcements
        if item.known_at(latency) <= limit
        for name in (item.issuer, item.subject, *item.rivals, *item.tickers)
    }
    for row in inputs.universe.relations:
        if row.from_on is None or row.from_on <= known_on:
            known |= {name.casefold() for name in row.ends}
    return Foresight(
        known_on=known_on,
        known=known,
        issuers=tuple(dict.fromkeys(item.issuer for item in inputs.batch.announcements if item.issuer)),
        statuses=tuple(market.rulebook.statuses),
        random=random,
    )


def _columns_of(universe: Universe, table: PriceTable) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """(R,): each price row's column in the universe, -1 for strangers."""
    known = universe.position
    return np.array([known.get(ticker, -1) for ticker in table.tickers], dtype=np.int64)[table.ticker_code]


def _after_entries(panel: MarketPanel, news: EventSetup, table: PriceTable, cut: Cut) -> Bools:
    """(R,): price rows after the last row that an event known by the cut enters on any market. Without the others an
    event could leave the run (T5), and a signal of it for a market that opens sooner with it, through no peek."""
    clock = panel.clock
    row = int(news.placement[news.events.known_at <= cut.at].max(initial=-1))
    if row < 0:
        return np.ones(len(table), dtype=bool)
    if table.intraday:
        starts = clock.open_at[row]
        return np.asarray(table.when > starts[~np.isnat(starts)].max())
    return np.asarray(table.when.astype("M8[D]") > clock.dates[row].astype("M8[D]"))


def _later(market: MarketSetup, table: PriceTable, cut: Cut) -> Bools:
    """(R,): price rows that could not be known at the cut."""
    panel = market.panel
    clock, column = panel.clock, _columns_of(market.universe, table)
    if table.intraday:
        starts = clock.open_at[cut.row]
        return np.asarray((table.when >= starts[~np.isnat(starts)].min()) & (column >= 0))
    days = table.when.astype("M8[D]")
    later = (days >= panel.dates[cut.row].astype("M8[D]")) & (column >= 0)
    if not cut.by_row:
        row = np.minimum(np.searchsorted(panel.dates.astype("M8[D]"), days), len(clock) - 1)
        closed = clock.close_at[row, panel.market_of[column]] <= cut.at
        later &= ~(closed & (panel.dates[row].astype("M8[D]") == days))
    return np.asarray(later)


def _other_prices(table: PriceTable, later: Bools, random: np.random.Generator, *, suspends: bool) -> PriceTable:
    """Later bars moved, a share a ticker and another a bar, and turned over inside their range, so that a bar that
    rose has fallen. Some lose their volume, or all they have, where `suspends`."""
    count = len(table)
    by_ticker = random.choice([-1.0, 1.0], len(table.tickers)) * random.uniform(0.03, 0.3, len(table.tickers))
    factor = np.where(later, np.exp(by_ticker[table.ticker_code] + random.normal(0.0, 0.06, count)), 1.0)
    values = {
        name: column * factor if name in (*PRICES, "prev_close") else column for name, column in table.values.items()
    }
    turned = later & (random.random(count) < 0.8)
    for name in ("open", "close"):
        values[name] = np.where(turned, values["low"] + (values["high"] - values[name]), values[name])
        values[name] = np.clip(values[name], values["low"], values["high"])
    volume = values["volume"]
    other = np.maximum(np.floor(volume * np.exp(random.normal(0.0, 0.7, count))), 1.0)
    values["volume"] = np.where(later & (volume > 0), other, volume)
    if suspends:
        fate = np.where(later, random.random(count), 1.0)
        values["volume"] = np.where(fate < SUSPENDED, 0.0, values["volume"])
        for name in PRICES:
            values[name] = np.where(fate < SUSPENDED / 2, np.nan, values[name])
    frozen = {name: frozen_array(column, np.float64) for name, column in values.items()}
    return replace(table, values=MappingProxyType(frozen))


def _other_rates(panel: MarketPanel, table: FxTable, cut: Cut, random: np.random.Generator) -> FxTable:
    """Rates of the cut's day are known at its end (C1); bars of that day mark at them, which intraday cuts leave."""
    first = panel.dates[cut.row].astype("M8[D]") + np.timedelta64(int(panel.clock.intraday), "D")
    rates = {
        pair: (days, frozen_array(np.where(days >= first, rates * random.uniform(0.8, 1.25, len(rates)), rates), float))
        for pair, (days, rates) in table.rates.items()
    }
    return replace(table, rates=MappingProxyType(rates))


def _other_news(
    items: Sequence[Announcement], cut: Cut, latency: timedelta, random: np.random.Generator
) -> tuple[Announcement, ...]:
    """Announcements known after the cut: some are gone, the others say what another one says, some of them under
    another id, and there are new ones."""
    limit = utc(cut.at)
    kept = [item for item in items if item.known_at(latency) <= limit]
    later = [item for item in items if item.known_at(latency) > limit]
    for k, item in enumerate(later):
        fate = random.random()
        if fate < 0.25:
            continue
        model = items[int(random.integers(len(items)))]
        kept.append(
            replace(
                model,
                event_id=f"{item.event_id} {k}" if fate < 0.5 else item.event_id,
                published_at=item.published_at,
                received_at=item.received_at,
                time_precision=item.time_precision,
                rivals=() if item.rivals else ("a rival to come",),
                sentiment=-item.sentiment,
                origin=item.origin,
            )
        )
    for k in range(NEW if items else 0):
        like = items[int(random.integers(len(items)))]
        kept.append(
            replace(
                like,
                event_id=f"{'~' if k % 2 else '!'}to come {k}",
                time_precision="minute",
                received_at=None,
                published_at=limit - latency + timedelta(seconds=1, hours=7 * k),
                sentiment=float(random.choice([-1, 1])),
            )
        )
    return tuple(kept)


def _closing_day(clock: Clock, cut: Cut) -> tuple[tuple[str, ...], date] | None:
    """A session of the cut's market after the row of the cut, in which it will unexpectedly be closed."""
    sessions = np.flatnonzero(clock.session_of[:, cut.market] >= 0)
    later = sessions[sessions > cut.row]
    if len(later) < 2:
        return None
    return (clock.markets[cut.market],), clock.dates[later[0]].astype("M8[D]").astype(date)


def _closed(rulebook: Rulebook, mics: Sequence[str], day: date) -> Rulebook:
    closed = Correction(on=day, closed=True)
    changed = {
        mic: replace(rulebook.exchange(mic), corrections={**rulebook.exchange(mic).corrections, day: closed})
        for mic in mics
    }
    return replace(
        rulebook,
        fingerprint=f"{rulebook.fingerprint}, {'/'.join(mics)} closed on {day}",
        exchanges={**rulebook.exchanges, **changed},
    )


def _rows_on(market: MarketSetup, table: PriceTable, mics: Sequence[str], day: date) -> Bools:
    panel, column = market.panel, _columns_of(market.universe, table)
    markets = [panel.clock.markets.index(mic) for mic in mics]
    return np.asarray(
        (column >= 0) & np.isin(panel.market_of[column], markets) & (table.when.astype("M8[D]") == np.datetime64(day))
    )


def _markets(market: MarketSetup, table: PriceTable, rows: Bools) -> frozenset[int]:
    """Markets with prices among some rows: without any, a market's sessions are no rows (T6)."""
    column = _columns_of(market.universe, table)[rows]
    return frozenset(np.unique(market.panel.market_of[column[column >= 0]]).tolist())
