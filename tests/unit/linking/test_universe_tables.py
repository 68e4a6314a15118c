"""The universe's tables: what they say, and all of their faults at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from newsbt.domain.entity import Membership, Relation, StatusSpan
from newsbt.errors import ConfigError, DataError
from newsbt.linking.universe_tables import read_universe

HEADER = (
    "ticker,name,exchange,board,currency,sector,themes,sector_index,aliases,company,"
    "lot_size,tradable,shortable,proxy,listed_on,delisted_on,name_local"
)
INSTRUMENTS = (
    "9988.HK,Alibaba,XHKG,main,HKD,internet,chinese_ai;cloud,^HSTECH,阿里;Qwen,Alibaba Group,"
    "100,,true,,2019-11-26,,阿里巴巴",
    "^HSTECH,Hang Seng TECH,XHKG,index,HKD,,,,,,,,,3033.HK,,,",
    "3033.HK,CSOP HSTECH ETF,XHKG,etf,HKD,,,,,,200,,,,,,",
)


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_span_may_be_one_day(tmp_path: Path) -> None:
    path = write(tmp_path / "i.csv", HEADER, *INSTRUMENTS)
    members = write(tmp_path / "m.csv", "ticker,theme,from,to", "9988.HK,ai,2024-01-02,2024-01-02")
    (one,) = read_universe(path, memberships=members).memberships
    assert one.from_on == one.to_on == date(2024, 1, 2)


def test_names_are_compared_where_one_is_wrong_only(tmp_path: Path, monkeypatch) -> None:
    def nearest(_name: str, _known: object) -> str:
        raise AssertionError("a ticker that is an instrument has no nearest one")

    monkeypatch.setattr("newsbt.linking.universe_tables.nearest", nearest)
    path = write(tmp_path / "i.csv", HEADER, *INSTRUMENTS)
    members = write(tmp_path / "m.csv", "ticker,theme,from,to", "9988.HK,ai,2024-01-01,")
    assert len(read_universe(path, memberships=members).memberships) == 1


def test_instruments_in_the_order_of_their_file(tmp_path: Path) -> None:
    path = write(tmp_path / "i.csv", HEADER, *INSTRUMENTS)
    universe = read_universe(path)
    assert universe.tickers == ("9988.HK", "^HSTECH", "3033.HK")
    alibaba = universe["9988.HK"]
    assert (alibaba.themes, alibaba.aliases) == (("chinese_ai", "cloud"), ("阿里", "Qwen"))
    assert (alibaba.lot_size, alibaba.tradable, alibaba.shortable, alibaba.listed_on) == (
        100,
        True,
        True,
        date(2019, 11, 26),
    )
    assert (universe["^HSTECH"].proxy, universe["^HSTECH"].lot_size, universe["^HSTECH"].shortable) == (
        "3033.HK",
        None,
        None,
    )
    assert read_universe(pd.read_csv(path)) == read_universe(str(path)) == universe


def test_relations_memberships_and_statuses(tmp_path: Path) -> None:
    universe = read_universe(
        write(tmp_path / "i.csv", HEADER, *INSTRUMENTS),
        write(tmp_path / "r.csv", "subject,relation,object,effect,from,to,note",
              "DeepSeek,rival_of,9988.HK,-0.5,2025-01-28,,R1",
              "Alibaba,investor_in,Moonshot,,,,"),
        write(tmp_path / "m.csv", "ticker,theme,from,to", "9988.HK,chinese_ai,2023-04-11,"),
        write(tmp_path / "s.csv", "ticker,status,from,to", "9988.HK,st,2024-01-01,2024-12-31"),
    )  # fmt: skip
    assert universe.relations == (
        Relation(
            subject="DeepSeek", relation="rival_of", object="9988.HK", effect=-0.5, from_on=date(2025, 1, 28), note="R1"
        ),
        Relation(subject="Alibaba", relation="investor_in", object="Moonshot"),
    )
    assert universe.memberships == (Membership(ticker="9988.HK", theme="chinese_ai", from_on=date(2023, 4, 11)),)
    assert universe.statuses == (
        StatusSpan(ticker="9988.HK", status="st", from_on=date(2024, 1, 1), to_on=date(2024, 12, 31)),
    )


@pytest.mark.parametrize(
    ("column", "value", "code", "message"),
    [
        ("ticker", "9988.HK", "duplicate", "stands already in line 2"),
        ("ticker", "", "missing_value", "no ticker"),
        ("exchange", "HKEX Main", "bad_value", "ISO 10383 code such as XHKG"),
        ("exchange", "hkg", "bad_value", "ISO 10383"),
        ("board", "mian", "bad_value", "did you mean 'main'"),
        ("currency", "HK$", "bad_value", "ISO 4217"),
        ("lot_size", "0", "bad_value", "from 1, got 0"),
        ("lot_size", "many", "bad_value", "expected a number"),
        ("lot_size", "100.5", "bad_value", "whole number"),
        ("tradable", "perhaps", "bad_value", "true or false"),
        ("shortable", "2", "bad_value", "true or false"),
        ("sector_index", "^HSTEC", "unknown_ticker", "did you mean '^HSTECH'"),
        ("proxy", "3032.HK", "unknown_ticker", "did you mean '3033.HK'"),
        ("proxy", "^HSTECH", "bad_value", "an index itself"),
        ("listed_on", "2019", "bad_value", "expected a day"),
        ("delisted_on", "2018-01-01", "bad_value", "is before listed_on 2019-11-26"),
    ],
)
def test_a_fault_of_an_instrument_is_told_with_its_place(
    tmp_path: Path, column: str, value: str, code: str, message: str
) -> None:
    cells = (
        dict(zip(HEADER.split(","), INSTRUMENTS[0].split(","), strict=True)) | {"ticker": "0700.HK"} | {column: value}
    )
    path = write(tmp_path / "i.csv", HEADER, *INSTRUMENTS, ",".join(cells.values()))
    with pytest.raises(DataError) as caught:
        read_universe(path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.line, problem.key) == (code, str(path), 5, column)
    assert message in problem.message


def test_every_fault_of_every_table_comes_in_one_go(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_universe(
            write(tmp_path / "i.csv", HEADER, *INSTRUMENTS, INSTRUMENTS[2] + ",surplus", "A,A,XHKG,x,HKD" + "," * 12),
            write(tmp_path / "r.csv", "subject,relation,object,effect,from,to", "A,rivals,B,,,", "A,peer_of,B,1.1,,",
                  "A,peer_of,C,x,,", "A,peer_of,D,,2025-02-01,2025-01-01", ",peer_of,E,,,", "a,peer_of,c,0,,"),
            write(tmp_path / "m.csv", "ticker,theme,from", "A,b,"),
            write(tmp_path / "s.csv", "ticker,status,from,to", "B,st,,", "A,,,"),
        )  # fmt: skip
    found = [(Path(p.file or "").name, p.line, p.key, p.code) for p in caught.value.problems]
    assert found == [
        ("i.csv", 5, None, "bad_value"),
        ("i.csv", 6, "board", "bad_value"),
        ("r.csv", 2, "relation", "bad_value"),
        ("r.csv", 3, "effect", "bad_value"),
        ("r.csv", 4, "effect", "bad_value"),
        ("r.csv", 5, "to", "bad_value"),
        ("r.csv", 6, "subject", "missing_value"),
        ("r.csv", 7, "from", "duplicate"),
        ("m.csv", 1, "to", "missing_column"),
        ("s.csv", 2, "ticker", "unknown_ticker"),
        ("s.csv", 3, "status", "missing_value"),
    ]


def test_bad_rows_are_skipped_and_counted_with_all_that_hangs_on_them(tmp_path: Path) -> None:
    universe = read_universe(
        write(tmp_path / "i.csv", HEADER, *INSTRUMENTS[:2], INSTRUMENTS[2].replace("etf", "fund"),
              "NVDA,NVIDIA,XNAS,main,USD" + "," * 12, "AMD,AMD,XNAS,main,USD" + "," * 13,
              "NVDA,NVIDIA,XNAS,main,USD" + "," * 12),
        write(tmp_path / "r.csv", "subject,relation,object,effect,from,to", "A,rivals,B,,,", "A,peer_of,C,x,,",
              "A,peer_of,C,,,", "A,peer_of,C,1,,", "A,peer_of,D,0.5,,"),
        write(tmp_path / "m.csv", "ticker,theme,from,to", "9988.HK,ai,,", "NVDA,ai,,"),
        write(tmp_path / "s.csv", "ticker,status,from,to", "NVDA,st,,"),
        on_bad_row="skip",
    )  # fmt: skip
    # The fund's board is no board, its index has lost its proxy, and Alibaba its index.
    assert universe.tickers == ("NVDA",)
    assert [(item.object, item.effect) for item in universe.relations] == [("C", None), ("D", 0.5)]
    assert [item.ticker for item in universe.memberships] == ["NVDA"]
    assert len(universe.statuses) == 1
    assert universe.bad_rows == {
        "instruments": {"bad_value": 2, "duplicate": 1, "unknown_ticker": 2},
        "relations": {"bad_value": 2, "duplicate": 1},
        "memberships": {"unknown_ticker": 1},
    }


def test_an_exchange_without_rules_is_told_with_its_line_or_skipped(tmp_path: Path) -> None:
    path = write(tmp_path / "i.csv", HEADER, *INSTRUMENTS, "X.HK,X,XHKQ,main,HKD" + "," * 12)
    with pytest.raises(DataError) as caught:
        read_universe(path, exchanges=("XHKG", "XNYS"))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.key) == (str(path), 5, "exchange")
    assert "expected one of XHKG, XNYS" in problem.message and "did you mean 'XHKG'" in problem.message
    skipped = read_universe(path, exchanges=("XHKG", "XNYS"), on_bad_row="skip")
    assert skipped.tickers == ("9988.HK", "^HSTECH", "3033.HK") and skipped.bad_rows == {
        "instruments": {"unknown_exchange": 1}
    }
    assert "X.HK" in read_universe(path).tickers


def test_a_table_without_a_good_row_and_one_without_a_column_stop_the_reading_all_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "i.csv", HEADER, *INSTRUMENTS)
    for text, code in (("ticker,theme,from,to\nX,ai,,", "unknown_ticker"), ("ticker,theme\nX,ai", "missing_column")):
        with pytest.raises(DataError) as caught:
            read_universe(path, memberships=write(tmp_path / "m.csv", text), on_bad_row="skip")
        assert {problem.code for problem in caught.value.problems} == {code}


def test_the_error_says_how_to_go_on_and_a_policy_is_one_of_two(tmp_path: Path) -> None:
    path = write(tmp_path / "i.csv", HEADER, *INSTRUMENTS)
    with pytest.raises(DataError, match="set `on_bad_row: skip` in the universe"):
        read_universe(path, write(tmp_path / "r.csv", "subject,relation,object", "A,rivals,B"))
    with pytest.raises(ConfigError, match="on_bad_row"):
        read_universe(path, on_bad_row="ignore")


def test_missing_columns_files_and_rows_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_universe(write(tmp_path / "i.csv", "Ticker,Name", "A,B"), tmp_path / "none.csv",
                      write(tmp_path / "m.csv", "ticker,theme,from,to"), pd.DataFrame(columns=["ticker"]))  # fmt: skip
    codes = [problem.code for problem in caught.value.problems]
    assert codes == ["missing_column", "missing_file", "empty_file", "empty_file"]
    assert "columns:" not in str(caught.value), "the columns of these tables have one name"


@pytest.mark.parametrize(
    ("row", "exchange", "board", "currency"),
    [("688981.SH,", "XSHG", "star", "CNY"), ("9988.HK,", "XHKG", "main", "HKD"), ("BABA,", "XNYS", "main", "USD"),
     ("AAPL,XNAS", "XNAS", "main", "USD"),
     ("^HSTECH,XHKG", "XHKG", "index", "HKD"), ("12345,XHKG", "XHKG", "main", "HKD")],
)  # fmt: skip
def test_ticker_and_exchange_are_enough(tmp_path: Path, row: str, exchange: str, board: str, currency: str) -> None:
    (item,) = read_universe(write(tmp_path / "i.csv", "ticker,exchange", row)).instruments
    assert (item.exchange, item.board, item.currency) == (exchange, board, currency)
    assert item.name == item.ticker


@pytest.mark.parametrize("row", ["12345,", "^HSTECH,", "7203.X,"])
def test_an_exchange_that_no_ticker_says_is_needed(tmp_path: Path, row: str) -> None:
    with pytest.raises(DataError, match=r"exchange: expected an ISO 10383 code|no exchange"):
        read_universe(write(tmp_path / "i.csv", "ticker,exchange", row))


@pytest.mark.parametrize(
    ("first", "again"),
    [("0700.HK,", "700,XHKG"), ("0700.HK,", "00700.HK,"), ("BABA,XNYS", "BABA.N,XNYS"), ("600519.SH,", "600519,XSHG")],
)
def test_two_forms_of_one_listing_are_a_duplicate(tmp_path: Path, first: str, again: str) -> None:
    path = write(tmp_path / "i.csv", "ticker,exchange", first, "AAPL,", again)
    ticker, other = (row.partition(",")[0] for row in (first, again))
    with pytest.raises(DataError, match=f"'{other}' is '{ticker}' of line 2 in another form") as caught:
        read_universe(path)
    assert [(one.code, one.line) for one in caught.value.problems] == [("duplicate", 4)]
    skipped = read_universe(path, on_bad_row="skip")
    assert skipped.tickers == (ticker, "AAPL")
    assert skipped.bad_rows == {"instruments": {"duplicate": 1}}


def test_a_share_and_an_index_of_one_code_are_two(tmp_path: Path) -> None:
    rows = ("000001.SH,", "000001.SZ,", "BABA,XNYS", "^BABA,XNYS", "0700.HK,", "80700.HK,")
    assert len(read_universe(write(tmp_path / "i.csv", "ticker,exchange", *rows)).instruments) == len(rows)


def test_what_blank_cells_are_taken_for_is_said(tmp_path: Path) -> None:
    head = "ticker,exchange,board,currency"
    path = write(tmp_path / "i.csv", head, "688981.SH,,,", "BABA,,,USD", "9988.HK,XHKG,main,HKD", "600519.SH,XSHG,,CNY")
    assert read_universe(path).readings == (
        (str(path), (
            "exchange of 2 instruments by ticker (XNYS 1, XSHG 1)",
            "board of 3 instruments by ticker and exchange (main 2, star 1)",
            "currency of 1 instrument by exchange (CNY)",
        )),
    )  # fmt: skip
    assert read_universe(write(tmp_path / "all.csv", head, "9988.HK,XHKG,main,HKD")).readings == ()
