"""What a run of M cannot be faster than by much: `python -m benchmarks.bound`.

The same strategy, written as one loop of numbers on arrays that are in memory: it enters, extends, leaves, pays and
marks as the compiled engine does on the plain market, and comes to its equity. It keeps no records of fills, refusals
and lots, looks at no rule but cash, and sums in plain floating point. Beside it stand the kernel and the whole engine,
in turn, as ratios of user CPU.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable
from statistics import median

import numba
import numpy as np

from benchmarks.ratios import keep_ratio
from benchmarks.workload import SIZES, Workload, plain
from newsbt.simulation import compiled
from newsbt.simulation.compiled import engine
from newsbt.simulation.compiled.inputs import costs_of, market_of, position_of, rules_of

RATE = 0.001  # of the plain market, a side


@numba.njit(nogil=True)
def bare_loop(opens, closes, reference, row, ticker, weight, hold, cash, equity, shares, due, held):
    """Into `equity` (T,). `shares`, `due` (N,) and `held` (N,) are zeroed by the caller."""
    rows, following, count, value = opens.shape[0], 0, 0, cash
    for t in range(rows):
        last = following
        while last < row.shape[0] and row[last] == t:
            n = ticker[last]
            if shares[n] > 0:
                due[n] = t + hold
            last += 1
        for index in range(count):
            n = held[index]
            if shares[n] > 0 and due[n] <= t:
                price = opens[t, n]
                cash += shares[n] * price - shares[n] * price * RATE
                shares[n] = 0
        for k in range(following, last):
            n = ticker[k]
            if shares[n] > 0:
                continue
            price = opens[t, n]
            wanted = np.floor(weight * value / reference[t, n])
            affordable = np.floor(cash / (price * (1.0 + RATE)))
            size = min(wanted, affordable)
            if size >= 1.0:
                shares[n] = size
                due[n] = t + hold
                cash -= size * price + size * price * RATE
                listed = False
                for index in range(count):
                    listed = listed or held[index] == n
                if not listed:
                    held[count] = n
                    count += 1
        following = last
        kept, worth = 0, 0.0
        for index in range(count):
            n = held[index]
            if shares[n] > 0:
                held[kept] = n
                kept += 1
                worth += shares[n] * closes[t, n]
        count = kept
        value = cash + worth
        equity[t] = value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=100, help="goes in one measurement")
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    work = plain(SIZES["M"])
    loops = {
        "bare loop": _bare(work),
        "kernel": _kernel(work),
        "engine": lambda: compiled.simulate(work.terms, work.entries),
    }
    for loop in loops.values():
        loop()
    times: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(asked.rounds):
        for name, loop in loops.items():
            times[name].append(_user(loop, asked.repeat))
    print(f"M, user CPU, medians of {asked.rounds} alternating rounds of {asked.repeat}")
    for name, taken in times.items():
        ratio = median(mine / bare for mine, bare in zip(taken, times["bare loop"], strict=True))
        print(f"{name:<12}{1e3 * median(taken) / asked.repeat:>9.3f} ms{ratio:>9.2f} x")
        if name != "bare loop":
            keep_ratio(f"M, {name} / bare loop", ratio)


def _user(loop: Callable[[], object], repeat: int) -> float:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    for _ in range(repeat):
        loop()
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime - before


def _bare(work: Workload) -> Callable[[], float]:
    terms, entries = work.terms, work.entries
    panel = terms.panel
    count, equity = panel.shape[1], np.empty(panel.shape[0])
    books = [np.zeros(count), np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)]
    market = market_of(terms)

    def run() -> float:
        for array in books:
            array[:] = 0
        bare_loop(
            panel.open, panel.close, market.reference, entries.row, entries.ticker, work.size.weight, 5, terms.cash,
            equity, *books,
        )  # fmt: skip
        return float(equity[-1])

    mine, whole = run(), float(compiled.simulate(terms, entries).equity[-1])
    if abs(mine / whole - 1) > 1e-9:
        raise AssertionError(f"the bare loop ends with {mine:,.4f}, the engine with {whole:,.4f}")
    return run


def _kernel(work: Workload) -> Callable[[], int]:
    """The engine's loop over rows, its books opened anew each time as the bare loop's are."""
    from newsbt.kernels.event_engine import replay

    terms, entries = work.terms, work.entries
    inputs = market_of(terms), rules_of(terms), costs_of(terms), position_of(terms)

    def run() -> int:
        books = engine.open_books(terms.cash, *terms.panel.shape, lots=len(entries), records=2 * len(entries) + 1024)
        return replay(0, terms.panel.shape[0], *inputs, engine.ask(entries), books)

    return run


if __name__ == "__main__":
    main()
