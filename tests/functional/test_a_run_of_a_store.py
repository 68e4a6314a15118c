"""A config whose prices and rates come out of a store: the run of the same files, repeated as of an instant."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from newsbt.assembly import assemble
from newsbt.cli import main
from newsbt.config.loading import load
from newsbt.configured_paths import store_folder
from newsbt.domain.results import RunResult
from newsbt.errors import DataError
from newsbt.pipeline import run
from newsbt.price_store import PulledPrices, PulledRates
from projects import rows, write_project, write_table
from pulled_answers import NOON, store_at

DAYS = [str(day.date()) for day in pd.bdate_range("2025-02-03", "2025-02-28")]
SPAN = (date(2025, 2, 3), date(2025, 2, 28))
INSTRUMENTS = """
    ticker,  name,    exchange, board, currency, lot_size
    0700.HK, Tencent, XHKG,     main,  HKD,      100
    BABA,    Alibaba, XNYS,     main,  USD,      1
"""
NEWS = """
    event_id, published_at,              event_type, issuer,  headline,        tickers, sentiment
    a,        2025-02-10T20:00:00+08:00, news,       Tencent, Tencent says so, 0700.HK, 1
    b,        2025-02-11T20:00:00+08:00, news,       Alibaba, Alibaba says so, BABA, 1
"""
CONFIG = """
    prices: {{use: store{prices}}}
    fx: {{use: store}}
    period: {{start: 2025-02-04, end: {end}}}
    account: {{cash: 1000000, currency: HKD}}
    strategies: [{{name: Named, use: named_tickers, position: {{weight: 0.2, hold: 2}}}}]
    output: {{report: false}}
"""
OFF = "2025-02-17"  # a holiday in New York


def close(ticker: str, day: str, split: str = "2025-02-13") -> float:
    level = 20.0 + (np.datetime64(day) - np.datetime64(DAYS[0])).astype(int) * (1 if ticker == "BABA" else -0.5)
    return float(level * (4 if ticker == "0700.HK" and day < split else 1))


def traded(ticker: str) -> pd.DataFrame:
    days = [day for day in DAYS if not (ticker == "BABA" and day == OFF)]
    prices = pd.DataFrame({"ticker": ticker, "date": days, "close": [close(ticker, day) for day in days]})
    for name, factor in (("open", 0.99), ("high", 1.02), ("low", 0.97)):
        prices[name] = (prices["close"] * factor).round(4)
    prices["volume"] = 1e7
    prices["split"] = [4.0 if (ticker, day) == ("0700.HK", "2025-02-13") else 0.0 for day in days]
    prices["dividend"] = 0.0
    return prices


def pulled(ticker: str, exchange: str, currency: str, span: tuple[date, date] = SPAN) -> PulledPrices:
    """As Yahoo gives it: everything before a split in shares of after it."""
    frame = traded(ticker).assign(currency=currency)
    early = (frame["date"] < "2025-02-13") & (ticker == "0700.HK")
    for name in ("open", "high", "low", "close"):
        frame[name] = frame[name].where(~early, frame[name] / 4)
    frame["volume"] = frame["volume"].where(~early, frame["volume"] * 4)
    return PulledPrices(
        provider="yfinance", provider_version="0.2.66", exchange=exchange, adjusted="splits", asked={ticker: span},
        frame=frame,
    )  # fmt: skip


def pulled_rates(span: tuple[date, date] = SPAN) -> PulledRates:
    frame = pd.DataFrame({"pair": "USDHKD", "date": DAYS, "rate": 7.78})
    return PulledRates(provider="yfinance", provider_version="0.2.66", asked={"USDHKD": span}, frame=frame)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A config beside a filled store."""
    for k, one in enumerate([pulled("0700.HK", "XHKG", "HKD"), pulled("BABA", "XNYS", "USD"), pulled_rates()]):
        store_at(tmp_path / "data" / "store", k / 24).add(one)
    return written(tmp_path)


def written(folder: Path, end: str = "2025-02-27", prices: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    config = CONFIG.format(end=end, prices=prices)
    return write_project(folder, config, instruments=INSTRUMENTS, announcements=NEWS)


def books(result: RunResult) -> list[object]:
    (strategy,) = (one for one in result.strategies if one.name == "Named")
    return [rows(strategy.fills, "at", "ticker", "quantity", "price", "price_account"), strategy.equity.tolist()]


def test_a_run_of_a_store_is_the_run_of_the_same_prices_in_files(project: Path) -> None:
    stored = run(load(project))
    files = pd.concat([traded("0700.HK"), traded("BABA")])
    files.to_csv(project.parent / "prices.csv", index=False)
    pulled_rates().frame.to_csv(project.parent / "fx.csv", index=False)
    changes = ["prices={use: csv, path: prices.csv}", "fx={use: csv, path: fx.csv}"]
    assert books(stored) == books(run(load(project, changes)))
    assert books(stored)[0], "it trades"


def test_a_run_opens_no_connection(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a run opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    run(load(project))


def test_a_run_as_of_an_earlier_instant_repeats_exactly(project: Path) -> None:
    instant = (NOON + timedelta(hours=3)).isoformat()
    first = run(load(project, [f"prices.as_of={instant}", f"fx.as_of={instant}"]))
    restated = pulled("0700.HK", "XHKG", "HKD")
    restated.frame.loc[5:, ["open", "high", "low", "close"]] *= 1.1
    store_at(store_folder(load(project)), 1).add(restated)
    again = run(load(project, [f"prices.as_of={instant}", f"fx.as_of={instant}"]))
    assert books(again) == books(first)
    assert books(run(load(project))) != books(first)


def refused(config: Path, changes: Sequence[str] = ()) -> list[str]:
    with pytest.raises(DataError) as caught:
        run(load(config, changes))
    return [f"{problem.code}: {problem.message}" for problem in caught.value.problems]


def test_a_ticker_that_nobody_pulled_is_named_with_the_command(project: Path) -> None:
    more = INSTRUMENTS.rstrip() + "\n9988.HK, Alibaba HK, XHKG, main, HKD, 100"
    write_table(project.parent / "instruments.csv", more)
    assert refused(project) == [
        f"not_pulled: the store lacks what nobody has pulled yet: 9988.HK; get it with `newsbt data pull {project}`"
    ]
    also_in_a_file = traded("BABA").assign(ticker="9988.HK", date=lambda frame: frame["date"])
    also_in_a_file.to_csv(project.parent / "more.csv", index=False)
    run(load(project, ["prices=[{use: store}, {use: csv, path: more.csv}]"]))


def test_days_that_nobody_pulled_are_named_with_the_command(project: Path) -> None:
    for changes, days in (
        (["period.start=2025-01-20"], "from 2025-01-20 to 2025-02-02"),
        (["period.end=2025-03-03"], "from 2025-03-01 to 2025-03-03"),
    ):
        prices, rates = refused(project, changes)
        assert f"0700.HK {days}, BABA {days}; get it with `newsbt data pull {project}`" in prices
        assert f"USDHKD {days}; get it with" in rates
    run(load(project, ["period.end=2100-01-01"]))  # no day to come is missing


def test_days_between_two_pulls_are_missed_and_those_pulled_later_are_none(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "store"
    first, last = (date(2025, 2, 3), date(2025, 2, 10)), (date(2025, 2, 17), date(2025, 2, 28))
    for ticker, exchange, currency in (("0700.HK", "XHKG", "HKD"), ("BABA", "XNYS", "USD")):
        for span in (first, last):
            store_at(folder).add(pulled(ticker, exchange, currency, span))
    store_at(folder).add(pulled_rates())
    config = written(tmp_path)
    (message,) = refused(config)
    assert "0700.HK from 2025-02-11 to 2025-02-16, BABA from 2025-02-11 to 2025-02-16;" in message
    for ticker, exchange, currency in (("0700.HK", "XHKG", "HKD"), ("BABA", "XNYS", "USD")):
        store_at(folder).add(pulled(ticker, exchange, currency, (date(2025, 2, 10), date(2025, 2, 16))))
    run(load(config))


def test_another_currency_than_the_instruments_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "store"
    for one in (pulled("0700.HK", "XHKG", "CNY"), pulled("BABA", "XNYS", "USD"), pulled_rates()):
        store_at(folder).add(one)
    (message,) = refused(written(tmp_path))
    assert "unknown_currency: 0700.HK is in HKD by the table of instruments, and yfinance gave it in CNY" in message


def test_a_pair_that_is_not_in_the_store_names_the_command(project: Path) -> None:
    prices = refused(project, ["account.currency=EUR"])
    assert [one.partition(";")[2].strip() for one in prices] == [
        f"get the pair with `newsbt data pull {project}`; no two pairs with a currency in common make it"
    ] * 2


def test_pairs_that_the_run_needs_not_may_be_of_other_days(project: Path) -> None:
    other = pulled_rates((date(2025, 2, 20), date(2025, 2, 21)))
    euro = PulledRates(
        provider="yfinance",
        provider_version="1",
        asked={"EURHKD": other.asked["USDHKD"]},
        frame=other.frame.assign(pair="EURHKD").iloc[12:14],
    )
    store_at(store_folder(load(project)), 1).add(euro)
    run(load(project))
    assert "EURHKD from 2025-02-04 to 2025-02-19" in "".join(refused(project, ["account.currency=EUR"]))


def test_the_folder_is_the_projects_and_another_where_the_config_says_so(tmp_path: Path) -> None:
    config = written(tmp_path / "configs")
    assert store_folder(load(config)) == tmp_path / "data" / "store"
    (reader,) = assemble(load(config)).prices
    assert reader.path == tmp_path / "data" / "store"
    other = load(config, ["prices.path=../mine"])
    assert store_folder(other) == tmp_path / "configs" / ".." / "mine"
    assert [assemble(other).prices[0].path] == [store_folder(other)]
    assert store_folder(load(config, ["prices={use: csv, path: x}", "fx=null"])) == tmp_path / "data" / "store"


def test_check_says_what_is_missing_without_a_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = written(tmp_path)
    assert main(["check", str(config)]) == 2
    assert f"get it with `newsbt data pull {config}`" in capsys.readouterr().err
