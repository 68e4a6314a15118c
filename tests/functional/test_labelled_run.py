"""A language model as the labeller of a config: in a run and in every command that understands texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from model_server import ModelServer, completion, label_json, response
from news_world import CONFIG, TABLES
from newsbt.cli import main
from projects import write_project

GOOD = completion(label_json(issuer="Alpha", event_type="product_launch", subject="", words=""))
BAD = response(b"", "503 Service Unavailable", "Retry-After: 0\r\n")
HEADLINE = "Alpha has a thing for everyone"  # which the rules make nothing of


@pytest.fixture
def server() -> Iterator[ModelServer]:
    running = ModelServer([GOOD])
    yield running
    running.close()


@pytest.fixture
def here(server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = write_project(tmp_path, CONFIG, **TABLES)
    config = yaml.safe_load(path.read_text())
    config["announcements"] = [{"use": "articles", "path": "articles"}]
    config["labeller"] = [{"use": "rules"}, {
        "use": "llm", "url": server.url, "model": "m-1", "cutoff": "2025-03-04", "cache": "answers", "retries": 0,
    }]  # fmt: skip
    text = yaml.safe_dump(config, sort_keys=False).replace("'2025-03-04'", "2025-03-04")
    path.write_text(text, encoding="utf-8")
    (tmp_path / "articles").mkdir()
    for name, day in (("a", "04"), ("b", "05")):
        article = f"{HEADLINE} {name}\nPublished: 2025-03-{day}T08:00+08:00\n"
        (tmp_path / "articles" / f"{name}.txt").write_text(article, encoding="utf-8")
    return tmp_path


def test_every_command_uses_the_labeller_that_the_config_names(
    here: Path, server: ModelServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def printed(*asked: str) -> dict[str, object]:
        assert main([*asked, "--json"]) == 0
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        return found

    extracted = printed("events", "extract", "articles", "--config", "config.yaml")
    assert extracted["kinds"] == {"announcement": 2}
    assert [one["event_type"] for one in extracted["announcements"]] == ["product_launch"] * 2  # type: ignore[attr-defined]
    assert printed("events", "extract", "articles")["kinds"] == {"none": 2}
    explained = printed("explain", "articles/a.txt", "--config", "config.yaml")
    assert explained["announcement"]["issuer"] == "Alpha"  # type: ignore[index]
    assert explained["announcement"]["score"] == extracted["announcements"][0]["score"] == 0.9  # type: ignore[index]
    rss = (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><item>'
        f"<title>{HEADLINE} a</title><guid>g1</guid><pubDate>Tue, 04 Mar 2025 08:00:00 +0800</pubDate></item>"
        "</channel></rss>"
    )
    (here / "feed.xml").write_text(rss, encoding="utf-8")
    imported = printed(
        "events", "import", "feed.xml", "--format", "rss", "--out", "n.jsonl", "--config", "config.yaml"
    )  # fmt: skip
    assert (imported["added"], imported["unlabelled"]) == (1, 0)
    assert len(server.bodies) == 2  # one for each text: the rest was kept
    result = printed("run", "config.yaml")
    (folder,) = {Path(one["path"]) for one in result["runs"]}  # type: ignore[attr-defined]
    document = json.loads((folder / "run.json").read_text())
    names = [one["name"] for one in document["strategies"]]
    assert [name for name in names if name.startswith(f"{names[0]} (")] == [
        f"{names[0]} (to 2025-03-04)", f"{names[0]} (after 2025-03-04)",
    ]  # fmt: skip
    assert any("then m-1 at 127.0.0.1" in one and "up to 2025-03-04" in one for one in document["notices"])
    assert len(document["hashes"]["labeller"]) == 64
    assert len(server.bodies) == 2


def test_a_sweep_says_how_hidden_names_change_labels(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = here / "config.yaml"
    config = yaml.safe_load(path.read_text())
    config["sweep"] = {"strategy": config["strategies"][0]["name"], "grid": {"position.hold": [1]}}
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    assert main(["sweep", "config.yaml", "--set", "labeller.1.masked=true"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "with names replaced, m-1" in printed and "of 2 texts otherwise" in printed


def test_a_server_that_fails_stops_the_run_or_its_texts_are_kept_and_counted(
    here: Path, server: ModelServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.replies = [GOOD, BAD]
    assert main(["check", "config.yaml"]) != 0
    told = capsys.readouterr().err
    assert "no label for" in told and "503 Service Unavailable" in told and "on_unlabelled: keep" in told
    asked = ["--set", "labeller.1.on_unlabelled=keep", "--json"]
    assert main(["check", "config.yaml", *asked]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["not_linked"] == {"unlabelled": 1}
    assert any("1 of 2 texts have no label (1 unreachable)" in one for one in found["notices"])
    assert main(["explain", "articles/b.txt", "--config", "config.yaml", *asked]) == 0
    explained = json.loads(capsys.readouterr().out)["announcement"]
    assert (explained["evidence"]["kind"], explained["is_announcement"]) == ("unlabelled", False)
