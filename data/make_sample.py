"""Makes the prices and exchange rates of the bundled sample: `python data/make_sample.py`.

Reads only the tables beside it, needs no network, and writes the same bytes every time. README.md in this folder
says what is fact and what is simulated.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from sampling.bars import Bar
from sampling.moves import Simulation
from sampling.rates import RATES, make_rates
from sampling.sessions import load_sessions
from sampling.tables import Series, read_pins, read_series

HERE = Path(__file__).resolve().parent


def _write(path: Path, header: str, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8", newline="\n")


def _price_line(series: Series, bar: Bar) -> str:
    # Hong Kong funds and penny shares are quoted to a thousandth.
    places = 3 if series.exchange == "XHKG" and (series.board == "etf" or bar.low <= 0.5) else 2
    prices = ",".join(f"{price:.{places}f}" for price in (bar.open, bar.high, bar.low, bar.close))
    return f"{series.ticker},{bar.day},{prices},{'' if bar.volume is None else bar.volume}"


def make_sample(out: Path) -> list[Path]:
    """Write `prices/TICKER.csv` and `fx.csv` below `out`; returns the files written."""
    rates = {pair: make_rates(pair) for pair in RATES}
    lines = [f"{pair},{day},{rate:.5f}" for pair, table in rates.items() for day, rate in table.items()]
    written = [out / "fx.csv"]
    _write(written[0], "pair,date,rate", lines)
    calendars = {market: load_sessions(market) for market in ("XHKG", "XSHG", "XNYS")}
    simulation = Simulation(calendars, read_pins(HERE), rates["USDHKD"])
    for series in read_series(HERE):
        bars = simulation.run(series)
        path = out / "prices" / f"{series.ticker}.csv"
        _write(path, "ticker,date,open,high,low,close,volume", (_price_line(series, bar) for bar in bars))
        written.append(path)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the simulated prices and rates of the bundled sample.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: this one)")
    written = make_sample(parser.parse_args().out)
    size = sum(path.stat().st_size for path in written)
    print(f"{len(written)} files, {size / 1e6:.1f} MB in {written[0].parent}")


if __name__ == "__main__":
    main()
