"""Engines side by side on seeded markets of three sizes: `python -m benchmarks.engines --sizes S,M --idiom`.

Rows: the kernel alone, with books opened outside the clock; `simulate` of the compiled engine, with its ledger, on the
plain market and with every rule on; the backtrader engine; backtrader as one would write it by hand (`--idiom`, nearly
a minute on M); and vectorbt, where `pip install -r benchmarks/requirements.txt` has installed it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.ratios import keep_ratio
from benchmarks.timing import Timing, measure
from benchmarks.workload import SIZES, Workload, every_rule, plain
from newsbt.domain.ledger import Ledger
from newsbt.kernels.event_engine import replay
from newsbt.simulation import backtrader, compiled
from newsbt.simulation.compiled import engine
from newsbt.simulation.compiled.inputs import costs_of, market_of, position_of, rules_of

REPEATS = {"S": 200, "M": 50, "L": 10}
Row = tuple[str, Timing, str]


def main() -> None:
    """Print one table a size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="S,M", help="of S, M and L, by commas")
    parser.add_argument("--idiom", action="store_true", help="also backtrader as written by hand, on S and M")
    parser.add_argument("--no-backtrader", action="store_true", help="leave the backtrader engine out")
    arguments = parser.parse_args()
    for name in arguments.sizes.split(","):
        size = SIZES[name]
        print(f"\n{name}: {size.tickers:,} tickers x {size.rows:,} rows, {size.events:,} events; milliseconds")
        print(f"{'engine':<44}{'best':>12}{'median':>12}{'cpu':>12}   result")
        for label, timing, said in _rows(name, idiom=arguments.idiom, reference=not arguments.no_backtrader):
            print(f"{label:<44}" + "".join(f"{cell:>12}" for cell in timing.cells()) + f"   {said}", flush=True)


def _rows(name: str, *, idiom: bool, reference: bool) -> Iterator[Row]:
    work, ruled = plain(SIZES[name]), every_rule(SIZES[name])
    repeat, own = REPEATS[name], Timing(0.0, 0.0, 0.0)
    compiled.simulate(work.terms, work.entries)  # compiled, or read from disk, outside the clock
    for label, item in (("plain", work), ("every rule", ruled)):
        yield f"compiled kernel alone, {label}", kernel_time(item, repeat), ""
        timing, ledger = measure(lambda _, item=item: compiled.simulate(item.terms, item.entries), repeat)
        own = timing if item is work else own
        yield f"compiled simulate(), {label}", timing, _said(ledger)
        if reference:
            slow, books = measure(
                lambda _, item=item: backtrader.simulate(item.terms, item.entries), 3 if name == "S" else 1
            )
            yield f"backtrader engine, {label}", slow, f"{_said(books)}; {_compared(books, ledger)}"
    if idiom and name != "L":
        yield from _against_backtrader(name)
    if find_spec("vectorbt") is None:
        print("vectorbt is not installed: pip install -r benchmarks/requirements.txt")
    else:
        for label, run in (("from_orders", _vectorbt_orders), ("from_signals", _vectorbt_signals)):
            timing, portfolio = measure(lambda _, run=run: run(work), 1 if name == "L" else 5)
            value = float(portfolio.final_value())
            keep_ratio(f"{name}, compiled engine / vectorbt {label}", own.best / timing.best)
            yield f"vectorbt {label}, simulate only", timing, f"final equity {value:,.2f}"


def _against_backtrader(name: str) -> Iterator[Row]:
    """Plain backtrader beside newsbt's two ways to run on it, with a weight at which cash never runs short."""
    from benchmarks.idiom import deliveries_of, fills_of, frames_of, run_own_orders, run_plain

    work = plain(replace(SIZES[name], weight=0.01))
    frames, deliveries = frames_of(work), deliveries_of(work)
    slow, (value, fills) = measure(lambda _: run_plain(work, frames), 1)
    yield "backtrader, written by hand, 1 %", slow, f"{len(fills):,} fills, final equity {value:,.2f}"
    runs = {
        "backtrader engine, a Strategy, 1 %": lambda: backtrader.simulate(work.terms, work.entries),
        "backtrader engine, a BacktraderStrategy, 1 %": lambda: run_own_orders(work, deliveries),
    }
    for label, run in runs.items():
        timing, ledger = measure(lambda _, run=run: run(), 3 if name == "S" else 1)
        same = fills_of(work, ledger) == fills
        said = f"{'the same fills' if same else 'OTHER fills'}, {slow.cpu / timing.cpu:.1f} x the cpu time"
        yield label, timing, f"{said}, {slow.best / timing.best:.1f} x by the clock"


def kernel_time(work: Workload, repeat: int) -> Timing:
    """The loop over rows, without opening and closing the books."""
    terms, entries = work.terms, work.entries
    inputs = market_of(terms), rules_of(terms), costs_of(terms), position_of(terms)

    def prepare() -> tuple[Any, Any]:
        books = engine.open_books(terms.cash, *terms.panel.shape, lots=len(entries), records=2 * len(entries) + 1024)
        return engine.ask(entries), books

    rows = terms.panel.shape[0]
    timing, row = measure(lambda ready: replay(0, rows, *inputs, *ready), repeat, prepare)
    assert row == rows
    return timing


def _vectorbt_orders(work: Workload) -> Any:
    """Target weights at events, nothing five bars later, on shared cash: the nearest that vectorbt has."""
    import vectorbt as vbt

    panel, entries = work.terms.panel, work.entries
    target = np.full(panel.shape, np.nan)
    leaves = np.minimum(entries.row + 5, panel.shape[0] - 1)
    target[leaves, entries.ticker] = 0.0
    target[entries.row, entries.ticker] = work.size.weight
    return vbt.Portfolio.from_orders(
        _closes(work), size=target, size_type="targetpercent", price=panel.open, fees=0.001,
        init_cash=work.terms.cash, cash_sharing=True, group_by=True, call_seq="auto", freq="1D",
    )  # fmt: skip


def _vectorbt_signals(work: Workload) -> Any:
    """Entries of a fixed value at events, exits five bars later, on shared cash: its fastest."""
    import vectorbt as vbt

    panel, entries = work.terms.panel, work.entries
    enter, leave = np.zeros(panel.shape, dtype=bool), np.zeros(panel.shape, dtype=bool)
    enter[entries.row, entries.ticker] = True
    leave[np.minimum(entries.row + 5, panel.shape[0] - 1), entries.ticker] = True
    return vbt.Portfolio.from_signals(
        _closes(work), enter, leave & ~enter, price=panel.open, size=work.size.weight * work.terms.cash,
        size_type="value", fees=0.001, init_cash=work.terms.cash, cash_sharing=True, group_by=True, freq="1D",
    )  # fmt: skip


def _closes(work: Workload) -> Any:
    import pandas as pd

    panel = work.terms.panel
    return pd.DataFrame(panel.close, index=pd.DatetimeIndex(panel.dates.astype("M8[ns]")), columns=panel.tickers)


def _said(ledger: Ledger) -> str:
    return f"{len(ledger.fills):,} fills, {len(ledger.refusals):,} refusals, equity {ledger.equity[-1]:,.2f}"


def _compared(one: Ledger, other: Ledger) -> str:
    names = ("fills", "refusals", "lots", "equity", "cash", "gross", "stale", "outcome")
    differ = [name for name in names if getattr(one, name).tobytes() != getattr(other, name).tobytes()]
    return f"differs in {', '.join(differ)}" if differ else "the same to the last bit"


if __name__ == "__main__":
    main()
