"""T9 on real 5-minute bars of A-shares: 48 a day, stamped at their end, volumes in lots, Shanghai time."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt.domain.results import RunResult

pytestmark = pytest.mark.realdata

INSTRUMENTS = """\
ticker,name,exchange,board,currency,sector,themes,sector_index,aliases
002315.SZ,Focus,XSHE,main,CNY,it,ai,,
300418.SZ,Kunlun,XSHE,chinext,CNY,it,ai,,
"""
ANNOUNCEMENTS = """\
event_id,published_at,event_type,issuer,headline,tickers
before,2025-07-14T08:00+08:00,news,Focus,x,002315.SZ
lunch,2025-07-15T11:45+08:00,news,Kunlun,x,300418.SZ
inside,2025-07-16T10:02+08:00,news,Focus,x,002315.SZ;300418.SZ
evening,2025-07-18T16:00+08:00,news,Focus,x,002315.SZ
"""
CONFIG = """\
name: five minutes
universe: {instruments: instruments.csv}
announcements: {use: csv, path: announcements.csv}
prices: {use: csv, path: PATH, stamp: end, volume_unit: 100, timezone: Asia/Shanghai, columns: {bar_start: datetime}}
account: {cash: 1000000}
execution: {latency: 0min, slippage: {use: zero}}
strategies:
  - {name: Half an hour, use: named_tickers, params: {sign: one}, position: {weight: 0.1, hold: 30min}}
  - {name: Next day, use: named_tickers, params: {sign: one}, position: {weight: 0.1, hold: {sessions: 1}}}
baselines: []
evaluation: {placebo: 0, bootstrap: 0}
"""
FILE = "ashare_5min_2025-07-11_2025-07-31.csv.gz"


@pytest.fixture(scope="module")
def source() -> Path:
    if "NEWSBT_REALDATA" not in os.environ:
        pytest.skip("NEWSBT_REALDATA names no folder of real prices")
    return Path(os.environ["NEWSBT_REALDATA"]) / FILE


@pytest.fixture(scope="module")
def bars(source: Path) -> pd.DataFrame:
    """The file by (ticker, start of the bar in UTC)."""
    frame = pd.read_csv(source)
    end = pd.to_datetime(frame["datetime"]).dt.tz_localize("Asia/Shanghai")
    frame["start"] = (end - pd.Timedelta("5min")).dt.tz_convert("UTC")
    return frame.set_index(["ticker", "start"]).sort_index()


@pytest.fixture(scope="module")
def run(source: Path, tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    folder = tmp_path_factory.mktemp("bars")
    (folder / "instruments.csv").write_text(INSTRUMENTS)
    (folder / "announcements.csv").write_text(ANNOUNCEMENTS)
    (folder / "config.yaml").write_text(CONFIG.replace("PATH", str(source)))
    return newsbt.run(folder / "config.yaml")


def test_entries_fill_at_the_open_of_the_first_bar_after_the_news(run: RunResult, bars: pd.DataFrame) -> None:
    """Before the open: 9:30. At lunch: 13:00. At 10:02: the bar of 10:05. After the close on Friday: Monday's first."""
    local = {
        "before": ("2025-07-14 09:30",), "lunch": ("2025-07-15 13:00",),
        "inside": ("2025-07-16 10:05", "2025-07-16 10:05"), "evening": ("2025-07-21 09:30",),
    }  # fmt: skip
    fills = run["Half an hour"].fills
    entries = fills[fills["reason"] == "entry"]
    found = {
        event: tuple(f"{at:%Y-%m-%d %H:%M}" for at in rows["at"].dt.tz_convert("Asia/Shanghai"))
        for event, rows in entries.groupby("event_id")
    }
    assert found == local
    for row in fills.itertuples():
        assert row.price == bars.loc[(row.ticker, row.at), "open"]


def test_nothing_bought_today_is_sold_today(run: RunResult) -> None:
    """Half an hour later it is refused at every bar of the day, and goes at the next day's first."""
    result = run["Half an hour"]
    trades = result.trades.dropna(subset=["exit_at"])
    assert len(trades) == 5
    entered, left = (trades[name].dt.tz_convert("Asia/Shanghai").dt.date for name in ("entry_at", "exit_at"))
    assert (left > entered).all()
    assert (trades["exit_at"].dt.tz_convert("Asia/Shanghai").dt.strftime("%H:%M") == "09:30").all()
    refusals = result.refusals[result.refusals["reason"] == "t_plus_one"]
    first = refusals[refusals["event_id"] == "before"]
    # From 10:00 to the last bar, 14:55: 18 bars before lunch and 24 after it.
    assert len(first) == 42
    assert f"{first['at'].iloc[0].tz_convert('Asia/Shanghai'):%H:%M}" == "10:00"
    assert all("(T+1: XSHE" in text for text in result.explanations["explanation"] if "same session" in text)


def test_a_session_s_hold_leaves_at_the_next_session_s_first_bar(run: RunResult) -> None:
    trades = run["Next day"].trades
    assert not len(run["Next day"].refusals)
    left = trades["exit_at"].dt.tz_convert("Asia/Shanghai")
    assert [f"{at:%Y-%m-%d %H:%M}" for at in sorted(left)] == [
        "2025-07-15 09:30", "2025-07-16 09:30", "2025-07-17 09:30", "2025-07-17 09:30", "2025-07-22 09:30",
    ]  # fmt: skip


def test_metrics_and_the_curve_go_by_the_day(run: RunResult, bars: pd.DataFrame) -> None:
    curve = run["Next day"].curve
    days = sorted(set(bars.index.get_level_values("start").tz_convert("Asia/Shanghai").date))
    assert curve["date"].dt.date.tolist() == days
    assert len(run["Next day"].returns) == len(days) == 15
    # On the 14th only 002315.SZ is held: cash plus its shares at the close of the last bar.
    held = run["Next day"].fills.iloc[0]
    close = bars.loc[("002315.SZ", pd.Timestamp("2025-07-14 14:55", tz="Asia/Shanghai").tz_convert("UTC")), "close"]
    row = curve[curve["date"] == "2025-07-14"].iloc[0]
    assert row["equity"] == pytest.approx(row["cash"] + held["quantity"] * close)
    assert np.isfinite(run["Next day"].metrics["volatility"])


def test_volumes_are_shares(run: RunResult, source: Path, tmp_path: Path) -> None:
    """Read as shares instead of lots, the bars are a hundredth as deep, and orders are cut."""
    assert not (run["Half an hour"].refusals["reason"] == "participation").any()
    for name, text in (("instruments.csv", INSTRUMENTS), ("announcements.csv", ANNOUNCEMENTS)):
        (tmp_path / name).write_text(text)
    (tmp_path / "config.yaml").write_text(CONFIG.replace("PATH", str(source)).replace("volume_unit: 100, ", ""))
    shallow = newsbt.run(tmp_path / "config.yaml")
    assert (shallow["Half an hour"].refusals["reason"] == "participation").any()
