"""Feeds, articles and mapped files as readers of a config, paths relative to it, and revisions as of an instant."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from news_world import CONFIG, TABLES
from newsbt.assembly import assemble
from newsbt.check import check
from newsbt.config.loading import load
from newsbt.domain.progress import SilentProgress
from newsbt.errors import ConfigError
from newsbt.live.as_of import prepare_as_of
from newsbt.steps.prepare import prepare, read_inputs
from projects import write_project

ITEMS = [
    {"id": 1, "headline": "Alibaba releases Qwen3", "created_at": "2025-03-03T00:00:00Z", "symbols": ["A.SH"]},
    {
        "id": 1, "headline": "Alibaba releases Qwen3-Max", "created_at": "2025-03-03T00:00:00Z",
        "updated_at": "2025-03-04T00:00:00Z", "symbols": ["A.SH", "B.SH"],
    },
]  # fmt: skip


def project(folder: Path, readers: str) -> Path:
    path = write_project(folder, CONFIG, **TABLES)
    text = path.read_text()
    start, end = text.index("announcements:"), text.index("prices:")
    path.write_text(f"{text[:start]}announcements: [{readers}]\n{text[end:]}")
    (folder / "news").mkdir()
    (folder / "news" / "alpaca.json").write_text(json.dumps({"news": ITEMS}))
    (folder / "news" / "vendor.csv").write_text("ref,what,at,kind,who\nv1,Alpha did it,2025-03-03 08:00,news,Alpha\n")
    columns = "{item_id: ref, headline: what, published_at: at, event_type: kind, issuer: who}"
    (folder / "news" / "map.yaml").write_text(f"columns: {columns}\nzone: Asia/Shanghai\n")
    (folder / "news" / "a.txt").write_text("Alibaba opens QwQ-32B\n\nPublished: 2025-03-04T08:00+08:00\n\nIt is open.")
    (folder / "news" / "feed.xml").write_text(
        '<?xml version="1.0"?><rss version="2.0"><channel><title>W</title><item><title>Alibaba opens Qwen4</title>'
        "<guid>g</guid><pubDate>Tue, 04 Mar 2025 08:00:00 +0800</pubDate></item></channel></rss>"
    )
    return path


READERS = (
    "{use: alpaca, path: news/alpaca.json}, {use: mapped, path: news/vendor.csv, map: news/map.yaml}, "
    "{use: articles, path: news/a.txt}, {use: rss, path: news/feed.xml}"
)


def test_all_readers_stand_in_one_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project(tmp_path, READERS)
    monkeypatch.chdir("/")
    prepared = prepare(assemble(load(path)), SilentProgress())
    assert set(prepared.news.events.ids) == {"alpaca-1", "alpaca-1.v2", "v1", "a", "g"}
    assert check(load(path)).ok


def test_as_of_an_instant_a_revision_is_not_known_before_it_was_made(tmp_path: Path) -> None:
    components = assemble(load(project(tmp_path, READERS)))
    inputs = read_inputs(components)

    def known(at: str) -> dict[str, tuple[str, ...]]:
        found = prepare_as_of(components, inputs, datetime.fromisoformat(at), SilentProgress())
        items = found.prepared.news.events.announcements
        return {item.event_id: item.tickers for item in items if item.event_id.startswith("alpaca")}

    assert known("2025-03-04T07:59:59+08:00") == {"alpaca-1": ("A.SH",)}
    assert known("2025-03-04T08:00:00+08:00") == {"alpaca-1": ("A.SH",), "alpaca-1.v2": ("A.SH", "B.SH")}


@pytest.mark.parametrize(
    ("reader", "match"),
    [("{use: rss}", "path or a url"), ("{use: mapped, path: news/vendor.csv}", "needs the parameter 'map'"),
     ("{use: alpaca, path: news/alpaca.json, keeep: all}", "keeep"), ("{use: rsss, path: x}", "did you mean 'rss'"),
     ("{use: mapped, path: news/vendor.csv, map: news/none.yaml}", "there is no such file")],
)  # fmt: skip
def test_readers_say_what_is_wrong_with_them(tmp_path: Path, reader: str, match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        read_inputs(assemble(load(project(tmp_path, reader))))
