"""Machine code on disk, safe to share between processes.

numba's own cache keeps an index beside its data files and looks at the time stamp of a kernel's own file only: two
processes that fill it at once may exchange data files, and a kernel that calls a changed one is not compiled anew.
Here each compiled signature is one file, named by everything it depends on, written to the side and renamed into
place, and read only if its digest agrees and nobody else can have put it there: it is code.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import sys
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any, TypeAlias

import llvmlite.binding as llvm
import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.runtime import rtsys
from numba.core.serialize import dumps

from newsbt.cache import is_safe, user_folders
from newsbt.kernels.code_wait import made, making
from newsbt.own_folders import is_mine, is_mine_alone, make_folder
from newsbt.owners import partial_path, sweep_up

__all__ = ["attach_cache", "cache_folder"]

logger = logging.getLogger(__name__)

OfNumba: TypeAlias = Any  # numba and llvmlite say no types

FOLDER_VARIABLE = "NUMBA_CACHE_DIR"
_DIGEST = hashlib.sha256().digest_size
_BESIDE = Path(__file__).parent / "__pycache__"


def attach_cache(dispatcher: OfNumba) -> None:
    """Give a kernel its cache; none where compiling is switched off or no folder can be written."""
    folder = cache_folder()
    if folder is not None and hasattr(dispatcher, "py_func"):
        dispatcher._cache = KernelCache(dispatcher.py_func, folder)
    elif hasattr(dispatcher, "py_func"):
        leave_out_test()


def leave_out_test() -> None:
    """Before anything is compiled: see `_indexing`, whose imports cost more than reading kept machine code."""
    import_module("newsbt.kernels._indexing")


@lru_cache(maxsize=1)
def cache_folder() -> Path | None:
    """Where this version's machine code is kept, or None where there is no such place."""
    for root in _roots():
        folder = root / f"kernels-{_version()}"
        try:
            make_folder(folder)
        except OSError:
            continue
        if not os.access(folder, os.W_OK | os.X_OK):
            continue
        if is_mine_alone(folder) if root == _BESIDE else is_safe(folder):  # beside the package one asks for no cache
            return folder
    return None


def _roots() -> Iterator[Path]:
    if os.environ.get(FOLDER_VARIABLE):
        yield Path(os.environ[FOLDER_VARIABLE]) / "newsbt"
    yield _BESIDE
    yield from user_folders()


@lru_cache(maxsize=1)
def _version() -> str:
    """A hash of every kernel's source and of the compiler: what calls a changed kernel is compiled anew as well."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    digest.update(f"{numba.__version__} {sys.version} {os.environ.get('NUMBA_BOUNDSCHECK')}".encode())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def _tell_once() -> None:
    """A line for all kernels of a process: whoever waits for the first run knows why."""
    logger.warning("compiling kernels, once for this version: the first run may take a minute longer")


class KernelCache(FunctionCache):  # type: ignore[misc]
    """numba's cache of one function, kept in files of our own kind."""

    def __init__(self, function: FunctionType, folder: Path) -> None:
        self._name = f"{function.__module__}.{function.__qualname__}"
        self._py_func = function
        self._impl = _Impl(function, folder)
        self._cache_path = str(folder)
        self._cache_file = _Files(folder, self._name)
        self.enable()

    def load_overload(self, sig: OfNumba, target_context: OfNumba) -> OfNumba:
        """A kept signature, without numba's tables of all types: filling them takes 0.25 s, and only compiling, which
        fills them itself, needs them."""
        rtsys.initialize(target_context)
        return self._load_overload(sig, target_context)


class _Impl(CompileResultCacheImpl):  # type: ignore[misc]
    """numba's way to take a compiled function apart and put it together, without its search for a folder.

    Beside its machine code a function has a module in LLVM's language, for those that will be compiled around it: it
    takes longer to read than the code, and only its names are asked for before.
    """

    def __init__(self, function: FunctionType, folder: Path) -> None:
        self._lineno = function.__code__.co_firstlineno
        self._locator = _Locator(function.__code__.co_filename, str(folder))

    def reduce(self, compiled: OfNumba) -> tuple[OfNumba, bytes]:
        (name, kind, (code, module)), *rest = super().reduce(compiled)
        return ((name, kind, (code, _names_alone(module))), *rest), module

    def rebuild(self, target_context: OfNumba, payload: tuple[OfNumba, bytes]) -> OfNumba:
        reduced, module = payload
        compiled = super().rebuild(target_context, reduced)
        compiled.library._shared_module = _UnreadModule(module)
        return compiled


def _names_alone(module: bytes) -> bytes:
    """A module that defines what another one does, by name, and nothing of it."""
    read = llvm.parse_bitcode(module)
    lines = [f"define void @{_quoted(one.name)}() {{ ret void }}" for one in read.functions if not one.is_declaration]
    lines += [f"@{_quoted(one.name)} = global i8 0" for one in read.global_variables if not one.is_declaration]
    found: bytes = llvm.parse_assembly("\n".join(lines)).as_bitcode()
    return found


def _quoted(name: str) -> str:
    """A name as LLVM's language has it, whatever is in it."""
    return '"' + "".join(f"\\{byte:02x}" for byte in name.encode()) + '"'


@dataclass(frozen=True)
class _UnreadModule:
    """What numba links into a function that calls a kept one: read only then."""

    bitcode: bytes

    def clone(self) -> OfNumba:
        return llvm.parse_bitcode(self.bitcode)

    def as_bitcode(self) -> bytes:
        return self.bitcode


@dataclass(frozen=True)
class _Locator:
    """What numba asks of a cache's folder."""

    _py_file: str
    folder: str

    def ensure_cache_path(self) -> None:
        """The folder exists: see `cache_folder`."""

    def get_cache_path(self) -> str:
        return self.folder


class _Files:
    """Stores what belongs to a key: signature, processor and byte code of a function."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._short = name.removeprefix("newsbt.kernels.")

    def load(self, key: Hashable) -> Any:
        """What was saved for a key; None, after saying that compiling begins, where nothing sound is there."""
        file = self._file(key)
        try:
            content = file.read_bytes() if is_mine(file) else b""
        except OSError:
            content = b""
        if hashlib.sha256(content[_DIGEST:]).digest() == content[:_DIGEST]:
            return pickle.loads(content[_DIGEST:])
        if content:
            logger.warning("the compiled kernel in %s is damaged and is made anew", file)
        _tell_once()
        logger.info("compiling %s", self._short)
        making(self._short)
        leave_out_test()
        return None

    def save(self, key: Hashable, data: object) -> None:
        made(self._short)
        payload: bytes = dumps(data)
        try:
            sweep_up(self._folder)
            part = partial_path(self._folder, "part")
            try:
                part.write_bytes(hashlib.sha256(payload).digest() + payload)
                part.chmod(self._folder.stat().st_mode & 0o644)
                part.replace(self._file(key))
            finally:
                part.unlink(missing_ok=True)  # on a full disk it would take what little is left
        except OSError as error:
            logger.info("the compiled kernel %s is not kept: %s", self._name, error)

    def flush(self) -> None:
        """Forget nothing: files of other versions are in folders of their own."""

    def _file(self, key: Hashable) -> Path:
        return self._folder / f"{self._name}-{hashlib.sha256(repr(key).encode()).hexdigest()[:24]}.code"
