"""`${NAME}` in a config: secrets from the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from newsbt._plain import PlainValue
from newsbt.config.consistency import Clash

__all__ = ["expand"]

Path = tuple[str | int, ...]

VARIABLE = re.compile(r"\$\{([^}]*)\}?")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def expand(tree: PlainValue, environ: Mapping[str, str]) -> tuple[PlainValue, list[Clash]]:
    """A copy of the tree with every `${NAME}` filled in, and a clash for each that cannot be.

    Names of runs and strategies are written to the run folder, where no secret may go, so they take none.
    """
    clashes: list[Clash] = []

    def filled(text: str, path: Path) -> str:
        faults = list(_faults(text, path, environ))
        clashes.extend(faults)
        return text if faults else VARIABLE.sub(lambda match: environ[match[1]], text)

    def walk(node: PlainValue, path: Path) -> PlainValue:
        if isinstance(node, dict):
            return {key: walk(value, (*path, key)) for key, value in node.items()}
        if isinstance(node, list):
            return [walk(value, (*path, index)) for index, value in enumerate(node)]
        return filled(node, path) if isinstance(node, str) and "${" in node else node

    return walk(tree, ()), clashes


def _faults(text: str, path: Path, environ: Mapping[str, str]) -> Iterator[Clash]:
    is_name = path == ("name",) or (len(path) == 3 and path[0] == "strategies" and path[2] == "name")
    if is_name:
        yield Clash(path, "bad_value", "a name is written to the run folder, so it takes no ${...}")
        return
    for match in VARIABLE.finditer(text):
        name = match[1]
        if not match[0].endswith("}") or NAME.fullmatch(name) is None:
            yield Clash(path, "bad_value", f"expected the name of an environment variable, got {match[0]!r}")
        elif name not in environ:
            message = f"the environment variable {name!r} is not set; set it, or write the value"
            yield Clash(path, "unset_variable", message)
