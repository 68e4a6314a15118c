"""What a run trades in: prices on rows, what may be done there, what it costs and in which currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from newsbt.assembly import Components
from newsbt.config.models import PeriodConfig
from newsbt.domain.entity import Universe
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.showing import brief
from newsbt.domain.slippage_table import Slippage
from newsbt.domain.ticker_forms import AmbiguousTickerError
from newsbt.errors import DataError, nearest
from newsbt.markets.calendars import sessions
from newsbt.markets.costs import FeeTable
from newsbt.markets.dated_rules import Rulebook
from newsbt.markets.fx import FxRates, align_fx
from newsbt.markets.rules import TradingRules, trading_rules
from newsbt.ports.conformance import fitting
from newsbt.prices.aligned_prices import AlignedPrices, EmptyPeriodError
from newsbt.simulation.entry_rows import EntryPlacer
from newsbt.steps.pulled_data import refuse_unpulled
from newsbt.steps.run_inputs import RunInputs

__all__ = ["MarketSetup", "set_up_market"]


@dataclass(frozen=True, kw_only=True)
class MarketSetup:
    """What a run trades in, whatever the news. `rules`, `fees` and `slippage` are what `rulebook` and the config's
    models give on the rows of the prices; `limit_distance` is the config's where entries are limit orders, else None;
    `currency` is the account's, `period` and `benchmark` are the config's, and `periods_per_year` is how many rows
    figures are annualised by."""

    universe: Universe
    prices: AlignedPrices
    rulebook: Rulebook
    rules: TradingRules
    fx: FxRates
    fees: FeeTable
    slippage: Slippage
    limit_distance: float | None
    currency: str
    period: PeriodConfig
    benchmark: str | None
    periods_per_year: float

    __repr__ = brief

    @property
    def panel(self) -> MarketPanel:
        return self.prices.panel

    @property
    def placer(self) -> EntryPlacer:
        """What makes entries of signals in this market."""
        return EntryPlacer(
            universe=self.universe, panel=self.panel, rules=self.rules, limit_distance=self.limit_distance
        )


def set_up_market(components: Components, inputs: RunInputs) -> MarketSetup:
    """Place prices on rows, and tell what trading costs and allows in each of them."""
    config, rulebook = components.config, components.rulebook
    universe, fx_table = inputs.universe, inputs.fx
    prices = _aligned(components, inputs)
    panel = prices.panel
    currency = config.account.currency or _shared_currency(components, universe, panel)
    refuse_unpulled(components, universe, panel, currency, () if fx_table is None else fx_table.rates)
    benchmark = None if config.benchmark is None else _benchmark(components, config.benchmark, universe)
    rules = trading_rules(panel, universe, rulebook, enabled=config.execution.market_rules is not False)
    quotes = (
        {}
        if fx_table is None
        else {
            pair: list(zip(days.tolist(), rates.tolist(), strict=True))
            for pair, (days, rates) in fx_table.rates.items()
        }
    )
    per_year = config.evaluation.periods_per_year
    return MarketSetup(
        universe=universe,
        prices=prices,
        rules=rules,
        fx=align_fx(
            quotes,
            currency,
            panel,
            universe,
            needed=[benchmark] if benchmark else (),
            remedy="" if fx_table is None else fx_table.remedy,
        ),
        fees=fitting(
            components.costs.table(panel, universe, rulebook), FeeTable, f"table() of {type(components.costs).__name__}"
        ),
        slippage=fitting(
            components.slippage.table(panel, rules), Slippage, f"table() of {type(components.slippage).__name__}"
        ),
        limit_distance=config.execution.limit_distance if config.execution.entry == "limit" else None,
        currency=currency,
        rulebook=rulebook,
        period=config.period,
        benchmark=benchmark,
        periods_per_year=_sessions_a_year(universe, panel, rulebook) if per_year == "auto" else float(per_year),
    )


def _aligned(components: Components, inputs: RunInputs) -> AlignedPrices:
    period = components.config.period
    try:
        return inputs.prices.aligned(inputs.universe, components.rulebook, period.start, period.end)
    except EmptyPeriodError as error:
        if period.start is None and period.end is None:
            raise
        raise DataError.of([components.problem(error.code, "period", str(error))]) from None


def _benchmark(components: Components, written: str, universe: Universe) -> str:
    try:
        ticker = universe.known_tickers.meant(written)
    except AmbiguousTickerError as error:
        raise DataError.of([components.problem("ambiguous_ticker", "benchmark", str(error))]) from None
    if not ticker:
        message = f"{written!r} is not an instrument{nearest(written, universe.tickers)}"
        raise DataError.of([components.problem("unknown_ticker", "benchmark", message)])
    return ticker


def _shared_currency(components: Components, universe: Universe, panel: MarketPanel) -> str:
    currencies = {
        item.currency
        for n, item in enumerate(universe.instruments)
        if panel.has_prices[n] and item.tradable and not item.is_index
    }
    if len(currencies) == 1:
        return currencies.pop()
    message = (
        f"the instruments with prices are in {', '.join(sorted(currencies)) or 'no currency'}; "
        "say in which one the account is kept, such as `account: {currency: HKD}`"
    )
    raise DataError.of([components.problem("missing_key", "account", message)])


def _sessions_a_year(universe: Universe, panel: MarketPanel, rulebook: Rulebook) -> float:
    """Mean number of rows a year by calendar, over the five years that end with the period's last."""
    last_year = int(panel.dates[-1].astype("M8[Y]").astype(int)) + 1970
    start, end = date(last_year - 4, 1, 1), date(last_year, 12, 31)
    markets = {universe.instruments[n].exchange for n in np.flatnonzero(panel.has_prices)}
    days = [sessions(mic, start, end, rulebook).dates for mic in sorted(markets)]
    return len(np.unique(np.concatenate(days))) / 5.0
