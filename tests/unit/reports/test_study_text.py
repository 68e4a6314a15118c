"""Rows of an event study for programs: whatever evidence.json tells of a window or a move is a column."""

from __future__ import annotations

from newsbt.domain.evidence_documents import MoveJson, StudyGroupJson, WindowJson
from newsbt.reports.study_text import move_rows, window_rows


def filled(shape: type) -> dict[str, object]:
    return dict.fromkeys(shape.__annotations__, 1)


def test_each_field_of_a_window_and_each_test_is_a_column() -> None:
    window = filled(WindowJson) | {"p": {"t": 0.5, "holm": 0.7}}
    group = filled(StudyGroupJson) | {"windows": [window], "moves": []}
    [row] = window_rows({"groups": [group]})
    renamed = {"events": "window_events", "dates": "window_dates"}
    assert {renamed.get(name, name) for name in window if name != "p"} <= set(row)
    assert (row["p_t"], row["p_holm"]) == (0.5, 0.7)


def test_each_field_of_a_move_is_a_column() -> None:
    group = filled(StudyGroupJson) | {"windows": [], "moves": [filled(MoveJson)]}
    [row] = move_rows({"groups": [group]})
    assert set(row) == {"group", "kind", *filled(MoveJson)}
