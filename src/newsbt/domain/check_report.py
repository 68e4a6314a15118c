"""What `newsbt check` finds: whether a run would start, and what it would use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from newsbt.domain.command_documents import CheckDocument
from newsbt.domain.references import Named
from newsbt.errors import NewsbtError, Problem

__all__ = ["CheckReport"]


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """All that is wrong with a config and its data, and what a run of them would use.

    `errors` stop a run; everything else describes one. `counts`, `spans`, `drops`, `not_linked`, `without_sign`,
    `unused`, `hindsight`, `notices`, `doubts` and `read_as` are those of `RunSummary`, empty as far as an error kept
    them from being found. `strategies` are the names of the rows that the results table would have.
    """

    name: str = ""
    errors: tuple[Problem, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    spans: Mapping[str, Sequence[str] | None] = field(default_factory=dict)
    drops: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    not_linked: Mapping[str, int] = field(default_factory=dict)
    without_sign: Mapping[str, int] = field(default_factory=dict)
    unused: tuple[Named, ...] = ()
    hindsight: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    periods_per_year: float | None = None

    @property
    def ok(self) -> bool:
        return not self.errors

    @classmethod
    def failed(cls, error: NewsbtError, name: str = "") -> CheckReport:
        """The report of a check that ended with this error."""
        return cls(name=name, errors=error.listed)

    def as_dict(self) -> CheckDocument:
        """The document of `newsbt check --json`."""
        return {
            "ok": self.ok,
            "name": self.name,
            "errors": [problem.as_dict() for problem in self.errors],
            "counts": dict(self.counts),
            "spans": dict(self.spans),
            "drops": {source: dict(reasons) for source, reasons in self.drops.items()},
            "not_linked": dict(self.not_linked),
            "without_sign": dict(self.without_sign),
            "unused": [one.as_dict() for one in self.unused],
            "hindsight": dict(self.hindsight),
            "notices": list(self.notices),
            "doubts": list(self.doubts),
            "read_as": list(self.read_as),
            "strategies": list(self.strategies),
            "periods_per_year": self.periods_per_year,
        }
