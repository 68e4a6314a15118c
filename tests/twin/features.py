"""What happened in a world, by the twin's books: not what its settings allow, but what its fills and rows show."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

from . import facts
from .intents import instrument_of
from .result import FillRecord, TwinResult
from .scenario import ByVolatility, Instrument, Scenario
from .weights import weight_of

PAIRED = (
    "hourly bars", "grid", "step strategy", "fill at a close", "proxy", "three markets", "dividend", "split",
    "borrowed",
    "participation", "max_positions", "stop_loss", "take_profit", "trailing_stop", "hold in bars", "hold in sessions",
    "hold for a time", "no hold", "foreign currency", "price limit", "t_plus_one", "odd lot", "half spread", "delisted",
)  # fmt: skip
"""Each of them, and each two of them that can be in one world, are in so many worlds of the corpus."""

ALONE = (
    "short", "impact", "flat", "market_schedule", "extended", "ignored", "opposite", "added", "delayed", "event_weight",
    "cash cut", "cash refused", "rejected for cash", "below_one_lot", "no_short", "no_reference_price", "no_rate",
    "not_trading", "not_tradable", "unknown_lot", "limit_up", "limit_down", "rules off", "status st", "new listing",
    "stale mark", "ex without a close", "split to nothing", "stop at the open", "stop inside the bar", "before_period",
    "after_period", "daily", "weekly", "monthly", "on_change", "caused", "shared by events", "turned", "order of lots",
    "blank volume", "below zero", "exit waits", "no_weight", "sized", "sized by hour", "sized grid", "capped weight",
    "sized and capped by event",
)  # fmt: skip
"""The further ones, of which each is in so many worlds."""

HOLDS = ("hold in bars", "hold in sessions", "hold for a time", "no hold")
OF_EVENTS = ("fill at a close", *HOLDS)
MARKETS = {"XHKG": "HK", "XSHG": "CN", "XSHE": "CN", "BJSE": "CN", "XNYS": "US", "XNAS": "US"}
STOPS = ("stop_loss", "take_profit", "trailing_stop")


def possible(one: str, other: str) -> bool:
    """Whether two of `PAIRED` can be in one world: a grid has no holds or fills at closes (X21), and is an
    event's neighbour's only in its proxy, where a step strategy answers for an index; a position has one hold; a
    duration is for bars of a day's parts, opened at their start."""
    pair = {one, other}
    if pair <= set(HOLDS) or pair == {"grid", "proxy"}:
        return False
    if pair == {"hold for a time", "fill at a close"}:
        return False
    if "step strategy" in pair and pair & set(STOPS):  # they are asked without
        return False
    return not (pair & {"grid", "step strategy"} and pair & set(OF_EVENTS))


def pairs() -> list[tuple[str, str]]:
    return [pair for pair in combinations(PAIRED, 2) if possible(*pair)]


class _Seen:
    def __init__(self, scenario: Scenario, books: TwinResult) -> None:
        self.scenario, self.books = scenario, books

    def item(self, ticker: str) -> Instrument:
        return instrument_of(self.scenario, ticker)

    def opens_of(self, fill: FillRecord) -> set:
        """The opening instants of the fill's market on its day."""
        slots = self.scenario.slots[self.item(fill.ticker).exchange].values()
        return {slot.open_at for slot in slots if slot.date == fill.date}

    def went_ex(self) -> set[str]:
        """Lots that were held over an ex-date."""
        found = set()
        for (ticker, key), bar in self.scenario.bars.items():
            if bar.dividend == 0.0 and bar.split == 1.0:
                continue
            at = self.scenario.slots[self.item(ticker).exchange][key].open_at
            for lot in self.books.lots:
                if lot.ticker == ticker and lot.entry_at < at and (lot.exit_at is None or lot.exit_at >= at):
                    found |= {"dividend"} if bar.dividend else set()
                    found |= {"split"} if bar.split != 1.0 else set()
                    found |= {"ex without a close"} if bar.close is None else set()
        return found

    def is_new(self, fill: FillRecord) -> bool:
        listed = self.item(fill.ticker).listed_on
        return listed is not None and listed <= fill.date


def features_of(scenario: Scenario, books: TwinResult) -> frozenset[str]:
    """Of `PAIRED` and `ALONE`."""
    seen = _Seen(scenario, books)
    execution, position, fills = scenario.execution, scenario.position, books.fills
    reasons = {fill.reason for fill in fills}
    entries = [fill for fill in fills if fill.reason in ("entry", "rebalance")]
    refused = {row.reason for row in books.refusals}
    cut = {row.reason for row in books.refusals if row.filled}
    words = set(books.outcomes.values())
    exchanges = {MARKETS[seen.item(fill.ticker).exchange] for fill in fills}
    last = scenario.row_date(len(scenario.rows) - 1)
    stops = [fill for fill in fills if fill.reason in STOPS]
    held_on = [seen.item(lot.ticker) for lot in books.lots if lot.open_quantity]
    filled = {pair for pair, word in books.outcomes.items() if word == "filled"}
    views = {(event.event_id, view.ticker): view for event in scenario.events for view in event.views}
    st = {span.ticker for span in scenario.statuses if span.status == "st"}
    lot_rules = {fill.ticker: facts.lot_of(seen.item(fill.ticker), fill.date, execution.market_rules) for fill in fills}
    orders = [(fill.at, fill.ticker, fill.side) for fill in fills if fill.reason in ("opposite", "rebalance")]
    signs = {(lot.ticker, lot.quantity > 0) for lot in books.lots}
    is_step = scenario.step is not None
    is_grid = is_step or scenario.grid is not None
    proxied = any(seen.item(ticker).is_index for _, ticker in filled)
    by = position.weight if isinstance(position.weight, ByVolatility) else None
    heard = any("^I" in item.tickers or "A.HK" in item.tickers for item in scenario.news)
    present = {
        "hourly bars": bool(scenario.intraday and fills),
        "grid": bool(is_grid and fills),
        "step strategy": bool(is_step and fills),
        "fill at a close": execution.same_close
        and any(fill.reason in ("entry", "opposite") and fill.at not in seen.opens_of(fill) for fill in fills),
        "proxy": proxied or (is_step and scenario.step == "news" and heard and "A.HK" in lot_rules),
        "three markets": len(exchanges) == 3,
        "borrowed": books.borrow_cost > 0,
        "participation": "participation" in refused,
        "max_positions": "max_positions" in refused,
        "hold in bars": "hold" in reasons and isinstance(position.hold, int) and position.hold_unit == "bars",
        "hold in sessions": "hold" in reasons and isinstance(position.hold, int) and position.hold_unit == "sessions",
        "hold for a time": "hold" in reasons and isinstance(position.hold, timedelta),
        "no hold": position.hold is None and "entry" in reasons,
        "foreign currency": any(fill.price != fill.price_account for fill in fills),
        "price limit": bool(refused & {"limit_up", "limit_down"}),
        "t_plus_one": "t_plus_one" in refused,
        "odd lot": any(fill.quantity % 100 and lot_rules[fill.ticker] in ((200, 1), (100, 1)) for fill in fills),
        "half spread": execution.half_spread_ticks > 0 and any(fill.slippage_cost for fill in fills),
        "delisted": any(item.delisted_on is not None and item.delisted_on <= last for item in held_on),
        "short": any(lot.quantity < 0 for lot in books.lots),
        "impact": execution.impact > 0 and any(fill.slippage_cost for fill in fills),
        "flat": execution.costs == "flat" and any(fill.costs for fill in fills),
        "market_schedule": execution.costs == "market_schedule" and any(fill.costs for fill in fills),
        "added": position.on_repeat == "add" and _added(books),
        "delayed": any(views[pair].delay for pair in filled),
        "event_weight": position.event_weight is not None and bool(entries),
        "cash cut": "cash" in cut,
        "cash refused": "cash" in refused and not execution.reject_short_cash,
        "rejected for cash": "cash" in refused and execution.reject_short_cash,
        "rules off": not execution.market_rules and bool(fills),
        "status st": any(fill.ticker in st for fill in fills),
        "new listing": any(seen.is_new(fill) for fill in fills),
        "stale mark": any(books.stale),
        "split to nothing": any(lot.reason == "split" for lot in books.lots),
        "stop at the open": any(fill.at in seen.opens_of(fill) for fill in stops),
        "stop inside the bar": any(fill.at not in seen.opens_of(fill) for fill in stops),
        "caused": is_grid and any(fill.event_id for fill in entries),
        "shared by events": is_grid and len({(fill.at, fill.ticker, fill.event_id) for fill in entries}) > len(
            {(fill.at, fill.ticker) for fill in entries}
        ),
        "turned": any((ticker, not long) in signs for ticker, long in signs),
        "order of lots": len(orders) > len(set(orders)),
        "blank volume": any(scenario.bars[fill.ticker, fill.date].volume is None for fill in fills)
        if not scenario.intraday
        else False,
        "below zero": min(books.equity) <= 0,
        "sized": by is not None and bool(entries) and not is_grid and not scenario.intraday,
        "sized by hour": by is not None and bool(entries) and not is_grid and scenario.intraday,
        "sized grid": by is not None and bool(entries) and is_grid,
        "capped weight": by is not None and any(_is_capped(scenario, fill) for fill in entries),
        "sized and capped by event": by is not None and position.event_weight is not None and bool(entries),
        "exit waits": bool(refused & {"limit_down", "limit_up", "t_plus_one", "participation"}) and _waited(books),
    }  # fmt: skip
    named = {name for name, is_there in present.items() if is_there} | seen.went_ex() | (reasons & set(PAIRED + ALONE))
    named |= (refused | words) & set(ALONE)
    if is_grid and fills:
        named.add(position.rebalance)
    return frozenset(named)


def _is_capped(scenario: Scenario, fill: FillRecord) -> bool:
    """Whether a fill's weight is the most that there is."""
    t = next(t for t in range(len(scenario.rows)) if scenario.row_date(t) == fill.date)
    assert isinstance(scenario.position.weight, ByVolatility)
    return weight_of(scenario, fill.ticker, t) == scenario.position.weight.max_weight


def _added(books: TwinResult) -> bool:
    """A lot beside one of its ticker that is still open."""
    for one, other in combinations(books.lots, 2):
        if one.ticker == other.ticker and (one.exit_at is None or one.exit_at > other.entry_at):
            return True
    return False


def _waited(books: TwinResult) -> bool:
    """A refused exit: nobody says what it would have earned."""
    return any(row.would_have_returned is None and row.wanted and row.filled < row.wanted for row in books.refusals)
