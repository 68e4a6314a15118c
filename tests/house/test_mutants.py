"""`make mutants` plants what it says, where it says."""

from __future__ import annotations

import ast
import os
from collections import Counter
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from threading import Thread
from types import CodeType

from mutants.forks import forked
from mutants.operators import ALL_KINDS, KINDS, READING_AHEAD, Mutant, mutants, planted
from mutants.planting import exchange, holds
from mutants.reach import Lines, coded
from mutants.sample import AREAS, EXECUTION, FILES, SOURCE, drawn, equivalents, mutants_of, sample
from newsbt.kernels._compile import plain
from newsbt.kernels.rules.sizes import step_to

TEXT = """
def paid(quantity: int, price: float) -> float:
    '''Docstrings stay.'''
    total = quantity * price
    if total > 100 and not quantity % 2:
        total += fee(quantity, price)
    if quantity < 0:
        raise ValueError("quantity")
    if quantity == 7:
        return None
    return -total if quantity else sum(one for one in total if one)
"""


def test_each_fault_is_planted_once() -> None:
    found = mutants("a.py", TEXT)
    texts = [ast.unparse(planted(one, TEXT)) for one in found]
    assert len(set(texts)) == len(texts) and ast.unparse(ast.parse(TEXT)) not in texts
    for line in (
        "total = quantity / price", "if total >= 100 and (not quantity % 2):", "if total > 100 or not quantity % 2:",
        "if total > 101 and (not quantity % 2):", "total -= fee(quantity, price)", "total += fee(price, quantity)",
        "return None", "if not (total > 100 and (not quantity % 2)):", "if quantity < 0:\n        pass",
        "return +total if quantity else", "return -total if not quantity else", "for one in total if not one)",
    ):  # fmt: skip
        assert any(line in text for text in texts), line
    assert {one.kind for one in found} == set(ALL_KINDS)
    assert {one.function for one in found} == {"paid"}


def test_what_only_asserts_is_left_alone() -> None:
    """An `assert`, and the `strict` of a zip: both say what is so anyway. Arguments that may change sides do not."""
    text = "def f(a, b):\n    assert a > 1\n    return g(zip(a, b, strict=True), max(a, b))\n"
    assert sorted(one.what for one in mutants("a.py", text)) == [
        "return nothing for `return g(zip(a, b, strict=True), max(a, b))`",
        "swap arguments 1 and 2 of `g(zip(a, b, strict=True), max(a, b))`",
        "swap arguments 1 and 2 of `zip(a, b, strict=True)`",
    ]


def test_each_fault_has_a_line_that_runs() -> None:
    """A condition between brackets runs at its own lines, not at that of its `if`: worlds are chosen by lines."""
    for file in FILES:
        text = (SOURCE / file).read_text(encoding="utf-8")
        lines = _lines(compile(text, file, "exec"))
        assert [str(one) for one in mutants_of(file) if one.line not in lines] == []


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
    text = (SOURCE / "kernels/rules/sizes.py").read_text(encoding="utf-8").splitlines()
    known = {coded("kernels/rules/sizes.py", line + 1): text[line] for line in range(len(text))}
    assert set(seen) and set(seen) <= set(known)
    assert any("return" in known[line] for line in seen)


def test_what_reaches_none_of_the_files_has_no_lines() -> None:
    with Lines() as seen:  # coverage warns of nothing seen, which is an error here
        pass
    assert not seen


class Kept:
    @property
    def asked(self) -> int:
        return 1

    @cached_property
    def kept(self) -> int:
        return 1

    @classmethod
    def of_class(cls) -> int:
        return 1

    @staticmethod
    def of_none() -> int:
        return 1


@cache
def remembered() -> int:
    return 1


def test_a_fault_is_planted_whatever_stands_above_the_function() -> None:
    """Of a property that is kept none was, and each counted as one that no test sees."""
    names = {"Kept": Kept, "remembered": remembered}
    text = Path(__file__).read_text(encoding="utf-8").replace("        return 1\n", "        return 2\n")
    changed = compile(text.replace("    return 1\n", "    return 2\n"), __file__, "exec", dont_inherit=True)
    assert len(exchange(names, changed)) == 5
    one = Kept()
    assert [one.asked, one.kept, one.of_class(), one.of_none(), remembered()] == [2] * 5


class Child(Kept):
    def __init__(self) -> None:
        self.begun = 0
        super().__init__()


def hidden(function: Callable[[], int]) -> Callable[[], int]:
    return lambda: function()


@hidden
def unreached() -> int:
    return 3


def test_the_function_with_the_fault_is_among_those_exchanged() -> None:
    """That any other function was exchanged would do, and a dropped `super()` was one that the tests had noticed."""
    text = Path(__file__).read_text(encoding="utf-8")
    file = mutants("test_mutants.py", text)
    names = {"Kept": Kept, "Child": Child, "hidden": hidden, "unreached": unreached}

    def is_planted(what: str, function: str) -> bool:
        mutant = next(one for one in file if one.function == function and one.what == what)
        done = exchange(names, compile(planted(mutant, text), __file__, "exec", dont_inherit=True))
        return bool(done) and any(holds(code, mutant) for code in done)

    assert is_planted("drop `super().__init__()`", "__init__")
    assert is_planted("0 to 1 in `0`", "__init__") and Child().begun == 1
    assert not is_planted("3 to 4 in `3`", "unreached")


def test_a_process_that_dies_has_no_result_and_the_others_have_theirs() -> None:
    def work(number: int) -> int:
        return os._exit(7) if number == 2 else 10 * number

    assert sorted(forked(work, range(1, 5), 2), key=lambda one: one[0]) == [(1, 10), (2, None), (3, 30), (4, 40)]


def test_the_files_are_there_and_the_sample_is_always_the_same() -> None:
    trees = [ast.parse((SOURCE / file).read_text(encoding="utf-8")) for file in FILES]
    names = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert names.issuperset({*READING_AHEAD} - {"bring_near"}), "of what only reads ahead no fault is planted"
    found = sample(60, 16)
    assert found == sample(60, 16)
    assert Counter(one.kind for one in found) == dict.fromkeys(KINDS, 10)
    assert {one.file for one in found} <= set(EXECUTION)


def test_another_seed_draws_others_from_all_areas() -> None:
    first, other = drawn(400, 1), drawn(400, 2)
    assert first == drawn(400, 1) and len(set(first)) == len(set(other)) == 400
    assert first[:60] == drawn(60, 1)
    assert [one for one in first if AREAS[one.file] == "fx"] == drawn(4000, 1, ["fx"])[: _count(first, "fx")]
    assert len(set(first) & set(other)) < 40
    assert {AREAS[one.file] for one in first} == set(AREAS.values())


def _count(faults: list[Mutant], area: str) -> int:
    return sum(AREAS[one.file] == area for one in faults)


def test_an_equivalent_fault_is_one_that_is_there_and_says_why() -> None:
    every = [(one.file, one.function, one.what) for file in FILES for one in mutants_of(file)]
    there = set(every)
    assert len(there) == len(every), "what is said of one would be said of another that nobody read"
    for fault, reason in equivalents().items():
        assert fault in there, fault
        assert len(reason) > 40, fault
