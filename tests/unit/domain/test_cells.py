"""Single cells: what each kind accepts, and what its refusal says."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pytest

from newsbt.domain import cells


@pytest.mark.parametrize(("cell", "value"), [("1e3", 1000.0), (" 7 ", 7.0), (7, 7.0), (Decimal("0.5"), 0.5)])
def test_numbers(cell, value) -> None:
    assert cells.number(cell) == value


@pytest.mark.parametrize("cell", ["", "NaN", "NA", "null", None, float("nan")])
def test_no_number_is_nan(cell) -> None:
    assert math.isnan(cells.number(cell))


@pytest.mark.parametrize(
    "cell", ["1,234", "12O", "1_000", "１２", "inf", "-inf", "1e999", True, [1], float("inf"), "-"]
)
def test_text_in_a_number_and_infinity_are_refused(cell) -> None:
    with pytest.raises(ValueError, match="expected a"):
        cells.number(cell)


@pytest.mark.parametrize(
    "cell",
    ["2025-03-06", "20250306", "2025/3/6", "2025-03-06 00:00:00", "2025-03-06T00:00:00-05:00", date(2025, 3, 6),
     datetime(2025, 3, 6, tzinfo=UTC), pd.Timestamp("2025-03-06", tz="Asia/Hong_Kong")],
)  # fmt: skip
def test_days_as_files_write_them(cell) -> None:
    assert cells.session_day(cell) == date(2025, 3, 6)


@pytest.mark.parametrize("cell", ["06.03.2025", "2025-02-30", "2025/3", "0001-01-01", "9999-12-31", "2025-03-06T16:00"])
def test_no_days(cell) -> None:
    with pytest.raises(ValueError, match="expected a"):
        cells.session_day(cell)


def test_blank_and_nat_are_no_day_and_no_instant() -> None:
    assert cells.session_day(" ") is cells.session_day(None) is cells.session_day(pd.NaT) is None
    assert cells.instant("") is cells.instant(None) is cells.instant(pd.NaT) is None


def test_flags_and_whole_numbers() -> None:
    assert [cells.flag(cell) for cell in ("true", "No", "1", "", None, False)] == [True, False, True, None, None, False]
    assert [cells.whole(cell) for cell in ("100", "100.0", "", None)] == [100, 100, None, None]
    with pytest.raises(ValueError, match="true or false"):
        cells.flag("maybe")
    with pytest.raises(ValueError, match="whole number"):
        cells.whole("0.5")


def test_half_a_character_is_refused_before_it_reaches_a_file() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        cells.text("\ud83d")
