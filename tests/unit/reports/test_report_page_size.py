"""A large run's page stays within 1.5 MB, and says what it left out."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from made_runs import CASH, METRICS, made_run, strategy
from newsbt.domain.record import RunRecord
from newsbt.reports.page.card_budget import MOST_BARS
from newsbt.reports.report_page import report_page
from newsbt.runs.run_document import record_of
from page_outline import Outline

DAYS, EVENTS, TICKERS = 2600, 1500, 100


def large_record(number: int = 15, traders: int = 2, each: int = EVENTS, days: int = DAYS) -> RunRecord:
    """So many strategies; each of the first ones trades each of the events. Ten years, unless fewer days are asked."""
    strategies = [f"Strategy {n}" for n in range(number)]
    draw = np.random.default_rng(7)
    dates = pd.date_range("2015-01-01", periods=days, freq="B")
    tickers = [f"{n:04d}.HK" for n in range(TICKERS)]
    equity = pd.concat(
        pd.DataFrame(
            {
                "strategy": name, "date": dates, "equity": path, "cash": path, "gross_exposure": 0.5,
                "drawdown": path / np.maximum.accumulate(path) - 1.0,
            }
        )
        for name in strategies
        for path in [CASH * np.exp(np.cumsum(draw.normal(0, 0.01, days)))]
    )  # fmt: skip
    count = traders * each
    row = draw.integers(5, days - 30, each)
    event = np.arange(count) % each
    entered = pd.DatetimeIndex(dates[row[event]]).tz_localize("UTC")
    left = entered + pd.Timedelta(days=14)
    ids, names = [f"event-{n:05d}" for n in event], [strategies[n // each] for n in range(count)]
    traded = [tickers[n % TICKERS] for n in range(count)]
    pnl = draw.normal(0, 5000, count)
    base = {"strategy": names, "event_id": ids, "ticker": traded}
    tables = {
        "equity": equity,
        "trades": pd.DataFrame(
            {
                **base, "entry_at": entered, "exit_at": left, "quantity": 100, "entry_price": 10.0, "exit_price": 11.0,
                "pnl": pnl, "costs": 5.0, "return": pnl / 1e5, "exit_reason": "hold",
            }
        ),
        "fills": pd.DataFrame(
            {
                **base, "at": entered, "date": entered.tz_localize(None), "side": "buy", "quantity": 100, "price": 10.0,
                "price_account": 10.0, "costs": 2.0, "slippage_cost": 1.0, "reason": "entry",
            }
        ),
        "events": pd.DataFrame(
            {
                **base, "weight": 1.0, "known_at": entered - pd.Timedelta(hours=9), "first_tradable_at": entered,
                "signal": 1.0, "pnl": pnl, "costs": 5.0, "refused_reason": None,
            }
        ),
    }  # fmt: skip
    small = record_of(made_run(strategies=[strategy(name, metrics=METRICS) for name in strategies]))

    def table_of(name: str) -> pd.DataFrame:
        return tables[name] if name in tables else small.table(name).iloc[:0]

    bars = [(rows := [n for n in range(days) if n % 7], [10.0, 10.5, 9.5, 10.2] * len(rows))]
    context = {
        "dates": [f"{day:%Y-%m-%d}" for day in dates], "zones": {"XHKG": "Asia/Hong_Kong"}, "intraday": False,
        "tickers": {
            name: {"name": f"Company {name}", "market": "XHKG", "currency": "HKD", "bars": bars} for name in tickers
        },
        "events": [
            {"id": f"event-{n:05d}", "headline": f"{n} " + "words of a headline " * 5, "at": {"XHKG": float(row[n])}}
            for n in range(each)
        ],
    }  # fmt: skip
    document = {**small.document, "listings": {name: {"market": "XHKG", "sector": "s"} for name in tickers}}
    return RunRecord(
        run_id="large", document=document, table_of=table_of,  # type: ignore[arg-type]
        extra_of=lambda name: context if name == "context" else None,
    )  # fmt: skip


def rows_by_ticker(html: str) -> tuple[float, float]:
    """The sum of the rows of a profit by ticker, and what the caption says of the rest."""
    table = html[html.index("<caption><span>Strategy 0: profit by ticker") :].split("</table>", maxsplit=1)[0]
    between = re.search(r"losses, ([+-][\d,]+) together", table)
    rows = re.findall(r'</th><td class="n[^"]*" data-v="([^"]+)"', table)
    return sum(map(float, rows)), float(between[1].replace(",", "")) if between else 0.0


def large_profit(record: RunRecord) -> float:
    (row,) = [one for one in record.rows if one.get("name") == "Strategy 0"]
    return float(row["metrics"]["final_equity"]) - CASH  # type: ignore[typeddict-item, arg-type]


def test_a_large_runs_page_takes_at_most_a_megabyte_and_a_half_and_says_what_is_left_out() -> None:
    record = large_record()
    html = report_page(record)
    assert len(html.encode()) <= 1_500_000
    page = Outline(html)
    data = page.data["card-data"]
    assert data["left_out"] > 400 and len(data["cards"]) + data["left_out"] == EVENTS
    kept = {card["id"] for card in data["cards"]}
    weights = {card["id"]: max(abs(value) for value in card["pnl"]) for card in data["cards"]}
    assert min(weights.values()) > 3000, "the largest profits and losses stay"
    assert sum(len(rows) for one in data["tickers"].values() for rows, _ in one["bars"]) <= MOST_BARS
    links = [int(part.split('"')[0]) for part in html.split('href="#card-')[1:]]
    assert links and max(links) < len(kept), "each link of the waterfall leads to a card that is there"
    shown, between = rows_by_ticker(html)
    assert between and shown + between == pytest.approx(large_profit(record), abs=1.0), "rows add up to the profit"
    for words in (
        "10 more strategies are left out here", "between the largest gains and losses",
        "Lines are drawn by the lowest and highest", "3 more rows of the results table",
        "800 of 1,500 trades are drawn",
    ):  # fmt: skip
        assert words in page.text, words


def test_a_page_of_many_strategies_takes_no_more_and_counts_those_left_out() -> None:
    html = report_page(large_record(60, 60, 10, 120))
    assert len(html.encode()) <= 1_500_000
    page = Outline(html)
    assert len(page.data["card-data"]["cards"]) >= 1 and page.text.count("40 more strategies are left out here") == 3
    areas = [
        line for one in page.charts["drawdown-over-time"]["tables"] for line in one["series"] if line["style"] == "area"
    ]
    assert [line["name"] for line in areas] == ["Strategy 0"], "more of them would cover each other"


def test_cards_make_room_where_the_rest_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what they take, which may be less than they might."""
    record = large_record(2, 2, 40, 120)
    whole = len(report_page(record).encode())
    monkeypatch.setattr("newsbt.reports.report_page.MOST_BYTES_OF_PAGE", whole - 20_000)
    html = report_page(record)
    assert len(html.encode()) <= whole - 20_000 and Outline(html).data["card-data"]["left_out"] > 0


def test_lines_of_a_kind_beyond_the_sixth_are_folded_in_the_header() -> None:
    tested = {f"Strategy {n}": {"metric": "t", "note": f"note {n}.", "values": [1.0]} for n in range(9)}
    record = replace(
        large_record(9, 1, 3, 60), extra_of=lambda name: {"placebo": tested} if name == "evidence" else None
    )
    html = report_page(record)
    assert "Placebo: 3 more" in Outline(html).text
    assert html.index("note 5.") < html.index("Placebo: 3 more") < html.index("note 6.")
