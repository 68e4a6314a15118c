"""docs/errors.md is written from the table of errors, and what it prints is printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import errors_page
from newsbt.error_codes import ERRORS, ErrorCode
from provoked import PROVOKED, printed


def test_the_page_says_what_the_table_says() -> None:
    """`make errors-page` writes it anew."""
    text = errors_page.PAGE_FILE.read_text(encoding="utf-8")
    assert text == errors_page.page(errors_page.examples_of(text))


@pytest.mark.parametrize("code", ERRORS)
def test_each_error_is_reached_and_prints_what_its_example_shows(code: ErrorCode, tmp_path: Path) -> None:
    status, err, _ = printed(PROVOKED[code], tmp_path)
    assert status not in (None, 0)
    assert f"[{code}]" in err or err.strip() == code
    assert errors_page.examples_of(errors_page.PAGE_FILE.read_text(encoding="utf-8"))[code] == errors_page.example(
        PROVOKED[code], err
    )


@pytest.mark.parametrize(
    "code", ["unknown_key", "missing_run", "bad_usage", "strategy_failed", "component_failed", "out_of_memory"]
)
def test_json_carries_the_code_whatever_the_command(code: ErrorCode, tmp_path: Path) -> None:
    """Stdout holds one document, also of an error that is not newsbt's own, and stderr the sentence."""
    from dataclasses import replace

    one = PROVOKED[code]
    status, err, out = printed(replace(one, command=f"{one.command} --json"), tmp_path)
    problems = json.loads(out)["errors"]
    assert status != 0 and f"[{code}]" in err
    assert [problem["code"] for problem in problems] == [code]
    assert set(problems[0]) == {"file", "line", "key", "code", "message"}
    assert problems[0]["message"].splitlines()[0] in err


def test_no_document_is_printed_where_none_was_asked_for(tmp_path: Path) -> None:
    assert printed(PROVOKED["missing_run"], tmp_path)[2] == ""
