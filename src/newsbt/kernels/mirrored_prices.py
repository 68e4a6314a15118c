"""Prices whose every day goes one way or the other by chance, inside the price limits of their market."""

from __future__ import annotations

from newsbt._typing import Floats, Ints
from newsbt.kernels._compile import kernel, part

__all__ = ["mirrored_prices"]

OPEN, HIGH, LOW, CLOSE = 0, 1, 2, 3
UNIT = 100_000_000  # units of a price
RATE = 1_000_000  # units of a percentage
MOST = 1.9  # of a bar that doubled, the mirror image is the inverse: a price stays above 0
LARGEST = 4.0e10


@part
def _limit(reference: float, tick: int, k: int, sign: int, rates: Ints, below: Ints, amount: Ints, bands: Ints) -> int:
    """A price limit in ticks by entry k, 0 where there is none (X8): reference x (1 +- rate), or reference +- the
    amount of its price band, half up, at least a tick away."""
    if k < 0 or tick <= 0 or not (0.0 < reference < LARGEST):
        return 0
    count = (2 * round(reference * UNIT) + tick) // (2 * tick)
    rate = rates[k, 0] if sign > 0 else rates[k, 1]
    if count <= 0 or (bands[k] == 0 and rate < 0):
        return 0
    if bands[k] == 0:
        scaled = (2 * count * (RATE + sign * rate) + RATE) // (2 * RATE)
    else:
        band = 0
        while band < bands[k] - 1 and count * tick >= below[k, band]:
            band += 1
        scaled = (2 * (count * tick + sign * amount[k, band]) + tick) // (2 * tick)
    if sign > 0:
        return int(max(scaled, count + 1))
    return int(max(min(scaled, count - 1), 1))


@kernel
def mirrored_prices(
    bars: Floats,
    at_limit: Ints,
    action: Floats,
    paid: Floats,
    split: Floats,
    given: Floats,
    session: Ints,
    which: Ints,
    rates: Ints,
    below: Ints,
    amount: Ints,
    bands: Ints,
    tick: Ints,
    before: Floats,
    sign: Ints,
    at_open: Floats,
    later: Floats,
    out: Floats,
    dividend: Floats,
    prev_close: Floats,
) -> None:
    """Make the prices of T rows and N tickers; NaN stays NaN.

    Parameters
    ----------
    bars : (4, T, N)
        Open, high, low and close over the reference price of the bar: the last close, less what `action` takes of it.
        In a ticker's first bar, prices.
    at_limit : (4, T, N)
        1 where a price stands at its upper limit, -1 at its lower one, else 0.
    action : (T, N)
        What a dividend, a split or an adjustment leaves of the last close, 1 where there is none.
    paid, split, given : (T, N)
        The dividend and the exchange's own reference price as fractions of the last close (0, and NaN, where there is
        none), new shares for one.
    session, tick : (T, N)
        The number of the bar's session; price steps in 1e-8.
    which, rates, below, amount, bands
        Price limits as `newsbt.markets.rules.LimitTable` has them.
    before : (N,)
        The last close before the first row, NaN where there is none.
    sign : (T,)
        1 for a row that goes as it went, -1 for its mirror image.
    at_open, later : (T, N)
        What is added to the return to a bar's open, and to the one from there to its close, as fractions; what a price
        limit cuts off comes at the next bar.
    out : (4, T, N); dividend, prev_close : (T, N)
        Are written.
    """
    _, rows, count = bars.shape
    for n in range(count):
        last, of_session, number, pending = before[n], before[n], -1, 1.0
        for t in range(rows):
            dividend[t, n] = paid[t, n] * last if paid[t, n] != 0.0 else 0.0
            prev_close[t, n] = given[t, n] * last
            first = not last > 0.0
            reference = 1.0 if first else last * action[t, n]
            if session[t, n] != number:
                number = session[t, n]
                of_session = (last - dividend[t, n]) / split[t, n]
                if tick[t, n] > 0 and prev_close[t, n] > 0.0 and which[t, n] >= 0:
                    prev_close[t, n] = max(round(prev_close[t, n] * UNIT / tick[t, n]), 1) * tick[t, n] / UNIT
                if prev_close[t, n] > 0.0:
                    of_session = prev_close[t, n]
            close = bars[CLOSE, t, n]
            if not close > 0.0:
                for k in range(4):
                    out[k, t, n] = bars[k, t, n]
                if not first:
                    last = reference
                continue
            turned = sign[t] < 0 and not first
            planted = at_open[t, n] != 0.0 or later[t, n] != 0.0 or pending != 1.0
            highest = _limit(of_session, tick[t, n], which[t, n], 1, rates, below, amount, bands)
            lowest = _limit(of_session, tick[t, n], which[t, n], -1, rates, below, amount, bands)
            limited = highest > 0 or lowest > 0
            step = tick[t, n] / UNIT
            doubled = turned and bars[HIGH, t, n] >= MOST
            begins = (1.0 + at_open[t, n]) * pending
            ends = begins * (1.0 + later[t, n])
            pending = 1.0
            for k in range(4):
                source = k
                if turned and k == HIGH:
                    source = LOW
                elif turned and k == LOW:
                    source = HIGH
                ratio = bars[source, t, n]
                if turned:
                    ratio = 1.0 / ratio if doubled else 2.0 - ratio
                wanted = ratio * reference * (ends if k == CLOSE else begins)
                price = wanted
                stands = at_limit[source, t, n] * (-1 if turned else 1)
                if limited:
                    steps = round(price / step)
                    if not planted and stands > 0 and highest > 0:
                        steps = highest
                    elif not planted and stands < 0 and lowest > 0:
                        steps = lowest
                    if highest > 0:
                        steps = min(steps, highest)
                    price = max(steps, lowest, 1) * tick[t, n] / UNIT
                    if k == CLOSE and planted and (steps == highest or steps <= lowest):
                        pending = wanted / price
                out[k, t, n] = price
            if planted:
                out[HIGH, t, n] = max(out[HIGH, t, n], out[OPEN, t, n], out[CLOSE, t, n])
                out[LOW, t, n] = min(out[LOW, t, n], out[OPEN, t, n], out[CLOSE, t, n])
            last = out[CLOSE, t, n]
