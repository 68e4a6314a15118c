"""From a file, or a mapping, to a checked config that knows where everything was written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError

from newsbt._plain import PlainValue
from newsbt.config.consistency import Clash, clashes
from newsbt.config.environment import expand
from newsbt.config.faults import at, dotted, translated
from newsbt.config.models import RunConfig
from newsbt.config.overrides import Change, LeftOver, OverrideFault, apply, left_over, origin_of, parse
from newsbt.config.resolved_document import TooDeepError, as_document, copied, default_document, laid_over, plain
from newsbt.domain import yaml_text
from newsbt.domain.input_files import expanded, kind_of, read_bytes
from newsbt.domain.showing import brief
from newsbt.domain.size_limits import limit_of
from newsbt.error_codes import ErrorCode
from newsbt.errors import ConfigError, DataError, Problem

__all__ = ["KeyPath", "LoadedConfig", "from_mapping", "load"]

KeyPath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What a config was read from: the tree as written, overrides applied and `${NAME}` not filled in."""

    tree: dict[str, Any]
    folder: Path
    environ: Mapping[str, str]
    path: Path | None = None
    node: yaml_text.Node | None = None
    origins: tuple[tuple[KeyPath, str], ...] = ()
    left_over: tuple[LeftOver, ...] = ()

    def line_of(self, path: KeyPath) -> int | None:
        real = at(self.tree, path)[1]
        if self.node is None or origin_of(real, self.origins) is not None:
            return None
        line, found = self.node.line_of(real)
        return line if found else None

    def located(self, clash: Clash) -> Problem:
        """The clash with its file and line, or with the override that brought it in."""
        text = origin_of(clash.path, self.origins)
        if text is not None:
            message = f"{clash.message} (override {text!r})"
            return Problem(code=clash.code, message=message, key=dotted(clash.path))
        file = None if self.path is None else str(self.path)
        line = None if self.node is None else self.node.line_of(clash.path)[0]
        return Problem(code=clash.code, message=clash.message, file=file, line=line, key=dotted(clash.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedConfig:
    """A checked config and where it came from.

    `document` is the whole config as plain values, defaults and overrides written out and `${NAME}` left as it was,
    fit for a run folder.
    """

    config: RunConfig
    document: dict[str, Any]
    _source: _Source = field(repr=False)

    __repr__ = brief

    @property
    def path(self) -> Path | None:
        """The file that was read; None for a mapping."""
        return self._source.path

    @property
    def folder(self) -> Path:
        """What relative paths are relative to."""
        return self._source.folder

    @property
    def written(self) -> dict[str, Any]:
        """What was written, overrides applied and `${NAME}` left as it was: what `from_mapping` takes."""
        tree: dict[str, Any] = copied(self._source.tree)
        return tree

    @property
    def left_over(self) -> tuple[LeftOver, ...]:
        """Keys in blocks with `use:` that stood there before an override named another component."""
        return self._source.left_over

    def without(self, gone: Iterable[LeftOver]) -> LoadedConfig:
        """The same config without keys that were left over."""
        tree = copied(self._source.tree)
        for one in gone:
            block = at(tree, one.path[:-1])[0]
            block.pop(one.path[-1], None)
        return _checked(replace(self._source, tree=tree, left_over=()), ())

    def resolve(self, text: str) -> Path:
        """A path of the config as one that can be opened: relative ones start at the config's folder.

        Raises
        ------
        ConfigError
            It begins with ``~`` and a user whom nobody knows.
        """
        return self.folder / expanded(text)

    def line_of(self, key_path: KeyPath | str) -> int | None:
        """The line of a key, or of the nearest key around it; None where the file does not say it.

        `key_path` is a tuple such as ``("strategies", 0, "params", "themes")``, or the same as dotted text.
        """
        return self._source.line_of(_key_path(key_path))

    def problem(self, code: ErrorCode, key_path: KeyPath | str, message: str) -> Problem:
        """A problem at a key of this config, with its file and line, for those who check components."""
        path = at(self._source.tree, _key_path(key_path))[1]
        return self._source.located(Clash(path, code, message))

    def override(self, changes: Iterable[Change]) -> LoadedConfig:
        """The same config with changes: ``dotted.key=value`` texts, or pairs of dotted key and value.

        Raises
        ------
        ConfigError
            A change names an unknown key or gives a value that does not fit.
        """
        return _checked(self._source, changes)


def load(
    path: Path | str, overrides: Iterable[Change] = (), *, environ: Mapping[str, str] = os.environ
) -> LoadedConfig:
    """Read a config file and check all of it.

    Parameters
    ----------
    path : Path or str
        A YAML file, UTF-8 with or without a byte order mark.
    overrides : iterable of str or (str, value)
        ``dotted.key=value``, the value as YAML; a strategy goes by number or by name. Pairs carry a ready value.
    environ : mapping
        Where `${NAME}` is looked up.

    Raises
    ------
    ConfigError
        With one problem for each fault of the file: code, line, key path and what was expected.
    """
    path = Path(path)
    file = str(path)
    try:
        node, faults = yaml_text.read(_text(path))
    except yaml_text.YamlFault as error:
        fault = error.fault
        raise _error([Problem(code=fault.code, message=fault.message, file=file, line=fault.line)]) from None
    if node is None:
        raise _error([Problem(code="empty_file", message="expected a config, but the file says nothing", file=file)])
    tree = node.plain()
    if not isinstance(tree, dict):
        raise _error([Problem(code="wrong_type", message=_no_mapping(tree), file=file, line=node.line)])
    source = _Source(tree=tree, folder=path.parent, environ=environ, path=path, node=node)
    repeated = [Problem(code=f.code, message=f.message, file=file, line=f.line, key=dotted(f.path)) for f in faults]
    return _checked(source, overrides, repeated)


def from_mapping(
    mapping: Mapping[str, Any],
    folder: Path | str = ".",
    overrides: Iterable[Change] = (),
    *,
    environ: Mapping[str, str] = os.environ,
) -> LoadedConfig:
    """Check a config given as a mapping; `folder` is what its relative paths are relative to.

    Tuples, paths and numpy scalars are taken as what they stand for; other objects are kept as they are where
    components take them, and `document` names their type.

    Raises
    ------
    ConfigError
        With one problem for each fault: code, key path and what was expected.
    """
    try:
        tree = plain(mapping)
    except TooDeepError as error:
        raise _error([Problem(code="too_large", message=str(error))]) from None
    if not isinstance(tree, dict):
        raise _error([Problem(code="wrong_type", message=_no_mapping(tree))])
    return _checked(_Source(tree=tree, folder=Path(folder), environ=environ), overrides)


def _checked(source: _Source, changes: Iterable[Change], problems: Sequence[Problem] = ()) -> LoadedConfig:
    found = list(problems)
    tree, origins, set_now = copied(source.tree), source.origins, []
    for change in changes:
        try:
            override = parse(change)
            origin, path = apply(tree, override, default_document())
            origins = (*origins, (origin, override.text))
            set_now.append(path)
        except OverrideFault as error:
            found.append(error.problem)
    left = [one for one in source.left_over if not any(one.path[: len(path)] == path for path in set_now)]
    left += left_over(_with_defaults(source.tree), tree, set_now) if set_now else []
    source = replace(source, tree=tree, origins=origins, left_over=tuple(dict.fromkeys(left)))
    filled, faults = expand(tree, source.environ)
    config = None
    try:
        config = RunConfig.model_validate(filled)
    except ValidationError as error:
        unset = {clash.path for clash in faults}
        faults += [clash for clash in translated(error, tree) if clash.path not in unset]
    faults += clashes(tree)
    found += [source.located(clash) for clash in faults]
    if config is None or found:
        raise _error(sorted(found, key=lambda problem: (problem.line or 0, problem.key or "")))
    return LoadedConfig(config=config, document=laid_over(as_document(config), tree), _source=source)


def _with_defaults(tree: dict[str, Any]) -> dict[str, Any]:
    """A tree with the defaults of the blocks with `use:` that it leaves out."""
    defaults: dict[str, Any] = default_document()
    execution = tree.get("execution")
    return defaults | tree | {"execution": defaults["execution"] | (execution if isinstance(execution, dict) else {})}


def _error(problems: Sequence[Problem]) -> ConfigError:
    return ConfigError("\n".join(str(problem) for problem in problems), problems)


def _no_mapping(tree: PlainValue) -> str:
    kind = "a list" if isinstance(tree, list) else f"a {type(tree).__name__}"
    return f"expected a mapping with keys such as name and universe; got {kind}"


def _text(path: Path) -> str:
    def stop(code: ErrorCode, message: str, line: int | None = None) -> ConfigError:
        return _error([Problem(code=code, message=message, file=str(path), line=line)])

    try:
        if kind_of(path) == "folder":
            raise stop("not_a_file", "expected a config file, but this is a folder")
        content = read_bytes(path, limit_of("config"))
    except DataError as error:
        (problem,) = error.problems
        raise stop(problem.code, problem.message) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"expected UTF-8, got the byte 0x{content[error.start]:02x}; save the file as UTF-8"
        raise stop("not_utf8", message, line) from None


def _key_path(key_path: KeyPath | str) -> KeyPath:
    if not isinstance(key_path, str):
        return tuple(key_path)
    parts = key_path.replace("[", ".").replace("]", "").split(".")
    return tuple(int(part) if part.isdecimal() else part for part in parts)
