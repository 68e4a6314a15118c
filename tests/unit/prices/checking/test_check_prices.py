"""What `newsbt data check` finds in prices, each oddity made by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from newsbt.domain.entity import Instrument, StatusSpan, Universe
from newsbt.domain.findings import Finding, spans
from newsbt.markets.guessed_market import guessed_instrument
from newsbt.markets.rulebook import load_rulebook
from newsbt.prices.checking import Checked, check_source, same_files
from newsbt.prices.price_readers import CsvPrices, FramePrices

# Hong Kong in December 2024: half days on the 24th and 31st, closed on the 25th and 26th.
DAYS = ("2024-12-20", "2024-12-23", "2024-12-24", "2024-12-27", "2024-12-30")


def prices(ticker: str, *rows: tuple) -> pd.DataFrame:
    """`rows` are (date, open, high, low, close, volume), or (date, price, volume) for a flat bar."""
    full = [row if len(row) == 6 else (row[0], *[row[1]] * 4, row[2]) for row in rows]
    frame = pd.DataFrame(full, columns=["date", "open", "high", "low", "close", "volume"])
    return frame.assign(ticker=ticker)


def check(frame: pd.DataFrame, universe: Universe | None = None, **reading: object) -> Checked:
    def instrument_of(ticker: str) -> Instrument | None:
        return universe[ticker] if universe is not None else guessed_instrument(ticker)

    return check_source(FramePrices(frame=frame, **reading), instrument_of, load_rulebook(), universe=universe)


def only(checked: Checked, kind: str) -> Finding:
    found = [finding for finding in checked.findings if finding.kind == kind]
    assert len(found) == 1, checked.findings
    return found[0]


def quiet(ticker: str = "9988.HK") -> pd.DataFrame:
    return prices(ticker, *((day, 80 + k, 82 + k, 79 + k, 81 + k, 1e6) for k, day in enumerate(DAYS)))


def test_good_prices_have_no_findings() -> None:
    assert check(quiet()).findings == ()


def test_a_gap_is_named_by_its_sessions_and_holidays_are_none() -> None:
    frame = quiet().drop(index=[1, 2])
    found = only(check(frame), "gap")
    assert found.message == "9988.HK has no row for 2 of 5 sessions of XHKG: 2024-12-23 to 2024-12-24"
    assert (found.count, found.date, found.is_error) == (2, "2024-12-23", False)


def test_half_days_and_other_flat_bars_are_told_apart() -> None:
    frame = quiet()
    frame.loc[2, ["open", "high", "low", "close", "volume"]] = [82, 82, 82, 82, 0]
    frame.loc[3, ["open", "high", "low", "close", "volume"]] = [82, 82, 82, 82, 0]
    frame.loc[4, "volume"] = 0
    checked = check(frame)
    assert "half days as flat bars without volume on 2024-12-24" in only(checked, "half_day_bar").message
    assert "1 flat bar without volume: 2024-12-27; suspended" in only(checked, "flat_bar").message
    assert "move without volume in 1 row: 2024-12-30" in only(checked, "zero_volume").message


def test_a_row_on_a_holiday_that_copies_the_day_before() -> None:
    """The reader cannot see it, and a run stops at it."""
    frame = quiet("^HSTECH")
    copy = frame.iloc[[2]].assign(date="2024-12-25")
    other = frame.iloc[[0]].assign(date="2024-12-26")
    universe = Universe(
        instruments=(Instrument(ticker="^HSTECH", name="x", exchange="XHKG", board="index", currency="HKD"),)
    )
    checked = check(pd.concat([frame, copy, other]), universe)
    messages = [finding.message for finding in checked.findings if finding.kind == "not_a_session"]
    assert messages == [
        "^HSTECH has rows on days on which XHKG was closed, copies of the row before: 2024-12-25",
        "^HSTECH has rows on days on which XHKG was closed: 2024-12-26",
    ]
    assert all(finding.is_error for finding in checked.findings if finding.kind == "not_a_session")


def test_a_copied_row_inside_the_sessions() -> None:
    frame = quiet()
    frame.loc[3, ["open", "high", "low", "close", "volume"]] = frame.loc[2, ["open", "high", "low", "close", "volume"]]
    assert "repeats the row before in 1 row: 2024-12-27" in only(check(frame), "copied_row").message


def test_absurd_volumes_of_snapshots() -> None:
    frame = quiet()
    frame.loc[3, ["open", "high", "low", "close", "volume"]] = [82, 82, 82, 82, 5.9e-39]
    found = only(check(frame), "absurd_volume")
    assert "below one share in 1 row in flat bars, as of a snapshot" in found.message


def test_a_split_that_no_column_tells() -> None:
    frame = prices("BABA", ("2025-03-03", 100, 1e6), ("2025-03-04", 50, 1e6), ("2025-03-05", 600, 1e6))
    checked = check(frame)
    assert "goes from 100 to 50 on 2025-03-04, as in a split of 2 for 1" in only(checked, "unadjusted_split").message
    assert "goes from 50 to 600 on 2025-03-05" in only(checked, "large_move").message
    declared = check(frame.assign(split=[1, 2, 1 / 12]))
    assert not [finding for finding in declared.findings if finding.kind in ("unadjusted_split", "large_move")]


def test_a_move_beyond_the_limit_of_board_and_status() -> None:
    """A tenth of 10 is 11 on the main board, a fifth is 12 on ChiNext, a twentieth under ST."""
    rows = (("2025-03-03", 10, 1e6), ("2025-03-04", 11, 1e6), ("2025-03-05", 12.11, 1e6))
    found = only(check(prices("600000.SH", *rows)), "beyond_limit")
    assert found.message.startswith(
        "600000.SH closes beyond its price limit on 2025-03-05: 12.11 on 2025-03-05, allowed 9.895 to 12.105"
    )
    assert not [finding for finding in check(prices("300001.SZ", *rows)).findings if finding.kind == "beyond_limit"]
    item = Instrument(ticker="600000.SH", name="x", exchange="XSHG", board="main", currency="CNY")
    status = Universe(instruments=(item,), statuses=(StatusSpan(ticker="600000.SH", status="ST"),))
    assert only(check(prices("600000.SH", *rows), status), "beyond_limit").count == 2
    # With the exchange's own reference price an ex-date explains itself.
    given = prices("600000.SH", *rows).assign(prev_close=[10, 10, 11.1])
    assert not [finding for finding in check(given).findings if finding.kind == "beyond_limit"]


def test_prices_off_the_exchange_s_steps_are_a_doubt_by_each_price_s_own_band() -> None:
    """Hong Kong: 0.02 from 10 to 20 (before August 2025), 0.05 above."""
    good = prices("0001.HK", ("2025-03-03", 19.98, 20.05, 19.98, 20.05, 1e6), ("2025-03-04", 20, 1e6))
    assert check(good).findings == ()
    bad = prices("0001.HK", ("2025-03-03", 20.03, 1e6), ("2025-03-04", 20, 1e6))
    found = only(check(bad), "off_tick")
    assert found.message == "0001.HK has prices between the exchange's price steps on 2025-03-03"
    assert not found.is_error
    assert check(bad, adjusted=True).findings == ()


def test_rows_that_stop_a_run_come_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "9988.HK.csv"
    quiet().drop(columns="ticker").iloc[[0, 1, 1]].to_csv(file, index=False)
    file.write_text(file.read_text() + "2024-12-24,80,79,81,80,1\n2024-12-27,x,79,81,80,1\n")
    checked = check_source(CsvPrices(path=file), guessed_instrument, load_rulebook())
    assert [(finding.kind, finding.line) for finding in checked.findings if finding.is_error] == [
        ("bad_value", 6), ("ohlc_order", 5), ("duplicate", 4),
    ]  # fmt: skip
    assert checked.table is not None and len(checked.table) == 2


def test_two_tickers_with_one_series_and_two_files_with_the_same_bytes(tmp_path: Path) -> None:
    checked = check(pd.concat([quiet("9988.HK"), quiet("0700.HK")]))
    assert only(checked, "same_series").message == (
        "0700.HK has the same prices and volumes as 9988.HK in all of its 5 rows"
    )
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).write_text("x" if name != "c.csv" else "y")
    found = list(same_files(sorted(tmp_path.iterdir())))
    assert [Path(str(finding.file)).name for finding in found] == ["b.csv"]


def test_an_unreadable_file_and_an_unknown_exchange(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("date,open\n2025-03-03,1\n")
    checked = check_source(CsvPrices(path=tmp_path / "x.csv"), guessed_instrument, load_rulebook())
    assert checked.table is None
    assert {finding.kind for finding in checked.findings} == {"unreadable"}
    assert "high" in checked.findings[0].message
    found = only(check(quiet("^HSTECH")), "unknown_exchange")
    assert found.message.startswith("^HSTECH has no known exchange: sessions and rules are not checked")


def bars(*starts: str) -> pd.DataFrame:
    count = len(starts)
    return pd.DataFrame(
        {"ticker": "600000.SH", "bar_start": starts, "open": 10.0, "high": 10.0, "low": 10.0,
         "close": 10 + np.arange(count) * 0.01, "volume": 1e5}
    ).assign(high=lambda frame: frame["close"])  # fmt: skip


def hours(day: str, *at: str) -> list[str]:
    return [f"{day}T{hour}:00+08:00" for hour in at]


def test_intraday_bars_against_the_hours_of_the_exchange() -> None:
    """Hourly bars start at 9:30, 10:30, 13:00 and 14:00; stamped at their ends they seem to start at the close."""
    whole = hours("2025-03-03", "09:30", "10:30", "13:00", "14:00")
    part = hours("2025-03-04", "09:30", "10:30", "14:00")
    found = only(check(bars(*whole, *part)), "missing_bars")
    assert found.message == "600000.SH lacks bars in 1 session: 2025-03-04"
    ends = bars(*hours("2025-03-03", "10:30", "11:30", "14:00", "15:00"))
    assert "say `stamp: end`" in only(check(ends), "stamped_at_end").message
    assert check(ends, stamp="end").findings == ()


@pytest.mark.parametrize(
    ("ticker", "exchange", "board"),
    [
        ("9988.HK", "XHKG", "main"), ("600000.SH", "XSHG", "main"), ("688256.SS", "XSHG", "star"),
        ("510300.SH", "XSHG", "etf"), ("300663.SZ", "XSHE", "chinext"), ("159915.SZ", "XSHE", "etf"),
        ("830000.BJ", "BJSE", "bjse"), ("BRK-B", "XNYS", "main"),
    ],
)  # fmt: skip
def test_tickers_say_where_they_trade(ticker: str, exchange: str, board: str) -> None:
    found = guessed_instrument(ticker)
    assert found is not None and (found.exchange, found.board) == (exchange, board)


def test_what_no_ticker_says() -> None:
    assert guessed_instrument("^HSTECH") is None
    assert guessed_instrument("12345") is None
    given = guessed_instrument("^HSTECH", "XHKG")
    assert given is not None and (given.exchange, given.board) == ("XHKG", "index")


def test_long_lists_of_days_are_cut() -> None:
    days = np.arange("2025-01-01", "2025-02-01", dtype="M8[D]")
    assert spans(days[::2], days).endswith("2025-01-11 and 10 more stretches")
    assert date(2025, 1, 1).isoformat() in spans(days[:1], days)


def test_a_split_on_a_row_without_a_close_is_no_move() -> None:
    """100, then two for one on a suspended day, then 50."""
    frame = prices("AAA", *((day, price, 1e6) for day, price in zip(DAYS, (100, 100, 50, 50), strict=False)))
    frame.loc[1, ["open", "high", "low", "close", "volume"]] = np.nan
    found = [finding.kind for finding in check(frame.assign(split=[1.0, 2.0, 1.0, 1.0])).findings]
    assert "blank_price" in found and not {"unadjusted_split", "large_move"} & set(found)
    assert "unadjusted_split" in [finding.kind for finding in check(frame).findings]


def test_a_reverse_split_is_told_as_one_and_no_split_as_a_broken_limit() -> None:
    rows = [(day, price, price, price, price, 1e6) for day, price in zip(DAYS, (10, 10, 10, 100, 100), strict=True)]
    for ticker, factor, words in (("9988.HK", 1.0, "split of 1 for 10"), ("002315.SZ", -1.0, "split of 10 for 1")):
        own = rows if factor > 0 else [(day, *[1000 / price] * 4, volume) for day, price, *_, volume in rows]
        assert words in only(check(prices(ticker, *own)), "unadjusted_split").message
        assert {one.kind for one in check(prices(ticker, *own)).findings} & {"beyond_limit", "large_move"} == set()


def test_days_without_trading_are_no_copies() -> None:
    frame = quiet()
    frame.loc[3:, ["open", "high", "low", "close"]] = 82
    frame.loc[3:, "volume"] = 0
    assert [one.kind for one in check(frame).findings] == ["flat_bar"]


def test_adjusted_prices_may_pass_a_limit_by_their_rounding() -> None:
    rows = [(day, 10, 10, 10, 10, 1e6) for day in DAYS[:-1]]
    frame = prices("002315.SZ", *rows, (DAYS[-1], 10, 11.06, 10, 11.06, 1e6))
    assert only(check(frame), "beyond_limit").date == DAYS[-1]
    assert "beyond_limit" not in {one.kind for one in check(frame, adjusted=True).findings}
