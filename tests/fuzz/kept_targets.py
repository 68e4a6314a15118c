"""Readers of what newsbt wrote, beside run folders: ledgers, stores of prices and of announcements, sweeps, caches."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from fuzz.target import Target

if TYPE_CHECKING:
    from newsbt.disclosures.disclosure import Disclosure

__all__ = ["KEPT_TARGETS"]


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
        works: Sequence[Callable[[], object]] = (
            lambda: StoredPrices(path=folder, on_bad_row="skip").read({"0700.HK"}),
            lambda: StoredFx(path=folder, on_bad_row="skip").read(),
            lambda: StoredPrices(path=folder).read({"0700.HK"}),
            lambda: compact(store_at(folder, 9)),
        )
        for work in (works[kind == "rates"], random.Random(content).choice(works)):
            with suppress(NewsbtError):
                work()
        return None

    modules = (
        "price_store/store_files.py",
        "price_store/pull_store.py",
        "price_store/compaction.py",
        "prices/stored_prices.py",
    )
    core = (modules[0], modules[1], modules[3])
    return Target("content.parquet", lambda: _store()[_first(kind)], read, modules, core=core)


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


MANIFEST = "manifest.json"
PULLED = datetime(2025, 7, 5, 12, tzinfo=UTC)


@cache
def _disclosures() -> Mapping[str, bytes]:
    """The files of one source of a store, pulled into twice."""
    from newsbt.disclosures.disclosure_store import DisclosureStore

    with tempfile.TemporaryDirectory() as folder:
        store = DisclosureStore(Path(folder)).source("hkexnews")
        day = date(2025, 6, 1)
        for k in range(8):
            settled = ((day, day + timedelta(days=k)), (day - timedelta(days=90), day - timedelta(days=80 + k)))
            items = [_disclosure(k), _disclosure(9), *(_disclosure(30 + n) for n in range(4 if k == 0 else 0))]
            store.commit(str(7 + k // 2), items, now=PULLED, settled=settled, scope=("en", "")[k % 2])
        return {one.name: one.read_bytes() for one in (Path(folder) / "hkexnews").iterdir() if one.is_file()}


def _disclosure(k: int) -> Disclosure:
    from newsbt.disclosures.disclosure import Disclosure

    return Disclosure(
        ids=(f"hkexnews-{k}", "hkexnews-other"), issuer="TENCENT", tickers=("0700.HK",), headline=f"Profit warning {k}",
        headline_local="盈利警告", published_at=PULLED - timedelta(days=20 + k), time_source="stated", form="8-K",
        category="Inside Information", report_date=date(2025, 6, 1), known_from=PULLED if k == 9 else None,
    )  # fmt: skip


def _parts() -> Sequence[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    lines = max((content for name, content in _disclosures().items() if name.endswith(".jsonl")), key=len)
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([json.loads(line) for line in lines.splitlines()]), out)
    return lines, out.getvalue()


def _part(path: Path) -> object:
    """A part under the name that its bytes have, so that it is opened, and a manifest that names it."""
    content = path.read_bytes()
    ending = ".parquet" if content[:4] == b"PAR1" else ".jsonl"
    name = hashlib.sha256(content).hexdigest()[:32] + ending
    manifest = {**json.loads(_disclosures()[MANIFEST]), "parts": [{"file": name, "companies": {"7": 2}}]}
    return _read_store(path.parent / "store", {name: content, MANIFEST: json.dumps(manifest).encode()})


def _manifest(path: Path) -> object:
    return _read_store(path.parent / "store", {**_disclosures(), MANIFEST: path.read_bytes()})


def _read_store(folder: Path, files: Mapping[str, bytes]) -> object:
    from newsbt.disclosures.disclosure_store import DisclosureStore
    from newsbt.errors import NewsbtError
    from newsbt.events.from_store import StoreAnnouncements

    (folder / "hkexnews").mkdir(parents=True)
    for name, content in files.items():
        (folder / "hkexnews" / name).write_bytes(content)
    source = DisclosureStore(folder).source("hkexnews")
    nth = hashlib.sha256(b"".join(files.values())).digest()[0] % 4
    works: Sequence[Callable[[], object]] = (
        lambda: StoreAnnouncements(path=folder).read({"0700.HK"}),
        lambda: StoreAnnouncements(path=folder, as_of="2025-07-05T12:00:00+00:00", known="open").read(),
        lambda: source.manifest().last_asked("7", "en"),
        lambda: source.commit("7", [_disclosure(5), _disclosure(9)], now=PULLED, settled=((date(2025, 6, 1),) * 2,)),
        lambda: StoreAnnouncements(path=folder).read(),
    )
    for work in works[: None if nth == 1 else 3]:  # every fourth is written to
        with suppress(NewsbtError):
            work()
    return None


@cache
def _outcomes() -> bytes:
    import numpy as np

    from newsbt.sweeps.store import SweepStore
    from newsbt.sweeps.variant_result import METRICS, SERIES, VariantResult

    values, blocks = np.arange(float(len(METRICS))), np.arange(8.0).reshape(4, 2)
    found = [
        VariantResult(
            number=k, key=f"k{k}", params={"hold": k}, values=values, blocks=blocks, offset=0.5,
            training=np.ones((2, len(SERIES))), per_bar_sharpe=0.1,
        )
        for k in range(3)
    ]  # fmt: skip
    found.append(VariantResult(number=3, key="k3", params={"hold": 3}, error="it failed"))
    with tempfile.TemporaryDirectory() as folder:
        SweepStore(Path(folder)).add(found)
        return next(Path(folder).glob("part-*")).read_bytes()


def _swept(path: Path) -> object:
    """As a sweep that goes on reads it, and what it shows of it."""
    from newsbt.sweeps.store import SweepStore
    from newsbt.sweeps.variant_result import METRICS

    store = SweepStore(path.parent)
    found = store.read()
    store.add(list(found.values()))
    return [(one.metrics, one.metric(METRICS[0]), repr(one), dict(one.params)) for one in store.read().values()]


@cache
def _entry() -> Mapping[str, bytes]:
    import numpy as np

    from newsbt.cache import save_entry

    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, NEWSBT_CACHE=folder):
        save_entry("kind", "key", {"a": np.arange(6.0).reshape(2, 3), "b": np.empty(0)}, {"n": 1})
        return {one.name: one.read_bytes() for one in (Path(folder) / "kind" / "key").iterdir()}


def _cached(name: str) -> Callable[[Path], object]:
    """A document with the digest of its text before it, or an array whose digest the document has; every eighth without
    any, after which the entry is made anew."""

    def read(path: Path) -> object:
        from newsbt.cache import load_entry, save_entry

        content, sealed = path.read_bytes(), hashlib.sha256(path.read_bytes()).digest()[0] % 8 != 1
        files = {**_entry(), name: content}
        if sealed:
            text = content if name == "meta.json" else _with_digest_of(content)
            files["meta.json"] = hashlib.sha256(text).hexdigest().encode() + b"\n" + text
        folder = path.parent / "kind" / "key"
        folder.mkdir(parents=True, mode=0o700)
        for other, content in files.items():
            (folder / other).write_bytes(content)
        with patch.dict(os.environ, NEWSBT_CACHE=str(path.parent)):
            found = load_entry("kind", "key")
            if found is None and not sealed:
                save_entry("kind", "key", {}, {})
                assert load_entry("kind", "key") is not None
            return found

    return read


def _with_digest_of(content: bytes) -> bytes:
    """The document of the entry, with the digest of an array as it is now; as it was, where that is none."""
    import numpy as np

    from newsbt.cache import _digest

    meta = json.loads(_entry()["meta.json"].partition(b"\n")[2])
    with suppress(Exception):  # whatever a damaged array makes of NumPy
        meta["arrays"]["a"] = _digest(np.lib.format.read_array(io.BytesIO(content), allow_pickle=False))
    return json.dumps(meta).encode()


def _compiled(path: Path) -> object:
    """A document as it is kept, pickled behind its digest; every eighth file as it is."""
    from newsbt.kernels._cache import _Files

    files = _Files(path.parent, "newsbt.kernels.decay.f")
    content = path.read_bytes()
    if hashlib.sha256(content).digest()[0] % 8 != 1:
        with suppress(ValueError, RecursionError):
            payload = pickle.dumps(json.loads(content))
            content = hashlib.sha256(payload).digest() + payload
    files._file("key").write_bytes(content)
    with patch("newsbt.kernels._cache.making"), patch("newsbt.kernels._cache._tell_once"):
        return files.load("key")


def _import(path: Path, name: str) -> object:
    from newsbt.events.feeds.announcing import Announcer
    from newsbt.events.feeds.archive import import_items
    from newsbt.events.feeds.feed_item import FeedItem

    items = [
        FeedItem(item_id=f"a-{k}", headline=f"Alibaba releases Qwen{k}", body=name, published_at=PULLED - timedelta(k))
        for k in range(3)
    ]
    return import_items(items, path, Announcer(None, keep="all"), now=PULLED, stamp=True)


@cache
def _archived() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        _import(path, "first")
        return path.read_bytes()


def _archive(path: Path) -> object:
    from newsbt.events.from_jsonl import JsonlAnnouncements

    _import(path, "second")
    return JsonlAnnouncements(path=path, on_bad_row="skip").read({"9988.HK"})


TRIALS = b"".join(b'{"key": "%d", "sharpe": %s}\n' % (k, (b"null", b"0.25")[k % 2]) for k in range(5))
AUDITS = b"".join(b'{"source": "%d", "look_ahead": %s}\n' % (k, (b"true", b"false")[k % 2]) for k in range(5))

KEPT_TARGETS: Mapping[str, Target] = {
    "ledger of trials": Target(".trials.jsonl", lambda: TRIALS, _trials, ("runs/trials.py", "runs/line_ledger.py")),
    "ledger of audits": Target(
        ".audits.jsonl", lambda: AUDITS, _audits, ("runs/audit_findings.py", "runs/line_ledger.py")
    ),
    **{f"store {kind}": _stored(kind) for kind in ("pulls", "prices", "rates")},
    "announcement store part": Target(
        "part",
        _parts,
        _part,
        ("disclosures/disclosure_store.py", "disclosures/disclosure.py", "events/from_store.py"),
        ending=".jsonl",
    ),
    "announcement store manifest": Target(
        MANIFEST, lambda: _disclosures()[MANIFEST], _manifest, ("disclosures/store_manifest.py",)
    ),
    "sweep store": Target("part-000001.parquet", _outcomes, _swept, ("sweeps/store.py",)),
    "cached document": Target(
        "meta.json", lambda: _entry()["meta.json"].partition(b"\n")[2], _cached("meta.json"), ("cache.py",)
    ),
    "cached array": Target("a.npy", lambda: _entry()["a.npy"], _cached("a.npy"), ("cache.py",)),
    "machine code": Target("a.code", lambda: b'["machine", "code", 1.5]', _compiled, ("kernels/_cache.py",)),
    "archive of news": Target("news.jsonl", _archived, _archive, ("events/feeds/archive.py",)),
}
