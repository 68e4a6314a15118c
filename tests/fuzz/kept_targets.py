"""Readers of what newsbt wrote: run folders, the ledgers beside them, and the store of prices."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from fuzz.target import Target

__all__ = ["KEPT_TARGETS"]

RUN_FILES = (
    "run.json",
    "evidence.json",
    "context.json",
    "fills.parquet",
    "events.parquet",
    "equity.parquet",
    "trades.parquet",
)


@cache
def run_folder() -> Mapping[str, bytes]:
    """The files of a run."""
    from busy_world import busy_project
    from newsbt.config.loading import load
    from newsbt.pipeline import run
    from newsbt.runs.run_folder import write_run

    with tempfile.TemporaryDirectory() as folder:
        result = run(load(busy_project(Path(folder)), environ={}))
        made = write_run(result, folder, report_html="<p>")
        return {one.name: one.read_bytes() for one in made.iterdir()}


def _run_file(name: str) -> Target:
    def read(path: Path) -> object:
        from newsbt.domain.record import TABLES as RUN_TABLES
        from newsbt.errors import DataError
        from newsbt.reports.report_page import report_page
        from newsbt.runs.stored_runs import read_run

        for other, content in run_folder().items():
            if other != name:
                (path.parent / other).write_bytes(content)
        record = read_run(path.parent)
        for table in RUN_TABLES:
            try:
                record.table(table)
            except DataError:
                continue
        return report_page(record)

    modules = ("runs/stored_runs.py", "runs/reactions.py", "reports/report_page.py", "reports/page/view.py",
               "reports/page/cards.py", "reports/page/document_fields.py")  # fmt: skip
    return Target(name, lambda: run_folder()[name], read, modules)


@cache
def _store() -> Mapping[str, bytes]:
    """A file of each kind of a store into which two pulls were made."""
    import pulled_answers as answers

    days = ["2024-12-30", "2025-03-03", "2025-03-04"]
    with tempfile.TemporaryDirectory() as folder:
        answers.store_at(Path(folder)).add(answers.prices(days, [400.0, 480.0, 490.0], dividend=[0.0, 0.0, 1.5]))
        answers.store_at(Path(folder), 1).add(answers.rates(days, [7.77, 7.78, 7.79]))
        return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in sorted(Path(folder).glob("*/*"))}


def _stored(kind: str) -> Target:
    """A file of a store whose name has the hash of its bytes, so that it is opened."""

    def read(path: Path) -> object:
        from newsbt.errors import NewsbtError
        from newsbt.price_store import compact
        from newsbt.prices.stored_prices import StoredFx, StoredPrices
        from pulled_answers import store_at

        name, content = _first(kind), path.read_bytes()
        for other, valid in _store().items():
            if other == name:
                digest = hashlib.sha256(content).hexdigest()[:16]
                other, valid = f"{name.rpartition('-')[0]}-{digest}.parquet", content
            (path.parent / other).parent.mkdir(exist_ok=True)
            (path.parent / other).write_bytes(valid)
        folder = path.parent
        for work in (
            lambda: StoredPrices(path=folder).read({"0700.HK"}),
            lambda: StoredPrices(path=folder, on_bad_row="skip").read({"0700.HK"}),
            lambda: StoredFx(path=folder, on_bad_row="skip").read(),
            lambda: compact(store_at(folder, 9)),
        ):
            with suppress(NewsbtError):
                work()
        return None

    modules = (
        "price_store/store_files.py",
        "price_store/pull_store.py",
        "price_store/compaction.py",
        "prices/stored_prices.py",
    )
    return Target("content.parquet", lambda: _store()[_first(kind)], read, modules)


def _first(kind: str) -> str:
    return next(name for name in _store() if name.startswith(kind))


def _trials(path: Path) -> object:
    from newsbt.runs.trials import note_trials, read_trials

    note_trials(path.parent, {"new": 0.5})
    return read_trials(path.parent)["new"]


def _audits(path: Path) -> object:
    from newsbt.runs.audit_findings import note_audits, read_audits

    note_audits(path.parent, {"new": True})
    return read_audits(path.parent)["new"]


TRIALS = b"".join(b'{"key": "%d", "sharpe": %s}\n' % (k, (b"null", b"0.25")[k % 2]) for k in range(5))
AUDITS = b"".join(b'{"source": "%d", "look_ahead": %s}\n' % (k, (b"true", b"false")[k % 2]) for k in range(5))

KEPT_TARGETS: Mapping[str, Target] = {
    "ledger of trials": Target(".trials.jsonl", lambda: TRIALS, _trials, ("runs/trials.py", "runs/line_ledger.py")),
    "ledger of audits": Target(
        ".audits.jsonl", lambda: AUDITS, _audits, ("runs/audit_findings.py", "runs/line_ledger.py")
    ),
    **{f"store {kind}": _stored(kind) for kind in ("pulls", "prices", "rates")},
    **{f"run {name}": _run_file(name) for name in RUN_FILES},
}
