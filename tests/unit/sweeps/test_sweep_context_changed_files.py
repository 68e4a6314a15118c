"""Outcomes go by the hashes of files as the sweep first saw them; a file that changes fails what reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from market_files import STRATEGY, config
from newsbt.errors import DataError
from newsbt.sweeps.sweep_context import SweepContext
from newsbt.sweeps.variants import Variant

GRID = {"grid": {"position.hold": [1, 2]}}


def test_a_file_that_is_read_again_and_has_changed_is_refused(here: Path) -> None:
    first = SweepContext(loaded=config(here, GRID), strategy=STRATEGY)
    key = first.keys.of(Variant(0, {"position.hold": 1}))
    again = SweepContext(loaded=config(here, GRID), strategy=STRATEGY, read=dict(first.read))  # as a worker's
    assert again.keys.of(Variant(0, {"position.hold": 1})) == key
    news = here / "announcements.csv"
    news.write_text(news.read_text(encoding="utf-8").rstrip("\n").rpartition("\n")[0] + "\n", encoding="utf-8")
    late = SweepContext(loaded=config(here, GRID), strategy=STRATEGY, read=dict(first.read))
    with pytest.raises(DataError, match=r"announcements\.csv: the file changed while it was used"):
        late.plan(Variant(0, {"position.hold": 1}))


def test_a_file_that_a_variant_names_goes_by_its_first_hash(here: Path) -> None:
    context = SweepContext(loaded=config(here, GRID), strategy=STRATEGY)
    other = here / "other.csv"
    other.write_bytes((here / "prices.csv").read_bytes())
    variant = Variant(0, {"prices.0.path": "other.csv"})
    context.keys.of(variant)
    other.write_text(other.read_text(encoding="utf-8").rstrip("\n").rpartition("\n")[0] + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"other\.csv: the file changed while it was used"):
        context.plan(variant)
