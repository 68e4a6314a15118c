"""Plants a fault in code that is imported already: whoever holds the function has the fault."""

from __future__ import annotations

import importlib
from types import CodeType, FunctionType
from typing import Any

from mutants.operators import Mutant, planted
from mutants.sample import SOURCE

__all__ = ["exchange", "holds", "plant"]

INNER = ("fget", "func", "__func__")  # of a property, of one that is kept, of a class method


def plant(mutant: Mutant) -> None:
    """Exchange the code of a file's functions, kernels being plain Python, for that of the file with the fault."""
    path = SOURCE / mutant.file
    module = importlib.import_module("newsbt." + mutant.file.removesuffix(".py").replace("/", "."))
    code = compile(planted(mutant, path.read_text(encoding="utf-8")), str(path), "exec", dont_inherit=True)
    assert any(holds(new, mutant) for new in exchange(vars(module), code)), mutant


def holds(code: CodeType, mutant: Mutant) -> bool:
    """Whether the fault is in this function or one inside it. Its line says so: a fault may compile to equal code."""
    if code.co_name == mutant.function and mutant.line in lines_of(code):
        return True
    return any(holds(one, mutant) for one in inside(code))


def lines_of(code: CodeType) -> set[int]:
    return {line for *_, line in code.co_lines() if line}.union(*map(lines_of, inside(code)))


def inside(code: CodeType) -> list[CodeType]:
    return [one for one in code.co_consts if isinstance(one, CodeType)]


def exchange(names: Any, code: CodeType) -> list[CodeType]:
    """The new code that functions of a module, or of a class, got."""
    done = []
    for new in code.co_consts:
        if not isinstance(new, CodeType):
            continue
        found = names.get(new.co_name)
        if isinstance(found, type):
            done += exchange(vars(found), new)
        function = next((inner for inner in (getattr(found, name, None) for name in INNER) if inner is not None), found)
        while hasattr(function, "__wrapped__"):  # what it answered is kept, of which nothing was asked yet
            function = function.__wrapped__
        if isinstance(function, FunctionType) and function.__code__.co_firstlineno == new.co_firstlineno:
            if not new.co_freevars:  # of a method whose `super()` was dropped, and still is bound to its class
                new = new.replace(co_freevars=function.__code__.co_freevars)
            function.__code__ = new
            done.append(new)
    return done
