"""What a config may say: one frozen model for each block, with its defaults.

The models check blocks and single values; what one block asks of another is in `consistency`. Blocks that name a
component (``use:``) keep their further keys as `params`, which the catalog checks against the component itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from newsbt.config.field_types import (
    Day,
    Duration,
    Flag,
    FlagOrPath,
    HoldTime,
    Number,
    NumberOrWord,
    Text,
)
from newsbt.config.two_forms import NumberFor, NumberOrBlock, OneOrMany

__all__ = [
    "BASELINES",
    "AccountConfig",
    "AnalyzerConfig",
    "AnnouncementReaderConfig",
    "Block",
    "Component",
    "CostConfig",
    "DedupeConfig",
    "EvaluationConfig",
    "ExecutionConfig",
    "FxReaderConfig",
    "Hold",
    "LabellerConfig",
    "LinkerConfig",
    "OutputConfig",
    "PeriodConfig",
    "PositionConfig",
    "PriceReaderConfig",
    "PullConfig",
    "RunConfig",
    "SessionCount",
    "SizerConfig",
    "SlippageConfig",
    "StrategyConfig",
    "SweepConfig",
    "UniverseConfig",
    "WalkForwardConfig",
]

BASELINES = ("buy_and_hold", "equal_weight", "benchmark")

PathText: TypeAlias = Annotated[str, Text("the path of a file or folder, as text")]
Label: TypeAlias = Annotated[str, Text("text of up to 200 characters on one line", longest=200)]
Ticker: TypeAlias = Annotated[str, Text("a ticker, as text", longest=64)]
RunName: TypeAlias = Annotated[
    str,
    Text(
        "a name of up to 80 letters, digits, spaces and . _ - that starts with no dot (it becomes a folder's name)",
        pattern="[A-Za-z0-9 _-][A-Za-z0-9 ._-]*",
        longest=80,
    ),
]
Currency: TypeAlias = Annotated[str, Text("a currency's three capital letters, such as HKD", pattern="[A-Z]{3}")]
Boolean: TypeAlias = Annotated[bool, Flag()]
Whole: TypeAlias = Annotated[int, Number(least=0, whole=True)]
Count: TypeAlias = Annotated[int, Number(least=1, whole=True)]
Positive: TypeAlias = Annotated[float, Number(above=0)]
NotNegative: TypeAlias = Annotated[float, Number(least=0)]
Share: TypeAlias = Annotated[float, Number(above=0, most=1)]
Inside: TypeAlias = Annotated[float, Number(above=0, below=1)]
Columns: TypeAlias = dict[str, Annotated[str, Text("the name of a column in the file, as text")]]
OnBadRow: TypeAlias = Literal["error", "skip"]

BAD_ROW = "`error` stops at a bad row; `skip` leaves it out and counts it by reason."
COLUMNS = "Renames columns: newsbt's name to the file's name."


class Block(BaseModel):
    """A mapping of the config; frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True)


class Component(Block):
    """Something chosen by name: `use` names it, every other key of the mapping is one of its parameters."""

    use: Annotated[str, Text("the name of a component, pkg.module:Class, or path.py:Class")] = Field(
        description="A built-in name, `pkg.module:Class`, or `path.py:Class`."
    )
    params: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather_params(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        own = {key: value for key, value in data.items() if key in cls.model_fields and key != "params"}
        free = {key: value for key, value in data.items() if key not in cls.model_fields}
        given = data.get("params", {})
        if not isinstance(given, Mapping):
            return own | {"params": given}
        return own | {"params": {**given, **free}}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler.resolve_ref_schema(handler(schema))
        described["properties"].pop("params")
        described["additionalProperties"] = True
        return described


class UniverseConfig(Block):
    """Who can be traded, and how they hang together."""

    instruments: PathText = Field(description="Table of instruments.")
    relations: PathText | None = Field(default=None, description="Table of dated relations between companies.")
    memberships: PathText | None = Field(default=None, description="Table of dated theme memberships.")
    status: PathText | None = Field(default=None, description="Table of dated statuses, such as special treatment.")
    on_bad_row: OnBadRow = Field(default="error", description=BAD_ROW)


class DedupeConfig(Block):
    """One story, one event: what of one reader tells a story again."""

    window: Annotated[timedelta, Duration(positive=True)] = Field(
        default=timedelta(hours=24), description="How far apart two items of one story may be."
    )
    threshold: Share | None = Field(
        default=0.8,
        description="Likeness of words, in (0, 1], from which two items are one story; null: words decide nothing.",
    )


class AnnouncementReaderConfig(Component):
    """A reader of announcements: csv, jsonl, parquet, excel, articles, rss, gdelt, alpaca, mapped, labels, or own."""

    columns: Columns = Field(default_factory=dict, description=COLUMNS)
    dedupe: DedupeConfig | Literal["none"] | None = Field(
        default=None,
        description="What tells a story again is no event of its own; null: of texts and feeds, by issuer, type and "
        "subject within a day; none: never.",
    )
    on_bad_row: OnBadRow = Field(default="error", description=BAD_ROW)


class ExtractionConfig(Block):
    """By what texts become announcements: articles and feeds, and what `newsbt explain` is given."""

    types: PathText | None = Field(default=None, description="Types of events of your own (YAML); null: the usual.")
    extend: Boolean = Field(default=True, description="Whether they stand beside the usual ones, or alone.")


class PriceReaderConfig(Component):
    """A reader of prices: csv, parquet, excel, store, or your own."""

    columns: Columns = Field(default_factory=dict, description=COLUMNS)
    volume_unit: Positive | None = Field(
        default=None,
        description="Shares in one unit of the volume column; 100 for lots. Null: 1, or what the head tells.",
    )
    stamp: Literal["start", "end"] | None = Field(
        default=None, description="Which end of an intraday bar is stamped. Null: the start, or what the stamps tell."
    )
    adjusted: Boolean | None = Field(
        default=None, description="Whether the prices are adjusted for dividends and splits. Null: no, or asked for."
    )
    splits: Literal["as_traded", "in_prices"] | None = Field(
        default=None, description="Whether prices are as traded, or hold their splits; null: as traded, with a doubt."
    )
    on_bad_row: OnBadRow = Field(default="error", description=BAD_ROW)


class FxReaderConfig(Component):
    """Exchange rates: csv with a path, fixed with `rates`, or store."""

    columns: Columns = Field(default_factory=dict, description=COLUMNS)
    on_bad_row: OnBadRow = Field(default="error", description=BAD_ROW)


class LabellerConfig(Component):
    """What says what texts of news announce: rules, learned, llm, or your own."""

    on_unlabelled: Literal["error", "keep"] = Field(
        default="error", description="`keep` counts a text that cannot be labelled, and goes on; of a list the last."
    )


class LinkerConfig(Component):
    """Which instruments an announcement touches: table (`same_company`, `mentioned`), or your own."""


class CostConfig(Component):
    """Commissions, taxes and fees: market_schedule (`commission`), flat (`commission_bps`, `minimum`), or zero."""


class SlippageConfig(Component):
    """What moves a fill against the trader: bps (`bps`), half_spread (`ticks`), volume_share, or zero."""


class AnalyzerConfig(Component):
    """One of backtrader's own analyzers, for a BacktraderStrategy; its bare name is enough."""

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, data: Any) -> Any:
        return {"use": data} if isinstance(data, str) else data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = super().__get_pydantic_json_schema__(schema, handler)
        as_mapping = dict(described)
        described.clear()
        described.update({"anyOf": [{"type": "string"}, as_mapping]})
        return described


class PeriodConfig(Block):
    """The days of the run; a null end is that of the prices."""

    start: Annotated[date, Day()] | None = Field(default=None, description="First day; null is the prices' first.")
    end: Annotated[date, Day()] | None = Field(default=None, description="Last day; null is the prices' last.")


class AccountConfig(Block):
    """The money that each strategy starts with."""

    cash: Positive = Field(default=1_000_000.0, description="Starting cash, in the account's currency.")
    currency: Currency | None = Field(default=None, description="Null: the instruments' own, when they share one.")


class ExecutionConfig(Block):
    """How signals become fills."""

    engine: Literal["backtrader", "compiled"] = Field(default="backtrader", description="Which engine simulates.")
    entry: Literal["next_open", "same_close", "limit"] = Field(
        default="next_open",
        description="Fill at the next open, at the close of a session in which it was known, or at a limit.",
    )
    limit_distance: Annotated[float, Number(least=0, below=1)] = Field(
        default=0.01, description="How far from the reference price an `entry: limit` waits, in [0, 1)."
    )
    latency: Annotated[timedelta, Duration()] = Field(
        default=timedelta(minutes=5), description="From publication to the first order, such as 5min."
    )
    market_rules: Annotated[bool | str, FlagOrPath()] = Field(
        default=True, description="Lots, price limits, T+1, short rules; or the path of a rulebook of your own."
    )
    costs: CostConfig = Field(default=CostConfig(use="market_schedule"), description="Commissions, taxes and fees.")
    slippage: SlippageConfig = Field(
        default=SlippageConfig(use="bps", params={"bps": 5}), description="What moves a fill against the trader."
    )
    participation: Share | None = Field(default=0.1, description="Most of a bar's volume, in (0, 1]; null is no cap.")
    on_short_cash: Literal["reduce", "reject"] = Field(
        default="reduce", description="What becomes of an entry that the cash does not cover."
    )
    borrow_bps: NotNegative = Field(default=0.0, description="Cost of borrowing shares, basis points a year.")


class SessionCount(Block):
    """A hold counted in sessions rather than bars."""

    sessions: Count


Hold: TypeAlias = int | SessionCount | timedelta


class SizerConfig(Component):
    """What share of equity a signal of 1 asks for: inverse_volatility (`target`, `window`, `max_weight`), or own."""


class PositionConfig(Block):
    """How a strategy's signals are sized, held and left."""

    weight: Annotated[float | SizerConfig, NumberOrBlock(Number(above=0, most=1), SizerConfig)] = Field(
        default=0.05, description="Share of equity at a signal of 1, in (0, 1], or what tells it at each placement."
    )
    hold: Annotated[Hold, HoldTime(SessionCount)] | None = Field(
        default=5, description="Bars, {sessions: n} or a duration such as 30min; null holds to the end."
    )
    stop_loss: Inside | None = Field(default=None, description="Fraction of the entry price, in (0, 1).")
    take_profit: Positive | None = Field(default=None, description="Fraction of the entry price, above 0.")
    trailing_stop: Inside | None = Field(default=None, description="Fraction of the best price since, in (0, 1).")
    max_positions: Count | None = Field(default=None, description="Most tickers held at once.")
    event_weight: Share | None = Field(default=None, description="Most weight for one event over all its tickers.")
    on_repeat: Literal["extend", "ignore", "add"] = Field(
        default="extend", description="What a further event of the same sign does to a position."
    )
    mode: Literal["events", "target"] = Field(
        default="events", description="`events` trades signals of events; `target` follows a grid of weights."
    )
    rebalance: Literal["daily", "weekly", "monthly", "on_change"] = Field(
        default="daily", description="When `mode: target` trades."
    )
    min_trade: Annotated[float, Number(least=0, below=1)] = Field(
        default=0.001, description="Smallest change worth a trade in `mode: target`, as a fraction of equity."
    )
    hedge: Literal["benchmark", "sector_index"] | None = Field(
        default=None, description="Index sold short beside every position."
    )


class StrategyConfig(Block):
    """One row of the results table."""

    name: Label = Field(description="What the tables call it.")
    use: Annotated[str, Text("the name of a strategy, pkg.module:Class, or path.py:Class")] = Field(
        description="A built-in name, `pkg.module:Class`, or `path.py:Class`."
    )
    params: dict[str, Any] = Field(default_factory=dict, description="The strategy's own parameters.")
    position: PositionConfig = Field(default=PositionConfig(), description="Sizes, holds and stops.")
    analyzers: tuple[AnalyzerConfig, ...] = Field(default=(), description="backtrader analyzers to add to run.json.")


class PlaceboConfig(Block):
    """What a strategy's timing is compared with."""

    use: Literal["weeks", "windows", "independent_days"] = Field(
        default="weeks",
        description="`weeks` moves all news by every number of weeks, `windows` each 13 weeks of it by "
        "themselves where the table needs a smaller p; `independent_days` each event, right for scattered news only.",
    )
    draws: Whole = Field(default=200, description="Draws of `windows` and `independent_days`; 0 switches all off.")


class EvaluationConfig(Block):
    """How much evidence a run gathers."""

    placebo: Annotated[PlaceboConfig, NumberFor("draws", Number(least=0, whole=True))] = Field(
        default=PlaceboConfig(), description="Other calendars of the news; a number stands for {draws: number}."
    )
    bootstrap: Whole = Field(default=1000, description="Bootstrap draws; 0 switches them off.")
    seed: Annotated[int, Number(least=0, most=2**63 - 1, whole=True)] = Field(
        default=7, description="Seed of every random procedure."
    )
    periods_per_year: Annotated[float | Literal["auto"], NumberOrWord(Number(above=0), "auto")] = Field(
        default="auto", description="Rows a year, for annual figures; auto counts them by calendar."
    )


class OutputConfig(Block):
    """What a run writes, and where."""

    runs: PathText | None = Field(
        default=None,
        description="Folder of the run folders; null is `runs` beside the config's `configs`, else beside the config.",
    )
    report: Boolean = Field(default=True, description="Whether to write report.html.")


class WalkForwardConfig(Block):
    """Choosing on the past only: each test block by what was best, and over, before it."""

    folds: Count = Field(default=5, description="Consecutive test blocks, after a first block for training only.")
    embargo: Whole = Field(default=5, description="Sessions left out between training and each test block.")


class SweepConfig(Block):
    """Variants of one strategy: every combination of the grid, or a search over it."""

    strategy: Label | None = Field(default=None, description="Name of the strategy; null when there is only one.")
    grid: dict[str, Annotated[tuple[Any, ...], OneOrMany("value to try", single=False)]] = Field(
        description="Dotted keys (params.x, position.hold, execution.latency) to the values to try."
    )
    search: Literal["grid", "random", "optuna"] = Field(default="grid", description="How the variants are chosen.")
    trials: Count | None = Field(default=None, description="How many variants a search tries.")
    metric: Label = Field(default="sharpe", description="Metric that ranks the variants.")
    walk_forward: WalkForwardConfig | None = Field(
        default=None, description="Adds a row chosen on past sessions only, such as {folds: 5, embargo: 5}."
    )


ProviderName: TypeAlias = Literal["yfinance", "akshare", "baostock"]
Providers: TypeAlias = tuple[ProviderName, ...]
Exchange: TypeAlias = Annotated[str, Text("an exchange's MIC, such as XHKG", pattern="[A-Z0-9]{4}")]


class PullConfig(Block):
    """Whom `newsbt data pull` asks for prices and rates, where it is not the usual; a run reads none of it."""

    providers: dict[Exchange, Providers] = Field(
        default_factory=dict, description="Providers by exchange, in the order in which they are asked."
    )
    indices: dict[Exchange, Providers] = Field(default_factory=dict, description="The same of an exchange's indices.")
    rates: Providers = Field(default=(), description="Providers of exchange rates, in order; [] for the usual.")
    symbols: dict[ProviderName, dict[str, str]] = Field(
        default_factory=dict, description="What a provider calls a ticker or pair, where that is not known here."
    )
    per_minute: Positive | None = Field(
        default=None, description="Most questions a minute to each provider; null: as often as each is asked usually."
    )


class RunConfig(Block):
    """A whole run."""

    name: RunName = Field(description="Name of the run: letters, digits, spaces and . _ - up to 80 characters.")
    universe: UniverseConfig = Field(description="Who can be traded.")
    announcements: Annotated[
        tuple[AnnouncementReaderConfig, ...], OneOrMany("reader of announcements", may_be_empty=True)
    ] = Field(description="Readers of announcements; [] for a run without any.")
    extraction: ExtractionConfig = Field(default=ExtractionConfig(), description="By what texts become announcements.")
    prices: Annotated[tuple[PriceReaderConfig, ...], OneOrMany("reader of prices")] = Field(
        description="One reader of prices, or a list."
    )
    labeller: Annotated[tuple[LabellerConfig, ...], OneOrMany("labeller")] | None = Field(
        default=None, description="What says what texts announce, or a list: each is asked where those before abstain."
    )
    linker: LinkerConfig = Field(default=LinkerConfig(use="table"), description="From announcements to instruments.")
    fx: FxReaderConfig | None = Field(default=None, description="Exchange rates, needed where two currencies meet.")
    period: PeriodConfig = Field(default=PeriodConfig(), description="The days of the run.")
    account: AccountConfig = Field(default=AccountConfig(), description="Starting cash and its currency.")
    execution: ExecutionConfig = Field(default=ExecutionConfig(), description="How signals become fills.")
    benchmark: Ticker | None = Field(default=None, description="Ticker to measure against.")
    strategies: Annotated[tuple[StrategyConfig, ...], OneOrMany("strategy", single=False)] = Field(
        description="The strategies to compare."
    )
    baselines: tuple[Literal["buy_and_hold", "equal_weight", "benchmark"], ...] = Field(
        default=("buy_and_hold", "equal_weight", "benchmark"), description="Rows to compare with; [] for none."
    )
    evaluation: EvaluationConfig = Field(default=EvaluationConfig(), description="Evidence for every row.")
    output: OutputConfig = Field(default=OutputConfig(), description="What is written, and where.")
    sweep: SweepConfig | None = Field(default=None, description="Variants for `newsbt sweep`.")
    pull: PullConfig | None = Field(default=None, description="Whom `newsbt data pull` asks; null: the usual.")
