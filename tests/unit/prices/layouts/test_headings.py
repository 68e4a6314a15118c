"""Words of heads."""

from __future__ import annotations

import pytest

from newsbt.prices.layouts.headings import VOCABULARY, heading, plain_heading


def test_no_word_stands_for_two_columns() -> None:
    words = [word for words in VOCABULARY.values() for word in words]
    assert sorted(words) == sorted(set(words))
    assert all(plain_heading(word) == word for word in words)


@pytest.mark.parametrize(
    ("written", "kind"),
    [("ADJ_CLOSE", "adj_close"), (" trade_date ", "when"), ("<VOL>", "volume"), ("成交量（股）", "volume"),
     ("開市價", "open"), ("Stock Splits", "split"), ("Close/Last", "close"), ("Ｏｐｅｎ", "open")],
)  # fmt: skip
def test_a_heading(written: str, kind: str) -> None:
    found = heading(written)
    assert found is not None
    assert found.kind == kind


def test_brackets_state_units() -> None:
    written = ("成交量(手)", "成交额(千元)", "Volume (shares)", "Volume")
    assert [getattr(heading(one), "unit", 0) for one in written] == [100.0, 1000.0, 1.0, None]
