"""docs/config.md has every key of the config with its default, and every parameter of what is built in."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsbt.catalog import BUILT_IN, find_class, parameters_of
from newsbt.config.json_schema import json_schema

PAGE = (Path(__file__).parents[2] / "docs" / "config.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (`[^|]+`) \| ((?:[^|]|\\\|)*) \|", PAGE, re.M)
DEFAULTS = {key.strip("`"): default.strip() for key, default in ROWS if key.count("`") == 2}
"""The default of each key, as the page has it."""

NEEDED = object()
UNSAID = object()
BLOCK = ("see there", "see below")
"""What stands for the default of a block of keys, which have their own."""


def keys(
    schema: Mapping[str, Any] | None = None, path: tuple[str, ...] = (), seen: tuple[str, ...] = ()
) -> Iterator[tuple[str, Any]]:
    """Each key of the config by its dotted path, numbers of lists left out, with its default."""
    whole = json_schema()
    schema = whole if schema is None else schema
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen and name != "AnalyzerConfig":
            yield from keys(whole["$defs"][name], path, (*seen, name))
    for way in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(way, ()):
            yield from keys(one, path, seen)
    if schema.get("type") == "array":
        yield from keys(schema["items"], path, seen)
    for name, one in schema.get("properties", {}).items():
        needed = name in schema.get("required", ())
        yield ".".join((*path, name)), NEEDED if needed else one.get("default", UNSAID)
        yield from keys(one, (*path, name), seen)


def documented(key: str) -> str | None:
    """What the page gives as a key's default; it may leave out the first of three names (`position.hold`)."""
    short = key.partition(".")[2]
    return DEFAULTS.get(key, DEFAULTS.get(short) if "." in short else None)


def is_default(stated: str, default: object) -> bool:
    if default is NEEDED:
        return stated == "needed"
    if default is UNSAID:  # of a block, or empty
        return stated in (*BLOCK, "`{}`")
    if stated in BLOCK:
        return isinstance(default, dict)
    return bool(yaml.safe_load(stated.strip("`")) == default)


@pytest.mark.parametrize(("key", "default"), list(dict(keys()).items()))
def test_every_key_is_documented_with_its_default(key: str, default: object) -> None:
    stated = documented(key)
    assert stated is not None, f"docs/config.md has no row for {key}"
    assert is_default(stated, default), f"docs/config.md says {stated} for {key}; it is {default!r}"


def test_the_page_names_no_key_that_is_none() -> None:
    known = {key for key, _ in keys()}
    names = known | {key.partition(".")[2] for key in known}
    components = {name for group in BUILT_IN.values() for name in group}
    assert not [key for key in DEFAULTS if key not in names and key not in components]


COMPONENTS = [(kind, use) for kind, group in BUILT_IN.items() for use in group]


def parameters(kind: str, use: str) -> Iterator[tuple[str, object]]:
    cls = find_class(kind, use, Path(), lambda *_: pytest.fail(f"no {use}"))
    own = {field.name: field for field in dataclasses.fields(cls)}
    for name in parameters_of(cls) or ():
        field = own[name]
        if field.default_factory is not dataclasses.MISSING:
            yield name, field.default_factory()
        else:
            yield name, NEEDED if field.default is dataclasses.MISSING else field.default


SECTIONS = {
    "strategies": "strategies", "readers": "announcements", "providers": "prices", "fx": "fx",
    "labellers": "labeller", "costs": "execution", "slippage": "execution", "linkers": "Top level",
    "sizers": "strategies",
}  # fmt: skip
"""Where the page has each kind of component."""


def documented_parameters(kind: str, use: str) -> dict[str, str]:
    """What the page says of a component's parameters: the first words in the brackets behind each."""
    section = PAGE.partition(f"\n## {SECTIONS[kind]}\n")[2].partition("\n## ")[0]
    found: dict[str, str] = {}
    for row in re.findall(r"^\| (.*) \|$", section, re.M):
        *named, stated = row.split(" | ")
        group = named[0].split(", ") if len(named) == 2 else [kind]
        if named and kind in group and f"`{use}`" in named[-1]:
            found |= re.findall(r"`(\w+)` \(([^;)]*)", stated)
    return found


@pytest.mark.parametrize(("kind", "use"), COMPONENTS)
def test_every_parameter_is_documented_with_its_default(kind: str, use: str) -> None:
    stated = documented_parameters(kind, use)
    block = SECTIONS[kind]
    for name, default in parameters(kind, use):
        text = stated.get(name, DEFAULTS.get(f"{block}.{name}"))
        assert text is not None, f"docs/config.md does not tell of `{name}` of {use} below {block}"
        plain = list(default) if isinstance(default, tuple) else default
        assert is_default(text, plain), f"docs/config.md says {text} for `{name}` of {use}; it is {plain!r}"
