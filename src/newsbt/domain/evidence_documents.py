"""The shapes of the sections of evidence.json (docs/files.md)."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from newsbt._plain import JsonValue

__all__ = [
    "AttributedKey",
    "Attribution",
    "CapacityPoint",
    "Concentration",
    "CurvePoint",
    "DecayCurves",
    "EvidenceDocument",
    "HoldPoint",
    "LatencyPoint",
    "LeftOut",
    "MeanMove",
    "MoveJson",
    "PlaceboJson",
    "RunAndPlacebo",
    "StudyDocument",
    "StudyGroupJson",
    "SweepMap",
    "TopShare",
    "TradedJson",
    "WindowJson",
]


class RunAndPlacebo(TypedDict):
    """A number of the run, and its mean under the placebo, None where there is none."""

    run: float
    placebo: float | None


class PlaceboJson(TypedDict):
    """Under `use` weeks or windows the placebo has keys of its own, as has that of independent days; `returns` are the
    values of a folder of version 0.1.0."""

    metric: str
    observed: float
    p: float | None
    m: int
    note: str
    use: NotRequired[str]
    values: NotRequired[list[float | None]]
    least_p: NotRequired[float]
    seed: NotRequired[int | None]
    weeks: NotRequired[int]
    reason: NotRequired[str]
    distinct: NotRequired[int]
    shared_holdings: NotRequired[float]
    exposure: NotRequired[RunAndPlacebo]
    overlap: NotRequired[RunAndPlacebo]
    total_return: NotRequired[RunAndPlacebo]
    t_hedged: NotRequired[float | None]
    t_unhedged: NotRequired[float]
    p_hedged: NotRequired[float | None]
    p_unhedged: NotRequired[float | None]
    hedged: NotRequired[bool]
    hedged_return: NotRequired[float]
    hedged_t_value: NotRequired[float | None]
    clusters: NotRequired[int]
    admissible_days: NotRequired[int]
    overlapping: NotRequired[float]
    returns: NotRequired[list[float | None]]


class CurvePoint(TypedDict, total=False):
    """A point of a curve: the return, with bounds where there are any."""

    net_return: float | None
    total_return: float | None
    low: float | None
    high: float | None


class HoldPoint(CurvePoint):
    hold: int


class LatencyPoint(CurvePoint):
    latency: str


class DecayCurves(TypedDict):
    hold: list[HoldPoint]
    latency: list[LatencyPoint]


class CapacityPoint(CurvePoint):
    size: float


AttributedKey = TypedDict(
    "AttributedKey",
    {
        "key": str,
        "events": int,
        "trades": int,
        "pnl": float,
        "return": float,
        "share": float | None,
        "costs": float,
        "slippage_cost": float,
        "unfillable": float,
    },
)


class TopShare(TypedDict):
    pnl: float
    share: float | None
    share_of_gains: float | None
    profit_without: float


class Concentration(TypedDict):
    events: int
    events_up: int
    top_1: TopShare
    top_3: TopShare
    top_5: TopShare
    reason: str


class LeftOut(TypedDict):
    event_id: str
    pnl: float
    return_without: float
    return_rerun: float | None


class Attribution(TypedDict):
    profit: float
    by: dict[str, list[AttributedKey]]
    concentration: Concentration
    leave_one_out: list[LeftOut]


class WindowJson(TypedDict):
    start: int
    end: int
    n: int
    events: int
    dates: int
    caar: float | None
    bhar: float | None
    low: float | None
    high: float | None
    no_interval: str
    p: dict[str, float | None]


class MeanMove(TypedDict):
    pairs: int
    total: float | None
    gap: float | None
    latency: float | None
    locked: float | None
    tradable: float | None


class MoveJson(MeanMove):
    horizon: int


class TradedJson(TypedDict):
    lots: int
    net_return: float | None
    gross_return: float | None


class StudyGroupJson(TypedDict):
    name: str
    kind: str
    n: int
    n_events: int
    n_dates: int
    pairs: int
    events: int
    dates: int
    clusters: int
    without_variance: int
    excluded: dict[str, int]
    days: list[int]
    caar: list[float | None]
    low: list[float | None]
    high: list[float | None]
    windows: list[WindowJson]
    moves: list[MoveJson]
    traded: TradedJson | None
    notes: list[str]
    tests: NotRequired[list[dict[str, JsonValue]]]  # in what `newsbt study --json` prints only


class FewPairs(TypedDict):
    name: str
    pairs: int


class StudyDocument(TypedDict):
    """`name` and `notices` are in what `newsbt study --json` prints only."""

    model: str
    window: list[int]
    estimation: int
    gap: int
    on_overlap: str
    moves_definition: str
    note: str
    left_out: dict[str, int]
    few: list[FewPairs]
    groups: list[StudyGroupJson]
    reason: NotRequired[str]
    name: NotRequired[str]
    notices: NotRequired[list[str]]


class SweepMap(TypedDict):
    metric: str
    x: str
    y: str
    x_values: list[str | float]
    y_values: list[str | float]
    values: list[list[float | None]]


class EvidenceDocument(TypedDict, total=False):
    """By strategy, but for the study and the sweep."""

    placebo: dict[str, PlaceboJson]
    decay: dict[str, DecayCurves]
    capacity: dict[str, list[CapacityPoint]]
    attribution: dict[str, Attribution]
    study: StudyDocument
    sweep: SweepMap
