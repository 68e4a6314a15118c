"""The arithmetic of the gate against slowdowns: what it fails on, what it lets pass, and when it does not judge."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.__main__ import beside
from benchmarks.gate import CASES, DRIVER, LEAST, ROUNDS, judge, laid_out
from benchmarks.ratios import RATIOS, keep_ratio, read_ratios


def rounds(slower: float, noise: float, seed: int) -> tuple[list[float], list[float], list[float]]:
    """Seconds of nine rounds on a machine whose load drifts, with so much noise in a single measurement."""
    rng = np.random.default_rng(seed)
    load = np.exp(np.cumsum(rng.normal(0.0, 0.1, ROUNDS)))
    before, after, again = load * np.exp(rng.normal(0.0, noise, (3, ROUNDS)))
    return before.tolist(), (after * (1 + slower)).tolist(), again.tolist()


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.03])
def test_a_slowdown_of_15_percent_fails(noise: float) -> None:
    found = [judge(*rounds(0.15, noise, seed)) for seed in range(100)]
    assert not any(one.passes for one in found)
    assert sum(one.word == "SLOWER" for one in found) >= 95


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.03])
def test_code_that_is_no_slower_passes(noise: float) -> None:
    words = [judge(*rounds(0.0, noise, seed)).word for seed in range(100)]
    assert words.count("SLOWER") <= 3
    assert words.count("as before") >= 90


def test_what_is_too_noisy_to_judge_fails_and_says_so() -> None:
    found = [judge(*rounds(0.0, 0.3, seed)) for seed in range(20)]
    assert {one.word for one in found} == {"too noisy to judge"}
    assert not any(one.passes for one in found)


def test_by_hand() -> None:
    # The same code takes 1 and 1.02 in each round, the new code 1.01: no change, and a bound made of log 1.02.
    found = judge([1.0] * 9, [1.0099504938362078] * 9, [1.02] * 9)
    assert found.change == pytest.approx(0.0, abs=1e-12)
    spread = np.sqrt(np.pi / 2) * np.log(1.02) * np.sqrt(0.75)
    assert np.log1p(found.bound) == pytest.approx(3 * spread * np.sqrt(np.pi / 2) / 3)
    assert judge([1.0] * 9, [1.0] * 9, [1.0] * 9).bound == pytest.approx(np.expm1(LEAST))
    assert judge([1.0] * 9, [0.9] * 9, [1.0] * 9).word == "faster"


def test_every_case_is_a_program() -> None:
    for name, code in CASES.items():
        compile(DRIVER.format(code=code), name, "exec")


def test_a_commit_that_is_not_there_is_named(tmp_path) -> None:
    with pytest.raises(SystemExit, match="no commit 'nowhere'"):
        laid_out("nowhere", tmp_path / "old")


def test_ratios_of_today_stand_beside_those_kept() -> None:
    lines = beside({"a": 1.5, "new": 0.25}, {"a": 1.0, "old": 2.0}, "abc1234")
    assert [line.split() for line in lines[1:]] == [
        ["a", "1.500", "1.000", "+50%"], ["old", "-", "2.000", "-"], ["new", "0.250", "-", "-"],
    ]  # fmt: skip


def test_a_ratio_is_noted_where_it_is_asked_for(tmp_path, monkeypatch) -> None:
    keep_ratio("nobody asks", 1.0)
    monkeypatch.setenv(RATIOS, str(tmp_path / "ratios"))
    keep_ratio("a / b", 0.123456)
    keep_ratio("c", 2.0)
    assert read_ratios(tmp_path / "ratios") == {"a / b": 0.1235, "c": 2.0}
    assert read_ratios(tmp_path / "none") == {}
