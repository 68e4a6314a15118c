"""The dealing desk: tries entries and exits against the market's rules, one test after the other (X6 to X12)."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Sequence

from newsbt.domain.ledger import Outcome, Reason
from newsbt.simulation.account import Account
from newsbt.simulation.lot_sales import Lot

__all__ = ["OrderExecution"]


class OrderExecution:
    """Fills, reduces or refuses what a strategy wants, in the row that is being worked."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.terms = account.terms
        panel = self.terms.panel
        self.open_at = panel.clock.open_at.astype("M8[ns]").view("i8")
        self.close_at = panel.clock.close_at.astype("M8[ns]").view("i8")
        self._filled: dict[int, int] = {}  # shares of each ticker filled in this bar, for X11
        self._row = -1

    def begin_row(self, t: int) -> None:
        self._row = t
        self._filled.clear()

    def instant(self, t: int, n: int, *, at_close: bool) -> int:
        """When row t's open or close is, nanoseconds UTC."""
        instants = self.close_at if at_close else self.open_at
        return int(instants[t, self.terms.panel.market_of[n]])

    def whole_lots(self, t: int, n: int, shares: float) -> int | None:
        """What whole lots hold, 0 below the smallest order; None where no lot is known (X15)."""
        step = int(self.terms.rules.lot_step[t, n])
        if step <= 0:
            return None
        quantity = math.floor(shares / step + 1e-9) * step
        return quantity if quantity >= self.terms.rules.lot_minimum[t, n] else 0

    def closings(self, t: int) -> list[tuple[int, set[int]]]:
        """Row t's closing instants, ascending, each with the markets that close then."""
        found: dict[int, set[int]] = {}
        for m, session in enumerate(self.terms.panel.clock.session_of[t].tolist()):
            if session >= 0:
                found.setdefault(int(self.close_at[t, m]), set()).add(m)
        return sorted(found.items())

    def size(self, t: int, n: int, weight: float) -> int | None:
        """Whole lots for a fraction of E_{t-1} (X4); None where no reference price or lot is known."""
        reference = float(self.terms.panel.reference[t, n]) / float(self.terms.panel.split[t, n])
        price = reference * self.account.fill_rate(t, n)
        if not math.isfinite(price):
            return None
        return self.whole_lots(t, n, weight * max(self.account.equity, 0.0) / price)

    def enter(
        self, t: int, n: int, side: int, wanted: int | None, event: int,
        *, at_close: bool = False, reason: Reason = Reason.ENTRY, parts: Sequence[tuple[int, float]] = (),
        unslipped: float | None = None, limit: float | None = None,
    ) -> Outcome:  # fmt: skip
        """Try an entry; what did not fill, or not whole, is recorded. Returns FILLED or why not.

        `parts` are (event, share of the order) where several events caused it; each gets a lot of its own.
        `unslipped` is the price where it is neither the open nor the close, `limit` one that slippage does not pass.
        """
        terms, panel, account = self.terms, self.terms.panel, self.account
        at = self.instant(t, n, at_close=at_close)

        def refuse(why: Outcome, filled: int = 0) -> Outcome:
            size = math.nan if wanted is None else float(wanted)
            account.refuse(t, n, side, why, size, filled, event, at, is_entry=True, at_close=at_close)
            return why

        if not terms.may_trade[n]:
            return refuse(Outcome.NOT_TRADABLE)
        if not panel.tradable[t, n]:
            return refuse(Outcome.NOT_TRADING)
        if not math.isfinite(panel.reference[t, n]):
            return refuse(Outcome.NO_REFERENCE_PRICE)
        if terms.rules.lot_step[t, n] <= 0 or wanted is None:
            return refuse(Outcome.UNKNOWN_LOT)
        if side < 0 and not terms.rules.can_short[n]:
            return refuse(Outcome.NO_SHORT)
        most = terms.position.max_positions
        if most is not None and not account.has_place(n, most):
            return refuse(Outcome.MAX_POSITIONS)
        if wanted <= 0:
            return refuse(Outcome.BELOW_ONE_LOT)
        if unslipped is None:
            unslipped = float(panel.close[t, n] if at_close else panel.open[t, n])
        locked = self._at_limit(t, n, side, unslipped)
        if locked is not None:
            return refuse(locked)

        cuts: list[Outcome] = []
        quantity = wanted
        left = self._participation_left(t, n)
        if left < quantity:
            quantity = self.whole_lots(t, n, left) or 0
            if quantity == 0:
                return refuse(Outcome.PARTICIPATION)
            cuts.append(Outcome.PARTICIPATION)
        free = account.free_cash()
        asked = self._needed(t, n, side, quantity, unslipped, limit)
        if asked > free:
            if terms.reject_short_cash:
                return refuse(Outcome.CASH)
            quantity = self._affordable(t, n, side, quantity, unslipped, limit, free, asked)
            if quantity == 0:
                return refuse(Outcome.CASH)
            cuts.append(Outcome.CASH)

        price, costs = self._dealt(t, n, side, quantity, unslipped, limit)
        lots = _split(quantity, parts) if len(parts) > 1 else [(event, quantity)]
        for (cause, part), share in zip(lots, _cost_shares(costs, [part for _, part in lots]), strict=True):
            account.open_lot(t, n, side, part, cause, reason, price, unslipped, share, at)
        self._filled[n] = self._filled.get(n, 0) + quantity
        for why in cuts:
            refuse(why, quantity)
        return Outcome.FILLED

    def leave(
        self, t: int, parts: Sequence[tuple[Lot, int]], reason: Reason,
        *, unslipped: float | None = None, at_close: bool = False, waits: bool = True, limit: float | None = None,
    ) -> Outcome:  # fmt: skip
        """Try to leave so many shares of each of a ticker's lots by one order: at the open, or the close, or a price
        inside the bar.

        The order pays once, and its lots share what it paid. What does not fill of a lot is recorded and, where it
        `waits`, tried again (X12). Returns FILLED, or why the first lot that did not fill whole did not.
        """
        n, side = parts[0][0].ticker, -parts[0][0].sign
        panel = self.terms.panel
        at = self.instant(t, n, at_close=at_close)
        if unslipped is None:
            unslipped = float(panel.close[t, n] if at_close else panel.open[t, n])
        fits = self._fitting(t, n, side, parts, unslipped)
        sizes = [filled for _, filled in fits if filled > 0]
        if sizes:
            price, costs = self._dealt(t, n, side, sum(sizes), unslipped, limit)
            shares = iter(_cost_shares(costs, sizes))
            self._filled[n] = self._filled.get(n, 0) + sum(sizes)
        for (lot, wanted), (why, filled) in zip(parts, fits, strict=True):
            if filled > 0:
                self.account.reduce_lot(t, lot, filled, reason, price, unslipped, next(shares), at)
            if why is not Outcome.FILLED:
                self.account.refuse(
                    t, n, side, why, float(wanted), filled, lot.event, at, is_entry=False, at_close=at_close
                )
                if waits:
                    lot.waiting = reason
        return next((why for why, _ in fits if why is not Outcome.FILLED), Outcome.FILLED)

    def _fitting(
        self, t: int, n: int, side: int, parts: Sequence[tuple[Lot, int]], unslipped: float
    ) -> list[tuple[Outcome, int]]:
        """For each lot of an order, why it does not leave whole, and how much of it does (X8, X9, X11)."""
        session = self.terms.panel.clock.session_of[t, self.terms.panel.market_of[n]]
        at_limit = self._at_limit(t, n, side, unslipped)
        left = self._participation_left(t, n)
        found = []
        for lot, wanted in parts:
            why, filled = Outcome.FILLED, wanted
            if lot.sign > 0 and self.terms.rules.t_plus_one[n] and session == lot.entry_session:
                why, filled = Outcome.T_PLUS_ONE, 0
            elif at_limit is not None:
                why, filled = at_limit, 0
            elif left < wanted:
                why, filled = Outcome.PARTICIPATION, int(left)
            left -= filled
            found.append((why, filled))
        return found

    def work_stops(self, t: int, markets: Container[int] | None = None) -> None:
        """Stops and targets of row t (X14), of these markets only where they are given."""
        position, panel = self.terms.position, self.terms.panel
        if not position.has_stops:
            return
        self.account.in_stops = True
        for lot in list(self.account.lots):
            n = lot.ticker
            if markets is not None and int(panel.market_of[n]) not in markets:
                continue
            if lot.entry_row >= t or lot.waiting is not None or not panel.tradable[t, n]:
                continue
            hit = _stop_hit(
                lot,
                position.stop_loss,
                position.trailing_stop,
                position.take_profit,
                float(panel.open[t, n]),
                float(panel.high[t, n]),
                float(panel.low[t, n]),
            )
            if hit is not None:
                reason, price, at_open = hit
                self.leave(t, [(lot, lot.quantity)], reason, unslipped=price, at_close=not at_open)
        self.account.in_stops = False

    def _at_limit(self, t: int, n: int, side: int, unslipped: float) -> Outcome | None:
        if not self.terms.rules.at_limit(t, n, side, unslipped):
            return None
        return Outcome.LIMIT_UP if side > 0 else Outcome.LIMIT_DOWN

    def _participation_left(self, t: int, n: int) -> float:
        volume = float(self.terms.panel.volume[t, n])
        if self.terms.participation is None or math.isnan(volume):
            return math.inf
        step = max(1, int(self.terms.rules.lot_step[t, n]))
        cap = math.floor(self.terms.participation * volume / step + 1e-9) * step
        return max(0, cap - self._filled.get(n, 0))

    def _slipped(self, t: int, n: int, side: int, quantity: int, unslipped: float, limit: float | None = None) -> float:
        """The fill price: moved against the trader, kept inside the bar (X6), and not past an order's own limit."""
        slippage, panel = self.terms.slippage, self.terms.panel
        shift = unslipped * slippage.rate
        if slippage.half_spread is not None:
            shift += float(slippage.half_spread[t, n])
        if slippage.impact is not None:
            volume = float(panel.volume[t, n])
            if volume > 0:
                shift += unslipped * float(slippage.impact[t, n]) * math.sqrt(quantity / volume)
        price = min(max(unslipped + side * shift, float(panel.low[t, n])), float(panel.high[t, n]))
        if limit is not None:
            price = min(price, limit) if side > 0 else max(price, limit)
        return price

    def _dealt(
        self, t: int, n: int, side: int, quantity: int, unslipped: float, limit: float | None
    ) -> tuple[float, float]:
        """Price and costs of an order that fills `quantity`, whatever number of lots it opens or leaves."""
        price = self._slipped(t, n, side, quantity, unslipped, limit)
        return price, float(self.terms.fees.charge(t, n, side > 0, quantity, price, self.account.fill_rate(t, n)))

    def _needed(self, t: int, n: int, side: int, quantity: int, unslipped: float, limit: float | None) -> float:
        price, costs = self._dealt(t, n, side, quantity, unslipped, limit)
        return quantity * (price * self.account.fill_rate(t, n)) + costs

    def _affordable(
        self, t: int, n: int, side: int, quantity: int, unslipped: float, limit: float | None, free: float, asked: float
    ) -> int:
        """The most whole lots, below `quantity`, that free cash pays for with costs; 0 when not even one fits.

        `asked` is what the whole `quantity` needs, more than `free`.
        """
        step = int(self.terms.rules.lot_step[t, n])
        upper = quantity // step
        guess = math.floor(max(0.0, free / asked) * upper)
        most = _largest(upper, guess, lambda lots: self._needed(t, n, side, lots * step, unslipped, limit) <= free)
        found = most * step
        return found if found >= self.terms.rules.lot_minimum[t, n] else 0


def _split(quantity: int, parts: Sequence[tuple[int, float]]) -> list[tuple[int, int]]:
    """Whole shares in proportion: rounded down, what is left going to the largest remainders, the first on ties."""
    total = 0.0
    for _, share in parts:  # one by one: from Python 3.12 on, `sum` rounds otherwise than the compiled engine
        total += share
    exact = [quantity * share / total for _, share in parts]
    whole = [math.floor(value) for value in exact]
    order = sorted(range(len(parts)), key=lambda k: whole[k] - exact[k])
    for k in order[: max(0, quantity - sum(whole))]:
        whole[k] += 1
    return [(event, size) for (event, _), size in zip(parts, whole, strict=True) if size]


def _cost_shares(costs: float, sizes: Sequence[int]) -> list[float]:
    """What each lot of an order bears of its costs: what the lots so far owe, less what those before bear, so that the
    last takes what is left and all of them sum to what was paid."""
    whole, done, shared = sum(sizes), 0, 0.0
    shares = []
    for size in sizes:
        done += size
        shares.append(costs * (done / whole) - shared)
        shared += shares[-1]
    return shares


def _largest(upper: int, guess: int, fits: Callable[[int], bool]) -> int:
    """The largest whole number in [0, upper] that fits, where what fits is an interval from 0.

    Looked for beside a guess first, which is mostly right, then by halving.
    """
    low, high, tries = 0, upper + 1, 0
    while high - low > 1:
        guess = min(max(guess, low + 1), high - 1)
        fitted = fits(guess)
        if fitted:
            low = guess
        else:
            high = guess
        tries += 1
        guess = (low + high) // 2 if tries > 2 else low + 1 if fitted else high - 1
    return low


def _stop_hit(
    lot: Lot, stop_loss: float | None, trailing: float | None, target: float | None,
    open_: float, high: float, low: float,
) -> tuple[Reason, float, bool] | None:  # fmt: skip
    """Which stop or target of a lot acts in a bar, at what price, and whether at the open."""
    up = lot.sign  # 1 long, -1 short; prices times it read as for a long
    reason, stop = Reason.STOP_LOSS, -math.inf
    if stop_loss is not None:
        stop = up * lot.entry_price * (1.0 - up * stop_loss)
    if trailing is not None:
        trail = up * lot.peak * (1.0 - up * trailing)
        if trail > stop:
            reason, stop = Reason.TRAILING_STOP, trail
    goal = math.inf if target is None else up * lot.entry_price * (1.0 + up * target)
    worst, best = (low, high) if up > 0 else (-high, -low)
    first = up * open_
    if first <= stop:
        return reason, open_, True
    if first >= goal:
        return Reason.TAKE_PROFIT, open_, True
    if worst <= stop:
        return reason, up * stop, False
    if best >= goal:
        return Reason.TAKE_PROFIT, up * goal, False
    return None
