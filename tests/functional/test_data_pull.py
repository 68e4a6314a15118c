"""`newsbt data pull` from end to end: real client libraries, services on the loopback address, a store."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from lasting_processes import LastingProcess
from newsbt.cli import main
from newsbt.price_store import PriceStore
from newsbt.pulling import asked_provider
from newsbt.pulling.politeness import PolitenessClock
from newsbt.pulling.provider_list import PROVIDERS
from provider_services.services import ProviderServices
from provider_services.tls_proxy import Answer
from provider_services.truth import Series

INSTRUMENTS = """ticker,exchange,board,currency
0700.HK,XHKG,main,HKD
^HSTECH,XHKG,index,HKD
002230.SZ,XSHE,main,CNY
BABA,XNYS,adr,USD
0300.HK,XHKG,main,HKD
"""
DAYS = pd.bdate_range("2024-06-17", "2024-09-30")


def walk(currency: str, start: float, **events: dict[str, float]) -> Series:
    close = start * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.01, len(DAYS))))
    frame = pd.DataFrame({"open": close, "high": close * 1.01, "low": close * 0.99, "close": close}, index=DAYS)
    return Series(frame=frame.round(3).assign(volume=1e6), currency=currency, **events)


@pytest.fixture(autouse=True)
def known(services: ProviderServices, provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the services know. Nobody waits between two attempts."""
    tencent = walk("HKD", 380.0, dividends={"2024-07-15": 3.4})
    iflytek = walk("CNY", 45.0, splits={"2024-08-01": 1.3})
    services.series.update({"0700.HK": tencent, "00700": tencent, "BABA": walk("USD", 75.0)})
    services.series.update({"HSTECH": walk("HKD", 3600.0)})
    services.series.update({"sz.002230": iflytek, "002230": iflytek})
    services.series.update({"HKD=X": walk("HKD", 7.8), "CNYHKD=X": walk("HKD", 1.07)})
    monkeypatch.setattr(asked_provider, "ProviderProcess", lambda about: LastingProcess(provider(about.name)))
    monkeypatch.setattr(asked_provider, "PolitenessClock", lambda: PolitenessClock(sleep=lambda seconds: None))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "configs").mkdir()
    (tmp_path / "instruments.csv").write_text(INSTRUMENTS)
    document = {
        "name": "pulled",
        "universe": {"instruments": "../instruments.csv"},
        "announcements": [],
        "prices": {"use": "store"},
        "fx": {"use": "store"},
        "period": {"start": "2024-07-01", "end": "2024-09-30"},
        "account": {"currency": "HKD"},
        "strategies": [{"name": "a", "use": "named_tickers"}],
        "pull": {"per_minute": 6000},
    }
    path = tmp_path / "configs" / "pulled.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def test_one_pull_fills_a_store_and_the_next_has_nothing_to_do(services, config, capfd) -> None:
    """The document is all there is on stdout, whatever the libraries print; what nobody has is named and no failure."""
    assert main(["data", "pull", str(config), "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    store = config.parents[1] / "data" / "store"
    assert document["ok"] and Path(document["store"]) == store
    assert (document["first"], document["last"]) == ("2024-06-17", "2024-09-30")
    came = {one["ticker"]: (one["status"], one["provider"], one["rows"]) for one in document["tickers"]}
    rows = len(DAYS)
    assert came == {
        "0700.HK": ("pulled", "yfinance", rows), "^HSTECH": ("pulled", "akshare", rows),
        "002230.SZ": ("pulled", "baostock", rows), "BABA": ("pulled", "yfinance", rows), "0300.HK": ("gap", None, 0),
    }  # fmt: skip
    assert {one["ticker"]: one["status"] for one in document["rates"]} == {"CNYHKD": "pulled", "USDHKD": "pulled"}
    assert sorted((gap["kind"], gap["ticker"] or gap["exchange"]) for gap in document["gaps"]) == [
        ("no_previous_close", "XHKG"), ("no_previous_close", "XNYS"), ("no_prices", "0300.HK"),
    ]  # fmt: skip
    versions = {one["name"]: one["version"] for one in document["providers"]}
    assert all(versions.values()) and set(versions) == {"yfinance", "akshare", "baostock"}
    pulls = {one.ticker: one for one in PriceStore(store).pulls()}
    assert (pulls["002230.SZ"].provider, pulls["002230.SZ"].provider_version) == ("baostock", versions["baostock"])
    assert pulls["0700.HK"].adjusted == "splits" and pulls["0300.HK"].gap

    services.asked.clear()
    assert main(["data", "pull", str(config)]) == 0
    text = " ".join(capfd.readouterr().out.split())
    assert "0 of 7 instruments and rates" in text and "6 up to date" in text and "1 that nobody has" in text
    assert "No prices (1)" in text and "0300.HK: yfinance:" in text
    assert not [question for question in services.asked if "0700" in question or "002230" in question]


def test_what_fails_is_named_and_the_rest_is_kept(services, config, capfd) -> None:
    """East Money is down for its index, Yahoo has another currency, baostock other columns: what others have comes."""
    services.scripts["124.HSTECH"] = [Answer("", 500)] * 9
    services.series["BABA"] = walk("HKD", 75.0)
    services.baostock = lambda name, asked: (["date", "code"], [["2024-07-02", "sz.002230"]]) if asked else ""
    overrides = ("--set", "pull.providers.XNYS=[yfinance]")
    assert main(["data", "pull", str(config), "--json", *overrides]) == 1
    document = json.loads(capfd.readouterr().out)
    tickers = {one["ticker"]: one for one in document["tickers"]}
    assert not document["ok"] and tickers["0700.HK"]["status"] == "pulled"
    assert (tickers["002230.SZ"]["provider"], tickers["002230.SZ"]["tried"][0]["kind"]) == ("akshare", "unusable")
    assert [one["kind"] for one in tickers["^HSTECH"]["tried"]] == ["unreachable", "nothing"]
    assert tickers["BABA"]["status"] == "failed" and "are in HKD" in tickers["BABA"]["tried"][0]["message"]
    stored = {one.ticker for one in PriceStore(Path(document["store"])).pulls() if one.rows}
    assert stored == {"0700.HK", "002230.SZ", "CNYHKD", "USDHKD"}


def test_each_provider_is_tried_by_itself(services, capfd) -> None:
    today = pd.Timestamp.now("UTC").normalize().tz_localize(None)
    days = pd.bdate_range(end=today, periods=5)
    frame = pd.DataFrame(1.0, index=days, columns=["open", "high", "low", "close", "volume"])
    services.series.update({"0700.HK": Series(frame=frame), "HKD=X": Series(frame=frame)})
    services.series.pop("00700")
    services.series["sh.600519"] = Series(frame=frame, currency="CNY")
    assert main(["data", "pull", "--probe", "--json"]) == 1
    document = json.loads(capfd.readouterr().out)
    found = {one["name"]: one for one in document["probes"]}
    assert {name: one["ok"] for name, one in found.items()} == {"yfinance": True, "akshare": False, "baostock": True}
    assert "East Money has nothing of 00700" in found["akshare"]["message"] and not document["ok"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name the CONFIG"),
        (("--set", "prices.use=csv", "--set", "prices.path=p.csv"), "reads no prices from a store"),
        (("--set", "period={}"), "expected the first day to pull"),
        (("--set", "pull.providers.XHKG=[yahoo]"), "yahoo"),
    ],
)
def test_what_cannot_be_pulled_is_refused_before_anybody_is_asked(config, capsys, arguments, words: str) -> None:
    assert main(["data", "pull", *((str(config),) if arguments else ()), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_without_any_library_one_is_told_what_to_install(config, capsys, monkeypatch) -> None:
    monkeypatch.setattr(asked_provider, "find_spec", lambda name: None)
    assert main(["data", "pull", str(config)]) == 2
    error = capsys.readouterr().err
    assert "pip install 'newsbt[" in error and "yfinance" in error


@pytest.mark.slow
def test_a_kill_keeps_what_came_and_the_next_pull_goes_on(services, config, tmp_path) -> None:
    """Within seconds of its coming; of what was on its way nothing is left behind."""
    services.scripts["chart/BABA"] = [Answer("", 429, {"Retry-After": "60"})]
    commands = {name: list(services.command(name)) for name in PROVIDERS}
    code = (
        "import sys\nfrom newsbt.pulling import provider_process\n"
        f"commands = {json.dumps(commands)}\n"
        "provider_process.worker_command = commands.__getitem__\n"
        "from newsbt.cli import main\nsys.exit(main())"
    )
    store = PriceStore(config.parents[1] / "data" / "store")
    pull = subprocess.Popen([sys.executable, "-c", code, "data", "pull", str(config)], env={**os.environ})
    try:
        until = time.monotonic() + 60
        while services.scripts["chart/BABA"] and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.5)
        pull.send_signal(signal.SIGTERM)
        assert pull.wait(30) == 130
    finally:
        pull.kill()
    assert {one.ticker for one in store.pulls()} == {"0700.HK", "^HSTECH", "002230.SZ"}
    services.asked.clear()
    assert main(["data", "pull", str(config)]) == 0
    assert {one.ticker for one in store.pulls() if one.rows} == {
        "0700.HK", "^HSTECH", "002230.SZ", "BABA", "CNYHKD", "USDHKD",
    }  # fmt: skip
    assert not any("00700" in question or "chart/0700" in question for question in services.asked)
