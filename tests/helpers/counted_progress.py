"""A progress that keeps each stage, how many steps it has and how many were done."""

from __future__ import annotations


class CountedProgress:
    def __init__(self) -> None:
        self.stages: list[list[object]] = []

    def stage(self, name: str, total: int | None) -> None:
        self.stages.append([name, total, 0])

    def advance(self, n: int = 1) -> None:
        self.stages[-1][2] += n  # type: ignore[operator]
