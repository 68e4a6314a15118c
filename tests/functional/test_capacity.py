"""`newsbt.capacity`: the same strategy with accounts of several sizes, by hand where volume and lots end it."""

from __future__ import annotations

from pathlib import Path

import pytest

import newsbt
from newsbt.errors import ConfigError
from projects import write_project

CONFIG = """
account: {cash: 5, currency: HKD}
execution: {costs: {use: flat, commission_bps: 10}, slippage: {use: zero}, participation: 0.1}
strategies: [{name: Follow, use: named_tickers, params: {sign: one}, position: {weight: 0.5, hold: 1}}]
baselines: []
"""
TABLES = {
    "instruments": """
        ticker, name, exchange, board, currency, lot_size
        A.HK,   A,    XHKG,     main,  HKD,      100
        """,
    "announcements": """
        event_id, published_at,           event_type, issuer, headline, tickers
        e,        2025-03-04T08:00+08:00, news,       A,      x,        A.HK
        """,
    "prices": """
        ticker, date,       open, high, low, close, volume
        A.HK,   2025-03-03, 10,   10,   10,  10,    100000
        A.HK,   2025-03-04, 10,   10,   10,  10,    100000
        A.HK,   2025-03-05, 11,   11,   11,  11,    100000
        A.HK,   2025-03-06, 11,   11,   11,  11,    100000
        """,
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_project(tmp_path, CONFIG, **TABLES)


def test_the_return_falls_where_the_volume_ends(config: Path) -> None:
    """A tenth of 100,000 shares is 10,000: half of 200,000. Twice the account earns the same money, half the return;
    half of 1,000 buys no lot."""
    table = newsbt.capacity(config, sizes=(400_000, 1_000, 200_000))
    assert table["strategy"].tolist() == ["Follow"] * 3
    assert table["size"].tolist() == [1_000, 200_000, 400_000]
    earned = 10_000 - 10_000 * (10 + 11) * 0.001
    assert table["total_return"].tolist() == pytest.approx([0, earned / 200_000, earned / 400_000])
    assert table["gross_return"].tolist() == pytest.approx([0, 0.05, 0.025])
    assert table["costs"].tolist() == pytest.approx([0, 210 / 200_000, 210 / 400_000])
    assert table["cut"].tolist() == [0, 0, 1]
    assert table["below_one_lot"].tolist() == [1, 0, 0]
    assert table["fills"].tolist() == [0, 2, 2]


def test_impact_makes_a_larger_account_pay_more(config: Path) -> None:
    """The root law: four times the shares move the price twice as far, until the bar's own range stops it."""
    days = [(f"02-{day}", 10 + day % 2) for day in (19, 20, 21, 24, 25, 26)]
    lines = [f"A.HK,2025-{day},{price},{price},{price},{price},100000" for day, price in days]
    lines += [f"A.HK,2025-03-{day:02d},10,20,5,10,100000" for day in (3, 4, 5, 6)]
    prices = "\n".join(["ticker,date,open,high,low,close,volume", *lines]) + "\n"
    (config.parent / "prices.csv").write_text(prices)
    overrides = {"execution.slippage": {"use": "volume_share", "coefficient": 0.5}, "execution.participation": None}
    table = newsbt.capacity(config, sizes=(20_000, 80_000), overrides=overrides)
    first, second = table["slippage"].tolist()
    assert 0 < first < second == pytest.approx(2 * first, rel=1e-3)


def test_it_is_what_a_run_with_that_cash_finds(config: Path) -> None:
    table = newsbt.capacity(config, sizes=(300_000,))
    run = newsbt.run(config, cash=300_000)
    metrics = run["Follow"].metrics
    for name in ("total_return", "gross_return", "sharpe"):
        assert table[name][0] == pytest.approx(metrics[name], nan_ok=True)


def test_the_figure_has_a_net_and_a_gross_line_for_each_strategy(config: Path) -> None:
    figure = newsbt.capacity_figure(newsbt.capacity(config, sizes=(1e5, 1e6)), currency="HKD")
    (chart,) = figure.charts
    assert [line.name for line in chart.series] == ["Follow, net", "Follow, gross"]
    assert chart.series[0].at.tolist() == [1e5, 1e6]
    assert (chart.x.unit, chart.x.title) == ("log", "account size, HKD")


@pytest.mark.parametrize("sizes", [(), (0,), (-1, 5), (float("inf"),), (float("nan"),)])
def test_senseless_sizes(config: Path, sizes: tuple[float, ...]) -> None:
    with pytest.raises(ConfigError, match="sizes are amounts of cash above 0"):
        newsbt.capacity(config, sizes=sizes)


def test_an_entry_that_the_cash_cuts_counts_as_cut(tmp_path: Path) -> None:
    """All of 100,000 buys 10,000 shares at 10, and leaves nothing for the commission."""
    config = write_project(tmp_path, CONFIG.replace("weight: 0.5", "weight: 1.0"), **TABLES)
    (row,) = newsbt.capacity(config, sizes=(100_000,)).to_dict("records")
    assert (row["cut"], row["fills"]) == (1, 2)
