"""The shapes of documents that single commands print with ``--json`` and that their tables are made from
(docs/files.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

from newsbt._plain import JsonValue
from newsbt.domain.run_documents import StrategyDocument, UnusedName
from newsbt.domain.verdict import VerdictJson

__all__ = [
    "AuditDocument",
    "AuditedStrategy",
    "CheckDocument",
    "ConfoundedEvent",
    "Confounders",
    "CoverageRow",
    "DataDoubt",
    "DifferenceJson",
    "EffectJson",
    "EventRow",
    "ExplainedAnnouncement",
    "ExplainedLink",
    "ExplainedSignal",
    "ExplanationDocument",
    "FloorJson",
    "LinkingCount",
    "MadeNameRow",
    "OrderRow",
    "OrdersDocument",
    "PlaceboKind",
    "PlaceboKinds",
    "PriceContent",
    "ProbeJson",
    "ProofJson",
    "ProveDocument",
    "ProvenStrategy",
    "PullDocument",
    "PullGap",
    "PullProviderJson",
    "PulledItem",
    "PulledSource",
    "ReferenceRow",
    "RunJson",
    "ShareJson",
    "Words",
]


class CheckDocument(TypedDict):
    ok: bool
    name: str
    errors: list[dict[str, str | int | None]]
    counts: dict[str, int]
    spans: Mapping[str, Sequence[str] | None]
    drops: dict[str, dict[str, int]]
    not_linked: dict[str, int]
    without_sign: dict[str, int]
    unused: list[UnusedName]
    hindsight: dict[str, int]
    notices: list[str]
    doubts: list[str]
    read_as: list[str]
    strategies: list[str]
    periods_per_year: float | None


class RunJson(TypedDict):
    """A run's entry in the document of `newsbt run --json`."""

    run_id: str
    path: str | None
    name: str
    strategies: list[StrategyDocument]
    verdicts: dict[str, VerdictJson]
    benchmark: StrategyDocument | None
    counts: dict[str, int]
    notices: list[str]
    verified: NotRequired[list[str]]


class MadeNameRow(TypedDict):
    """A name that `newsbt events names` made; `why` it says too little by itself, empty where it does not."""

    company: str
    name: str
    why: str
    tickers: list[str]


class OrderRow(TypedDict):
    strategy: str
    market: str
    at: str
    ticker: str
    side: str
    quantity: int | None
    reason: str
    event_id: str | None
    refused: str | None


class OrdersDocument(TypedDict):
    as_of: str
    next_openings: dict[str, str]
    under_way: list[str]
    last_prices: dict[str, str]
    behind: list[str]
    events_known: int
    orders: list[OrderRow]


class EventRow(TypedDict):
    event_id: str
    known_at: str
    event_type: str
    issuer: str
    headline: str
    links: int
    first_tradable_at: dict[str, str]


class LinkingCount(TypedDict):
    announcements: int
    not_linked: dict[str, int]


class ReferenceRow(TypedDict):
    kind: str
    name: str
    count: int
    example: str
    message: str


class CoverageRow(TypedDict):
    """What a store of disclosures has of a company in a month; shares of its items."""

    source: str
    company: str
    month: str
    items: int
    gap: str
    day: float | None
    unlinked: float | None
    other: float | None


class PulledSource(TypedDict):
    source: str
    companies: int
    asked: int
    up_to_date: int
    not_asked: int
    unknown: list[str]
    added: int
    revised: int
    unchanged: int
    announcing_nothing: int
    problems: list[dict[str, str | int | None]]


class PriceContent(TypedDict):
    ticker: str
    rows: int
    first: str
    last: str
    interval_seconds: int | None
    columns: list[str]
    without_price: int
    without_volume: int


class PulledItem(TypedDict):
    """What became of an instrument, or a pair of currencies, in a pull."""

    ticker: str
    exchange: str | None
    status: str
    provider: str | None
    rows: int
    asked_from: str | None
    asked_through: str | None
    first: str | None
    last: str | None
    tried: list[dict[str, str]]


class PullGap(TypedDict):
    kind: str
    ticker: str | None
    exchange: str | None
    message: str


class PullProviderJson(TypedDict):
    name: str
    version: str | None
    service: str
    gives: str
    terms: str
    resting: str | None


class PullDocument(TypedDict):
    ok: bool
    store: str
    first: str
    last: str
    counts: dict[str, int]
    providers: list[PullProviderJson]
    tickers: list[PulledItem]
    rates: list[PulledItem]
    gaps: list[PullGap]


class ProbeJson(PullProviderJson):
    """What a provider answered to one question about an instrument, or why it did not."""

    ok: bool
    ticker: str
    rows: int
    first: str | None
    last: str | None
    message: str


class Words(TypedDict):
    """Where in a text something was read."""

    start: int
    end: int
    text: str


class ExplainedCompany(Words):
    """A company that a text names beside its issuer."""

    name: str
    tickers: list[str]


class ReportedMove(Words):
    """A move that the text itself reports, which is past; `direction` is 1 or -1."""

    name: str
    tickers: list[str]
    direction: int
    percent: float | None


class OtherCatalyst(Words):
    """What else may have moved prices, and who is behind it."""

    kind: str
    name: str | None


class ExplainedAnnouncement(TypedDict):
    event_id: str
    is_announcement: bool
    published_at: str
    received_at: str | None
    known_at: str | None
    event_type: str | None
    issuer: str | None
    subject: str | None
    rivals: list[str]
    tickers: list[str]
    language: str
    score: NotRequired[float]  # where the labeller says how sure it is
    issuer_known: bool | None
    companies: list[ExplainedCompany]
    reported_moves: list[ReportedMove]
    catalysts: list[OtherCatalyst]
    evidence: dict[str, str | list[Words]]  # by field; under `kind` what the item is


class ExplainedLink(TypedDict):
    ticker: str
    relation: str
    hop: int
    weight: float | None
    path: list[str]
    first_tradable_at: str | None
    announcement_first_tradable_at: str | None
    why: str


class ExplainedSignal(TypedDict):
    strategy: str
    ticker: str | None
    signal: float | None
    reason: str
    weight: float | None
    sized: str | None


class ExplanationDocument(TypedDict):
    announcement: ExplainedAnnouncement
    sector_index: str | None
    links: list[ExplainedLink]
    signals: list[ExplainedSignal]


class FileJson(TypedDict):
    """What a strategy opened; `of_run` where the run reads it too, `text` says it in a sentence."""

    path: str
    where: str
    of_run: bool
    when: str
    text: str


class ProofJson(TypedDict):
    cuts: int
    futures: int
    decisions: int
    unsteady: str | None
    files: list[FileJson]


class PlaceboKind(TypedDict):
    """One kind of placebo: `reason` says why there is none, with `p` None and `m` 0."""

    p: float | None
    m: int
    reason: str
    mean: NotRequired[float]
    q05: NotRequired[float]
    median: NotRequired[float]
    q95: NotRequired[float]
    clusters: NotRequired[int]
    admissible_days: NotRequired[int]
    overlapping: NotRequired[float]
    note: NotRequired[str]


class PlaceboKinds(TypedDict):
    p: float | None
    m: int
    observed: float
    reason: str
    kinds: dict[str, PlaceboKind]
    seed: NotRequired[int]


class ConfoundedEvent(TypedDict):
    event_id: str
    ticker: list[str]
    sector: list[str]
    day: list[str]
    counts: dict[str, int]


class Confounders(TypedDict):
    traded_events: int
    confounded_events: int
    by_kind: dict[str, int]
    events: list[ConfoundedEvent]


class DataDoubt(TypedDict):
    kind: str
    message: str
    ticker: str | None
    count: NotRequired[int]


class FloorJson(TypedDict):
    total_return: float | None
    critical: float | None
    per_trade: float | None
    per_event: float | None
    per_date: float | None
    observed: float | None
    reached: bool | None
    level: float
    power: float
    definition: str
    reason: str


class DifferenceJson(TypedDict):
    """The first decision that another future changed; `text` says it in a sentence."""

    what: str
    cut_date: str
    cut_at: str
    kind: str
    row: int
    date: str
    ticker: str | None
    event_id: str | None
    before: JsonValue
    after: JsonValue
    text: str


class AuditedStrategy(TypedDict):
    name: str
    look_ahead: bool
    first_difference: DifferenceJson | None
    proof: ProofJson
    events_traded: int
    event_dates: int
    placebo: PlaceboKinds
    confounders: Confounders
    detection_floor: FloorJson


class ShareJson(TypedDict):
    """How many of some worlds, with the 95 % interval of the share; null of none."""

    found: int
    of: int
    share: float | None
    low: float | None
    high: float | None


class EffectJson(ShareJson):
    effect: float


class ProvenStrategy(TypedDict):
    """What null worlds say of a strategy, `newsbt prove`; nothing but the `reason` where they say nothing."""

    name: str
    reason: str
    p: float | None
    trades: int
    mean_return: float | None
    by_chance: ShareJson | None
    withheld: int
    why: str
    power: list[EffectJson]
    visible: float | None
    detection_floor: FloorJson | None


class ProveDocument(TypedDict):
    name: str
    worlds: int
    seed: int
    level: float
    notices: list[str]
    strategies: list[ProvenStrategy]


class AuditDocument(TypedDict):
    strategies: list[AuditedStrategy]
    data: list[DataDoubt]
