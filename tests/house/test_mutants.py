"""`make mutants` plants what it says, where it says."""

from __future__ import annotations

import ast
from collections import Counter
from threading import Thread
from types import CodeType

from mutants.operators import KINDS, mutants, planted
from mutants.reach import Lines
from mutants.sample import FILES, SOURCE, sample
from newsbt.kernels._compile import plain
from newsbt.kernels.rules.sizes import step_to

TEXT = """
def paid(quantity: int, price: float) -> float:
    '''Docstrings stay.'''
    total = quantity * price
    if total > 100 and not quantity % 2:
        total += fee(quantity, price)
    return total
"""


def test_each_fault_is_planted_once() -> None:
    found = mutants("a.py", TEXT)
    texts = [ast.unparse(planted(one, TEXT)) for one in found]
    assert len(set(texts)) == len(texts) and ast.unparse(ast.parse(TEXT)) not in texts
    for line in (
        "total = quantity / price", "if total >= 100 and (not quantity % 2):", "if total > 100 or not quantity % 2:",
        "if total > 101 and (not quantity % 2):", "total -= fee(quantity, price)", "total += fee(price, quantity)",
        "return None", "if not (total > 100 and (not quantity % 2)):",
    ):  # fmt: skip
        assert any(line in text for text in texts), line
    assert {one.kind for one in found} == set(KINDS)
    assert {one.function for one in found} == {"paid"}


def test_each_fault_has_a_line_that_runs() -> None:
    """A condition between brackets runs at its own lines, not at that of its `if`: worlds are chosen by lines."""
    for file in FILES:
        text = (SOURCE / file).read_text(encoding="utf-8")
        lines = _lines(compile(text, file, "exec"))
        assert [str(one) for one in mutants(file, text) if one.line not in lines] == []


def _lines(code: CodeType) -> set[int]:
    inside = [_lines(one) for one in code.co_consts if isinstance(one, CodeType)]
    return {line for *_, line in code.co_lines() if line}.union(*inside)


def test_lines_of_threads_are_seen() -> None:
    def work() -> None:
        plain(step_to)(1, 0)

    with Lines() as seen:
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert {file for file, _ in seen} == {"kernels/rules/sizes.py"}


def test_the_files_are_there_and_the_sample_is_always_the_same() -> None:
    for file, without in FILES.items():
        names = {
            node.name for node in ast.walk(ast.parse((SOURCE / file).read_text())) if isinstance(node, ast.FunctionDef)
        }
        assert names.issuperset(without), file
    drawn = sample(60, 16)
    assert drawn == sample(60, 16)
    assert Counter(one.kind for one in drawn) == dict.fromkeys(KINDS, 10)
