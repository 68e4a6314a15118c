"""Finding, naming and reading run folders."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from made_runs import made_run
from newsbt.domain import parquet_files
from newsbt.errors import DataError
from newsbt.runs.run_document import record_of
from newsbt.runs.run_folder import write_run
from newsbt.runs.run_tables import SCHEMAS
from newsbt.runs.stored_runs import find_runs, read_run, resolve_run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name, minute in (("beta", 10), ("alpha", 20), ("beta", 30)):
        write_run(made_run(name=name, started_at=f"2025-08-01T09:{minute}:00+00:00"), tmp_path)
    partial = tmp_path / ".beta.partial"  # as complete as it gets before it is renamed
    partial.mkdir()
    (partial / "run.json").write_text("{}")
    (tmp_path / "notes").mkdir()
    (tmp_path / "readme.txt").write_text("")
    return tmp_path


def test_runs_are_found_oldest_first_without_hidden_folders(runs: Path) -> None:
    assert [path.name[:5] for path in find_runs(runs)] == ["beta-", "alpha", "beta-"]
    assert [path.name for path in find_runs(runs, last=1)] == [find_runs(runs)[-1].name]
    assert find_runs(runs, last=10) == find_runs(runs)
    assert find_runs(runs / "none") == []


def test_a_run_read_back_equals_the_run_written(tmp_path: Path) -> None:
    result = made_run()
    live, stored = record_of(result), read_run(write_run(result, tmp_path))
    assert stored.run_id == live.run_id
    for key in set(live.document) - {"timings"}:
        assert stored.document[key] == live.document[key], key
    for name in SCHEMAS:
        pd.testing.assert_frame_equal(stored.table(name), live.table(name))
    assert [row["name"] for row in stored.rows] == ["Buy on rival release", "Never", "buy_and_hold", "^HSTECH"]


def test_the_benchmark_is_a_row_even_without_baselines() -> None:
    from made_runs import strategy

    record = record_of(made_run(strategies=[strategy("A")]))
    assert [row["name"] for row in record.rows] == ["A", "^HSTECH"]


def test_a_run_is_meant_by_path_id_beginning_name_or_last(runs: Path) -> None:
    first, second, third = find_runs(runs)
    assert resolve_run("last", runs) == third
    assert resolve_run(first.name, runs) == first
    assert resolve_run("beta", runs) == third
    assert resolve_run("alp", runs) == second
    assert resolve_run(str(first), runs) == first


def test_what_is_not_clear_is_refused_with_names(runs: Path) -> None:
    with pytest.raises(DataError, match=r"2 runs begin with 'bet'.*beta-20250801T091000Z.*beta-20250801T093000Z"):
        resolve_run("bet", runs)
    with pytest.raises(DataError, match=r"no run 'gamma' in .*alpha-20250801T092000Z"):
        resolve_run("gamma", runs)
    with pytest.raises(DataError, match=r"no runs in .*--runs") as caught:
        resolve_run("last", runs / "none")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "has no run.json"),
        ("{", "cannot be read"),
        ("[]", "no list of strategies"),
        ('{"strategies": ["Buy"]}', "no list of strategies"),
        ("\x80", "no list of strategies|cannot be read"),
        ('{"strategies": [], "format": 99}', "newer newsbt"),
    ],
)
def test_a_damaged_folder_is_named(tmp_path: Path, content: str | None, expected: str) -> None:
    folder = tmp_path / "a-20250801T093000Z-01234567"
    folder.mkdir()
    if content is not None:
        (folder / "run.json").write_text(content, encoding="latin-1")
    with pytest.raises(DataError, match=expected) as caught:
        read_run(folder)
    assert str(folder) in str(caught.value)


def test_a_damaged_or_missing_table_is_named(tmp_path: Path) -> None:
    folder = write_run(made_run(), tmp_path)
    (folder / "fills.parquet").write_bytes(b"PAR1 not really")
    (folder / "trades.parquet").unlink()
    record = read_run(folder)
    assert len(record.table("equity")) == 20, "the others can still be read"
    for name in ("fills", "trades"):
        with pytest.raises(DataError, match=rf"damaged: {name}\.parquet"):
            record.table(name)


@pytest.mark.parametrize(
    ("table", "column", "values", "message"),
    [
        ("fills", "at", [0.5], "Unsupported cast from double to timestamp"),
        ("equity", "date", [None], "the column date is empty in 20 rows"),
        ("trades", "strategy", [None], "the column strategy is empty in 2 rows"),
        ("equity", "equity", ["much"], "Failed to parse"),
    ],
)
def test_a_table_of_other_types_or_without_what_every_row_has_is_damaged(
    tmp_path: Path, table: str, column: str, values: list[object], message: str
) -> None:
    folder = write_run(made_run(), tmp_path)
    path = folder / f"{table}.parquet"
    good = pq.read_table(path)
    rows = (values * len(good))[: len(good)]
    pq.write_table(good.set_column(good.column_names.index(column), column, pa.array(rows)), path)
    with pytest.raises(DataError, match=rf"damaged: {table}\.parquet: .*{message}"):
        read_run(folder).table(table)


@pytest.mark.parametrize(("table", "column"), [("fills", "at"), ("equity", "date"), ("trades", "entry_at")])
def test_a_table_with_a_day_that_no_calendar_has_is_damaged(tmp_path: Path, table: str, column: str) -> None:
    folder = write_run(made_run(), tmp_path)
    path = folder / f"{table}.parquet"
    good = pq.read_table(path)
    at = good.column_names.index(column)
    kind = good.schema.field(at).type
    number = pa.int32() if pa.types.is_date32(kind) else pa.int64()
    beyond = pa.array([2**31 - 1 if pa.types.is_date32(kind) else 2**62] * len(good), number).view(kind)
    pq.write_table(good.set_column(at, column, beyond), path)
    with pytest.raises(
        DataError, match=rf"damaged: {table}\.parquet: .*the column {column} has a day that no calendar"
    ):
        read_run(folder).table(table)


@pytest.mark.parametrize(("table", "column"), [("equity", "date"), ("equity", "strategy"), ("fills", "strategy")])
def test_a_table_without_a_column_that_every_version_writes_is_damaged(tmp_path: Path, table: str, column: str) -> None:
    folder = write_run(made_run(), tmp_path)
    path = folder / f"{table}.parquet"
    pq.write_table(pq.read_table(path).drop_columns([column]), path)
    with pytest.raises(DataError, match=f"there is no column {column}; every version writes it"):
        read_run(folder).table(table)


def test_a_table_that_would_unfold_without_end_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_files, "RATIO_BYTES", 1000)
    folder = write_run(made_run(), tmp_path)
    pq.write_table(pa.table({"strategy": ["a"] * 1_000_000}), folder / "fills.parquet", compression="zstd")
    with pytest.raises(DataError, match=r"damaged: fills\.parquet: .*packed into"):
        read_run(folder).table("fills")


def test_evidence_that_is_no_mapping_is_damage(tmp_path: Path) -> None:
    folder = write_run(made_run(), tmp_path)
    (folder / "evidence.json").write_text("[1]")
    with pytest.raises(DataError, match=r"evidence\.json: all of it: expected a mapping"):
        read_run(folder).extra("evidence")


def test_a_column_that_an_older_version_did_not_write_is_empty(tmp_path: Path) -> None:
    folder = write_run(made_run(), tmp_path)
    path = folder / "fills.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["slippage_cost"]), path)
    fills = read_run(folder).table("fills")
    assert list(fills.columns) == SCHEMAS["fills"].names
    assert fills["slippage_cost"].isna().all()
    assert fills["slippage_cost"].dtype == pa.float64().to_pandas_dtype()


def test_a_renamed_folder_is_still_a_run(tmp_path: Path) -> None:
    folder = write_run(made_run(), tmp_path)
    folder.rename(tmp_path / "keep this")
    assert [path.name for path in find_runs(tmp_path)] == ["keep this"]
    assert read_run(resolve_run("keep this", tmp_path)).name == "rival release"


def test_an_older_document_without_most_keys_can_be_read(tmp_path: Path) -> None:
    folder = write_run(made_run(), tmp_path)
    document = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({"strategies": document["strategies"]}))
    record = read_run(folder)
    assert record.name == folder.name
    assert record.rows[0]["name"] == "Buy on rival release"
