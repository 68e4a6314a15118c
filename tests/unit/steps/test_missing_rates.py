"""What trades before it has a rate is told in a sentence, one session and one instrument as such."""

from __future__ import annotations

from pathlib import Path

import pytest

from news_world import CONFIG, TABLES
from newsbt.check import check
from newsbt.config.loading import load
from projects import write_project


@pytest.mark.parametrize(
    ("first", "prices", "words"),
    [
        ("2025-03-03", TABLES["prices"], "A.SH and 1 more trade in 1 session without one before; "),
        ("2025-03-04", TABLES["prices"], "A.SH and 1 more trade in 2 sessions without one before; "),
        ("2025-03-03", TABLES["prices"].replace("B.SH, 2025-03-03", "B.SH, 2025-03-04"), "A.SH trades in 1 session "),
    ],
)
def test_how_many_instruments_trade_without_a_rate_and_in_how_many_sessions(
    tmp_path: Path, first: str, prices: str, words: str
) -> None:
    """A rate is known at the end of its day. I.SH is an index without prices."""
    path = write_project(
        tmp_path, CONFIG.replace("currency: CNY", "currency: HKD"), **{**TABLES, "prices": prices},
        fx=f"pair, date, rate\nCNYHKD, {first}, 1.1",
    )  # fmt: skip
    (line,) = [doubt for doubt in check(load(path)).doubts if "CNYHKD" in doubt]
    assert line.startswith(f"CNYHKD: rates begin on {first} in fx.csv, and {words}")
