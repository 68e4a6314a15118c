"""The flagship over real prices of Hong Kong, the mainland and New York: what the news of QwQ-32B could really earn."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from market_moves import MOVES, mainland
from newsbt.config.loading import load
from newsbt.domain.results import RunResult
from newsbt.pipeline import run

pytestmark = pytest.mark.realdata

REPO = Path(__file__).parents[2]
QWQ = "2025-03-06-alibaba-qwq-32b"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if "NEWSBT_REALDATA" not in os.environ:
        pytest.skip("NEWSBT_REALDATA names no folder of real prices")
    source, project = Path(os.environ["NEWSBT_REALDATA"]).resolve(), tmp_path_factory.mktemp("real")
    mainland(source).to_csv(project / "mainland.csv", index=False)
    document = yaml.safe_load((REPO / "configs" / "rival_release.yaml").read_text(encoding="utf-8"))
    document["universe"] = {name: str(REPO / "configs" / path) for name, path in document["universe"].items()}
    document["announcements"] = [{"use": "csv", "path": str(REPO / "data/announcements/ai_releases.csv")}]
    document["prices"] = [
        {"use": "csv", "path": str(source / "hk_daily.csv.gz"), "adjusted": True, "on_bad_row": "skip"},
        {"use": "csv", "path": str(source / "index_daily.csv.gz"), "on_bad_row": "skip"},
        {"use": "csv", "path": "mainland.csv", "volume_unit": 100, "on_bad_row": "skip"},
        {"use": "csv", "path": str(source / "us_daily_adj.csv.gz"), "adjusted": True, "on_bad_row": "skip"},
    ]
    document["fx"] = {"use": "fixed", "rates": {"CNYHKD": 1.07, "USDHKD": 7.78}}
    document["evaluation"] = {"placebo": 0, "bootstrap": 0}
    # On its own: the same trade without the news of the days before and after.
    document["strategies"].append(
        {
            "name": "QwQ-32B alone",
            "use": "rival_release",
            "params": {"issuers": ["Alibaba"], "themes": ["chinese_ai"]},
            "position": {"weight": 0.05, "hold": 1, "on_repeat": "add"},
        }
    )
    path = project / "flagship.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def result(config: Path) -> RunResult:
    return run(load(config))


def cell(result: RunResult, ticker: str, day: str) -> tuple[int, int]:
    panel = result.strategies[0].labels.panel
    return int(np.searchsorted(panel.dates, np.datetime64(day))), panel.tickers.index(ticker)


@pytest.mark.parametrize(("ticker", "day"), MOVES)
def test_known_moves_are_in_the_panel(result: RunResult, ticker: str, day: str) -> None:
    panel = result.strategies[0].labels.panel
    t, n = cell(result, ticker, day)
    gap = panel.open[t, n] / panel.reference[t, n] - 1
    session = panel.close[t, n] / panel.open[t, n] - 1
    assert (gap, session) == pytest.approx(MOVES[ticker, day], abs=1.5e-4)


@pytest.mark.rule("T1", "T2")
@pytest.mark.parametrize("ticker", ["9988.HK", "0700.HK", "002315.SZ", "300663.SZ"])
def test_the_night_news_buys_at_the_morning_open_and_not_before(result: RunResult, ticker: str) -> None:
    """T1, T2: published at 03:00 with an hour's precision, known at 04:05 in Hong Kong, bought at 09:30."""
    item = result["QwQ-32B alone"]
    (fill,) = item.fills[
        (item.fills["event_id"] == QWQ) & (item.fills["ticker"] == ticker) & (item.fills["side"] == "buy")
    ].itertuples()
    t, n = cell(result, ticker, "2025-03-06")
    opened, before = item.labels.panel.open[t, n], item.labels.panel.close[t - 1, n]
    assert str(fill.at) == "2025-03-06 01:30:00+00:00"
    assert fill.price == pytest.approx(opened * 1.0005, rel=1e-12)
    assert opened > 1.02 * before
    known = item.events.set_index("event_id").loc[[QWQ], "known_at"]
    assert set(known.astype(str)) == {"2025-03-05 20:05:00+00:00"}


def test_alibaba_opens_at_the_price_of_the_file(result: RunResult) -> None:
    t, n = cell(result, "9988.HK", "2025-03-06")
    assert result.strategies[0].labels.panel.open[t, n] == pytest.approx(137.71, abs=0.5)


@pytest.mark.rule("X8")
def test_a_close_at_the_limit_was_tradable_at_the_open(result: RunResult) -> None:
    """X8: 002315.SZ opens 5.5 % up and locks at 49.02 later; whoever buys at the open is filled."""
    panel = result.strategies[0].labels.panel
    t, n = cell(result, "002315.SZ", "2025-03-06")
    assert (panel.open[t, n], panel.close[t, n], panel.prev_close[t, n]) == (47.00, 49.02, 44.56)
    refusals = result["QwQ-32B alone"].refusals
    assert refusals[(refusals["event_id"] == QWQ) & (refusals["ticker"] == "002315.SZ")].empty


@pytest.mark.rule("T4")
@pytest.mark.parametrize("day", ["2024-12-24", "2024-12-31", "2025-01-28"])
def test_half_days_without_volume_are_not_traded(result: RunResult, day: str) -> None:
    """T4: Yahoo's flat bars of Hong Kong's half days mark positions and fill nothing."""
    panel = result.strategies[0].labels.panel
    hong_kong = [n for n, ticker in enumerate(panel.tickers) if ticker.endswith(".HK") and panel.has_prices[n]]
    t, _ = cell(result, "9988.HK", day)
    assert not panel.tradable[t, hong_kong].any()
    assert np.isfinite(panel.close[t, hong_kong]).any()
    for item in result.strategies:
        on = item.fills[item.fills["date"] == pd.Timestamp(day)]
        assert not on["ticker"].str.endswith(".HK").any()


@pytest.mark.rule("T8")
def test_odd_rows_are_counted_by_reason(result: RunResult) -> None:
    """T8: the copy of ^HSTECH on a holiday, and bars whose open lies outside them."""
    prices = result.summary.drops["prices"]
    assert prices["not_a_session"] >= 1
    assert prices["ohlc_order"] >= 1
    assert "duplicate" not in prices
    t, n = cell(result, "^HSTECH", "2025-07-01")
    assert not np.isfinite(result.strategies[0].labels.panel.close[t, n])
    assert result.summary.drops["prices of tickers that are no instruments"]["^VIX"] > 0


@pytest.mark.rule("X19")
def test_a_share_bonus_without_its_column_is_doubted(result: RunResult) -> None:
    """X19: 300502.SZ falls by more than its board's limit on 2025-05-28, ex a bonus."""
    assert any("300502.SZ" in doubt and "2025-05-28" in doubt for doubt in result.summary.doubts)
