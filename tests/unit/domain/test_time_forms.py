"""Days and instants of a column: each form by its right reading, worked out by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from newsbt.domain.time_forms import UnclearTimesError, read_times

ZONES = ("Asia/Hong_Kong", "America/New_York")
SIXTH = date(2025, 3, 6)


@pytest.mark.parametrize(
    "written",
    ["2025-03-06", "20250306", 20250306, 20250306.0, "2025/3/6", "2025/03/06 00:00", "2025-03-06T00:00:00",
     "2025.03.06", "2025年3月6日", "06-Mar-2025", "6 Mar 2025", "Mar 6, 2025", "March 6, 2025",
     "2025-03-06 00:00:00+08:00", SIXTH, datetime.fromisoformat("2025-03-06"), "2025-03-06T05:00:00Z",
     "2025-03-05 16:00:00+00:00"],
)  # fmt: skip
def test_a_day(written: object) -> None:
    times = read_times([written], ZONES)
    assert not times.intraday
    assert times.values[written] == SIXTH


@pytest.mark.parametrize(
    ("written", "local"),
    [("2025-03-06 09:35:00", "09:35"), ("20250306093500000", "09:35"),
     ("2025/3/6 9:35", "09:35"), ("3/6/2025 1:30 PM", "13:30")],
)  # fmt: skip
def test_an_instant_of_the_exchange(written: str, local: str) -> None:
    times = read_times([written, "3/13/2025 9:35 AM" if "PM" in written else written], ZONES)
    assert times.intraday
    assert times.values[written] == datetime.fromisoformat(f"2025-03-06 {local}")


@pytest.mark.parametrize(
    ("column", "first"),
    [(["03/06/2025", "03/13/2025"], date(2025, 3, 6)), (["03/06/2025", "13/06/2025"], date(2025, 6, 3)),
     (["03/06/2025", "06/06/2025", "04/06/2025"], date(2025, 6, 3))],  # April 6 and June 3: a Sunday tells
)  # fmt: skip
def test_other_cells_tell_which_number_is_the_month(column: list[str], first: date) -> None:
    assert read_times(column, ZONES).values["03/06/2025"] == first


def test_what_nothing_tells_is_asked_for_and_may_be_stated() -> None:
    with pytest.raises(UnclearTimesError, match=r"2025-03-06.*or 2025-06-03"):
        read_times(["03/06/2025"], ZONES)
    assert read_times(["03/06/2025"], ZONES, "%d/%m/%Y").values["03/06/2025"] == date(2025, 6, 3)


def test_one_stray_cell_of_many_is_left_out_and_two_are_none_of_a_column() -> None:
    days = [f"2025-03-{day:02}" for day in range(1, 32)]
    assert "soon" not in read_times([*days, "soon"], ZONES).values
    with pytest.raises(UnclearTimesError, match="'soon'"):
        read_times([*days[:10], "soon"], ZONES)
