"""One run, from config to results table, as a straight line: read, place, link, signal, simulate, evaluate."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from newsbt._typing import Floats, Instants, Ints
from newsbt.analysis.attribution import event_rows, signal_rows
from newsbt.analysis.benchmark import benchmark_ledger
from newsbt.analysis.definitions import DEFINITIONS
from newsbt.analysis.evaluation import evaluate, last_rows, queue_warning, session_returns
from newsbt.assembly import Components, StrategySpec, assemble, file_hashes, position_terms
from newsbt.config.loading import LoadedConfig
from newsbt.domain.check import CheckReport
from newsbt.domain.entity import Universe
from newsbt.domain.entries import Entries
from newsbt.domain.events import EventTable
from newsbt.domain.ledger import Ledger, Outcome
from newsbt.domain.market import MarketPanel
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.domain.results import Labels, RunResult, RunSummary, StrategyResult
from newsbt.domain.signal import Signal
from newsbt.errors import DataError, NewsbtError, StrategyError, UnsupportedError, nearest
from newsbt.events.batch import AnnouncementBatch, merge
from newsbt.linking.frames import LinkTable, event_frame, instrument_frame, link_frame, link_table
from newsbt.linking.links import Linker
from newsbt.markets.calendars import sessions
from newsbt.markets.clock import BEFORE, bar_clock, close_rows, daily_clock, place
from newsbt.markets.costs import FeeTable
from newsbt.markets.fx import FxRates, align_fx
from newsbt.markets.rules import TradingRules, trading_rules
from newsbt.ports import EventView
from newsbt.prices.align import AlignedPrices, align
from newsbt.prices.table import combine
from newsbt.simulation.grid import Targets
from newsbt.simulation.placing import PlacedSignals, place_signals, traded_places
from newsbt.simulation.terms import PositionTerms, Slippage, Terms
from newsbt.strategies import baselines

__all__ = ["Prepared", "check", "prepare", "run", "run_components"]

NOTICE_FILE = "NOTICE.txt"  # beside price files: its first line is shown wherever their numbers are


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Everything that the strategies of a run share."""

    components: Components
    universe: Universe
    prices: AlignedPrices
    rules: TradingRules
    fx: FxRates
    fees: FeeTable
    slippage: Slippage
    events: EventTable
    links: LinkTable
    link_row: Ints
    link_first: Instants
    placement: Ints
    close_rows: Ints | None
    currency: str
    periods_per_year: float
    summary: RunSummary
    hashes: Mapping[str, Any]
    seconds: Mapping[str, float]

    @property
    def panel(self) -> MarketPanel:
        return self.prices.panel

    @property
    def labels(self) -> Labels:
        return Labels(panel=self.panel, events=self.events)


def run(
    loaded: LoadedConfig,
    *,
    strategies: Sequence[str] = (),
    engine: str | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Backtest every strategy and baseline of a config.

    Parameters
    ----------
    strategies : sequence of str
        Names of the strategies to run; empty: all.
    engine : str, optional
        Instead of the config's `execution.engine`.
    progress : Progress, optional
        Told what goes on.

    Raises
    ------
    ConfigError, DataError, UnsupportedError
        The run cannot start; the error names file, line and key.
    StrategyError
        A strategy raised, or answered what is no signal.
    """
    if engine is not None:
        loaded = loaded.override([("execution.engine", engine)])
    return run_components(assemble(loaded, strategies), progress=progress)


def check(loaded: LoadedConfig) -> CheckReport:
    """Everything a run would use, without running: counts, spans, drops, doubts, and every error found."""
    name = loaded.config.name
    try:
        prepared = prepare(assemble(loaded), SilentProgress())
    except NewsbtError as error:
        return CheckReport.failed(error, name)
    summary = prepared.summary
    return CheckReport(
        name=name,
        counts=summary.counts,
        spans=summary.spans,
        drops=summary.drops,
        hindsight=summary.hindsight,
        notices=summary.notices,
        doubts=summary.doubts,
        strategies=tuple(spec.name for spec in prepared.components.strategies),
        periods_per_year=summary.periods_per_year,
    )


def run_components(components: Components, *, progress: Progress | None = None) -> RunResult:
    """The same for components that are already built."""
    progress = progress or SilentProgress()
    started_at, began = datetime.now(UTC), time.perf_counter()
    prepared = prepare(components, progress)
    config = components.config

    progress.stage("simulate", len(components.strategies) + len(config.baselines))
    market = _benchmark(prepared)
    market_returns = None
    if market is not None:
        rows = last_rows(prepared.panel.dates)
        market_returns = session_returns(market.equity[rows], market.initial_cash)
    results = []
    for spec in components.strategies:
        results.append(_run_strategy(prepared, spec, market_returns))
        progress.advance()
    benchmark: StrategyResult | None = None
    for name in config.baselines:
        row = _baseline(prepared, name, market, market_returns)
        if row is not None:
            results.append(row)
        progress.advance()
    if market is not None:
        benchmark = next((row for row in results if row.kind == "benchmark"), None)
        benchmark = benchmark or _benchmark_result(prepared, market, market_returns)

    hashes = {**prepared.hashes, "strategies": {spec.name: spec.source_hash for spec in components.strategies}}
    digest = hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()
    return RunResult(
        run_id=digest[:12],
        name=config.name,
        config=components.document,
        strategies=tuple(results),
        benchmark=benchmark,
        summary=prepared.summary,
        definitions=DEFINITIONS,
        hashes=hashes,
        versions=_versions(),
        timings={
            **prepared.seconds,
            "simulate": {row.name: row.seconds for row in results},
            "total": time.perf_counter() - began,
        },
        seed=config.evaluation.seed,
        started_at=started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def prepare(components: Components, progress: Progress) -> Prepared:
    """Read everything, place it on rows, and link it."""
    config, rulebook = components.config, components.rulebook
    if config.execution.engine == "compiled":
        raise UnsupportedError("execution.engine: the compiled engine is not built yet; use backtrader")
    began = time.perf_counter()
    progress.stage("load", None)
    universe = components.read_universe()
    tickers = frozenset(universe.tickers)
    batch = merge(reader.read(tickers) for reader in components.readers)
    table = combine(reader.read(tickers) for reader in components.prices)
    prices = align(
        table,
        universe,
        lambda start, end, markets: daily_clock(markets, start, end, rulebook),
        config.period.start,
        config.period.end,
        bar_clock_for=lambda markets, bars, interval: bar_clock(markets, bars, interval, rulebook),
    )
    panel = prices.panel
    currency = config.account.currency or _shared_currency(universe, panel)
    if config.benchmark is not None and config.benchmark not in universe.position:
        raise DataError(
            f"benchmark: {config.benchmark!r} is not an instrument{nearest(config.benchmark, universe.tickers)}"
        )
    rules = trading_rules(panel, universe, rulebook, enabled=config.execution.market_rules is not False)
    fx_table = None if components.fx is None else components.fx.read()
    quotes = (
        {}
        if fx_table is None
        else {
            pair: list(zip(days.tolist(), rates.tolist(), strict=True))
            for pair, (days, rates) in fx_table.rates.items()
        }
    )
    fx = align_fx(quotes, currency, panel, universe, needed=[config.benchmark] if config.benchmark else ())
    fees = components.costs.table(panel, universe, rulebook)
    slippage = components.slippage.table(panel, rules)
    loaded = time.perf_counter()

    progress.stage("link", None)
    events, links, placement, closes, dropped = _link(components, universe, panel, batch)
    link_market = panel.market_of[links.ticker]
    link_row = placement[links.event, link_market]
    link_first = np.full(len(link_row), np.datetime64("NaT", "ns"))
    inside = link_row >= 0
    link_first[inside] = panel.clock.open_at[link_row[inside], link_market[inside]]
    if closes is not None:
        closing = closes[links.event, link_market]
        link_first[closing >= 0] = panel.clock.close_at[closing[closing >= 0], link_market[closing >= 0]]
        link_row = np.where(closing >= 0, closing, link_row)
    linked = time.perf_counter()

    per_year = config.evaluation.periods_per_year
    periods_per_year = _sessions_a_year(universe, panel, rulebook) if per_year == "auto" else float(per_year)
    files = [
        *components.files,
        *batch.files,
        *table.files,
        *(() if fx_table is None else fx_table.files),
    ]
    summary = _summary(
        components, universe, prices, batch, events, links, dropped, currency, periods_per_year,
        {} if fx_table is None else fx_table.bad_rows, _notices(table.files),
    )  # fmt: skip
    return Prepared(
        components=components,
        universe=universe,
        prices=prices,
        rules=rules,
        fx=fx,
        fees=fees,
        slippage=slippage,
        events=events,
        links=links,
        link_row=link_row,
        link_first=link_first,
        placement=placement,
        close_rows=closes,
        currency=currency,
        periods_per_year=periods_per_year,
        summary=summary,
        hashes={
            "config": hashlib.sha256(json.dumps(components.document, sort_keys=True, default=str).encode()).hexdigest(),
            "data": file_hashes(files),
        },
        seconds={"load": loaded - began, "link": linked - loaded},
    )


def view_of(prepared: Prepared, hops: int = 1) -> EventView:
    """What a strategy sees, links up to so many relations away."""
    panel, universe = prepared.panel, prepared.universe
    events = event_frame(prepared.events)
    links = link_frame(prepared.links, events, universe, prepared.link_row, prepared.link_first)
    links = links[links["hop"] <= max(1, hops)].reset_index(drop=True)
    return EventView(
        links=links,
        events=events,
        universe=universe,
        tickers=np.array(universe.tickers, dtype=object),
        dates=panel.dates,
        instruments=instrument_frame(universe),
        open=panel.open,
        high=panel.high,
        low=panel.low,
        close=panel.close,
        volume=panel.volume,
        tradable=panel.tradable,
    )


def terms_of(prepared: Prepared, position: PositionTerms) -> Terms:
    """The terms of one strategy: its position block in the run's market."""
    execution = prepared.components.config.execution
    return Terms(
        panel=prepared.panel,
        rules=prepared.rules,
        fees=prepared.fees,
        fx=prepared.fx,
        position=position,
        cash=prepared.components.config.account.cash,
        may_trade=np.array([item.tradable and not item.is_index for item in prepared.universe.instruments]),
        slippage=prepared.slippage,
        participation=execution.participation,
        reject_short_cash=execution.on_short_cash == "reject",
        borrow_bps=execution.borrow_bps,
    )


def _link(
    components: Components, universe: Universe, panel: MarketPanel, batch: AnnouncementBatch
) -> tuple[EventTable, LinkTable, Ints, Ints | None, Mapping[str, int]]:
    """Events in the run, their links and rows; events outside are dropped and counted (T5)."""
    config = components.config
    latency = config.execution.latency
    items = sorted(batch.announcements, key=lambda item: item.event_id)
    known = [item.known_at(latency) for item in items]
    known_at = np.array([at.replace(tzinfo=None) for at in known], dtype="M8[ns]")
    hops = max([1, *(int(getattr(spec.strategy, "hops", 1)) for spec in components.strategies)])
    linker = Linker(universe, hops)
    links = [linker.link(item, at.date()) for item, at in zip(items, known, strict=True)]
    placement = place(known_at, panel.clock)
    closes = close_rows(known_at, panel.clock, components.rulebook) if config.execution.entry == "same_close" else None
    priced = np.unique(panel.market_of[panel.has_prices])
    dropped: dict[str, int] = {}
    kept: list[int] = []
    for e in range(len(items)):
        markets = np.unique(panel.market_of[[link.place for link in links[e]]]) if links[e] else priced
        rows = placement[e, markets]
        if (rows >= 0).any() or (closes is not None and (closes[e, markets] >= 0).any()):
            kept.append(e)
        else:
            reason = Outcome.BEFORE_PERIOD if (rows == BEFORE).all() else Outcome.AFTER_PERIOD
            dropped[reason.word] = dropped.get(reason.word, 0) + 1
    places = np.array(kept, dtype=np.int64)
    events = EventTable(announcements=tuple(items[e] for e in kept), known_at=known_at[places])
    return (
        events,
        link_table([links[e] for e in kept]),
        placement[places],
        None if closes is None else closes[places],
        dropped,
    )


def _run_strategy(prepared: Prepared, spec: StrategySpec, market_returns: Floats | None) -> StrategyResult:
    began = time.perf_counter()
    view = view_of(prepared, int(getattr(spec.strategy, "hops", 1)))
    signal = _ask(spec, view)
    terms = terms_of(prepared, position_terms(spec.position))
    if signal.events is None:
        raise UnsupportedError(f"strategy {spec.name!r}: signals as a grid are not built yet; answer Signal.for_events")
    placed = place_signals(
        signal.events,
        prepared.events,
        prepared.universe,
        prepared.panel,
        prepared.placement,
        prepared.close_rows,
        spec.position.weight,
        spec.position.event_weight,
    )
    ledger = _simulate(terms, placed.entries)
    warning = queue_warning(ledger, placed.entries)
    return _result(
        prepared, spec.name, "strategy", ledger, placed, market_returns,
        terms=terms, seconds=time.perf_counter() - began, warnings=() if warning is None else (warning,),
        source_hash=spec.source_hash, hops=int(getattr(spec.strategy, "hops", 1)),
    )  # fmt: skip


def _ask(spec: StrategySpec, view: EventView) -> Signal:
    """The strategy's own answer; what it raises is reported as its error, not ours."""
    try:
        answer = spec.strategy.signal(view)
    except NewsbtError:
        raise
    except Exception as error:
        raise StrategyError(f"strategy {spec.name!r} raised {type(error).__name__}: {error}") from error
    if not isinstance(answer, Signal):
        raise StrategyError(
            f"strategy {spec.name!r} answered a {type(answer).__name__}; signal() returns Signal.for_events(frame) or "
            "Signal.grid(array)"
        )
    return answer


def _simulate(terms: Terms, wanted: Entries | Targets) -> Ledger:
    from newsbt.simulation.backtrader import simulate

    return simulate(terms, wanted)


def _baseline(
    prepared: Prepared, name: str, market: Ledger | None, market_returns: Floats | None
) -> StrategyResult | None:
    began = time.perf_counter()
    if name == "benchmark":
        return None if market is None else _benchmark_result(prepared, market, market_returns)
    universe, panel = prepared.universe, prepared.panel
    count = len(baselines.members(universe, panel))
    share = 1.0 / max(count, 1)
    wanted: Entries | Targets
    if name == "buy_and_hold":
        terms = terms_of(prepared, PositionTerms(weight=share, hold=None))
        wanted = baselines.buy_and_hold(universe, panel)
    else:
        terms = terms_of(prepared, PositionTerms(weight=share, hold=None, rebalance="monthly"))
        wanted = Targets(grid=baselines.equal_weight(universe, panel), causes={})
    ledger = _simulate(terms, wanted)
    return _result(
        prepared, name, "baseline", ledger, None, market_returns, terms=terms, seconds=time.perf_counter() - began
    )


def _benchmark(prepared: Prepared) -> Ledger | None:
    config = prepared.components.config
    if config.benchmark is None:
        return None
    n = prepared.universe.position[config.benchmark]
    currency = prepared.fx.currency_of[n]
    return benchmark_ledger(
        prepared.panel, n, config.account.cash, prepared.fx.fill_rate[:, currency], prepared.fx.mark_rate[:, currency]
    )


def _benchmark_result(prepared: Prepared, market: Ledger, market_returns: Floats | None) -> StrategyResult:
    return _result(prepared, "benchmark", "benchmark", market, None, market_returns, terms=None, seconds=0.0)


def _result(
    prepared: Prepared,
    name: str,
    kind: str,
    ledger: Ledger,
    placed: PlacedSignals | None,
    market_returns: Floats | None,
    *,
    terms: Terms | None,
    seconds: float,
    warnings: tuple[str, ...] = (),
    source_hash: str = "",
    hops: int = 1,
) -> StrategyResult:
    counts = prepared.summary.counts
    found = evaluate(
        ledger,
        prepared.panel,
        benchmark=market_returns,
        periods_per_year=prepared.periods_per_year,
        events={key: counts[key] for key in ("events", "events_linked")} if kind == "strategy" else {},
        refused_value=None if terms is None else _refused_value(ledger, terms),
    )
    labels = prepared.labels
    return StrategyResult(
        name=name,
        engine="none" if kind == "benchmark" else prepared.components.config.execution.engine,
        kind=kind,
        metrics=found.metrics,
        reasons=found.reasons,
        counts=found.counts,
        ledger=ledger,
        labels=labels,
        signals_of=partial(_signal_table, name, labels, placed),
        events_of=partial(_event_table, name, prepared, ledger, placed, hops),
        warnings=warnings,
        source_hash=source_hash,
        seconds=seconds,
    )


def _refused_value(ledger: Ledger, terms: Terms) -> float:
    """What the entries that were refused whole would have earned, account currency, without costs."""
    rows = ledger.refusals
    rows = rows[np.isfinite(rows["would_have_returned"]) & np.isfinite(rows["wanted"])]
    at_open = terms.panel.open[rows["row"], rows["ticker"]]
    price = np.where(rows["at_close"], terms.panel.close[rows["row"], rows["ticker"]], at_open)
    rate = terms.fx.fill_rate[rows["row"], terms.fx.currency_of[rows["ticker"]]]
    return float((rows["wanted"] * price * rate * rows["would_have_returned"]).sum())


def _signal_table(name: str, labels: Labels, placed: PlacedSignals | None) -> Any:
    empty = np.empty(0, dtype=np.int64)
    if placed is None:
        return signal_rows(name, labels, empty, empty, np.empty(0), empty)
    return signal_rows(name, labels, placed.event, placed.ticker, placed.signal, placed.row)


def _event_table(name: str, prepared: Prepared, ledger: Ledger, placed: PlacedSignals | None, hops: int) -> Any:
    """R4's rows: the links a strategy saw and the pairs it signalled."""
    panel, none = prepared.panel, np.empty(0, dtype=np.int64)
    shown = np.array([placed is not None and link.hop <= max(1, hops) for link in prepared.links.links], dtype=bool)
    weight = np.array([link.weight for link in prepared.links.links], dtype=np.float64)
    event, ticker, signal, row, outcome, first = none, none, np.empty(0), none, none, np.empty(0, "M8[ns]")
    link_ticker = prepared.links.ticker
    if placed is not None:
        event, ticker, signal, row = placed.event, placed.ticker, placed.signal, placed.row
        outcome = placed.outcome.copy()
        entered = placed.entry >= 0
        outcome[entered] = ledger.outcome[placed.entry[entered]]
        first = np.full(len(row), np.datetime64("NaT", "ns"))
        inside = row >= 0
        closes = np.zeros(len(row), dtype=bool)
        closes[entered] = placed.entries.at_close[placed.entry[entered]]
        market = panel.market_of[ticker]
        first[inside] = panel.clock.open_at[row[inside], market[inside]]
        at_close = inside & closes
        first[at_close] = panel.clock.close_at[row[at_close], market[at_close]]
        signalled = set(zip(event.tolist(), ticker.tolist(), strict=True))
        traded = traded_places(prepared.universe)[link_ticker]
        as_traded = [pair in signalled for pair in zip(prepared.links.event.tolist(), traded.tolist(), strict=True)]
        link_ticker = np.where(as_traded, traded, link_ticker) if len(traded) else link_ticker
    return event_rows(
        name,
        prepared.labels,
        ledger,
        link_event=prepared.links.event[shown],
        link_ticker=link_ticker[shown],
        link_weight=weight[shown],
        link_first=prepared.link_first[shown],
        signal_event=event,
        signal_ticker=ticker,
        signal=signal,
        signal_first=first,
        signal_outcome=outcome,
    )


def _shared_currency(universe: Universe, panel: MarketPanel) -> str:
    currencies = {
        item.currency
        for n, item in enumerate(universe.instruments)
        if panel.has_prices[n] and item.tradable and not item.is_index
    }
    if len(currencies) == 1:
        return currencies.pop()
    raise DataError(
        f"the instruments with prices are in {', '.join(sorted(currencies)) or 'no currency'}; "
        "say in which one the account is kept, such as `account: {currency: HKD}`"
    )


def _sessions_a_year(universe: Universe, panel: MarketPanel, rulebook: Any) -> float:
    """Mean number of rows a year by calendar, over the five years that end with the period's last."""
    last_year = int(panel.dates[-1].astype("M8[Y]").astype(int)) + 1970
    start, end = date(last_year - 4, 1, 1), date(last_year, 12, 31)
    markets = {universe.instruments[n].exchange for n in np.flatnonzero(panel.has_prices)}
    days = [sessions(mic, start, end, rulebook).dates for mic in sorted(markets)]
    return len(np.unique(np.concatenate(days))) / 5.0


def _notices(files: Sequence[Path]) -> tuple[str, ...]:
    """What the folders of the price files say must stand beside their numbers."""
    found: dict[str, None] = {}
    for folder in dict.fromkeys(file.parent for file in files):
        note = folder / NOTICE_FILE
        if note.is_file():
            found[note.read_text(encoding="utf-8").split("\n", 1)[0].strip()] = None
    return tuple(found)


def _summary(
    components: Components, universe: Universe, prices: AlignedPrices, batch: AnnouncementBatch, events: EventTable,
    links: LinkTable, dropped: Mapping[str, int], currency: str, periods_per_year: float, fx_bad: Mapping[str, int],
    notices: tuple[str, ...],
) -> RunSummary:  # fmt: skip
    panel = prices.panel
    priced = np.flatnonzero(panel.has_prices)
    notes = list(notices)
    execution = components.config.execution
    if execution.market_rules is False:
        notes.append("market rules were not applied: no lots, price limits, T+1 or short rules")
    if execution.costs.use == "zero" and execution.slippage.use == "zero":
        notes.append("no costs and no slippage were charged")
    drops = {
        "events": {**batch.bad_rows, **dropped},
        "prices": dict(prices.bad_rows),
        "prices of tickers that are no instruments": dict(prices.ignored_tickers),
        "fx": dict(fx_bad),
    }
    published = [item.published_at.astimezone(UTC) for item in events.announcements]
    return RunSummary(
        first_date=panel.dates[0],
        last_date=panel.dates[-1],
        rows=len(panel.clock),
        exchanges=tuple(sorted({universe.instruments[n].exchange for n in priced})),
        tickers=len(universe.instruments),
        tickers_with_prices=len(priced),
        currency=currency,
        periods_per_year=periods_per_year,
        counts={
            "events": batch.rows_read,
            "events_in_run": len(events),
            "events_linked": len(np.unique(links.event)),
            "links": len(links.event),
            "price_rows": prices.rows_read,
            "instruments": len(universe.instruments),
            "instruments_with_prices": len(priced),
            "relations": len(universe.relations),
        },
        drops={source: reasons for source, reasons in drops.items() if reasons},
        hindsight=universe.hindsight(),
        notices=tuple(notes),
        doubts=tuple(doubt.message for doubt in prices.doubts),
        spans={
            "rows": [str(panel.dates[0]), str(panel.dates[-1])],
            "events": [str(min(published)), str(max(published))] if published else None,
        },
    )


def _versions() -> dict[str, str]:
    packages = ("newsbt", "backtrader", "pandas", "numpy", "numba", "pyarrow", "exchange_calendars", "scipy")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}
