"""The shapes of run.json and context.json (docs/files.md).

They are what :mod:`newsbt.runs` writes and tables and pages read. A folder of an older version may lack keys: whoever
reads one asks with ``get``. A JSON array of fixed shape is told as a tuple.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypeAlias, TypedDict

from newsbt._plain import JsonValue

__all__ = [
    "AccountJson",
    "BroughtColumn",
    "ContextDocument",
    "ContextEvent",
    "ContextTicker",
    "LinkJson",
    "ListingJson",
    "Period",
    "RunDocument",
    "RunHashes",
    "SharesJson",
    "StrategyDocument",
    "TickerCounts",
    "UnusedName",
]


class Period(TypedDict):
    start: str | None
    end: str | None
    rows: int


class AccountJson(TypedDict):
    cash: float | None
    currency: str


class ListingJson(TypedDict):
    market: str
    sector: str


class TickerCounts(TypedDict):
    universe: int
    with_prices: int


class BroughtColumn(TypedDict):
    """A column of the results table that evidence brings along."""

    key: str
    title: str
    unit: str
    rank: int


class StrategyDocument(TypedDict):
    """A row of the results table; a metric without a value is None, and `reasons` says why under the same key."""

    name: str
    engine: str
    kind: str
    metrics: dict[str, float | str | None]  # a date as text
    reasons: dict[str, str]
    counts: dict[str, int]
    warnings: list[str]
    analyzers: dict[str, JsonValue]
    columns: NotRequired[list[BroughtColumn]]


class UnusedName(TypedDict):
    """What was read and not used, by name."""

    source: str
    reason: str
    name: str
    count: int
    example: str
    message: str


class RunHashes(TypedDict, total=False):
    """What a run was made of: the config, the data by file, the code of strategies and of a user's own components by
    name, the fingerprint of what labelled its texts."""

    config: str
    data: dict[str, str]
    components: dict[str, str]
    labeller: str
    strategies: dict[str, str]


class RunDocument(TypedDict):
    format: int
    name: str
    period: Period
    periods_per_year: float
    exchanges: list[str]
    account: AccountJson
    tickers: TickerCounts
    strategies: list[StrategyDocument]
    benchmark: StrategyDocument | None
    definitions: dict[str, str]
    counts: dict[str, int]
    drops: dict[str, dict[str, int]]
    not_linked: dict[str, int]
    without_sign: dict[str, int]
    unused: list[UnusedName]
    refusals: dict[str, dict[str, int]]
    listings: dict[str, ListingJson]
    hindsight: dict[str, int]
    notices: list[str]
    doubts: list[str]
    read_as: list[str]
    spans: dict[str, list[str] | None]
    seed: int
    hashes: dict[str, str | dict[str, str]]
    timings: dict[str, str | float | dict[str, float]]
    versions: dict[str, str]
    verified: NotRequired[list[str]]


class SharesJson(TypedDict, total=False):
    """How much of the reported moves could be traded, or the `reason` why that is not known."""

    pairs: int
    reported: float | None
    tradable: float | None
    share: float | None
    reason: str


LinkJson: TypeAlias = "tuple[str, str, int, float | None, Sequence[str]]"  # ticker, relation, hop, weight, path


class ContextTicker(TypedDict):
    name: str
    market: str
    currency: str
    bars: list[tuple[list[int], list[float | None]]]  # rows, flat prices


class ContextEvent(TypedDict, total=False):
    id: str
    headline: str
    cut: int
    source: str
    url: str
    type: str
    issuer: str
    subject: str
    rivals: list[str]
    sentiment: float | None
    published_at: str
    received_at: str | None
    precision: str
    known_at: str
    at: dict[str, float]
    links: list[LinkJson]
    reactions: dict[str, list[float | None]]


class ContextDocument(TypedDict, total=False):
    format: int
    intraday: bool
    dates: list[str]
    first_date: str | None
    zones: dict[str, str]
    benchmark: str | None
    tickers: dict[str, ContextTicker]
    events: list[ContextEvent]
    shares: dict[str, SharesJson]
