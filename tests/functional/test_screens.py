"""What commands show at four widths, against what is kept: `make screens` writes it anew, and the diff is judged."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from screens import FOLDER, SCREENS, WIDTHS, file_of, kept_text, screen


@pytest.mark.parametrize("name", SCREENS)
def test_a_command_shows_what_is_kept(name: str) -> None:
    assert kept_text(name) == file_of(name).read_text(encoding="utf-8"), "make screens, and look at the difference"


def test_nothing_is_kept_of_a_screen_that_is_no_more() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(SCREENS)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SCREENS)
def test_no_line_is_wider_than_the_terminal_and_none_ends_in_blanks(name: str, width: int) -> None:
    lines = screen(name, width).splitlines()
    assert [line for line in lines if cell_len(line) > width or line != line.rstrip()] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_explain_fits_one_screen(width: int) -> None:
    assert len(screen("explain", width).splitlines()) <= 45
