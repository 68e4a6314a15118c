"""Codes of errors, and what a user's own component raises or answers."""

from __future__ import annotations

import pickle
from pathlib import Path
from unittest.mock import patch

import pytest

from news_world import CONFIG, TABLES
from newsbt.cli import main
from newsbt.errors import ConfigError, DataError, Problem, StrategyError, component_errors
from projects import write_project

PROBLEM = Problem(code="naive_time", message="no offset")
OWN = "import dataclasses\n\n\n@dataclasses.dataclass(frozen=True)\nclass Mine:\n"


def test_an_error_has_the_code_of_its_first_problem_or_its_own() -> None:
    assert DataError("no offset", [PROBLEM], code="bad_value").code == "naive_time"
    assert ConfigError("no", code="bad_value").listed == (Problem(code="bad_value", message="no"),)


def test_what_a_component_raises_without_a_code_has_that_of_its_kind() -> None:
    assert (DataError("no").code, StrategyError("no").code) == ("component_failed", "strategy_failed")


def test_an_error_keeps_its_code_between_processes() -> None:
    error = pickle.loads(pickle.dumps(DataError("no", code="no_data")))
    assert (error.code, str(error)) == ("no_data", "no")
    assert pickle.loads(pickle.dumps(DataError.of([PROBLEM]))).problems == (PROBLEM,)


@pytest.mark.parametrize("error", [OSError("full"), MemoryError(), DataError("no", code="no_data")])
def test_errors_of_the_computer_and_of_newsbt_go_on_as_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, component_errors():
        raise error
    assert caught.value is error


def test_a_fault_of_newsbt_is_not_laid_on_a_component(tmp_path: Path) -> None:
    path = write_project(tmp_path, CONFIG, **TABLES)
    with patch("newsbt.pipeline.run", Problem.as_dict), pytest.raises(TypeError):
        main(["run", str(path)])


@pytest.mark.parametrize(
    ("config", "method", "words"),
    [
        ({"prices": {"use": "mine.py:Mine"}}, "def read(self, known_tickers=None):\n        return 1 / 0", "division"),
        (
            {"prices": {"use": "mine.py:Mine"}}, "def read(self, known_tickers=None):\n        return {}",
            "read() of Mine answered a dict; expected a newsbt.PriceTable",
        ),
        (
            {"fx": {"use": "mine.py:Mine"}}, "def read(self):\n        return []",
            "read() of Mine answered a list; expected a newsbt.FxTable",
        ),
        (
            {"announcements": [{"use": "mine.py:Mine"}]}, "def read(self, known_tickers=None):\n        return []",
            "read() of Mine answered a list; expected a newsbt.AnnouncementBatch",
        ),
        (
            {"prices": {"use": "mine.py:Mine"}}, "def read(self, known_tickers=None):\n        raise SystemExit(0)",
            "raised SystemExit: 0",
        ),
    ],
)  # fmt: skip
def test_a_component_that_raises_or_answers_what_does_not_fit_is_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], config: dict[str, object], method: str, words: str
) -> None:
    import yaml

    (tmp_path / "mine.py").write_text(f"{OWN}    {method}\n", encoding="utf-8")
    path = write_project(tmp_path, CONFIG, **TABLES)
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | config), encoding="utf-8")
    assert main(["run", str(path)]) == 1
    err = capsys.readouterr().err
    assert words in err and "[component_failed]" in err and "Traceback" not in err
    assert ("mine.py:7 in read" in err) is (words in ("division", "raised SystemExit: 0"))
