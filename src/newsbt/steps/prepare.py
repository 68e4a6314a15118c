"""What all strategies of a run share: everything read, placed on rows, and linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from newsbt._typing import Instants, Ints
from newsbt.assembly import Components, component_hashes, file_hashes
from newsbt.digests import digest_of
from newsbt.domain.entity import Universe
from newsbt.domain.event_table import EventTable
from newsbt.domain.input_files import kind_of
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.progress import Progress
from newsbt.domain.read_files import digests_of, recording
from newsbt.domain.results import Labels, RunSummary
from newsbt.domain.showing import brief
from newsbt.domain.size_limits import limit_of
from newsbt.domain.slippage_table import Slippage
from newsbt.domain.table_files import read_text
from newsbt.errors import DataError, nearest
from newsbt.linking.link_table import LinkTable
from newsbt.markets.calendars import sessions
from newsbt.markets.costs import FeeTable
from newsbt.markets.dated_rules import Rulebook
from newsbt.markets.fx import FxRates, align_fx
from newsbt.markets.rules import TradingRules, trading_rules
from newsbt.ports import Linking
from newsbt.prices.align import AlignedPrices
from newsbt.prices.quality import Doubt, find_limit_breaks, find_off_ticks
from newsbt.prices.source import PriceSource
from newsbt.steps.read_news import Dropped, markets_of, news_doubts, place_news, read_news
from newsbt.steps.run_inputs import RunInputs
from newsbt.steps.summarise import summary_of

__all__ = [
    "MarketSetup", "PreparedRun", "RunInputs", "link_events", "prepare", "prepare_inputs", "read_inputs",
    "set_up_market",
]  # fmt: skip

NOTICE_FILE = "NOTICE.txt"  # beside price files: its first line is shown wherever their numbers are


@dataclass(frozen=True, kw_only=True)
class MarketSetup:
    """What a run trades in: prices on rows, what may be done there, what it costs and in which currency."""

    universe: Universe
    prices: AlignedPrices
    rules: TradingRules
    fx: FxRates
    fees: FeeTable
    slippage: Slippage
    currency: str

    __repr__ = brief


@dataclass(frozen=True, kw_only=True)
class PreparedRun:
    """Everything that the strategies of a run share; `doubts` are those about its news and prices. What belongs to
    events and links is as in `news.PlacedNews`."""

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
    reasons: tuple[str, ...]
    dropped: Dropped
    linker: Linking
    cutoffs: tuple[date, ...]
    currency: str
    periods_per_year: float
    doubts: tuple[Doubt, ...]
    summary: RunSummary
    hashes: Mapping[str, Any]

    __repr__ = brief

    @property
    def panel(self) -> MarketPanel:
        return self.prices.panel

    @cached_property
    def link_market(self) -> Ints:
        """(L,): the market in which each link trades."""
        return markets_of(self.links, self.universe, self.panel)

    @property
    def labels(self) -> Labels:
        return Labels(panel=self.panel, events=self.events)


def prepare(components: Components, progress: Progress) -> PreparedRun:
    """Read everything, place it on rows, and link it."""
    progress.stage("load", None)
    return prepare_inputs(components, read_inputs(components), progress)


def read_inputs(components: Components) -> RunInputs:
    """Read universe, announcements, prices and rates."""
    with recording() as seen:
        universe = components.read_universe()
        batch, labelled = read_news(components, universe)
        fx = None if components.fx is None else components.fx.read()
        others = [file for file in (*batch.files, *(() if fx is None else fx.files)) if file.absolute() not in seen]
        seen |= {file.absolute(): digest for file, digest in digests_of(others, {}).items()}
    return RunInputs(
        universe=universe,
        batch=batch,
        prices=PriceSource.of_readers(components.prices, universe.tickers),
        fx=fx,
        labelled=labelled,
        digests=seen,
    )


def prepare_inputs(components: Components, inputs: RunInputs, progress: Progress) -> PreparedRun:
    """Place what was read on rows, and link it."""
    market = set_up_market(components, inputs)
    progress.stage("link", None)
    return link_events(components, inputs, market)


def set_up_market(components: Components, inputs: RunInputs) -> MarketSetup:
    """Place prices on rows, and tell what trading costs and allows in each of them."""
    config, rulebook = components.config, components.rulebook
    universe, fx_table = inputs.universe, inputs.fx
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
    return MarketSetup(
        universe=universe,
        prices=prices,
        rules=rules,
        fx=align_fx(quotes, currency, panel, universe, needed=[config.benchmark] if config.benchmark else ()),
        fees=components.costs.table(panel, universe, rulebook),
        slippage=components.slippage.table(panel, rules),
        currency=currency,
    )


def link_events(components: Components, inputs: RunInputs, market: MarketSetup) -> PreparedRun:
    """Link announcements to instruments, place them on the market's rows, and sum up what the run has."""
    config, universe, batch = components.config, market.universe, inputs.batch
    news = place_news(components, universe, market.prices.panel, batch)

    per_year = config.evaluation.periods_per_year
    periods_per_year = (
        _sessions_a_year(universe, market.prices.panel, components.rulebook) if per_year == "auto" else float(per_year)
    )
    files = [
        *components.files,
        *batch.files,
        *inputs.prices.files,
        *(() if inputs.fx is None else inputs.fx.files),
    ]
    told = {file.absolute() for file in files}
    files += [file for file in inputs.digests if file not in told]  # column maps, tables of aliases
    digests = {**components.digests, **inputs.digests, **inputs.prices.digests}
    doubts = (*news_doubts(components, batch), *_doubts(components, universe, market.prices, market.rules))
    summary = summary_of(
        components, inputs, market.prices, news, currency=market.currency, periods_per_year=periods_per_year,
        notices=_notices(inputs.prices.files), doubts=doubts,
    )  # fmt: skip
    return PreparedRun(
        components=components,
        universe=universe,
        prices=market.prices,
        rules=market.rules,
        fx=market.fx,
        fees=market.fees,
        slippage=market.slippage,
        events=news.events,
        links=news.links,
        link_row=news.link_row,
        link_first=news.link_first,
        placement=news.placement,
        close_rows=news.close_rows,
        reasons=news.reasons,
        dropped=news.dropped,
        linker=news.linker,
        cutoffs=inputs.labelled.cutoffs,
        currency=market.currency,
        periods_per_year=periods_per_year,
        doubts=doubts,
        summary=summary,
        hashes={
            "config": digest_of(components.document),
            "data": {**components.handed_over, **file_hashes(files, digests)},
            **({"components": own} if (own := component_hashes(components)) else {}),
        },
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


def _sessions_a_year(universe: Universe, panel: MarketPanel, rulebook: Rulebook) -> float:
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
    found = (*prices.doubts, *find_limit_breaks(prices.panel, rules, prices.doubts))
    if any(doubt.kind == "adjusted_prices" for doubt in prices.doubts):
        return found
    return (*found, *find_off_ticks(prices.panel, universe, components.rulebook))


def _notices(files: Sequence[Path]) -> tuple[str, ...]:
    """What the folders of the price files say must stand beside their numbers."""
    found: dict[str, None] = {}
    for folder in dict.fromkeys(file.parent for file in files):
        note = folder / NOTICE_FILE
        if kind_of(note):
            found[read_text(note, limit_of("notice")).split("\n", 1)[0].strip()] = None
    return tuple(found)
