"""Plants a fault in code that is imported already: whoever holds the function has the fault."""

from __future__ import annotations

import importlib
from types import CodeType, FunctionType
from typing import Any

from mutants.operators import Mutant, planted
from mutants.sample import SOURCE

__all__ = ["exchange", "plant"]

INNER = ("fget", "func", "__func__")  # of a property, of one that is kept, of a class method


def plant(mutant: Mutant) -> None:
    """Exchange the code of a file's functions, kernels being plain Python, for that of the file with the fault."""
    path = SOURCE / mutant.file
    module = importlib.import_module("newsbt." + mutant.file.removesuffix(".py").replace("/", "."))
    code = compile(planted(mutant, path.read_text(encoding="utf-8")), str(path), "exec", dont_inherit=True)
    assert exchange(vars(module), code) > 0, mutant


def exchange(names: Any, code: CodeType) -> int:
    """How many functions of a module, or of a class, got new code."""
    done = 0
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
            function.__code__ = new
            done += 1
    return done
