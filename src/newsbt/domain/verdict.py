"""One word on whether a strategy's result holds, by a fixed rule, and which figures decided it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypedDict

from newsbt.digests import digest_of

__all__ = [
    "ADJUSTED_P",
    "CERTAIN",
    "FEWEST_DATES",
    "HOLDS",
    "WEAK",
    "Audited",
    "Verdict",
    "VerdictJson",
    "code_of",
    "verdict_of",
]

FEWEST_DATES = 10  # independent event dates below which nothing can be concluded
HOLDS, WEAK = 0.05, 0.20  # adjusted p at most
CERTAIN = 0.95  # deflated Sharpe ratio above
ADJUSTED_P = "p_adjusted"  # the metric that has the p over all strategies of the run

Audited: TypeAlias = Literal["looks ahead", "passed", "not audited"]
Word: TypeAlias = Literal["looks ahead", "too few", "holds", "weak", "luck?"]


class VerdictJson(TypedDict):
    """What `newsbt run --json` says of one."""

    word: str
    failed: list[str]
    audited: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The `word`, the keys of the metrics and counts that `failed`, and what `newsbt audit` found of the source."""

    word: Word
    failed: tuple[str, ...] = ()
    audited: Audited = "not audited"

    def as_dict(self) -> VerdictJson:
        """Plain values, for JSON."""
        return {"word": self.word, "failed": list(self.failed), "audited": self.audited}


def code_of(source: str, components: Mapping[str, str]) -> str:
    """What an audit judges, as a hash: a strategy's source, with those of the run's own sizers, readers and models, for
    an audit cannot tell which of them looked ahead; "" of a strategy without a source."""
    return digest_of([source, dict(components)]) if source and components else source


def verdict_of(row: Mapping[str, object], audited: Audited = "not audited") -> Verdict:
    """The first word that fits a strategy's row, an entry of `strategies` in run.json.

    - `looks ahead`: an audit found that its source does.
    - `too few`: under 10 independent dates, or no adjusted p.
    - `holds`: adjusted p at most 5 %, deflated Sharpe ratio above 0.95, hedged return above 0.
    - `weak`: adjusted p at most 20 %.
    - `luck?`: anything else.
    """
    p, deflated, hedged = (_number(row, "metrics", key) for key in (ADJUSTED_P, "dsr", "hedged_return"))
    dates = _number(row, "counts", "event_dates")
    if audited == "looks ahead":
        return Verdict(word="looks ahead", audited=audited)
    few = [ADJUSTED_P] if p is None else []
    if dates is None or dates < FEWEST_DATES:
        few.insert(0, "event_dates")
    if p is None or few:
        return Verdict(word="too few", failed=tuple(few), audited=audited)
    tests = {
        ADJUSTED_P: p <= HOLDS,
        "dsr": deflated is not None and deflated > CERTAIN,
        "hedged_return": hedged is not None and hedged > 0,
    }
    failed = tuple(key for key, fits in tests.items() if not fits)
    word: Word = "holds" if not failed else "weak" if p <= WEAK else "luck?"
    return Verdict(word=word, failed=failed, audited=audited)


def _number(row: Mapping[str, object], part: str, key: str) -> float | None:
    figures = row.get(part)
    value = figures.get(key) if isinstance(figures, Mapping) else None
    if not isinstance(value, float | int) or isinstance(value, bool) or math.isnan(value):
        return None
    return float(value)
