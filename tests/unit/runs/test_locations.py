"""Where runs are: `run` and `sweep` write where `show`, `compare` and `report` look, wherever they are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import newsbt
from made_runs import made_run
from newsbt.cli import main
from newsbt.config.loading import from_mapping, load
from newsbt.runs.locations import project_of, runs_of
from newsbt.runs.run_folder import write_run
from newsbt.runs.stored_runs import runs_seen_from
from projects import write_project

CONFIG = """
name: placed
period: {start: 2025-03-03, end: 2025-03-07}
account: {cash: 100000, currency: HKD}
evaluation: {placebo: 0, bootstrap: 0}
output: {report: false}
strategies: [{name: Named, use: named_tickers, params: {sign: one}}]
baselines: []
"""
INSTRUMENTS = """
    ticker,name,exchange,board,currency
    9988.HK,Alibaba,XHKG,main,HKD
"""
ANNOUNCEMENTS = """
    event_id,published_at,event_type,issuer,headline,tickers
    e1,2025-03-03T20:00:00+08:00,model_release,Alibaba,Alibaba releases,9988.HK
"""
PRICES = "ticker,date,open,high,low,close,volume\n" + "".join(
    f"9988.HK,2025-03-0{day},100,100,100,100,1000000\n" for day in range(3, 8)
)


def write_config(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return write_project(folder, CONFIG, instruments=INSTRUMENTS, announcements=ANNOUNCEMENTS, prices=PRICES)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path.resolve()


@pytest.mark.parametrize(
    ("config", "project"),
    [
        ("p/configs", "p"),
        ("p/configs/asia", "p"),
        ("p/configs/asia/tech", "p"),
        ("p/configs/configs", "p/configs"),
        ("p", "p"),
        ("p/experiments", "p/experiments"),
        ("p/myconfigs", "p/myconfigs"),
    ],
)
def test_the_project_of_a_config(here: Path, monkeypatch: pytest.MonkeyPatch, config: str, project: str) -> None:
    """Named by a relative path, by an absolute one, and from its own folder, a config has one runs folder."""
    path = write_config(here / config)
    expected = here / project / "runs"
    assert runs_of(load(path)) == expected
    assert runs_of(load(path.relative_to(here))) == expected
    monkeypatch.chdir(path.parent)
    assert runs_of(load("config.yaml")) == expected
    assert runs_of(from_mapping(load("config.yaml").written)) == expected


def test_a_configs_folder_at_the_root_is_its_own_project() -> None:
    assert project_of(Path("/configs")) == Path("/configs")
    assert project_of(Path("/configs/asia")) == Path("/configs/asia")
    assert project_of(Path("/srv/configs")) == Path("/srv")


def test_what_the_config_or_the_command_says_goes_first(here: Path) -> None:
    path = write_config(here / "configs")
    assert runs_of(load(path, ["output.runs=../results"])) == here / "results"
    assert runs_of(load(path, [f"output.runs={here}/elsewhere"])) == here / "elsewhere"
    assert runs_of(load(path, ["output.runs=../results"]), "mine") == here / "mine"
    assert runs_of(load(path, ["output.runs=null"])) == here / "runs"


def test_links_of_folders_are_followed_as_the_paths_in_the_config_follow_them(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`../data` of a config in a linked folder lies beside the real folder; so do its runs. A linked file is at home
    where its link is."""
    path = write_config(here / "shared" / "configs")
    (here / "mine").mkdir()
    (here / "mine" / "configs").symlink_to(path.parent)
    runs = here / "shared" / "runs"
    assert runs_of(load("mine/configs/config.yaml")) == runs
    for folder in ("mine", "mine/configs", "shared", "shared/configs"):
        assert runs_seen_from(here / folder) == runs
    (here / "other" / "configs").mkdir(parents=True)
    (here / "other" / "configs" / "config.yaml").symlink_to(path)
    assert runs_of(load("other/configs/config.yaml")) == here / "other" / "runs"


@pytest.mark.parametrize("config", ["configs", "configs/asia", "."])
def test_a_run_is_found_from_everywhere_in_its_project(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], config: str
) -> None:
    project = here / "project"
    path = write_config(project / config)
    (project / "strategies" / "old").mkdir(parents=True)
    monkeypatch.chdir(path.parent)
    assert main(["run", "config.yaml", "--json"]) == 0
    run_id = json.loads(capsys.readouterr().out)["runs"][0]["run_id"]
    assert (project / "runs" / run_id / "run.json").is_file()
    assert (project / "runs" / ".trials.jsonl").is_file()
    for folder in (project, path.parent, project / "strategies" / "old", project / "runs"):
        monkeypatch.chdir(folder)
        assert main(["show", "last", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["run_id"] == run_id
        assert main(["compare", "--last", "1", "--json"]) == 0
        assert run_id in capsys.readouterr().out
        assert main(["report", "last"]) == 0
        assert (folder / capsys.readouterr().out.strip()).samefile(project / "runs" / run_id / "report.html")
    monkeypatch.chdir(here)
    assert main(["show", "last"]) == 2
    assert "there are no runs in 'runs'; there are some in 'project/runs', --runs" in capsys.readouterr().err
    assert main(["compare"]) == 2
    assert "there are some in 'project/runs'" in capsys.readouterr().err
    assert main(["show", "last", "--runs", "project/runs", "--json"]) == 0


def test_sweep_keeps_its_outcomes_and_trials_there_too(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_config(here / "project" / "configs")
    sweep = ["--set", "sweep.grid.position.hold=[1, 2]"]
    assert main(["sweep", str(path), "--json", *sweep]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["metrics"]["sharpe"] for one in document["variants"]] == [None, None]  # the price never moves
    assert document["best"] is None
    monkeypatch.chdir(path.parent)
    assert main(["sweep", "config.yaml", "--json", *sweep]) == 0
    capsys.readouterr()
    assert len(list((here / "project" / "runs" / "sweeps").iterdir())) == 1
    result = newsbt.sweep("config.yaml", overrides={"sweep.grid": {"position.hold": [1, 2]}})
    assert result.reran == 0
    assert len((here / "project" / "runs" / ".trials.jsonl").read_text().splitlines()) == 2


def test_a_project_without_runs_does_not_show_those_of_the_one_around_it(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(made_run(), here / "runs")
    inner = here / "inner"
    write_config(inner / "configs")
    for folder in (inner, inner / "configs"):
        monkeypatch.chdir(folder)
        assert main(["show", "last"]) == 2
        assert "there are no runs in" in capsys.readouterr().err


def test_a_current_folder_that_is_gone_is_an_error_of_its_own(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_config(here / "project" / "configs")
    (here / "gone").mkdir()
    monkeypatch.chdir(here / "gone")
    (here / "gone").rmdir()
    assert main(["show", "last"]) == 2
    assert "the current folder is gone" in capsys.readouterr().err
    assert main(["run", str(path)]) == 0
    assert f"Written to {here / 'project' / 'runs'}" in " ".join(capsys.readouterr().out.split())
    assert main(["show", "last", "--runs", str(here / "project" / "runs")]) == 0
    monkeypatch.chdir(here)
