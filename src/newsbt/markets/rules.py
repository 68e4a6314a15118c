"""What may be traded at each cell: lots, price limits, ticks, T+1, short sales; by market, board, status and date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from newsbt._typing import Bools, Floats, Ints, Kind
from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.market_panel import MarketPanel, frozen_array
from newsbt.domain.showing import brief
from newsbt.errors import DataError, Problem, nearest
from newsbt.markets.calendars import sessions
from newsbt.markets.dated_rules import DatedEntry, Exchange, Rulebook, selectors
from newsbt.markets.limits import (
    PRICE_UNIT,
    RATE_UNIT,
    References,
    band_limits,
    band_ticks,
    price_limits,
    references,
    units,
)

__all__ = ["LimitTable", "TradingRules", "limit_table", "trading_rules"]

NO_LIMIT = -1
_SMALLEST_TICK = 0.01  # of a market whose rules name none
_LONGEST_LISTING = timedelta(days=60)  # holds the first sessions of a listing, holidays included


@dataclass(frozen=True, kw_only=True)
class TradingRules:
    """The rules at each cell, read-only. What is not asked for is not made.

    Attributes
    ----------
    lot_step, lot_minimum : ndarray of shape (T, N), int64, shares
        An entry is a multiple of `lot_step` and at least `lot_minimum` (X15); both 0 where no lot is known.
    limit_up, limit_down : ndarray of shape (T, N), local currency
        X8; NaN where there is no limit, or no reference price to count it from.
    tick : ndarray of shape (T, N), local currency
        Price step at the reference price; at the bar's open where there is none. Never NaN, always above 0.
    t_plus_one : ndarray of shape (N,), bool
        X9: what a session bought cannot be sold in it.
    can_short : ndarray of shape (N,), bool
        X16.
    applied : bool
        False under `market_rules: false` (X17).
    panel, universe, rulebook
        What they are the rules of.
    """

    panel: MarketPanel = field(repr=False)
    universe: Universe = field(repr=False)
    rulebook: Rulebook = field(repr=False)
    t_plus_one: Bools
    can_short: Bools
    applied: bool

    __repr__ = brief

    @cached_property
    def _groups(self) -> list[_Group]:
        return list(_groups(self.universe, self.rulebook))

    @cached_property
    def _references(self) -> References:
        return references(self.panel)

    @cached_property
    def _ticks(self) -> Ints:
        """(T, N) price steps in units."""
        return _ticks(self.panel, self._groups, self._references.value)

    @cached_property
    def tick(self) -> Floats:
        return _read_only(self._ticks / PRICE_UNIT)

    @cached_property
    def _lots(self) -> tuple[Ints, Ints]:
        if not self.applied:
            return (np.broadcast_to(np.int64(1), self.panel.shape),) * 2
        step, minimum = _lots(self.panel, self.universe, self._groups)
        return _read_only(step), _read_only(minimum)

    @property
    def lot_step(self) -> Ints:
        return self._lots[0]

    @property
    def lot_minimum(self) -> Ints:
        return self._lots[1]

    @cached_property
    def _limits(self) -> tuple[Floats, Floats]:
        shape = self.panel.shape
        if not self.applied:
            return (np.broadcast_to(np.nan, shape),) * 2
        up, down = np.full(shape, np.nan), np.full(shape, np.nan)
        entries, which = _limit_entries(self.panel, self.universe, self.rulebook, self._groups)
        limited = np.flatnonzero((which >= 0).any(axis=0))
        if len(limited):
            tick = self._ticks
            up[:, limited], down[:, limited] = _limits(
                self._references.in_ticks(tick)[:, limited], tick[:, limited], entries, which[:, limited]
            )
        return _read_only(up), _read_only(down)

    @property
    def limit_up(self) -> Floats:
        return self._limits[0]

    @property
    def limit_down(self) -> Floats:
        return self._limits[1]

    def at_limit(
        self, row: int | Ints, ticker: int | Ints, side: float | Floats | Ints, price: float | Floats
    ) -> Bools:
        """Whether nobody is on the other side of an order: its price is within half a tick of the limit, or past it.

        Parameters
        ----------
        row, ticker : int or ndarray of int
            Places of the cells.
        side : int or ndarray
            Above 0: a buy, which the upper limit stops; else a sale, which the lower one does.
        price : float or ndarray, local currency
            The price that would fill, without slippage; NaN is at no limit.
        """
        from newsbt.kernels._compile import plain
        from newsbt.kernels.rules.prices import no_buy_from, no_sale_from

        tick = self.tick[row, ticker]
        up = price >= plain(no_buy_from)(self.limit_up[row, ticker], tick)
        down = price <= plain(no_sale_from)(self.limit_down[row, ticker], tick)
        return np.asarray(np.where(side > 0, up, down))


def trading_rules(panel: MarketPanel, universe: Universe, rulebook: Rulebook, enabled: bool = True) -> TradingRules:
    """The rules of all instruments of a universe at all rows of a panel.

    Parameters
    ----------
    enabled : bool
        False is X17: lots of one share, no limits, no T+1, shorts everywhere. Ticks stay; slippage may count in them.

    Raises
    ------
    DataError
        An instrument with prices is of an exchange that no rule file knows, a `lot_size` is below 1, or the status
        table holds a status that no rule file knows.
    """
    _check(panel, universe, rulebook)
    count = panel.shape[1]
    t_plus_one, can_short = np.zeros(count, dtype=bool), np.ones(count, dtype=bool)
    if enabled:
        t_plus_one, can_short = _per_instrument(panel, universe, list(_groups(universe, rulebook)))
    return TradingRules(
        panel=panel,
        universe=universe,
        rulebook=rulebook,
        t_plus_one=frozen_array(t_plus_one, np.bool_),
        can_short=frozen_array(can_short, np.bool_),
        applied=enabled,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitTable:
    """Price limits before there are reference prices: K entries, and which of them decides in each cell.

    `which` (T, N), -1 for none; `rates` (K, 2) up and down in units of 1e-6, below 0 for none; `below` and `amount`
    (K, B) in units of 1e-8: by the amount of the first band that a reference price is below, the last one's beyond all;
    `bands` (K,) counts them, 0 where percentages decide.
    """

    which: Ints
    rates: Ints
    below: Ints
    amount: Ints
    bands: Ints

    __repr__ = brief


def limit_table(panel: MarketPanel, universe: Universe, rulebook: Rulebook, enabled: bool = True) -> LimitTable:
    """What decides about price limits in each cell of a panel (X8); nothing does where rules are not `enabled`."""
    entries, which = _limit_entries(panel, universe, rulebook, list(_groups(universe, rulebook)))
    bands = [entry.get("bands") or [] for entry in entries]
    most = max((len(one) for one in bands), default=0) or 1
    of_bands = np.zeros((2, max(len(entries), 1), most), dtype=np.int64)
    for k, one in enumerate(bands):
        if one:
            of_bands[:, k, : len(one)] = units(np.array(one, dtype=np.float64)).T
    rates = [[_rate(entry, side) for side in ("up", "down")] for entry in entries] or [[NO_LIMIT] * 2]
    return LimitTable(
        which=which if enabled else np.full_like(which, -1),
        rates=np.array(rates, dtype=np.int64),
        below=of_bands[0],
        amount=of_bands[1],
        bands=np.array([len(one) for one in bands] or [0], dtype=np.int64),
    )


def _read_only(array: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True)
class _Group:
    """Instruments that the rulebook treats alike: their market, where to look, and their columns."""

    market: Exchange
    chosen: tuple[str, ...]
    columns: Ints


def _groups(universe: Universe, rulebook: Rulebook) -> Iterator[_Group]:
    own = {
        mic: {selector for by_selector in market.rules.values() for selector in by_selector}
        for mic, market in rulebook.exchanges.items()
    }
    found: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for n, item in enumerate(universe.instruments):
        if item.exchange in own:
            chosen = tuple(key for key in selectors(item) if key != item.ticker or key in own[item.exchange])
            found.setdefault((item.exchange, chosen), []).append(n)
    for (mic, chosen), columns in found.items():
        yield _Group(rulebook.exchange(mic), chosen, np.array(columns, dtype=np.int64))


def _check(panel: MarketPanel, universe: Universe, rulebook: Rulebook) -> None:
    problems = []
    for n, item in enumerate(universe.instruments):
        if panel.has_prices[n] and item.exchange not in rulebook.exchanges:
            problems.append(
                Problem(
                    code="unknown_exchange",
                    key=f"{item.ticker}.exchange",
                    message=f"unknown exchange {item.exchange!r}; expected one of {', '.join(rulebook.exchanges)}, "
                    f"or one that a rule file of your own adds{nearest(item.exchange, rulebook.exchanges)}",
                )
            )
        if item.lot_size is not None and item.lot_size < 1:
            message = f"expected a lot of at least one share, got {item.lot_size!r}"
            problems.append(Problem(code="bad_value", key=f"{item.ticker}.lot_size", message=message))
    for status in sorted({row.status for row in universe.statuses}):
        if status.casefold() not in rulebook.statuses:
            message = (
                f"unknown status {status!r}; expected one of {', '.join(rulebook.statuses)}, "
                f"or one that a rule file of your own adds{nearest(status.casefold(), rulebook.statuses)}"
            )
            problems.append(Problem(code="bad_value", key="status", message=message))
    if problems:
        raise DataError.of(problems)


def _ticks(panel: MarketPanel, groups: list[_Group], reference: Ints) -> Ints:
    """(T, N) price steps in units."""
    value = reference.copy()
    missing = reference <= 0
    value[missing] = units(panel.open[missing])
    tick = np.full(panel.shape, round(_SMALLEST_TICK * PRICE_UNIT), dtype=np.int64)
    for group in groups:
        entries, at = group.market.timeline("tick", panel.dates, *group.chosen)
        for k, entry in enumerate(entries):
            cells = np.ix_(np.flatnonzero(at == k), group.columns)
            bands = entry.get("bands") or [[1, entry["tick"]]]
            steps = units(np.array([step for _, step in bands], dtype=np.float64))
            upper = units(np.array([high for high, _ in bands], dtype=np.float64))
            tick[cells] = steps[0] if len(steps) == 1 else band_ticks(value[cells], upper, steps)
    return tick


def _lots(panel: MarketPanel, universe: Universe, groups: list[_Group]) -> tuple[Ints, Ints]:
    """X15: (T, N) steps and minima in shares; 0 where no lot is known."""
    step, minimum = np.zeros(panel.shape, dtype=np.int64), np.zeros(panel.shape, dtype=np.int64)
    for group in groups:
        steps = _values(group, panel, "lot", lambda entry: int(entry["step"]), 0)
        minima = _values(group, panel, "lot", lambda entry: int(entry.get("minimum", entry["step"])), 0)
        step[:, group.columns], minimum[:, group.columns] = steps[:, None], minima[:, None]
    for n, item in enumerate(universe.instruments):
        if item.lot_size is not None:
            step[:, n] = minimum[:, n] = item.lot_size
    return step, minimum


def _limit_entries(
    panel: MarketPanel, universe: Universe, rulebook: Rulebook, groups: list[_Group]
) -> tuple[list[DatedEntry], Ints]:
    """X8: entries that say limits, and (T, N) which of them decides in each cell, -1 where none does."""
    entries: list[DatedEntry] = []
    which = np.full(panel.shape, -1, dtype=np.int64)

    def decided(market: Exchange, chosen: tuple[str, ...]) -> Ints:
        found, at = market.timeline("price_limit", panel.dates, *chosen)
        result: Ints = np.where(at < 0, -1, at + len(entries))
        entries.extend(found)
        return result

    for group in groups:
        which[:, group.columns] = decided(group.market, group.chosen)[:, None]
    for row in universe.statuses:
        n = universe.position.get(row.ticker)
        if n is None or universe.instruments[n].exchange not in rulebook.exchanges:
            continue
        item = universe.instruments[n]
        board = rulebook.statuses[row.status.casefold()].get(item.board)
        if board is None:
            continue
        days = panel.dates
        held = np.ones(len(days), dtype=bool)
        if row.from_on is not None:
            held &= days >= np.datetime64(row.from_on)
        if row.to_on is not None:
            held &= days <= np.datetime64(row.to_on)
        which[held, n] = decided(rulebook.exchange(item.exchange), selectors(item, board))[held]
    for n, item in enumerate(universe.instruments):
        entry, first = _new_listing(panel, item, rulebook)
        if entry is not None:
            which[first, n] = len(entries)
            entries.append(entry)
    return entries, which


def _new_listing(panel: MarketPanel, item: Instrument, rulebook: Rulebook) -> tuple[DatedEntry | None, Bools]:
    """What says that the first sessions of a listing have no limit, or which one; and the rows (T,) of these."""
    none: Bools = np.zeros(len(panel.dates), dtype=np.bool_)
    listed_on = item.listed_on
    if listed_on is None or not len(panel.dates) or item.exchange not in rulebook.exchanges:
        return None, none
    if panel.dates[0].item() - listed_on > _LONGEST_LISTING:
        return None, none
    entry = rulebook.exchange(item.exchange).in_force("new_listing", listed_on, *selectors(item))
    first = sessions(item.exchange, listed_on, listed_on + _LONGEST_LISTING, rulebook).dates if entry else ()
    if entry is None or not len(first):
        return None, none
    last = first[min(int(entry["sessions"]), len(first)) - 1]
    held: Bools = (panel.dates >= np.datetime64(listed_on)) & (panel.dates <= last)
    return entry, held


def _limits(count: Ints, tick: Ints, entries: list[DatedEntry], which: Ints) -> tuple[Floats, Floats]:
    """(T, N) upper and lower limits of reference prices counted in ticks, by the entry that decides in each cell."""
    rates = np.array([[_rate(entry, side) for side in ("up", "down")] for entry in entries] + [[NO_LIMIT] * 2])
    up, down = price_limits(count, tick, rates[which, 0], rates[which, 1])
    for k, entry in enumerate(entries):
        bands = entry.get("bands")
        if bands:
            below, amount = units(np.array(bands, dtype=np.float64)).T
            cells = np.nonzero(which == k)
            up[cells], down[cells] = band_limits(count[cells], tick[cells], below, amount)
    return up, down


def _per_instrument(panel: MarketPanel, universe: Universe, groups: list[_Group]) -> tuple[Bools, Bools]:
    """X9 and X16: (N,) T+1, and whether a short may be opened, by the rules of the last row's day."""
    t_plus_one, can_short = np.zeros(panel.shape[1], dtype=bool), np.zeros(panel.shape[1], dtype=bool)
    if not len(panel.dates):
        return t_plus_one, can_short
    on = panel.dates[-1].item()
    for group in groups:
        settled = group.market.in_force("t_plus", on, *group.chosen)
        t_plus_one[group.columns] = settled is not None and settled["sessions"] > 0
        short = group.market.in_force("short_sale", on, *group.chosen)
        allowed = short["allowed"] if short is not None else "never"
        for n in group.columns.tolist():
            shortable = universe.instruments[n].shortable
            can_short[n] = (allowed == "always" and shortable is not False) or (
                allowed == "designated" and shortable is True
            )
    return t_plus_one, can_short


def _values(group: _Group, panel: MarketPanel, rule: str, read: Callable[[DatedEntry], int], missing: int) -> Ints:
    """(T,): a number of the entry that is in force in each row."""
    entries, at = group.market.timeline(rule, panel.dates, *group.chosen)
    table = np.array([read(entry) for entry in entries] + [missing], dtype=np.int64)
    result: Ints = table[at]
    return result


def _rate(entry: DatedEntry, side: str) -> int:
    rate = entry.get(side)
    return NO_LIMIT if rate is None else round(rate * RATE_UNIT)
