"""The store: versions, kills at every step, two writers, parts that are joined, files that are none of ours."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from killed import contents, killed_at
from newsbt.disclosures import disclosure_store
from newsbt.disclosures.disclosure import Disclosure, StoredDisclosure, stored_of
from newsbt.disclosures.disclosure_store import Committed, DisclosureStore, SourceStore
from newsbt.errors import DataError

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
AT = datetime(2026, 2, 2, 9, tzinfo=UTC)


def item(name: str, headline: str = "Results", **changes: object) -> Disclosure:
    fields = {"ids": (name,), "issuer": "Steel", "tickers": ("X",), "published_at": AT, "time_source": "header"}
    return Disclosure(**{**fields, "headline": headline, **changes})


def rows(store: SourceStore) -> list[StoredDisclosure]:
    found = [row for table in store.tables() for row in stored_of(table)]
    return sorted(found, key=lambda row: (row.company, row.event_id, row.version))


def test_what_is_there_stays_and_what_changed_is_the_next_version(tmp_path: Path) -> None:
    store = DisclosureStore(tmp_path).source("sec")
    assert store.commit("1", [item("a"), item("b")], now=NOW) == Committed(added=2)
    later = NOW + timedelta(days=1)
    assert store.commit("1", [item("a"), item("b", "Results, corrected")], now=later) == Committed(
        revised=1, unchanged=1
    )
    assert store.commit("1", [item("b"), item("b", "Results, corrected")], now=later) == Committed(unchanged=2)
    assert [(row.event_id, row.version, row.headline, row.received_at) for row in rows(store)] == [
        ("a", 1, "Results", ""), ("b", 1, "Results", ""),
        ("b", 2, "Results, corrected", "2026-03-03T08:00:00+00:00"),
    ]  # fmt: skip


def test_a_revision_that_says_when_is_known_then(tmp_path: Path) -> None:
    store = DisclosureStore(tmp_path).source("sec")
    then = AT + timedelta(days=3)
    revised = item("a", "Results, corrected", published_at=then, known_from=then)
    assert store.commit("1", [revised, item("a")], now=NOW) == Committed(added=1, revised=1)
    assert [row.received_at for row in rows(store)] == ["", "2026-02-05T09:00:00+00:00"]


def test_a_blank_that_is_filled_is_no_revision(tmp_path: Path) -> None:
    store = DisclosureStore(tmp_path).source("hkexnews")
    store.commit("1", [item("en")], now=NOW)
    both = item("zh", headline_local="業績", ids=("zh", "en"))
    assert store.commit("1", [both], now=NOW) == Committed(unchanged=1)


def test_an_instant_from_a_better_source_takes_the_place_of_the_reading(tmp_path: Path) -> None:
    store = DisclosureStore(tmp_path).source("sec")
    then, late = AT + timedelta(days=3), timedelta(hours=4)
    listed = [
        item("a", published_at=AT + late, time_source="later_reading"),
        item("a", "Amended", published_at=then + late, known_from=then + late, time_source="later_reading"),
    ]
    headed = [item("a"), item("a", "Amended", published_at=then, known_from=then)]
    store.commit("1", listed, now=NOW)
    later = NOW + timedelta(days=1)
    assert store.commit("1", headed, now=later) == Committed(revised=2)
    assert store.commit("1", [*headed, *listed], now=later) == Committed(unchanged=4)
    assert [(row.version, row.time_source, row.known) for row in rows(store)] == [
        (1, "later_reading", AT + late), (1, "header", AT), (2, "later_reading", then + late), (2, "header", then),
    ]  # fmt: skip
    assert store.commit("1", [item("a", "Amended again")], now=later) == Committed(revised=1)
    assert rows(store)[-1].version == 3


def test_a_title_that_only_a_header_has_is_no_revision(tmp_path: Path) -> None:
    store = DisclosureStore(tmp_path).source("sec")
    store.commit("1", [item("a", "6-K", form="6-K", time_source="later_reading")], now=NOW)
    store.commit("1", [item("a", "6-K Buyback", form="6-K")], now=NOW)
    assert [(row.version, row.headline, row.received) for row in rows(store)] == [
        (1, "6-K", None), (1, "6-K Buyback", None),
    ]  # fmt: skip


def test_companies_do_not_meet(tmp_path: Path) -> None:
    store = DisclosureStore(tmp_path).source("sec")
    store.commit("1", [item("a")], now=NOW)
    assert store.commit("2", [item("a", "Other")], now=NOW) == Committed(added=1)


def fill(folder: Path) -> None:
    """Three commits, of which the last joins the small parts of those before."""
    store = DisclosureStore(folder).source("sec")
    for k in range(3):
        day = date(2026, 1, 1) + timedelta(days=k)
        store.commit(str(k % 2), [item(f"{k}-{n}") for n in range(3)], now=NOW, settled=[(day, day)])


def test_a_kill_at_any_step_and_a_second_run_leave_what_one_run_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure_store, "MOST_SMALL", 3)
    fill(tmp_path / "once")
    whole = contents(tmp_path / "once")
    assert len([name for name in whole if name.endswith(".jsonl")]) == 1, "parts were joined"
    step, was_killed = 0, True
    while was_killed:
        folder = tmp_path / f"killed-{step}"
        folder.mkdir()
        was_killed = killed_at(step, folder, lambda at=folder: fill(at))
        fill(folder)
        assert contents(folder) == whole, f"killed at step {step}"
        step += 1
    assert step > 30


def write(folder: Path, company: str) -> None:
    store = DisclosureStore(folder).source("sec")
    for k in range(20):
        store.commit(company, [item(f"{company}-{k}"), item(f"common-{k}")], now=NOW)


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=write, args=(tmp_path, company)) for company in ("1", "1", "2")]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert [one.exitcode for one in writers] == [0, 0, 0]
    found = rows(DisclosureStore(tmp_path).source("sec"))
    assert len(found) == 80
    assert {row.version for row in found} == {1}


def test_a_reader_goes_on_where_parts_are_joined_under_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure_store, "MOST_SMALL", 3)
    store = DisclosureStore(tmp_path).source("sec")
    for k in range(2):
        store.commit(str(k), [item(f"{k}")], now=NOW)
    stale = [store.manifest()]
    store.commit("2", [item("2")], now=NOW)
    store.commit("3", [], now=NOW)
    real = SourceStore.manifest
    monkeypatch.setattr(SourceStore, "manifest", lambda self: stale.pop() if stale else real(self))
    assert len(rows(store)) == 3


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 2}', '{"format": 1, "parts": [{}], "settled": {}, "asked_at": {}}', "null"]
)
def test_a_manifest_of_somebody_else_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "sec").mkdir()
    (tmp_path / "sec" / "manifest.json").write_text(text)
    with pytest.raises(DataError, match="newsbt events pull"):
        DisclosureStore(tmp_path).source("sec").commit("1", [item("a")], now=NOW)


def test_few_rows_are_lines_of_text_and_many_are_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure_store, "SMALL_ROWS", 3)
    store = DisclosureStore(tmp_path).source("sec")
    store.commit("1", [item("a")], now=NOW)
    store.commit("2", [item(f"{k}") for k in range(3)], now=NOW)
    assert sorted(path.suffix for path in store.folder.iterdir()) == [".json", ".jsonl", ".parquet"]
    assert [row.event_id for row in rows(store)] == ["a", "0", "1", "2"]
    assert store.commit("2", [item("0"), item("9")], now=NOW) == Committed(added=1, unchanged=1)


@pytest.mark.parametrize("most", [3, 0], ids=["lines", "columns"])
def test_a_damaged_part_is_an_error_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(disclosure_store, "SMALL_ROWS", most)
    store = DisclosureStore(tmp_path).source("sec")
    store.commit("1", [item("a")], now=NOW)
    (part,) = (path for path in store.folder.iterdir() if path.name != "manifest.json")
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(DataError, match=rf"{part.name}.*damaged"):
        store.tables()


def with_row(folder: Path, **changes: object) -> DisclosureStore:
    """A store of one row with other cells, its part's name being the hash of it, as a store of others may be."""
    store = DisclosureStore(folder)
    store.source("sec").commit("1", [item("a")], now=NOW)
    (part,) = folder.glob("sec/*.jsonl")
    data = json.dumps({**json.loads(part.read_bytes()), **changes}).encode()
    name = f"{hashlib.sha256(data).hexdigest()[:32]}.jsonl"
    (folder / "sec" / name).write_bytes(data)
    manifest = folder / "sec" / "manifest.json"
    manifest.write_text(manifest.read_text().replace(part.name, name))
    return store


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tickers": None}, "tickers is empty in 1 rows"),
        ({"published_at": "soon"}, "published_at: expected a time"),
        ({"pulled_at": "2025-03-06T03:00:00"}, "pulled_at: expected an instant with its offset"),
        ({"pulled_at": ""}, "pulled_at: expected an instant"),
        ({"received_at": "0001-01-01T00:00:00+08:00"}, "received_at: expected a year"),
        ({"time_precision": "week"}, "time_precision: 'week'"),
        ({"version": "first"}, "its rows cannot be read"),
    ],
)
def test_a_row_that_no_pull_writes_is_an_error_that_names_its_part(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(DataError, match=rf"sec/[0-9a-f]{{32}}\.jsonl.*{message}"):
        with_row(tmp_path, **changes).source("sec").tables()


def test_what_may_be_blank_is_no_fault(tmp_path: Path) -> None:
    assert with_row(tmp_path, received_at="").source("sec").tables()[0].num_rows == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("parts", [{"file": "../../secret.jsonl", "companies": {"1": 1}}]),
        ("parts", [{"file": 5, "companies": {"1": 1}}]),
        ("asked_at", {"1": "2025-03-06T03:00:00"}),
        ("settled", {"1": [["0001-01-01", "9999-12-31"]]}),
        ("parts", [{"file": "0" * 32 + ".jsonl", "companies": {"1": float("inf")}}]),
    ],
    ids=["another folder", "no name", "no offset", "no days", "no count"],
)
def test_a_manifest_names_files_of_its_own_folder_and_instants_and_days(
    tmp_path: Path, key: str, value: object
) -> None:
    store = DisclosureStore(tmp_path).source("sec")
    store.commit("1", [item("a")], now=NOW)
    path = store.folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(DataError, match="it is no manifest"):
        store.manifest()


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = DisclosureStore(tmp_path).source("sec")
    store.commit("1", [item("a")], now=NOW)
    before = contents(tmp_path)

    def full(*_: object) -> Iterator[Sequence[bytes]]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("newsbt.domain.output_files.os.fsync", full)
    with pytest.raises(DataError, match="No space left"):
        store.commit("1", [item("b")], now=NOW)
    assert contents(tmp_path) == before
