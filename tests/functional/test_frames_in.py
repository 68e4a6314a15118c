"""DataFrames from Python, whatever pandas and pyarrow made of them: read like files, or refused in our own words."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import newsbt
from newsbt.domain.fingerprints import frame_hash
from newsbt.errors import ConfigError, DataError
from newsbt.events.from_frame import FrameAnnouncements
from newsbt.linking.universe_tables import read_universe
from newsbt.prices.fx_readers import FrameFx
from newsbt.prices.price_readers import FramePrices
from newsbt.strategies.named_tickers import NamedTickers

DAYS = pd.to_datetime(["2025-03-03", "2025-03-04", "2025-03-05"])
PRICES = pd.DataFrame(
    {"ticker": "0700.HK", "date": DAYS, "open": [10.0, 10.2, 10.4], "high": 10.5, "low": 9.9,
     "close": [10.0, 10.4, 10.3], "volume": 1e6}
)  # fmt: skip
OWN = PRICES.drop(columns="ticker")
NEWS = pd.DataFrame(
    {"event_id": ["e1", "e2"], "published_at": pd.to_datetime(["2025-03-03T20:00+08:00", "2025-03-04T20:00+08:00"]),
     "event_type": "news", "issuer": "Alpha", "headline": "Good", "tickers": [["0700.HK"], ["0700.HK"]]}
)  # fmt: skip
BLANK = dict.fromkeys(("sector", "themes", "sector_index", "aliases"), "")
INSTRUMENTS = pd.DataFrame(
    {"ticker": ["0700.HK"], "name": "Alpha", "exchange": "XHKG", "board": "main", "currency": "HKD", **BLANK,
     "lot_size": 100}
)  # fmt: skip


def cells(*values: Any) -> pd.Series[Any]:
    return pd.Series(np.fromiter(values, dtype=object, count=len(values)))


def from_parquet(frame: pd.DataFrame) -> pd.DataFrame:
    kept = io.BytesIO()
    frame.to_parquet(kept)
    return pd.read_parquet(kept)


LISTS = {
    "arrays": cells(*[np.array(["0700.HK"], dtype=object)] * 2),
    "tuples": cells(("0700.HK",), ("0700.HK",)),
    "sets": cells({"0700.HK"}, frozenset({"0700.HK"})),
    "with blanks": cells(["0700.HK", None, np.nan], ["0700.HK", pd.NA, pd.NaT]),
    "series": cells(pd.Series(["0700.HK"]), pd.Index(["0700.HK"])),
    "arrow": pd.Series([["0700.HK"]] * 2, dtype=pd.ArrowDtype(pa.list_(pa.string()))),
    "text": pd.Series(["0700.HK"] * 2, dtype="string"),
    "categories": pd.Series(["0700.HK"] * 2, dtype="category"),
}
SAME_NEWS: dict[str, pd.DataFrame] = {
    **{name: NEWS.assign(tickers=column) for name, column in LISTS.items()},
    "from Parquet": from_parquet(NEWS),
    "of pyarrow": NEWS.convert_dtypes(dtype_backend="pyarrow"),
    "ids in the index": NEWS.set_index("event_id"),
    "two in the index": NEWS.set_index(["issuer", "event_id"]),
    "categories": NEWS.astype({"issuer": "category", "event_type": "category"}),
    "numpy's own": NEWS.assign(relevance=cells(np.float32(np.nan), np.float64(np.nan))),
}


@pytest.mark.parametrize("frame", SAME_NEWS.values(), ids=SAME_NEWS)
def test_announcements_of_any_make_are_the_same(frame: pd.DataFrame) -> None:
    found, plain = (FrameAnnouncements(frame=one).read(["0700.HK"]).announcements for one in (frame, NEWS))
    assert list(map(repr, found)) == list(map(repr, plain))
    assert found[0].tickers == ("0700.HK",) and found[0].origin == "announcements (DataFrame):1"


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (NEWS.assign(tickers=cells(["0700.HK"], {"a": 1})), r"\(DataFrame\):2: tickers: expected text, got \{'a': 1\}"),
        (NEWS.assign(published_at=pd.NaT), ":1: published_at: the row has no published_at"),
        (NEWS.assign(published_at=NEWS["published_at"].dt.tz_localize(None)), ":1: published_at: .* has no offset"),
        (NEWS.assign(published_at=pd.Period("2025-03-03", "D")), ":1: published_at: 2025-03-03 is a day without"),
        (NEWS.assign(published_at=pd.Period("2025-03", "M")), "expected a time such as .*2025-03 .a period of M"),
        (NEWS.assign(published_at=cells(*[np.datetime64("2025-03-03T20:00")] * 2)), ":1: published_at: .* no offset"),
        (NEWS.assign(sentiment=pd.Timedelta("1h")), ":1: sentiment: expected a number"),
        (NEWS.assign(sentiment=pd.arrays.IntervalArray.from_tuples([(0, 1)] * 2)), ":1: sentiment: expected a number"),
        (pd.concat({"a": NEWS}, axis=1), "the columns have 2 levels"),
        (NEWS.iloc[:0], "the frame has no rows"),
    ],
)  # fmt: skip
def test_announcements_that_cannot_be_read_are_refused_by_frame_row_and_column(
    frame: pd.DataFrame, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        FrameAnnouncements(frame=frame).read(["0700.HK"])


TEXT = DAYS.strftime("%Y-%m-%d")
SAME_PRICES: dict[str, pd.DataFrame | Mapping[str, pd.DataFrame]] = {
    "periods": PRICES.assign(date=DAYS.to_period("D")),
    "periods as objects": PRICES.assign(date=DAYS.to_period("D").astype(object)),
    "days": PRICES.assign(date=[day.date() for day in DAYS]),
    "arrow days": PRICES.assign(date=pd.Series([day.date() for day in DAYS], dtype=pd.ArrowDtype(pa.date32()))),
    "text": PRICES.assign(date=TEXT),
    "categories": PRICES.assign(date=pd.Series(TEXT, dtype="category"), ticker=PRICES["ticker"].astype("category")),
    "midnights of Hong Kong": PRICES.assign(date=DAYS.tz_localize("Asia/Hong_Kong")),
    "ticker and date in the index": PRICES.set_index(["ticker", "date"]),
    "date in the index": PRICES.set_index("date"),
    "an index of days without a name": PRICES.set_index("date").rename_axis(None),
    "of pyarrow": PRICES.convert_dtypes(dtype_backend="pyarrow"),
    "columns of each ticker": PRICES.set_index(["date", "ticker"]).unstack(),
    "one a ticker": {"0700.HK": OWN},
    "one a ticker, days in the index": {"0700.HK": OWN.set_index("date").rename_axis("Date")},
    "one a ticker, periods in the index": {"0700.HK": OWN.set_index(DAYS.to_period("D")).drop(columns="date")},
}


@pytest.mark.parametrize("frame", SAME_PRICES.values(), ids=SAME_PRICES)
def test_prices_of_any_make_are_the_same(frame: Any) -> None:
    found, plain = FramePrices(frame=frame).read(), FramePrices(frame=PRICES).read()
    assert found.tickers == plain.tickers and found.when.tolist() == plain.when.tolist()
    assert {name: column.tolist() for name, column in found.values.items()} == {
        name: column.tolist() for name, column in plain.values.items()
    }


def test_bars_in_an_index_of_instants() -> None:
    times = pd.DatetimeIndex(["2025-03-04T01:30Z", "2025-03-04T01:35Z", "2025-03-04T01:40Z"])
    table = FramePrices(frame={"0700.HK": OWN.drop(columns="date").set_index(times)}).read()
    assert table.intraday and table.interval_ns == 300 * 10**9


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (PRICES.assign(date=DAYS.to_period("M")), r"\(DataFrame\):1: 0700.HK: date: expected a day .*a period of M"),
        (PRICES.assign(date=[DAYS[0], pd.NaT, DAYS[2]]), ":2: 0700.HK: the row has no date"),
        (PRICES.assign(date=DAYS - DAYS[0]), ":1: 0700.HK: date: expected text"),
        (PRICES.assign(ticker=[["0700.HK"]] * 3), ":1: a row without ticker .*ticker: expected text"),
        (PRICES.assign(close=[[1], [2], [3]]), r":1: 0700.HK on 2025-03-03: close: expected a number .*, got \[1\]"),
        (PRICES.assign(close=1j), "close: expected a number"),
        (pd.concat({"x": PRICES.set_index(["date", "ticker"]).unstack()}, axis=1), "the columns have 3 levels"),
        ({"0700.HK": OWN, "0005.HK": OWN.assign(date="soon")}, r"of '0005.HK':1: 0005.HK: date: expected a day"),
        ({"0700.HK": OWN.iloc[:0]}, "of '0700.HK': the frame has no rows"),
        ({}, "there is no frame"),
    ],
)  # fmt: skip
def test_prices_that_cannot_be_read_are_refused_by_frame_row_and_column(frame: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        FramePrices(frame=frame).read()


def test_tables_of_a_universe_and_rates() -> None:
    plain = read_universe(INSTRUMENTS)
    for frame in (
        INSTRUMENTS.set_index("ticker"), from_parquet(INSTRUMENTS), INSTRUMENTS.convert_dtypes(dtype_backend="pyarrow"),
        INSTRUMENTS.assign(themes=cells(np.array([], dtype=object)), aliases=cells(())),
    ):  # fmt: skip
        assert read_universe(frame) == plain
    listed = read_universe(
        INSTRUMENTS.assign(listed_on=pd.Period("2004-06-16", "D"), aliases=cells(np.array(["A", "B"])))
    )
    assert (listed.instruments[0].listed_on, listed.instruments[0].aliases) == (date(2004, 6, 16), ("A", "B"))
    with pytest.raises(DataError, match=r"instruments \(DataFrame\): the columns have 2 levels"):
        read_universe(pd.concat({"a": INSTRUMENTS}, axis=1))
    rates = pd.DataFrame({"pair": ["USDHKD"], "date": pd.PeriodIndex(["2025-03-03"], freq="D"), "rate": [7.8]})
    for frame in (rates, rates.set_index(["pair", "date"]), from_parquet(rates.assign(date=["2025-03-03"]))):
        assert FrameFx(frame=frame).read().rates["USDHKD"][1].tolist() == [7.8]


def run(*, overrides: Mapping[str, Any] | None = None, **given: Any) -> newsbt.api.Result:
    frames = {"prices": PRICES, "announcements": NEWS, "instruments": INSTRUMENTS, **given}
    quick = {"evaluation.placebo": 0, "evaluation.bootstrap": 0, **(overrides or {})}
    return newsbt.run(**frames, strategies=[NamedTickers()], cash=1e5, currency="HKD", overrides=quick)


@pytest.mark.parametrize(
    "given",
    [{}, {"announcements": from_parquet(NEWS)}, {"prices": SAME_PRICES["periods"]}, {"prices": {"0700.HK": OWN}}],
    ids=["plain", "from Parquet", "periods", "one a ticker"],
)
def test_a_run_of_them_is_the_same(given: dict[str, Any]) -> None:
    assert run(**given)["NamedTickers"].fills["price"].tolist() == run()["NamedTickers"].fills["price"].tolist()


def test_what_a_frame_leaves_open_is_said_by_overrides() -> None:
    frame = pd.concat({"0700.HK": OWN.set_index("date").rename(columns=str.title)}, axis=1)
    frame["0700.HK", "Adj Close"] = frame["0700.HK", "Close"] * 0.5
    with pytest.raises(DataError, match="say `adjusted: true`"):
        run(prices=frame)
    found = run(prices=frame, overrides={"prices.adjusted": True})["NamedTickers"].fills["price"]
    assert (found * 2).tolist() == pytest.approx(run()["NamedTickers"].fills["price"].tolist())
    with pytest.raises(ConfigError, match="unknown key 'adjustd'; did you mean 'adjusted'"):
        run(prices=frame, overrides={"prices.adjustd": True})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"prices": [1]}, "prices: expected a pandas DataFrame, or one for each ticker, got a list"),
        (
            {"prices": {"A": PRICES["close"]}},
            "prices: expected a pandas DataFrame, or one for each ticker, got a Series",
        ),
        (
            {"announcements": {"A": NEWS}},
            "announcements: expected a pandas DataFrame, or \\[\\] for a run without any, got a dict",
        ),
        ({"instruments": pa.table({"ticker": ["A"]})}, r"instruments: .* got a Table; give its \.to_pandas\(\)"),
        ({"fx": 7.8}, "fx: expected a pandas DataFrame, got a float"),
    ],
)
def test_what_is_no_frame_is_refused_by_name(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run(**given)


def test_frames_of_any_make_have_a_hash_of_their_content() -> None:
    for frame in (*SAME_NEWS.values(), *SAME_PRICES.values()):
        assert frame_hash(frame) == frame_hash(frame)
    later = {"0700.HK": OWN.set_index("date").rename_axis(None).shift(freq="D")}
    hashes = {frame_hash(one) for one in (SAME_PRICES["one a ticker"], later, {"0005.HK": OWN}, OWN.set_index("date"))}
    assert len(hashes) == 4
    assert frame_hash(NEWS) == frame_hash(NEWS.assign(tickers=LISTS["arrays"]))
