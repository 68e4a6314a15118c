"""Numbers of people's exports."""

from __future__ import annotations

import pytest

from newsbt.prices.layouts.number_forms import plain_number


@pytest.mark.parametrize(
    ("written", "number"),
    [("$235.74", 235.74), ("1,234,567.5", 1234567.5), ("32.1M", 32.1e6), ("1.2B", 1.2e9), ("980K", 980e3),
     ("1.2万", 12e3), ("3亿", 3e8), ("HK$1,005.0", 1005.0), ("-1.5", -1.5), (".5", 0.5), ("¥12", 12.0), ("100", 100.0)],
)  # fmt: skip
def test_a_number(written: str, number: float) -> None:
    assert float(str(plain_number(written))) == number


@pytest.mark.parametrize("written", ["--", "-", "N/A", "停牌"])
def test_no_number(written: str) -> None:
    assert plain_number(written) == ""


@pytest.mark.parametrize("written", ["abc", "1,23", "12,34,567", "1.2.3", "5%", "$", "", None, 3.5])
def test_what_is_none_of_these_stays_as_it_is(written: object) -> None:
    assert plain_number(written) == written


def test_the_comma_is_the_decimal_mark_where_semicolons_separate() -> None:
    assert plain_number("1.234,5", comma_is_point=True) == "1234.5"
    assert plain_number("4.464.700", comma_is_point=True) == "4464700"
    assert plain_number("999.700", comma_is_point=True) == "999700"
    assert plain_number("12.5", comma_is_point=True) == "12.5"
