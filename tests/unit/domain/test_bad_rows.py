"""T8: bad rows stop the run with their place, or are counted by reason."""

from __future__ import annotations

import pytest

from newsbt.domain.bad_rows import LISTED, BadRows
from newsbt.errors import ConfigError, DataError

pytestmark = pytest.mark.rule("T8")


def test_an_error_lists_the_rows_with_file_line_and_column() -> None:
    bad = BadRows("error")
    bad.add("naive_time", "no offset", file="a.csv", line=3, key="published_at")
    bad.add("bad_value", "expected a number", file="a.csv", line=9, key="sentiment")
    with pytest.raises(DataError) as caught:
        bad.finish()
    assert [problem.code for problem in caught.value.problems] == ["naive_time", "bad_value"]
    assert "a.csv:3: published_at: no offset\na.csv:9: sentiment: expected a number" in str(caught.value)
    assert "on_bad_row: skip" in str(caught.value)


def test_more_rows_than_are_listed_are_counted_in_the_last_line() -> None:
    bad = BadRows("error")
    for line in range(LISTED + 12):
        bad.add("bad_value", "x", file="a.csv", line=line)
    with pytest.raises(DataError) as caught:
        bad.finish()
    assert len(caught.value.problems) == LISTED + 1
    assert "and 12 more bad rows (in all: bad_value 32)" in str(caught.value)


def test_skip_counts_in_the_order_of_the_closed_list() -> None:
    bad = BadRows("skip")
    bad.add("duplicate", "x")
    bad.add("bad_value", "x")
    bad.add_unlisted("bad_value", 4)
    bad.add_unlisted("ohlc_order", 0)
    assert list(bad.finish().items()) == [("bad_value", 5), ("duplicate", 1)]


def test_an_unknown_policy_is_a_config_error_with_a_hint() -> None:
    with pytest.raises(ConfigError, match="did you mean 'skip'"):
        BadRows("skipp")
