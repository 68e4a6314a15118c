"""The table of metrics is whole, and the only one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import newsbt
from newsbt.domain import metric_table
from newsbt.domain.metric_table import METRICS
from newsbt.domain.metrics import columns, outcome_keys, sweep_columns
from newsbt.kernels import sweep_metrics

SOURCE = Path(newsbt.__file__).parent


def test_each_entry_is_read_by_one_rule() -> None:
    assert len(METRICS) == len(metric_table._TABLE)
    for spec in METRICS.values():
        assert spec.definition.endswith(".")
        assert set(spec.interval or ()) <= METRICS.keys()
        assert spec.unit == "date" or not spec.title or spec.rank < 99


def test_no_two_columns_have_one_title_or_one_rank() -> None:
    shown = columns()
    assert len({spec.title for spec in shown}) == len({spec.rank for spec in shown}) == len(shown) == 28
    assert sweep_columns() == ["total_return", "sharpe", "max_drawdown", "hit_rate", "trades", "refusals"]


def test_files_of_outcomes_are_read_by_these_places() -> None:
    """Walk-forward scores are kept by place: a number that moves would be read as another."""
    of_returns = ("total_return", "cagr", "volatility", "sharpe", "sortino", "max_drawdown", "calmar", "psr")
    assert outcome_keys(of_returns_only=True) == of_returns == outcome_keys()[:8]
    assert [getattr(sweep_metrics, key.upper()) for key in outcome_keys()] == list(range(len(outcome_keys())))
    assert [METRICS[key].outcome for key in outcome_keys()] == list(range(len(outcome_keys())))


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_nothing_else_lists_metrics(path: Path) -> None:
    known = {key for key, spec in METRICS.items() if spec.scope != "count"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    exported = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set) and id(node) not in exported:
            named = [item.value for item in node.elts if isinstance(item, ast.Constant) and item.value in known]
            assert len(named) < 4, f"{path}:{node.lineno} lists {', '.join(named)}: ask newsbt.domain.metrics"
