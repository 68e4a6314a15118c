"""Durations, and what they are written as."""

from __future__ import annotations

from datetime import timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from newsbt.config.field_types import duration_text, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5min", 300), ("1h", 3600), ("30s", 30), ("1d", 86400), ("0", 0), ("1.5h", 5400), ("1h30min", 5400), ("0s", 0),
     (" 2 d ", 172800)],
)  # fmt: skip
def test_durations(text, seconds):
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", " ", "5", "min", "5m", "-5min", "5min!", "1e3s", "٥min", "PT5M", "5 min ago"])
def test_no_durations(text):
    assert parse_duration(text) is None


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3650)))
def test_a_duration_is_written_as_it_is_read(length):
    assert parse_duration(duration_text(length)) == length
