"""A ticker in another common form meets its instrument in every reader, table and order; what may be two stops."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt.domain.price_table import PriceTable
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.errors import DataError, NewsbtError, StrategyError
from newsbt.events.from_csv import CsvAnnouncements
from newsbt.events.from_excel import ExcelAnnouncements
from newsbt.events.from_feeds import AlpacaAnnouncements, MappedAnnouncements
from newsbt.events.from_frame import FrameAnnouncements
from newsbt.events.from_jsonl import JsonlAnnouncements
from newsbt.events.from_parquet import ParquetAnnouncements
from newsbt.events.labels import LabelTable
from newsbt.linking.links import TableLinking
from newsbt.linking.universe_tables import read_universe
from newsbt.prices.price_readers import CsvPrices, ExcelPrices, FramePrices, ParquetPrices
from one_strategy import FREE
from projects import run_project

TENCENT, IFLYTEK, ALIBABA, BERKSHIRE = "0700.HK", "002230.SZ", "BABA", "BRK.B"
FORMS = {
    TENCENT: ("700", "00700.HK", "HKG:0700", "0700 HK Equity", "0700-HK", "hk00700", "７００", "700.0", "0700.XHKG"),
    IFLYTEK: ("2230", "sz.002230", "002230", "SZSE:002230", "002230.XSHE", "SHE:002230", "002230-CN", "2230.SZ"),
    ALIBABA: ("BABA US", "NYSE:BABA", "BABA.N", "baba", "BABA-US", "$BABA", "ＢＡＢＡ"),
    BERKSHIRE: ("BRK-B", "BRK/B", "BRK B", "brk.b", "BRKb.N", "BRK_B"),
}
PAIRS = [(ticker, form) for ticker, forms in FORMS.items() for form in forms]
KNOWN = KnownTickers({TENCENT: "XHKG", IFLYTEK: "XSHE", ALIBABA: "XNYS", BERKSHIRE: "XNYS"})
TWO = KnownTickers({"0700.HK": "XHKG", "000700.SZ": "XSHE"})
DAYS = pd.bdate_range("2025-03-03", periods=10).strftime("%Y-%m-%d")
BOTH = r"'?700'? may be 0700\.HK or 000700\.SZ"


def bars(ticker: object) -> pd.DataFrame:
    close = np.round(10 + np.sin(np.arange(10)), 2)
    return pd.DataFrame(
        {"ticker": ticker, "date": DAYS, "open": close, "high": close + 0.5, "low": close - 0.5, "close": close,
         "volume": 1e6}
    )  # fmt: skip


def foreign(frame: pd.DataFrame) -> pd.DataFrame:
    """The same under a head that is not newsbt's own."""
    return frame.rename(columns={"ticker": "Symbol", "date": "Date", "close": "Last", "volume": "Vol"})


def csv_prices(frame: pd.DataFrame, folder: Path, known: KnownTickers) -> PriceTable:
    frame.to_csv(folder / "prices.csv", index=False)
    return CsvPrices(path=folder / "prices.csv").read(known)


def parquet_prices(frame: pd.DataFrame, folder: Path, known: KnownTickers) -> PriceTable:
    frame.to_parquet(folder / "prices.parquet")
    return ParquetPrices(path=folder / "prices.parquet").read(known)


def excel_prices(frame: pd.DataFrame, folder: Path, known: KnownTickers) -> PriceTable:
    frame.to_excel(folder / "prices.xlsx", index=False)
    return ExcelPrices(path=folder / "prices.xlsx").read(known)


def named_file(frame: pd.DataFrame, folder: Path, known: KnownTickers) -> PriceTable:
    path = folder / f"{frame.iloc[0, 0]}.csv".replace("/", "_")
    frame.iloc[:, 1:].to_csv(path, index=False)
    return CsvPrices(path=path).read(known)


def frame_prices(frame: pd.DataFrame, folder: Path, known: KnownTickers) -> PriceTable:
    return FramePrices(frame=frame).read(known)


def frames_by_ticker(frame: pd.DataFrame, folder: Path, known: KnownTickers) -> PriceTable:
    return FramePrices(frame={str(frame.iloc[0, 0]): frame.iloc[:, 1:]}).read(known)


PRICES: dict[str, Callable[[pd.DataFrame, Path, KnownTickers], PriceTable]] = {
    "csv": csv_prices, "parquet": parquet_prices, "excel": excel_prices, "file name": named_file,
    "frame": frame_prices, "frames": frames_by_ticker,
}  # fmt: skip


@pytest.mark.parametrize("reader", PRICES)
@pytest.mark.parametrize("head", [lambda frame: frame, foreign], ids=["own head", "another head"])
def test_prices_of_every_form_are_those_of_the_instrument(
    tmp_path: Path, reader: str, head: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    for ticker, written in PAIRS:
        table = PRICES[reader](head(bars(written)), tmp_path, KNOWN)
        assert (table.tickers, len(table), dict(table.ignored_tickers)) == ((ticker,), 10, {}), written


@pytest.mark.parametrize("number", [700, 700.0])
@pytest.mark.parametrize("reader", ["parquet", "excel", "frame"])
def test_tickers_that_are_numbers(tmp_path: Path, reader: str, number: float) -> None:
    assert PRICES[reader](bars(number), tmp_path, KNOWN).tickers == (TENCENT,)


@pytest.mark.parametrize("reader", PRICES)
def test_prices_of_what_may_be_two_stop_with_both(tmp_path: Path, reader: str) -> None:
    with pytest.raises(DataError, match=BOTH):
        PRICES[reader](bars("700"), tmp_path, TWO)


def news(written: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"event_id": ["e1"], "published_at": "2025-03-04T12:00:00Z", "event_type": "news", "issuer": "Nobody",
         "headline": "News", "tickers": [written]}
    )  # fmt: skip


def csv_news(written: object, folder: Path) -> Any:
    news(written).to_csv(folder / "news.csv", index=False)
    return CsvAnnouncements(path=folder / "news.csv")


def excel_news(written: object, folder: Path) -> Any:
    news(written).to_excel(folder / "news.xlsx", index=False)
    return ExcelAnnouncements(path=folder / "news.xlsx")


def parquet_news(written: object, folder: Path) -> Any:
    news(written).to_parquet(folder / "news.parquet")
    return ParquetAnnouncements(path=folder / "news.parquet")


def jsonl_news(written: object, folder: Path) -> Any:
    news(written).to_json(folder / "news.jsonl", orient="records", lines=True)
    return JsonlAnnouncements(path=folder / "news.jsonl")


def mapped_news(written: object, folder: Path) -> Any:
    (folder / "map.yaml").write_text("columns: {headline: headline, published_at: published_at, tickers: tickers}\n")
    news(written).to_json(folder / "news.json", orient="records")
    return MappedAnnouncements(path=folder / "news.json", map=folder / "map.yaml", keep="all")


def alpaca_news(written: object, folder: Path) -> Any:
    item = {"id": 1, "headline": "News", "created_at": "2025-03-04T12:00:00Z", "updated_at": "2025-03-04T12:00:00Z",
            "symbols": [written]}  # fmt: skip
    (folder / "alpaca.json").write_text(json.dumps({"news": [item]}))
    return AlpacaAnnouncements(path=folder / "alpaca.json", keep="all")


def frame_news(written: object, folder: Path) -> Any:
    return FrameAnnouncements(frame=news(written))


NEWS: dict[str, Callable[[object, Path], Any]] = {
    "csv": csv_news, "excel": excel_news, "parquet": parquet_news, "jsonl": jsonl_news, "mapped": mapped_news,
    "alpaca": alpaca_news, "frame": frame_news,
}  # fmt: skip


@pytest.mark.parametrize("reader", NEWS)
def test_news_of_every_form_is_of_the_instrument(tmp_path: Path, reader: str) -> None:
    for ticker, written in PAIRS:
        (item,) = NEWS[reader](written, tmp_path).read(KNOWN).announcements
        assert (item.tickers, item.unknown_tickers) == ((ticker,), ()), written


@pytest.mark.parametrize("reader", ["csv", "excel", "parquet", "jsonl", "frame"])
def test_news_of_what_may_be_two_stops_with_both(tmp_path: Path, reader: str) -> None:
    with pytest.raises(DataError, match=BOTH):
        NEWS[reader]("700", tmp_path).read(TWO)


@pytest.mark.parametrize("reader", ["mapped", "alpaca"])
def test_a_feed_names_what_may_be_two(tmp_path: Path, reader: str) -> None:
    (item,) = NEWS[reader]("700", tmp_path).read(TWO).announcements
    assert (item.tickers, item.unknown_tickers) == ((), ("700",))


def test_labels_of_every_form_are_of_the_instrument(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    for ticker, written in PAIRS:
        path.write_text(f"event_id,tickers\ne1,{written}\n", encoding="utf-8")
        assert LabelTable(path=path, made_by="x", cutoff=None).read_labels(KNOWN).labels["e1"].tickers == (ticker,)
    path.write_text("event_id,tickers\ne1,700\n")
    with pytest.raises(DataError, match=BOTH):
        LabelTable(path=path, made_by="x", cutoff=None).read_labels(TWO)


LISTED = pd.DataFrame(
    {"ticker": [TENCENT, IFLYTEK, ALIBABA, BERKSHIRE, "^HSTECH", "3033.HK"],
     "name": ["Tencent", "iFlytek", "Alibaba", "Berkshire", "Hang Seng TECH", "Tracker"],
     "exchange": ["XHKG", "XSHE", "XNYS", "XNYS", "XHKG", "XHKG"], "board": ["main"] * 4 + ["index", "etf"],
     "currency": ["HKD", "CNY", "USD", "USD", "HKD", "HKD"], "lot_size": [100, 100, 1, 1, None, 100],
     "sector_index": ["HSTECH.HI", "", "", "", "", ""], "proxy": ["", "", "", "", "3033", ""]}
)  # fmt: skip


def test_tables_of_the_universe_name_instruments_in_every_form() -> None:
    for ticker, written in PAIRS:
        universe = read_universe(
            LISTED,
            relations=pd.DataFrame({"subject": ["Lab"], "relation": ["affects"], "object": [written]}),
            memberships=pd.DataFrame({"ticker": [written], "theme": ["ai"], "from": [""], "to": [""]}),
            status=pd.DataFrame({"ticker": [written], "status": ["st"], "from": [""], "to": [""]}),
        )
        assert (universe.memberships[0].ticker, universe.statuses[0].ticker) == (ticker, ticker), written
        assert universe.listing(written) == universe.tickers.index(ticker)
    assert (universe[TENCENT].sector_index, universe["^HSTECH"].proxy) == ("^HSTECH", "3033.HK")


def test_tables_of_the_universe_say_what_may_be_two() -> None:
    two = LISTED.iloc[:2].assign(ticker=["0700.HK", "000700.SZ"], sector_index="")
    with pytest.raises(DataError, match=rf"memberships .*:1: ticker: {BOTH}"):
        read_universe(two, memberships=pd.DataFrame({"ticker": ["700"], "theme": ["ai"], "from": [""], "to": [""]}))
    with pytest.raises(DataError, match=rf"instruments .*:1: sector_index: {BOTH}"):
        read_universe(two.assign(sector_index=["700", ""]))


def test_a_relation_to_a_ticker_in_another_form_reaches_that_listing_only() -> None:
    twice = LISTED.assign(company=["Tencent", "", "Tencent", "", "", ""])
    for written, reached in (("HKG:0700", {TENCENT}), ("Tencent", {TENCENT, ALIBABA})):
        related = pd.DataFrame({"subject": ["Lab"], "relation": ["affects"], "object": [written]})
        universe = read_universe(twice, relations=related)
        (item,) = FrameAnnouncements(frame=news("").assign(issuer="Lab")).read(universe.known_tickers).announcements
        links = TableLinking(universe).link(item, item.published_at.date())
        assert {universe.tickers[link.column] for link in links} == reached


class Says(newsbt.Strategy):
    """Buys one ticker, as it is written, on every event."""

    written: str = TENCENT

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        frame = view.events[["event_id"]].assign(ticker=self.written, signal=1.0)
        return newsbt.Signal.for_events(frame)


class Buys(newsbt.BacktraderStrategy):
    """Buys one ticker, as it is written, once."""

    params = (("written", TENCENT),)

    def on_announcement(self, event: Any, links: Any) -> None:
        if not self.getposition(self.getdatabyname(self.p.written)).size:
            self.buy(data=self.p.written, size=100)


def run(*strategies: Any, **options: Any) -> newsbt.RunResult:
    prices = pd.concat([bars(TENCENT), bars(ALIBABA), bars("^HSTECH").assign(volume=np.nan)])
    return newsbt.run(
        **{
            "prices": prices, "announcements": news(TENCENT),
            "instruments": LISTED.drop(columns=["proxy", "sector_index"]), "strategies": list(strategies),
            "cash": 1e5, "currency": "HKD", "execution": FREE, "fx": {"USDHKD": 7.8}, "baselines": [],
            "evaluation": {"placebo": 0, "bootstrap": 0}, **options,
        }
    )  # fmt: skip


@cache
def plain_fills(cls: type) -> pd.DataFrame:
    return run(cls()).strategies[0].fills if cls is Says else run(cls).strategies[0].fills


@pytest.mark.parametrize("written", ["700", "HKG:0700", "0700 HK Equity"])
def test_orders_of_a_strategy_in_every_form_are_for_the_instrument(written: str) -> None:
    said = run(Says(written=written)).strategies[0].fills
    assert len(said) and said.equals(plain_fills(Says))

    class Other(Buys):
        params = (("written", written),)

    bought = run(Other).strategies[0].fills
    assert len(bought) and bought["ticker"].tolist() == plain_fills(Buys)["ticker"].tolist() == [TENCENT]


def test_an_order_for_what_may_be_two_stops_with_both() -> None:
    two = {"instruments": LISTED.iloc[:2].assign(ticker=["0700.HK", "000700.SZ"], sector_index="", proxy=""),
           "prices": pd.concat([bars(TENCENT), bars("000700.SZ")]), "fx": {"CNYHKD": 1.08}}  # fmt: skip

    class Other(Buys):
        params = (("written", "700"),)

    for strategy in (Says(written="700"), Other):
        with pytest.raises((StrategyError, NewsbtError), match=BOTH):
            run(strategy, **two)


def test_two_signals_for_one_instrument_in_two_forms_are_refused() -> None:
    class Twice(newsbt.Strategy):
        def signal(self, view: newsbt.EventView) -> newsbt.Signal:
            one = view.events[["event_id"]]
            frames = [one.assign(ticker=written, signal=1.0) for written in ("700", TENCENT)]
            return newsbt.Signal.for_events(pd.concat(frames))

    with pytest.raises(StrategyError, match=r"two signals for 0700\.HK"):
        run(Twice())


def test_the_benchmark_in_another_form() -> None:
    found = run(Says(), benchmark="HSTECH", baselines=["benchmark"])
    assert found.strategies[-1].name == "benchmark"
    with pytest.raises(DataError, match="benchmark: 'HSI' is not an instrument"):
        run(Says(), benchmark="HSI")


OWN_READERS = """
from dataclasses import dataclass, replace

import newsbt
from newsbt.events.from_csv import CsvAnnouncements
from newsbt.prices.price_readers import CsvPrices


@dataclass(frozen=True, kw_only=True)
class News:
    def read(self, known_tickers=None):
        batch = CsvAnnouncements(path="NEWS").read(None)  # knows nothing of the universe
        return replace(batch, files=())


@dataclass(frozen=True, kw_only=True)
class Prices:
    def read(self, known_tickers=None):
        return CsvPrices(path="PRICES").read(None)
"""


def test_readers_of_a_users_own_meet_the_universe_too(tmp_path: Path) -> None:
    listed = "ticker, name, exchange, board, currency, lot_size\n0700.HK, Tencent, XHKG, main, HKD, 100\n"
    news("HKG:0700;9999").to_csv(tmp_path / "news.csv", index=False)
    written = OWN_READERS.replace("NEWS", str(tmp_path / "news.csv")).replace("PRICES", str(tmp_path / "prices.csv"))
    (tmp_path / "own.py").write_text(written, encoding="utf-8")
    config = """
        announcements: {use: "own.py:News"}
        prices: {use: "own.py:Prices"}
        strategies: [{name: S, use: named_tickers, params: {sign: one}, position: {weight: 0.5}}]
        execution: {costs: {use: zero}}
        evaluation: {placebo: 0, bootstrap: 0}
        baselines: []
        """
    bars("700").to_csv(tmp_path / "prices.csv", index=False)
    found = run_project(tmp_path, config, instruments=listed)
    assert found.strategies[0].fills["ticker"].unique().tolist() == [TENCENT]
    assert [(one.name, one.count) for one in found.summary.unused if one.reason == "unknown_ticker"] == [("9999", 1)]
    pd.concat([bars("700"), bars("HK:700")]).to_csv(tmp_path / "prices.csv", index=False)
    with pytest.raises(DataError, match="'700' and 'HK:700' are one instrument and have rows of one time"):
        run_project(tmp_path, config, instruments=listed)
