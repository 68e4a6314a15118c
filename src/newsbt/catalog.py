"""From names to components: what `use:` may say, and how its parameters reach the class."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import importlib.machinery
import importlib.util
import inspect
import os
import re
import sys
import typing
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError

from newsbt.digests import file_digest
from newsbt.domain.input_files import absolute, expanded, kind_of, read_bytes
from newsbt.domain.size_limits import limit_of
from newsbt.error_codes import ErrorCode
from newsbt.errors import ConfigError, NewsbtError, Problem, nearest
from newsbt.ports import StepStrategy, Strategy
from newsbt.ports.conformance import CONTRACTS_PAGE
from newsbt.ports.installed import installed

__all__ = [
    "BUILT_IN", "Report", "analyzer_parameters", "build", "find_analyzer", "find_class", "is_backtrader_strategy",
    "names", "parameters_of", "path_parameters", "project_folder", "source_hash", "strategy_kind", "values_of",
]  # fmt: skip

Report = Callable[[ErrorCode, tuple[str | int, ...], str], Problem]
"""Makes a problem of a code, a key path below the component, and a message."""

BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "strategies": {
        "fade": "newsbt.strategies.fade:Fade",
        "issuer_drift": "newsbt.strategies.issuer_drift:IssuerDrift",
        "named_tickers": "newsbt.strategies.named_tickers:NamedTickers",
        "rival_release": "newsbt.strategies.rival_release:RivalRelease",
        "sector_index": "newsbt.strategies.sector_index:SectorIndex",
        "sentiment_decay": "newsbt.strategies.sentiment_decay:SentimentDecay",
        "spillover": "newsbt.strategies.spillover:Spillover",
    },
    "readers": {
        "alpaca": "newsbt.events.from_feeds:AlpacaAnnouncements",
        "articles": "newsbt.events.from_articles:ArticleAnnouncements",
        "csv": "newsbt.events.from_csv:CsvAnnouncements",
        "excel": "newsbt.events.from_excel:ExcelAnnouncements",
        "gdelt": "newsbt.events.from_feeds:GdeltAnnouncements",
        "jsonl": "newsbt.events.from_jsonl:JsonlAnnouncements",
        "labels": "newsbt.events.labels:LabelTable",
        "mapped": "newsbt.events.from_feeds:MappedAnnouncements",
        "parquet": "newsbt.events.from_parquet:ParquetAnnouncements",
        "rss": "newsbt.events.from_feeds:RssAnnouncements",
        "store": "newsbt.events.from_store:StoreAnnouncements",
    },
    "providers": {
        "csv": "newsbt.prices.price_readers:CsvPrices",
        "excel": "newsbt.prices.price_readers:ExcelPrices",
        "parquet": "newsbt.prices.price_readers:ParquetPrices",
        "store": "newsbt.prices.stored_prices:StoredPrices",
    },
    "labellers": {
        "learned": "newsbt.events.labelling.learned:Learned",
        "llm": "newsbt.events.labelling.llm:LanguageModel",
        "rules": "newsbt.events.labelling.rule_labeller:Rules",
    },
    "linkers": {
        "table": "newsbt.linking.links:TableLinker",
    },
    "fx": {
        "csv": "newsbt.prices.fx_readers:CsvFx",
        "fixed": "newsbt.prices.fx_readers:FixedFx",
        "store": "newsbt.prices.stored_prices:StoredFx",
    },
    "costs": {
        "flat": "newsbt.markets.costs:Flat",
        "market_schedule": "newsbt.markets.costs:MarketSchedule",
        "zero": "newsbt.markets.costs:ZeroCosts",
    },
    "sizers": {
        "inverse_volatility": "newsbt.simulation.sizers:InverseVolatility",
    },
    "slippage": {
        "bps": "newsbt.simulation.slippage:Bps",
        "half_spread": "newsbt.simulation.slippage:HalfSpread",
        "volume_share": "newsbt.simulation.slippage:VolumeShare",
        "zero": "newsbt.simulation.slippage:ZeroSlippage",
    },
}

PULLED: Mapping[str, tuple[str, ...]] = dict.fromkeys(("providers", "fx"), ("yfinance", "akshare", "baostock"))
"""Whom no run asks: `newsbt data pull` does, and keeps what they answer."""


def names(kind: str) -> tuple[str, ...]:
    """Every name that `use:` may say for a kind of component: built in, and installed by entry points."""
    return tuple(sorted({*BUILT_IN[kind], *(point.name for point in installed(kind))}))


def find_class(kind: str, use: str, folder: Path, report: Report) -> type:
    """The class that `use:` names: built in, an entry point, ``pkg.module:Class``, or ``path.py:Class``.

    Raises
    ------
    ConfigError
        No such name, module, file or class; or the module's own code raises.
    """
    if use in BUILT_IN[kind]:
        module, _, name = BUILT_IN[kind][use].partition(":")
        return typing.cast(type, getattr(importlib.import_module(module), name))
    if ":" not in use:  # what is installed need not be searched for a class of a file or module
        for point in installed(kind):
            if point.name == use:
                return typing.cast(type, _loaded(point.load, f"{use} ({point.value})", report))
    where, colon, name = use.rpartition(":")
    if not colon or not name:
        known = names(kind)
        reason = f"'{use}' is not one of {', '.join(known)}"
        if use in PULLED.get(kind, ()):
            asked = f"no run asks {use}: `newsbt data pull` does, for the store that `use: store` reads"
            reason = f"{asked}; there are {', '.join(known)}"
        message = f"{reason}, pkg.module:Class, or path.py:Class{nearest(use, known)}"
        raise ConfigError.of([report("unknown_name", ("use",), message)])
    module_ = _module_of_file(where, folder, report) if where.endswith(".py") else _module_named(where, report)
    found = getattr(module_, name, None)
    if not isinstance(found, type):
        classes = [key for key, value in vars(module_).items() if isinstance(value, type)]
        own = [key for key in classes if getattr(module_, key).__module__ == module_.__name__]
        hint = nearest(name, classes) or (f"; it has {', '.join(own)}" if own else "")
        message = f"{where} has no class '{name}'{hint}"
        raise ConfigError.of([report("unknown_name", ("use",), message)])
    source_hash(found)  # now: its file may be another when somebody asks
    return found


def build(cls: type, params: Mapping[str, Any], report: Report, *, at: tuple[str | int, ...] = ("params",)) -> Any:
    """An instance of a component's class from the parameters of the config.

    A component is a dataclass whose fields are its parameters. Unknown names, missing ones and values of another
    type are reported together; lists become tuples; what the class itself refuses is reported in its own words.

    Raises
    ------
    ConfigError
    """
    if not dataclasses.is_dataclass(cls):
        message = f"{cls.__name__} is no dataclass: its parameters are fields of one ({CONTRACTS_PAGE})"
        raise ConfigError.of([report("bad_component", ("use",), message)])
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    problems = [
        report("unknown_key", (*at, name), f"unknown parameter '{name}' of {cls.__name__}{_hint(name, fields)}")
        for name in params
        if name not in fields
    ]
    given = {name: _as_tuples(value) for name, value in params.items() if name in fields}
    for name, field in fields.items():
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and name not in given:
            problems.append(report("missing_key", (*at, name), f"{cls.__name__} needs the parameter '{name}'"))
    hints = _hints(cls)
    for name, value in given.items():
        problem = _type_fault(hints.get(name, Any), value)
        if problem:
            problems.append(report("wrong_type", (*at, name), f"expected {problem}, got {value!r}"))
    if problems:
        raise ConfigError.of(problems)
    try:
        return cls(**given)
    except ConfigError as error:
        keyed = [(one, tuple(one.key.split("."))) for one in error.problems if one.key]
        if not error.problems:
            raise ConfigError.of([report("bad_value", at, str(error))]) from error
        if not keyed:
            raise
        raise ConfigError.of([report(one.code, (*at, *key), one.message) for one, key in keyed]) from error
    except (ValueError, TypeError) as error:
        raise ConfigError.of([report("bad_value", at, f"{cls.__name__}: {error}")]) from error


def strategy_kind(cls: type) -> Literal["events", "steps", "orders", ""]:
    """Whether a class answers all events at once, is asked row by row, or sends orders of its own; "" where it is no
    strategy."""
    if issubclass(cls, StepStrategy):
        return "steps"
    if issubclass(cls, Strategy):
        return "events"
    return "orders" if is_backtrader_strategy(cls) else ""


def is_backtrader_strategy(cls: type) -> bool:
    """Whether a class derives from newsbt.BacktraderStrategy; backtrader is imported only where something may."""
    if "backtrader" not in sys.modules:
        return False
    from newsbt.simulation.backtrader.strategy import BacktraderStrategy

    return issubclass(cls, BacktraderStrategy)


def parameters_of(cls: type) -> tuple[str, ...] | None:
    """The names of a component's parameters; None where its class does not say them."""
    if is_backtrader_strategy(cls):
        return tuple(cls.params._getkeys())  # type: ignore[attr-defined]
    return (
        tuple(field.name for field in dataclasses.fields(cls) if field.init) if dataclasses.is_dataclass(cls) else None
    )


def values_of(item: Any) -> dict[str, Any]:
    """The values of an object's parameters, by name; of a backtrader strategy's class those it has by itself."""
    by_class = isinstance(item, type)
    owner: Any = inspect.getattr_static(item, "params") if by_class else item
    return {name: getattr(owner, name) for name in parameters_of(item if by_class else type(item)) or ()}


def path_parameters(cls: type) -> frozenset[str]:
    """The parameters of a component that are files or folders, or several, as their annotations say: `Path`,
    ``str | Path``, ``tuple[Path, ...]``. In a config they are relative to it."""
    if not dataclasses.is_dataclass(cls):
        return frozenset()
    hints = _hints(cls)
    return frozenset(
        one.name for one in dataclasses.fields(cls) if one.init and _is_path(hints.get(one.name, one.type))
    )


def _is_path(hint: Any) -> bool:
    if isinstance(hint, str):  # one that only a type checker can resolve
        return re.search(r"\b(Path|PathLike)\b", hint) is not None
    within = typing.get_args(hint)
    return any(map(_is_path, within)) if within else isinstance(hint, type) and issubclass(hint, os.PathLike)


def project_folder(cls: type) -> str:
    """The folder of a component's project that it reads where no `path` names another; blank where it has none."""
    folder = getattr(cls, "project_folder", "")
    return folder if isinstance(folder, str) else ""


def analyzer_parameters(use: str) -> tuple[str, ...]:
    """The names of the parameters of one of backtrader's analyzers; none where there is no such analyzer."""
    from newsbt.simulation.backtrader.analyzers import ANALYZERS

    return tuple(ANALYZERS[use].params._getkeys()) if use in ANALYZERS else ()


def find_analyzer(use: str, params: Mapping[str, Any], report: Report) -> Any:
    """One of backtrader's analyzers by the name of its class.

    Raises
    ------
    ConfigError
        No such analyzer, or it has no such parameter.
    """
    from newsbt.simulation.backtrader.analyzers import ANALYZERS, Analyzer

    if use not in ANALYZERS:
        message = f"backtrader has no analyzer '{use}'; it has {', '.join(ANALYZERS)}{nearest(use, ANALYZERS)}"
        raise ConfigError.of([report("unknown_name", ("use",), message)])
    cls = ANALYZERS[use]
    known = analyzer_parameters(use)
    unknown = [
        report("unknown_key", (name,), f"unknown parameter '{name}' of {use}{_hint(name, dict.fromkeys(known))}")
        for name in params
        if name not in known
    ]
    if unknown:
        raise ConfigError.of(unknown)
    return Analyzer(use, cls, dict(params))


def source_hash(cls: type) -> str:
    """SHA-256 of the file that defines a class: of the bytes that were executed, or of those there when the class was
    first asked about, where an import executed them; empty where there is no file."""
    if cls not in _SEEN:
        loader = getattr(sys.modules.get(cls.__module__), "__loader__", None)
        _SEEN[cls] = loader.digest if isinstance(loader, _SourceLoader) else _file_hash(cls)
    return _SEEN[cls]


_SEEN: weakref.WeakKeyDictionary[type, str] = weakref.WeakKeyDictionary()


class _SourceLoader(importlib.machinery.SourceFileLoader):
    """Reads a source file once, past any compiled copy of it, and says what it read in `digest`."""

    digest = ""

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the name that importlib calls it by
        data = self.get_data(self.path)
        self.digest = hashlib.sha256(data).hexdigest()
        return self.source_to_code(data, self.path)


def _file_hash(cls: type) -> str:
    try:
        file = inspect.getsourcefile(cls)
    except (TypeError, OSError):  # a class of a notebook or of an interpreter has no file
        return ""
    if file is None or not Path(file).is_file():
        return ""
    return file_digest(Path(file))


def _module_named(name: str, report: Report) -> ModuleType:
    module: ModuleType = _loaded(lambda: importlib.import_module(name), name, report)
    return module


def _loaded(load: Callable[[], Any], name: str, report: Report) -> Any:
    """What is imported, with the module that is really missing named where one is."""
    try:
        return load()
    except ModuleNotFoundError as error:
        missing = str(error.name)
        is_it = name == missing or name.startswith(f"{missing}.")
        needed = "" if is_it else f", which {name} needs"
        message = f"there is no module '{missing}'{needed}; install it, or give a path ending in .py"
        raise ConfigError.of([report("unknown_name", ("use",), message)]) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise ConfigError.of([report("broken_module", ("use",), _failure(name, error))]) from error


def _module_of_file(text: str, folder: Path, report: Report) -> ModuleType:
    try:
        path = absolute(folder / expanded(text))
        if not kind_of(path):
            raise ConfigError(f"there is no file {path}", code="missing_file")
        read_bytes(path, limit_of("strategy"))
    except NewsbtError as error:
        raise ConfigError.of([report("missing_file", ("use",), str(error))]) from None
    # One name a file: classes of equally named files must not replace each other.
    name = f"newsbt_user_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path, loader=_SourceLoader(name, str(path)))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        if isinstance(error, KeyboardInterrupt):
            raise
        raise ConfigError.of([report("broken_module", ("use",), _failure(str(path), error))]) from error
    finally:
        sys.path.remove(str(path.parent))
    return module


def _failure(where: str, error: BaseException) -> str:
    """An exception of the user's own module, with the line it came from."""
    line = getattr(error, "lineno", None)
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == where:
            line = trace.tb_lineno
        trace = trace.tb_next
    location = f"{where}:{line}" if line else where
    return f"{location} cannot be loaded: {type(error).__name__}: {error}"


def _hint(name: str, known: Mapping[str, Any]) -> str:
    return nearest(name, known) or (f"; it has {', '.join(known)}" if known else "; it has none")


def _as_tuples(value: Any) -> Any:
    return tuple(_as_tuples(item) for item in value) if isinstance(value, list) else value


def _hints(cls: type) -> Mapping[str, Any]:
    try:
        return typing.get_type_hints(cls)
    except Exception:  # an annotation that only a type checker can resolve
        return {}


def _type_fault(hint: Any, value: Any) -> str:
    """What was expected, when a value does not fit an annotation; empty when it does."""
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True, strict=True))
    except (PydanticSchemaGenerationError, TypeError):
        return ""
    try:
        adapter.validate_python(value)
    except ValidationError:
        return str(getattr(hint, "__name__", hint)) if isinstance(hint, type) else str(hint).replace("typing.", "")
    return ""
