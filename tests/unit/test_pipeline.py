"""A run is one short file, read from top to bottom."""

from __future__ import annotations

import ast
import inspect

from newsbt import pipeline

STEPS = (
    "read_inputs", "set_up_market", "link_events", "signals_of", "answer_books", "result_of", "gather", "record",
)  # fmt: skip


def test_the_line_has_at_most_sixty_lines_of_code() -> None:
    tree = ast.parse(inspect.getsource(pipeline))
    bodies = [node.body[0] for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef)]
    docstrings = {n for node in bodies for n in range(node.lineno, (node.end_lineno or 0) + 1)}
    lines = inspect.getsource(pipeline).splitlines()
    assert len([n for n, line in enumerate(lines, 1) if line.strip() and n not in docstrings]) <= 60


def test_each_step_stands_once_and_in_order() -> None:
    tree = ast.parse(inspect.getsource(pipeline.run_components))
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    line_of = {func.id: func.lineno for func in called if isinstance(func, ast.Name)}
    names = [func.id for func in called if isinstance(func, ast.Name)]
    assert [names.count(step) for step in STEPS] == [1] * len(STEPS)
    assert sorted(STEPS, key=lambda step: line_of[step]) == list(STEPS)
