"""What README and the pages of docs/ tell their reader to type does what they say it does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from doc_blocks import SCREEN, PageError, as_printed, blocks_of, run_page

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SLOW: set[str] = set()
"""Pages that take more than half a minute: `make docs-slow`."""


def is_run(page: Path) -> bool:
    return any(block.language in ("sh", "console", "python") for block in blocks_of(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=page.stem, marks=[pytest.mark.slow] if page.stem in SLOW else [])
        for page in PAGES
        if is_run(page)
    ],
)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SCREEN.items():
        monkeypatch.setenv(name, value)
    written = run_page(page, tmp_path)
    shown = page.read_text(encoding="utf-8")
    changed = [
        f"{number}: {then!r} is {now!r} today"
        for number, (then, now) in enumerate(zip(shown.splitlines(), written.splitlines(), strict=True), 1)
        if then != now
    ]
    assert not changed, f"{page.name}: `make docs-write` writes what is printed:\n" + "\n".join(changed)


def page_of(tmp_path: Path, text: str) -> str:
    (tmp_path / "page.md").write_text(text)
    return run_page(tmp_path / "page.md", tmp_path)


def test_figures_are_written_anew_and_words_are_not(tmp_path: Path) -> None:
    page = "```console\n$ echo 'a 12.5% b'\na 7% b\n```\n"
    assert page_of(tmp_path, page) == page.replace("\na 7%", "\na 12.5%")
    with pytest.raises(PageError, match=r"page.md:2: 'a 7% c' is not what is printed here"):
        page_of(tmp_path, page.replace("7% b", "7% c"))


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("<!-- run: true -->\n\n```sh\ntrue\n```\n", "right before its block"),
        ("```sh\nfalse\n```\n", r"page.md:2: `false` ended with 1, not with 0"),
        ("<!-- exit: 2 -->\n```sh\ntrue\n```\n", r"page.md:3: `true` ended with 0, not with 2"),
        ("```console\n$ echo a; echo b\na\n```\n", r"page.md:2: not shown, and not left out by '...'"),
        ("```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n", r"page.md:6: AssertionError"),
        ("<!-- skip: asks the network -->\n```sh\nnewsbt data pul c.yaml\n```\n", "no command 'pul'"),
        ("<!-- skip: asks the network -->\n```sh\nnewsbt data pull c.yaml --prob\n```\n", "--prob"),
        ("```python\nprint(1)\n```\n\n<!-- printed: -->\n```text\n1\n2\n```\n", "'2' is not what is printed here"),
    ],
)
def test_what_a_page_may_not_say(tmp_path: Path, page: str, why: str) -> None:
    with pytest.raises(PageError, match=re.escape(why) if "`" in why else why):
        page_of(tmp_path, page)


def test_a_file_is_written_and_a_block_is_prepared(tmp_path: Path) -> None:
    page_of(
        tmp_path,
        "<!-- file: a/b.txt -->\n```text\nhello\n```\n\n"
        "<!-- run: cd a -->\n<!-- python: y = 1 -->\n"
        "```python\nimport pathlib\nx = pathlib.Path('b.txt').read_text() * y\n```\n\n"
        "```python\nassert x == 'hello\\n'\n```\n",
    )


def test_lines_may_be_left_out_and_parts_of_them() -> None:
    shown = "...\nruns/…\n...\nlast 1\n"
    assert as_printed(shown, "first\nruns/a-2026\nmore\nlast 2\n") == shown.replace("1", "2")


def test_of_lines_that_differ_in_figures_the_nearest_is_taken() -> None:
    assert (
        as_printed("...\n9988.HK  1.5\n...\n", "0700.HK  1.5\n9988.HK  1.6\n9989.HK  2.5\n")
        == "...\n9988.HK  1.6\n...\n"
    )
