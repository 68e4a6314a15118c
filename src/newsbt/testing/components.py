"""Conformance checks for what users plug in: readers, providers, cost and slippage models, metrics."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Container, Iterator
from typing import Any

import numpy as np

from newsbt._typing import Floats
from newsbt.audit.perturbed_futures import Cut, mixed_futures
from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.ledger import Ledger
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.metrics import is_known
from newsbt.domain.price_table import PRICES, VALUES, PriceTable
from newsbt.domain.slippage_table import Slippage
from newsbt.errors import StrategyError
from newsbt.markets.costs import FeeTable
from newsbt.ports import AnnouncementReader, CostModel, Metric, PriceReader, Sizer, SlippageModel
from newsbt.ports.conformance import lacking
from newsbt.simulation.sizers import asked_weights
from newsbt.steps.market_setup import MarketSetup, set_up_market
from newsbt.steps.prepare import PreparedRun, read_inputs
from newsbt.strategies.named_tickers import NamedTickers
from newsbt.testing.small_market import SmallMarket, small_market
from newsbt.testing.whole import whole

__all__ = [
    "check_component",
    "check_cost_model",
    "check_metric",
    "check_provider",
    "check_reader",
    "check_sizer",
    "check_slippage_model",
    "expect",
]

__tracebackhide__ = True  # pytest shows the frames of the test and of what it hands over

SIZES = (1, 100, 10_000, 1_000_000)
ROUNDING = 1e-12  # by which weights that are the same may differ


def check_reader(reader: AnnouncementReader, known_tickers: Container[str] | None = None) -> AnnouncementBatch:
    """Prove a reader of announcements fit: ``read(known_tickers)`` answers an `AnnouncementBatch`.

    Its announcements have ids of their own, times with an offset, sentiment in [-1, 1] and relevance in [0, 1]; what it
    left out is counted; reading twice gives the same; it is a frozen dataclass.

    Parameters
    ----------
    reader : AnnouncementReader
        An instance.
    known_tickers : container of str, optional
        Those of the universe; None: any.

    Returns
    -------
    AnnouncementBatch
        What it read, for further assertions.

    Raises
    ------
    AssertionError
        It names what is wrong, and with which announcement.

    Examples
    --------
    >>> import pandas as pd
    >>> import newsbt
    >>> row = {"event_id": "a", "published_at": "2025-03-06T08:00+08:00", "issuer": "A", "headline": "A"}
    >>> row["event_type"] = "news"
    >>> len(check_reader(newsbt.FrameAnnouncements(frame=pd.DataFrame([row]))).announcements)
    1
    """
    check_component(reader, AnnouncementReader)
    batch = reader.read(known_tickers)
    expect(
        isinstance(batch, AnnouncementBatch),
        f"read() answers a newsbt.AnnouncementBatch, not a {type(batch).__name__}",
    )
    seen: set[str] = set()
    for item in batch.announcements:
        expect(isinstance(item, Announcement), f"an announcement is a newsbt.Announcement, not {item!r}")
        expect(bool(item.event_id), f"{item!r} has no event_id")
        expect(item.event_id not in seen, f"the event_id {item.event_id!r} stands twice")
        seen.add(item.event_id)
        for name, least in (("sentiment", -1.0), ("relevance", 0.0)):
            value = getattr(item, name)
            inside = math.isnan(value) or least <= value <= 1.0
            expect(inside, f"{name} of {item.event_id!r} is {value!r}, outside [{least:g}, 1]")
        for name in ("rivals", "tickers"):
            value = getattr(item, name)
            expect(isinstance(value, tuple), f"{name} of {item.event_id!r} is a tuple of names, not {value!r}")
    left_out = sum(batch.bad_rows.values())
    expect(
        batch.rows_read >= len(batch.announcements) + left_out,
        f"rows_read is {batch.rows_read}, less than {len(batch.announcements)} announcements and {left_out} bad rows",
    )
    again = reader.read(known_tickers)
    expect(
        list(map(whole, again.announcements)) == list(map(whole, batch.announcements)),
        "reading twice gives different announcements",
    )
    return batch


def check_provider(provider: PriceReader, known_tickers: Container[str] | None = None) -> PriceTable:
    """Prove a reader or provider of prices fit: ``read(known_tickers)`` answers a `PriceTable`.

    Columns are equally long, prices positive with the high highest and the low lowest, volumes not negative, no bar
    stands twice, and reading twice gives the same.

    Parameters
    ----------
    provider : PriceReader
        An instance.
    known_tickers : container of str, optional
        Those of the universe; None: any.

    Returns
    -------
    PriceTable

    Raises
    ------
    AssertionError
        It names what is wrong, with ticker and row.

    Examples
    --------
    >>> import pandas as pd
    >>> import newsbt
    >>> bar = {"ticker": "A.HK", "date": "2025-03-06", "open": 1.0, "high": 1.2, "low": 0.9, "close": 1.1}
    >>> bar["volume"] = 100
    >>> check_provider(newsbt.FramePrices(frame=pd.DataFrame([bar]))).tickers
    ('A.HK',)
    """
    check_component(provider, PriceReader)
    table = provider.read(known_tickers)
    expect(isinstance(table, PriceTable), f"read() answers a newsbt.PriceTable, not a {type(table).__name__}")
    count = len(table.ticker_code)
    when = table.day if table.day is not None else table.bar_start
    expect(when is not None and len(when) == count, "a table has either `day` or `bar_start`, one for each row")
    expect(set(VALUES) <= set(table.values), f"a table has {', '.join(VALUES)}")
    for name, values in table.values.items():
        expect(len(values) == count, f"{name} has {len(values)} values for {count} rows")
    assert when is not None

    def where(k: int) -> str:
        return f"{table.tickers[table.ticker_code[k]]} on {when[k]} (row {k})"

    for name in PRICES:
        for k in np.flatnonzero(table.values[name] <= 0.0)[:1]:
            expect(False, f"the {name} of {where(k)} is {table.values[name][k]!r}, not above 0")
    for k in np.flatnonzero(table.values["volume"] < 0.0)[:1]:
        expect(False, f"the volume of {where(k)} is {table.values['volume'][k]!r}, below 0")
    low, high = table.values["low"], table.values["high"]
    for name in PRICES:
        value = table.values[name]
        for k in np.flatnonzero((value < low) | (value > high))[:1]:
            expect(False, f"the {name} of {where(k)}, {value[k]!r}, is outside its low and high, {low[k]}, {high[k]}")
    bars = set(zip(table.ticker_code.tolist(), when.astype(np.int64).tolist(), strict=True))
    expect(len(bars) == count, f"{count - len(bars)} bars stand twice")
    again = provider.read(known_tickers)
    same = again.tickers == table.tickers and all(
        np.array_equal(again.values[name], values, equal_nan=True) for name, values in table.values.items()
    )
    expect(same, "reading twice gives different prices")
    return table


def check_cost_model(model: CostModel, market: SmallMarket | None = None) -> None:
    """Prove a cost model fit: ``table(panel, universe, rulebook)`` answers a `FeeTable`.

    On a small market every fill costs a finite amount of 0 or more, a larger one no less than a smaller, and what a
    fill costs does not depend on what comes after its day.

    Parameters
    ----------
    model : CostModel
        An instance.
    market : SmallMarket, optional
        By default a small one of newsbt's.

    Raises
    ------
    AssertionError
        It names what is wrong, with ticker and row.

    Examples
    --------
    >>> from newsbt.markets.costs import Flat
    >>> check_cost_model(Flat(commission_bps=10))
    """
    check_component(model, CostModel)
    market = market or small_market(30, events=5)
    prepared = market.prepared()
    setup = prepared.market
    table = _fees(model, setup)
    costs = _costs(table, setup.panel)
    panel = setup.panel
    for t, n, side in np.argwhere(~(np.isfinite(costs) & (costs >= 0.0)).all(axis=3)).tolist()[:1]:
        expect(False, f"a fill of {panel.tickers[n]} in row {t} costs {costs[t, n, side].tolist()}, not 0 or more")
    for t, n, _ in np.argwhere((np.diff(costs, axis=3) < -1e-9).any(axis=3)).tolist()[:1]:
        expect(False, f"a larger fill of {panel.tickers[n]} in row {t} costs less than a smaller one")
    expect(np.array_equal(_costs(_fees(model, setup), setup.panel), costs), "the same market costs differently")
    for cut, changed in _changed(prepared):
        moved = np.argwhere(_costs(_fees(model, changed), setup.panel)[: cut.row] != costs[: cut.row])
        for t, n, *_ in moved.tolist()[:1]:
            expect(False, f"the costs of {panel.tickers[n]} in row {t} change with what comes after row {cut.row - 1}")


def check_slippage_model(model: SlippageModel, market: SmallMarket | None = None) -> None:
    """Prove a slippage model fit: ``table(panel, rules)`` answers a `Slippage`.

    On a small market its parts are finite and 0 or more, have the panel's shape, and those of row t do not change with
    what happens in row t or later: the order is sent before.

    Parameters
    ----------
    model : SlippageModel
        An instance.
    market : SmallMarket, optional
        By default a small one of newsbt's.

    Raises
    ------
    AssertionError
        It names what is wrong, with ticker and row.

    Examples
    --------
    >>> from newsbt.simulation.slippage import HalfSpread
    >>> check_slippage_model(HalfSpread())
    """
    check_component(model, SlippageModel)
    market = market or small_market(40, events=5)
    prepared = market.prepared()
    setup = prepared.market
    parts = _slippage(model, setup)
    panel = setup.panel
    for name, values in parts.items():
        for t, n in np.argwhere(~(np.isfinite(values) & (values >= 0.0))).tolist()[:1]:
            expect(False, f"{name} of {panel.tickers[n]} in row {t} is {values[t, n]!r}, not a number of 0 or more")
    again = _slippage(model, setup)
    expect(
        again.keys() == parts.keys() and all(np.array_equal(again[name], values) for name, values in parts.items()),
        "the same market slips differently",
    )
    for cut, changed in _changed(prepared):
        other = _slippage(model, changed)
        for name, values in parts.items():
            # A price step may depend on the price that is paid; other parts are known before the row.
            last = cut.row if name == "half_spread" else cut.row + 1
            for t, n in np.argwhere(other[name][:last] != values[:last]).tolist()[:1]:
                expect(False, f"{name} of {panel.tickers[n]} in row {t} changes with what happens in row {cut.row}")


def check_sizer(sizer: Sizer, market: SmallMarket | None = None) -> None:
    """Prove a sizer fit: ``weights(panel)`` answers shares of equity by row and ticker.

    On a small market they have the panel's shape and are in [0, 1] or NaN, and those of row t do not change with what
    happens in row t or later: the order is sent before.

    Parameters
    ----------
    sizer : Sizer
        An instance.
    market : SmallMarket, optional
        By default a small one of newsbt's.

    Raises
    ------
    AssertionError
        It names what is wrong, with ticker and row.

    Examples
    --------
    >>> from newsbt.simulation.sizers import InverseVolatility
    >>> check_sizer(InverseVolatility(target=0.02, window=20))
    """
    check_component(sizer, Sizer)
    prepared = (market or small_market(100, events=5)).prepared()
    panel = prepared.market.panel
    weights = _weights(sizer, panel)
    expect(np.array_equal(_weights(sizer, panel), weights, equal_nan=True), "the same market is sized differently")
    for cut, changed in _changed(prepared):
        mine, other = (np.nan_to_num(one[: cut.row + 1], nan=-1.0) for one in (weights, _weights(sizer, changed.panel)))
        for t, n in np.argwhere(np.abs(other - mine) > ROUNDING).tolist()[:1]:
            expect(False, f"the weight of {panel.tickers[n]} in row {t} changes with what happens in row {cut.row}")


def check_metric(metric: Metric) -> None:
    """Prove a metric fit: a name of its own, a unit, and ``compute(ledger)`` answering a number, also without trades.

    Parameters
    ----------
    metric : Metric
        An instance.

    Raises
    ------
    AssertionError
        It names what is wrong.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import newsbt
    >>> @dataclass(frozen=True)
    ... class Fills:
    ...     name: str = "number_of_fills"
    ...     unit: str = "count"
    ...     def compute(self, ledger: newsbt.Ledger) -> float:
    ...         return float(len(ledger.fills))
    >>> check_metric(Fills())
    """
    fault = lacking(metric, Metric)
    expect(not fault, fault)
    expect(str(metric.name).isidentifier(), f"a metric's name is one word, such as longest_hold, not {metric.name!r}")
    expect(not is_known(metric.name), f"{metric.name!r} is a metric of newsbt's own; choose another name")
    expect(isinstance(metric.unit, str) and bool(metric.unit), f"{metric.name} needs a unit, such as fraction")
    market = small_market(30, events=12)
    (row,) = market.run(NamedTickers(), evaluation={"placebo": 0}).strategies
    for what, ledger in (("a run", row.ledger), ("a run without a trade", _without_trades(row.ledger))):
        before = copy.deepcopy(ledger)
        value = metric.compute(ledger)
        number = isinstance(value, float | int | np.floating | np.integer) and not isinstance(value, bool)
        expect(number, f"{metric.name} of {what} is a number, NaN where undefined, not {value!r}")
        for field in dataclasses.fields(ledger):
            now, then = (np.asarray(getattr(books, field.name)).tobytes() for books in (ledger, before))
            expect(now == then, f"{metric.name} changed the ledger's {field.name}")
        again = metric.compute(ledger)
        expect(repr(again) == repr(value), f"{metric.name} of {what} is {value!r}, and {again!r} when asked again")


def check_component(item: Any, contract: type) -> None:
    name = type(item).__name__
    expect(not isinstance(item, type), f"give an instance of {getattr(item, '__name__', item)}, not the class")
    fault = lacking(item, contract)
    expect(not fault, fault)
    expect(
        dataclasses.is_dataclass(item) and bool(getattr(item, "__dataclass_params__").frozen),  # noqa: B009
        f"{name} is a frozen dataclass, whose fields are its parameters: @dataclass(frozen=True, kw_only=True)",
    )


def expect(condition: bool, message: str) -> None:
    if not condition:
        raise AssertionError(message)


def _fees(model: CostModel, market: MarketSetup) -> FeeTable:
    table = model.table(market.panel, market.universe, market.rulebook)
    expect(isinstance(table, FeeTable), f"table() answers a newsbt.FeeTable, not a {type(table).__name__}")
    shape = market.panel.shape
    expect(table.class_of.shape == shape, f"class_of has the panel's shape {shape}, not {table.class_of.shape}")
    return table


def _costs(table: FeeTable, panel: MarketPanel) -> Floats:
    """(T, N, 2, sizes): what fills at a price of 10 cost, bought and sold."""
    rows, count = panel.shape
    known: dict[tuple[int, bool, int], float] = {}
    found = np.empty((rows, count, 2, len(SIZES)))
    for t, n, side, k in np.ndindex(found.shape):
        key = (int(table.class_of[t, n]), side == 0, SIZES[k])
        if key not in known:
            known[key] = table.charge(t, n, side == 0, SIZES[k], 10.0, 1.0)
        found[t, n, side, k] = known[key]
    return found


def _weights(sizer: Sizer, panel: MarketPanel) -> Floats:
    try:
        return asked_weights(sizer, panel)
    except StrategyError as error:
        raise AssertionError(str(error)) from None


def _slippage(model: SlippageModel, market: MarketSetup) -> dict[str, Floats]:
    found = model.table(market.panel, market.rules)
    expect(isinstance(found, Slippage), f"table() answers a newsbt.Slippage, not a {type(found).__name__}")
    shape = market.panel.shape
    parts = {"rate": np.full(shape, float(found.rate))}
    for name in ("half_spread", "impact"):
        values = getattr(found, name)
        if values is not None:
            expect(np.shape(values) == shape, f"{name} has the panel's shape {shape}, not {np.shape(values)}")
            parts[name] = values
    return parts


def _changed(prepared: PreparedRun) -> Iterator[tuple[Cut, MarketSetup]]:
    clock, inputs = prepared.market.panel.clock, read_inputs(prepared.components)
    for row in (len(clock) // 3, 2 * len(clock) // 3):
        market_index = int(np.argmax(clock.session_of[row] >= 0))
        cut = Cut.before(clock, row, market_index, by_row=True)
        for future in mixed_futures(prepared.components, prepared.market, inputs, cut, seed=7):
            yield cut, set_up_market(future.components, future.inputs)


def _without_trades(ledger: Ledger) -> Ledger:
    flat = np.full(len(ledger.equity), ledger.initial_cash)
    return dataclasses.replace(
        ledger,
        fills=ledger.fills[:0],
        refusals=ledger.refusals[:0],
        lots=ledger.lots[:0],
        equity=flat,
        cash=flat.copy(),
        gross=np.zeros(len(flat)),
        stale=np.zeros(len(flat), dtype=np.int64),
        outcome=ledger.outcome[:0],
        borrow_cost=0.0,
        dividends=0.0,
    )
