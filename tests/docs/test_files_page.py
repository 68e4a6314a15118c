"""docs/files.md has every column of every table and every key of every JSON document, docs/methods.md every metric."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from newsbt.cli import main
from newsbt.domain import price_table
from newsbt.events import announcement_rows, labels
from newsbt.linking import universe_tables
from newsbt.prices import fx_readers
from newsbt.runs.run_tables import SCHEMAS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
METHODS_PAGE = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
WORD = re.compile(r"`([^`]+)`")

# Mappings whose keys are data (names, tickers, reasons, metrics), as `document:path`; `*` stands for one such key.
BY_DATA = (
    "run.json:strategies.metrics", "run.json:*reasons", "run.json:benchmark.metrics", "run.json:definitions",
    "run.json:drops", "run.json:drops.*", "run.json:not_linked", "run.json:without_sign", "run.json:refusals",
    "run.json:refusals.*", "run.json:listings", "show:listings",
    "run.json:hashes.data", "run.json:hashes.strategies", "run.json:timings.simulate", "run.json:versions",
    "run.json:strategies.analyzers", "run.json:benchmark.analyzers",
    "evidence.json:placebo", "evidence.json:decay", "evidence.json:capacity", "evidence.json:attribution",
    "evidence.json:prove",
    "evidence.json:*.left_out", "evidence.json:*.excluded", "evidence.json:study.groups.windows.p",
    "context.json:zones", "context.json:tickers", "context.json:shares", "context.json:events.at",
    "context.json:events.reactions",
    "run:*metrics", "run:*reasons", "show:*metrics", "show:*reasons", "show:definitions", "show:drops", "show:drops.*",
    "show:not_linked", "show:without_sign", "show:refusals", "show:refusals.*", "show:hashes.*",
    "show:timings.simulate", "show:versions",
    "run:runs.verdicts", "show:verdicts",
    "check:drops", "check:drops.*", "check:not_linked", "check:without_sign",
    "orders:next_openings", "orders:last_prices",
    "sweep:*metrics", "sweep:*params", "sweep:reasons",
    "study:left_out", "study:*excluded", "study:groups.windows.p",
    "events check:not_linked", "events check:counts", "events show:first_tradable_at", "events extract:kinds",
    "data rules:rules.value",
)  # fmt: skip


def section(name: str, page: str = PAGE) -> str:
    """What stands below a heading, up to the next one as high."""
    found = re.search(rf"^(#+) {re.escape(name)}\n(.*?)(?=^#{{1,3}} |\Z)", page, re.M | re.S)
    assert found, f"docs/files.md has no heading {name!r}"
    return found[2]


def words(text: str) -> set[str]:
    return {word for code in WORD.findall(text) for word in re.findall(r"[\w.-]+", code)}


def keys(value: object, at: str, path: str = "") -> Iterator[str]:
    """Each key of a document by its dotted path, those that are data left out."""
    if isinstance(value, Mapping):
        by_data = any(fnmatch(f"{at}:{path}", one) for one in BY_DATA)
        for key, inner in value.items():
            inside = f"{path}.{'*' if by_data else key}".lstrip(".")
            if not by_data:
                yield inside
            yield from keys(inner, at, inside)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            yield from keys(one, at, path)


def untold(value: object, at: str, named: set[str]) -> list[str]:
    return sorted({path for path in keys(value, at) if path.rpartition(".")[2] not in named})


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_column_of_a_runs_tables_is_documented(name: str) -> None:
    own = PAGE.partition(f"\n**{name}.parquet**")[2].partition("\n**")[0].partition("\n### ")[0]
    missing = [column for column in SCHEMAS[name].names if column not in words(own)]
    assert not missing, f"docs/files.md tells nothing of {missing} in {name}.parquet"


INPUTS = {
    "announcements": announcement_rows.COLUMNS,
    "instruments": (*universe_tables.INSTRUMENT_REQUIRED, *universe_tables.INSTRUMENT_OPTIONAL),
    "prices": price_table.COLUMNS,
    "fx": fx_readers.COLUMNS,
    "labels": labels.COLUMNS,
}


@pytest.mark.parametrize("name", INPUTS)
def test_every_column_that_is_read_is_documented(name: str) -> None:
    missing = [column for column in INPUTS[name] if column not in words(section(name))]
    assert not missing, f"docs/files.md tells nothing of {missing} in {name}"


def test_every_column_of_dated_tables_is_documented() -> None:
    source = Path(universe_tables.__file__).read_text(encoding="utf-8")
    read = re.findall(r"\.rows\(\(([^)]*)\), \(([^)]*)\)\)", source)
    assert len(read) >= 3
    named = {column for pair in read for column in re.findall(r'"(\w+)"', " ".join(pair))}
    missing = named - words(section("relations, memberships, status"))
    assert not missing, f"docs/files.md tells nothing of {sorted(missing)}"


SHORT = (
    "--set", "period.start=2025-02-03", "--set", "period.end=2025-03-14", "--set", "evaluation.placebo=10",
    "--set", "evaluation.bootstrap=10",
)  # fmt: skip
ARTICLE = "Alibaba releases QwQ-32B, an open model\n\nPublished: 2025-03-06T03:00:00+08:00\n\nIt beats DeepSeek-R1.\n"


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What every command prints with `--json` on the bundled sample, and the documents of its run folder."""
    folder = tmp_path_factory.mktemp("sample")
    project = folder / "project"

    def answer(*args: str) -> Any:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            assert main([*args]) == 0, args
        return json.loads(out.getvalue()) if "--json" in args else None

    answer("init", str(project))
    config, sweep = str(project / "configs/rival_release.yaml"), str(project / "configs/sweep.yaml")
    prices, runs = str(project / "data/prices"), ("--runs", str(project / "runs"))
    article = folder / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    found = {
        "run": [answer("run", config, *SHORT, "--json")],
        "check": [answer("check", config, *SHORT, "--json")],
        "show": [
            answer("show", "last", *more, *runs, "--json")
            for more in (
                (), ["--trades"], ["--fills"], ["--refusals"], ["--events"], ["--by", "year"], ["--by", "sector"],
                ["--decay"],
            )
        ],
        "compare": [answer("compare", "last", *runs, "--json")],
        "orders": [answer("orders", config, "--as-of", "2025-03-06T08:00:00+08:00", "--json")],
        "explain": [answer("explain", str(article), "--config", config, "--json")],
        "events check": [answer("events", "check", config, "--json")],
        "events show": [answer("events", "show", config, "--json")],
        "events extract": [answer("events", "extract", str(article), "--json")],
        "data check": [answer("data", "check", prices, "--json")],
        "data show": [answer("data", "show", prices, "--json")],
        "data rules": [answer("data", "rules", "--exchange", "XHKG", "--on", "2025-03-06", "--json")],
        "study": [answer("study", config, "--set", "period.start=2025-01-02", "--json")],
        "sweep": [
            answer("sweep", sweep, *SHORT[:4], "--set", "sweep.grid={position.hold: [1, 2]}", "--json",
                 "--set", "sweep.walk_forward.folds=2"),
        ],
        "audit": [answer("audit", config, *SHORT[:4], "--cuts", "2", "--placebo", "10", "--json")],
        "prove": [answer("prove", config, *SHORT, "--worlds", "2", "--json")],
    }  # fmt: skip
    (stored,) = [Path(one["path"]) for one in found["run"][0]["runs"]]
    return found | {
        name: [json.loads((stored / name).read_bytes())] for name in ("run.json", "evidence.json", "context.json")
    }


@pytest.mark.parametrize("name", ["run.json", "evidence.json", "context.json"])
def test_every_key_of_a_runs_documents_is_documented(name: str, documents: dict[str, list[Any]]) -> None:
    missing = untold(documents[name], name, words(section(name)))
    assert not missing, f"docs/files.md tells nothing of {missing} in {name}"


COMMANDS = (
    "run", "check", "compare", "show", "orders", "explain", "sweep", "study", "audit", "prove", "events check",
    "events show", "events extract", "data check", "data show", "data rules",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_key_that_json_prints_is_documented(command: str, documents: dict[str, list[Any]]) -> None:
    row = re.search(rf"^\| `{command}` \| (.*) \|$", section("What `--json` prints"), re.M)
    assert row, f"docs/files.md has no row for `newsbt {command} --json`"
    named = words(row[1])
    for anchor in re.findall(r"\]\(#([\w-]+)\)", row[1]):
        heading = {"runjson": "run.json", "evidencejson": "evidence.json", "tables-of-a-run": "Tables of a run"}[anchor]
        named |= words(section(heading))
    if command == "compare":
        named |= words(METHODS_PAGE)
    missing = untold(documents[command], command, named)
    assert not missing, f"docs/files.md tells nothing of {missing} in `newsbt {command} --json`"


def test_every_metric_is_in_the_methods(documents: dict[str, list[Any]]) -> None:
    (run,) = documents["run.json"]
    (swept,) = documents["sweep"]
    given = set(run["definitions"]).union(
        *(one["metrics"] for one in run["strategies"]), run["benchmark"]["metrics"], swept["best"]["metrics"]
    )
    named = words("".join(re.findall(r"^\| (`[^|]*) \|", METHODS_PAGE, re.M)))
    missing = sorted(given - named)
    assert not missing, f"docs/methods.md has no row for {missing}"
