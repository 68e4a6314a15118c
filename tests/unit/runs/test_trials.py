"""The ledger of trials: what was ever run counts, once, by its newest value."""

from __future__ import annotations

import json
import logging
import math
from pathlib import Path

import pytest

from news_world import CONFIG, TABLES
from newsbt.cli import main
from newsbt.runs.trials import FILE, note_trials, read_trials
from projects import write_project


def test_what_was_run_before_counts_in_the_next_runs_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write_project(tmp_path, CONFIG, **TABLES))
    counts = []
    for cash in (100_000, 100_000, 50_000):
        assert main(["run", path, "--set", f"account.cash={cash}", "--no-report", "--json"]) == 0
        (done,) = json.loads(capsys.readouterr().out)["runs"]
        counts.append([row["metrics"]["dsr_trials"] for row in done["strategies"]])
    assert counts == [[3] * 3, [3] * 3, [6] * 3]


def test_a_trial_counts_once_and_by_its_newest_value(tmp_path: Path) -> None:
    assert read_trials(tmp_path) == {}
    note_trials(tmp_path, {"a": 0.1, "b": math.nan})
    note_trials(tmp_path, {"a": 0.1, "b": math.nan})
    assert len((tmp_path / FILE).read_text().splitlines()) == 2
    note_trials(tmp_path, {"a": 0.2, "c": -0.3})
    found = read_trials(tmp_path)
    assert math.isnan(found.pop("b"))
    assert found == {"a": 0.2, "c": -0.3}


def test_a_line_that_was_cut_off_is_passed_over_with_its_number(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    note_trials(tmp_path, {"a": 0.1})
    with (tmp_path / FILE).open("a") as file:
        file.write('{"key": "b", "sha')
    with caplog.at_level(logging.WARNING):
        assert read_trials(tmp_path) == {"a": 0.1}
    assert f"{FILE}:2" in caplog.text


def test_a_number_that_no_float_holds_is_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).write_text('{"key": "a", "sharpe": 1' + "0" * 400 + '}\n{"key": "b", "sharpe": 0.5}\n')
    with caplog.at_level(logging.WARNING):
        note_trials(tmp_path, {"c": 0.1})
        assert read_trials(tmp_path) == {"b": 0.5, "c": 0.1}
    assert f"{FILE}:1: not a trial; passed over" in caplog.text
