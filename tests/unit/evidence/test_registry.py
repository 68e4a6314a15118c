"""A kind of evidence is one file and one line: it appears in run.json, evidence.json, the table and the report by
itself."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from newsbt.assembly import StrategySpec
from newsbt.audit.auditing import audit
from newsbt.config.models import PositionConfig
from newsbt.domain.metric_table import MetricSpec
from newsbt.domain.results import RunResult
from newsbt.evidence import registry
from newsbt.evidence.capacity_table import capacity_table
from newsbt.evidence.contract import Case, Evidence, RowEvidence, RunEvidence, by_strategy
from newsbt.pipeline import run_components
from newsbt.reports.audit_text import audit_view
from newsbt.reports.page.other_evidence import DRAWN
from newsbt.reports.report_page import report_page
from newsbt.reports.results_table import lines_of, run_view
from newsbt.runs.run_document import record_of, run_document
from newsbt.runs.run_folder import write_run
from newsbt.runs.stored_runs import read_run
from newsbt.strategies.named_tickers import NamedTickers
from newsbt.testing import small_market

ROOT = Path(__file__).parents[3]
LUCK = MetricSpec("luck", "How lucky it was.", scope="evidence", title="Luck", unit="probability", rank=0)


def _luck(case: Case, books: Any, row: Any) -> RowEvidence:
    assert case.simulated[row.name] is books
    return RowEvidence(
        metrics={"luck": 0.125}, warnings=("it was lucky",),
        section={"draws": 8, "curve": [{"at": 1, "worth": 0.5}, {"at": 2, "worth": 0.75}]},
    )  # fmt: skip


WITHOUT_SECTION = {"event_dates", "selection", "label_cutoff"}
MADE_UP = Evidence(name="luck_of_draws", find=by_strategy(_luck), metrics=(LUCK,))


@pytest.fixture(scope="module")
def result() -> RunResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "EVIDENCE", (*registry.EVIDENCE, MADE_UP))
        world = small_market(60, evaluation={"placebo": 0, "bootstrap": 0})
        spec = StrategySpec(name="S", strategy=NamedTickers(), position=PositionConfig(weight=0.1))
        config = world.components().config.model_copy(update={"baselines": ["buy_and_hold"]})
        return run_components(replace(world.components(), strategies=(spec,), config=config))


def test_it_is_in_the_documents_of_the_run(result: RunResult, tmp_path: Path) -> None:
    folder = write_run(result, tmp_path, report_html=None)
    (row, baseline) = json.loads((folder / "run.json").read_text())["strategies"]
    assert row["metrics"]["luck"] == 0.125
    assert "it was lucky" in row["warnings"]
    assert baseline["metrics"]["luck"] is None
    assert baseline["reasons"]["luck"] == "not a strategy that was chosen"
    assert run_document(result)["definitions"]["luck"] == LUCK.definition
    assert json.loads((folder / "evidence.json").read_text())["luck_of_draws"]["S"]["draws"] == 8
    assert any("Luck" in line for line in lines_of(run_view(read_run(folder), 200), 200))


def test_it_is_in_the_table_and_the_page(result: RunResult) -> None:
    assert result.table.loc["S", "luck"] == 0.125
    assert math.isnan(result.table.loc["buy_and_hold", "luck"])
    record = record_of(result)
    (line,) = [line for line in lines_of(run_view(record, 200), 200) if line.lstrip().startswith("S ")]
    assert "0.125" in line
    page = report_page(record)
    for text in (">Luck of draws</h2>", ">Luck</th>", "0.125", "draws", "0.75", LUCK.definition, "it was lucky"):
        assert text in page


def test_nothing_of_it_is_in_a_run_without_it() -> None:
    spec = StrategySpec(name="S", strategy=NamedTickers(), position=PositionConfig(weight=0.1))
    world = small_market(60, evaluation={"placebo": 0, "bootstrap": 0})
    document = run_document(run_components(replace(world.components(), strategies=(spec,))))
    assert "columns" not in document["strategies"][0]
    assert "luck" not in document["strategies"][0]["metrics"]


def test_a_row_says_why_evidence_found_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = Evidence(name="silent", find=lambda _: RunEvidence(), metrics=(LUCK,))
    monkeypatch.setattr(registry, "EVIDENCE", (silent,))
    spec = StrategySpec(name="S", strategy=NamedTickers(), position=PositionConfig(weight=0.1))
    (row,) = run_components(replace(small_market(60).components(), strategies=(spec,))).strategies
    assert math.isnan(row.metrics["luck"])
    assert row.reasons["luck"] == "undefined"


def test_kinds_have_names_and_metrics_of_their_own() -> None:
    names = [kind.name for kind in registry.EVIDENCE]
    keys = [metric.key for kind in registry.EVIDENCE for metric in kind.metrics]
    assert len(set(names)) == len(names)
    assert len(set(keys)) == len(keys)


def test_sections_and_metrics_of_every_kind_are_documented(result: RunResult, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _undocumented()
    monkeypatch.setattr(registry, "EVIDENCE", (*registry.EVIDENCE, MADE_UP, replace(MADE_UP, asked_by=("audit",))))
    assert _undocumented() == ["luck_of_draws of run", "luck", "luck_of_draws of audit", "luck"]
    assert {*result.evidence, *result["S"].evidence} - {MADE_UP.name} <= DRAWN


def _undocumented() -> list[str]:
    """Sections of which the page of whoever asks for them says nothing, and metrics that docs/methods.md has not."""
    files, methods = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("files.md", "methods.md"))
    of_runs = files.partition("### evidence.json")[2].partition("### context.json")[0]
    documented = {
        "run": of_runs,
        "study": of_runs,
        "audit": files.partition("\n| `audit` |")[2].partition("\n")[0],
        "capacity": (ROOT / "docs" / "slippage_and_capacity.md").read_text(encoding="utf-8"),
    }
    missing = []
    for kind in registry.EVIDENCE:
        # What gives metrics and words only has no section.
        if kind.name not in WITHOUT_SECTION:
            missing += [
                f"{kind.name} of {asker}" for asker in kind.asked_by if f"`{kind.name}`" not in documented[asker]
            ]
        missing += [metric.key for metric in kind.metrics if f"`{metric.key}`" not in methods]
    return missing


@pytest.fixture
def everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up kind for each of the others who ask."""
    more = (
        Evidence(name="luck_of_audits", asked_by=("audit",), find=lambda case: RunEvidence(
            rows={name: RowEvidence(section={"draws": case.draws}) for name in case.simulated})),
        Evidence(name="luck_of_groups", asked_by=("study",), definition="How lucky a group was.", find=_of_groups),
        Evidence(name="luck_of_sizes", asked_by=("capacity",), find=lambda case: RunEvidence(
            section=[{"strategy": "S", "size": size, "luck": size / 2} for size in case.sizes])),
    )  # fmt: skip
    monkeypatch.setattr(registry, "EVIDENCE", (*registry.EVIDENCE, *more))


def _of_groups(case: Case) -> RunEvidence:
    assert case.pairs is not None and case.horizons
    return RunEvidence(rows={name: RowEvidence(section=len(case.pairs)) for name in set(case.pairs.group)})


@pytest.mark.usefixtures("everywhere")
def test_whoever_asks_for_it_has_it() -> None:
    world = small_market(60, evaluation={"placebo": 5, "bootstrap": 0})
    spec = StrategySpec(name="S", strategy=NamedTickers(), position=PositionConfig(weight=0.1))
    components = replace(world.components(), strategies=(spec,))

    document = audit(components, cuts=1, draws=5).as_dict()
    assert document["strategies"][0]["luck_of_audits"] == {"draws": 5}
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(audit_view(document, "audit"))
    assert "Luck of audits: draws 5" in console.export_text()

    study = run_components(components).evidence["study"]
    assert study["luck_of_groups_definition"] == "How lucky a group was."
    assert all(group["luck_of_groups"] >= group["pairs"] for group in study["groups"])

    table = capacity_table(components, (1e6, 1e5))
    assert table["luck"].tolist() == [5e4, 5e5]
    assert table["size"].tolist() == [1e5, 1e6]
    (row,) = run_document(run_components(components))["strategies"]
    assert not [key for key in row["metrics"] if "luck" in key]
