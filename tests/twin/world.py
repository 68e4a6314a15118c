"""What a scenario says about a ticker in a row: bars, rates, holds, limits. No account here."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from . import facts
from .intents import instrument_of, is_tradable_bar
from .scenario import Bar, Instrument, Scenario, Slot


class World:
    """`t` is a row."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.position = scenario.position
        self.execution = scenario.execution
        self.keys = scenario.rows
        self.tickers = [item.ticker for item in scenario.instruments]

    def item(self, ticker: str) -> Instrument:
        return instrument_of(self.scenario, ticker)

    def bar(self, ticker: str, t: int) -> Bar | None:
        return self.scenario.bars.get((ticker, self.keys[t]))

    def slot(self, ticker: str, t: int) -> Slot | None:
        return self.scenario.slots[self.item(ticker).exchange].get(self.keys[t])

    def is_tradable(self, ticker: str, t: int) -> bool:
        return is_tradable_bar(self.scenario, ticker, self.keys[t])

    def carried(self, ticker: str, t: int) -> Decimal | None:
        """The last close up to and including row t, less the dividends and divided by the splits that came since in
        rows without a close (X19)."""
        before = self.scenario.close_before.get(ticker)
        price = None if before is None else facts.decimal(before)
        for row in range(t + 1):
            bar = self.bar(ticker, row)
            if bar is None:
                continue
            if bar.close is not None:
                price = facts.decimal(bar.close)
            elif price is not None:
                price = max((price - facts.decimal(bar.dividend)) / facts.decimal(bar.split), Decimal(0))
        return price

    def close_at_or_before(self, ticker: str, t: int) -> float | None:
        """The same as a number; no price where nothing is left of it."""
        price = self.carried(ticker, t)
        return float(price) if price else None

    def reference(self, ticker: str, t: int) -> float | None:
        """X4: the last close before the row, divided by the row's split."""
        close = self.close_at_or_before(ticker, t - 1)
        bar = self.bar(ticker, t)
        return None if close is None else close / (bar.split if bar is not None else 1.0)

    def has_rate(self, ticker: str, t: int) -> bool:
        """C1: whether a rate is dated before the session."""
        currency, on = self.item(ticker).currency, self.scenario.row_date(t)
        return currency == self.scenario.currency or any(day < on for day, _ in self.scenario.fx[currency])

    def rate(self, ticker: str, t: int, mark: bool) -> float:
        """C1: fills use the last rate before the session, marks the last at or before it."""
        currency = self.item(ticker).currency
        if currency == self.scenario.currency:
            return 1.0
        on = self.scenario.row_date(t)
        known = [rate for day, rate in self.scenario.fx[currency] if day < on or (mark and day == on)]
        return known[-1]

    def own_bars(self, ticker: str, first: int, last: int) -> list[int]:
        """The rows from first to last in which a ticker has a tradable bar."""
        return [row for row in range(first, last + 1) if self.is_tradable(ticker, row)]

    def next_bar(self, ticker: str, t: int) -> int | None:
        rows = self.own_bars(ticker, t, len(self.keys) - 1)
        return rows[0] if rows else None

    def hold_is_over(self, ticker: str, start: int | None, t: int) -> bool:
        """X13, T9: whether the hold that counts from the own bar `start` ends at or before row t."""
        hold = self.position.hold
        if hold is None or start is None or t <= start:
            return False
        if isinstance(hold, timedelta):
            return self.slot(ticker, t).open_at >= self.slot(ticker, start).open_at + hold
        later = self.own_bars(ticker, start, t)
        if self.position.hold_unit == "sessions":
            return len({self.scenario.row_date(row) for row in later}) - 1 >= hold
        return len(later) - 1 >= hold

    def limit_reference(self, ticker: str, t: int) -> Decimal | None:
        """X8, T9: `prev_close`, else the last close before the session less what went ex in it, not yet in ticks."""
        on = self.scenario.row_date(t)
        first = min(row for row in range(t + 1) if self.scenario.row_date(row) == on)
        bars = [bar for row in range(first, t + 1) if (bar := self.bar(ticker, row)) is not None]
        given = [bar.prev_close for bar in bars if bar.prev_close is not None]
        if given:
            return facts.decimal(given[-1])
        reference = self.carried(ticker, first - 1)
        if reference is None:
            return None
        for bar in bars:
            reference = (reference - facts.decimal(bar.dividend)) / facts.decimal(bar.split)
        return reference

    def tick(self, ticker: str, t: int) -> Decimal:
        """The price step of the day at the reference price of X8."""
        reference = self.limit_reference(ticker, t)
        price = facts.decimal(self.bar(ticker, t).open) if reference is None else reference
        return facts.tick_of(self.item(ticker), self.scenario.row_date(t), price)

    def limits(self, ticker: str, t: int) -> tuple[Decimal, Decimal] | None:
        """X8: (lower, upper) less and plus half a tick, None where there is no limit."""
        if not self.execution.market_rules:
            return None
        item, on = self.item(ticker), self.scenario.row_date(t)
        if item.exchange not in facts.MAINLAND:
            return None
        board = facts.board_on(item, on, self.scenario.statuses)
        fraction = facts.limit_fraction(board, on)
        sessions = sorted({slot.date for slot in self.scenario.slots[item.exchange].values()})
        if fraction is None or facts.is_limit_free(item.board, item.listed_on, on, sessions):
            return None
        tick = facts.tick_of(item, on, Decimal(1))  # one for all prices there
        reference = self.limit_reference(ticker, t)
        if reference is None:
            return None
        reference = facts.to_tick(reference, tick)
        if reference <= 0:  # less than half a tick is no reference
            return None
        lower, upper = facts.price_limits(fraction, reference, tick)
        return lower + tick / 2, upper - tick / 2

    def limit_refusal(self, ticker: str, t: int, side: int, price: float) -> str:
        limits = self.limits(ticker, t)
        if limits is None:
            return ""
        lower, upper = limits
        if side > 0 and facts.decimal(price) >= upper:
            return "limit_up"
        if side < 0 and facts.decimal(price) <= lower:
            return "limit_down"
        return ""
