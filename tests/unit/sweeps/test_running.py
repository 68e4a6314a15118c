"""Where variants run: threads, processes, a dask cluster with a worker killed; and what an interrupt leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from market_files import STRATEGY, config
from newsbt.cli import main
from newsbt.errors import NewsbtError, RunFolderError, UnsupportedError
from newsbt.sweeps import running
from newsbt.sweeps.cluster import DaskBackend, keep_blob, open_blob
from newsbt.sweeps.sweep import sweep
from newsbt.sweeps.variant_result import VariantResult
from projects import INTERRUPTED

BRACKET = """\
import backtrader as bt
import newsbt

class Bracket(newsbt.BacktraderStrategy):
    params = (("share", 0.1), ("wait", 3))

    def __init__(self):
        self.left = {}

    def on_announcement(self, event, links):
        for link in links:
            data = self.getdatabyname(link.ticker)
            if not self.getposition(data).size and link.hop == 0:
                self.order_target_percent(data, self.p.share)
                self.left[link.ticker] = self.p.wait

    def next(self):
        for ticker in list(self.left):
            self.left[ticker] -= 1
            if self.left[ticker] <= 0:
                self.close(self.getdatabyname(ticker))
                del self.left[ticker]
"""
SLOW = """\
import time
from pathlib import Path
import newsbt

class Slow(newsbt.Strategy):
    number: int = 0

    def signal(self, view):
        time.sleep(0.3)
        (Path(__file__).parent / f"asked-{self.number}-{time.time_ns()}").touch()
        return newsbt.Signal.for_events(view.links[["event_id", "ticker"]].assign(signal=1.0))
"""
GRID = {"position.hold": [1, 2, 3, 5], "execution.latency": ["0min", "20h"], "position.stop_loss": [None, 0.02]}


def same(left, right) -> bool:
    return [(item.params, item.values.tobytes(), item.blocks.tobytes()) for item in left.outcomes] == [
        (item.params, item.values.tobytes(), item.blocks.tobytes()) for item in right.outcomes
    ]


def test_strategies_of_backtraders_own_run_in_processes(here: Path) -> None:
    (here / "mine.py").write_text(BRACKET)
    grid = {"params.wait": [1, 4], "params.share": [0.1, 0.3], "execution.slippage.bps": [0, 20]}
    loaded = config(
        here, {"grid": grid}, strategies=[{"name": STRATEGY, "use": "mine.py:Bracket"}]
    )  # fmt: skip
    two, one = sweep(loaded, here / "two", workers=2), sweep(loaded, here / "one", workers=1)
    assert not any(item.error for item in two.outcomes), two.outcomes[0].error
    assert same(one, two)
    assert len({item.metrics["total_return"] for item in two.outcomes}) == 8


def test_positions_of_a_strategy_with_orders_of_its_own_cannot_be_swept(here: Path) -> None:
    (here / "mine.py").write_text(BRACKET)
    config(here, {"grid": {"position.hold": [1]}}, strategies=[{"name": STRATEGY, "use": "mine.py:Bracket"}])
    assert main(["sweep", str(here / "config.yaml"), "--runs", str(here / "runs")]) == 2


def test_a_process_that_dies_is_told_and_what_is_done_is_kept(here: Path) -> None:
    (here / "mine.py").write_text(
        BRACKET.replace("self.left = {}", "self.left = {}\n        if self.p.wait == 9: __import__('os')._exit(1)")
    )
    waits = [1, 2, 3, 4, 5, 9]
    loaded = config(here, {"grid": {"params.wait": waits}}, strategies=[{"name": STRATEGY, "use": "mine.py:Bracket"}])
    with pytest.raises(NewsbtError, match="ended from outside"):
        sweep(loaded, here / "runs", workers=2)
    fewer = config(
        here, {"grid": {"params.wait": waits[:5]}}, strategies=[{"name": STRATEGY, "use": "mine.py:Bracket"}]
    )
    assert sweep(fewer, here / "runs", workers=2).reran < 5


def test_what_is_done_is_kept_also_where_an_earlier_one_dies() -> None:
    """The first of four ends the pool when the second and third are done and the fourth has not begun."""
    made = [VariantResult(number=k, key=str(k), params={}) for k in range(4)]
    futures: list[Future[list[VariantResult]]] = [Future() for _ in made]

    def submitted() -> Iterator[Future[list[VariantResult]]]:
        yield from futures
        futures[1].set_result([made[1]])
        futures[2].set_result([made[2]])
        for index in (0, 3):
            futures[index].set_exception(BrokenProcessPool())

    found: list[int] = []
    with pytest.raises(BrokenProcessPool):
        found.extend(outcome.number for outcome in running._drained(submitted(), 8))
    assert found == [1, 2]


def test_an_interrupt_keeps_what_is_done(here: Path) -> None:
    """A shell's Ctrl-C in the middle of a sweep; then the same command again."""
    (here / "slow.py").write_text(SLOW)
    config(here, {"grid": {"params.number": list(range(12))}}, strategies=[{"name": STRATEGY, "use": "slow.py:Slow"}])
    command = [sys.executable, "-m", "newsbt", "sweep", "config.yaml", "--runs", "runs", "--jobs", "2", "--json"]
    process = subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while len(list(here.glob("asked-*"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode in INTERRUPTED, err
    assert [error["code"] for error in json.loads(out)["errors"]] == ["interrupted"]
    assert "the same command goes on there" in err and "Traceback" not in err
    before = len(list(here.glob("asked-*")))
    assert before < 12
    assert len((here / "runs" / ".trials.jsonl").read_text().splitlines()) >= 2
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["variants"]) == 12
    # The one that was being asked for is asked again, and so is the best, for its returns.
    assert len(list(here.glob("asked-*"))) <= 12 + 3
    assert not list((here / "runs").rglob("*.partial"))


def test_inputs_are_kept_once_and_checked(tmp_path: Path) -> None:
    import hashlib
    import pickle

    blob = pickle.dumps({"panel": list(range(1000))})
    name = hashlib.sha256(blob).hexdigest()
    path = keep_blob(tmp_path / "cache", name, blob)
    stamp = path.stat().st_mtime_ns
    keep_blob(tmp_path / "cache", name, blob)
    assert path.stat().st_mtime_ns == stamp and len(list((tmp_path / "cache").iterdir())) == 1
    assert open_blob(tmp_path / "cache", name) == {"panel": list(range(1000))}
    path.write_bytes(blob[:-1] + b"?")
    with pytest.raises(NewsbtError, match="damaged"):
        open_blob(tmp_path / "cache", name)
    with pytest.raises(NewsbtError, match="cannot be read"):
        open_blob(tmp_path / "cache", "0" * 64)
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFolderError, match="cannot be kept"):
        keep_blob(tmp_path / "file" / "below", name, blob)


def test_without_distributed_it_says_what_to_install(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    loaded = config(here, {"grid": {"position.hold": [1]}})
    with pytest.raises(UnsupportedError, match=r"pip install 'newsbt\[dask\]'"):
        sweep(loaded, here / "runs", backend=DaskBackend(workers=1, home=here / "inputs"))


@pytest.fixture
def cluster() -> Iterator[object]:
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    import logging

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=logging.CRITICAL
    ) as made:
        yield made


@pytest.mark.filterwarnings("default")
def test_a_cluster_that_loses_a_worker_loses_no_variant(
    here: Path, cluster, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two worker processes, one killed in the middle: every variant once, and the numbers of this machine's threads."""
    from newsbt.sweeps import cluster as module

    (here / "slow.py").write_text(SLOW.replace("0.3", "0.1"))
    monkeypatch.setattr(module, "BATCH", 2)
    shared = tmp_path_factory.mktemp("shared")
    grid = {"params.number": list(range(20)), "position.hold": [1, 3]}
    loaded = config(here, {"grid": grid}, strategies=[{"name": STRATEGY, "use": "slow.py:Slow"}])
    killed: list[int] = []

    class Killing:
        """Kills a worker's process after some outcomes."""

        def stage(self, name: str, total: int | None) -> None:
            pass

        def advance(self, n: int = 1) -> None:
            self.done = getattr(self, "done", 0) + n
            if self.done >= 6 and not killed:
                pid = next(iter(cluster.workers.values())).pid
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    backend = DaskBackend(workers=2, home=here / "inputs", scheduler=cluster.scheduler_address, cache=shared)
    far = sweep(loaded, here / "far", backend=backend, progress=Killing())
    near = sweep(loaded, here / "near")
    assert killed and len(far.outcomes) == far.reran == 40
    assert same(far, near)
    assert (far.dsr, far.pbo, far.trials) == (near.dsr, near.pbo, near.trials)
    import pyarrow.dataset as ds

    kept = ds.dataset(list(map(str, far.path.glob("part-*.parquet")))).to_table()["key"].to_pylist()
    assert len(kept) == len(set(kept)) == 40, "every variant recorded once"
    assert len(list(shared.iterdir())) == 1, "the cache is filled once"


@pytest.mark.filterwarnings("default")
def test_without_a_shared_folder_inputs_travel_and_a_lost_scheduler_keeps_what_is_done(
    here: Path, cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newsbt.sweeps import cluster as module

    monkeypatch.setattr(module, "BATCH", 2)
    monkeypatch.setattr(running, "PART", 2)
    loaded = config(here, {"grid": GRID})
    backend = DaskBackend(workers=2, home=here / "inputs", scheduler=cluster.scheduler_address)
    far = sweep(loaded, here / "far", backend=backend)
    assert same(far, sweep(loaded, here / "near"))
    assert not (here / "inputs").exists()

    (here / "slow.py").write_text(SLOW)
    slow = config(
        here, {"grid": {"params.number": list(range(20))}}, strategies=[{"name": STRATEGY, "use": "slow.py:Slow"}]
    )

    class Closing:
        def stage(self, name: str, total: int | None) -> None:
            pass

        def advance(self, n: int = 1) -> None:
            self.done = getattr(self, "done", 0) + n
            if self.done == 4:
                cluster.close()

    with pytest.raises(NewsbtError, match="run the same command again"):
        sweep(slow, here / "far", backend=backend, progress=Closing())
    again = sweep(slow, here / "far")
    assert 0 < again.reran < 20 and len(again.outcomes) == 20


@pytest.mark.filterwarnings("default")
def test_a_scheduler_that_does_not_answer(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    from newsbt.sweeps import cluster as module

    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.5)
    loaded = config(here, {"grid": {"position.hold": [1]}})
    with pytest.raises(NewsbtError, match="no dask scheduler answers at tcp"):
        sweep(loaded, here / "runs", backend=DaskBackend(workers=1, home=here, scheduler="tcp://127.0.0.1:9"))


@pytest.mark.filterwarnings("default")
def test_the_command_makes_a_cluster_of_its_own(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    config(here, {"grid": GRID})
    command = ["sweep", str(here / "config.yaml"), "--json", "--runs"]
    assert main([*command, str(here / "far"), "--backend", "dask", "--jobs", "1"]) == 0
    far = json.loads(capsys.readouterr().out)
    assert main([*command, str(here / "near")]) == 0
    near = json.loads(capsys.readouterr().out)
    assert far["variants"] == near["variants"] and far["pbo"] == near["pbo"]
    assert len(list((here / "far" / "sweeps" / ".inputs").iterdir())) == 1
