"""No command writes over what it was given to read, under whatever name the file goes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from newsbt.cli import main

INSTRUMENTS = "ticker,name,exchange,board,currency\n9988.HK,Alibaba,XHKG,main,HKD\n"
ARTICLE = "Alibaba releases Qwen3\nPublished: 2025-03-06T03:00:00+08:00\n\nAlibaba said so.\n"
ITEMS = json.dumps({"news": [{"id": 1, "headline": "Alibaba unveils QwQ", "created_at": "2025-03-05T19:00:00Z"}]})
MAP = "columns: {published_at: created_at, headline: headline}\nrecords: news\n"
LABELS = "headline,event_type\n" + "".join(f"Shares rose {k},{('none', 'earnings')[k % 2]}\n" for k in range(60))
EXTRACT = ["events", "extract", "article.txt", "--instruments", "listed.csv"]
IMPORT = ["events", "import", "items.json", "--format", "alpaca", "--instruments", "listed.csv"]
MAPPED = ["events", "import", "items.json", "--format", "mapped", "--map", "map.yaml"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    given = {"listed.csv": INSTRUMENTS, "article.txt": ARTICLE, "items.json": ITEMS, "map.yaml": MAP, "l.csv": LABELS}
    for name, text in given.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "m.json").write_text(LABELS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "out", "own"),
    [
        (["events", "names", "listed.csv"], "listed.csv", "listed.csv"),
        (EXTRACT, "article.txt", "article.txt"), (EXTRACT, "listed.csv", "listed.csv"),
        (["events", "extract", ".", "--instruments", "listed.csv"], "article.txt", "article.txt"),
        (IMPORT, "items.json", "items.json"), (IMPORT, "listed.csv", "listed.csv"),
        (MAPPED, "map.yaml", "map.yaml"),
        (["events", "train", "l.csv"], "l.csv", "l.csv"),
        (["events", "train", "m.json"], "m.npz", "m.json"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("by", ["name", "path", "link", "hard link"])
def test_an_input_is_not_written_over(
    folder: Path, capsys: pytest.CaptureFixture[str], command: list[str], out: str, own: str, by: str
) -> None:
    before, target = (folder / own).read_bytes(), Path(out)
    if by == "path":
        target = folder / "." / out
    elif by != "name" and out == own:
        target = folder / "other"
        (os.link if by == "hard link" else os.symlink)(folder / out, target)
    assert main([*command, "--out", str(target)]) == 2
    assert "which this command reads; name another file" in " ".join(capsys.readouterr().err.replace("│", "").split())
    assert (folder / own).read_bytes() == before


@pytest.mark.parametrize("command", [["events", "names", "listed.csv"], EXTRACT])
def test_another_file_is_written_over(folder: Path, command: list[str]) -> None:
    (folder / "out.csv").write_text("what was there before")
    assert main([*command, "--out", "out.csv"]) == 0
    assert (folder / "out.csv").read_text(encoding="utf-8").startswith(("ticker,", "event_id,"))
