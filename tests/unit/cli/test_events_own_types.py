"""A type of one's own, in the ten lines that docs/news.md shows: by the config, and by --types of each command."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from news_world import CONFIG, TABLES
from newsbt.cli import main
from projects import write_project

PAGE = (Path(__file__).parents[3] / "docs" / "news.md").read_text(encoding="utf-8")
(TYPE,) = re.findall(r"```yaml\n(fda_approval:\n.*?)```", PAGE, re.DOTALL)
TEXT = "Alpha wins FDA approval for its heart drug\nPublished: 2025-03-04T08:00+08:00\n\nIt had asked in May."
FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><item>'
    "<title>明途科技新药获得FDA批准</title><guid>g1</guid><pubDate>Tue, 04 Mar 2025 08:00:00 +0800</pubDate>"
    "</item></channel></rss>"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path, CONFIG, **TABLES)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "types.yaml").write_text(TYPE, encoding="utf-8")
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_the_example_of_the_page_is_ten_lines_at_the_most() -> None:
    assert len(TYPE.splitlines()) <= 10


def test_explain_finds_the_type_that_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["explain", "articles/a.txt", "--config", "config.yaml", "--json"]
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out)["announcement"]["is_announcement"] is False
    assert main([*asked, "--types", "own/types.yaml"]) == 0
    by_option = json.loads(capsys.readouterr().out)["announcement"]
    assert (by_option["event_type"], by_option["issuer"]) == ("fda_approval", "Alpha")
    assert main([*asked, "--set", "extraction.types=own/types.yaml"]) == 0
    assert json.loads(capsys.readouterr().out)["announcement"] == by_option


def test_extract_and_import_find_it_beside_the_usual_types(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "articles" / "b.txt").write_text("OpenAI releases GPT-7\nPublished: 2025-03-04T08:00+08:00", "utf-8")
    assert main(["events", "extract", "articles", "--types", "own/types.yaml", "--json"]) == 0
    found = {one["event_id"]: one["event_type"] for one in json.loads(capsys.readouterr().out)["announcements"]}
    assert found == {"a": "fda_approval", "b": "model_release"}
    (here / "feed.xml").write_text(FEED, encoding="utf-8")
    imported = ["events", "import", "feed.xml", "--format", "rss", "--out", "n.jsonl", "--types", "own/types.yaml"]
    assert main(imported) == 0
    (line,) = (here / "n.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["event_type"] == "fda_approval"


@pytest.mark.parametrize(
    ("extend", "types"), [("true", ["fda_approval", "model_release"]), ("false", ["fda_approval"])]
)
def test_a_config_tells_its_readers(
    extend: str, types: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "articles" / "b.txt").write_text("OpenAI releases GPT-7\nPublished: 2025-03-04T08:00+08:00", "utf-8")
    news = f"announcements=[{{use: articles, path: {here / 'articles'}}}]"
    own = ["--set", "extraction.types=own/types.yaml", "--set", f"extraction.extend={extend}"]
    assert main(["events", "show", "config.yaml", "--set", news, *own, "--json"]) == 0
    assert sorted(one["event_type"] for one in json.loads(capsys.readouterr().out)) == types


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x:\n  verbs: {en: [win]}\n  nuons: {en: [x]}\n", "types.yaml:3: x.nuons: there is no such key"),
        ("x: {verbs: {en: [win]}}\nx: {}\n", "types.yaml:2: "),
        (None, "there is no file or folder"),
    ],
)
def test_what_is_wrong_with_the_file_is_told_with_its_line(
    text: str | None, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is None:
        (here / "own" / "types.yaml").unlink()
    else:
        (here / "own" / "types.yaml").write_text(text, encoding="utf-8")
    assert main(["check", "config.yaml", "--set", "extraction.types=own/types.yaml"]) == 2
    assert said in capsys.readouterr().err


def test_types_that_stand_alone_need_a_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "config.yaml", "--set", "extraction.extend=false"]) == 2
    assert "extend: false needs types" in capsys.readouterr().err
