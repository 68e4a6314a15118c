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


@pytest.mark.parametrize("written", ["2025-03-06,四", "2025-03-06 (星期四)", "2025-03-06 Thu", "2025/3/6, Thursday"])
def test_a_weekday_behind_a_day_says_nothing_more(written: str) -> None:
    assert read_times([written], ZONES).values[written] == date(2025, 3, 6)


@pytest.mark.parametrize("written", ["6-Mar-25", "06.03.25", "45722", 45722, 45722.0])
def test_days_of_spreadsheets(written: object) -> None:
    times = read_times([written, {"06.03.25": "28.03.25"}.get(written, written)], ZONES)  # type: ignore[call-overload, list-item]
    assert times.values[written] == date(2025, 3, 6)  # type: ignore[index]


def test_a_part_of_a_day_of_a_spreadsheet_is_a_time() -> None:
    times = read_times(["45722.3993055556"], ZONES)
    assert times.intraday
    assert times.values["45722.3993055556"] == datetime.fromisoformat("2025-03-06 09:35:00")


@pytest.mark.parametrize("written", ["1741271700", 1741271700, "1741271700000", 1741271700000.0, "1741271700000000"])
def test_seconds_since_1970_and_their_parts(written: object) -> None:
    found = read_times([written], ZONES).values[written]  # type: ignore[list-item, index]
    assert found == datetime.fromisoformat("2025-03-06T14:35:00+00:00")


@pytest.mark.parametrize("written", ["202503060935", "20250306093500", 20250306093500])
def test_packed_digits(written: object) -> None:
    found = read_times([written], ZONES).values[written]  # type: ignore[list-item, index]
    assert found == datetime.fromisoformat("2025-03-06 09:35:00")


@pytest.mark.parametrize("written", ["12345", "99999", "123456"])
def test_other_digits_are_no_days(written: str) -> None:
    with pytest.raises(UnclearTimesError):
        read_times([written], ZONES)


@pytest.mark.parametrize("written", ["20250306 09:35:00 US/Eastern", "20250306  09:35:00 America/New_York"])
def test_a_zone_behind_a_time(written: str) -> None:
    found = read_times([written], ZONES).values[written]
    assert found == datetime.fromisoformat("2025-03-06T14:35:00+00:00")
    with pytest.raises(UnclearTimesError):
        read_times([written.replace("Eastern", "Nowhere").replace("New_York", "Nowhere")], ZONES)
