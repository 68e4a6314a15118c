"""Exchange rates: pairs, days, and the reasons of T8."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from newsbt.errors import ConfigError, DataError
from newsbt.prices.fx_readers import CsvFx, FixedFx, FrameFx

pytestmark = pytest.mark.rule("T8")


def write(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "fx.csv"
    path.write_text("\n".join(("pair,date,rate", *rows)))
    return path


def test_rates_come_by_pair_in_order_of_days(tmp_path: Path) -> None:
    path = write(tmp_path, "USDHKD,2025-03-06,7.77", "CNYHKD,2025-03-06,1.07", "USDHKD,2025-03-05,7.78")
    table = CsvFx(path=path).read()
    days, rates = table.rates["USDHKD"]
    assert [str(day) for day in days] == ["2025-03-05", "2025-03-06"] and rates.tolist() == [7.78, 7.77]
    assert (set(table.rates), table.rows_read, table.files) == ({"USDHKD", "CNYHKD"}, 3, (path,))
    same = FrameFx(frame=pd.read_csv(path)).read()
    assert same.rates["USDHKD"][1].tolist() == [7.78, 7.77]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("USDHKD,2025-03-06,8", "duplicate"),
        ("USD/HKD,2025-03-06,8", "unknown_currency"),
        ("usdhkd,2025-03-06,8", "unknown_currency"),
        ("HKDHKD,2025-03-06,1", "unknown_currency"),
        ("USDHKD,2025-03-07,0", "bad_value"),
        ("USDHKD,2025-03-07,", "bad_value"),
        ("USDHKD,2025-03-07,inf", "bad_value"),
        ("USDHKD,,7", "bad_value"),
        ("USDHKD,7 March,7", "bad_value"),
        ("USDHKD,2025-03-07", "bad_value"),
    ],
)
def test_bad_rows_by_reason(tmp_path: Path, row: str, reason: str) -> None:
    path = write(tmp_path, "USDHKD,2025-03-06,7.77", row)
    with pytest.raises(DataError) as caught:
        CsvFx(path=path).read()
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [(reason, 3)]
    table = CsvFx(path=path, on_bad_row="skip").read()
    assert dict(table.bad_rows) == {reason: 1} and table.rates["USDHKD"][1].tolist() == [7.77]


def test_fixed_rates_hold_always_and_are_checked() -> None:
    days, rates = FixedFx(rates={"USDHKD": 7.78}).read().rates["USDHKD"]
    assert str(days[0]) == "1900-01-01" and rates.tolist() == [7.78]
    for wrong in ({"USDHKD": 0}, {"USDHKD": "7.78"}, {"USD": 1}, {"USDUSD": 1}, {"USDHKD": float("nan")}):
        with pytest.raises(ConfigError):
            FixedFx(rates=wrong)


def test_a_frame_with_a_text_that_is_none_is_named() -> None:
    """As pandas hands over a Parquet file with one."""
    days = pd.array(pa.array([b"2023-06-\xe1"], pa.binary()).view(pa.string()), dtype="string[pyarrow]")
    frame = pd.DataFrame({"pair": ["USDHKD"], "date": days, "rate": [7.8]})
    with pytest.raises(DataError, match="column 'date': a text in it is not UTF-8"):
        FrameFx(frame=frame).read()
