"""The flagship on a store that is pulled from real prices: the adapters' services give what the files hold, each in its
own form. `configs/rival_release_real.yaml` as it is: one pull, one run."""

from __future__ import annotations

import contextlib
import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lasting_processes import LastingProcess
from market_moves import MOVES, mainland
from newsbt.cli import main
from newsbt.cli.project import create_project
from newsbt.config.loading import load
from newsbt.domain.results import RunResult
from newsbt.pipeline import run
from newsbt.pulling import asked_provider
from provider_services.sample import know, know_rates
from provider_services.services import ProviderServices
from provider_services.truth import Series

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

REPO = Path(__file__).parents[2]
PRICES = ["open", "high", "low", "close"]
RATES = {"USDHKD": 7.78, "CNYHKD": 1.07}


def hong_kong(folder: Path) -> dict[str, Series]:
    """As traded: Yahoo's, with the dividends and splits taken out by which they were scaled: before a dividend D the
    adjusted close is A = G (C - D), where C is the close and G the scale of later dividends."""
    adjusted = pd.read_csv(folder / "hk_daily.csv.gz", parse_dates=["date"])
    events = pd.read_csv(folder / "hk_dividends_splits.csv")
    found = {}
    for ticker, rows in adjusted.groupby("ticker"):
        frame = rows.set_index("date")[[*PRICES, "volume"]].astype(float)
        mine = events[(events["ticker"] == ticker) & (events["date"] >= f"{frame.index[0]:%Y-%m-%d}")]
        paid = {row.date: row.dividend for row in mine.itertuples() if row.dividend}
        split = {row.date: row.split for row in mine.itertuples() if row.split}
        factor = pd.Series(1.0, index=frame.index)
        gone = 1.0
        for day in sorted(paid, reverse=True):
            before = frame.index[frame.index < pd.Timestamp(day)]
            if len(before):
                close = frame.loc[before[-1], "close"] / gone + paid[day]
                gone *= 1.0 - paid[day] / close
                factor[before] = gone
        frame[PRICES] = frame[PRICES].div(factor, axis=0)
        for day, ratio in split.items():
            earlier = frame.index < pd.Timestamp(day)
            frame.loc[earlier, PRICES] *= ratio
            frame.loc[earlier, "volume"] /= ratio
        found[str(ticker)] = Series(frame=frame, splits=split, dividends=paid)
    return found


def others(folder: Path) -> dict[str, Series]:
    """New York, indices and the mainland as their files have them; of two files the later days win."""
    names = ("us_daily_unadj_2024-03_2025-03", "us_daily_adj", "us_etf_daily_raw_and_adj", "index_daily")
    found = {}
    for name in names:
        for ticker, rows in pd.read_csv(folder / f"{name}.csv.gz", parse_dates=["date"]).groupby("ticker"):
            currency = "CNY" if str(ticker).endswith(".SH") else "HKD" if str(ticker).startswith("^HS") else "USD"
            found[str(ticker)] = Series(frame=rows.set_index("date")[[*PRICES, "volume"]], currency=currency)
    shares = mainland(folder)
    shares["date"] = pd.to_datetime(shares["date"])
    for ticker, rows in shares.groupby("ticker"):
        frame = rows.set_index("date").sort_index()
        before = frame["prev_close"].fillna(frame["close"].shift()).fillna(frame["open"])
        frame = frame[[*PRICES, "volume"]].assign(volume=frame["volume"] * 100)
        found[str(ticker)] = Series(frame=frame, currency="CNY", before=before)
    return found


@pytest.fixture(scope="module")
def pulled(
    _provider_services: ProviderServices, _provider_processes, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    """The config of a new project, and what its pull said."""
    if "NEWSBT_REALDATA" not in os.environ:
        pytest.skip("NEWSBT_REALDATA names no folder of real prices")
    folder, project = Path(os.environ["NEWSBT_REALDATA"]).resolve(), tmp_path_factory.mktemp("pulled") / "mine"
    _provider_services.reset()
    series = {**others(folder), **hong_kong(folder)}
    instruments = pd.read_csv(REPO / "data" / "universe" / "instruments.csv", dtype=str)
    for item in instruments[instruments["ticker"].isin(list(series))].itertuples():
        know(_provider_services, item.ticker, item.exchange, item.board, series[item.ticker])
    for pair, rate in RATES.items():
        know_rates(_provider_services, pair, pd.Series(rate, index=pd.bdate_range("2024-06-03", "2025-07-31")))
    create_project(project)
    config = project / "configs" / "rival_release_real.yaml"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asked_provider, "ProviderProcess", lambda about: LastingProcess(_provider_processes[about.name]))
        document = printed(["data", "pull", str(config), "--set", "pull.per_minute=60000"])
    return config, document


def printed(arguments: list[str]) -> dict[str, Any]:
    with contextlib.redirect_stdout(io.StringIO()) as text:
        main([*arguments, "--json"])
    found: dict[str, Any] = json.loads(text.getvalue())
    return found


@pytest.fixture(scope="module")
def result(pulled) -> RunResult:
    return run(load(pulled[0], ("evaluation.placebo=0", "evaluation.bootstrap=0", "output.report=false")))


def test_the_pull_brings_what_the_files_hold(pulled) -> None:
    """AMD and others end early in their file, so that a second provider was asked; what is in no file is a gap."""
    _, document = pulled
    came = {one["ticker"]: one["provider"] for one in document["tickers"] if one["status"] == "pulled"}
    assert document["ok"] and len(came) == 64 and document["counts"]["rows"] > 17_000
    assert (came["9988.HK"], came["^HSTECH"], came["002315.SZ"], came["NVDA"]) == (
        "yfinance", "akshare", "baostock", "yfinance",
    )  # fmt: skip
    gaps = {(gap["kind"], gap["ticker"]): gap["message"] for gap in document["gaps"]}
    assert gaps["sessions_missing", "AMD"] == "99 of 281 sessions have no row, from 2025-03-11 to 2025-07-31"
    assert ("no_prices", "3033.HK") in gaps and ("no_previous_close", None) in gaps


def test_the_check_of_the_store_finds_what_is_odd_about_them(pulled) -> None:
    found = printed(["data", "check", str(pulled[0])])["findings"]
    assert [(one["kind"], one["message"]) for one in found if one["severity"] == "error"] == [
        ("not_a_session", "^HSTECH has rows on days on which XHKG was closed, copies of the row before: 2025-07-01")
    ]
    assert {"half_day_bar", "ends_early"} <= {one["kind"] for one in found}


@pytest.mark.parametrize(("ticker", "day"), MOVES)
def test_known_moves_are_in_the_panel(result: RunResult, ticker: str, day: str) -> None:
    panel = result.strategies[0].labels.panel
    t, n = int(np.searchsorted(panel.dates, np.datetime64(day))), panel.tickers.index(ticker)
    gap = panel.open[t, n] / panel.reference[t, n] - 1
    session = panel.close[t, n] / panel.open[t, n] - 1
    assert (gap, session) == pytest.approx(MOVES[ticker, day], abs=1.5e-4)


def test_the_flagship_trades_on_them(result: RunResult) -> None:
    flagship = result["Buy on rival release"]
    assert len(flagship.fills) > 800 and flagship.counts["events_traded"] > 20
    t, n = int(np.searchsorted(flagship.labels.panel.dates, np.datetime64("2025-03-06"))), flagship.labels.panel.tickers
    assert flagship.labels.panel.prev_close[t, n.index("002315.SZ")] == 44.56  # the exchange's own
    assert result.summary.drops["prices"] == {"ohlc_order": 1, "not_a_session": 1}


@pytest.mark.rule("T4")
@pytest.mark.parametrize("day", ["2024-12-24", "2024-12-31", "2025-01-28"])
def test_half_days_without_volume_are_not_traded(result: RunResult, day: str) -> None:
    """T4: Yahoo's flat bars of Hong Kong's half days."""
    for item in result.strategies:
        on = item.fills[item.fills["date"] == pd.Timestamp(day)]
        assert not on["ticker"].str.endswith(".HK").any()
