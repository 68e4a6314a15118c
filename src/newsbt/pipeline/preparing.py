"""What all strategies of a run share: everything read, placed on rows, and linked."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from newsbt._typing import Bools, Instants, Ints
from newsbt.assembly import Components, file_hashes
from newsbt.digests import digest_of
from newsbt.domain.entity import Universe
from newsbt.domain.events import EventTable
from newsbt.domain.ledger import Outcome
from newsbt.domain.market import MarketPanel
from newsbt.domain.progress import Progress
from newsbt.domain.results import Labels, RunSummary
from newsbt.domain.showing import brief
from newsbt.errors import DataError, nearest
from newsbt.events.batch import AnnouncementBatch, merge
from newsbt.events.labels import Labelled, LabelTable, label
from newsbt.linking.frames import LinkTable, link_table
from newsbt.linking.rows import place_links
from newsbt.markets.calendars import sessions
from newsbt.markets.clock import BEFORE, close_rows, place
from newsbt.markets.costs import FeeTable
from newsbt.markets.fx import FxRates, align_fx
from newsbt.markets.rules import TradingRules, trading_rules
from newsbt.prices.align import AlignedPrices
from newsbt.prices.fx import FxTable
from newsbt.prices.quality import Doubt, find_limit_breaks, find_off_ticks
from newsbt.prices.source import PriceSource
from newsbt.prices.table import PriceTable
from newsbt.simulation.placing import traded_places
from newsbt.simulation.terms import Slippage

__all__ = ["Inputs", "Prepared", "prepare", "prepare_inputs", "read_inputs"]

NOTICE_FILE = "NOTICE.txt"  # beside price files: its first line is shown wherever their numbers are


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Everything that the strategies of a run share; `doubts` are those about its prices."""

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
    cutoffs: tuple[date, ...]
    currency: str
    periods_per_year: float
    doubts: tuple[Doubt, ...]
    summary: RunSummary
    hashes: Mapping[str, Any]
    seconds: Mapping[str, float]

    __repr__ = brief

    @property
    def panel(self) -> MarketPanel:
        return self.prices.panel

    @cached_property
    def link_market(self) -> Ints:
        """(L,): the market in which each link trades."""
        return _markets(self.links, self.universe, self.panel)

    @property
    def labels(self) -> Labels:
        return Labels(panel=self.panel, events=self.events)


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Everything a run reads, price rows when they are asked for. `labelled` is what labels made elsewhere tell."""

    universe: Universe
    batch: AnnouncementBatch
    prices: PriceSource
    fx: FxTable | None
    labelled: Labelled = field(default_factory=Labelled)

    __repr__ = brief

    @property
    def table(self) -> PriceTable:
        return self.prices.table

    def with_table(self, table: PriceTable) -> Inputs:
        """The same with other price rows."""
        return replace(self, prices=PriceSource.of_table(table))


def prepare(components: Components, progress: Progress) -> Prepared:
    """Read everything, place it on rows, and link it."""
    began = time.perf_counter()
    progress.stage("load", None)
    inputs = read_inputs(components)
    return prepare_inputs(components, inputs, progress, began=began)


def read_inputs(components: Components) -> Inputs:
    """Read universe, announcements, prices and rates."""
    universe = components.read_universe()
    batch, labelled = _read_news(components, universe)
    return Inputs(
        universe=universe,
        batch=batch,
        prices=PriceSource.of_readers(components.prices, universe.tickers),
        fx=None if components.fx is None else components.fx.read(),
        labelled=labelled,
    )


def prepare_inputs(
    components: Components, inputs: Inputs, progress: Progress, *, began: float | None = None
) -> Prepared:
    """Place what was read on rows, and link it."""
    config, rulebook = components.config, components.rulebook
    began = time.perf_counter() if began is None else began
    universe, batch, fx_table = inputs.universe, inputs.batch, inputs.fx
    prices = inputs.prices.aligned(universe, rulebook, config.period.start, config.period.end)
    panel = prices.panel
    currency = config.account.currency or _shared_currency(universe, panel)
    if config.benchmark is not None and config.benchmark not in universe.position:
        raise DataError(
            f"benchmark: {config.benchmark!r} is not an instrument{nearest(config.benchmark, universe.tickers)}"
        )
    rules = trading_rules(panel, universe, rulebook, enabled=config.execution.market_rules is not False)
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
    link_row, link_first = place_links(links, _markets(links, universe, panel), panel.clock, placement, closes)
    linked = time.perf_counter()

    per_year = config.evaluation.periods_per_year
    periods_per_year = _sessions_a_year(universe, panel, rulebook) if per_year == "auto" else float(per_year)
    files = [
        *components.files,
        *batch.files,
        *inputs.prices.files,
        *(() if fx_table is None else fx_table.files),
    ]
    doubts = _doubts(components, universe, prices, rules)
    summary = _summary(
        components, universe, prices, batch, events, links, dropped, currency, periods_per_year,
        {} if fx_table is None else fx_table.bad_rows, (*_notices(inputs.prices.files), *inputs.labelled.notices),
        inputs.labelled.strangers, doubts,
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
        cutoffs=inputs.labelled.cutoffs,
        currency=currency,
        periods_per_year=periods_per_year,
        doubts=doubts,
        summary=summary,
        hashes={
            "config": digest_of(components.document),
            "data": {**components.handed_over, **file_hashes(files)},
        },
        seconds={"load": loaded - began, "link": linked - loaded},
    )


def _read_news(components: Components, universe: Universe) -> tuple[AnnouncementBatch, Labelled]:
    """All announcements, with the labels that were made for them elsewhere."""
    tickers = frozenset(universe.tickers)
    tables = [reader for reader in components.readers if isinstance(reader, LabelTable)]
    batches = []
    for reader in components.readers:
        if isinstance(reader, LabelTable):
            continue
        wants = getattr(reader, "with_universe", None)
        batches.append((reader if wants is None else wants(universe)).read(tickers))
    return label(merge(batches), tables, tickers)


def _link(
    components: Components, universe: Universe, panel: MarketPanel, batch: AnnouncementBatch
) -> tuple[EventTable, LinkTable, Ints, Ints | None, Mapping[str, int]]:
    """Events in the run, their links and rows; events outside are dropped and counted (T5)."""
    config = components.config
    latency = config.execution.latency
    items = sorted(batch.announcements, key=lambda item: item.event_id)
    known = [item.known_at(latency) for item in items]
    known_at = np.array([at.replace(tzinfo=None) for at in known], dtype="M8[ns]")
    linker = components.linker.linking(universe, components.hops)
    links = [linker.link(item, at.date()) for item, at in zip(items, known, strict=True)]
    placement = place(known_at, panel.clock)
    closes = close_rows(known_at, panel.clock, components.rulebook) if config.execution.entry == "same_close" else None
    found = link_table(links)
    begins = found.event, _markets(found, universe, panel)
    priced = np.unique(panel.market_of[panel.has_prices])  # where an event without links could be traded
    lone = ~np.isin(np.arange(len(items)), found.event)

    def of_events(cells: Bools) -> Bools:
        """(E,): whether any of an event's markets has a true cell in an (E, M) table."""
        linked: Bools = np.bincount(found.event, weights=cells[begins], minlength=len(items)) > 0
        return np.where(lone, cells[:, priced].any(axis=1), linked)

    inside = of_events((placement >= 0) if closes is None else (placement >= 0) | (closes >= 0))
    after = ~inside & of_events(placement != BEFORE)
    counts = {Outcome.BEFORE_PERIOD: int((~inside & ~after).sum()), Outcome.AFTER_PERIOD: int(after.sum())}
    places = np.flatnonzero(inside)
    events = EventTable(announcements=tuple(items[e] for e in places.tolist()), known_at=known_at[places])
    return (
        events,
        found if inside.all() else link_table([links[e] for e in places.tolist()]),
        placement[places],
        None if closes is None else closes[places],
        {reason.word: count for reason, count in counts.items() if count},
    )


def _markets(links: LinkTable, universe: Universe, panel: MarketPanel) -> Ints:
    """(L,): the market in which each link trades: an index's is its proxy's (X18)."""
    return np.asarray(panel.market_of[traded_places(universe)[links.ticker]], dtype=np.int64)


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


def _doubts(
    components: Components, universe: Universe, prices: AlignedPrices, rules: TradingRules
) -> tuple[Doubt, ...]:
    """All doubts about prices; those between price steps are nothing new where the reader said they are adjusted."""
    found = (*prices.doubts, *find_limit_breaks(prices.panel, rules))
    if any(doubt.kind == "adjusted_prices" for doubt in prices.doubts):
        return found
    return (*found, *find_off_ticks(prices.panel, universe, components.rulebook))


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
    notices: tuple[str, ...], strangers: int, doubts: tuple[Doubt, ...],
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
        "events": {**batch.bad_rows, **({"same_story": batch.merged} if batch.merged else {}), **dropped},
        "labels": {"unknown_event": strangers} if strangers else {},
        "prices": dict(prices.bad_rows),
        "prices of tickers that are no instruments": dict(prices.ignored_tickers),
        "fx": dict(fx_bad),
        **universe.bad_rows,
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
        doubts=tuple(doubt.message for doubt in doubts),
        spans={
            "rows": [str(panel.dates[0]), str(panel.dates[-1])],
            "events": [str(min(published)), str(max(published))] if published else None,
        },
    )
