"""What strategies are compared with: which instruments are bought, when, and how much of each (S6)."""

from __future__ import annotations

import pandas as pd
import pytest

import newsbt
from newsbt.strategies.named_tickers import NamedTickers
from newsbt.testing import make_events

pytestmark = pytest.mark.rule("S6")

DAYS = ("2025-03-03", "2025-03-04", "2025-03-05")


def bought(start: str) -> list[tuple[str, str, int]]:
    instruments = pd.DataFrame({"ticker": ["A.HK", "B.HK", "C.HK", "^I"], "board": ["main"] * 3 + ["index"]}).assign(
        name="", exchange="XHKG", currency="HKD", sector="", themes="", sector_index="", aliases="", lot_size=100,
        tradable=["true", "true", "false", "true"],
    )  # fmt: skip
    instruments["name"] = instruments["ticker"]
    made = [
        (ticker, day, price, price, price, price, 1e6)
        for ticker in instruments["ticker"]
        for day, price in zip(DAYS, (10.0, 20.0, 20.0), strict=True)
    ]
    result = newsbt.run(
        prices=pd.DataFrame(made, columns=["ticker", "date", "open", "high", "low", "close", "volume"]),
        announcements=make_events(("2025-03-04T00:00Z", "A.HK")),
        instruments=instruments,
        strategies=[NamedTickers()],
        cash=100_000.0,
        currency="HKD",
        execution={"costs": {"use": "zero"}, "slippage": {"use": "zero"}, "participation": None},
        baselines=["buy_and_hold"],
        period={"start": start, "end": DAYS[-1]},
    )
    fills = result["buy_and_hold"].fills
    return [(one.ticker, f"{one.date:%Y-%m-%d}", one.quantity) for one in fills.itertuples()]


def test_each_instrument_that_can_be_traded_is_bought_in_equal_parts_at_the_first_row() -> None:
    assert bought("2025-03-05") == [("A.HK", "2025-03-05", 2500), ("B.HK", "2025-03-05", 2500)]


def test_without_a_close_before_the_first_row_the_second_is_sized_by_the_close_of_the_first() -> None:
    # 50,000 / 10 are 5000 shares; at 20 the cash is there for those of one only.
    assert bought("2025-03-03") == [("A.HK", "2025-03-04", 5000)]
