"""T3, T4 and T6: price rows on the sessions of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.market_panel import NO_INSTANT, Clock, frozen_array
from newsbt.domain.price_table import PRICES
from newsbt.errors import DataError, UnsupportedError
from newsbt.prices.align import align
from newsbt.prices.aligned_prices import AlignedPrices
from newsbt.prices.combine import combine
from newsbt.prices.price_readers import CsvPrices, FramePrices

pytestmark = pytest.mark.rule("T3", "T4", "T6")

HOLIDAYS = {"XHKG": {date(2025, 3, 5)}, "XNYS": {date(2025, 3, 4)}, "XSHG": set[date]()}


def clock_for(start: date, end: date, markets: Sequence[str]) -> Clock:
    """Weekdays but for each market's holiday, open for one hour: small enough to check by eye."""
    days = [day.date() for day in pd.bdate_range(start, end)]
    open_on = np.array([[day not in HOLIDAYS[mic] for mic in markets] for day in days]).reshape(-1, len(markets))
    kept = open_on.any(axis=1)
    dates = np.array(days, dtype="datetime64[D]")[kept]
    open_on = open_on[kept]
    opens = np.where(open_on, dates.astype("datetime64[ns]")[:, None], NO_INSTANT)
    return Clock(
        markets=tuple(markets),
        dates=frozen_array(dates, "datetime64[D]"),
        open_at=frozen_array(opens, "datetime64[ns]"),
        close_at=frozen_array(opens + np.timedelta64(1, "h"), "datetime64[ns]"),
        cutoff_at=frozen_array(opens, "datetime64[ns]"),
        session_of=frozen_array(np.where(open_on, np.cumsum(open_on, axis=0) - 1, -1), np.int64),
        previous_cutoff_at=frozen_array([NO_INSTANT] * len(markets), "datetime64[ns]"),
    )


def instrument(ticker: str, exchange: str, board: str = "main") -> Instrument:
    return Instrument(ticker=ticker, name=ticker, exchange=exchange, board=board, currency="HKD")


UNIVERSE = Universe(
    instruments=(
        instrument("HK", "XHKG"), instrument("US", "XNYS"),
        instrument("^HSI", "XHKG", "index"), instrument("CN", "XSHG"),
    )
)  # fmt: skip


def aligned(
    *rows: tuple[object, ...], extra: tuple[str, ...] = (), on_bad_row: str = "error", **period
) -> AlignedPrices:
    names = ["ticker", "date", "open", "high", "low", "close", "volume", *extra]
    frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
    table = FramePrices(frame=frame, on_bad_row=on_bad_row).read()
    return align(table, UNIVERSE, clock_for, **period)


def bar(ticker: str, day: int, price: float = 10.0, volume: float | None = 1.0) -> tuple[object, ...]:
    return (ticker, f"2025-03-{day:02}", price, price, price, price, volume)


def blank(ticker: str, day: int) -> tuple[object, ...]:
    return (ticker, f"2025-03-{day:02}", *[None] * 5)


def test_rows_are_the_sessions_of_exchanges_with_prices() -> None:
    panel = aligned(bar("HK", 3), bar("HK", 7)).panel
    assert [str(day) for day in panel.dates] == ["2025-03-03", "2025-03-04", "2025-03-06", "2025-03-07"]
    panel = aligned(bar("HK", 3), bar("US", 7)).panel
    assert [day.item().day for day in panel.dates] == [3, 4, 5, 6, 7]
    assert panel.clock.markets == ("XHKG", "XNYS", "XSHG")
    assert panel.market_of.tolist() == [0, 1, 0, 2]
    assert panel.has_prices.tolist() == [True, True, False, False]


def test_bars_stand_in_their_cells_and_nowhere_else() -> None:
    panel = aligned(bar("US", 7, 7.0), bar("HK", 3, 3.0), bar("HK", 7, 9.0)).panel
    expected = np.full((5, 4), np.nan)
    expected[0, 0], expected[4, 0], expected[4, 1] = 3.0, 9.0, 7.0
    for name in ("open", "high", "low", "close"):
        np.testing.assert_array_equal(getattr(panel, name), expected)
    np.testing.assert_array_equal(panel.tradable, np.isfinite(expected))
    assert (panel.dividend == 0).all() and (panel.split == 1).all() and (panel.adj_factor == 1).all()
    assert np.isnan(panel.prev_close).all()


def test_a_period_cuts_and_prices_before_it_give_the_reference() -> None:
    rows = [bar("HK", 3, 3.0), bar("HK", 4, 4.0, volume=0), bar("HK", 6, 6.0), bar("HK", 7, 7.0), bar("HK", 10, 8.0)]
    result = aligned(*rows, period_start=date(2025, 3, 6), period_end=date(2025, 3, 7))
    assert [day.item().day for day in result.panel.dates] == [6, 7]
    assert result.panel.close_before[0] == 4.0  # a finite close serves, though nothing was traded (T4)
    assert np.isnan(result.panel.close_before[1:]).all()
    assert result.panel.reference[:, 0].tolist() == [4.0, 6.0]
    wide = aligned(*rows, period_start=date(2020, 1, 1), period_end=date(2030, 1, 1))
    assert [day.item().day for day in wide.panel.dates] == [3, 4, 6, 7, 10]
    with pytest.raises(DataError, match="they go from 2025-03-03 to 2025-03-10"):
        aligned(*rows, period_start=date(2025, 4, 1))


def test_what_goes_ex_without_a_close_before_the_period_is_taken_out_of_the_reference() -> None:
    """20 on Monday; less 4 on Tuesday is 16, in two on Thursday is 8; what goes ex before a close is in the close."""
    rows = [
        (*bar("HK", 3, 20.0), 0.0, 3.0), (*blank("HK", 4), 4.0, 1.0), (*blank("HK", 6), 0.0, 2.0),
        (*bar("HK", 7, 8.0), 0.0, 1.0), (*bar("HK", 10, 8.0), 0.0, 1.0),
    ]  # fmt: skip
    panel = aligned(*rows, extra=("dividend", "split"), period_start=date(2025, 3, 7)).panel
    assert panel.close_before[0] == 8.0
    assert panel.reference[:, 0].tolist() == panel.mark[:, 0].tolist() == [8.0, 8.0]
    whole = aligned(*rows, extra=("dividend", "split")).panel
    assert whole.mark[:, 0].tolist() == [20.0, 16.0, 8.0, 8.0, 8.0]
    assert whole.reference[1:, 0].tolist() == [20.0, 16.0, 8.0, 8.0]
    assert len(whole.dates) == 5  # of Hong Kong, which is closed on the 5th


def test_a_dividend_as_large_as_the_last_close_leaves_no_reference() -> None:
    rows = [(*bar("HK", 3, 3.0), 0.0), (*blank("HK", 4), 4.0), (*bar("US", 5), 0.0)]
    panel = aligned(*rows, extra=("dividend",)).panel
    assert panel.mark[:, 0].tolist() == [3.0, 0.0, 0.0]
    assert np.isnan(panel.reference[2, 0])


def test_t4_what_is_tradable() -> None:
    nan = float("nan")
    panel = aligned(
        bar("HK", 3, volume=0), bar("HK", 4, volume=None), ("HK", "2025-03-06", nan, 11, 9, 10, 5), bar("HK", 7),
        bar("^HSI", 3, volume=0), bar("^HSI", 4, volume=None), ("^HSI", "2025-03-06", nan, nan, nan, 10, nan),
        bar("^HSI", 7),
    ).panel  # fmt: skip
    assert panel.tradable[:, 0].tolist() == [False, True, False, True]
    assert panel.tradable[:, 2].tolist() == [True, True, False, True]
    assert np.isfinite(panel.close[:, [0, 2]]).all()


def test_a_row_on_a_day_without_a_session_is_a_bad_row(tmp_path: Path) -> None:
    rows = [bar("HK", 3), bar("US", 4, 99.0), bar("HK", 5, 99.0), bar("US", 7), bar("US", 8)]
    with pytest.raises(DataError, match="US on 2025-03-04: XNYS has no session then") as caught:
        aligned(*rows)
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [
        ("not_a_session", 2), ("not_a_session", 3), ("not_a_session", 5),
    ]  # fmt: skip
    result = aligned(*rows, on_bad_row="skip")
    assert dict(result.bad_rows) == {"not_a_session": 3}
    assert not (result.panel.close == 99.0).any()


def test_the_policy_can_be_given_and_counts_add_up(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(
        "ticker,date,open,high,low,close,volume\nHK,2025-03-03,1,1,1,1,1\nHK,2025-03-05,1,1,1,1,1\n"
        "HK,2025-03-06,1,1,1,-1,1\nX,2025-03-06,1,1,1,1,1\n"
    )
    table = CsvPrices(path=path, on_bad_row="skip").read()
    with pytest.raises(DataError, match=r"p\.csv:3: HK on 2025-03-05"):
        align(table, UNIVERSE, clock_for, policy="error")
    result = align(table, UNIVERSE, clock_for)
    assert dict(result.bad_rows) == {"not_a_session": 1, "not_positive": 1}
    assert (dict(result.ignored_tickers), result.rows_read) == ({"X": 1}, 4)


def test_each_reader_s_own_policy_holds_where_readers_are_combined() -> None:
    names = ["ticker", "date", "open", "high", "low", "close", "volume"]
    lenient = FramePrices(frame=pd.DataFrame([bar("HK", 3), bar("HK", 5)], columns=names), on_bad_row="skip")
    strict = FramePrices(frame=pd.DataFrame([bar("US", 3)], columns=names))
    result = align(combine([lenient.read(), strict.read()]), UNIVERSE, clock_for)
    assert dict(result.bad_rows) == {"not_a_session": 1}
    strict = FramePrices(frame=pd.DataFrame([bar("US", 3), bar("US", 4)], columns=names))
    with pytest.raises(DataError, match="US on 2025-03-04: XNYS has no session then") as caught:
        align(combine([lenient.read(), strict.read()]), UNIVERSE, clock_for)
    assert len(caught.value.problems) == 1


def test_optional_columns_and_their_blanks() -> None:
    panel = aligned(
        (*bar("HK", 3), 0.5, None, 9.0, None), (*bar("HK", 4), None, 2.0, None, 1.5),
        extra=("dividend", "split", "prev_close", "adj_factor"),
    ).panel  # fmt: skip
    assert panel.dividend[:, 0].tolist() == [0.5, 0.0]
    assert panel.split[:, 0].tolist() == [1.0, 2.0]
    assert panel.adj_factor[:, 0].tolist() == [1.0, 1.5]
    np.testing.assert_array_equal(panel.prev_close[:, 0], [9.0, np.nan])


def test_prices_of_strangers_alone_and_intraday_prices_are_errors() -> None:
    with pytest.raises(DataError, match=r"no price row belongs to an instrument .*HK.*the prices have X"):
        aligned(bar("X", 3))
    frame = pd.DataFrame(
        {"ticker": ["HK"], "bar_start": ["2025-03-03T00:00:00Z"], **{name: [1] for name in (*PRICES, "volume")}}
    )
    with pytest.raises(UnsupportedError, match="bar_start"):
        align(FramePrices(frame=frame).read(), UNIVERSE, clock_for)


def test_bars_stand_where_their_market_has_one_and_before_the_period_they_give_the_reference() -> None:
    starts = ["2025-03-03T07:00:00Z", "2025-03-04T01:30:00Z", "2025-03-04T01:35:00Z", "2025-03-04T04:30:00Z"]
    frame = pd.DataFrame({"ticker": "HK", "bar_start": starts, **{name: [1.0, 2.0, 3.0, 4.0] for name in PRICES}})
    table = FramePrices(frame=frame.assign(volume=1), on_bad_row="skip").read()
    asked: dict[str, list[str]] = {}

    def bar_clock_for(markets: Sequence[str], bars: Mapping[str, np.ndarray], interval_ns: int) -> Clock:
        assert interval_ns == 300 * 10**9
        asked.update({mic: [str(start)[11:16] for start in found] for mic, found in bars.items()})
        inside = bars["XHKG"][:2]  # the third lies in the lunch break
        opens = np.full((2, len(markets)), NO_INSTANT)
        opens[:, markets.index("XHKG")] = inside
        return Clock(
            markets=tuple(markets),
            dates=frozen_array(inside, "datetime64[D]"),
            open_at=frozen_array(opens, "datetime64[ns]"),
            close_at=frozen_array(opens, "datetime64[ns]"),
            cutoff_at=frozen_array(opens, "datetime64[ns]"),
            session_of=frozen_array(np.where(np.isnat(opens), -1, 0), np.int64),
            previous_cutoff_at=frozen_array([NO_INSTANT] * len(markets), "datetime64[ns]"),
            intraday=True,
        )

    result = align(table, UNIVERSE, clock_for, date(2025, 3, 4), bar_clock_for=bar_clock_for)
    assert asked == {"XHKG": ["01:30", "01:35", "04:30"], "XNYS": [], "XSHG": []}
    assert result.panel.close[:, 0].tolist() == [2.0, 3.0]
    assert result.panel.close_before[0] == 1.0
    assert dict(result.bad_rows) == {"not_a_session": 1}


def test_doubts_large_moves_unknown_volumes_and_missing_prices() -> None:
    rows = [
        bar("HK", 3, 10),
        bar("HK", 4, 51),
        bar("US", 3, 100),
        bar("US", 5, 19),
        bar("US", 6, 95, None),
        bar("^HSI", 3, 5, None),
    ]
    doubts = aligned(*rows).doubts
    found = [(doubt.kind, doubt.ticker, str(doubt.date)) for doubt in doubts]
    assert found == [
        ("large_move", "HK", "2025-03-04"), ("large_move", "US", "2025-03-05"),
        ("unknown_volume", "US", "None"), ("no_prices", "CN", "None"),
    ]  # fmt: skip
    assert "the close goes from 10.0 to 51.0 in one bar" in doubts[0].message


def test_a_declared_split_is_no_doubt_and_equal_closes_are() -> None:
    split = aligned((*bar("HK", 3, 100), None), (*bar("HK", 4, 10), 10.0), extra=("split",)).doubts
    assert "large_move" not in {doubt.kind for doubt in split}
    flat = aligned(*(bar("CN", day) for day in [3, 4, 5, 6, 7, 10, 11, 12, 13, 14])).doubts
    assert [(doubt.kind, doubt.ticker) for doubt in flat if doubt.kind == "stale"] == [("stale", "CN")]
    moved = aligned(*(bar("CN", day, day) for day in [3, 4, 5, 6, 7, 10, 11, 12, 13, 14])).doubts
    assert "stale" not in {doubt.kind for doubt in moved}


def test_prices_that_are_all_bad_are_blamed_on_their_rows_and_not_on_the_universe(tmp_path: Path) -> None:
    """`on_bad_row: skip` leaves nothing of bars whose times have no offset."""
    file = tmp_path / "bars.csv"
    file.write_text("ticker,bar_start,open,high,low,close,volume\nA.HK,2025-03-05 09:30,1,1,1,1,1\n")
    table = CsvPrices(path=file, on_bad_row="skip").read(frozenset(["A.HK"]))
    assert dict(table.bad_rows) == {"naive_time": 1}
    universe = Universe(
        instruments=(Instrument(ticker="A.HK", name="A", exchange="XHKG", board="main", currency="HKD"),)
    )
    with pytest.raises(DataError, match=r"none of the 1 price rows can be used: naive_time 1; write their offsets, or"):
        align(table, universe, lambda first, last, markets: pytest.fail("there is nothing to align"))
