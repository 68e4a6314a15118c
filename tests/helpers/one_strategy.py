"""A handful of bars and one backtrader strategy on them: what it was told and what came of its orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

import newsbt
from newsbt.domain.results import StrategyResult
from newsbt.testing import make_events

Bar = tuple[float, float, float, float] | None

# Sessions of all three markets, without a holiday.
DAYS = ("2025-03-03", "2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07", "2025-03-10", "2025-03-11")
MARKETS = {
    "HK": ("XHKG", "HKD", 100, "true"), "SH": ("XSHG", "CNY", None, ""), "US": ("XNYS", "USD", None, ""),
}  # fmt: skip
FREE = {"costs": {"use": "zero"}, "slippage": {"use": "zero"}, "participation": None}


class Recorder(newsbt.BacktraderStrategy):
    """Writes down what it is told. `log` belongs to the class: each test makes one of its own."""

    log: list[Any]

    def notify_order(self, order: Any) -> None:
        self.log.append((len(self) - 1, "order", order.getstatusname(), order.info.get("reason")))

    def notify_trade(self, trade: Any) -> None:
        self.log.append((len(self) - 1, "trade", "closed" if trade.isclosed else "open", round(trade.pnlcomm, 6)))


def flat(price: float, count: int = len(DAYS)) -> list[Bar]:
    return [(price, price, price, price)] * count


def play(
    cls: type,
    bars: Mapping[str, Sequence[Bar]],
    events: pd.DataFrame | None = None,
    *,
    volume: float = 1e6,
    execution: Mapping[str, Any] | None = None,
    instruments: Mapping[str, Mapping[str, Any]] | None = None,
    cash: float = 100_000.0,
    **options: Any,
) -> StrategyResult:
    """Run a class: `bars` by ticker, whose ending HK, SH or US says where it trades; None is a day without a row. News
    that names tickers is linked to these alone."""
    listed, prices = [], []
    for ticker, own in bars.items():
        exchange, currency, lot, shortable = MARKETS[ticker.rpartition(".")[2]]
        row = {
            "ticker": ticker, "name": ticker.partition(".")[0], "exchange": exchange, "board": "main",
            "currency": currency, "sector": "", "themes": "", "sector_index": "", "aliases": "", "lot_size": lot,
            "shortable": shortable, "proxy": "", **((instruments or {}).get(ticker) or {}),
        }  # fmt: skip
        listed.append(row)
        for day, bar in zip(DAYS, own, strict=False):
            if bar is not None:
                prices.append((ticker, day, *bar, volume))
    cls.log = []  # type: ignore[attr-defined]
    result = newsbt.run(
        prices=pd.DataFrame(prices, columns=["ticker", "date", "open", "high", "low", "close", "volume"]),
        announcements=make_events(("2025-03-04T19:00Z", "A")) if events is None else events,
        instruments=pd.DataFrame(listed),
        fx=options.pop("fx", {"USDHKD": 8.0, "CNYHKD": 1.25}),
        strategies=[cls],
        cash=cash,
        currency="HKD",
        execution={**FREE, **(execution or {})},
        baselines=[],
        linker={"use": "table", "params": {"same_company": False}},
        **options,
    )
    return result.strategies[0]
