"""The exit code of several runs: that of the worst."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from news_world import CONFIG, TABLES
from newsbt.cli import main
from projects import write_project

RAISES = "import newsbt\n\n\nclass Mine(newsbt.Strategy):\n    def signal(self, view):\n        return 1 / 0\n"


@pytest.mark.parametrize(
    ("names", "code"), [(["good"], 0), (["raises", "good"], 1), (["raises", "no_rates", "good"], 2)]
)
def test_the_worst_of_several_runs_decides_and_the_good_one_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], names: list[str], code: int
) -> None:
    configs = {
        "good": CONFIG,
        "raises": CONFIG.replace("use: named_tickers", "use: 'mine.py:Mine'"),
        "no_rates": CONFIG.replace("currency: CNY", "currency: HKD"),
    }
    paths = []
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.py").write_text(RAISES, encoding="utf-8")
        paths.append(str(write_project(tmp_path / name, configs[name], **TABLES)))
    assert main(["run", *paths, "--no-report", "--json"]) == code
    document = json.loads(capsys.readouterr().out)
    assert len(document["runs"]) == 1
    assert ("errors" in document) is (code != 0)
