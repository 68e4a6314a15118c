"""Which variants of a sweep may share what was read."""

from __future__ import annotations

import pytest

from newsbt.sweeps.sharing_keys import read_key


@pytest.mark.parametrize("key", ["announcements.0.path", "labeller.0.use", "extraction.types", "universe.relations"])
def test_what_changes_how_news_is_read_is_shared_by_nobody_else(key: str) -> None:
    assert read_key({key: "a"}) != read_key({key: "b"})


@pytest.mark.parametrize("key", ["params.hold", "position.weight", "execution.latency", "labellers"])
def test_what_changes_nothing_of_it_is(key: str) -> None:
    assert read_key({key: "a"}) == read_key({key: "b"})
