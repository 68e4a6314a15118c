"""Run folders: their files, their names, and that they are written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from made_runs import CASH, EVENT_ID, labels, made_run, strategy
from newsbt.errors import RunFolderError
from newsbt.runs.naming import folder_name, parse_folder_name
from newsbt.runs.run_document import record_of
from newsbt.runs.run_folder import check_writable, write_report, write_run
from newsbt.runs.run_tables import SCHEMAS

FILES = {f"{name}.parquet" for name in SCHEMAS} | {"run.json", "config.yaml"}


def strict(text: str) -> dict:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_a_folder_holds_the_files_of_the_contract(tmp_path: Path) -> None:
    folder = write_run(made_run(), tmp_path / "runs", report_html="<p>page")
    assert folder.name == "rival-release-20250801T093000Z-01234567"
    assert {item.name for item in folder.iterdir()} == FILES | {"report.html"}
    assert [item.name for item in (tmp_path / "runs").iterdir()] == [folder.name]
    assert yaml.safe_load((folder / "config.yaml").read_text())["account"] == {"cash": CASH, "currency": "HKD"}


def test_without_a_report_there_is_no_report(tmp_path: Path) -> None:
    assert {item.name for item in write_run(made_run(), tmp_path).iterdir()} == FILES


def test_what_the_page_was_made_of_is_worked_out_once(tmp_path: Path, monkeypatch) -> None:
    result, asked = made_run(), []
    monkeypatch.setattr("newsbt.runs.run_document.context_document", lambda result: asked.append(result) or {"a": 1})
    record = record_of(result)
    assert record.extra("context") == {"a": 1}
    folder = write_run(result, tmp_path, report_html="<p>page", record=record)
    assert json.loads((folder / "context.json").read_text()) == {"a": 1}
    assert len(asked) == 1


def test_run_json_is_strict_and_gives_reasons_for_what_it_cannot_say(tmp_path: Path) -> None:
    document = strict((write_run(made_run(), tmp_path) / "run.json").read_text())
    first = document["strategies"][0]
    assert first["name"] == "Buy on rival release"
    assert first["kind"] == "strategy"
    assert first["metrics"]["sortino"] is None
    assert first["reasons"]["sortino"] == "no downside"
    assert first["metrics"]["omega"] is None
    assert first["reasons"]["omega"].startswith("infinite")
    assert first["metrics"]["max_drawdown_trough"] == "2025-03-07"
    assert "max_drawdown_peak" not in first["reasons"], "the initial capital is a peak, not an undefined value"
    assert document["benchmark"]["name"] == "^HSTECH"
    assert document["refusals"]["Buy on rival release"] == {"limit_up": 1}
    assert document["drops"]["events"] == {"before_period": 12, "after_period": 1}
    assert document["definitions"]["sharpe"]
    assert document["timings"]["simulate"]["Never"] == 0.25
    assert document["timings"]["write"] > 0
    assert document["timings"]["total"] == pytest.approx(1.0 + document["timings"]["write"])


def test_every_null_metric_that_is_a_number_has_a_reason() -> None:
    from newsbt.runs.run_document import strategy_document

    row = strategy_document(strategy("A", metrics={"sharpe": float("nan"), "omega": float("-inf")}, reasons={}))
    assert set(row["reasons"]) == {"sharpe", "omega"}


def test_equal_runs_differ_in_timings_and_versions_only(tmp_path: Path) -> None:
    documents = []
    for minute in ("30", "31"):
        folder = write_run(made_run(started_at=f"2025-08-01T09:{minute}:00+00:00"), tmp_path)
        document = strict((folder / "run.json").read_text())
        del document["timings"], document["versions"]
        documents.append(document)
    assert documents[0] == documents[1]


def test_equal_runs_give_equal_parquet_bytes(tmp_path: Path) -> None:
    one, two = write_run(made_run(), tmp_path), write_run(made_run(), tmp_path)
    assert two.name == f"{one.name}-2", "the second of that second takes the next name"
    for name in SCHEMAS:
        assert (one / f"{name}.parquet").read_bytes() == (two / f"{name}.parquet").read_bytes()


@pytest.mark.parametrize("name", SCHEMAS)
def test_columns_and_types_do_not_depend_on_there_being_rows(tmp_path: Path, name: str) -> None:
    full = write_run(made_run(), tmp_path)
    empty = write_run(
        made_run(strategies=[strategy("Never", trades=False, equity=[CASH] * 5)], with_benchmark=False), tmp_path
    )
    assert pq.read_schema(full / f"{name}.parquet").equals(pq.read_schema(empty / f"{name}.parquet"))
    assert pq.read_schema(full / f"{name}.parquet").names == SCHEMAS[name].names
    if name != "equity":
        assert pq.read_metadata(empty / f"{name}.parquet").num_rows == 0


def test_tables_say_what_the_results_say(tmp_path: Path) -> None:
    folder = write_run(made_run(), tmp_path)
    fills = pd.read_parquet(folder / "fills.parquet")
    bought = fills[(fills["strategy"] == "Buy on rival release") & (fills["side"] == "buy")].iloc[0]
    assert bought["at"] == pd.Timestamp("2025-03-06T01:30", tz="UTC")
    assert bought["date"] == pd.Timestamp("2025-03-06")
    assert (bought["ticker"], bought["quantity"], bought["event_id"]) == ("9988.HK", 500, EVENT_ID)
    equity = pd.read_parquet(folder / "equity.parquet")
    assert equity.groupby("strategy", sort=False).size().to_dict() == {
        "Buy on rival release": 5, "Never": 5, "buy_and_hold": 5, "^HSTECH": 5,
    }  # fmt: skip


def test_a_benchmark_that_is_no_row_still_has_its_equity(tmp_path: Path) -> None:
    folder = write_run(made_run(strategies=[strategy("A")]), tmp_path)
    assert set(pd.read_parquet(folder / "equity.parquet")["strategy"]) == {"A", "^HSTECH"}


def test_tables_are_not_kept_once_they_are_written_unless_they_were_asked_for(tmp_path: Path) -> None:
    """All of them at once are what a run of a million announcements would need most memory for."""
    result = made_run()
    asked = result.strategies[0].fills
    write_run(result, tmp_path)
    kept = [name for item in result.strategies for name in SCHEMAS if name in vars(item)]
    assert "refusals" not in kept and "events" not in kept and "explanations" not in kept
    assert result.strategies[0].fills is asked and result.strategies[0].table("fills") is asked


def test_open_lots_have_null_exits(tmp_path: Path) -> None:
    made = strategy("A")
    lots = made.ledger.lots
    lots["exit_at"], lots["exit_price"], lots["exit_row"] = "NaT", float("nan"), -1
    folder = write_run(made_run(strategies=[made]), tmp_path)
    table = pq.read_table(folder / "trades.parquet")
    assert table["exit_at"].null_count == table["exit_price"].null_count == 1


def test_names_have_no_blanks_no_colons_and_are_never_hidden() -> None:
    assert folder_name("My run", "2025-01-02T03:04:05.9+00:00", "ff" * 20) == "My-run-20250102T030405Z-ffffffff"
    assert folder_name("..", "2025-01-02T03:04:05+00:00", "ff" * 20).startswith("run-")
    assert folder_name(".x", "2025-01-02T03:04:05+00:00", "ff" * 20).startswith("x-")
    parts = parse_folder_name("My-run-20250102T030405Z-ffffffff")
    assert parts is not None and (parts.name, parts.number) == ("My-run", 1)
    assert parse_folder_name("notes") is None


def test_a_folder_that_cannot_be_made_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for attempt in (lambda where: write_run(made_run(), where), check_writable):
        with pytest.raises(RunFolderError, match=r"runs folder.*file.*--runs") as caught:
            attempt(tmp_path / "file" / "runs")
        assert caught.value.exit_code == 1
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_checking_a_new_runs_folder_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from made_runs import made_run
from newsbt.errors import RunFolderError
from newsbt.runs.run_document import record_of
from newsbt.runs.run_folder import write_run
result = made_run()
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_run(result, sys.argv[1], report_html="x" * 100_000)
except RunFolderError as error:
    sys.exit(str(error))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files by a Linux call")
def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path) -> None:
    helpers = Path(__file__).parents[2] / "helpers"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "new" / "runs")],
        env={**os.environ, "PYTHONPATH": str(helpers)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "cannot write into the runs folder" in done.stderr
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    def stop() -> pd.DataFrame:
        raise KeyboardInterrupt

    made = strategy("A")
    object.__setattr__(made, "events_of", stop)
    with pytest.raises(KeyboardInterrupt):
        write_run(made_run(strategies=[made]), tmp_path / "runs")
    assert list(tmp_path.iterdir()) == []


def test_a_report_is_replaced_in_one_step(tmp_path: Path) -> None:
    folder = write_run(made_run(), tmp_path, report_html="old")
    assert write_report(folder, "new 龙 \ud800").read_text(encoding="utf-8") == "new 龙 \\ud800"
    assert {item.name for item in folder.iterdir()} == FILES | {"report.html"}


def test_a_report_that_cannot_be_replaced_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_run(made_run(), tmp_path, report_html="old")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(RunFolderError, match="Permission denied"):
        write_report(folder, "new")
    assert (folder / "report.html").read_text(encoding="utf-8") == "old"
    assert {item.name for item in folder.iterdir()} == FILES | {"report.html"}


def test_odd_text_from_data_does_not_stop_a_run(tmp_path: Path) -> None:
    event_id = '=cmd|"龙"\x1b[31m'
    folder = write_run(made_run(strategies=[strategy("A", labelled=labels(event_id))]), tmp_path)
    assert event_id in set(pd.read_parquet(folder / "fills.parquet")["event_id"])
