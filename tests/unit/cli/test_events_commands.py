"""`newsbt explain`, `orders` and `events` from the shell: documents, tables, messages and exit codes."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from news_world import CONFIG, ITEM, TABLES
from newsbt.cli import main
from projects import write_project

FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>'
    "<item><title>Alibaba releases Qwen3</title><guid>g1</guid>"
    "<pubDate>Thu, 06 Mar 2025 03:00:00 +0800</pubDate></item>"
    "<item><title>No date</title><guid>g2</guid></item></channel></rss>"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = sys.stdin
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")
    write_project(tmp_path, CONFIG, **TABLES)
    yield tmp_path
    if sys.stdin is not before:
        sys.stdin.close()


def give(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with stdin
    file.write(data)
    file.seek(0)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(file, encoding="utf-8"))


def test_explain_reads_stdin_and_prints_one_document(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, json.dumps(ITEM).encode())
    assert main(["explain", "-", "--config", "config.yaml", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["announcement"]["issuer"] == "Alpha"
    assert not err


def test_explain_fits_one_screen(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "item.json").write_text(json.dumps({**ITEM, "headline": "Alpha\x1b[31m [red]does[/red]"}))
    assert main(["explain", "item.json", "--config", "config.yaml"]) == 0
    out = capsys.readouterr().out
    assert "opened at its upper limit of 11: could not be bought" in out
    assert "Alpha [red]does[/red]" in out
    assert "\x1b" not in out
    assert len(out.splitlines()) < 45


def test_explain_says_what_is_wrong_with_an_item(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.txt").write_text("A headline\n\nNo date.")
    assert main(["explain", "a.txt", "--config", "config.yaml"]) == 2
    assert "when it was published" in capsys.readouterr().err
    assert main(["explain", "missing.txt", "--config", "config.yaml"]) == 2
    assert "missing.txt" in capsys.readouterr().err
    give(monkeypatch, "标题\n".encode("gbk"))
    assert main(["explain", "-", "--config", "config.yaml"]) == 2
    assert "not UTF-8" in capsys.readouterr().err
    (here / "n.txt").write_text("Alpha\nPublished: 2025-03-04 08:00\n\nx")
    assert main(["explain", "n.txt", "--config", "config.yaml"]) == 2
    assert main(["explain", "n.txt", "--config", "config.yaml", "--zone", "Asia/Shanghai"]) == 0


def test_published_dates_a_text_without_a_time(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """08:00 in Shanghai is 00:00Z; the config has no latency, so that the item is known then."""
    at = ["--config", "config.yaml", "--published", "2025-03-04T08:00+08:00"]
    (here / "a.txt").write_text("Alpha releases Alpha-1, its new model\n\nIt is out.")
    item = {name: value for name, value in ITEM.items() if name != "published_at"}
    (here / "item.json").write_text(json.dumps(item))
    for name in ("a.txt", "item.json"):
        assert main(["explain", name, *at[:2]]) == 2
        capsys.readouterr()
        assert main(["explain", name, *at, "--json"]) == 0
        out, err = capsys.readouterr()
        assert json.loads(out)["announcement"]["known_at"] == "2025-03-04T00:00:00Z"
        assert not err
    give(monkeypatch, (here / "a.txt").read_bytes())
    assert main(["explain", "-", *at, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["announcement"]["published_at"] == "2025-03-04T08:00:00+08:00"
    assert main(["explain", "a.txt", *at[:3], "2025-03-04T08:00"]) == 2
    assert "error: --published: '2025-03-04T08:00' has no offset" in capsys.readouterr().err


def test_published_leaves_a_text_its_own_time_and_says_both(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = here / "articles"
    folder.mkdir()
    (folder / "dated.txt").write_text("Alibaba releases Qwen3\nMar 6, 2025, 4:45 PM HKT\n\nIt is out.")
    (folder / "undated.txt").write_text("Alibaba releases Qwen4\n\nIt is out.")
    assert main(["events", "extract", str(folder), "--published", "2025-03-04T08:00+08:00", "--json"]) == 0
    out, err = capsys.readouterr()
    found = {one["event_id"]: one["published_at"] for one in json.loads(out)["announcements"]}
    assert found == {"dated": "2025-03-06T16:45:00+08:00", "undated": "2025-03-04T08:00:00+08:00"}
    assert err.splitlines() == [
        f"note: {folder / 'dated.txt'}: the text says that it was published at 2025-03-06T16:45:00+08:00, and that"
        " stands; --published 2025-03-04T08:00:00+08:00 is for texts that do not say it"
    ]
    dated = str(folder / "dated.txt")
    assert main(["explain", dated, "--config", "config.yaml", "--published", "2025-03-04T08:00+08:00", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["announcement"]["published_at"] == "2025-03-06T16:45:00+08:00"
    assert "2025-03-06T16:45:00+08:00, and that stands" in err


def test_orders_as_of_an_instant(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["orders", "config.yaml", "--as-of", "2025-03-03T08:30+08:00", "--json"]) == 2
    assert "no price was known" in capsys.readouterr().err
    assert main(["orders", "config.yaml", "--as-of", "2025-03-04T08:30+08:00", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["as_of"] == "2025-03-04T00:30:00+00:00"
    assert document["next_openings"] == {"XSHG": "2025-03-04T01:30:00+00:00"}
    assert main(["orders", "config.yaml", "--as-of", "2025-03-04T08:30+08:00"]) == 0
    assert "As of 2025-03-04" in capsys.readouterr().out


@pytest.mark.parametrize("at", ["yesterday", "2025-03-04T08:30"])
def test_orders_want_an_instant(here: Path, capsys: pytest.CaptureFixture[str], at: str) -> None:
    assert main(["orders", "config.yaml", "--as-of", at]) == 2
    assert "offset" in capsys.readouterr().err


def test_orders_now_are_of_today(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["orders", "config.yaml"]) == 0
    assert "sessions have closed since the last ones (XSHG 2025-03-05)" in capsys.readouterr().out


def test_events_show_and_check(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["events", "show", "config.yaml", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["event_id"], row["known_at"], row["links"]) == ("old", "2025-03-03T00:00:00Z", 2)
    assert row["first_tradable_at"] == {"XSHG": "2025-03-03T01:30:00Z"}
    assert main(["events", "show", "config.yaml"]) == 0
    assert "1 events" in capsys.readouterr().out
    assert main(["events", "check", "config.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "announcements": 1, "not_linked": {}, "counts": {}, "findings": [], "doubts": [],
    }  # fmt: skip
    assert main(["events", "check", "config.yaml"]) == 0
    assert "Everything was resolved" in capsys.readouterr().out


def test_events_import_adds_to_an_archive(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "feed.xml").write_text(FEED)
    arguments = ["events", "import", "feed.xml", "--format", "rss", "--out", "news.jsonl", "--json"]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert (document["added"], document["refused"]) == (1, 1)
    assert "no date of publication" in err
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["unchanged"] == 1
    assert json.loads((here / "news.jsonl").read_text())["issuer"] == "Alibaba"


def test_events_import_says_what_is_wrong(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "page.html").write_text("<html>no feed</html>")
    assert main(["events", "import", "page.html", "--format", "rss", "--out", "n.jsonl"]) == 2
    assert "RSS or Atom" in capsys.readouterr().err
    assert main(["events", "import", "page.html", "--format", "mapped", "--out", "n.jsonl"]) == 2
    assert "--map" in capsys.readouterr().err
    assert main(["events", "import", "ftp://x.test/f", "--format", "rss", "--out", "n.jsonl"]) == 2
    assert "http" in capsys.readouterr().err
    assert not (here / "n.jsonl").exists()


def test_events_extract_writes_what_the_csv_reader_reads(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "articles").mkdir()
    (here / "articles" / "a.txt").write_text(
        "Alibaba releases Qwen3\n\nPublished: 2025-03-06T03:00+08:00\n\nIt is open."
    )
    (here / "articles" / "b.txt").write_text("Nobody knows when\n\nText.")
    assert main(["events", "extract", "articles", "--out", "a.csv"]) == 0
    out, err = capsys.readouterr()
    assert "2 articles" in out
    assert "b.txt" in err
    from newsbt.events.from_csv import CsvAnnouncements

    (found,) = CsvAnnouncements(path=here / "a.csv").read().announcements
    assert found.issuer == "Alibaba"
    assert main(["events", "extract", "articles/b.txt", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["refused"][0]["code"] == "missing_value"
