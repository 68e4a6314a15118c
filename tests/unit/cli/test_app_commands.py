"""The commands: what they print where, and how they end. Runs are made by hand, the pipeline by a stand-in."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import newsbt.check
import newsbt.pipeline
from made_runs import CASH, made_run, strategy
from newsbt.cli import main
from newsbt.domain.check_report import CheckReport
from newsbt.errors import DataError, NewsbtError, Problem, StrategyError
from newsbt.runs.run_folder import write_run

CONFIG = """\
name: rival release
universe: {instruments: i.csv}
announcements: [{use: csv, path: a.csv}]
prices: {use: csv, path: p}
strategies: [{name: A, use: named_tickers, params: {sign: one}}]
output: {runs: out}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "a.yaml").write_text(CONFIG)
    (tmp_path / "b.yaml").write_text(CONFIG.replace("rival release", "other"))
    return tmp_path


@pytest.fixture
def runs(here: Path) -> Path:
    for minute in (10, 20):
        write_run(made_run(started_at=f"2025-08-01T09:{minute}:00+00:00"), here / "runs", report_html="old")
    return here / "runs"


class Pipeline:
    """Stands in for the pipeline: a run made by hand, or an error, by the config's name."""

    def __init__(self, **outcomes: BaseException) -> None:
        self.outcomes = outcomes
        self.asked: list[tuple[str, tuple[str, ...], str | None]] = []

    def run(self, loaded, *, strategies=(), engine=None, progress=None, trials=None, verify=False):
        name = loaded.config.name
        self.asked.append((name, tuple(strategies), engine))
        progress.stage("simulate", 2)
        progress.advance()
        if name in self.outcomes:
            raise self.outcomes[name]
        return made_run(name=name)

    def check(self, loaded):
        if loaded.config.name in self.outcomes:
            raise self.outcomes[loaded.config.name]
        return CheckReport(
            name=loaded.config.name, counts={"events": 3}, spans={"rows": ["2025-01-01", "2025-02-01"], "events": None},
            drops={"events": {"before_period": 2}}, doubts=("9988.HK jumps", "0700.HK jumps"), strategies=("A",),
        )  # fmt: skip


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch):
    def install(**outcomes: BaseException) -> Pipeline:
        pipeline = Pipeline(**outcomes)
        monkeypatch.setattr(newsbt.pipeline, "run", pipeline.run)
        monkeypatch.setattr(newsbt.check, "check", pipeline.check)
        return pipeline

    return install


def test_run_prints_the_table_and_writes_the_folder(here: Path, stand_in, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline = stand_in()
    assert main(["run", "a.yaml", "--strategy", "A", "--engine", "backtrader"]) == 0
    out, err = capsys.readouterr()
    assert pipeline.asked == [("rival release", ("A",), "backtrader")]
    (folder,) = (here / "out").iterdir()
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "Buy on rival release" in out
    assert f"Written to out/{folder.name}" in out
    assert err == "doubt: 9988.HK moves by 6.1 times on 2025-03-07\n"


def test_run_json_is_all_there_is_on_stdout(here: Path, stand_in, capsys: pytest.CaptureFixture[str]) -> None:
    stand_in()
    assert main(["run", "a.yaml", "b.yaml", "--json", "--runs", "elsewhere", "--no-report"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [run["name"] for run in document["runs"]] == ["rival release", "other"]
    first = document["runs"][0]
    folder = Path(first["path"])
    assert folder.parent == (here / "elsewhere").resolve()
    assert first["run_id"] == folder.name
    assert not (folder / "report.html").exists()
    assert first["strategies"] == json.loads((folder / "run.json").read_text())["strategies"]
    assert first["benchmark"]["metrics"]["total_return"] == pytest.approx(0.0049165)


def test_a_failed_run_does_not_keep_the_others_from_running(
    here: Path, stand_in, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in(**{"rival release": StrategyError("strategy 'A' raised ValueError: no")})
    assert main(["run", "a.yaml", "b.yaml", "--json"]) == 1
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert [run["name"] for run in document["runs"]] == ["other"]
    assert document["errors"][0]["code"] == "strategy_failed"
    assert "error: strategy 'A' raised ValueError: no" in err


def test_no_run_begins_while_any_config_is_wrong(here: Path, stand_in, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline = stand_in()
    (here / "b.yaml").write_text(CONFIG + "nmae: x\n")
    assert main(["run", "a.yaml", "b.yaml", "missing.yaml"]) == 2
    err = capsys.readouterr().err
    assert pipeline.asked == []
    assert "b.yaml:7: nmae: unknown key 'nmae'; did you mean 'name'?" in err
    assert "missing.yaml" in err
    assert not (here / "out").exists()


def test_set_changes_the_config_and_its_faults_are_named(
    here: Path, stand_in, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline = stand_in()
    assert main(["run", "a.yaml", "--set", "name=changed"]) == 0
    assert pipeline.asked[0][0] == "changed"
    assert main(["run", "a.yaml", "--set", "acount.cash=1"]) == 2
    assert "account" in capsys.readouterr().err


def test_a_runs_folder_that_cannot_be_written_is_named_before_the_run(
    here: Path, stand_in, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline = stand_in()
    assert main(["run", "a.yaml", "--runs", "a.yaml/runs"]) == 1
    assert "a.yaml/runs" in capsys.readouterr().err
    assert pipeline.asked == []


def test_an_interrupt_ends_with_130_and_leaves_nothing(
    here: Path, stand_in, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in(**{"rival release": KeyboardInterrupt()})
    assert main(["run", "a.yaml"]) == 130
    assert capsys.readouterr().err.strip() == "interrupted"
    assert not (here / "out").exists()


def test_check_says_what_a_run_would_use(here: Path, stand_in, capsys: pytest.CaptureFixture[str]) -> None:
    stand_in()
    assert main(["check", "a.yaml"]) == 0
    out, err = capsys.readouterr()
    assert "2025-01-01 to 2025-02-01" in out
    assert "2 before period" in out
    assert "Ready: newsbt run a.yaml" in out
    assert err == "doubt: 9988.HK jumps. Likewise: 0700.HK\n"


def test_check_json_lists_every_error(here: Path, stand_in, capsys: pytest.CaptureFixture[str]) -> None:
    problems = [Problem(code="naive_time", message="no offset", file="a.csv", line=line) for line in (2, 5)]
    stand_in(**{"rival release": DataError.of(problems)})
    assert main(["check", "a.yaml", "--json"]) == 2
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["ok"] is False
    assert document["errors"] == [
        {"file": "a.csv", "line": line, "key": None, "code": "naive_time", "message": "no offset"} for line in (2, 5)
    ]
    assert set(document) >= {"ok", "errors", "counts", "spans", "drops"}
    assert (
        err
        == "error: a.csv:2: no offset\nerror: a.csv:5: no offset\n[naive_time] https://newsbt.readthedocs.io/en/stable/errors.html#naive_time\n"
    )
    (here / "b.yaml").write_text("name: [")
    assert main(["check", "b.yaml", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["errors"][0]["file"] == "b.yaml"


def test_errors_show_advice_after_their_problems_and_no_control_characters(
    here: Path, stand_in, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = Problem(code="bad_value", message="got '\x1b[2J'", file="a.csv", line=2)
    stand_in(**{"rival release": DataError(f"{problem}\ncorrect it", [problem])})
    assert main(["run", "a.yaml"]) == 2
    assert (
        capsys.readouterr().err
        == "error: a.csv:2: got '[2J'\ncorrect it\n[bad_value] https://newsbt.readthedocs.io/en/stable/errors.html#bad_value\n"
    )


def test_show_prints_header_and_table(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "last"]) == 0
    out = capsys.readouterr().out
    assert "Period" in out
    assert "buy_and_hold" in out


@pytest.mark.parametrize(("table", "rows"), [("trades", 2), ("fills", 4), ("refusals", 2), ("events", 4)])
def test_show_gives_each_table_in_each_format(
    runs: Path, capsys: pytest.CaptureFixture[str], table: str, rows: int
) -> None:
    assert main(["show", "last", f"--{table}"]) == 0
    assert f"Buy on rival release, {table}: {rows // 2}" in capsys.readouterr().out
    assert main(["show", "last", f"--{table}", "--format", "csv"]) == 0
    from_csv = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert main(["show", "last", f"--{table}", "--json"]) == 0
    from_json = json.loads(capsys.readouterr().out)
    assert len(from_csv) == len(from_json) == rows
    assert list(from_csv[0]) == list(from_json[0])
    assert from_json[0]["event_id"] == "qwq-32b-2025-03-06"


def test_show_can_be_narrowed_to_a_strategy(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "last", "--fills", "--strategy", "buy_and_hold", "--json"]) == 0
    assert {row["strategy"] for row in json.loads(capsys.readouterr().out)} == {"buy_and_hold"}
    assert main(["show", "last", "--strategy", "buy_and_hole"]) == 2
    assert "did you mean 'buy_and_hold'" in capsys.readouterr().err


def test_several_tables_make_one_document_and_no_csv(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "last", "--fills", "--trades", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"fills", "trades"}
    assert main(["show", "last", "--fills", "--trades", "--format", "csv"]) == 2


def test_show_json_is_the_runs_document(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "last", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["run_id"] == "rival-release-20250801T092000Z-01234567"
    assert document["hindsight"] == {"relations": 2, "themes": 0}


def test_a_damaged_run_is_named(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    newest = sorted(runs.iterdir())[-1]
    (newest / "run.json").unlink()
    assert main(["show", "last"]) == 2
    assert newest.name in capsys.readouterr().err
    assert main(["compare", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert newest.name in err
    assert {row["run"] for row in json.loads(out)} == {"rival-release-20250801T091000Z-01234567"}


def test_compare_says_of_a_lost_account_that_it_has_no_returns(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lost = strategy("Lost", equity=(CASH, 500_000.0, -1.0, 2.0, 3.0))
    write_run(made_run(strategies=(strategy("Sound"), lost)), here / "runs", report_html="old")
    assert main(["compare", "--format", "markdown"]) == 0
    assert "equity below zero on 2025-03-07" in capsys.readouterr().out


def test_compare_in_every_format(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = {}
    for form in ("table", "csv", "json", "markdown", "html"):
        assert main(["compare", "--last", "2", "--sort", "sharpe", "--format", form]) == 0
        printed[form] = capsys.readouterr().out
    rows = json.loads(printed["json"])
    assert len(rows) == 8
    assert [row["sharpe"] for row in rows] == [1.5] * 4 + [None] * 4
    assert len(list(csv.DictReader(io.StringIO(printed["csv"])))) == 8
    assert printed["markdown"].count("| Buy on rival release |") == 2
    assert "Sharpe difference" in printed["markdown"] and "Sharpe difference" in printed["html"]
    assert "n<10" in printed["table"]  # five sessions test nothing, and the row says so
    assert printed["html"].startswith("<!DOCTYPE html>")
    assert "rival-release-20250801T091000Z-01234567" in printed["table"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["compare", "--sort", "sharp"], "did you mean 'sharpe'"),
        (["compare", "last", "--last", "1"], "not both"),
        (["compare", "--last", "0"], "x>=1"),
        (["compare", "--runs", "none"], "no runs in 'none'"),
        (["show", "zzz"], "no run 'zzz'"),
        (["shwo", "last"], "did you mean 'show'"),
        (["run"], "CONFIG"),
        (["run", "a.yaml", "--engine", "mine"], "'backtrader'"),
        (["show", "last", "--tradez"], "--trades"),
    ],
)
def test_bad_usage_exits_with_2_and_says_what_is_right(
    runs: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert expected in err


def test_report_writes_the_page_anew(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "last"]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert page.name == "report.html"
    assert "Buy on rival release" in page.read_text(encoding="utf-8")


def test_csv_cells_are_no_formulas(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(made_run(strategies=[strategy("=HYPERLINK(1)")]), here / "runs")
    assert main(["show", "last", "--format", "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("'=HYPERLINK(1),strategy")


def test_schema_is_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert "strategies" in json.loads(capsys.readouterr().out)["properties"]


def test_version_names_what_newsbt_stands_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("newsbt ")
    assert "backtrader 1.9" in out


@pytest.mark.parametrize("command", ["init", "check", "run", "show", "compare", "report", "schema"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 6


def test_init_refuses_what_is_not_empty(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "."]) == 2
    assert main(["init", "a.yaml"]) == 2
    assert "name a new or an empty folder" in capsys.readouterr().err
    assert sorted(item.name for item in here.iterdir()) == ["a.yaml", "b.yaml"]


def test_init_leaves_out_what_was_pulled_into_a_checkout(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may pass it on, nor commit it."""
    from newsbt.cli import project

    source = here / "source"
    for part in ("configs", "strategies", "data/store/prices", "data/prices"):
        (source / part).mkdir(parents=True)
    for part in ("data/store/prices/pulled.parquet", "data/prices/0700.HK.csv"):
        (source / part).touch()
    monkeypatch.setattr(project, "bundled_folder", lambda: source)
    project.create_project(here / "new")
    assert [path.name for path in (here / "new" / "data").rglob("*.*")] == ["0700.HK.csv"]
    assert "data/store/" in (here / "new" / ".gitignore").read_text().splitlines()


def test_init_that_fails_leaves_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from newsbt.cli import project

    source = here / "source"
    for part in ("configs", "strategies", "data"):
        (source / part).mkdir(parents=True)
    (source / "data" / "broken.csv").symlink_to(here / "nowhere")
    monkeypatch.setattr(project, "bundled_folder", lambda: source)
    with pytest.raises(NewsbtError, match="new/project"):
        project.create_project(here / "new" / "project")
    assert not (here / "new" / "project").exists()
    (here / "empty").mkdir()
    with pytest.raises(NewsbtError):
        project.create_project(here / "empty")
    assert list((here / "empty").iterdir()) == []
