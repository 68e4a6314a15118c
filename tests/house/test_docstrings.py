"""What public functions say of themselves: every parameter, what comes back, errors, and an example that is run."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import newsbt

MODULES = (newsbt, newsbt.testing, newsbt.inference, newsbt.strategies)


def public() -> Iterator[tuple[str, Any]]:
    for module in MODULES:
        for name in module.__all__:
            found = getattr(module, name)
            if not inspect.ismodule(found):
                yield f"{module.__name__}.{name}", found


FUNCTIONS = {name: found for name, found in public() if inspect.isfunction(found)}


def section(text: str, title: str) -> str:
    """What stands below a title of numpydoc, up to the next one; empty where there is none."""
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", text, re.M | re.S)
    return found[1] if found else ""


@pytest.mark.parametrize("name", [name for name, _ in public()])
def test_everything_public_says_what_it_is(name: str) -> None:
    text = inspect.getdoc(dict(public())[name]) or ""
    assert text and text[0].isprintable() and text.split("\n\n")[0].rstrip().endswith((".", ":"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_names_every_parameter_its_errors_and_has_an_example(name: str) -> None:
    function: Callable[..., Any] = FUNCTIONS[name]
    text = inspect.getdoc(function) or ""
    parameters = [one for one in inspect.signature(function).parameters if one != "progress"]
    # `a, b : float`, `**more`, one line each
    named = {word.strip("*") for line in re.findall(r"^(\S.*)$", section(text, "Parameters"), re.M)
            for word in re.split(r"[ ,:]+", line)}  # fmt: skip
    assert set(parameters) <= named | {"more"}, set(parameters) - named
    assert ">>> " in section(text, "Examples"), "an example"
    assert not parameters or section(text, "Raises"), "its errors"
