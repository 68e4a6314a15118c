"""Price readers: sources, columns, every reason of T8 that needs no calendar."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newsbt.domain.price_table import PRICES, PriceTable
from newsbt.errors import ConfigError, DataError
from newsbt.prices.combine import combine
from newsbt.prices.price_readers import CsvPrices, FramePrices, ParquetPrices

pytestmark = pytest.mark.rule("T8")

HEADER = "ticker,date,open,high,low,close,volume"
ROWS = (
    "9988.HK,2025-03-05,10,11,9,10.5,1000",
    "9988.HK,2025-03-06,11,12,10,11.5,2000",
    "0700.HK,2025-03-06,400,410,399,405,3000",
)


def write(path: Path, *rows: str, header: str = HEADER, ending: str = "\n") -> Path:
    path.write_bytes((ending.join((header, *rows)) + ending).encode())
    return path


def rows_of(table: PriceTable) -> set[tuple[object, ...]]:
    return {
        (table.tickers[code], str(when), *(float(table.values[name][row]) for name in table.values))
        for row, (code, when) in enumerate(zip(table.ticker_code, table.when, strict=True))
    }


WANTED = {
    ("9988.HK", "2025-03-05", 10.0, 11.0, 9.0, 10.5, 1000.0),
    ("9988.HK", "2025-03-06", 11.0, 12.0, 10.0, 11.5, 2000.0),
    ("0700.HK", "2025-03-06", 400.0, 410.0, 399.0, 405.0, 3000.0),
}


def test_one_long_file(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", *ROWS)
    table = CsvPrices(path=path).read()
    assert rows_of(table) == WANTED
    assert (table.rows_read, table.files, dict(table.bad_rows)) == (3, (path,), {})
    assert table.where([2]) == [(str(path), 4)]
    assert not table.intraday and not table.values["open"].flags.writeable


def test_a_quoted_file_reads_the_same_and_keeps_its_lines(tmp_path: Path) -> None:
    quoted = ['"' + row.replace(",", '","') + '"' for row in ROWS]
    path = write(tmp_path / "p.csv", quoted[0], "", *quoted[1:], header=HEADER + ',"a\nnote"')
    with pytest.raises(DataError, match="expected 8 fields"):
        CsvPrices(path=path).read()
    path = write(tmp_path / "p.csv", quoted[0], "", *quoted[1:])
    table = CsvPrices(path=path).read()
    assert rows_of(table) == WANTED
    assert [line for _, line in table.where([0, 1, 2])] == [2, 4, 5]


def test_a_folder_with_one_file_a_ticker(tmp_path: Path) -> None:
    header = HEADER.removeprefix("ticker,")
    (tmp_path / "9988.HK.csv.gz").write_bytes(
        gzip.compress("\n".join([header, *(row.split(",", 1)[1] for row in ROWS[:2])]).encode())
    )
    write(tmp_path / "0700.HK.csv", ROWS[2].split(",", 1)[1], header=header)
    write(tmp_path / ".hidden.csv", "x")
    write(tmp_path / "README.md", "x")
    assert rows_of(CsvPrices(path=tmp_path).read()) == WANTED
    assert rows_of(CsvPrices(path=str(tmp_path / "*.csv*")).read()) == WANTED
    only = CsvPrices(path=tmp_path / "0*.csv").read()
    assert (only.tickers, len(only)) == (("0700.HK",), 1)
    with pytest.raises(DataError, match=r"no file ending in \.parquet"):
        ParquetPrices(path=tmp_path).read()


def test_parquet_and_frames_say_the_same(tmp_path: Path) -> None:
    frame = pd.read_csv(write(tmp_path / "p.csv", *ROWS))
    for dates in (frame["date"], pd.to_datetime(frame["date"]), pd.to_datetime(frame["date"]).dt.date):
        typed = frame.assign(date=dates)
        typed.to_parquet(tmp_path / "p.parquet")
        assert rows_of(ParquetPrices(path=tmp_path / "p.parquet").read()) == WANTED
        assert rows_of(FramePrices(frame=typed).read()) == WANTED
        assert rows_of(FramePrices(frame=typed.set_index(["ticker", "date"])).read()) == WANTED
    mixed = frame.astype(object)
    mixed.loc[1, "volume"] = "2000"
    assert rows_of(FramePrices(frame=mixed).read()) == WANTED
    for row in ROWS[:1]:
        part = frame[frame["ticker"] == row.split(",")[0]].drop(columns="ticker")
        part.to_parquet(tmp_path / "9988.HK.parquet")
    assert ParquetPrices(path=tmp_path / "9988.HK.parquet").read().tickers == ("9988.HK",)


def test_columns_and_volume_in_lots(tmp_path: Path) -> None:
    path = write(
        tmp_path / "p.csv", "2,1,2025-03-05,600000.SH,1,2,1.5,7", header="high,low,day,code,open,ignored,close,vol"
    )
    table = CsvPrices(path=path, columns={"ticker": "code", "date": "day", "volume": "vol"}, volume_unit=100).read()
    assert rows_of(table) == {("600000.SH", "2025-03-05", 1.0, 2.0, 1.0, 1.5, 700.0)}


def test_missing_prices_and_volumes_are_no_bad_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", "A,2025-03-05,,,,10,", "A,2025-03-06,NaN,null,NA,,0", "B,2025-03-06,1,,1,1,5")
    table = CsvPrices(path=path).read()
    assert len(table) == 3
    assert np.isnan(table.values["open"][:2]).all() and table.values["close"][0] == 10


@pytest.mark.parametrize(
    ("row", "reason", "message"),
    [
        ("A,2025-03-06,10,9,9.5,9.5,1", "ohlc_order", r"A on 2025-03-06: high 9\.0 is below low 9\.5"),
        ("A,2025-03-06,12.1,12,10,11,1", "ohlc_order", r"open 12\.1 lies outside low 10\.0 to high 12\.0"),
        ("A,2025-03-06,11,12,10,9.99,1", "ohlc_order", r"close 9\.99 lies outside"),
        ("A,2025-03-06,,12,10,9.99,1", "ohlc_order", "close"),
        ("A,2025-03-06,-11,12,10,11,1", "not_positive", r"open is -11\.0; expected more than 0"),
        ("A,2025-03-06,11,12,0,11,1", "not_positive", r"low is 0\.0"),
        ("A,2025-03-06,11,12,10,1l,1", "bad_value", "close: expected a number such as 1234.5, got '1l'"),
        ("A,2025-03-06,inf,12,10,11,1", "bad_value", "open: expected a finite number"),
        ("A,2025-03-06,11,1e400,10,11,1", "bad_value", "high: expected a finite number"),
        ("A,2025-03-06,11,1.1e15,10,11,1", "bad_value", r"high is 1100000000000000\.0; expected at most 1e\+15"),
        ("A,2025-03-06,5e-324,11,5e-324,11,1", "bad_value", "open is 5e-324; expected at least 1e-15"),
        ("A,2025-03-06,11,12,10,11,1e308", "bad_value", r"volume is 1e\+308; expected at most 1e\+19"),
        ("A,2025-03-06,11,12,10,11,-5", "bad_value", r"volume is -5\.0; expected 0 or more"),
        ('A,2025-03-06,11,12,10,11,"1,000"', "bad_value", "volume: expected a number"),
        ("A,06.03.2025,11,12,10,11,1", "bad_value", "A: date: expected a day such as 2025-03-06, got '06.03.2025'"),
        ("A,2025-03-06 09:30,11,12,10,11,1", "bad_value", "time of day"),
        ("A,,11,12,10,11,1", "bad_value", "no date"),
        (",2025-03-06,11,12,10,11,1", "bad_value", "no ticker"),
        ("A,2025-03-06,11,12,10,11", "bad_value", "expected 7 fields as in the header, got 6"),
        ("A,2025-03-06,11,12,10,11,1,", "bad_value", "expected 7 fields as in the header, got 8"),
        ("9988.HK,2025-03-05,10,11,9,10.5,1000", "duplicate", r"the row stands already at .*p\.csv:2"),
        ("9988.HK,2025/3/5,1,1,1,1,1", "duplicate", r"p\.csv:2"),
    ],
)
def test_bad_rows_by_reason(tmp_path: Path, row: str, reason: str, message: str) -> None:
    path = write(tmp_path / "p.csv", *ROWS, row)
    with pytest.raises(DataError, match=message) as caught:
        CsvPrices(path=path).read()
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.line) == (reason, str(path), 5)
    table = CsvPrices(path=path, on_bad_row="skip").read()
    assert rows_of(table) == WANTED
    assert (table.rows_read, dict(table.bad_rows)) == (4, {reason: 1})


@pytest.mark.parametrize(
    ("extra", "reason"),
    [("dividend,-0.1", "bad_value"), ("split,-1", "bad_value"), ("adj_factor,0", "bad_value"),
     ("prev_close,0", "not_positive"), ("split,two", "bad_value")],
)  # fmt: skip
def test_bad_values_in_optional_columns(tmp_path: Path, extra: str, reason: str) -> None:
    name, value = extra.split(",")
    path = write(tmp_path / "p.csv", f"{ROWS[0]},{value}", f"{ROWS[1]},", header=f"{HEADER},{name}")
    table = CsvPrices(path=path, on_bad_row="skip").read()
    assert (len(table), dict(table.bad_rows)) == (1, {reason: 1})


def test_a_repeat_of_a_bad_row_is_no_duplicate_and_the_first_good_row_stays(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", "A,2025-03-06,5,4,4.5,5,1", "A,2025-03-06,1,2,1,2,1", "A,2025-03-06,3,3,3,3,1")
    table = CsvPrices(path=path, on_bad_row="skip").read()
    assert table.values["close"].tolist() == [2.0]
    assert dict(table.bad_rows) == {"duplicate": 1, "ohlc_order": 1}


def test_rounding_is_no_disorder(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", "A,2025-03-06,10.000000000000002,10,9,9,1")
    assert len(CsvPrices(path=path).read()) == 1


def test_many_bad_rows_are_listed_up_to_twenty_and_counted(tmp_path: Path) -> None:
    rows = [f"A,2025-01-{day:02},-1,1,1,1,1" for day in range(1, 32)]
    with pytest.raises(DataError) as caught:
        CsvPrices(path=write(tmp_path / "p.csv", *rows)).read()
    assert [problem.line for problem in caught.value.problems[:20]] == list(range(2, 22))
    assert "and 11 more bad rows" in str(caught.value)


def test_rows_of_strangers_are_counted_and_not_checked(tmp_path: Path) -> None:
    path = write(
        tmp_path / "p.csv", "X,2025-03-06,-1,x,1,1,1", *ROWS, "X,nonsense,1,1,1,1,1", "0700.HK,2025-03-07,1,,,-1,"
    )
    table = CsvPrices(path=path, on_bad_row="skip").read({"9988.HK", "0700.HK"})
    assert rows_of(table) == WANTED
    assert (dict(table.ignored_tickers), dict(table.bad_rows)) == ({"X": 2}, {"not_positive": 1})


def test_a_missing_column_and_two_time_columns_are_errors(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", "1", header="Date")
    with pytest.raises(DataError, match="expected a column 'date', got 'Date'; did you mean 'Date'") as caught:
        CsvPrices(path=path, on_bad_row="skip").read()
    assert [problem.key for problem in caught.value.problems] == ["date", "open", "high", "low", "close", "volume"]
    path = write(tmp_path / "p.csv", "1,2", header="date,bar_start")
    with pytest.raises(DataError, match="got both"):
        CsvPrices(path=path).read()
    with pytest.raises(DataError, match="expected a column 'ticker'"):
        FramePrices(frame=pd.DataFrame({"date": ["2025-03-06"]})).read()


@pytest.mark.parametrize(
    "wrong",
    [{"volume_unit": 0}, {"volume_unit": "100"}, {"stamp": "begin"}, {"timezone": "China"}, {"columns": {"vol": "v"}}],
)
def test_parameters_are_checked_when_the_reader_is_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        CsvPrices(path="p.csv", **wrong)


def test_adjusted_prices_do_not_apply_dividends_and_splits_again(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", f"{ROWS[0]},0.5,2,1.1", header=f"{HEADER},dividend,split,adj_factor")
    assert set(CsvPrices(path=path).read().values) >= {"dividend", "split"}
    table = CsvPrices(path=path, adjusted=True).read()
    assert table.adjusted and not {"dividend", "split"} & set(table.values) and "adj_factor" in table.values


BARS = "ticker,bar_start,open,high,low,close,volume"


def test_bars_are_instants_and_a_stamp_at_the_end_moves_back_by_one_bar(tmp_path: Path) -> None:
    times = [
        "2025-07-11 09:35:00",
        "2025-07-11 09:40:00",
        "2025-07-11 09:45:00",
        "2025-07-11 13:05:00",
        "2025-07-14 09:35:00",
    ]
    path = write(tmp_path / "p.csv", *(f"A,{time},1,1,1,1,1" for time in times), header=BARS)
    with pytest.raises(DataError, match="give the reader a `timezone` such as Asia/Shanghai") as caught:
        CsvPrices(path=path).read()
    assert {problem.code for problem in caught.value.problems} == {"naive_time"}
    table = CsvPrices(path=path, timezone="Asia/Shanghai", stamp="end").read()
    assert table.interval_ns == 5 * 60 * 10**9
    assert str(table.when[0]) == "2025-07-11T01:30:00.000000000"
    aware = write(tmp_path / "q.csv", "A,2025-07-11T09:30:00+08:00,1,1,1,1,1", header=BARS)
    assert CsvPrices(path=aware).read().when[0] == table.when[0]
    with pytest.raises(DataError, match="needs two bars"):
        CsvPrices(path=aware, stamp="end").read()


def test_several_readers_are_one_table(tmp_path: Path) -> None:
    one = CsvPrices(path=write(tmp_path / "a.csv", *ROWS[:2])).read()
    two = CsvPrices(path=write(tmp_path / "b.csv", f"{ROWS[2]},0.1", header=f"{HEADER},dividend")).read()
    both = combine([one, two])
    assert both.tickers == ("9988.HK", "0700.HK") and len(both) == both.rows_read == 3
    assert both.where([2]) == [(str(tmp_path / "b.csv"), 2)]
    np.testing.assert_array_equal(both.values["dividend"], [np.nan, np.nan, 0.1])
    again = CsvPrices(path=write(tmp_path / "c.csv", *ROWS[1:]))
    with pytest.raises(DataError, match=r"c\.csv:2: 9988.HK on 2025-03-06: stands already at .*a\.csv:3") as caught:
        combine([one, again.read()])
    assert [problem.code for problem in caught.value.problems] == ["duplicate"]
    skipped = combine([one, CsvPrices(path=again.path, on_bad_row="skip").read()])
    assert (rows_of(skipped), dict(skipped.bad_rows)) == (WANTED, {"duplicate": 1})
    bars = CsvPrices(path=write(tmp_path / "d.csv", "A,2025-07-11T09:30:00+08:00,1,1,1,1,1", header=BARS)).read()
    with pytest.raises(DataError, match="all daily or all bars of one length"):
        combine([one, bars])
    with pytest.raises(DataError, match="at least one reader"):
        combine([])


@pytest.mark.parametrize(
    "odd",
    [
        pa.array([[1], [2]]),
        pa.array([{"a": 1}, None]),
        pa.array([b"a", None]),
        pa.array([True, False]),
        pa.array([2**60, -(2**60)]).cast(pa.timestamp("us", "UTC")),
        pa.array([1, 2], pa.duration("s")),
        pa.array(["A", "B"]).dictionary_encode(),
        pa.array([None, None]),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["ticker", "date", "bar_start", "open", "volume"])
def test_columns_of_odd_types_are_bad_values_and_nothing_worse(tmp_path: Path, name: str, odd: pa.Array) -> None:
    columns = {"ticker": ["A", "B"], "date": ["2025-03-06"] * 2, **{price: [1.0, 1.0] for price in (*PRICES, "volume")}}
    if name == "bar_start":
        del columns["date"]
    pq.write_table(pa.table(columns | {name: odd}), tmp_path / "p.parquet")
    table = ParquetPrices(path=tmp_path / "p.parquet", on_bad_row="skip").read()
    assert set(table.bad_rows) <= {"bad_value"}
    assert len(table) + sum(table.bad_rows.values()) == table.rows_read == 2
    assert not np.isinf(table.values["open"]).any()


def test_integers_beyond_what_a_float_holds_exactly_are_volumes_too(tmp_path: Path) -> None:
    frame = pd.DataFrame([{"ticker": "A", "date": "2025-03-06", **dict.fromkeys(PRICES, 1.0), "volume": 2**62 + 1}])
    assert FramePrices(frame=frame).read().values["volume"].tolist() == [2.0**62]


@pytest.mark.parametrize("order", ["sorted", "shuffled"])
def test_the_length_of_a_bar_is_the_most_frequent_step_and_the_shorter_of_two(order: str) -> None:
    # A: steps of 5, 5, 1, 1 minutes; B: 10, and the step from A to B is none.
    minutes = {"A": [0, 5, 10, 11, 12], "B": [500, 510]}
    frame = pd.DataFrame(
        [
            (name, pd.Timestamp("2025-03-06T03:00Z") + pd.Timedelta(minutes=at))
            for name in minutes
            for at in minutes[name]
        ],
        columns=["ticker", "bar_start"],
    ).assign(open=10.0, high=11.0, low=9.0, close=10.0, volume=1.0)
    table = FramePrices(frame=frame if order == "sorted" else frame.iloc[[3, 0, 6, 4, 1, 5, 2]]).read()
    assert table.interval_ns == 60 * 10**9
