"""Rows of an attribution for programs: whatever evidence.json tells of a key or an event is a column."""

from __future__ import annotations

import pytest

from newsbt.domain.evidence_documents import AttributedKey, LeftOut
from newsbt.reports.attribution_text import attribution_rows


@pytest.mark.parametrize(("by", "shape"), [("type", AttributedKey), ("event", LeftOut)])
def test_each_field_of_an_attribution_is_a_column(by: str, shape: type) -> None:
    row = dict.fromkeys(shape.__annotations__, 1)
    found = {"Fade": {"by": {"type": [row]}, "leave_one_out": [row]}}
    assert attribution_rows(found, by, ["Fade", "Absent"]) == [{"strategy": "Fade", **row}]
