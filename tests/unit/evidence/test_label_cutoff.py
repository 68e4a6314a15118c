"""Labels in a run: rows before and after their maker's cut-off, and stories merged when asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from newsbt.assembly import assemble
from newsbt.check import check
from newsbt.config.loading import load
from newsbt.domain.progress import SilentProgress
from newsbt.errors import ConfigError
from newsbt.evidence.event_pairs import link_pairs
from newsbt.pipeline import run
from newsbt.steps.prepare import prepare
from newsbt.sweeps.sweep import sweep
from projects import write_project

CONFIG = """
account: {cash: 100000, currency: HKD}
execution: {costs: {use: zero}, slippage: {use: zero}, participation: null}
strategies: [{name: S, use: named_tickers, position: {weight: 0.5, hold: 1}}]
baselines: []
evaluation: {placebo: 0, periods_per_year: 250}
"""
TABLES = {
    "instruments": """
        ticker, name, exchange, board, currency, lot_size
        A.HK, Alpha, XHKG, main, HKD, 100
    """,
    "announcements": """
        event_id, published_at, event_type, issuer, headline, tickers
        e1, 2025-03-03T20:00+08:00, news, Alpha, Alpha opens its new model, A.HK
        e2, 2025-03-03T21:00+08:00, news, Alpha, Alpha opens its new model, A.HK
        e3, 2025-03-06T20:00+08:00, news, Alpha, Something else entirely happened, A.HK
    """,
    "prices": """
        ticker, date, open, high, low, close, volume
        A.HK, 2025-03-03, 10, 10, 10, 10, 1000000
        A.HK, 2025-03-04, 10, 10, 10, 10, 1000000
        A.HK, 2025-03-05, 11, 11, 11, 11, 1000000
        A.HK, 2025-03-06, 10, 10, 10, 10, 1000000
        A.HK, 2025-03-07, 10, 10, 10, 10, 1000000
        A.HK, 2025-03-10, 8, 8, 8, 8, 1000000
    """,
}


def project(folder: Path, *more: str, dedupe: str = "") -> Path:
    path = write_project(folder, CONFIG, **TABLES)
    text = path.read_text()
    readers = [f"{{use: csv, path: announcements.csv{dedupe}}}", *more]
    start, end = text.index("announcements:"), text.index("prices:")
    path.write_text(text[:start] + f"announcements: [{', '.join(readers)}]\n" + text[end:])
    (folder / "labels.csv").write_text("event_id,sentiment\ne1,1\ne3,-1\nnone,1\n")
    return path


LABELS = "{use: labels, path: labels.csv, made_by: a model, cutoff: 2025-03-05}"


def test_a_run_on_labels_has_rows_before_and_after_their_cutoff(tmp_path: Path) -> None:
    result = run(load(project(tmp_path, LABELS, dedupe=", dedupe: {window: 24h}")))
    names = [row.name for row in result.strategies]
    assert names == ["S", "S (to 2025-03-05)", "S (after 2025-03-05)"]
    whole, before, after = (result[name] for name in names)
    assert before.fills["event_id"].unique().tolist() == ["e1"]
    assert before.metrics["total_return"] == pytest.approx(0.05)
    assert after.counts["events"] == 1
    assert np.isnan(before.metrics["dsr"]) and "part" in before.reasons["dsr"]
    assert any("cut-off 2025-03-05" in text for text in after.warnings)
    assert whole.counts["events"] == 3
    assert any(text.startswith("labels by a model for 2 of 2 events") for text in result.summary.notices)
    assert result.summary.drops["labels"] == {"unknown_event": 1}


def test_a_sweep_says_what_its_best_did_on_either_side_of_the_cutoff(tmp_path: Path) -> None:
    path = project(tmp_path, LABELS)
    path.write_text(path.read_text() + "sweep: {grid: {position.hold: [1]}, metric: total_return}\n")
    loaded = load(path)
    found = sweep(loaded, tmp_path / "runs", workers=1)
    assert found.best is not None and list(found.parts) == ["to 2025-03-05", "after 2025-03-05"]
    assert found.notices[0].startswith("labels by a model for 2 of 3 events")
    rows = run(loaded)
    for side, metrics in found.parts.items():
        assert metrics["total_return"] == pytest.approx(rows[f"S ({side})"].metrics["total_return"])
    path.write_text(path.read_text().replace("cutoff: 2025-03-05", "cutoff: null"))
    assert not sweep(load(path), tmp_path / "runs", workers=1).parts


def test_news_of_the_cutoffs_own_day_may_have_been_known_to_the_labels_maker(tmp_path: Path) -> None:
    labels = LABELS.replace("2025-03-05", "2025-03-06").replace("labels.csv, ", "labels.csv, on_bad_row: skip, ")
    result = run(load(project(tmp_path, labels)))
    assert result["S (to 2025-03-06)"].counts["events"] == 3
    assert result["S (after 2025-03-06)"].counts["events"] == 0


def test_without_a_cutoff_there_is_one_row_and_a_word_of_warning(tmp_path: Path) -> None:
    result = run(load(project(tmp_path, LABELS.replace("2025-03-05", "null"))))
    assert [row.name for row in result.strategies] == ["S"]
    assert any("hindsight" in text for text in result.summary.notices)


def test_a_study_may_be_of_either_side_of_the_cutoff(tmp_path: Path) -> None:
    for labels, names in ((LABELS, ["to 2025-03-05"] * 2 + ["after 2025-03-05"]), ("", ["no cut-off"] * 3)):
        components = assemble(load(project(tmp_path, *([labels] if labels else []))))
        news = prepare(components, SilentProgress()).news
        assert link_pairs(components.read_universe(), news, "cutoff").group.tolist() == names


def test_stories_are_merged_only_when_asked(tmp_path: Path) -> None:
    plain = check(load(project(tmp_path)))
    assert plain.counts["events_in_run"] == 3
    assert "same_story" not in plain.drops.get("events", {})
    merged = check(load(project(tmp_path, dedupe=", dedupe: {window: 24h, threshold: 0.9}")))
    assert merged.counts["events_in_run"] == 2
    assert merged.drops["events"]["same_story"] == 1


@pytest.mark.parametrize(
    ("labels", "match"),
    [("{use: labels, path: labels.csv, made_by: m}", "needs the parameter 'cutoff'"),
     ("{use: labels, path: labels.csv, made_by: m, cutoff: soon}", "cutoff"),
     ("{use: labels, path: labels.csv, made_by: m, cutoff: null, dedupe: {window: 1h}}", "no announcements")],
)  # fmt: skip
def test_labels_that_say_too_little_are_config_errors(tmp_path: Path, labels: str, match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        run(load(project(tmp_path, labels)))
