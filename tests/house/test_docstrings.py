"""What public functions say of themselves: every parameter, what comes back, errors, and an example that is run."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from inspect import cleandoc
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


CLASSES = {name: found for name, found in public() if inspect.isclass(found) and is_dataclass(found)}
# Those that users make themselves, in strategies, readers and tests.
MADE = ("Announcement", "EventLabel", "Fee", "FrameAnnouncements", "FrameFx", "FramePrices", "FxTable", "Instrument",
        "Link", "NoLabel", "Signal", "Span", "TextLabel")  # fmt: skip


def named_in(text: str) -> set[str]:
    """The names that stand at the heads of a docstring's sections, `a, b : float, c : int`, or between backticks."""
    heads = [line for title in ("Attributes", "Parameters") for line in section(text, title).splitlines()]
    words = {word for line in heads if line[:1].strip() for word in re.findall(r"\w+", line)}
    return words | set(re.findall(r"`(\w+)", text))


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_says_what_each_of_its_fields_is(name: str) -> None:
    found = CLASSES[name]
    texts = [cleandoc(one.__doc__ or "") for one in found.__mro__ if one.__module__.startswith("newsbt")]
    named = set().union(*map(named_in, texts))
    expected = {one.name for one in fields(found) if one.init and not one.name.startswith("_")}
    assert expected <= named, sorted(expected - named)


@pytest.mark.parametrize("name", MADE)
def test_a_class_that_users_make_has_an_example(name: str) -> None:
    assert ">>> " in (getattr(newsbt, name).__doc__ or "")
