"""What an event study of a run finds, by group: numbers for evidence.json, and sentences about what is not shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from newsbt._typing import Floats
from newsbt.analysis.event_study import EventStudy
from newsbt.analysis.event_study.group_summary import GroupSummary, WindowFigures
from newsbt.analysis.inference import holm
from newsbt.domain.evidence_documents import TradedJson, WindowJson
from newsbt.domain.results import RunSummary
from newsbt.evidence.event_pairs import Pairs

__all__ = ["HORIZONS", "LEFT_OUT", "MOST_GROUPS", "Study", "StudyGroup", "StudyPlan", "why_empty"]

HORIZONS = (0, 1, 5)
MOST_GROUPS = 8  # of a run's study, of each kind
LEFT_OUT = {
    "no_prices": "whose instrument has no prices",
    "no_market": "without an index of their market with prices",
    "no_close": "announced after the last close there is",
}
"""Why a pair of event and ticker is in no group."""


@dataclass(frozen=True, kw_only=True)
class StudyPlan:
    """How to study: model, windows and what `event_study` takes. `factors` are dates by factors; `markets` are tickers
    that stand for the markets they trade in, before any others."""

    model: str = "market"
    window: tuple[int, int] = (-5, 5)
    windows: tuple[tuple[int, int], ...] = ((0, 0), (0, 1), (0, 5))
    estimation: int = 120
    gap: int = 10
    on_overlap: str = "first"
    correlation: bool | None = None
    factors: pd.DataFrame | None = field(default=None, repr=False)
    markets: tuple[str, ...] = ()

    @property
    def horizons(self) -> tuple[int, ...]:
        """Ends of the windows that begin at day 0: how far moves are followed."""
        ends = sorted({end for start, end in (*self.windows, self.window) if start <= 0 <= end})
        return tuple(ends) or HORIZONS


@dataclass(frozen=True, kw_only=True)
class StudyGroup:
    """One group: its study, made when it is asked for, and the `evidence` about all its pairs, by the name of its kind.
    `events` are those of its pairs, `dates` the independent ones among the days 0 of these (`analysis.event_clusters`).

    `of_signals`: of the pairs that a strategy signalled, with what its lots made in `traded`; of links otherwise.
    """

    name: str
    of_signals: bool
    summarise: Callable[[], GroupSummary] = field(repr=False)
    pairs: int
    events: int
    dates: int
    evidence: Mapping[str, object]
    traded: TradedJson | None = None

    @cached_property
    def summary(self) -> GroupSummary:
        return self.summarise()

    @cached_property
    def study(self) -> EventStudy:
        return self.summary.study()

    def as_dict(self, windows: Collection[tuple[int, int]] = ()) -> dict[str, Any]:
        """Plain values: the curve of CAAR, tests by window (some, or all and every day), and evidence."""
        found = self.summary.figures(windows or self.summary.every, SHOWN)
        whole = found.windows[-1]
        return {
            "name": self.name,
            "kind": "signals" if self.of_signals else "links",
            "n": int(found.counts["included"]),
            "n_events": whole.events,
            "n_dates": whole.clusters,
            "pairs": self.pairs,
            "events": self.events,
            "dates": self.dates,
            "clusters": int(found.counts["clusters"]),
            "without_variance": int(found.counts["without_variance"]),
            "excluded": dict(found.excluded),
            "days": list(range(whole.window.start, whole.window.end + 1)),
            "caar": _plain(found.caar),
            "low": _plain(found.low),
            "high": _plain(found.high),
            "windows": [_window(one) for one in found.windows if one.window in windows or not windows],
            **self.evidence,
            "traded": self.traded,
            "notes": list(found.notes),
        }


@dataclass(frozen=True, kw_only=True)
class Study:
    """All groups, the largest first, and what was asked. `left_out` counts the pairs that are in no group, by
    :data:`LEFT_OUT`; `few` are groups with fewer pairs than were asked for, which are not shown, and their pairs;
    `definitions` say what the groups' evidence is, by the name of its kind."""

    groups: tuple[StudyGroup, ...]
    plan: StudyPlan
    left_out: Mapping[str, int] = field(default_factory=dict)
    few: tuple[tuple[str, int], ...] = ()
    least: int = 1
    definitions: Mapping[str, str] = field(default_factory=dict)

    @property
    def without_market(self) -> int:
        """Pairs that no index could be found for."""
        return self.left_out.get("no_market", 0)

    def with_at_least(self, pairs: int) -> Study:
        """The same, of the groups with so many pairs."""
        shown = tuple(one for one in self.groups if one.pairs >= pairs)
        few = tuple((one.name, one.pairs) for one in self.groups if one.pairs < pairs)
        return replace(self, groups=shown, few=few, least=pairs)

    @property
    def note(self) -> str:
        """What is to be read with the numbers."""
        plan = self.plan
        note = (
            f"Day 0 is the session that first closes after the news; {plan.estimation} estimation sessions end "
            f"{plan.gap} before the window; overlapping windows of one ticker: {plan.on_overlap}."
        )
        note += "".join(f" Left out: {_pairs(count)} {LEFT_OUT[key]}." for key, count in self.left_out.items())
        return note + (f" Not shown: {_fewer(self.few, self.least)}." if self.few else "")

    def as_dict(self, most: int | None = None) -> dict[str, Any]:
        """The part of evidence.json (docs/evidence.md)."""
        every = [*self.groups]
        shown = [one for one in every if one.of_signals] + [one for one in every if not one.of_signals][:most]
        left = len(every) - len(shown)
        return {
            "model": self.plan.model,
            "window": list(self.plan.window),
            "estimation": self.plan.estimation,
            "gap": self.plan.gap,
            "on_overlap": self.plan.on_overlap,
            **{f"{name}_definition": definition for name, definition in self.definitions.items()},
            "note": self.note + (f" {left} smaller groups are not shown." if left else ""),
            "left_out": dict(self.left_out),
            "few": [{"name": name, "pairs": pairs} for name, pairs in self.few],
            "groups": _adjusted([group.as_dict({*self.plan.windows, self.plan.window}) for group in shown]),
        }


def why_empty(found: Study, summary: RunSummary, families: Sequence[Pairs]) -> str:
    """Why a study has no group to show; empty where it has one."""
    if found.groups:
        return ""
    sentences = [f"{_fewer(found.few, found.least)}."] if found.few else []
    sentences += [f"Left out: {_pairs(count)} {LEFT_OUT[key]}." for key, count in found.left_out.items()]
    if sentences:
        return " ".join(sentences)
    counts, dropped = summary.counts, summary.drops.get("events", {})
    reasons = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in dropped.items() if count)
    if not counts["events_in_run"]:
        return f"No event of the {counts['events']:,} read is in the run{f': {reasons}' if reasons else ''}."
    if any(pairs.of_signals for pairs in families) or not families:
        return "No strategy signalled an event: grids and strategies with orders of their own signal none."
    return (
        f"No event of the {counts['events_in_run']:,} in the run is linked to an instrument; "
        "`newsbt events check` says why."
    )


def _fewer(few: Sequence[tuple[str, int]], least: int) -> str:
    """A sentence about groups that are too small to show."""
    listed = "; ".join(f"{name} ({_pairs(pairs)})" for name, pairs in few[:MOST_GROUPS])
    more = f"; and {len(few) - MOST_GROUPS} more" if len(few) > MOST_GROUPS else ""
    return f"{len(few)} group{'s' if len(few) > 1 else ''} with fewer than --least {least} pairs: {listed}{more}"


def _pairs(count: int) -> str:
    return f"{count:,} pair{'s' if count != 1 else ''}"


def _adjusted(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Groups with Holm's p of the Kolari-Pynnonen test over all groups of a window, links and signals apart."""
    rows: dict[tuple[str, int, int], list[dict[str, float | None]]] = {}
    for group in groups:
        for window in group["windows"]:
            rows.setdefault((group["kind"], window["start"], window["end"]), []).append(window["p"])
    for tested in rows.values():
        values = holm([math.nan if p["kp_bmp"] is None else p["kp_bmp"] for p in tested])
        for p, value in zip(tested, values.tolist(), strict=True):
            p["holm"] = _number(float(value))
    return groups


SHOWN = ("cross_sectional", "kp_bmp", "grank", "wilcoxon")


def _window(one: WindowFigures) -> WindowJson:
    """One window: CAAR with bounds, and p of the tests a reader should look at first."""
    return {
        "start": one.window.start, "end": one.window.end, "n": one.count, "events": one.events, "dates": one.clusters,
        "caar": _number(one.caar), "bhar": _number(one.bhar), "low": _number(one.low), "high": _number(one.high),
        "no_interval": one.no_interval, "p": {name: _number(p) for name, p in one.p.items()},
    }  # fmt: skip


def _plain(values: Floats) -> list[float | None]:
    return [_number(value) for value in values.tolist()]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
