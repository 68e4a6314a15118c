"""A grid's view of what cannot be traded is told once, when it is new to the ticker's market."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import newsbt

DAYS = {"XHKG": ["2025-04-02", "2025-04-03", "2025-04-07", "2025-04-08"],
        "XNYS": ["2025-04-02", "2025-04-03", "2025-04-04", "2025-04-07", "2025-04-08"]}  # fmt: skip
INSTRUMENTS = pd.DataFrame(
    [("H.HK", "Harbor", "XHKG", "HKD", False, 100), ("U", "Usher", "XNYS", "HKD", True, 1)],
    columns=["ticker", "name", "exchange", "currency", "tradable", "lot_size"],
).assign(board="main", sector="it", themes="", sector_index="", aliases="")
PRICES = pd.concat(
    pd.DataFrame({"ticker": item.ticker, "date": pd.to_datetime(DAYS[item.exchange])})
    for item in INSTRUMENTS.itertuples()
).assign(open=10.0, high=10.0, low=10.0, close=10.0, volume=1e6)


class Away(newsbt.Strategy):
    """1 for the share that is not tradable, but 0 at the end of the days that it names."""

    zero: tuple[str, ...] = ()

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        grid = np.zeros((len(view.dates), 2))
        grid[:, 0] = ~np.isin(view.dates.astype("M8[D]").astype(str), self.zero)
        return newsbt.Signal.grid(grid)


@pytest.mark.parametrize("engine", ["backtrader", "compiled"])
@pytest.mark.parametrize(
    ("zero", "refused"),
    [
        ((), ["2025-04-03"]),
        (("2025-04-03",), ["2025-04-03"]),
        (("2025-04-04",), ["2025-04-03", "2025-04-08"]),
    ],
)
@pytest.mark.rule("X21")
def test_a_view_is_new_where_its_market_saw_another_before(
    zero: tuple[str, ...], refused: list[str], engine: str
) -> None:
    """Hong Kong is closed on 2025-04-04, New York open. The rows trade what stood at the end of the row before.

    1 in every row: told at the first opening that follows it, 04-03, and never again. 0 at the end of 04-03: only the
    row of 04-04 follows that, on which Hong Kong does not open; it saw 1 on 04-03 and 1 again on 04-07, nothing new.
    0 at the end of 04-04: Hong Kong sees it on 04-07, so that the 1 of 04-08 is new.
    """
    run = newsbt.run(
        prices=PRICES, announcements=[], instruments=INSTRUMENTS, strategies=[Away(zero=zero)], cash=1e5,
        currency="HKD", position={"mode": "target", "weight": 0.5}, baselines=[],
        overrides={"execution.engine": engine, "evaluation.placebo": 0, "evaluation.bootstrap": 0},
    )  # fmt: skip
    refusals = run["Away"].refusals
    assert refusals["date"].dt.strftime("%Y-%m-%d").tolist() == refused
    assert set(refusals["reason"]) == {"not_tradable"}
