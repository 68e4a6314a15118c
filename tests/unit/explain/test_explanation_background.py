"""`newsbt explain` tells a text's whole story, in JSON and on the terminal, and whether anybody knows its issuer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsbt.cli import main

ROOT = Path(__file__).parents[3]
CONFIG = str(ROOT / "configs" / "rival_release.yaml")
TEXT = ROOT / "tests" / "data" / "articles" / "wire" / "01_alibaba_qwq32b.txt"


def explained(text: str, folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    path = folder / "item.txt"
    path.write_text(text, encoding="utf-8")
    assert main(["explain", str(path), "--config", CONFIG, "--published", "2025-03-06T16:45+08:00", *more]) == 0
    return capsys.readouterr().out


def test_the_whole_story_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "\n".join(line for line in TEXT.read_text(encoding="utf-8").split("\n") if not line.startswith("Published"))
    document = json.loads(explained(text, tmp_path, capsys, "--json"))
    item = document["announcement"]
    assert (item["issuer"], item["event_type"], item["subject"]) == ("Alibaba", "model_release", "QwQ-32B")
    assert item["issuer_known"] is True and "DeepSeek-R1" in item["rivals"]
    assert {"Focus Technology", "Client Service International"} <= {one["name"] for one in item["companies"]}
    assert {"name": "Tencent", "direction": 1, "percent": 7.6}.items() <= item["reported_moves"][3].items()
    assert {"legislature", "capex_plan"} <= {one["kind"] for one in item["catalysts"]}
    mentioned = {one["ticker"] for one in document["links"] if one["relation"] == "mentioned"}
    assert {"002315.SZ", "300663.SZ"} <= mentioned
    shown = " ".join(explained(text, tmp_path, capsys, "--all").split())
    for words in ("Focus Technology (002315.SZ)", "Moved already Alibaba +8%", "Confounders"):
        assert words in shown


def test_a_story_that_touches_much_fits_one_screen_and_counts_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    text = TEXT.read_text(encoding="utf-8")
    screen = explained(text, tmp_path, capsys).splitlines()
    assert len(screen) <= 44, "\n".join(screen)
    shown = " ".join(" ".join(screen).split())
    for words in ("First tradable", " more", "--all has every link"):
        assert words in shown
    assert len(explained(text, tmp_path, capsys, "--all").splitlines()) > len(screen)


def test_an_issuer_that_no_table_knows_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Quillwort Robotics launches Quill-2, an AI model\n\nIt is out."
    item = json.loads(explained(text, tmp_path, capsys, "--json"))["announcement"]
    assert (item["issuer"], item["issuer_known"]) == ("Quillwort Robotics", False)
    assert "no table knows the issuer" in " ".join(explained(text, tmp_path, capsys).split())
