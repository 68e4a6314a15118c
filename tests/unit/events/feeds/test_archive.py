"""Imports into a growing archive: what is new, what is revised, and since when each version is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsbt.errors import DataError
from newsbt.events.feeds.announcing import Announcer
from newsbt.events.feeds.archive import import_items
from newsbt.events.feeds.feed_item import FeedItem
from newsbt.events.from_jsonl import JsonlAnnouncements

NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)
ITEM = FeedItem(
    item_id="w-1", headline="Alibaba releases Qwen3", published_at=datetime(2025, 3, 6, 3, tzinfo=UTC), origin="f:1"
)


def read(archive: Path) -> dict[str, datetime]:
    return {item.event_id: item.known_at() for item in JsonlAnnouncements(path=archive).read().announcements}


def test_an_archive_reads_back_as_announcements(tmp_path: Path) -> None:
    archive = tmp_path / "deep" / "news.jsonl"
    done = import_items([ITEM], archive, Announcer(None), now=NOW)
    assert (done.added, done.revised, done.unchanged, done.silent) == (1, 0, 0, 0)
    (found,) = JsonlAnnouncements(path=archive).read().announcements
    assert (found.issuer, found.event_type, found.headline) == ("Alibaba", "model_release", ITEM.headline)
    assert found.known_at() == ITEM.published_at


def test_importing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "news.jsonl"
    import_items([ITEM], archive, Announcer(None), now=NOW)
    before = archive.read_bytes()
    assert import_items([ITEM], archive, Announcer(None), now=NOW).unchanged == 1
    assert archive.read_bytes() == before


def test_a_revision_is_known_when_it_was_revised(tmp_path: Path) -> None:
    archive = tmp_path / "news.jsonl"
    import_items([ITEM], archive, Announcer(None), now=NOW)
    revised = replace(ITEM, headline="Alibaba releases Qwen3-Max", updated_at=ITEM.published_at + timedelta(hours=2))
    assert import_items([revised], archive, Announcer(None), now=NOW).revised == 1
    assert read(archive) == {"w-1": ITEM.published_at, "w-1.v2": ITEM.published_at + timedelta(hours=2)}


def test_a_silent_revision_is_known_from_the_import_that_saw_it(tmp_path: Path) -> None:
    archive = tmp_path / "news.jsonl"
    import_items([ITEM], archive, Announcer(None), now=NOW)
    import_items([replace(ITEM, headline="Alibaba releases Qwen4")], archive, Announcer(None), now=NOW)
    assert read(archive)["w-1.v2"] == NOW


def test_stamped_items_are_known_from_their_import(tmp_path: Path) -> None:
    archive = tmp_path / "news.jsonl"
    import_items([ITEM], archive, Announcer(None), now=NOW, stamp=True)
    assert read(archive) == {"w-1": NOW}


def test_as_of_an_instant_only_what_was_known_is_there(tmp_path: Path) -> None:
    archive = tmp_path / "news.jsonl"
    later = ITEM.published_at + timedelta(hours=2)
    import_items(
        [ITEM, replace(ITEM, headline="Alibaba releases Qwen3-Max", updated_at=later)],
        archive,
        Announcer(None),
        now=NOW,
    )
    known = read(archive)
    assert [name for name, at in known.items() if at <= later - timedelta(minutes=1)] == ["w-1"]
    assert [name for name, at in known.items() if at <= later] == ["w-1", "w-1.v2"]


def test_what_cannot_be_used_is_counted_and_what_says_nothing_too(tmp_path: Path) -> None:
    huge = replace(ITEM, item_id="w-2", body="x" * 11_000_000)
    silent = replace(ITEM, item_id="w-3", headline="The weather is fine")
    done = import_items([huge, silent], tmp_path / "a.jsonl", Announcer(None), now=NOW)
    assert (done.added, done.silent, [problem.code for problem in done.refused]) == (0, 1, ["too_large"])
    assert not (tmp_path / "a.jsonl").exists()


@pytest.mark.parametrize("line", ['{"a": 1}', '{"received_at": "2025-03-06T03:00Z", "item_id": "a", "version": 1e400}'])
def test_another_file_is_not_written_over(tmp_path: Path, line: str) -> None:
    archive = tmp_path / "mine.jsonl"
    archive.write_text(line + "\n")
    with pytest.raises(DataError, match="another --out"):
        import_items([ITEM], archive, Announcer(None), now=NOW)
    assert archive.read_text() == line + "\n"
