"""What `newsbt run --verify` says where two ledgers differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import newsbt.simulation.compiled
from made_runs import ledger, panel
from newsbt.cli import main
from newsbt.domain.ledger import Ledger
from newsbt.errors import EngineError
from newsbt.simulation.agreement import check_agreement, first_difference

NAMES = ("backtrader", "compiled")
EQUITY = (1e6, 1e6 + 5, 1e6 - 7, 1e6 + 1, 1e6 + 2, 1e6 + 3, 1e6 + 4)
ROOT = Path(__file__).parents[3]


def made() -> Ledger:
    return ledger(EQUITY[: len(panel().dates)])


def nudged(name: str, field: str | None = None, k: int = 0) -> Ledger:
    """The same books but for the last bit of one number."""
    books = made()
    changed = getattr(books, name).copy()
    numbers = changed if field is None else changed[field]
    numbers[k] = np.nextafter(numbers[k], np.inf) if numbers.dtype.kind == "f" else numbers[k] + 1
    return replace(books, **{name: changed})


def test_the_same_books_have_no_difference() -> None:
    assert first_difference(made(), made(), panel(), NAMES) is None
    check_agreement(made(), made(), panel(), NAMES)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (lambda: nudged("fills", "price", 1), "fills 1 (9988.HK, 2025-03-"),
        (lambda: nudged("fills", "price", 1), "price is 109.945 by backtrader, 109.94500000000001 by compiled"),
        (lambda: nudged("refusals", "reason"), "refusals 0 (0700.HK, 2025-03-06): reason is 9 by"),
        (lambda: nudged("lots", "pnl"), "lots 0 (9988.HK, 2025-03-06): pnl is 4916.5 by"),
        (lambda: nudged("outcome"), "entry 0: its outcome is 0 by backtrader, 1 by compiled"),
        (lambda: nudged("equity", k=2), "(row 2) is 999993.0 by backtrader, 999993.0000000001 by compiled"),
        (lambda: replace(made(), dividends=1.0), "dividends is 0.0 by backtrader, 1.0 by compiled"),
        (lambda: replace(made(), fills=made().fills[:1]), "is there by backtrader only, not by compiled"),
    ],
)
def test_one_bit_is_found_and_named(other: Callable[[], Ledger], message: str) -> None:
    found = first_difference(made(), other(), panel(), NAMES)
    assert found is not None and message in found
    with pytest.raises(EngineError, match="the engines disagree: "):
        check_agreement(made(), other(), panel(), NAMES)


def test_a_fill_that_only_the_other_has_is_told_as_such() -> None:
    less = replace(made(), fills=made().fills[:1])
    assert "is there by compiled only, not by backtrader" in str(first_difference(less, made(), panel(), NAMES))


def test_the_command_fails_with_the_first_difference(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = newsbt.simulation.compiled.simulate

    def one_bit_off(terms, wanted) -> Ledger:
        books = honest(terms, wanted)
        cash = books.cash.copy()
        cash[-1] = np.nextafter(cash[-1], np.inf)
        return replace(books, cash=cash)

    words = [
        "run", str(ROOT / "configs" / "rival_release.yaml"), "--runs", str(tmp_path), "--no-report",
        "--strategy", "Follow the issuer", "--set", "evaluation.placebo=0", "--set", "evaluation.bootstrap=0",
    ]  # fmt: skip
    monkeypatch.setattr(newsbt.simulation.compiled, "simulate", one_bit_off)
    assert main([*words, "--verify"]) == 1
    assert "the engines disagree: cash on 2025-07-31" in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.glob("rival-release-*"))
    monkeypatch.undo()
    assert main([*words, "--verify"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert (
        "Verified both engines keep the same books, to the last bit, of 3 of 3 strategies and baselines: fills, "
        "refusals, lots, cash and equity of every row"
    ) in out
