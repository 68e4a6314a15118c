"""Splits that look otherwise than they are read: in the prices already, not in them, or on another day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from newsbt.cli import main
from newsbt.errors import ConfigError
from newsbt.prices.combine import combine
from newsbt.prices.price_readers import CsvPrices, FramePrices, ParquetPrices
from newsbt.prices.splits import SplitDoubt, split_doubts
from projects import run_project, write_project

NAN = np.nan
IN_PRICES = "it looks as if the prices hold the split already"


def prices(closes: Sequence[float], splits: dict[int, float], ticker: str = "A", **columns: Any) -> pd.DataFrame:
    """Daily rows at these closes; `splits` by the place of their row."""
    days = pd.bdate_range("2025-03-03", periods=len(closes)).strftime("%Y-%m-%d")
    frame = pd.DataFrame({"ticker": ticker, "date": days, **dict.fromkeys(("open", "high", "low", "close"), closes)})
    column = [splits.get(k, NAN) for k in range(len(closes))]
    return frame.assign(volume=1000.0, split=column).assign(**columns)


def doubts(frame: pd.DataFrame, **options: Any) -> list[SplitDoubt]:
    return split_doubts(FramePrices(frame=frame, **options).read())


@pytest.mark.parametrize(
    ("closes", "splits"),
    [
        ([120, 121, 122, 121, 125], {3: 4}),
        ([12, 12.5, 12.4, 11.9, 12], {3: 0.1}),  # ten old shares for a new one
        ([10, 10.1, 10, 9.9, 10], {3: 1.5}),
        ([10, 10.1, NAN, NAN, 10], {3: 4}),  # suspended on the day
        ([100, 100, 100, 122, 122], {3: 2}),  # a fifth up; as traded it were 144 % up
        ([100, 99, 98, 97, 97, 98, 99], {2: 2, 5: 3}),
    ],
)
def test_a_split_that_the_prices_hold(closes: Sequence[float], splits: dict[int, float]) -> None:
    found = doubts(prices(closes, splits))
    assert [(one.kind, one.row) for one in found] == [("split_in_prices", row) for row in splits]
    assert all(IN_PRICES in one.message and "`prices: {splits: in_prices}`" in one.message for one in found)
    assert (
        doubts(prices(closes, splits), splits="in_prices") == doubts(prices(closes, splits), splits="as_traded") == []
    )


def test_the_sentence_names_ticker_day_row_and_ratio(tmp_path: Path) -> None:
    prices([12, 12, 12, 12], {2: 0.1}).to_csv(tmp_path / "p.csv", index=False)
    (found,) = split_doubts(CsvPrices(path=tmp_path / "p.csv").read())
    assert found.message.startswith(
        "A on 2025-03-05 (p.csv:4) states a split of 1 for 10, yet the close goes from 12 to 12: "
    )


@pytest.mark.parametrize(
    ("closes", "splits"),
    [
        ([120, 121, 30, 31], {2: 4}),
        ([12, 12.5, 125, 120], {2: 0.1}),
        ([10, 10.1, NAN, NAN, 2.4], {2: 4}),
        ([10, 10, 10, 2.5], {3: 4}),
        ([100, 100, 62, 62], {2: 2}),  # and a quarter up
        ([100, 100, 35, 35], {2: 2}),  # and 30 % down
        ([100, 100, 76.9, 76.9], {2: 1.3}),
        ([100, 100, 92.3, 92.3], {2: 1.3}),  # and up to a limit of 20 %
        ([100, 100, 100, 91], {3: 1.1}),  # a bonus of 1 for 10
        ([100, 100, 100, 100], {3: 1.1}),  # by a tenth a price may move by itself: nobody can tell
        ([100, 100, 100, 100], {3: 1.25}),
        ([100, 100, 70, 70], {2: 2}),  # between the two
        ([100], {0: 4}),
        ([NAN, NAN, 100, 100], {1: 4}),  # no bar before it
        ([100, 100, NAN, NAN], {2: 4}),  # none since
        ([100, 100, 100, 100], {2: 1.0}),
    ],
)
def test_no_doubt_about_splits_that_may_be_what_they_say(closes: Sequence[float], splits: dict[int, float]) -> None:
    assert doubts(prices(closes, splits)) == []


def test_a_price_that_moves_as_much_every_day_tells_nothing() -> None:
    """The closes double and halve; a split of 2 that is no move is one of them."""
    assert doubts(prices([10, 20, 10, 20, 10, 20, 10, 20, 20, 40], {8: 2})) == []


@pytest.mark.parametrize(("row", "words"), [(3, "1 bar earlier"), (1, "1 bar later"), (5, "3 bars earlier")])
@pytest.mark.parametrize("options", [{}, {"splits": "in_prices"}, {"splits": "as_traded"}, {"adjusted": True}])
def test_a_split_on_another_day(row: int, words: str, options: dict[str, Any]) -> None:
    """The close falls from 120 to 30 on the third day, 2025-03-05, and the split is stated on another one."""
    (found,) = doubts(prices([120, 120, 30, 30, 30, 30, 30], {row: 4}), **options)
    assert found.kind == "split_day" and found.row == row and set(found.rows) == {row, 2}
    assert f"move by it {words}: the close goes from 120 to 30 on 2025-03-05" in found.message
    assert "in the prices already" not in found.message
    assert ("out" in found.message) == (options not in ({}, {"splits": "as_traded"}))


def test_a_suspended_day_that_repeats_the_close_moves_nothing() -> None:
    """Stated while suspended, at closes carried along without volume: the first bar that trades is a quarter."""
    volume = [1000, 1000, 0, 0, 1000, 1000]
    assert doubts(prices([120, 120, 120, 120, 30, 30], {2: 4}, volume=volume)) == []
    (found,) = doubts(prices([120, 120, 120, 120, 121, 30], {2: 4}, volume=volume))
    assert (found.kind, found.rows) == ("split_day", (2, 4, 5))


@pytest.mark.parametrize(
    ("options", "key"), [({"splits": "in_prices"}, "splits: in_prices"), ({"adjusted": True}, "adjusted: true")]
)
def test_a_real_split_that_is_not_applied(options: dict[str, Any], key: str) -> None:
    (found,) = doubts(prices([120, 120, 30, 30], {2: 4}), **options)
    assert found.kind == "split_not_in_prices" and f"leave `{key}` out" in found.message


def test_dividends_are_no_split() -> None:
    """A dividend of 60 halves the price beside a split of 2 that the prices hold."""
    (found,) = doubts(prices([120, 120, 60, 60], {2: 2}, dividend=[0, 0, 60, 0]))
    assert found.kind == "split_in_prices"


def test_the_key_drops_the_column_and_keeps_the_rest(tmp_path: Path) -> None:
    frame = prices([120, 120, 121, 121], {2: 4}, dividend=[0, 0.5, 0, 0], adj_factor=[0.9, 0.9, 1, 1])
    frame.to_csv(tmp_path / "p.csv", index=False)
    frame.to_parquet(tmp_path / "p.parquet")
    readers: list[Any] = [FramePrices(frame=frame, splits="in_prices")]
    readers += [
        kind(path=tmp_path / f"p.{end}", splits="in_prices")
        for kind, end in ((CsvPrices, "csv"), (ParquetPrices, "parquet"))
    ]
    for reader in readers:
        table = reader.read()
        assert "split" not in table.values and {"dividend", "adj_factor"} <= set(table.values) and table.adjusted
        assert split_doubts(table) == []
    assert not FramePrices(frame=frame.assign(split=NAN), splits="in_prices").read().adjusted
    with pytest.raises(ConfigError, match="splits is 'as_traded' or 'in_prices', not 'in_price'; did you mean"):
        FramePrices(frame=frame, splits="in_price")


def test_each_reader_has_its_own_word() -> None:
    one = FramePrices(frame=prices([120, 120, 121], {2: 4}, "A"), splits="in_prices").read()
    two = FramePrices(frame=prices([120, 120, 121], {2: 4}, "B")).read()
    three = FramePrices(frame=prices([120, 120, 30], {2: 4}, "C")).read()
    table = combine([one, two, three])
    assert [(found.ticker, found.kind) for found in split_doubts(table)] == [("B", "split_in_prices")]
    applied = [table.tickers[code] for code in table.ticker_code[np.isfinite(table.values["split"])]]
    assert applied == ["B", "C"]


CONFIG = """
account: {cash: 100000, currency: USD}
execution: {latency: 0min, participation: null, costs: {use: zero}, slippage: {use: zero}, engine: ENGINE}
strategies: [{name: S, use: named_tickers, params: {sign: one}, position: {weight: 0.5, hold: 3}}]
baselines: []
evaluation: {placebo: 0, bootstrap: 0}
prices: {use: csv, path: prices.csv KEY}
"""
TABLES = {
    "instruments": "ticker,name,exchange,board,currency\nA,Alpha,XNYS,main,USD",
    "announcements": "event_id,published_at,event_type,issuer,headline,tickers\n"
    "e,2025-03-03T20:00-05:00,news,Alpha,x,A",
}


def config(key: str = "", engine: str = "backtrader") -> str:
    return CONFIG.replace("KEY", key).replace("ENGINE", engine)


@pytest.mark.rule("X19")
@pytest.mark.parametrize("engine", ["backtrader", "compiled"])
def test_the_key_makes_the_trade_what_it_was(engine: str, tmp_path: Path) -> None:
    """Half the cash, 50,000, buys 500 at 100 on the 4th; three bars later they are sold at 102. With the split of the
    6th in the prices that is +2 % of the trade, +1 % of the account; applied once more, 2,000 shares at 102 are
    204,000: +308 %. As it is read without the key, X19 holds."""
    frame = prices([100, 100, 100, 101, 102], {3: 4})
    for key, total, trade in (
        (", splits: in_prices", 0.01, 0.02),
        ("", 1.54, 3.08),
        (", splits: as_traded", 1.54, 3.08),
    ):
        found = run_project(tmp_path, config(key, engine), prices=frame.to_csv(index=False), **TABLES)
        assert found["S"].metrics["total_return"] == pytest.approx(total)
        assert found["S"].trades["return"].tolist() == pytest.approx([trade])
        assert sum(IN_PRICES in doubt for doubt in found.summary.doubts) == (key == "")
        assert not any("without a `split` column" in doubt for doubt in found.summary.doubts)


@pytest.mark.parametrize("command", [["run"], ["check"], ["data", "check"]])
def test_every_command_says_it_once_and_nothing_else(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A split of 10 that the prices hold: not a large move, not one to be told by a column, not beyond a limit."""
    path = write_project(
        tmp_path, config(), prices=prices([100, 100, 100, 101, 102], {3: 10}).to_csv(index=False), **TABLES
    )
    for _ in range(2):  # out of the cache too
        own = ["--runs", str(tmp_path / "runs")] if command == ["run"] else []
        assert main([*command, str(path), *own]) == 0
        options = "".join(capsys.readouterr())
        assert options.count("A on 2025-03-06 (prices.csv:5) states a split of 10 for 1") == 1
        assert (
            "large_move" not in options
            and "unadjusted_split" not in options
            and "without a `split` column" not in options
        )


def test_an_index_and_a_limit_board_have_the_same_doubt(tmp_path: Path) -> None:
    """Shenzhen: a bonus of 5 for 10 that the prices hold is no close beyond the limit besides."""
    frame = prices([10, 10, 10, 10.1, 10.2], {3: 1.5}, "300663.SZ")
    found = run_project(
        tmp_path,
        config().replace("USD", "CNY"),
        instruments="ticker,name,exchange,board,currency\n300663.SZ,Alpha,XSHE,chinext,CNY\n^I,I,XSHE,index,CNY",
        announcements=TABLES["announcements"].replace("x,A", "x,300663.SZ"),
        prices=pd.concat([frame, frame.assign(ticker="^I", split=[NAN, NAN, 4, NAN, NAN])]).to_csv(index=False),
    )
    kinds = [doubt for doubt in found.summary.doubts if "300663.SZ" in doubt or "^I" in doubt]
    assert len(kinds) == 2 and all(IN_PRICES in doubt for doubt in kinds)


def test_data_check_as_json_has_the_kind_ticker_and_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.csv"
    prices([120, 121, 30, 30.5, 31], {3: 4}, "AAA").to_csv(path, index=False)
    assert main(["data", "check", str(path), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["kind"], found["ticker"], found["date"], found["severity"]) == (
        "split_day",
        "AAA",
        "2025-03-06",
        "doubt",
    )
    prices([120, 121, 122, 121, 123], {3: 4}, "AAA").to_csv(path, index=False)
    assert main(["data", "check", str(path), "--json", "--splits", "in_prices"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
