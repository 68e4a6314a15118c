"""A sweep on a dask cluster: a scheduler's address, or workers of its own on this machine.

What workers need is read here once and laid down under the hash of its bytes: in a folder that they see too, or in one
of each machine's own, where it is sent once. Workers open it by that hash and check it.
"""

from __future__ import annotations

import copyreg
import hashlib
import io
import logging
import os
import pickle
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from newsbt.domain.input_files import absolute
from newsbt.domain.price_table import RowSource
from newsbt.errors import NewsbtError, RunFolderError, missing_extra
from newsbt.own_folders import is_mine_alone
from newsbt.owners import partial_path, sweep_up
from newsbt.prices.source import PriceSource
from newsbt.steps.prepare import RunInputs
from newsbt.sweeps.config_transport import CarriedConfig
from newsbt.sweeps.running import Job, grouped, run_batch
from newsbt.sweeps.sharing_keys import read_key
from newsbt.sweeps.sweep_context import SweepContext
from newsbt.sweeps.variant_result import VariantResult
from newsbt.sweeps.variant_worker import VariantWorker

if TYPE_CHECKING:
    import distributed

__all__ = ["DaskBackend", "Package", "keep_blob"]

BATCH = 64  # variants of a task; one where backtrader must run them
CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a worker is told: the config, and by what hashes its inputs go, by `read_key`, in which folder.

    Without a folder they are in the worker's own.
    """

    config: CarriedConfig
    strategy: str
    hashes: Mapping[str, str]
    folder: str | None

    @property
    def name(self) -> str:
        """Equal where a worker may go on with the context that it has."""
        content = [sorted(self.hashes.items()), self.config, self.strategy, self.folder]
        return hashlib.sha256(repr(content).encode()).hexdigest()


@dataclass(kw_only=True)
class DaskBackend:
    """Variants on a dask cluster, each outcome handed over once, however often workers die.

    Parameters
    ----------
    workers : int
        Processes of one thread, where the cluster is this machine's own.
    scheduler : str, optional
        The address of a running scheduler instead.
    cache : path, optional
        A folder that all workers see.
    home : path
        Where inputs are kept for a cluster of this machine's own.
    """

    workers: int
    home: Path
    scheduler: str | None = None
    cache: Path | None = None
    client: distributed.Client | None = field(default=None, repr=False)

    def outcomes(self, context: SweepContext, jobs: Sequence[Job]) -> Iterator[VariantResult]:
        """See `newsbt.sweeps.running.Backend`.

        Raises
        ------
        UnsupportedError
            dask's distributed is not installed.
        NewsbtError
            The scheduler cannot be reached, or was lost.
        """
        most = 1 if context.is_backtrader else BATCH
        with ExitStack() as stack:
            client = stack.enter_context(self._client())
            package = self._package(context, jobs, client)
            futures = [
                client.submit(_run_on_worker, package, batch, pure=False, retries=3) for batch in grouped(jobs, most)
            ]  # fmt: skip
            yield from self._gathered(client, futures)

    def _gathered(
        self, client: distributed.Client, futures: list[distributed.Future[list[VariantResult]]]
    ) -> Iterator[VariantResult]:
        from concurrent.futures import CancelledError

        import distributed

        lost = (CancelledError, distributed.CancelledError, distributed.comm.CommClosedError, OSError, TimeoutError)
        try:
            for future in distributed.as_completed(futures):
                yield from future.result()
        except lost as error:
            if isinstance(error, RunFolderError):
                raise
            raise NewsbtError(
                f"the dask scheduler {self.scheduler or client.scheduler_info_address} was lost "
                f"({type(error).__name__}); what is done is kept: run the same command again",
                code="unreachable",
            ) from error
        except distributed.KilledWorker as error:
            raise NewsbtError(
                f"variants ended their dask workers several times, perhaps for lack of memory: {error}; what is done "
                "is kept",
                code="out_of_memory",
            ) from error

    def _client(self) -> AbstractContextManager[distributed.Client]:
        try:
            import distributed
        except ImportError as error:
            raise missing_extra(error, "--backend dask needs", "distributed", "dask") from None
        if self.scheduler is None:
            cluster = distributed.LocalCluster(
                n_workers=self.workers, threads_per_worker=1, processes=True, dashboard_address=None,
                silence_logs=logging.ERROR,
            )  # fmt: skip
            return _Owned(distributed.Client(cluster), cluster)
        try:
            return _Owned(distributed.Client(self.scheduler, timeout=CONNECT_SECONDS), None)
        except (OSError, ValueError, TimeoutError) as error:
            raise NewsbtError(f"no dask scheduler answers at {self.scheduler}: {error}", code="unreachable") from error

    def _package(self, context: SweepContext, jobs: Sequence[Job], client: distributed.Client) -> Package:
        """Read what the jobs need, and put it where workers find it."""
        shared = self.cache or (self.home if self.scheduler is None else None)
        hashes: dict[str, str] = {}
        for job in jobs:
            key = read_key(job.variant.params)
            if key in hashes:
                continue
            blob = packed(_without_files(context.inputs(job.variant.params)))
            hashes[key] = hashlib.sha256(blob).hexdigest()
            if shared is not None:
                keep_blob(shared, hashes[key], blob)
            else:
                client.register_plugin(_sender(hashes[key], blob), name=f"newsbt-{hashes[key]}")
        folder = None if shared is None else str(absolute(shared))
        return Package(config=CarriedConfig.of(context.loaded), strategy=context.strategy, hashes=hashes, folder=folder)


class _Owned:
    """A client, and the cluster that was made for it."""

    def __init__(self, client: distributed.Client, cluster: distributed.deploy.Cluster | None) -> None:
        self._client, self._cluster = client, cluster

    def __enter__(self) -> distributed.Client:
        return self._client

    def __exit__(self, *exc: object) -> None:
        self._client.close(timeout=5)
        if self._cluster is not None:
            self._cluster.close(timeout=10)


@dataclass(frozen=True, slots=True)
class _AnyLine:
    """Lines of a source that is not here: a message of a worker names rows, counted from 0, instead."""

    def __call__(self) -> Sequence[int]:
        return range(sys.maxsize)


def _without_files(inputs: RunInputs) -> RunInputs:
    """The same inputs for a machine that may not have their files, and need not hash them."""
    sources = tuple(RowSource(source.name, _AnyLine()) for source in inputs.table.sources)
    return replace(
        inputs,
        batch=replace(inputs.batch, files=()),
        prices=PriceSource.of_table(replace(inputs.table, files=(), sources=sources)),
        fx=None if inputs.fx is None else replace(inputs.fx, files=()),
    )


class _Pickler(pickle.Pickler):
    """Read-only views of dicts cannot cross to another process, the dicts behind them can."""

    dispatch_table = copyreg.dispatch_table | {MappingProxyType: lambda view: (_view, (dict(view),))}


K = TypeVar("K")
V = TypeVar("V")


def _view(values: dict[K, V]) -> MappingProxyType[K, V]:
    return MappingProxyType(values)


def packed(inputs: RunInputs) -> bytes:
    """Inputs as bytes."""
    out = io.BytesIO()
    _Pickler(out, protocol=5).dump(inputs)
    return out.getvalue()


def keep_blob(folder: Path, name: str, blob: bytes) -> Path:
    """Put bytes under a name, whole or not at all, unless they are there."""
    path = folder / name
    if path.is_file() and path.stat().st_size == len(blob):
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep_up(folder)
        partial = partial_path(folder, "input")
        try:
            partial.write_bytes(blob)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise RunFolderError(
            f"{folder}: the sweep's inputs cannot be kept there: {error.strerror}", code="unwritable"
        ) from error
    return path


def open_blob(folder: Path, name: str) -> RunInputs:
    """What was kept under the hash of its bytes; NewsbtError where it is missing or damaged."""
    try:
        blob = (folder / name).read_bytes()
    except OSError as error:
        raise NewsbtError(
            f"{folder / name}: the sweep's inputs cannot be read here: {error.strerror}", code="unreadable_file"
        ) from error
    if hashlib.sha256(blob).hexdigest() != name:
        raise NewsbtError(
            f"{folder / name}: the sweep's inputs are damaged; delete the file and run again", code="unreadable_file"
        )
    inputs: RunInputs = pickle.loads(blob)
    return inputs


def own_folder() -> Path:
    """Where a worker keeps what it was sent: NEWSBT_CACHE, else a folder of this user's among temporary files."""
    where = os.environ.get("NEWSBT_CACHE")
    return Path(where) if where else Path(tempfile.gettempdir()) / f"newsbt-inputs-{os.getuid()}"


def made_own_folder() -> Path:
    """The same, made where it is not there; NewsbtError where somebody else has made it, or may write it."""
    folder = own_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(f"{folder}: cannot be made: {error.strerror}", code="unwritable") from error
    if not is_mine_alone(folder):
        message = "it, or a folder above it, is another user's or may be written by others"
        raise RunFolderError(f"{folder}: {message}; name another folder in NEWSBT_CACHE", code="unwritable")
    return folder


def _sender(name: str, blob: bytes) -> distributed.WorkerPlugin:
    """A plugin that lays inputs down on each worker's machine, also on those that join later."""
    import distributed

    class Sender(distributed.WorkerPlugin):  # type: ignore[misc]
        def setup(self, worker: distributed.Worker) -> None:  # noqa: ARG002
            keep_blob(made_own_folder(), name, blob)

    return Sender()


_worker: tuple[str, SweepContext] | None = None
_lock = threading.Lock()


def _run_on_worker(package: Package, batch: Sequence[Job]) -> list[VariantResult]:
    """A task: one group's variants, on the context that this process keeps."""
    global _worker  # noqa: PLW0603 - a process's own
    with _lock:  # a scheduler's workers may have several threads, and a context is filled by one
        if _worker is None or _worker[0] != package.name:
            folder = own_folder() if package.folder is None else Path(package.folder)
            _worker = (
                package.name,
                SweepContext(
                    loaded=package.config.loaded(),
                    strategy=package.strategy,
                    given=lambda key: open_blob(folder, package.hashes[key]),
                ),
            )
        return run_batch(_worker[1], batch, VariantWorker())
