"""What differs between configs, in every form of `newsbt compare`."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from made_runs import made_run
from newsbt.cli import main
from newsbt.reports.differences import ConfigDifference, config_differences
from newsbt.runs.run_configs import read_config
from newsbt.runs.run_folder import write_run


def test_each_key_with_its_values() -> None:
    one = {"account": {"cash": 1.0, "currency": "HKD"}, "benchmark": None, "list": [1, 2], "only": {}}
    two = {"account": {"cash": 2.0, "currency": "HKD"}, "benchmark": "^X", "list": [1, 3]}
    assert config_differences([one, two]) == (
        ConfigDifference("account.cash", ("1.0", "2.0")),
        ConfigDifference("benchmark", ("null", "^X")),
        ConfigDifference("list", ("[1, 2]", "[1, 3]")),
        ConfigDifference("only", ("{}", None)),
    )


def test_strategies_go_by_name_and_other_entries_by_place() -> None:
    one = {"strategies": [{"name": "A", "params": {"x": 1}}, {"name": "B"}], "readers": [{"path": "a"}]}
    two = {"strategies": [{"name": "B"}, {"name": "A", "params": {"x": 2}}], "readers": [{"path": "b"}]}
    assert [(item.key, item.values) for item in config_differences([one, two])] == [
        ("strategies.A.params.x", ("1", "2")), ("readers.0.path", ("a", "b")),
    ]  # fmt: skip


def test_values_are_grouped_with_their_runs() -> None:
    found = config_differences([{"a": 1}, {"a": 2}, {"a": 1}, {}])
    assert found[0].groups() == [("1", (1, 3)), ("2", (2,)), ("(not there)", (4,))]


@pytest.mark.parametrize("configs", [[], [{"a": 1}], [{"a": 1}, {"a": 1}], [{"a": 1}, None], [None, None]])
def test_nothing_differs(configs: list) -> None:
    assert config_differences(configs) == ()


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for k, (start, cash, name) in enumerate(
        (("2025-08-01T09:30:00+00:00", 1e6, "a|b <i>"), ("2025-08-01T09:31:00+00:00", 2e6, "plain"))
    ):
        config = {"name": "r", "account": {"cash": cash, "currency": "HKD"}, "universe": {"instruments": name}}
        write_run(replace(made_run(name=f"r{k}", started_at=start), config=config), tmp_path / "runs")
    return tmp_path / "runs"


def compare(runs: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["compare", "--runs", str(runs), *options]) == 0
    return capsys.readouterr().out


def test_every_form_tells_them(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = compare(runs, capsys)
    below = table[table.index("Configs differ in") :]
    assert [line.split() for line in below.splitlines()[1:5]] == [
        ["account.cash", "1000000.0", "run", "1"], ["2000000.0", "run", "2"],
        ["universe.instruments", "a|b", "<i>", "run", "1"], ["plain", "run", "2"],
    ]  # fmt: skip
    text = compare(runs, capsys, "--format", "markdown")
    assert "| account.cash | 1000000.0 | run 1 |" in text and "a\\|b &lt;i>" in text
    page = compare(runs, capsys, "--format", "html")
    assert "What differs between the configs" in page and "a|b &lt;i&gt;" in page
    rows = json.loads(compare(runs, capsys, "--json"))
    assert rows[0]["config"] == {"account.cash": "1000000.0", "universe.instruments": "a|b <i>"}
    assert rows[-1]["config"] == {"account.cash": "2000000.0", "universe.instruments": "plain"}
    assert "config" not in next(csv.DictReader(io.StringIO(compare(runs, capsys, "--format", "csv"))))


def test_one_run_alone_differs_from_nothing(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Configs differ" not in compare(runs, capsys, "--last", "1")


def test_a_damaged_config_is_no_config(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = sorted(runs.iterdir())[0]
    (first / "config.yaml").write_text("{a: [", encoding="utf-8")
    assert read_config(first) is None and read_config(None) is None
    assert "Configs differ" not in compare(runs, capsys)
