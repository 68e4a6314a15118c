"""What a failed check shows of where it failed: the user's own lines, and newsbt's when they are asked for."""

from __future__ import annotations

import contextlib
import io
import traceback
from pathlib import Path

import pytest

import newsbt
from newsbt.testing import check_strategy


class Raises(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        raise ValueError("no")


BROKEN = """
import newsbt

def deeper(links):
    return links["nothing of the kind"]

class Broken(newsbt.Strategy):
    def signal(self, view):
        return deeper(view.links)
"""
OPTIONS = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
IN_A_TEST = """
from pathlib import Path
from newsbt.testing import check_strategy, load_strategy

def test_it():
    check_strategy(load_strategy(Path(__file__).with_name("mine.py"), "Broken")(){more})
"""


@pytest.mark.parametrize("more", ["", ", full_traceback=True"])
def test_a_strategy_that_raises_is_shown_by_its_own_lines_alone(tmp_path: Path, more: str) -> None:
    (tmp_path / "mine.py").write_text(BROKEN)
    test = tmp_path / f"test_mine_{bool(more)}.py"  # pytest imports a name once in a process
    test.write_text(IN_A_TEST.replace("{more}", more))
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        assert pytest.main([*OPTIONS, str(test)]) == 1
    text = shown.getvalue()
    assert "mine.py:9 in signal" in text and "mine.py:5 in deeper" in text and "check_strategy(" in text
    assert ("newsbt/audit/" in text) == ("newsbt/testing/" in text) == bool(more)


def test_the_error_leads_to_no_frame_of_newsbt_but_that_which_raises_it() -> None:
    with pytest.raises(AssertionError) as found:
        check_strategy(Raises())
    assert found.value.__cause__ is None and found.value.__suppress_context__
    with pytest.raises(AssertionError) as found:
        check_strategy(Raises(), full_traceback=True)
    assert "in signal" in "".join(traceback.format_exception(found.value))
    assert "newsbt/steps/" in "".join(traceback.format_exception(found.value))
