"""What commands show, kept as text at four widths in `tests/data/screens`, so that a change is read as a diff.

`make screens` writes the files anew. They are drawn from small runs made by hand and, of `explain`, `study` and
`audit`, from documents of the sample, shortened, in `documents.json` beside them; `python -m screens --documents` makes
those anew too, in a minute.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rich.console import Group, RenderableType

from made_runs import STARTED, made_run, strategy
from newsbt.domain.record import RunRecord
from newsbt.reports import comparison
from newsbt.reports.audit_text import audit_view
from newsbt.reports.explanation_text import explanation_view
from newsbt.reports.heat_map import heat_table
from newsbt.reports.pairwise_tests import Duel
from newsbt.reports.results_table import lines_of, run_view
from newsbt.reports.run_listing import events_with_counts, listing
from newsbt.reports.study_text import study_view
from newsbt.reports.sweep_text import fold_view, sweep_view
from newsbt.runs.run_document import record_of

__all__ = ["SCREENS", "WIDTHS", "file_of", "kept_text", "screen"]

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "data" / "screens"
DOCUMENTS = FOLDER / "documents.json"
WIDTHS = (80, 100, 120, 200)

REFUSED = "0700.HK on 2025-03-06: it opened at its upper limit of 410 HKD, where nobody could buy (X8)"
CHINESE = "借道新闻买入受益的人工智能概念股并持有三个交易日"


@dataclass(frozen=True)
class Variant:
    """A variant of a sweep, as far as tables read it."""

    params: Mapping[str, Any]
    metrics: Mapping[str, float] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class Fold:
    """A fold of a walk-forward test, as far as tables read it."""

    params: Mapping[str, Any]
    value: float
    first: str
    last: str


@cache
def run() -> RunRecord:
    """A strategy that traded, one with a name in letters of two cells, one that never did, and what to compare with."""
    rows = (
        strategy("Buy on rival release", explained=lambda: [REFUSED]),
        strategy(CHINESE, explained=lambda: [REFUSED]),
        strategy("Never", trades=False, warnings=("it can trade none of the run's 14 events: none is of its types",)),
        strategy("buy_and_hold", kind="baseline"),
    )
    return record_of(made_run(strategies=rows))


def variants() -> list[Variant]:
    """A grid of two keys and a list of themes, one of which failed."""
    made = []
    for k, (themes, hold, stop) in enumerate(
        (themes, hold, stop) for themes in (["chinese_ai", "半导体"], []) for hold in (1, 3, 5) for stop in (None, 0.05)
    ):
        params = {"strategies.0.params.themes": themes, "position.hold": hold, "position.stop_loss": stop}
        if k == 7:
            made.append(Variant(params, error="strategy 'A' raised ZeroDivisionError: division by zero"))
            continue
        metrics = {
            "sharpe": 1.51 - k / 7, "total_return": 0.271 - k / 29, "max_drawdown": -0.0969 - k / 211,
            "hit_rate": 0.482 + k / 173, "trades": 612.0 + 157 * k, "refusals": 10.0 + 3 * k,
        }  # fmt: skip
        made.append(Variant(params, metrics))
    return made


def _run(width: int) -> RenderableType:
    return run_view(run(), width)


def _verified(width: int) -> RenderableType:
    made = made_run(with_benchmark=False, verified=("Buy on rival release", "buy_and_hold"))
    return run_view(record_of(made), width)


def _listed(table: str) -> Callable[[int], RenderableType]:
    def view(_: int) -> RenderableType:
        record = run()
        frame = events_with_counts(record) if table == "events" else record.table(table)
        return listing(table, frame, [str(row["name"]) for row in record.rows if row["kind"] == "strategy"])

    return view


def _compare(width: int) -> RenderableType:
    other = record_of(made_run(name="other costs", started_at=STARTED.replace("09:30", "11:45")))
    duels = [
        Duel(one="1: Buy on rival release", other=f"1: {CHINESE}", difference=1.16, p=0.309, adjusted=0.927),
        Duel(one="1: Never", other="2: Never", difference=math.nan, p=math.nan, reason="no trades"),
    ]
    configs = [{"execution": {"latency": "5min"}}, {"execution": {"latency": "1h"}, "account": {"cash": 500_000}}]
    return comparison.terminal(comparison.comparison([run(), other], "sharpe", configs, duels), width)


def _sweep(_: int) -> RenderableType:
    found = variants()
    walked = {"sharpe": 0.16, "total_return": 0.0104, "max_drawdown": -0.136}
    folds = [
        Fold(found[0].params, 4.17, "2024-09-17", "2024-12-04"), Fold(found[9].params, 2.98, "2024-12-05", "2025-02-24")
    ]  # fmt: skip
    table = heat_table(found, "sharpe", found[0], None)
    assert table is not None
    return Group(sweep_view(found, "sharpe", 20, "Buy on rival release", walked), fold_view(folds, "sharpe"), table)


def _explain(*, is_all: bool) -> Callable[[int], RenderableType]:
    def view(_: int) -> RenderableType:
        document, headline, verdict, markets, known = documents()["explain"]
        openings = {market: tuple(reasons) for market, reasons in markets.items()}
        return explanation_view(document, headline, verdict, openings, known, is_all=is_all)

    return view


SCREENS: dict[str, Callable[[int], RenderableType]] = {
    "run": _run,
    "run-verified": _verified,
    **{f"show-{table}": _listed(table) for table in ("trades", "fills", "refusals", "events")},
    "explain": _explain(is_all=False),
    "explain-all": _explain(is_all=True),
    "compare": _compare,
    "study": lambda _: study_view(*documents()["study"]),
    "audit": lambda _: audit_view(*documents()["audit"]),
    "sweep": _sweep,
}


@cache
def documents() -> dict[str, Any]:
    """What the views of `explain`, `study` and `audit` were handed of the sample."""
    found: dict[str, Any] = json.loads(DOCUMENTS.read_bytes())
    return found


def screen(name: str, width: int) -> str:
    """What a command shows in a terminal so many columns wide."""
    return "\n".join(lines_of(SCREENS[name](width), width)) + "\n"


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.txt"


def kept_text(name: str) -> str:
    """A screen at all widths, as its file has it."""
    return "\n".join(f"{'=' * 20} {width} columns\n{screen(name, width)}" for width in WIDTHS)


def _handed(view: str, words: list[str]) -> Iterator[Any]:
    """What a view is handed when a command draws it."""
    from newsbt.cli import main

    with patch(view, return_value="") as drawn:
        assert main(words) == 0
    yield from drawn.call_args.args


def make_documents() -> None:
    """Run the sample, and keep what the views are handed, shortened."""
    import os

    os.chdir(ROOT)
    config, item = "configs/rival_release.yaml", "tests/data/articles/wire/01_alibaba_qwq32b.txt"
    explain = list(_handed("newsbt.reports.explanation_text.explanation_view", ["explain", item, "--config", config]))
    study, *of_study = _handed("newsbt.reports.study_text.study_view", ["study", config])
    audit, *of_audit = _handed("newsbt.reports.audit_text.audit_view", ["audit", config])
    study["groups"] = study["groups"][:5]
    audit["strategies"] = audit["strategies"][:2]
    kept = {"explain": explain, "study": [study, *of_study], "audit": [audit, *of_audit]}
    DOCUMENTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if "--documents" in sys.argv:
        make_documents()
    for each in SCREENS:
        file_of(each).write_text(kept_text(each), encoding="utf-8")
