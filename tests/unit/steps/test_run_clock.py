"""What a run says of its seconds."""

from __future__ import annotations

import pytest

from newsbt.steps.run_clock import RunClock


def test_each_stage_stands_once_in_the_order_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 1.0, 3.0, 10.0, 15.0, 20.0, 28.0, 30.0, 30.5])
    monkeypatch.setattr("newsbt.steps.run_clock.work_seconds", lambda: next(now))
    clock = RunClock()
    for name in ("load", "link", "study", "write"):
        with clock.stage(name):
            pass
    found = clock.timings({"S": 0.25})
    assert list(found) == ["load", "link", "simulate", "study", "write", "code", "total"]
    assert [found[name] for name in ("load", "link", "study", "write")] == [2.0, 5.0, 8.0, 0.5]
    assert found["simulate"] == {"S": 0.25}
