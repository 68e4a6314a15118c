"""What a provider answered: what is stored is what it gave, and what cannot be stored is named."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from newsbt.errors import DataError
from newsbt.price_store import PulledPrices, PulledRates
from pulled_answers import NOON, prices, rates

DAYS = ["2025-03-04", "2025-03-05"]


def frame_of(**changes: list[object]) -> pd.DataFrame:
    values = {name: [1.0, 2.0] for name in ("open", "high", "low", "close", "volume", "split")}
    return pd.DataFrame({"ticker": ["0700.HK", "0700.HK"], "date": DAYS, **values, **changes})


def pulled(frame: pd.DataFrame, **changes: object) -> PulledPrices:
    asked = {"0700.HK": (date(2025, 3, 1), date(2025, 3, 6)), "9988.HK": (date(2025, 3, 1), date(2025, 3, 6))}
    return PulledPrices(
        **{
            "provider": "yfinance",
            "provider_version": "1",
            "exchange": "XHKG",
            "adjusted": "splits",
            "asked": asked,
            "frame": frame,
            **changes,
        }
    )


def test_numbers_stay_as_they_were_given() -> None:
    odd = [0.1 + 0.2, float("nan")]
    rows, _ = pulled(frame_of(close=odd, split=[0.0, 4.0], currency=["HKD", None])).tables(NOON)
    found = rows.to_pydict()
    assert found["close"][0] == odd[0] and np.isnan(found["close"][1])
    assert found["split"] == [0.0, 4.0] and np.isnan(found["dividend"]).all()
    assert found["currency"] == ["HKD", "HKD"] and found["adjusted"] == ["splits"] * 2
    assert found["pulled_at"] == [NOON] * 2 and found["provider_version"] == ["1", "1"]


@pytest.mark.parametrize(
    "days",
    [
        [date(2025, 3, 5), date(2025, 3, 4)],
        pd.DatetimeIndex(["2025-03-05", "2025-03-04"]).as_unit("s"),
        pd.DatetimeIndex(["2025-03-05", "2025-03-04"]).date,
        ["2025-03-05", "2025-03-04"],
    ],
    ids=["dates", "instants", "objects", "texts"],
)
def test_days_come_in_any_form_and_rows_in_any_order(days: object) -> None:
    rows, _ = pulled(frame_of(date=days)).tables(NOON)
    assert rows.column("date").to_pylist() == [date(2025, 3, 4), date(2025, 3, 5)]
    assert rows.column("close").to_pylist() == [2.0, 1.0]


def test_the_record_says_what_was_asked_and_what_came() -> None:
    gap = {"9988.HK": "yfinance knows no such symbol"}
    _, record = pulled(frame_of(close=[float("nan"), 2.0]), gaps=gap).tables(NOON)
    first, second = record.to_pylist()
    assert (first["ticker"], first["rows"], first["first"], first["last"]) == (
        "0700.HK", 2, date(2025, 3, 5), date(2025, 3, 5),
    )  # fmt: skip
    assert (first["asked_from"], first["asked_through"], first["gap"]) == (date(2025, 3, 1), date(2025, 3, 6), "")
    assert (second["ticker"], second["rows"], second["last"]) == ("9988.HK", 0, None)
    assert second["gap"] == gap["9988.HK"]


@pytest.mark.parametrize(
    ("frame", "code", "words"),
    [
        (frame_of().drop(columns="close"), "missing_column", "'close'"),
        (frame_of().drop(columns="split"), "missing_column", "'split'"),
        (frame_of(closs=[1, 2]), "structure_changed", "'closs' is unknown; did you mean 'close'"),
        (frame_of(ticker=["0700.HK", "700.HK"]), "structure_changed", "'700.HK', which was not asked for"),
        (frame_of(date=[DAYS[0], DAYS[0]]), "duplicate", "0700.HK on 2025-03-04 stands twice"),
        (frame_of(date=[DAYS[0], "soon"]), "bad_value", "date"),
        (frame_of(date=[DAYS[0], None]), "bad_value", "date"),
        (frame_of(date=pd.DatetimeIndex(DAYS).tz_localize("UTC")), "bad_value", "zone"),
        (frame_of(date=[DAYS[0], "2025-03-08"]), "bad_time", "2025-03-08, later than the pull"),
        (frame_of(high=[1.0, float("inf")]), "bad_value", "high"),
        (frame_of(high=["1", "a"]), "bad_value", "high"),
        (frame_of(currency=["HKD", "USD"]), "unknown_currency", "in HKD and in USD"),
        (frame_of(currency=["HKD", "GBp"]), "bad_value", "'GBp'"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_what_cannot_be_stored_is_named(frame: pd.DataFrame, code: str, words: str) -> None:
    with pytest.raises(DataError, match="the answer of yfinance cannot be stored") as caught:
        pulled(frame).tables(NOON)
    assert caught.value.problems[0].code == code and words in str(caught.value)


def test_rows_of_a_ticker_that_is_a_gap_are_a_contradiction() -> None:
    with pytest.raises(DataError, match=r"there are rows of 0700\.HK, and a gap"):
        pulled(frame_of(), gaps={"0700.HK": "nothing came"}).tables(NOON)


def test_an_answer_of_nothing_has_a_record_and_no_rows() -> None:
    rows, record = pulled(pd.DataFrame()).tables(NOON)
    assert rows.num_rows == 0 and record.column("rows").to_pylist() == [0, 0]


@pytest.mark.parametrize(
    "changes", [{"provider": "my provider"}, {"provider": "compacted"}, {"exchange": "Hong Kong"}, {"adjusted": "all"},
                {"asked": {}}, {"gaps": {"X": "?"}}, {"asked": {"0700.HK": (date(2025, 3, 2), date(2025, 3, 1))}}],
    ids=str,
)  # fmt: skip
def test_an_adapter_that_is_wrong_hears_so(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"expected|not asked for"):
        pulled(frame_of(), **changes)


def test_rates_are_of_pairs_and_above_0() -> None:
    rows, record = rates(["2025-03-05", "2025-03-04"], [7.8, 7.7]).tables(NOON)
    assert rows.column("rate").to_pylist() == [7.7, 7.8] and record.column("kind").to_pylist() == ["rates"]
    with pytest.raises(DataError, match="rate: expected numbers above 0"):
        rates(DAYS, [7.8, 0.0]).tables(NOON)
    with pytest.raises(ValueError, match="USDHKD, got 'HKD=X'"):
        rates(DAYS, [7.8, 7.8], "HKD=X")
    empty = PulledRates(provider="x", provider_version="1", asked=rates(DAYS, [1, 1]).asked, frame=pd.DataFrame())
    assert empty.tables(NOON)[0].num_rows == 0


def test_prices_that_are_adjusted_for_nothing_need_no_splits() -> None:
    whole = prices(DAYS, [1.0, 2.0], adjusted="none")
    rows, _ = pulled(whole.frame.drop(columns=["split", "dividend"]), adjusted="none").tables(NOON)
    assert np.isnan(rows.column("split").to_numpy()).all()
